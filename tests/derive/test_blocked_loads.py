"""Why a browser kept from a page what was answered: told in words, with what to set."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import ConsoleMessage, PageError
from e2e_linker.model import Fault

LOGIN = "https://login.example.com"
APP = "https://cdn.example.net/app.js"
COEP = "net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep"
CORS = (
    f"Access to fetch at '{APP}?v=1' from origin '{LOGIN}' has been blocked by CORS policy: No "
    "'Access-Control-Allow-Origin' header is present on the requested resource."
)


@pytest.fixture
def found(build, pieces):
    """The finding on a page that stays blank, where ``more`` became of what it asked for."""

    def judged(kind="script", *, console=None, page_failure=None, error=None, **more):
        digest = pieces.digest(f"{LOGIN}/authorize", controls=(), headings=(), text="", text_length=0, title="")
        first = build.get(f"{LOGIN}/authorize", failure=page_failure, status=200)
        lines = [ConsoleMessage(at=0.3, window=0, type="error", text=console)] if console else []
        walk = build.walk(
            [first, *([build.sub(f"{APP}?v=1", kind, **more)] if more else [])],
            answer=None,
            ending="login_not_found",
            screens=[pieces.screen(0, 4.0, digest)],
            console=lines,
            page_errors=[PageError(at=0.4, window=0, message=error, stack="")] if error else [],
        )
        (one,) = build.judge("screen-blank", walk).findings
        return one

    return judged


@pytest.mark.parametrize(
    ("failure", "says", "fix", "blame"),
    [
        ("net::ERR_BLOCKED_BY_ORB", "such as an error page or JSON", "answers, and let it", Fault.CONTENT_HOST),
        (COEP, "`Cross-Origin-Embedder-Policy`", "Cross-Origin-Resource-Policy: cross-origin", Fault.IDENTITY_PROVIDER),
        (
            "net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin",
            "`Cross-Origin-Resource-Policy: same-origin`",
            "Cross-Origin-Resource-Policy: cross-origin",
            Fault.CONTENT_HOST,
        ),
        (
            "net::ERR_BLOCKED_BY_RESPONSE.NotSameSite",
            "`Cross-Origin-Resource-Policy: same-site`",
            "Cross-Origin-Resource-Policy: cross-origin",
            Fault.CONTENT_HOST,
        ),
        (
            "NS_ERROR_DOM_CORP_FAILED",
            "forbids the page to use it",
            "Cross-Origin-Resource-Policy: cross-origin",
            Fault.CONTENT_HOST,
        ),
        (
            "net::ERR_CONTENT_DECODING_FAILED",
            "not compressed as its `Content-Encoding` says",
            "Send `Content-Encoding` only",
            Fault.CONTENT_HOST,
        ),
    ],
)
def test_what_the_browser_kept_back_is_told_in_words(found, failure, says, fix, blame):
    one = found(failure=failure)
    assert f"the script {APP} did not load: " in one.message
    assert says in one.message
    assert "ByCoep" not in one.message
    assert fix in one.fix.text
    assert one.blame is blame


@pytest.mark.parametrize("kind", ["fetch", "xhr", "script", "font"])
def test_an_answer_that_the_page_may_not_read_is_told_as_cors(found, kind):
    one = found(kind, failure="net::ERR_FAILED", console=CORS)
    assert f"the {kind} {APP} did not load: its answer does not allow {LOGIN} to read it (CORS)" in one.message
    assert "ERR_FAILED" not in one.message
    assert "Let cdn.example.net answer requests of" in one.fix.text
    assert f"`Access-Control-Allow-Origin: {LOGIN}`" in one.fix.text
    assert one.fix.text.startswith("Open the address by itself first: where it is answered with an error such as 404")


KEPT = f"The Same Origin Policy disallows reading the remote resource at {APP}?v=1. (Reason: CORS header missing)."


def test_an_answer_that_firefox_keeps_back_is_told_as_cors_and_as_no_script_error(found):
    one = found("xhr", status=200, failure=None, error=KEPT)
    assert f"the xhr {APP} did not load: its answer does not allow {LOGIN} to read it (CORS)" in one.message
    assert "a script of the page failed" not in one.message
    assert one.fix.text.startswith("Let cdn.example.net answer requests of")


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, KEPT), (200, KEPT.replace("header missing", "request did not succeed")), (200, KEPT.replace(APP, LOGIN))],
)
def test_what_firefox_says_of_other_failures_is_not_told_as_an_answer_that_may_not_be_read(found, status, error):
    one = found("xhr", status=status, failure=None, error=error)
    assert "does not allow" not in one.message


@pytest.mark.parametrize(
    "more",
    [
        {"failure": "net::ERR_FAILED"},
        {"failure": "net::ERR_FAILED", "console": CORS.replace(APP, "https://cdn.example.net/other.js")},
        {"failure": "net::ERR_FAILED", "console": f"{APP} is deprecated"},
        {"failure": "net::ERR_ABORTED", "status": 503, "console": CORS},
    ],
)
def test_what_nothing_says_so_of_is_told_as_before(found, more):
    one = found("fetch", **more)
    assert "CORS" not in one.message
    assert "Make what did not load available" in one.fix.text


def test_a_page_that_cannot_be_decoded_itself_is_told_so(found):
    one = found(page_failure="net::ERR_CONTENT_DECODING_FAILED")
    assert f"{LOGIN}/authorize itself cannot be shown: its body is not compressed" in one.message
    assert "Send `Content-Encoding` only" in one.fix.text
    assert one.primary.ref == "measured#0"


HASHED = (
    f"Failed to find a valid digest in the 'integrity' attribute for resource '{APP}?v=1' with computed SHA-384 "
    "integrity 'AqvG'. The resource has been blocked.",
    f"None of the “sha384” hashes in the integrity attribute match the content of the subresource at “{APP}?v=1”. The "
    "computed hash is “AqvG”.",
    f"Cannot load script {APP}?v=1. Failed integrity metadata check. Content length: 12.",
)


@pytest.mark.parametrize("words", HASHED)
@pytest.mark.parametrize("way", ["console", "error"])
def test_a_script_with_another_hash_than_its_page_gives_is_told_as_that(found, words, way):
    told = found(status=200, **{way: words})
    assert f"the script {APP} did not load: what came has not the hash that the page's `integrity`" in told.message
    assert "write its hash into `integrity`" in told.fix.text
    if words == HASHED[1]:
        assert "a script of the page failed" not in told.message


@pytest.mark.parametrize("words", [HASHED[0].replace("app.js", "other.js"), f"The integrity of {APP}?v=1 is well."])
def test_words_on_another_file_or_of_none_that_is_kept_back_say_nothing_of_this_one(found, words):
    assert "`integrity`" not in found(status=200, console=words).message
