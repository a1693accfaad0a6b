"""What each screen was: verdicts in their order, what the picture may and may not say, and what is suspected."""

from __future__ import annotations

import pytest

from e2e_linker.derive.base import walk_facts
from e2e_linker.evidence.models import (
    ConsoleMessage,
    CspViolation,
    Failed,
    NotCollected,
    PageError,
    Picture,
    Present,
    Timing,
)
from e2e_linker.evidence.page import Pixels, Sight
from e2e_linker.model import Confidence

LOGIN = "https://login.example.com"
FLAT = Pixels(commonest=1.0, colours=1, edges=0.0)
SHADED = Pixels(commonest=0.4, colours=8, edges=0.0)
SPINNING = Pixels(commonest=0.995, colours=12, edges=0.0012)
FORM_ON_WHITE = Pixels(commonest=0.991, colours=30, edges=0.008)


def sight(readable: int = 0, pictures: int = 0, **more: object) -> Sight:
    return Sight(readable_length=readable, pictures=pictures, **more)


def bare(pieces, **more):
    """The digest of an empty page."""
    given = {"controls": (), "headings": (), "text": "", "text_length": 0, "title": "Sign in", "sight": sight()}
    return pieces.digest(more.pop("url", f"{LOGIN}/authorize"), **(given | more))


def of(build, pieces, digest, *, status=200, ending="login_not_found", pixels=None, steps=None, at=4.0, **more):
    """The facts of a walk whose only page was seen as ``digest``."""
    screen = pieces.screen(0, at, digest)
    if pixels is not None:
        width, height = more.pop("size", (400, 800))
        shown = Picture(path="p.jpg", width=width, height=height, sha256="0" * 64, pixels=pixels)
        screen = screen.model_copy(update={"picture": Present(value=shown)})
    first = build.get(f"{LOGIN}/authorize", status=status, excerpt=more.pop("excerpt", "<title>x</title>"))
    walk = build.walk([first, *(steps or ())], answer=None, ending=ending, screens=[screen], **more)
    return walk_facts(walk)


def verdict(facts):
    (one,) = facts.get("screen_verdicts").value
    return one


@pytest.mark.parametrize("pixels", [None, FLAT, SHADED])
def test_a_page_with_nothing_on_it_is_blank(build, pieces, pixels):
    one = verdict(of(build, pieces, bare(pieces), pixels=pixels))
    assert (one.kind, one.confidence, one.empty) == ("blank", Confidence.CERTAIN, True)


def test_a_plain_white_form_is_a_login_however_white_the_picture(build, pieces):
    digest = pieces.digest(f"{LOGIN}/authorize", sight=sight(20))
    for pixels in (FORM_ON_WHITE, FLAT, None):
        assert verdict(of(build, pieces, digest, pixels=pixels)).kind == "login"


def test_a_spinner_is_nearly_blank_and_something_drawn_without_a_document_is_neither(build, pieces):
    assert verdict(of(build, pieces, bare(pieces), pixels=SPINNING)).kind == "nearly blank"
    assert verdict(of(build, pieces, bare(pieces), pixels=FORM_ON_WHITE)).kind == "other"
    assert verdict(of(build, pieces, bare(pieces, sight=sight(pictures=1)), pixels=FORM_ON_WHITE)).kind == "other"


@pytest.mark.parametrize(
    ("width", "height", "edges"),
    [(360, 780, 0.00066), (412, 839, 0.00056), (600, 960, 0.00031), (1280, 720, 0.00021), (1280, 800, 0.00019)],
)
def test_the_same_spinner_is_nearly_blank_on_every_screen(build, pieces, width, height, edges):
    """As it was measured, on a page whose background runs from one colour to another."""
    spinning = Pixels(commonest=0.47, colours=172, edges=edges)
    assert verdict(of(build, pieces, bare(pieces), pixels=spinning, size=(width, height))).kind == "nearly blank"
    still = spinning.model_copy(update={"edges": 0.0})
    assert verdict(of(build, pieces, bare(pieces), pixels=still, size=(width, height))).kind == "blank"


