"""What a server's words tell of a login that it did not take: whether what was typed is wrong, or the server."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal

from e2e_linker.browser.login.memory import Answer
from e2e_linker.browser.login.shown import describe, is_own, quoted, server_of
from e2e_linker.browser.login.words import Text, names_credentials, refuses_credentials
from e2e_linker.browser.pages.controls import View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault

__all__ = ["Telling", "refused", "refused_by_status", "telling", "with_answer"]

Telling = Literal["account", "server", "mishap", "nothing"]
"""Who is to blame by a page's words. ``mishap``: something went wrong, not what; ``nothing``: words for anything."""

_GENERAL = ("mishap", "vague")
_BAD_REQUEST, _UNAUTHORIZED = 400, 401
_REFUSALS = frozenset({401, 403, 422})
"""Statuses of pages that may be answers to a wrong password."""
_BARE = re.compile(
    r"\bun-?authori[sz]ed(?:error|exception)?\b|\b(?:http|status|code|statuscode|error|message|msg|detail|title|success"
    r"|ok|true|false|null)\b|nicht autorisiert|non autoris[ée]|no autorizado|n[ãa]o autorizado|non autorizzato"
    r"|\b401\b|^\s*(?-i:at) (?:async |new )?(?:\S*[.(:/]|\S+ [(\[])[^\n]*|[\W_]+",
    re.IGNORECASE | re.MULTILINE,
)
"""What stands on a page that has no words for a refusal but its status: as text, as JSON, above a stack trace."""
_DIALING = re.compile(r"(?:\+|\b00)[1-9]\d{0,2}(?!\d)")
"""A country code as it is written before a phone number."""
_SERVER_HINT = "look into the server's log at that moment, and in the evidence at the requests since then"
_REQUEST_HINT = (
    "mend what these words name, at the server or at the service that its page asks (of an API key: which sites and "
    f"which APIs it is good for); {_SERVER_HINT}"
)


def telling(lines: Collection[str]) -> Telling:
    """What ``lines`` tell together. A word on what was typed counts for most; unknown words are taken for one."""
    if lines and all(map(_only_error, lines)):
        return "nothing"
    if any(map(_names, lines)):
        return "account"
    said = [Text(line) for line in lines]
    if any(map(_of_server, lines)):
        return "server"
    mishap = any(line.about("mishap") for line in said)
    if any(line.about("vague") and line.about("logging_in") and not line.about("mishap") for line in said):
        return "nothing" if mishap else "account"
    if mishap:
        return "mishap"
    return "nothing" if any(line.about("vague") for line in said) else "account"


def _only_error(line: str) -> bool:
    """Whether ``line`` says no more than that there is an error, perhaps with its number."""
    said = Text(line)
    return said.about("error_alone") and not re.search(r"[^\W\d_]", said.without("error_alone").raw)


def with_answer(words: Sequence[str], denied: Answer | bool) -> Sequence[str]:
    """``words`` of a page, and, where they tell nothing, those of the answer to its script."""
    if isinstance(denied, Answer) and telling(words) == "nothing":
        return tuple(dict.fromkeys((*words, *denied.words)))
    return words


def _names(line: str) -> bool:
    """Whether ``line`` refuses what was typed, and not only in words that may be said of anything."""
    left = Text(line).without("request_at_fault")
    if refuses_credentials(left.raw):
        return True
    if _of_server(line):
        return False
    for topic in _GENERAL:
        left = left.without(topic)
    return left.about("rejected")


def _is_bad_request(view: View, words: Collection[str]) -> bool:
    """Whether a page without a form was answered with 400, and speaks of no login, nor of what is typed for one."""
    if view.main.status != _BAD_REQUEST or view.said.about("password"):
        return False
    return not any(map(_of_login, words))


def _is_unclear(answer: Answer, words: Collection[str]) -> bool:
    """Whether ``words``, with those of an ``answer`` with 400, speak of no login and tell nothing by themselves."""
    own = [word for word in words if word not in answer.words]
    return answer.status == _BAD_REQUEST and telling(own) == "nothing" and not any(map(_of_login, words))


def _of_login(line: str) -> bool:
    said = Text(line.replace("_", " "))
    typed = names_credentials(said.raw) or said.about("phone")
    return typed or (said.about("logging_in") and not said.about("request"))


def _of_server(line: str) -> bool:
    """Whether ``line`` tells of the server, or of the request; an account, too, may be “temporarily unavailable”."""
    said = Text(line)
    typed = names_credentials(said.without("request_at_fault").raw)
    return said.about_any("servers_trouble", "request_at_fault") and not typed


