"""The pages between the login and Alexa, without a browser: offers, choices, consent in odd words, the way back."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from e2e_linker.browser.login.consent import press_key
from e2e_linker.browser.login.decision import decide
from e2e_linker.browser.login.memory import Past
from e2e_linker.browser.login.moves import Act, Wait
from e2e_linker.browser.pages.controls import Seen
from tests.browser.seen_pages import KNOWN, button, control, link, past, pressed, view

ANSWER = "https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA?code=c1&state=s1"

OFFERS = [
    ("Get more from your home", "Start free trial", "No thanks"),
    ("Try Acme Plus", "Start my free month", "Not now"),
    ("Your password expires in 6 days", "Change password", "Not now"),
    ("Your password expires in 3 days", "Change password now", "Remind me later"),
    ("Confirm your address", "Update address", "Later"),
    ("Help us improve", "Share my data", "No thanks"),
    ("New: Acme Cloud", "Move my devices to the cloud", "Skip"),
    ("You may also like", "Order now", "No, thanks"),
    ("Probieren Sie Plus", "Jetzt kostenlos testen", "Nein, danke"),
    ("Passez à Plus", "Essayer", "Non, merci"),
    ("Get more from your home", "Continue with the free trial", "No thanks"),
    ("Special offers", "Accept", "No thanks"),
]


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer[1])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("solid", [False, True])
@pytest.mark.parametrize("linked", [False, True])
def test_an_offer_is_declined(offer: tuple[str, str, str], *, backwards: bool, solid: bool, linked: bool) -> None:
    heading, yes, no = offer
    refusal = link(2, no, "/later") if linked else button(2, no)
    both = button(1, yes, solid=solid), refusal
    assert pressed(view(*(reversed(both) if backwards else both), title=heading, heading=heading)) == no


ADVERTISING = [
    ("Would you like to receive our newsletter?", "Yes", "No"),
    ("Personalised ads", "Agree", "Disagree"),
    ("Marketing", "I agree", "Decline"),
    ("Advertising preferences", "Agree and continue", "Continue without accepting"),
    ("Dürfen wir Ihnen Werbung schicken?", "Ja", "Nein"),
    ("Publicité personnalisée", "Accepter", "Refuser"),
]


@pytest.mark.parametrize("asked", ADVERTISING, ids=lambda asked: asked[0])
@pytest.mark.parametrize("logged_in", [True, False])
def test_advertising_is_refused(asked: tuple[str, str, str], *, logged_in: bool) -> None:
    heading, yes, no = asked
    answers, text = (button(1, yes, solid=True), button(2, no)), "We would like to use your data for marketing and ads."
    assert pressed(view(*answers, heading=heading, text=text), logged_in=logged_in) == no


def test_advertising_is_refused_by_a_link() -> None:
    assert pressed(view(button(1, "Yes"), link(2, "No", "/no"), heading="Our newsletter")) == "No"


def test_what_may_be_the_consent_to_the_link_is_not_refused_as_advertising() -> None:
    allow, deny = button(1, "Allow"), button(2, "Deny")
    assert pressed(view(allow, deny, heading="Acme Marketing", text="Allow access to your lamps?")) == "Allow"
    assert pressed(view(allow, deny, heading="Acme Marketing", text="A service requests permission to:")) == "Allow"
    for text in ("Acme Marketing requests permission to control your lamps", "Acme Ads wants to use your account"):
        assert pressed(view(allow, deny, heading="Acme Marketing", text=text)) == "Allow"
        assert pressed(view(allow, deny, heading=text)) == "Allow"
    assert pressed(view(allow, deny, heading="Acme Marketing", text="Alexa")) == "Allow"
    assert pressed(view(allow, deny, heading="Your lamps", text="We show no ads.")) == "Allow"
    onward, cancel = button(1, "Accept and continue"), button(2, "Cancel")
    assert pressed(view(onward, cancel, heading="Newsletter")) == "Accept and continue"
    box = control(3, "checkbox", "checkbox", "Send me the newsletter", form=0)
    assert pressed(view(onward, button(2, "No"), box, heading="Marketing")) == "Accept and continue"


def test_consent_is_not_taken_for_an_offer() -> None:
    allow, no = button(1, "Allow access"), button(2, "Not now")
    assert pressed(view(allow, no, heading="Acme Premium")) == "Allow access"
    assert pressed(view(button(1, "Accept"), no, title="Acme Premium", heading="Your account")) == "Accept"
    assert pressed(view(button(1, "Accept"), no, heading="Offers for Amazon")) == "Accept"
    finish = view(button(1, "Finish"), no, heading="Almost done")
    assert pressed(finish) == "Not now"
    asking = replace(finish.frames[0], url="https://id.example.test/oauth/consent?x=1")
    assert pressed(replace(finish, frames=(asking,))) is None
    assert pressed(finish, logged_in=False) is None


@pytest.mark.parametrize("no", ["Cancel", "No", "Abbrechen", "Back"])
@pytest.mark.parametrize("yes", ["Change password", "Start free trial", "Continue with the free trial", "Anything"])
def test_beside_a_refusal_that_may_lead_back_nothing_unknown_is_pressed(yes: str, no: str) -> None:
    assert pressed(view(button(1, yes, solid=True), button(2, no), title="A word", heading="A word")) is None


@pytest.mark.parametrize("label", ["Start free trial", "Upgrade to Premium", "Subscribe", "Jetzt kostenlos testen"])
def test_an_offer_that_stands_alone_is_not_taken(label: str) -> None:
    assert pressed(view(button(1, label, solid=True), heading="Get more from your home")) is None


@pytest.mark.parametrize(
    ("yes", "no", "heading"),
    [
        ("Continue here", "Cancel", "You are already signed in elsewhere"),
        ("Yes, it was me", "No, secure my account", "Was it you?"),
        ("Weiter", "Zurück", "Neuigkeiten"),
        ("Continue", "Not now", "Link your account"),
        ("Continue", "Not now", "Connect Acme with Alexa"),
        ("Let’s go", "Maybe later", "Link Acme with Alexa"),
    ],
)
def test_a_plain_way_on_is_gone(yes: str, no: str, heading: str) -> None:
    assert pressed(view(button(1, yes), button(2, no), title=heading, heading=heading)) == yes


def test_one_goes_on_without_what_is_offered_to_be_set_up() -> None:
    ways = button(1, "Create a passkey", solid=True), button(2, "Continue without passkey")
    assert pressed(view(*ways, heading="Sign in faster next time")) == "Continue without passkey"


def test_the_links_over_a_page_decline_nothing() -> None:
    jump = link(1, "Skip to main content", "#main")
    menu = link(2, "Later", "/later", region="nav")
    assert pressed(view(jump, menu, button(3, "×"), heading="Welcome back")) == "×"
    assert pressed(view(jump, link(2, "Don't have an account? Sign up", "/new"), button(3, "Fine"))) == "Fine"


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("Give Alexa access", "Don’t give access"),
        ("Enable", "No"),
        ("連携を許可してAlexaアプリに戻る", "連携しない"),
        ("連携を許可してAlexaアプリに戻る", "連携せずにAlexaアプリに戻る"),
        ("Finish", "Cancel"),
        ("Finish", "Cancel and return to Alexa"),
    ],
)
@pytest.mark.parametrize("in_form", [False, True])
def test_what_stands_beside_the_only_refusal_on_a_page_about_alexa_is_consent(
    yes: str, no: str, *, in_form: bool
) -> None:
    form = 0 if in_form else None
    both = button(1, no, form=form), button(2, yes, form=form)
    asked = view(*both, title="Link account", heading="Almost done", text="Alexa will be able to control your lights.")
    assert pressed(asked) == yes
    decision = decide(asked, past(), KNOWN)
    assert isinstance(decision, Act)
    assert decision.what == "allow"


def test_that_a_button_leads_back_to_alexa_makes_it_no_refusal() -> None:
    decision = decide(view(button(1, "連携を許可してAlexaアプリに戻る")), past(logged_in=False), KNOWN)
    assert isinstance(decision, Act)
    assert decision.what == "allow"
    assert pressed(view(button(1, "Allow and go back to Alexa"), button(2, "Go back"))) == "Allow and go back to Alexa"


def test_consent_in_odd_words_is_given_only_where_nothing_else_can_be_meant() -> None:
    text = "Alexa will be able to control your lights."
    enable, no = button(1, "Enable", form=None), button(2, "No", form=None)
    assert pressed(view(enable, no, text=text)) == "Enable"
    assert pressed(view(enable, no, text="Your lights.")) is None
    assert pressed(view(enable, no, text=text), logged_in=False) is None
    assert pressed(view(enable, no, button(3, "Details", form=None), text=text)) is None
    assert pressed(view(enable, no, button(3, "Cancel", form=None), text=text)) is None
    assert pressed(view(replace(enable, label="Start free trial"), no, text=text)) is None
    assert pressed(view(replace(enable, label="Delete account"), no, text=text)) is None
    assert pressed(view(enable, no, control(4, "field", "text", "Phone", required=True), text=text)) is None


@pytest.mark.parametrize("heading", ["Select a home to link", "Who's using Acme?", "Wählen Sie ein Zuhause"])
def test_of_equal_things_to_choose_from_the_first_is_chosen(heading: str) -> None:
    homes = [button(n, label, name="home") for n, label in enumerate(("Beach house", "City flat"))]
    assert pressed(view(*homes, heading=heading)) == "Beach house"
    assert pressed(view(*homes, button(9, "Manage", name="manage"), heading=heading)) == "Beach house"
    assert pressed(view(*homes, heading=heading), logged_in=False) is None
    assert pressed(view(*homes, heading="Your homes")) is None


def test_sites_to_choose_from_may_be_links() -> None:
    sites = [link(n, label, f"/pick?tx=t&home={n}") for n, label in enumerate(("Beach house", "City flat"))]
    footer = link(8, "Imprint", "/imprint", region="footer")
    assert pressed(view(*sites, footer, heading="Which site do you want to link?")) == "Beach house"
    assert pressed(view(*sites, link(9, "Shop", "/shop"), heading="Which site do you want to link?")) is None


@pytest.mark.parametrize(
    ("heading", "labels"),
    [
        ("Choose your plan", ("Basic", "Family")),
        ("Choose one", ("Monthly 9.99 €", "Yearly 99 €")),
        ("Choose how to verify", ("Text message", "Authenticator app")),
        ("Choose a method", ("First", "Second")),
        ("Choose where to get your code", ("+49 …12", "a…@example.test")),
        ("Choose an action", ("Delete account", "Log out")),
    ],
)
def test_what_costs_money_or_sends_a_message_is_not_chosen(heading: str, labels: tuple[str, str]) -> None:
    assert pressed(view(*(button(n, label, name="c") for n, label in enumerate(labels)), heading=heading)) is None


def test_a_choice_without_a_default_is_made_before_its_form_is_sent() -> None:
    homes = [control(n, "checkbox", "radio", f"Home {n}", name="home", form=0) for n in (1, 2)]
    asked = view(*homes, button(3, "Link selected home"), heading="Select a home to link")
    assert pressed(asked) == "Home 1"
    assert pressed(view(replace(homes[0], checked=True), *asked.controls[1:], heading="x")) == "Link selected home"
    elsewhere = [replace(home, form=1) for home in homes]
    assert pressed(view(*elsewhere, button(3, "Link selected home"), heading="x")) == "Link selected home"
    loose = [replace(home, form=None) for home in homes]
    assert pressed(view(*loose, button(3, "Link selected home"), heading="x")) == "Link selected home"
    refusing = replace(homes[0], label="Do not allow any")
    assert pressed(view(refusing, homes[1], button(3, "Link selected home"), heading="x")) == "Home 2"
    paid = [replace(home, label=f"Premium {home.uid}") for home in homes]
    assert pressed(view(*paid, button(3, "Link selected home"), heading="x")) == "Link selected home"


def test_terms_are_agreed_to_before_their_button_opens() -> None:
    box = control(1, "checkbox", "checkbox", "I have read and accept the terms", form=0)
    shut = button(2, "Continue", enabled=False)
    terms = view(box, shut, link(3, "Cancel", "/logout"), heading="We've updated our terms")
    assert pressed(terms) == box.label
    opened = view(replace(box, checked=True), replace(shut, enabled=True), heading="We've updated our terms")
    assert pressed(opened) == "Continue"
    assert pressed(view(shut, heading="One moment")) is None
    news = replace(box, label="Send me the newsletter")
    assert pressed(view(news, shut, heading="News")) is None


@pytest.mark.parametrize("label", ["Return to Alexa", "Back to Alexa", "Weiter", "app"])
def test_the_link_that_bears_the_answer_leads_back(label: str) -> None:
    back = link(1, label, ANSWER)
    assert pressed(view(link(0, "Help", "/help"), back, heading="All done")) == label
    refused = link(2, "Back to Alexa", ANSWER.replace("code=c1", "error=access_denied"))
    assert pressed(view(refused, button(3, "Allow"), heading="Allow Alexa?")) == "Allow"
    assert pressed(view(refused, heading="Allow Alexa?")) is None
    elsewhere = link(1, "app", ANSWER.replace("layla.amazon.com", "layla.example.com"))
    assert pressed(view(elsewhere, heading="All done")) is None


@pytest.mark.parametrize(
    "label", ["Open Alexa", "Return to the Alexa app", "Zurück zu Alexa", "Alexaアプリに戻る", "Back to the app"]
)
def test_the_only_thing_to_press_that_leads_to_alexa_is_pressed_after_the_login(label: str) -> None:
    done = button(1, label, form=None)
    assert pressed(view(done, link(2, "Imprint", "/i", region="footer"), heading="Your account is connected")) == label
    assert pressed(view(done), logged_in=False) is None
    assert pressed(view(done, button(2, "Something else", form=None))) is None


@pytest.mark.parametrize(
    "label", ["Cancel and return to Alexa", "Return to Alexa without linking", "Get the Alexa app", "Open app", "Back"]
)
def test_what_only_mentions_alexa_does_not_lead_there(label: str) -> None:
    assert pressed(view(button(1, label, form=None), heading="Your account")) is None


def test_no_code_is_sent_that_nobody_typed() -> None:
    """A field that cannot be seen may be what its page draws six boxes for."""
    for code in (
        control(1, "field", "text", autocomplete="one-time-code", form=0, visible=False),
        control(1, "field", "text", name="otp", form=0, faint=True),
    ):
        page = view(code, button(2, "Verify"), heading="Two-step verification", text="Enter the 6-digit code")
        assert pressed(page) is None
        assert pressed(view(replace(code, filled=True), button(2, "Verify"), text="Enter the 6-digit code")) == "Verify"
    drawn = control(1, "field", "text", name="otp", faint=True)
    assert pressed(view(drawn, button(2, "Verify"), heading="One more thing")) is None
    hidden = control(1, "field", "text", name="otp", form=1, visible=False)
    assert pressed(view(hidden, button(2, "Allow"), heading="Allow Alexa?")) == "Allow"


def test_past_a_passkey_there_is_another_way() -> None:
    asked = "Complete sign-in using your passkey."
    with_passkey, other = button(1, "Continue with passkey", form=None), link(2, "Try another way", "#/other")
    page = view(with_passkey, other, heading="Use your passkey", text=asked)
    assert pressed(page, logged_in=False) == "Try another way"
    assert pressed(page) is None
    again, options = button(1, "Try again", form=None), button(2, "Other options", form=None)
    assert pressed(view(again, options, heading="Verifying it's you", text=asked), logged_in=False) == "Other options"
    assert pressed(view(options, heading="Shop"), logged_in=False) is None


@pytest.mark.parametrize("label", ["Enter your password", "Password"])
def test_among_the_ways_to_sign_in_the_password_is_taken(label: str) -> None:
    ways = [control(n, "button", "generic", said) for n, said in enumerate(("Passkey", label, "Get a code by SMS"))]
    forgotten = link(7, "Forgot your password?", "/forgot")
    assert pressed(view(forgotten, *ways, heading="Choose how to sign in"), logged_in=False) == label
    assert pressed(view(forgotten, ways[0], heading="Choose how to sign in"), logged_in=False) is None
    for aside in ("Set a password", "Lost my password", "Password?", "No password"):
        page = view(control(8, "button", "generic", aside), *ways, heading="Choose how to sign in")
        assert pressed(page, logged_in=False) == label


@pytest.mark.parametrize("label", ["Email link", "Magic link", "Send me a sign-in link", "Get a link by e-mail"])
def test_a_letter_with_a_link_links_no_account(label: str) -> None:
    ways = [control(n, "button", "submit", said) for n, said in enumerate(("Passkey", "Password", label))]
    assert pressed(view(*ways, heading="Select an option"), logged_in=False) == "Password"
    assert pressed(view(ways[2], heading="Select an option")) is None
    assert pressed(view(button(1, "Link email account"), button(2, "Cancel"))) == "Link email account"


@pytest.mark.parametrize("text", ["You will be taken back to Alexa in {} seconds.", "Weiterleitung in {} Sekunden"])
def test_a_page_that_counts_down_is_waited_for(text: str) -> None:
    """As long as it counts: each second is another reason to wait, while one that stands still is none."""
    waits = [decide(view(heading="Success", text=text.format(n)), past(), KNOWN) for n in (3, 2, 2)]
    assert all(isinstance(wait, Wait) and wait.ending.kind == "dead_end" for wait in waits)
    first, second, third = (wait.why for wait in waits if isinstance(wait, Wait))
    assert first != second == third
    plain = [decide(view(text=f"Your lamp is on for {n} seconds"), past(), KNOWN) for n in (3, 2)]
    assert len({wait.why for wait in plain if isinstance(wait, Wait)}) == 1


def test_that_something_is_to_be_chosen_is_said() -> None:
    plans = [button(n, label, name="plan") for n, label in enumerate(("Basic", "Family"))]
    decision = decide(view(*plans, heading="Choose your plan"), past(), KNOWN)
    assert isinstance(decision, Wait)
    assert decision.ending.message.startswith("After the login, where a page asks to choose something, the browser")


def test_each_field_is_woken_before_a_button_is_taken_for_closed() -> None:
    user = control(1, "field", "text", "E-mail", form=0, filled=True)
    secret = control(2, "field", "password", "Password", form=0, filled=True)
    shut = button(3, "Sign in", enabled=False)
    done = Past(fills=Counter({user.key: 1, secret.key: 1}))
    page = view(user, secret, shut, title="Login")
    for field in (user, secret):
        decision = decide(page, done, KNOWN)
        assert isinstance(decision, Act)
        assert (decision.action, decision.control) == ("wake", field)
        done.nudged.add(field.key)
    assert isinstance(decide(page, done, KNOWN), Wait)


def test_that_closed_shadow_roots_cannot_be_looked_into_is_said() -> None:
    decision = decide(view(heading="Sign in"), past(logged_in=False), KNOWN)
    assert isinstance(decision, Wait)
    assert "closed shadow root" in (decision.ending.hint or "")


WANTS = "My Lamps wants permission to control your lights"


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("Continue", "Not now"),
        ("Yes, continue", "Skip"),
        ("Confirm", "Not now"),
        ("Enable", "Cancel"),
        ("Finish", "Cancel"),
        ("Yes", "No"),
        ("Allow, change this later", "Cancel"),
    ],
)
@pytest.mark.parametrize("text", [WANTS, "My Lamps möchte auf Ihre Lampen zugreifen: Zugriff auf Licht"])
def test_consent_to_a_client_of_any_name_is_given(text: str, yes: str, no: str) -> None:
    assert pressed(view(button(1, yes), button(2, no), title="My Lamps", heading="My Lamps", text=text)) == yes


def test_consent_to_read_the_data_of_a_plan_is_no_offer() -> None:
    asking = view(button(1, "Accept"), button(2, "Not now"), heading="Your energy plan data", text=WANTS)
    assert pressed(asking) == "Accept"


def test_consent_beside_a_menu_and_a_way_back_is_given() -> None:
    menu = control(3, "button", "button", "☰")
    assert pressed(view(menu, button(1, "Enable"), button(2, "Cancel"), heading="Amazon Alexa", text=WANTS)) == "Enable"
    done = view(button(1, "Finish"), button(2, "Go back to Alexa"), heading="Almost done")
    assert pressed(done) == "Finish"


def test_a_hidden_field_for_a_code_keeps_no_consent_back() -> None:
    hidden = control(3, "field", "text", "One-time code", autocomplete="one-time-code", visible=False, form=1)
    text = "Alexa can unlock your doors with your security code."
    assert pressed(view(hidden, button(1, "Allow"), button(2, "Deny"), heading="Allow Alexa?", text=text)) == "Allow"


def test_a_refused_password_is_not_left_by_the_way_back() -> None:
    refused = view(
        link(1, "Return to the Alexa app", "/"), heading="Sign in failed", text="Wrong user name or password."
    )
    assert pressed(refused) is None


@pytest.mark.parametrize("href", ["acme://home", "https://apps.apple.com/app/acme", "https://www.amazon.com/dp/B0"])
def test_an_app_of_another_company_and_a_shop_are_no_way_back(href: str) -> None:
    assert pressed(view(link(1, "Back to the app", href), heading="Done")) is None


@pytest.mark.parametrize("label", ["Update password", "Modifier le mot de passe", "Invite friends"])
def test_what_can_be_put_off_is_no_consent_because_alexa_is_spoken_of(label: str) -> None:
    shown = view(button(1, label, solid=True), button(2, "Later"), heading="One more thing", text="Works with Alexa.")
    assert pressed(shown) != label


def test_things_to_choose_from_are_none_where_boxes_or_prices_say_so() -> None:
    both = [button(1, "Select all", name="commit"), button(2, "Continue", name="commit")]
    box = control(3, "checkbox", "checkbox", "Hall", form=0, checked=True)
    assert pressed(view(*both, box, heading="Select the devices to link")) == "Continue"
    plans = [button(1, "Base", name="p"), button(2, "Famiglia", name="p")]
    assert pressed(view(*plans, heading="Choose", text="Base 4,99 €, Famiglia 9,99 €")) is None


@pytest.mark.parametrize("name", ["share", "newsletter"])
def test_a_question_of_yes_or_no_is_left_unanswered(name: str) -> None:
    radios = [control(n, "checkbox", "radio", label, form=0, name=name) for n, label in ((3, "Yes"), (4, "No"))]
    shown = view(*radios, button(1, "Allow"), button(2, "Deny"), heading="Allow Alexa?")
    assert pressed(shown) == "Allow"


@pytest.mark.parametrize("label", ["I agree to the order and the payment of 9.99 €", "Delete my old devices"])
def test_no_button_is_opened_by_agreeing_to_something_else(label: str) -> None:
    box = control(3, "checkbox", "checkbox", label, form=0)
    assert pressed(view(box, button(1, "Continue", enabled=False), heading="Almost done")) is None


@pytest.mark.parametrize(
    "label",
    [
        *("Submit a ticket", "Go to Homepage", "Go to our website", "Go home", "Send us a message", "Ticket senden"),
        *("Weiter zur Startseite", "トップページへ進む", "お問い合わせを送信", "Enviar un ticket"),
        "Continuer vers la page d'accueil",
    ],
)
@pytest.mark.parametrize("status", [0, 200, 403])
@pytest.mark.parametrize("logged_in", [False, True])
def test_a_link_to_a_home_page_or_the_support_is_not_followed(label: str, status: int, *, logged_in: bool) -> None:
    shown = view(link(1, label, "/x"), heading="Your plan does not include Alexa", status=status)
    assert pressed(shown, logged_in=logged_in) is None


@pytest.mark.parametrize(
    "label",
    [
        "Continue",
        "Next step",
        "OK, go on",
        "Weiter",
        "次へ",
        "Send and continue",
        "Go →",
        "Go on",
        "스마트홈으로 계속",
        "Continuar al inicio de sesión",
    ],
)
def test_a_link_that_leads_on_is_followed_but_from_no_error_page(label: str) -> None:
    shown = view(link(1, label, "/next"), heading="News", status=200)
    assert pressed(shown) == label
    assert pressed(replace(shown, frames=(replace(shown.main, status=400),))) is None
    assert pressed(view(replace(shown.controls[0], region="footer"), heading="News")) is None


OWN_PAGES = [
    *("Go to portal", "Go to the dashboard", "Go to my account", "Continue to portal", "Continue to your account"),
    *("Weiter zum Portal", "Weiter zu meinem Konto", "Continuer vers le portail", "Continuer vers mon compte"),
    *("ポータルに進む", "ダッシュボードへ進む", "マイページに進む"),
]
REFUSING = [
    *("Unauthorized URL", "Bad URL", "This application is not known", "Error", "You're not authorized to access this"),
    *("Fehler", "Sie sind nicht berechtigt, auf diesen Host zuzugreifen", "Mauvaise URL"),
    *("Cette application n’est pas reconnue", "このアプリケーションは登録されていません", "エラー"),
]


@pytest.mark.parametrize("label", OWN_PAGES)
@pytest.mark.parametrize("said", REFUSING)
@pytest.mark.parametrize("shape", ["submit", "button"])
def test_off_a_page_that_refuses_nobody_goes_to_another_of_its_server(label: str, said: str, shape: str) -> None:
    way = control(1, "button", shape, label, form=0 if shape == "submit" else None, solid=True)
    assert pressed(view(way, heading="Authentication", text=said, status=200)) is None
    assert pressed(view(link(1, label, "/?cancel=1"), heading="Authentication", text=said, status=200)) is None
    assert pressed(view(way, heading="Authentication", text="Hello", status=403)) is None


@pytest.mark.parametrize(
    "label", [*OWN_PAGES, "Go", "Go to app", "Go to Acme", "Continue", "Weiter", "Continuer", "次へ"]
)
@pytest.mark.parametrize("said", ["You are signed in", "Sie sind angemeldet", "Vous êtes connecté", "ログインしました"])
def test_the_only_button_of_a_notice_leads_on_wherever_it_says(label: str, said: str) -> None:
    way = control(1, "button", "button", label)
    tools = [button(2, "Help"), button(3, "English"), control(4, "button", "generic", "fr"), link(5, "Imprint", "/i")]
    assert pressed(view(way, heading="Welcome", text=said)) == label
    assert pressed(view(way, *tools, heading="Welcome", text=said)) == label
    assert pressed(view(way, button(2, "Cancel"), heading="Welcome", text=said)) == label


@pytest.mark.parametrize(
    "label", ["Continue", "Go", "Go to app", "Go to Alexa", "Go on to Alexa", "Weiter", "Continuer", "次へ"]
)
@pytest.mark.parametrize("said", REFUSING)
def test_what_says_plainly_that_it_leads_on_does_so_beside_any_words(label: str, said: str) -> None:
    plain = control(1, "button", "button", label)
    assert pressed(view(plain, heading="Devices", text=said, status=200)) == label
    assert pressed(view(plain, button(2, "Go to portal"), heading="Devices", text=said, status=200)) == label


@pytest.mark.parametrize("label", OWN_PAGES)
def test_beside_a_button_for_something_else_a_page_of_the_servers_own_is_not_the_way(label: str) -> None:
    asked = "This application needs a higher authentication level. Do you want to reauthenticate?"
    way = control(2, "button", "button", label)
    assert pressed(view(button(1, "Upgrade session"), way, text=asked)) is None
    assert pressed(view(button(1, "Continue"), way, text=asked)) == "Continue"


@pytest.mark.parametrize(
    "label",
    [
        *("Log out", "Abmelden", "Not you?", "Use another account", "Switch user", "Resend e-mail", "Register"),
        *("Sign in with Google", "Try Plus for free", "Learn more", "Dark mode"),
    ],
)
def test_a_button_that_has_nothing_to_do_with_the_page_takes_no_way_on_from_it(label: str) -> None:
    way = control(1, "button", "button", "Continue to my account")
    for logged_in in (True, False):
        assert pressed(view(way, button(2, label), text="You are welcome"), logged_in=logged_in) == way.label


@pytest.mark.parametrize("label", ["This was not me", "Secure my account", "Ich war das nicht"])
def test_beside_the_way_on_from_a_login_that_is_told_of_nothing_is_pressed_in_unknown_words(label: str) -> None:
    for own in ("Continue to portal", "Weiter zum Portal"):
        shown = view(button(1, own), button(2, label, form=1), heading="New login", text="from Paris, today")
        assert pressed(shown) == own


@pytest.mark.parametrize("label", ["Back to the dashboard", "Zurück zum Portal"])
def test_what_refuses_still_does_so_where_it_leads_to_a_page_of_the_servers_own(label: str) -> None:
    asked = view(button(1, "Switch on"), control(2, "button", "button", label), text="The lamp in the hall is off")
    assert pressed(asked) is None


def test_a_link_by_which_an_error_is_reported_is_no_error() -> None:
    report = link(2, "Report an  error", "/report", region="footer")
    for label in ("Continue to my account", "Go to Acme"):
        assert pressed(view(control(1, "button", "button", label), report, text="You are signed in")) == label
        assert pressed(view(control(1, "button", "button", label), report, text="Error")) is None


@pytest.mark.parametrize(
    "label", ["Send ticket", "Request access", "Zugriff anfordern", "Demander l'accès", "アクセスをリクエスト"]
)
def test_nobody_is_asked_for_help_or_access(label: str) -> None:
    assert pressed(view(button(1, label), heading="Support")) is None


def test_on_an_error_page_only_a_button_that_says_so_leads_on() -> None:
    assert pressed(view(button(1, "Anything"), heading="Hello", status=200)) == "Anything"
    assert pressed(view(button(1, "Anything"), heading="Hello", status=403)) is None
    assert pressed(view(button(1, "Send a report"), heading="Hello", status=500)) is None
    assert pressed(view(button(1, "Continue"), heading="Hello", status=404)) == "Continue"


@pytest.mark.parametrize("status", [400, 404, 500])
def test_the_login_over_every_page_of_a_site_is_not_the_one_alexa_asked_for(status: int) -> None:
    over, own = link(1, "Log in", "/login", region="header"), link(2, "Log in here", "/login")
    assert pressed(view(over, heading="Not found", status=status), logged_in=False) is None
    assert pressed(view(over, own, heading="Not found. Please log in", status=status), logged_in=False) == own.label
    assert pressed(view(over, heading="Welcome", status=200), logged_in=False) == over.label
    assert pressed(view(over, heading="Unauthorized", status=401), logged_in=False) == over.label


FOR_OTHERS = [
    "Consent on behalf of your organization",
    "Authorize for all members of my household",
    "I agree to delete my old links",
    "Grant administrator rights",
    "Zustimmung im Namen Ihrer Organisation",
    "Ich stimme zu, dass alte Verknüpfungen gelöscht werden",
    "Consentement au nom de votre organisation",
    "Autoriser pour tous les utilisateurs",
    "Aceptar en nombre de su organización",
    "Acepto eliminar mis vínculos anteriores",
    "組織の代理として同意する",
    "古い連携を削除することに同意する",
]


@pytest.mark.parametrize("label", FOR_OTHERS)
@pytest.mark.parametrize("shut", [False, True])
def test_no_box_is_ticked_that_answers_for_others_or_deletes(label: str, *, shut: bool) -> None:
    box = control(3, "checkbox", "checkbox", label, form=0, name="also")
    allow = button(1, "Allow", enabled=not shut)
    asked = view(box, allow, button(2, "Deny"), heading="Allow Alexa?", text=WANTS)
    decision = decide(asked, past(), KNOWN)
    assert not (isinstance(decision, Act) and decision.control == box)
    assert shut or pressed(asked) == "Allow"
    assert pressed(view(replace(box, required=True), *asked.controls[1:], heading="Allow Alexa?")) == label


@pytest.mark.parametrize(
    "label",
    [
        "I agree that I can delete my data at any time",
        "I accept the terms of the organization",
        "Ich akzeptiere, dass ich mein Konto jederzeit löschen kann",
        "J'accepte que je peux supprimer mes données à tout moment",
        "Acepto que puedo eliminar mis datos",
        "データはいつでも削除できることに同意する",
        "I agree to the privacy policy and that inactive data is deleted",
        "Ich stimme zu, dass meine Daten nach Beendigung gelöscht werden",
        "同意する（退会時にデータは削除されます）",
        "Ich akzeptiere die AGB (Stand 01.12.2023)",
        "J'accepte les conditions du 25.05.2018",
        "I accept the terms (version 2.10)",
        "I authorize Alexa to control my home",
    ],
)
def test_terms_that_speak_of_deleting_are_agreed_to(label: str) -> None:
    box = control(3, "checkbox", "checkbox", label, form=0, name="terms")
    assert pressed(view(box, button(1, "Allow"), button(2, "Deny"), heading="Allow Alexa?", text=WANTS)) == label


def test_consent_is_given_for_oneself_where_one_may_choose() -> None:
    radios = [
        control(n, "checkbox", "radio", label, form=0, name="who")
        for n, label in ((3, "For everyone in the household"), (4, "Only for me"))
    ]
    shown = view(*radios, button(1, "Allow"), button(2, "Deny"), heading="Allow Alexa?", text=WANTS)
    assert pressed(shown) == "Only for me"
    both = button(1, "Allow for all users", solid=True), button(2, "Allow for my account only")
    assert pressed(view(*both, button(3, "Deny"), heading="Allow Alexa?", text=WANTS)) == both[1].label


def test_a_scope_for_others_is_ticked_only_where_there_is_no_other() -> None:
    far, near = (
        control(n, "checkbox", "checkbox", label, form=0, name="scope")
        for n, label in ((3, "Read the lamps of all users"), (4, "Read my lamps"))
    )
    rest = button(1, "Allow"), button(2, "Deny")
    assert pressed(view(far, near, *rest, heading="Allow Alexa?")) == near.label
    assert pressed(view(far, *rest, heading="Allow Alexa?")) == far.label


def test_advertising_is_no_scope_that_keeps_the_others_from_being_ticked() -> None:
    scopes = [
        control(n, "checkbox", "checkbox", label, form=0, name="scope")
        for n, label in ((3, "Receive marketing offers"), (4, "Control my lamps"))
    ]
    assert pressed(view(*scopes, button(1, "Allow"), heading="Allow Alexa?")) == "Control my lamps"


def test_a_required_answer_for_others_is_given_where_the_other_is_none() -> None:
    radios = [
        control(n, "checkbox", "radio", label, form=0, name="who", required=True)
        for n, label in ((3, "For everyone in the household"), (4, "For no one"))
    ]
    assert pressed(view(*radios, button(1, "Allow"), button(2, "Deny"), heading="Allow Alexa?")) == radios[0].label


def test_a_page_sent_in_place_of_a_missing_file_is_no_error_page() -> None:
    over, on = link(1, "Log in", "/login", region="header"), link(2, "Continue", "/next")
    for offer in (over, on, button(3, "Start here")):
        assert pressed(view(offer, heading="Welcome", status=404), logged_in=False) == offer.label
        for heading in ("Page not found", "404", "Seite nicht gefunden", "Oops"):
            assert pressed(view(offer, heading=heading, status=404), logged_in=False) is None


def test_a_field_with_a_button_of_its_own_stands_in_nobodys_way() -> None:
    email, send = control(7, "field", "email", "Your address", form=1), button(8, "Notify me", form=1)
    on = link(1, "Continue", "/login")
    assert pressed(view(on, email, send, heading="Welcome"), logged_in=False) == "Continue"
    assert pressed(view(on, replace(email, form=None), heading="Welcome"), logged_in=False) is None


def test_nothing_leads_on_past_an_empty_field_for_an_email_address() -> None:
    names = [control(n, "field", "text", label) for n, label in ((5, "First name"), (6, "Last name"))]
    email = control(1, "field", "text", "E-mail")
    both = control(2, "button", "button", "Next"), control(3, "button", "button", "Create account")
    assert pressed(view(*names, email, *both, heading="Your details"), logged_in=False) is None
    assert pressed(view(replace(email, region="footer"), both[0], heading="News"), logged_in=False) == "Next"


def stuck(*done: Seen) -> Past:
    """What was done, long ago: what waits for its page's script has had its time."""
    return replace(past(), idle_s=4.0, nudged={c.key for c in done})