SIZES = [(393, 659), (656, 944), (1280, 800)]
IN_FRAME = ["https://id.example.net/login"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("frames", "more", "edges", "kind"),
    [
        (["chrome-error://chromewebdata/"], {}, 1812, "nearly blank"),
        (["about:neterror?e=xfoBlocked"], {}, 1812, "nearly blank"),
        (["chrome-error://chromewebdata/"], {}, 3100, "other"),
        (["chrome-error://chromewebdata/"], {"sealed": ("login-form",)}, 1812, "other"),
        (IN_FRAME, {}, 1812, "other"),
        ([], {}, 1300, "other"),
        ([], {}, 900, "nearly blank"),
    ],
)
def test_a_frame_without_a_page_and_what_is_drawn_count_alike_on_every_screen(
    build, pieces, size, frames, more, edges, kind
):
    digest = bare(pieces, frames=tuple(frames), sight=sight(**more))
    pixels = Pixels(commonest=0.97, colours=180, edges=edges / (size[0] * size[1]))
    one = verdict(of(build, pieces, digest, pixels=pixels, size=size))
    assert one.kind == kind


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"covered_by": "div#sheet"}, "div#sheet lies over everything"),
        ({"faint": True, "visible": False}, "the colour of its background"),
    ],
)
def test_an_invisible_form_is_blank_unless_the_picture_shows_it(build, pieces, changed, said):
    controls = [pieces.control("field", "Email", **changed), pieces.control(**changed)]
    digest = bare(pieces, controls=controls, text="Sign in", text_length=7)
    assert said in verdict(of(build, pieces, digest, pixels=FLAT)).words
    assert verdict(of(build, pieces, digest, pixels=FLAT)).confidence is Confidence.CERTAIN
    assert verdict(of(build, pieces, digest)).confidence is Confidence.LIKELY
    assert verdict(of(build, pieces, digest, pixels=FORM_ON_WHITE)).kind != "blank"


@pytest.mark.parametrize(
    ("edges", "more", "kind"),
    [
        (346, {}, "blank"),
        (1900, {}, "blank"),
        (3100, {}, "other"),
        (346, {"covered_by": "div#sheet", "faint": False}, "other"),
        (346, {"kind": "button"}, "other"),
    ],
)
def test_a_logo_does_not_make_a_form_in_the_colour_of_its_background_seen(build, pieces, edges, more, kind):
    hidden = {"faint": True, "visible": bool(more.get("covered_by")), **more}
    controls = [pieces.control(hidden.pop("kind", "field"), "Email", **hidden)]
    digest = bare(pieces, controls=controls, text="Sign in", text_length=7)
    pixels = Pixels(commonest=0.983, colours=114, edges=edges / (412 * 839))
    one = verdict(of(build, pieces, digest, pixels=pixels, size=(412, 839)))
    assert (one.kind == "blank") is (kind == "blank")
    assert one.faded is (kind == "blank")


@pytest.mark.parametrize("controls", ["display none", "out of reach"])
def test_a_form_that_is_not_drawn_is_blank(build, pieces, controls):
    hidden = {"visible": False, "out_of_reach": controls == "out of reach"}
    digest = bare(pieces, controls=[pieces.control("field", "Email", **hidden)])
    assert verdict(of(build, pieces, digest, pixels=FLAT)).kind == "blank"


@pytest.mark.parametrize(
    "text",
    [
        "Loading…",
        "Please wait",
        "Bitte warten",
        "Veuillez patienter",
        "Cargando",
        "お待ちください",
        "Brightbulb",
        "Attendere",
    ],
)
def test_a_page_that_says_next_to_nothing_is_nearly_blank(build, pieces, text):
    digest = bare(pieces, text=text, text_length=len(text), sight=sight(len(text)), title="")
    assert verdict(of(build, pieces, digest)).kind == "nearly blank"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Not found", "other"),
        ("Welcome", "other"),
        ("A page that tells a whole story about lamps and how they shine.", "other"),
        ("Please wait for the doors to open. " * 20, "other"),
        ("Your skill has been successfully linked", "verdict page"),
    ],
)
def test_a_page_with_something_to_say_is_not(build, pieces, text, kind):
    digest = bare(pieces, text=text, text_length=len(text), sight=sight(len(text)), title="x")
    assert verdict(of(build, pieces, digest, ending="timeout")).kind == kind


def linked(pieces, text, links, **more):
    """A page of ``text``, line by line, whose ``links`` are all that can be used in it."""
    controls = [pieces.control("link", label, type="a", href=href) for label, href in links.items()]
    readable = len(text.replace("\n", " "))
    given = {"text": text, "text_length": readable, "sight": sight(readable), "title": "Acme", "controls": controls}
    return bare(pieces, **(given | more))


ENGLISH = {"English": "/lang?l=en", "Deutsch": "/lang?l=de"}