def _fails(view: View, told: Telling, lines: Collection[str], *, denied: bool, alone: bool) -> bool:
    """Whether what is ``told`` by ``lines`` is sure to be of the server.

    Scripts have a word such as “Technical error” for every answer that they did not expect, a refusal for one.
    """
    refusal = denied or view.main.status in _REFUSALS
    if told == "server":
        return not refusal or any(Text(line).about("request_at_fault") for line in lines)
    return told == "mishap" and alone and not (refusal or view.said.about("password"))


def refused(view: View, words: Sequence[str], what: str, *, denied: Answer | bool, alone: bool) -> Ending:
    """The ending of a login whose answer ``words`` are, and that says nothing else of the account or the request.

    ``what`` was sent, a clause. ``denied``: the answer's status says that it was refused, whatever the words are.
    ``alone``: the page has no form any more, and nobody but it has said so.
    """
    said, host = quoted(words), server_of(view)
    lines = (*words, view.main.title, *view.main.headings) if alone else words
    told = telling(lines)
    if told == "account" and alone and _is_bad_request(view, words):
        told = "nothing"
    if told in {"account", "nothing"} and isinstance(denied, Answer) and _is_unclear(denied, words):
        told, denied = "nothing", False
    if _fails(view, told, lines, denied=bool(denied), alone=alone):
        status = f" (its answer has status {denied.status})" if isinstance(denied, Answer) else ""
        return Ending(
            kind="dead_end",
            message=f"{host} answered {what} with trouble of its own{status}, and without a word on what was typed: "
            f"{said}. It was not sent a second time. Now {describe(view)}.",
            fault=Fault.IDENTITY_PROVIDER,
            hint=_REQUEST_HINT if any(Text(line).about("request_at_fault") for line in lines) else _SERVER_HINT,
        )
    by_status = denied is True or (isinstance(denied, Answer) and denied.status == _UNAUTHORIZED)
    if words and told == "account" and not by_status and "code" not in what and not any(map(_of_typing, words)):
        return _unnamed(host, what, said)
    if told == "account" or (denied and told != "server") or "code" in what:
        return Ending(
            kind="login_rejected",
            message=f"{host} refused {what}: {said}. It was not sent a second time.",
            fault=Fault.TESTER,
            hint=f"check linker.account (username, password, totp, otpCommand) by logging in by hand{_code_left(view)}",
        )
    return Ending(
        kind="login_rejected",
        message=f"{host} answered {what} with {said}. That does not tell whether what was typed is wrong, or the "
        "server failed. It was not sent a second time.",
        hint="log in by hand with the account of linker.account: where that fails as well, and the password is right, "
        "look into the server's log at that moment, and in the evidence at the requests since then",
    )


def _code_left(view: View) -> str:
    """What to do about a choice of country codes beside a phone number, which “auto” leaves as it is; else empty."""
    dials = (c for c in view.controls if c.usable and c.options and _DIALING.search(c.options[0]))
    left = next((f"{c.title} was left at “{c.options[0]}”" for c in dials), None)
    how = "where the account's number has another country code, choose it by a “fill” in steps under linker.login"
    return f"; {left}: {how}" if left else ""


def _of_typing(line: str) -> bool:
    """Whether ``line`` names what is typed for a login, or refuses in words that are said of it."""
    said = Text(line.replace("_", " "))
    return names_credentials(said.raw) or said.about_any("rejected", "login_failed", "username", "code")


def _unnamed(host: str, what: str, said: str) -> Ending:
    """The ending where what the server ``said`` names nothing that was typed."""
    return Ending(
        kind="login_rejected",
        message=f"{host} refused the login: {said}. The tester knows no word in it for a user or a password; {what} "
        "was not sent a second time.",
        fault=Fault.TESTER,
        hint="see whether these words speak of a rule of the server, of a right that the test account lacks, or of "
        "what the application may do there, and mend that; only where they mean what was typed, check linker.account "
        "(username, password, totp, otpCommand)",
    )


def refused_by_status(view: View) -> Ending | None:
    """The ending of a login whose form, with the password, was answered with 401 and no other word; None for others."""
    main = view.main
    said = "" if is_own(view) else " ".join((main.title, *main.headings, main.text)).strip()
    more = len(view.frames) > 1 or any(control.visible for control in view.controls)
    if main.status != _UNAUTHORIZED or more or _BARE.sub("", said):
        return None
    words = quoted([(main.text.strip() or said).splitlines()[0]]) if said else "no text"
    return Ending(
        kind="login_rejected",
        message=f"{server_of(view)} answered the form with the password with status {_UNAUTHORIZED} and {words}: it "
        "refuses the login, and names no reason. It was not sent a second time.",
        fault=Fault.TESTER,
        hint="check linker.account (username, also its capitals, and password) by logging in by hand; where that fails "
        "as well, and the password is right, or where it does not fail, look in the evidence whether the cookies of "
        "the form's page came back, and into the server's log at that moment",
    )