HOMES = ("Choose", "", "Delete all homes", "Beach house", "City flat")


@pytest.mark.parametrize("kind", ["required", "closed"])
def test_a_home_is_chosen_of_a_select_and_the_page_left(kind: str) -> None:
    select = control(1, "field", "select-one", "Home", form=0, options=HOMES, required=kind == "required")
    on = button(2, "Continue", enabled=kind == "required")
    asked = view(select, on, heading="Choose your home")
    decision = decide(asked, stuck(on), KNOWN)
    assert isinstance(decision, Act)
    assert (decision.action, decision.control) == ("check", select)
    assert kind == "required" or decide(asked, stuck(), KNOWN) == Act("wake", on, "scroll to the end", "after login")
    often = replace(stuck(on), fills=Counter({("d", n): 1 for n in range(90, 120)}))
    assert decide(asked, often, KNOWN) != decision
    assert decide(asked, past(), KNOWN) == decision or kind == "closed"
    chosen = replace(select, filled=True, options=("Beach house", *HOMES[1:]))
    assert pressed(view(chosen, replace(on, enabled=True), heading="Choose your home")) == "Continue"


def test_one_of_some_homes_is_chosen_without_a_form_around_them() -> None:
    homes = [control(n, "checkbox", "radio", label, name="home") for n, label in ((1, "Beach house"), (2, "City flat"))]
    on = button(3, "Continue", enabled=False, form=None)
    decision = decide(view(*homes, on, heading="Choose your home"), stuck(on), KNOWN)
    assert isinstance(decision, Act)
    assert (decision.action, decision.control) == ("check", homes[0])
    for heading in ("Choose how to get your code", "Complete your profile"):
        other = decide(view(*homes, on, heading=heading), stuck(on), KNOWN)
        assert not isinstance(other, Act) or other.control not in homes


