"""The pages between the login and Alexa, without a browser: offers, choices, consent in odd words, the way back."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from e2e_linker.browser.controls import Box, Seen, SeenFrame, View
from e2e_linker.browser.decision import decide
from e2e_linker.browser.memory import Known, Past, Submission
from e2e_linker.browser.moves import Act, Wait

KNOWN = Known(username="alice@example.test", password=True, code=True)
ANSWER = "https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA?code=c1&state=s1"


def past(*, logged_in: bool = True) -> Past:
    return Past(submissions=[Submission("s", "password", "h", ("before",), frozenset())] if logged_in else [])


def control(uid: int, kind: str, shape: str, label: str = "", **more: Any) -> Seen:
    return Seen(
        frame=0, document="d", uid=uid, kind=kind, type=shape, box=Box(0, uid * 50, 100, 40), label=label, **more
    )


def button(uid: int, label: str, **more: Any) -> Seen:
    return control(uid, "button", "submit", label, **{"form": 0, **more})


def link(uid: int, label: str, href: str, **more: Any) -> Seen:
    return control(uid, "link", "a", label, href=href, **more)


def view(*controls: Seen, title: str = "", heading: str = "", text: str = "", **frame: Any) -> View:
    shown = SeenFrame(
        n=0,
        document="d",
        url="https://id.example.test/mid",
        title=title,
        headings=(heading,) if heading else (),
        text=" \n".join((heading, text, *(c.label for c in controls if c.visible))),
        forms=("form0", "form1"),
        **frame,
    )
    return View((shown,), controls)


def pressed(shown: View, *, logged_in: bool = True) -> str | None:
    """The label of what is pressed or ticked; None where the page is left as it is."""
    decision = decide(shown, past(logged_in=logged_in), KNOWN)
    assert isinstance(decision, Act | Wait)
    return decision.control.label if isinstance(decision, Act) else None


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