@pytest.mark.parametrize(
    ("heading", "text", "links"),
    [
        ("Choose your language", "Choose your language\nEnglish\nDeutsch", ENGLISH),
        ("", "Bitte wählen Sie:\nEnglish\nDeutsch", ENGLISH),
        ("Sprache / Language", "Acme\nSprache / Language\nEnglish\nDeutsch", ENGLISH),
        ("Who are you?", "Who are you?\nAnna\nBen", {"Anna": "/as/1", "Ben": "/as/2"}),
        ("言語を選択", "言語を選択\n日本語\nEnglish", {"日本語": "/ja", "English": "/en"}),
        ("Pick one", "Pick one\nHome 1\nHome 2\nPrivacy", {"Home 1": "#1", "Home 2": "#2", "Privacy": "/privacy"}),
        ("Sign in", "Sign in\nContinue with Google", {"Continue with Google": "/google"}),
        ("", "Mit deinem Google-Konto anmelden", {"Mit deinem Google-Konto anmelden": "/google"}),
        ("Acme", "Acme\nGoogleでログイン", {"Googleでログイン": "/google"}),
    ],
)
def test_a_few_links_to_choose_from_are_something_to_use(build, pieces, heading, text, links):
    digest = linked(pieces, text, links, headings=(heading,) if heading else ())
    assert verdict(of(build, pieces, digest)).kind == "other"


@pytest.mark.parametrize(
    ("heading", "text", "links"),
    [
        ("", "Privacy", {"Privacy": "/privacy"}),
        ("", "Privacy\nTerms", {"Privacy": "/privacy", "Terms": "/terms"}),
        ("", "Acme", {"Acme": "/"}),
        ("Acme", "Acme\nLamps\nCart", {"Lamps": "/lamps", "Cart": "/cart"}),
        ("Choose an account", "Choose an account\nPrivacy\nTerms", {"Privacy": "/privacy", "Terms": "/terms"}),
        ("Choose an account", "Acme\nCart\nChoose an account", {"Acme": "/", "Cart": "/cart"}),
        ("Choose an account", "Choose an account\nEnglish", {"English": "/?l=en"}),
        ("Sign in", "Sign in\nEnglish\nDeutsch", ENGLISH),
        ("Questions?", "Questions?\nFAQ\nPost", {"FAQ": "/faq", "Post": "mailto:us@example.com"}),
        ("Get the app:", "Get the app:\nApp Store\nGoogle Play", {"App Store": "//a", "Google Play": "//g"}),
        ("", "Follow us on Facebook\nFacebook", {"Follow us on Facebook": "//f", "Facebook": "//f"}),
        ("", "Select language\nSelect region", {"Select language": "/l", "Select region": "/r"}),
        ("Please wait", "Please wait\nEnglish\nDeutsch", ENGLISH),
    ],
)
def test_the_links_of_a_header_or_footer_are_not(build, pieces, heading, text, links):
    digest = linked(pieces, text, links, headings=(heading,) if heading else ())
    assert verdict(of(build, pieces, digest)).kind == "nearly blank"


@pytest.mark.parametrize(
    "changed", [{"visible": False}, {"covered_by": "div#veil"}, {"faint": True}, {"enabled": False}]
)
def test_links_that_cannot_be_pressed_are_nothing_to_choose_from(build, pieces, changed):
    digest = linked(pieces, "Choose your language\nEnglish\nDeutsch", ENGLISH, headings=("Choose your language",))
    controls = tuple(control.model_copy(update=changed) for control in digest.controls)
    one = verdict(of(build, pieces, digest.model_copy(update={"controls": controls})))
    assert one.kind == "nearly blank"


@pytest.mark.parametrize("status", [400, 404, 500])
def test_an_error_status_is_an_error_page_unless_it_is_blank(build, pieces, status):
    words = "The lamp is broken, and nobody knows why it is"
    assert verdict(of(build, pieces, bare(pieces), status=status)).kind == "blank"
    digest = bare(pieces, text=words, text_length=len(words), sight=sight(len(words)))
    assert verdict(of(build, pieces, digest, status=status)).kind == "error page"
    short = bare(pieces, text="Oh no", text_length=5, sight=sight(5))
    assert verdict(of(build, pieces, short, status=status)).kind == "error page"