@pytest.mark.parametrize("heading", ["Select how to get your code", "Choose your offer", "Complete your profile"])
def test_no_option_is_chosen_where_another_than_a_home_is_asked_for(heading: str) -> None:
    select = control(1, "field", "select-one", "Which", form=0, options=HOMES, required=True)
    decision = decide(view(select, button(2, "Continue"), heading=heading), stuck(), KNOWN)
    assert not (isinstance(decision, Act) and decision.control == select)


def test_no_option_is_chosen_that_nobody_asked_for_or_that_harms() -> None:
    allow, no = button(1, "Allow", enabled=False), button(2, "Deny")
    for label, options in (
        ("Newsletter", HOMES),
        ("Home", ("Beach house", *HOMES[1:])),
        ("Home", ("Choose", "", "Delete all homes", "Everyone in the organization", "Premium, $9.99")),
    ):
        select = control(3, "field", "select-one", label, form=0, options=options)
        assert isinstance(decide(view(select, allow, no, heading="Allow Alexa?"), stuck(allow), KNOWN), Wait)


def test_what_harms_nobody_is_tried_before_a_box_for_the_household() -> None:
    box = control(3, "checkbox", "checkbox", "Share devices of all members of my household", form=0)
    allow = button(1, "Allow", enabled=False)
    asked = view(box, allow, button(2, "Deny"), heading="Allow Alexa?", text=WANTS)
    early, late, last = (decide(asked, done, KNOWN) for done in (past(), stuck(), stuck(allow)))
    assert isinstance(early, Wait)
    assert isinstance(late, Act)
    assert (late.action, late.control) == ("wake", allow)
    assert isinstance(last, Act)
    assert (last.action, last.control) == ("check", box)
    moving = view(box, allow, button(2, "Deny"), heading="Allow Alexa?", text=WANTS, quiet_ms=200.0)
    assert isinstance(decide(moving, replace(stuck(), idle_s=2.0), KNOWN), Wait)


