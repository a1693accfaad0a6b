"""Pages that turn into an error because what their script sent was refused."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import LoginStep

HOST = "https://login.example.com"
TYPED = (LoginStep(at=0.25, action="fill", target="#user", what="username", outcome="done"),)


def fix_of(build, pieces, *, status=400, method="POST", url=f"{HOST}/login", later=(), login=TYPED, kind="xhr"):
    """What is advised where the page's request of ``method`` to ``url`` was answered with ``status``."""
    steps = [
        build.get(f"{HOST}/authorize?client_id=alexa-skill", location=f"{HOST}/login"),
        build.get(f"{HOST}/login"),
        {**build.sub(url, kind, status=status), "method": method},
        *later,
    ]
    said = {"headings": ("Bad request",), "text": "Bad request. The request you made is invalid.", "controls": ()}
    screens = [pieces.screen(1, 0.9, pieces.digest(f"{HOST}/login", **said))]
    walk = build.walk(steps, answer=None, ending="dead_end", login=login, screens=screens)
    (found,) = build.judge("error-page", walk).findings
    return found.fix.text


@pytest.mark.parametrize("status", [400, 403, 419])
def test_the_refused_request_is_named(build, pieces, status):
    fix = fix_of(build, pieces, status=status)
    assert fix.startswith(
        f"The page shows this after its request POST https://login.example.com/login was answered with status {status}:"
    )
    assert "one secret key and one store of sessions" in fix


@pytest.mark.parametrize(
    "other",
    [
        {"status": 200},
        {"status": 401},
        {"method": "GET"},
        {"kind": "image"},
        {"url": "https://count.example.net/login"},
        {"login": ()},
        {"login": (TYPED[0].model_copy(update={"at": 0.4}),)},
        {"later": ({"method": "POST", "url": f"{HOST}/b", "resource_type": "xhr", "navigation": False},)},
    ],
)
def test_other_requests_are_not(build, pieces, other):
    assert "was answered with status" not in fix_of(build, pieces, **other)