def test_a_login_form_that_comes_back_with_401_is_a_login(build, pieces):
    digest = pieces.digest(f"{LOGIN}/authorize", sight=sight(20))
    assert verdict(of(build, pieces, digest, status=401, ending="login_rejected")).kind == "login"
    assert verdict(of(build, pieces, digest, status=500)).kind == "error page"


def test_words_of_an_error_count_where_the_login_stopped(build, pieces):
    text = "Something went wrong. An unexpected error occurred while we worked."
    digest = bare(pieces, text=text, text_length=len(text), sight=sight(len(text)), title="Something went wrong")
    assert verdict(of(build, pieces, digest, ending="dead_end")).kind == "error page"


@pytest.mark.parametrize(
    "text",
    [
        "Your browser is not supported. Please use another browser to go on.",
        "Ihr Browser wird leider nicht unterstützt.",
        "このブラウザはサポートされていません。別のブラウザをお使いください。",
        "브라우저가 지원되지 않습니다",
    ],
)
def test_a_refused_browser_is_told_from_a_login_that_mentions_browsers(build, pieces, text):
    digest = bare(pieces, text=text, text_length=len(text), sight=sight(len(text)), title="Sorry")
    one = verdict(of(build, pieces, digest, ending="login_blocked"))
    assert one.kind == "unsupported browser"
    assert one.words
    form = pieces.digest(f"{LOGIN}/authorize", text=text, sight=sight(len(text)))
    assert verdict(of(build, pieces, form)).kind == "login"


def test_captcha_login_consent_and_verdict_page(build, pieces):
    field, button = pieces.control("field", "Captcha characters", name="captcha"), pieces.control(label="Allow")
    assert verdict(of(build, pieces, bare(pieces, controls=[field], sight=sight(50)))).kind == "captcha"
    login = pieces.digest(f"{LOGIN}/authorize", sight=sight(50))
    assert verdict(of(build, pieces, login, ending="captcha")).kind == "captcha"
    assert verdict(of(build, pieces, login)).kind == "login"
    consent = bare(pieces, controls=[button, pieces.control(label="Cancel")], text="Allow?", sight=sight(80))
    assert verdict(of(build, pieces, consent)).kind == "consent"
    covered = bare(pieces, controls=[pieces.control(label="Allow", covered_by="div#cookies")], sight=sight(80))
    assert verdict(of(build, pieces, covered)).kind == "consent"
    said = "We were unable to link Lamps at this time"
    result = pieces.digest(
        "https://skills-store.amazon.com/external/link-result?success=false", controls=(), text=said, sight=sight(60)
    )
    assert verdict(of(build, pieces, result)).kind == "verdict page"


def test_a_one_time_code_and_a_user_name_are_logins_and_a_search_is_not(build, pieces):
    code = pieces.control("field", "Code", autocomplete="one-time-code")
    name = pieces.control("field", "Email address", type="email")
    search = pieces.control("field", "Search lamps", name="q")
    for control, kind in ((code, "login"), (name, "login"), (search, "other")):
        digest = bare(pieces, controls=[control], sight=sight(200), text="x" * 200)
        assert verdict(of(build, pieces, digest)).kind == kind


def test_older_evidence_without_sight_is_judged_by_its_text(build, pieces):
    assert verdict(of(build, pieces, bare(pieces, sight=None))).kind == "blank"
    long = "Tell me about the lamps of this house and of every other one."
    digest = bare(pieces, sight=None, text=long, text_length=len(long))
    assert verdict(of(build, pieces, digest)).kind == "other"


@pytest.mark.parametrize("url", ["chrome-error://chromewebdata/", "about:neterror?e=redirectLoop"])
def test_the_browsers_own_page_is_no_screen_of_the_server(build, pieces, url):
    facts = of(build, pieces, bare(pieces, url=url), ending="redirect_loop")
    assert facts.get("screen_verdicts").value == ()


def test_screens_that_could_not_be_looked_at_have_no_verdict(build, pieces):
    screens = [pieces.screen(0, 1.0, Failed(error="gone")), pieces.screen(1, 2.0, pieces.digest())]
    facts = walk_facts(build.walk(screens=screens))
    assert [one.screen for one in facts.get("screen_verdicts").value] == [1]
    none = walk_facts(build.walk().model_copy(update={"screens": NotCollected(reason="HAR")}))
    assert isinstance(none.get("screen_verdicts"), NotCollected)


def script(build, **more):
    return build.sub("https://cdn.example.net/app.js?v=1", "script", **more)