@pytest.mark.parametrize("label", [label for label in FOR_OTHERS if "household" not in label])
def test_no_other_box_is_ticked_where_a_consent_stays_closed(label: str) -> None:
    allow, box = button(1, "Allow", enabled=False), control(3, "checkbox", "checkbox", label, form=0)
    asked = view(box, allow, button(2, "Deny"), heading="Allow Alexa?", text=WANTS)
    assert isinstance(decide(asked, stuck(allow), KNOWN), Wait)
    both = replace(box, label=f"{label} and everyone in my household")
    assert isinstance(decide(view(both, allow, heading="Allow Alexa?"), stuck(allow), KNOWN), Wait)


def test_a_home_is_chosen_where_the_page_finds_fault_with_consent_without_it() -> None:
    select = control(3, "field", "select-one", "Home", form=0, options=HOMES)
    rest = button(1, "Allow"), button(2, "Deny")
    for alerts, wanted in (((), rest[0]), (("Something is missing",), select)):
        asked = view(select, *rest, heading="Allow Alexa?", alerts=alerts)
        before = replace(past(), presses=Counter({press_key(asked, rest[0]): 1}))
        decision = decide(asked, before, KNOWN)
        assert isinstance(decision, Act)
        assert decision.control == wanted


@pytest.mark.parametrize(
    ("label", "options"),
    [
        ("Country", ("Select your country …", "", "Afghanistan", "Albania")),
        ("", ("Select an organization …", "", "Acme Inc", "Beta Ltd")),
        ("Sprache", ("Bitte wählen …", "", "Afrikaans")),
        ("Share with", ("Choose", "", "Public", "Only me")),
        ("Tier", ("Choose", "", "Gold 9.99", "Free")),
        ("Kind", ("Choose", "", "Gold 9.99", "Basic")),
        ("Role", ("Choose", "", "Administrator", "User")),
        (
            "Action",
            (
                "Choose",
                "",
                "Delete all devices",
                "Cancel subscription",
                "Share with everyone",
                "Reset all",
                "Unpair all",
            ),
        ),
        ("Do", ("Choose", "", "Delete all devices", "Cancel subscription", "Share with everyone", "Reset all")),
    ],
)
@pytest.mark.parametrize("heading", ["Allow Alexa?", "Choose", "Select your country"])
def test_no_option_is_guessed_that_says_something_of_the_customer_or_goes_far(
    label: str, options: tuple[str, ...], heading: str
) -> None:
    select = control(3, "field", "select-one", label, form=0, options=options, required=True, filled=True)
    for name in ("Allow", "Continue"):
        for shut in (False, True):
            on = button(1, name, enabled=not shut)
            decision = decide(view(select, on, button(2, "Deny"), heading=heading, text=WANTS), stuck(on), KNOWN)
            assert not (isinstance(decision, Act) and decision.control == select)


