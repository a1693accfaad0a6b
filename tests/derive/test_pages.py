"""The documents of a login, and which screen shows which."""

from __future__ import annotations

from e2e_linker.derive.base import walk_facts
from e2e_linker.evidence.models import NotCollected

LOGIN = "https://login.example.com"


def pages(walk):
    return walk_facts(walk).get("pages").value


def test_pages_are_the_answered_documents_up_to_the_arrival(build):
    asked = build.authorization()
    answer = build.answer(asked)
    steps = [
        build.get(asked.url, location=f"{LOGIN}/login"),
        build.get(f"{LOGIN}/login"),
        build.sub(f"{LOGIN}/logo.png"),
        {**build.get("https://frame.example.net/"), "main_frame": False, "frame": 1},
        build.get(f"{LOGIN}/aborted", failure="net::ERR_ABORTED"),
        build.post(f"{LOGIN}/keep", {}, status=204),
        build.get(f"{LOGIN}/cached", status=304),
        build.post(f"{LOGIN}/login", {}, location=answer),
        build.get(answer, failure="refused"),
        build.get(f"{LOGIN}/after"),
    ]
    found = pages(build.walk(steps))
    assert [(page.request, page.main_frame) for page in found] == [(2, True), (4, False), (7, True)]
    assert found[0].address == f"{LOGIN}/login"
    assert found[1].host == "frame.example.net"


def test_a_screen_belongs_to_the_last_document_of_its_address(build, pieces):
    login = pieces.digest(f"{LOGIN}/login?again=1")
    consent = pieces.digest(f"{LOGIN}/consent", title="Allow?")
    # The second screen was taken while the next document was already asked for.
    screens = [pieces.screen(1, 0.21, login), pieces.screen(2, 0.33, login), pieces.screen(3, 0.45, consent)]
    found = {page.address: page for page in pages(build.walk(screens=screens))}
    assert [view.screen for view in found[f"{LOGIN}/login"].views] == [1, 2]
    assert [view.screen for view in found[f"{LOGIN}/consent"].views] == [3]
    assert found[f"{LOGIN}/consent"].title == "Allow?"


def test_a_route_of_a_script_belongs_to_the_document_that_shows_it(build, pieces):
    screens = [pieces.screen(1, 0.25, pieces.digest(f"{LOGIN}/somewhere/else", title="Step two"))]
    page = next(page for page in pages(build.walk(screens=screens)) if page.views)
    assert (page.address, page.title) == (f"{LOGIN}/login", "Step two")


def test_what_is_shown_for_an_address_that_was_asked_for_in_vain_is_no_page_of_the_login(build, pieces):
    gone = "http://localhost:3000/callback"
    steps = [build.get(f"{LOGIN}/login"), build.get(gone, failure="localhost:3000: connection refused")]
    shown = pieces.digest(gone, title="", text="connection refused", viewport_meta=None)
    found = pages(build.walk(steps, answer=None, screens=[pieces.screen(1, 0.9, shown)]))
    assert [(page.address, page.views) for page in found] == [(f"{LOGIN}/login", ())]


def test_screens_of_other_windows_and_of_the_browser_itself_belong_to_no_page(build, pieces):
    screens = [
        pieces.screen(1, 0.25, pieces.digest(), window=3),
        pieces.screen(2, 0.25, pieces.digest("chrome-error://chromewebdata/")),
        pieces.screen(3, 0.05, pieces.digest()),
        pieces.screen(4, 0.25, NotCollected(reason="too late")),
    ]
    assert not any(page.views for page in pages(build.walk(screens=screens)))


def test_without_screens_the_source_speaks(build):
    source = "<title>Sign in</title><h1>Hello</h1><p>Your <b>name</b></p><form><input type=PASSWORD></form>"
    walk = build.walk([build.get(f"{LOGIN}/login", excerpt=source)], answer=None)
    (page,) = pages(walk.model_copy(update={"screens": NotCollected(reason="HAR")}))
    assert (page.title, page.headings, page.text) == ("Sign in", ("Hello",), "Hello Your name")
    assert page.asks_for_password
    assert page.controls == ()


def test_what_is_seen_wins_over_the_source(build, pieces):
    hidden = pieces.digest(controls=[pieces.control("field", "Password", type="password", visible=False)])
    steps = [build.get(f"{LOGIN}/login", excerpt="<title>Loading</title><input type=password>")]
    (page,) = pages(build.walk(steps, answer=None, screens=[pieces.screen(1, 0.2, hidden)]))
    assert page.title == "Sign in"
    assert not page.asks_for_password
    assert page.controls == ()


def test_an_empty_answer_is_known_to_be_empty(build):
    steps = [build.get(f"{LOGIN}/a", excerpt=""), build.get(f"{LOGIN}/b", excerpt="x"), build.get(f"{LOGIN}/c")]
    assert [page.empty for page in pages(build.walk(steps, answer=None))] == [True, False, False]


def test_content_type_and_policies_are_read(build):
    headers = (
        ("Content-Type", "Text/HTML; charset=utf-8"),
        ("content-security-policy", "form-action 'self'"),
        ("Content-Security-Policy", "img-src *"),
        ("Content-Security-Policy-Report-Only", "form-action 'none'"),
    )
    meta = '<meta http-equiv="content-security-policy" content="script-src x">'
    (page,) = pages(build.walk([build.get(f"{LOGIN}/", response_headers=headers, excerpt=meta)], answer=None))
    assert page.content_type == "text/html"
    assert page.policies == ("form-action 'self'", "img-src *", "script-src x")
