"""Logins that a server refuses before it looks at what was typed, without a browser."""

from __future__ import annotations

import pytest

from e2e_linker.browser.login import endings
from e2e_linker.browser.pages.controls import SeenFrame, View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault


def refused(*words: str) -> Ending:
    page = SeenFrame(n=0, document="d", url="https://id.example.test/login", title="Sign in")
    return endings.rejected(View((page,), ()), words, "the password")


@pytest.mark.parametrize(
    ("line", "why", "look_at"),
    [
        ("Invalid origin", "for where it came from", "trusted origins"),
        ("Error: Origin is not allowed", "for where it came from", "trusted origins"),
        ("Missing or null Origin", "for where it came from", "trusted origins"),
        ("interaction session id cookie not found", "for want of a session", "its cookie (Path, Domain"),
        ("Your session has expired. Please try again.", "for want of a session", "its cookie (Path, Domain"),
        ("Your login attempt timed out. Login will start from the beginning.", "for want of a session", "its cookie"),
        ("Action expired. Please continue with login now.", "for want of a session", "its cookie"),
        ("Session timed out, please log in again.", "for want of a session", "its cookie"),
        ("Exceeded authentication timeout", "for want of a session", "how long it lives"),
        ("You took too long to log in.", "for want of a session", "how long it lives"),
        ("Überschreitung des Zeitlimits für die Authentifizierung", "for want of a session", "how long it lives"),
        ("Délai d’authentification dépassé", "for want of a session", "how long it lives"),
        ("Tiempo de espera de autenticación exedido", "for want of a session", "how long it lives"),
        ("Timeout di autenticazione superato", "for want of a session", "how long it lives"),
        ("Tempo limite de autenticação excedido", "for want of a session", "how long it lives"),
        ("Page has expired", "for want of a session", "its cookie"),
        ("The form has expired, please try again.", "for want of a session", "its cookie"),
        ("Cookies are blocked. You must enable cookies to log in.", "for want of a session", "its cookie"),
        ("Ihre Sitzung ist abgelaufen.", "for want of a session", "its cookie"),
        ("Votre session a expiré. Veuillez réessayer.", "for want of a session", "its cookie"),
        ("セッションの有効期限が切れました", "for want of a session", "its cookie"),
        ("Your browser was in an unknown state. Certain cookies expired.", "for want of a session", "its cookie"),
        ("Certain cookies have expired, please try again.", "for want of a session", "its cookie"),
        ("Invalid or expired login request", "for want of the request that it belongs to", "hidden fields"),
        ("Login request not found", "for want of the request that it belongs to", "hidden fields"),
        ("Die Anmeldeanfrage ist abgelaufen.", "for want of the request that it belongs to", "hidden fields"),
        ("Invalid CORS request", "for where it came from", "trusted origins"),
        ("Page Expired", "took the login for a forged request", "the form's token"),
        ("CSRF token mismatch", "took the login for a forged request", "the form's token"),
    ],
)
def test_a_refusal_of_the_request_is_no_matter_of_the_account(line: str, why: str, look_at: str) -> None:
    ending = refused(line)
    assert (ending.kind, ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)
    assert why in ending.message
    assert f"“{line}”" in ending.message
    assert look_at in (ending.hint or "")


@pytest.mark.parametrize(
    "line", ["CSRF verification failed. Request aborted.", "Origin checking failed - https://id.example.test"]
)
def test_a_page_that_took_a_form_for_forged_does_not_tell_whether_its_cookies_came_back(line: str) -> None:
    hint = refused(line).hint or ""
    assert hint.startswith("look in the evidence whether the cookies of the form's page came back")
    assert "where they did, whether the server knows that its proxy speaks HTTPS" in hint
    assert "token is compared with did not come back" not in hint


@pytest.mark.parametrize(
    "lines",
    [
        ("Wrong password", "Your session has expired."),
        ("User not found",),
        ("Wrong password", "The form has expired."),
        ("Your password has expired",),
        ("Invalid e-mail or password",),
        ("Wrong password", "Exceeded authentication timeout"),
        ("Login timeout expired",),
        ("Invalid or expired login request", "Wrong password"),
        ("Login request failed: invalid user",),
        ("Invalid login",),
    ],
)
def test_a_word_on_what_was_typed_counts_for_more(lines: tuple[str, ...]) -> None:
    assert (refused(*lines).kind, refused(*lines).fault) == ("login_rejected", Fault.TESTER)