def test_no_option_is_chosen_before_the_login_or_of_what_stands_on_every_page() -> None:
    select = control(
        3, "field", "select-one", "Home", form=0, options=("Choose", *HOMES[1:]), required=True, filled=True
    )
    assert pressed(view(select, button(2, "Continue"), heading="Choose your home"), logged_in=False) == "Continue"
    above, allow = replace(select, region="header", form=None, required=False), button(1, "Allow", enabled=False)
    assert isinstance(decide(view(above, allow, heading="Allow Alexa?"), stuck(allow), KNOWN), Wait)


FAR = [
    *("Cancel my subscription", "Share with everyone", "Upgrade to Premium", "Start my free trial", "Enable purchases"),
    *(
        "Unlink my other skills",
        "Reset all devices",
        "Close my account",
        "Share with third parties",
        "Kündige mein Abo",
    ),
    *("My household may make payments", "Share my household data with third parties"),
    *("Remove all devices from my home", "Disconnect my home", "Log out of all devices", "Alle Geräte entfernen"),
    *("Delete devices that come with this account", "Erase the comment history", "Sign me out everywhere"),
    *(
        "Apagar dispositivos como lâmpadas",
        "Rimuovi tutti i dispositivi",
        "Désactiver mon compte",
        "すべてのデバイスの連携を解除",
    ),
    *("Invite everyone in my household", "Alle Mitglieder meines Haushalts einladen", "家族全員を招待する"),
]