def said(facts):
    return [(one.kind, one.says, one.ref, one.host) for one in facts.get("suspects").value]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"status": 503, "failure": "net::ERR_ABORTED"}, "status 503"),
        ({"failure": "net::ERR_TUNNEL_CONNECTION_FAILED"}, "net::ERR_TUNNEL_CONNECTION_FAILED"),
    ],
)
def test_a_script_that_did_not_load_is_suspected_with_its_host(build, pieces, more, why):
    facts = of(build, pieces, bare(pieces), steps=[script(build, **more)])
    says = f"the script https://cdn.example.net/app.js did not load ({why})"
    assert said(facts) == [("request", says, ("request", 2), "cdn.example.net")]


@pytest.mark.parametrize("failure", [None, "NS_ERROR_CORRUPTED_CONTENT"])
def test_a_page_in_place_of_a_script_is_suspected_with_its_address_and_no_trial_imitates_it(build, pieces, failure):
    page = (("Content-Type", "text/html; charset=utf-8"),)
    unfit = (
        "The resource from “x” was blocked due to MIME type (“text/html”) mismatch (X-Content-Type-Options: nosniff)."
    )
    met = PageError(at=0.6, window=0, message="Unexpected token '<'", stack=None)
    errors = [PageError(at=0.6, window=0, message="nosniff).", stack=unfit)] if failure else [met]
    steps = [script(build, status=200, failure=failure, response_headers=page)]
    facts = of(build, pieces, bare(pieces), steps=steps, page_errors=errors)
    says = "a page (text/html) came in place of the script https://cdn.example.net/app.js (status 200)"
    assert said(facts)[0] == ("request", says, ("request", 2), "cdn.example.net")
    assert len(said(facts)) == (1 if failure else 2)
    assert facts.get("suspects").value[0].request is None


HTML = ("Content-Type", "text/html; charset=utf-8")
NO_SNIFF = ("X-Content-Type-Options", "nosniff")


@pytest.mark.parametrize(
    ("message", "line", "at"),
    [
        (None, None, 0.6),
        ("Unexpected token '<'", None, 0.05),
        ("Unexpected token '<', \"<!doctype \"... is not valid JSON", None, 0.6),
        ("JSON Parse error: Unrecognized token '<'", None, 0.6),
        ("x is null", "Loaded text/javascript", 0.6),
        (None, "Refused to execute script because its MIME type ('text/html') is not executable", 0.05),
        (None, "Refused to apply style: its MIME type ('text/html') is not a supported stylesheet MIME type", 0.6),
        (
            None,
            "The script was loaded even though its MIME type (“text/html”) is not a valid JavaScript MIME type.",
            0.6,
        ),
    ],
)
def test_a_script_that_runs_is_not_suspected_whatever_type_it_is_declared_as(build, pieces, message, line, at):
    errors = [PageError(at=at, window=0, message=message)] if message else []
    console = [ConsoleMessage(at=at, window=0, type="error", text=line)] if line else []
    steps = [
        build.sub(f"{LOGIN}/config.js.php", "script", response_headers=(HTML,)),
        build.sub(f"{LOGIN}/frame", "document", response_headers=(HTML, NO_SNIFF)),
    ]
    facts = of(build, pieces, bare(pieces), steps=steps, page_errors=errors, console=console)
    assert [one.kind for one in facts.get("suspects").value if one.kind != "page_error"] == []


@pytest.mark.parametrize(
    ("headers", "failure", "message", "line"),
    [
        ((NO_SNIFF,), None, None, None),
        ((("x-content-type-options", " NoSniff "),), None, None, None),
        ((), "net::ERR_FAILED", None, None),
        ((), None, "Unexpected token '<'", None),
        ((), None, "expected expression, got '<'", None),
        ((), None, None, "Refused to execute script because its MIME type ('text/html') is not executable"),
        ((), None, None, 'Failed to load module script: the server responded with a MIME type of "text/html".'),
    ],
)
def test_a_script_that_the_browser_could_not_run_as_it_was_a_page_is(build, pieces, headers, failure, message, line):
    errors = [PageError(at=0.6, window=0, message=message)] if message else []
    console = [ConsoleMessage(at=0.6, window=0, type="error", text=line)] if line else []
    steps = [script(build, status=200, failure=failure, response_headers=(HTML, *headers))]
    facts = of(build, pieces, bare(pieces), steps=steps, page_errors=errors, console=console)
    says = "a page (text/html) came in place of the script https://cdn.example.net/app.js (status 200)"
    assert said(facts)[0] == ("request", says, ("request", 2), "cdn.example.net")


