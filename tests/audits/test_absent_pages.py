"""An address at which nothing is found: the configured one, or one that the authorization endpoint leads to."""

from __future__ import annotations

from itertools import pairwise

import pytest

from e2e_linker.model import Fault

HOST = "https://login.example.com"
LED = f"The authorization request was taken: {HOST}/authorize answers it with a redirect to "
QUERY = "?client_id=alexa-skill"
CONFIGURED = "Compare authorizationUrl with the address of the server's authorization endpoint"


def found_at(build, *to, status=404, said="<h1>Not Found</h1>", typed=False):
    """The finding where the authorization request leads over ``to``, the last of which is answered with ``status``."""
    urls = [f"{HOST}/authorize{QUERY}", *to]
    steps = [build.get(url, location=then) for url, then in pairwise(urls)]
    page = [build.get(f"{HOST}/sign-in", excerpt='<input type="password">')] if typed else []
    end = build.get(urls[-1], status=status, excerpt=said)
    kind = "dead_end" if typed else "login_not_found"
    (found,) = build.judge("error-page", build.walk([*steps, *page, end], answer=None, ending=kind)).findings
    return found


@pytest.mark.parametrize(
    "said", ["<h1>Not Found</h1>", "<p>https://login.example.com/accounts/login/?next=/a%3Fclient_id%3Dalexa</p>"]
)
def test_a_redirect_to_a_login_that_does_not_exist_is_named(build, said):
    found = found_at(build, f"{HOST}/accounts/login/?next=/authorize%3Fclient_id%3Dalexa-skill", said=said)
    assert found.fix.text.startswith(f"{LED}{HOST}/accounts/login/, where nothing is found. Correct the address")
    assert "`LOGIN_URL`" in found.fix.text
    assert found.blame is Fault.IDENTITY_PROVIDER


def test_of_several_redirects_the_last_one_led_there(build):
    fix = found_at(build, f"{HOST}/start", f"{HOST}/auth/sign-in").fix.text
    assert f"{HOST}/start answers it with a redirect to {HOST}/auth/sign-in, where" in fix


@pytest.mark.parametrize(
    "to", [(), (f"{HOST}/authorize/{QUERY}",), (f"https://www.login.example.com/authorize{QUERY}",)]
)
def test_the_usual_spelling_of_the_configured_address_is_the_configured_one(build, to):
    found = found_at(build, *to)
    assert found.fix.text.startswith(CONFIGURED)
    assert found.blame is Fault.SKILL_CONFIGURATION


@pytest.mark.parametrize(
    "other",
    [
        {"status": 405},
        {"status": 400},
        {"status": 500},
        {"said": "<p>This client is not one of ours</p>"},
        {"said": "<p>Invalid redirect_uri</p>"},
        {"typed": True},
    ],
)
def test_other_ends_are_not(build, other):
    fix = found_at(build, f"{HOST}/accounts/login/", **other).fix
    assert fix is None or "answers it with a redirect" not in fix.text


@pytest.mark.parametrize("path", ["/en/authorize", "/Authorize"])
def test_a_server_that_looks_for_the_same_address_elsewhere_did_not_take_the_request(build, path):
    found = found_at(build, f"{HOST}{path}{QUERY}")
    assert CONFIGURED in found.fix.text
    assert found.blame is Fault.SKILL_CONFIGURATION


@pytest.mark.parametrize("path", ["/404", "/en/not-found", "/error?error=invalid_client"])
def test_a_page_of_errors_is_no_address_of_the_login(build, path):
    assert LED not in found_at(build, f"{HOST}{path}").fix.text