@pytest.mark.parametrize("label", FAR)
def test_no_box_is_ticked_that_goes_far_where_a_consent_stays_closed(label: str) -> None:
    allow, box = button(1, "Authorize", enabled=False), control(3, "checkbox", "checkbox", label, form=0)
    for done in (past(), stuck(allow)):
        assert isinstance(decide(view(box, allow, heading="Allow Alexa?"), done, KNOWN), Wait)


@pytest.mark.parametrize("more", [{}, {"required": True}])
@pytest.mark.parametrize("shut", [False, True])
def test_of_several_answers_one_is_given_that_harms_nobody(more: dict[str, bool], *, shut: bool) -> None:
    radios = [
        control(n, "checkbox", "radio", label, form=0, name="devices", **more)
        for n, label in ((3, "Remove all devices"), (4, "Keep all devices"))
    ]
    allow = button(1, "Authorize", enabled=not shut)
    assert pressed(view(*radios, allow, heading="Allow Alexa?")) == "Keep all devices"


def test_a_box_that_says_what_may_be_removed_is_ticked_where_a_consent_waits_for_it() -> None:
    box = control(3, "checkbox", "checkbox", "Access may be removed at any time", form=0)
    allow = button(1, "Authorize", enabled=False)
    assert pressed(view(box, allow, heading="Allow Alexa?")) == box.label