@pytest.mark.parametrize("status", [204, 301, 302, 304, 307])
def test_an_answer_that_has_no_script_to_be_a_page_for_is_none(build, pieces, status):
    moved = script(build, status=status, response_headers=(HTML, NO_SNIFF))
    assert said(of(build, pieces, bare(pieces), steps=[moved])) == []


@pytest.mark.parametrize("status", [404, 500])
def test_the_page_of_an_error_is_told_as_the_error(build, pieces, status):
    lost = script(build, status=status, response_headers=(HTML, NO_SNIFF))
    facts = of(build, pieces, bare(pieces), steps=[lost])
    assert [one.says for one in facts.get("suspects").value] == [
        f"the script https://cdn.example.net/app.js did not load (status {status})"
    ]
    assert facts.get("suspects").value[0].request is not None


def test_what_firefox_says_of_an_unfit_answer_is_told_once_wherever_it_says_it(build, pieces):
    words = (
        "The resource from “x” was blocked due to MIME type (“text/html”) mismatch (X-Content-Type-Options: nosniff)."
    )
    steps = [script(build, status=200, response_headers=(HTML, NO_SNIFF))]
    for message, stack in ((words, None), ("nosniff).", words)):
        errors = [PageError(at=0.6, window=0, message=message, stack=stack)]
        assert [kind for kind, *_ in said(of(build, pieces, bare(pieces), steps=steps, page_errors=errors))] == [
            "request"
        ]


APP = "https://cdn.example.net/app.js"
OF_A_MODULE = (
    "Failed to load module script: Expected a JavaScript-or-Wasm module script but the server responded with a MIME "
    'type of "{}". Strict MIME type checking is enforced for module scripts per HTML spec.'
)
REFUSED = f"Refused to execute script from '{APP}' because its MIME type ('{{}}') is not executable, and strict"
FIREFOX_BLOCKED = f"Loading module from “{APP}” was blocked because of a disallowed MIME type (“{{}}”)."
FIREFOX_KEPT = f"The Same Origin Policy disallows reading the remote resource at {APP}. (Reason: CORS request did not"
WEBKIT = "'{}' is not a valid JavaScript MIME type."


def declared(kind):
    return (("Content-Type", f"{kind}; charset=utf-8"),) if kind else ()


@pytest.mark.parametrize("kind", ["application/octet-stream", "text/plain", ""])
@pytest.mark.parametrize("words", [OF_A_MODULE, REFUSED, FIREFOX_BLOCKED, WEBKIT])
def test_a_script_that_is_declared_as_none_is_told_with_what_it_came_as(build, pieces, kind, words):
    said_so = words.format(kind)
    console = words in {OF_A_MODULE, REFUSED}
    lines = [ConsoleMessage(at=0.6, window=0, type="error", text=said_so, url=APP)] if console else []
    thrown = [said_so] if words is WEBKIT else [FIREFOX_KEPT, said_so]
    errors = [] if console else [PageError(at=0.6, window=0, message=one, stack=f"{one}\nundefined") for one in thrown]
    failure = "NS_ERROR_CORRUPTED_CONTENT" if words is FIREFOX_BLOCKED else None
    steps = [build.sub(APP, "script", status=200, failure=failure, response_headers=declared(kind))]
    facts = of(build, pieces, bare(pieces), steps=steps, console=lines, page_errors=errors)
    how = f"as `Content-Type: {kind}`" if kind else "without a `Content-Type`"
    first, *others = facts.get("suspects").value
    assert first.says == f"the script {APP} came {how}, and so the browser did not run it"
    assert (first.ref, first.host, first.request) == (("request", 2), "cdn.example.net", None)
    assert "`Content-Type: text/javascript`" in first.fix
    assert [one.kind for one in others if words is not WEBKIT] == []


def test_a_script_that_was_led_on_to_one_of_the_wrong_type_is_told_where_it_came_from(build, pieces):
    moved = build.sub(APP, "script", status=302)
    end = build.sub("https://cdn.example.net/2/app.js", "script", response_headers=declared("text/plain"))
    line = ConsoleMessage(at=0.6, window=0, type="error", text=OF_A_MODULE.format("text/plain"), url=APP)
    steps = [moved, end | {"redirected_from": 2}]
    facts = of(build, pieces, bare(pieces), steps=steps, console=[line])
    assert [ref for _, _, ref, _ in said(facts)] == [("request", 3)]


