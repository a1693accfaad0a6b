"""What the answer says by which the login's own request, of a page's script, was refused: pages need not show it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from playwright.async_api import Error, Response

from e2e_linker.browser.login import endings
from e2e_linker.browser.login.account_needs import account_locked, login_refused_for_account
from e2e_linker.browser.login.memory import Answer, Past
from e2e_linker.browser.login.refused_unseen import refused_unseen
from e2e_linker.browser.login.shown import describe, quoted, server_of
from e2e_linker.browser.login.throttled import no_more_logins
from e2e_linker.browser.login.words import refuses_credentials
from e2e_linker.browser.pages.controls import View
from e2e_linker.evidence.json_errors import error_words
from e2e_linker.evidence.models import Ending
from e2e_linker.evidence.token_looks import tokens_in_prose
from e2e_linker.model import Fault

__all__ = ["read_answer", "unshown"]

_LARGEST = 64 * 1024
"""Bytes of an answer that is read."""
_READING_S = 3.0


async def read_answer(response: Response | None) -> Answer | None:
    """The status of ``response`` and its words for an error; None where it is no JSON, or cannot be read."""
    if response is None or "json" not in response.headers.get("content-type", "").lower():
        return None
    length = response.headers.get("content-length", "")
    if length.isdigit() and int(length) > _LARGEST:
        return None
    try:
        async with asyncio.timeout(_READING_S):
            body = await response.body()
    except (Error, TimeoutError):
        return None
    # What may be a token, nobody has registered as a secret.
    words = error_words(body[:_LARGEST], redacted=False)
    return Answer(response.status, tuple(word for word in words if not any(tokens_in_prose(word))))


def unshown(view: View, past: Past, what: str) -> Ending | None:
    """The ending of a login that was refused by an answer of which its page, still the same, makes no complaint.

    ``what`` was sent, a clause. None where there was no such answer.
    """
    answer = past.fate.answer if past.fate.denied else None
    if answer is None:
        return None
    told = refused_unseen(view, answer.words, what) or account_locked(view, answer.words)
    told = told or no_more_logins(view, answer.words, what) or login_refused_for_account(view, answer.words)
    if told is None and any(refuses_credentials(word.replace("_", " ")) for word in answer.words):
        told = endings.rejected(view, answer.words, what, denied=answer)
    silent = not _stands_in(view, answer.words)
    if told is not None:
        more = " Its page shows nothing of that answer." if silent else ""
        return told.model_copy(update={"message": f"{told.message}{more}"})
    says = f" and says {quoted(answer.words)}" if answer.words else ""
    return Ending(
        kind="dead_end",
        message=f"The answer to the request by which the page sent {what} has status {answer.status}{says}"
        + (f"; the page of {server_of(view)} shows nothing of it" if silent else "")
        + f". It was not sent a second time. Now {describe(view)}.",
        fault=Fault.IDENTITY_PROVIDER,
        hint="see in the server's log why it refused that request; check linker.account by logging in by hand"
        + ("; and let the page say what went wrong" if silent else ""),
    )


def _stands_in(view: View, words: Sequence[str]) -> bool:
    """Whether one of ``words``, or its beginning where it is cut, is among the texts of a page."""
    text = " ".join(" ".join(frame.text for frame in view.frames).split()).casefold()
    said = (" ".join(word.removesuffix("…").split()).casefold() for word in words)
    return any(word in text for word in said if word)