def test_a_box_by_which_terms_are_agreed_to_is_ticked_before_any_other() -> None:
    first, terms = (
        control(n, "checkbox", "checkbox", label, form=0)
        for n, label in ((3, "Show tips on my lamps"), (4, "I agree to the terms"))
    )
    allow = button(1, "Authorize", enabled=False)
    assert decide(view(first, terms, allow, heading="Alexa"), past(), KNOWN) == Act("check", terms, "allow", "consent")
    given = replace(terms, checked=True)
    assert decide(view(first, given, allow, heading="Alexa"), past(), KNOWN) == Act("check", first, "allow", "consent")


@pytest.mark.parametrize(("heading", "name"), [("Allow Alexa?", "Authorize"), ("Your account", "Continue")])
def test_a_page_has_a_moment_to_open_its_button_once_a_box_is_ticked(heading: str, name: str) -> None:
    terms = control(3, "checkbox", "checkbox", "I agree to the terms", form=0, checked=True)
    other = control(4, "checkbox", "checkbox", "Show tips on my lamps", form=0)
    asked = view(terms, other, button(1, name, enabled=False), heading=heading)
    just, later = (replace(past(), idle_s=idle_s, fills=Counter({terms.key: 1})) for idle_s in (0.3, 0.7))
    assert isinstance(decide(asked, just, KNOWN), Wait)
    decision = decide(asked, later, KNOWN)
    assert isinstance(decision, Act)
    assert (decision.action, decision.control) == ("check", other)