@pytest.mark.parametrize(
    ("text", "url", "kind", "at"),
    [
        (OF_A_MODULE.format("text/plain"), APP, "text/plain", 0.05),
        (OF_A_MODULE.format("text/plain"), APP, "text/javascript", 0.6),
        (OF_A_MODULE.format("text/plain"), "https://cdn.example.net/other.js", "text/plain", 0.6),
        (f"The script from “{APP}” was loaded even though its MIME type (“text/plain”) is", APP, "text/plain", 0.6),
        (f"Refused to apply style from '{APP}': its MIME type ('text/plain') is no stylesheet", APP, "text/plain", 0.6),
        ("Loaded", APP, "text/plain", 0.6),
    ],
)
def test_a_script_of_another_type_that_no_browser_refused_is_not_suspected(build, pieces, text, url, kind, at):
    line = ConsoleMessage(at=at, window=0, type="error", text=text, url=url)
    steps = [build.sub(APP, "script", response_headers=declared(kind))]
    assert said(of(build, pieces, bare(pieces), steps=steps, console=[line])) == []


@pytest.mark.parametrize("kind", ["did not load", "never answered", "over and over", "framed", "forbidden"])
def test_an_address_that_holds_a_whole_script_is_cut(build, pieces, kind):
    long = (
        f"data:text/javascript,{'a' * 3000}" if kind in {"did not load", "never answered"} else f"{LOGIN}/{'a' * 3000}"
    )
    steps = {
        "did not load": [build.sub(long, "script", failure="net::ERR_FAILED")],
        "never answered": [build.sub(long, "script", status=None)],
        "over and over": [build.sub(long, "fetch") for _ in range(5)],
        "framed": [
            build.sub(long, "document", failure="net::ERR_BLOCKED_BY_RESPONSE")
            | {"navigation": True, "main_frame": False}
        ],
        "forbidden": [],
    }[kind]
    about = {"at": 0.5, "window": 0, "document": LOGIN, "disposition": "enforce", "directive": "script-src"}
    violations = [CspViolation(blocked=long, **about)] if kind == "forbidden" else []
    (one,) = of(build, pieces, bare(pieces), steps=steps, csp_violations=violations).get("suspects").value
    assert "a" * 150 in one.says
    assert "…" in one.says
    assert len(one.says) < 300


def test_what_was_called_off_or_only_decorates_is_not_suspected(build, pieces):
    steps = [
        script(build, failure="net::ERR_ABORTED"),
        script(build, failure="csp"),
        build.sub("https://cdn.example.net/a.png", "image", status=404),
        build.sub(f"{LOGIN}/favicon.ico", "other", status=404),
        script(build),
    ]
    assert said(of(build, pieces, bare(pieces), steps=steps)) == []


@pytest.mark.parametrize(
    ("failure", "console", "error"),
    [
        (
            "net::ERR_BLOCKED_BY_RESPONSE",
            "Refused to display 'https://id.example.net/' in a frame: X-Frame-Options",
            None,
        ),
        ("NS_ERROR_XFO_VIOLATION", None, "The loading of “https://id.example.net/in?s=1” in a frame is denied by “X"),
    ],
)
def test_a_page_that_forbids_its_frame_is_told_once_and_did_come(build, pieces, failure, console, error):
    refused = build.sub("https://id.example.net/in?s=1", "document", status=200, failure=failure)
    facts = of(
        build,
        pieces,
        bare(pieces),
        steps=[refused | {"navigation": True, "main_frame": False}],
        console=[ConsoleMessage(at=0.6, window=0, type="error", text=console)] if console else [],
        page_errors=[PageError(at=0.6, window=0, message=error)] if error else [],
    )
    says = f"https://id.example.net/in forbids being shown in a frame ({failure})"
    assert said(facts) == [("framing", says, ("request", 2), "id.example.net")]


