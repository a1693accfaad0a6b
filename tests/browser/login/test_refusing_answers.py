"""What the answer to a page's script says of a login that it refuses, and of which the page shows little or nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any, cast

import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse

from e2e_linker.browser.login import endings
from e2e_linker.browser.login.driver import Credentials, LoginDriver
from e2e_linker.browser.login.memory import Answer, Fate, Past
from e2e_linker.browser.login.refusing_answers import read_answer, unshown
from e2e_linker.browser.pages.controls import SeenFrame, View
from e2e_linker.evidence.json_errors import error_words
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault

WHAT = "the password"
WRONG = Answer(401, ("INVALID_EMAIL_OR_PASSWORD", "Invalid email or password"))
SHOWN = View((SeenFrame(n=0, document="d", url="https://id.example.test/login", title="Sign in"),), ())


def refused(answer: Answer | bool, *words: str) -> Ending:
    return endings.rejected(SHOWN, words or ("Error 400",), WHAT, denied=answer)


def silent(answer: Answer | None, *, denied: bool = True) -> Ending | None:
    return unshown(SHOWN, Past(fate=Fate(denied=denied, answer=answer)), WHAT)


def test_an_error_with_its_number_alone_is_told_by_the_answer_behind_it() -> None:
    of_request, of_account = refused(Answer(400, ("invalid_signature",))), refused(replace(WRONG, status=400))
    assert (of_request.kind, of_request.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)
    assert "“Error 400” / “invalid_signature”" in of_request.message
    assert "refused the password: “Error 400” / “INVALID_EMAIL_OR_PASSWORD”" in of_account.message
    assert of_account.fault is Fault.TESTER
    assert "for want of a session" in refused(Answer(400, ("no_session", "Session not found"))).message


@pytest.mark.parametrize("words", [(), ("bad_flow",), ("E1402", "The flow is unknown to us")])
def test_a_bad_request_that_names_nothing_typed_does_not_tell_whether_it_was_wrong(words: tuple[str, ...]) -> None:
    ending = refused(Answer(400, words))
    assert (ending.kind, ending.fault) == ("login_rejected", None)
    assert " / ".join(f"“{word}”" for word in ("Error 400", *words)) in ending.message
    assert "does not tell whether what was typed is wrong" in ending.message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (WRONG, ("Error 401",)),
        (Answer(401, ("unauthorized",)), ("Error",)),
        (Answer(403, ()), ("Please try again.",)),
        (Answer(400, ("INVALID_PASSWORD",)), ("Error 400",)),
        (Answer(400, ("invalid_credentials",)), ("Error 400",)),
        (Answer(400, ("bad_flow",)), ("Wrong password",)),
        (Answer(400, ("bad_flow",)), ("Login failed",)),
        (True, ("Error 400",)),
    ],
)
def test_an_answer_that_may_be_of_the_account_still_refuses_it(answer: Answer | bool, words: tuple[str, ...]) -> None:
    ending = refused(answer, *words)
    assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
    assert "refused the password" in ending.message


def test_a_refusal_that_the_page_does_not_show_is_told_by_its_answer() -> None:
    ending = silent(WRONG)
    assert ending is not None
    assert (ending.kind, ending.fault) == ("login_rejected", Fault.TESTER)
    assert "refused the password: “INVALID_EMAIL_OR_PASSWORD” / “Invalid email or password”" in ending.message
    assert "Its page shows nothing of that answer." in ending.message


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("too_many_requests", "Too many requests. Please try again later."), "takes no more logins for now"),
        (("BANNED_USER", "You have been banned"), "has banned the test account"),
        (("x", "Your account is locked"), "has locked the test account"),
        (("no_session", "Session expired"), "for want of a session"),
        (("INVALID_CREDENTIALS",), "refused the password"),
    ],
)
def test_an_answer_that_is_not_shown_is_read_as_a_page_would_be(words: tuple[str, ...], said: str) -> None:
    ending = silent(Answer(403, words))
    assert ending is not None
    assert said in ending.message
    assert "Its page shows nothing of that answer." in ending.message


@pytest.mark.parametrize("words", [(), ("mfa_required",), ("server_error", "try again")])
def test_an_answer_that_names_nothing_typed_is_quoted_and_blames_no_password(words: tuple[str, ...]) -> None:
    ending = silent(Answer(403, words))
    assert ending is not None
    assert (ending.kind, ending.fault) == ("dead_end", Fault.IDENTITY_PROVIDER)
    assert "has status 403" in ending.message
    assert all(f"“{word}”" in ending.message for word in words)


def test_without_such_an_answer_nothing_is_known() -> None:
    assert silent(None) is None
    assert silent(WRONG, denied=False) is None


FORM = (
    "<!doctype html><title>Sign in</title><form onsubmit=\"event.preventDefault(); fetch('/api/sign-in', {method: "
    "'POST', body: JSON.stringify({email: u.value, password: p.value})}).then(a => a.json()).then(SHOW)\">"
    "<input name=u id=u autocomplete=username><input name=p id=p type=password><button>Sign in</button><p role=alert>"
    "</p></form>"
)


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("shows", "status", "answer", "kind", "words"),
    [
        ("() => 0", 401, {"code": "NOT_KNOWN", "message": "Invalid password"}, "login_rejected", "“Invalid password”"),
        ("() => 0", 401, {"code": "8f3aK2m9Qz71LpAAbb", "detail": "no"}, "dead_end", "has status 401 and says “no”"),
        ("() => 0", 401, {"detail": "no"}, "dead_end", "has status 401 and says “no”"),
        (
            *("() => document.querySelector('p').textContent = 'Error 400'", 400, {"error": "invalid_signature"}),
            *("dead_end", "“Error 400” / “invalid_signature”"),
        ),
    ],
)
async def test_the_answer_to_the_script_of_a_page_is_read(phone, site, shows, status, answer, kind, words):
    async def refuse(_: Any) -> JSONResponse:
        return JSONResponse(answer, status)

    site.page("/authorize", FORM.replace("SHOW", shows))
    site.on("/api/sign-in", refuse)
    driver = partial(
        LoginDriver,
        login="auto",
        credentials=Credentials(username=SecretStr("alice@example.test"), password=SecretStr("correct horse 7")),
        register=phone.registry.register,
        step_timeout_s=4,
    )
    made = await phone.walk("/authorize", login=driver)
    assert made.ending.kind == kind, made.ending
    assert words in made.ending.message


@pytest.mark.parametrize(
    "answer", [WRONG, Answer(403, ("Please verify your\n  email address",)), Answer(500, ("Oops",))]
)
def test_a_page_that_shows_the_answer_in_plain_words_is_not_called_silent(answer: Answer) -> None:
    shown = replace(SHOWN.frames[0], text=f"Log in\n{' '.join(answer.words[-1].split())}\nPassword")
    ending = unshown(View((shown,), ()), Past(fate=Fate(denied=True, answer=answer)), WHAT)
    assert ending is not None
    assert "shows nothing" not in ending.message
    assert answer.words[-1] in ending.message


def test_a_long_answer_stands_on_its_page_also_where_it_is_cut() -> None:
    said = "This account cannot be opened here. " * 9
    answer = Answer(500, error_words(json.dumps({"message": said})))
    shown = replace(SHOWN.frames[0], text=said)
    ending = unshown(View((shown,), ()), Past(fate=Fate(denied=True, answer=answer)), WHAT)
    assert ending is not None
    assert "shows nothing" not in ending.message


class Raw:
    """The answer to a script, as the browser hands it over: no secret is replaced in it."""

    def __init__(self, said: str) -> None:
        self.status, self.headers = 400, {"content-type": "application/json"}
        self._body = json.dumps({"message": said}).encode()

    async def body(self) -> bytes:
        return self._body


async def test_no_word_of_an_answer_is_cut() -> None:
    answer = await read_answer(cast("Any", Raw("It was wrong. " * 14 + "Tr0ub4dorhorseZqx9Wm")))
    assert answer is not None
    assert answer.words == (("It was wrong. " * 14).rstrip() + "…",)