def test_a_link_is_not_followed_while_a_button_is_about_to_open() -> None:
    terms = control(3, "checkbox", "checkbox", "I agree to the terms", form=0, checked=True)
    link = control(4, "link", "a", "Continue")
    asked = view(terms, link, button(1, "Continue", enabled=False), heading="Your account")
    just, later = (replace(past(), idle_s=idle_s, fills=Counter({terms.key: 1})) for idle_s in (0.3, 0.7))
    assert isinstance(decide(asked, just, KNOWN), Wait)
    decision = decide(asked, later, KNOWN)
    assert isinstance(decision, Act)
    assert decision.control == link


@pytest.mark.parametrize(
    "label",
    [
        *("Activer la commande vocale", "Report the state of my devices", "Block outlets", "Control my pay TV"),
        *("ロック解除を音声で行う", "声控解除警报", "음성으로 잠금 해제", "Entrar e sair de casa", "Rutas al salir"),
        *("Add and remove items on my list", "Artikel hinzufügen und entfernen", "Gerätedaten an Amazon übertragen"),
        *("Activer et désactiver mon alarme", "Activar y desactivar la alarma", "Attivare e disattivare l'allarme"),
        *(
            "Ativar e desativar o alarme",
            "Acender e apagar as luzes",
            "Alarm activeren en deactiveren",
            "予定の追加と削除",
        ),
    ],
)
def test_a_box_for_what_a_voice_does_opens_a_consent(label: str) -> None:
    box, allow = control(3, "checkbox", "checkbox", label, form=0), button(1, "Authorize", enabled=False)
    assert pressed(view(box, allow, heading="Allow Alexa?")) == label


def test_a_household_is_not_answered_for_on_a_page_that_is_only_slow() -> None:
    box = control(3, "checkbox", "checkbox", "For all members of my household", form=0)
    allow = button(1, "Allow", enabled=False)
    asked = view(box, allow, button(2, "Deny"), heading="Allow Alexa?", text=WANTS)
    assert isinstance(decide(asked, replace(stuck(allow), idle_s=2.5), KNOWN), Wait)


@pytest.mark.parametrize(
    "label",
    [
        *("Consentir ?", "J'autorise Alexa", "Aceptar", "Consiento", "Acconsentire", "Concordar", "Instemmen"),
        *("Ich willige in die Einwilligung ein", "Jag godkänner", "Souhlasím", "Zgadzam się", "Я согласен"),
    ],
)
def test_a_box_that_agrees_in_the_infinitive_is_ticked(label: str) -> None:
    box = control(3, "checkbox", "checkbox", label, form=0, name="confirm")
    send = control(4, "button", "submit", "Envoyer", form=0)
    assert pressed(view(box, send, heading="Alexa")) == label
    assert pressed(view(replace(box, label=f"{label} newsletter marketing"), send, heading="Alexa")) == "Envoyer"


@pytest.mark.parametrize(
    "label",
    [
        *("Jag godkänner att få nyhetsbrev", "Jeg accepterer markedsføring", "Hyväksyn uutiskirjeen"),
        *("Zgadzam się na oferty", "Souhlasím s nabídkami", "Я согласен на рассылку", "J'accepte la prospection"),
        *("Acepto comunicaciones comerciales", "Acconsento a comunicazioni commerciali", "마케팅 정보 수신 동의"),
    ],
)
def test_a_box_that_agrees_to_advertising_is_ticked_in_no_language(label: str) -> None:
    box = control(3, "checkbox", "checkbox", label, form=0, name="more")
    assert pressed(view(box, button(1, "Allow"), button(2, "Deny"), heading="Allow Alexa?", text=WANTS)) == "Allow"


@pytest.mark.parametrize(
    ("heading", "yes", "no", "expected"),
    [
        ("Delete your old devices?", "Yes", "No", None),
        ("Alte Geräte löschen?", "Ja", "Nein", None),
        ("Upgrade to Premium?", "Yes", "No", None),
        ("Switch to paperless billing?", "Yes", "No", None),
        ("May we send you special offers?", "Yes, keep me posted", "No thanks", "No thanks"),
        ("Souhaitez-vous recevoir nos offres ?", "Oui", "Non merci", "Non merci"),
        ("Alexa linken", "Joo", "Ei käy", "Joo"),
        ("Yhdistetäänkö?", "Selvä", "Pois", "Selvä"),
        ("Is this still your e-mail address?", "Yes, it is", "No, change it", "Yes, it is"),
    ],
)
def test_what_the_author_calls_yes_answers_no_question_that_can_be_read(
    heading: str, yes: str, no: str, expected: str | None
) -> None:
    """Of a language that is not known, the author's word is all there is."""
    buttons = [button(1, no, name="answer", value="no"), button(2, yes, name="answer", value="yes")]
    assert pressed(view(*buttons, heading=heading)) == expected


@pytest.mark.parametrize(
    ("yes", "no"),
    [("Erteilen", "Abbrechen"), ("Sure", "Cancel"), ("Giv lov", "Annuller"), ("Hook up", "No")],
)
@pytest.mark.parametrize("logged_in", [False, True])
def test_what_the_author_calls_allow_is_consent_to_the_link_and_to_nothing_else(
    yes: str, no: str, logged_in: bool
) -> None:
    buttons = [button(1, no, name="choice", value="deny"), button(2, yes, name="choice", value="allow")]
    assert pressed(view(*buttons, heading="Link your lamps with Alexa"), logged_in=logged_in) == yes
    assert pressed(view(*buttons, heading="More light?"), logged_in=logged_in) is None
    for heading in ("Delete your Alexa devices?", "Special offers for Alexa"):
        assert pressed(view(*buttons, heading=heading), logged_in=logged_in) != yes


@pytest.mark.parametrize(("yes", "no"), [("true", "false"), ("1", "0")])
def test_of_two_buttons_of_one_name_that_cannot_be_read_the_value_tells_which_allows(yes: str, no: str) -> None:
    buttons = [button(1, "Tolak", name="approve", value=no), button(2, "Izinkan", name="approve", value=yes)]
    assert pressed(view(*buttons, heading="Alexa")) == "Izinkan"


@pytest.mark.parametrize("heading", ["Who’s watching?", "Who is listening?", "Wer schaut gerade?"])
def test_any_profile_will_do_where_nothing_else_is_offered(heading: str) -> None:
    profiles = [link(n, name, f"/step?tx=1&p={n}") for n, name in enumerate(("Anna", "Ben"), 1)]
    assert pressed(view(*profiles, heading=heading)) == "Anna"
    assert pressed(view(*profiles, link(3, "Manage profiles", "/manage"), heading=heading)) is None
