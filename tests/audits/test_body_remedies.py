"""A token answer that is no JSON object: the advice fits what it is."""

from __future__ import annotations

import json

import pytest

from e2e_linker.evidence.models import Present
from e2e_linker.model import Confidence

TOKENS = {"access_token": "<access_token#1>", "token_type": "Bearer", "expires_in": 3600}
TEXT = json.dumps(TOKENS)
BROTLI = (("Content-Type", "application/json"), ("Content-Encoding", "br"))
SHORT = {"failure": "peer closed connection without sending complete message body", "failure_kind": "closed"}
NO_GZIP = {"failure": "the body is not compressed as its Content-Encoding says: x", "failure_kind": "protocol"}


def judged(build, call):
    """The one finding about the body."""
    (one,) = build.judge("token-body", build.case(token_calls=Present(value=(call,)))).findings
    return one


@pytest.mark.parametrize(
    ("body", "more", "advice"),
    [
        ("\ufeff" + TEXT, {}, "without a byte order mark"),
        ("\0".join(TEXT), {}, "in UTF-8 (RFC 8259"),
        (TEXT, {"body_is_utf8": False}, "in UTF-8 (RFC 8259"),
        ("\x0b\x02\x80", {"response_headers": BROTLI}, "Accept-Encoding"),
        (TEXT, SHORT, "Content-Length"),
        (TEXT[:20], SHORT, "Content-Length"),
        ("", SHORT, "Content-Length"),
        ("", NO_GZIP, "as its Content-Encoding says"),
        (f"<b>Notice</b>: Undefined index in <b>t.php</b>{TEXT}", {}, "display_errors"),
        (f"callback({TEXT})", {}, "without a callback"),
        ([TOKENS], {}, "without a list"),
        (json.dumps(TEXT), {}, "Encode the object once"),
        ("", {}, "log of login.example.com"),
        ("<html>Hello</html>", {}, "put a small proxy"),
    ],
)
def test_the_advice_fits_the_body(build, pieces, body, more, advice):
    text = json.dumps(body) if isinstance(body, list) else body
    one = judged(build, pieces.token_call(text, **more))
    assert advice in one.fix.text
    assert one.confidence is Confidence.CERTAIN
    assert ("proxy" in one.fix.text) is advice.endswith("proxy")


@pytest.mark.parametrize(
    ("kind", "confidence"),
    [
        ("application/json; charset=iso-8859-1", Confidence.POSSIBLE),
        ("application/json;charset=utf-8", Confidence.CERTAIN),
        ('application/json; Charset="UTF8"', Confidence.CERTAIN),
        ("application/json", Confidence.CERTAIN),
    ],
)
def test_another_character_set_that_is_declared_may_be_read(build, pieces, kind, confidence):
    call = pieces.token_call(TOKENS, response_headers=(("Content-Type", kind),), body_is_utf8=False)
    assert judged(build, call).confidence is confidence