def test_suspects_come_by_their_weight(build, pieces):
    violation = CspViolation(
        at=0.5,
        window=0,
        directive="script-src-elem",
        blocked="https://cdn.example.net/a.js?x=1",
        document=LOGIN,
        disposition="enforce",
    )
    facts = of(
        build,
        pieces,
        bare(pieces),
        status=500,
        excerpt="",
        steps=[
            build.sub("https://fonts.example.net/f.woff2", "font", status=None),
            build.sub("https://cdn.example.net/site.css", "stylesheet", status=404),
            script(build, status=404),
            *(build.sub(f"{LOGIN}/poll?n={n}", "fetch") for n in range(5)),
        ],
        csp_violations=[violation, violation.model_copy(update={"disposition": "report"})],
        page_errors=[
            PageError(at=0.05, window=0, message="before this page"),
            PageError(at=0.6, window=1, message="in another window"),
            PageError(at=0.6, window=0, message="x is not a function\nat y"),
            PageError(at=0.6, window=0, message="The page’s settings blocked a script"),
        ],
        console=[
            ConsoleMessage(at=0.7, window=0, type="error", text="Refused to frame 'x' because of X-Frame-Options")
        ],
    )
    assert [(one.kind, one.ref) for one in facts.get("suspects").value] == [
        ("status", ("request", 1)),
        ("policy", ("csp_violation", 1)),
        ("request", ("request", 4)),
        ("request", ("request", 3)),
        ("page_error", ("page_error", 3)),
        ("framing", ("console", 1)),
        ("waiting", ("request", 2)),
        ("waiting", ("request", 9)),
    ]
    texts = [one.says for one in facts.get("suspects").value]
    assert texts[0] == f"{LOGIN}/authorize was answered with 500 without any content"
    assert texts[1] == "the page's Content-Security-Policy (script-src) forbids https://cdn.example.net/a.js"
    assert texts[4] == "a script of the page failed: x is not a function"


def test_a_request_that_is_made_over_and_over_is_not_called_unanswered_for_its_last_time(build, pieces):
    polls = [build.sub(f"{LOGIN}/poll?n={n}", "fetch", status=200 if n < 5 else None) for n in range(6)]
    (one,) = of(build, pieces, bare(pieces), steps=polls).get("suspects").value
    assert (one.says, one.ref) == (
        f"the page asked for {LOGIN}/poll 6 times and waits for another answer",
        ("request", 6),
    )
    assert one.request.status == 200
    alone = [build.sub(f"{LOGIN}/poll", "fetch", status=None)]
    assert said(of(build, pieces, bare(pieces), steps=alone)) == [
        ("waiting", f"the fetch {LOGIN}/poll was not answered within 4 s", ("request", 2), "login.example.com")
    ]


def test_nobody_is_suspected_after_an_arrival(build, pieces):
    walk = build.walk(screens=[pieces.screen(0, 0.3, bare(pieces))])
    assert walk_facts(walk).get("suspects").value == ()


def test_first_content_is_timed_only_where_the_page_was_looked_at_often(build, pieces):
    def first(**times):
        digest = pieces.digest(f"{LOGIN}/authorize", sight=sight(20, **times))
        slow = script(build, timing=Timing(total_ms=3600.0))
        return of(build, pieces, digest, steps=[slow]).get("first_contents").value

    (one,) = first(content_ms=3700.0, empty_until_ms=3650.0, empty_looks=40)
    assert (one.content_s, one.empty_for_s) == (3.7, 3.65)
    assert one.slowest == "the script https://cdn.example.net/app.js took 3.6 s"
    (busy,) = first(content_ms=3700.0, empty_until_ms=3650.0, empty_looks=3)
    assert busy.empty_for_s == 0
    assert first(content_ms=None, empty_until_ms=None, empty_looks=0) == ()


@pytest.mark.parametrize(
    ("width", "height", "edges", "drawn"),
    [
        (412, 839, 0.01239, True),  # two fields and a button below the heading, as measured
        (1280, 720, 0.00528, True),
        (412, 839, 0.00291, False),  # the heading alone
        (1280, 720, 0.00109, False),
        (412, 839, 0.00448, False),  # the heading and a spinner
        (1280, 720, 0.00168, False),
    ],
)
def test_what_a_component_draws_that_cannot_be_looked_into_is_not_blank(build, pieces, width, height, edges, drawn):
    pixels = Pixels(commonest=0.98, colours=32, edges=edges)
    shown = {"text": "Sign in", "text_length": 7, "headings": ("Sign in",)}
    digest = bare(pieces, sight=sight(7, sealed=("x-login",)), **shown)
    kind = verdict(of(build, pieces, digest, pixels=pixels, size=(width, height))).kind
    assert kind == ("other" if drawn else "nearly blank")
    open_to_view = bare(pieces, sight=sight(7), **shown)
    assert verdict(of(build, pieces, open_to_view, pixels=pixels, size=(width, height))).kind == "nearly blank"
    assert verdict(of(build, pieces, digest)).kind == "nearly blank"
