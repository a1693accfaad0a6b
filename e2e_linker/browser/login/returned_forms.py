"""How a login ends that went on from what its answer said: back to its form, or to a page that leads nowhere. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.browser.login import endings
from e2e_linker.browser.login.account_needs import (
    account_locked,
    account_wanting,
    login_refused_for_account,
    page_tells_of_account,
)
from e2e_linker.browser.login.memory import Passage, Past, Submission
from e2e_linker.browser.login.notices import about_link
from e2e_linker.browser.login.rejections import telling
from e2e_linker.browser.login.shown import describe, new_lines, quoted, server_of
from e2e_linker.browser.login.throttled import no_more_logins
from e2e_linker.browser.login.words import Text, refuses_credentials
from e2e_linker.browser.pages.controls import View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault

__all__ = ["came_again", "gone_through"]

_LONGEST = 300
"""Characters of a line that is a message."""


def came_again(view: View, past: Past, what: str, told: Sequence[str]) -> Ending | None:
    """The ending where presses led from the answer to what was sent last, a clause, back to the form on ``view``.

    ``told``: what that says of a refusal. None where the form is the answer itself, or says what is wrong with what was
    typed or with the account.
    """
    left = [one for one in past.passed if _is_answer(one)]
    if not (past.submissions and left) or any(map(refuses_credentials, told)):
        return None
    if no_more_logins(view, told, what) or account_locked(view, told) or login_refused_for_account(view, told):
        return None
    sent = past.submissions[-1]
    consent = next((one for one in left if one.purpose == "allow" and about_link(one.view)), None)
    if consent is not None and sent.kind != "username":
        return _after_consent(view, consent, what, told)
    plain = [one for one in left if one.purpose != "skip"]
    named = next(((one, end) for one in plain if (end := _named(one.view, sent, what))), None)
    if named is not None:
        return _then(*named)
    return _after_pages(view, left, sent, what, told)


def gone_through(view: View, past: Past) -> str:
    """A clause on the last page before ``view`` that said something and was left by a press; "" where none was."""
    if not past.submissions:
        return ""
    left = [one for one in past.passed if one.purpose == "next" and _is_answer(one) and not _is_part(one, view)]
    page, said = next(
        ((one, new) for one in reversed(left) if (new := _news(one.view, past.submissions[-1]))), (None, ())
    )
    return f", and after {page.pressed} was pressed on a page that says {quoted(said)}" if page else ""


def _is_answer(passage: Passage) -> bool:
    """Whether a page was no form with a password itself, and what was pressed no banner on it."""
    asks = any(c.kind == "field" and c.type == "password" and c.visible for c in passage.view.controls)
    return passage.purpose != "cookies" and not asks


def _is_part(passage: Passage, view: View) -> bool:
    return passage.view.main.document == view.main.document


def _named(page: View, sent: Submission, what: str) -> Ending | None:
    """The ending of a login that was answered with ``page``, where that says what is wrong with the account."""
    known = {*sent.complaints, *sent.shown, *(control.label for control in page.controls)}
    lines = [line for line in map(str.strip, _lines(page)) if line not in known]
    told = page_tells_of_account(page, sent.complaints) or account_locked(page, lines)
    if told := told or account_wanting(page, lines=lines):
        return told
    heads = {*page.main.headings, *page.complaints}
    wrong = [line for line in lines if len(line) <= _LONGEST and _refuses(line, head=line in heads)]
    return endings.rejected(page, tuple(dict.fromkeys(wrong)), what, alone=True) if wrong else None


def _refuses(line: str, *, head: bool) -> bool:
    """Whether a line refuses what was typed; ``head``: it is a heading or a message, and no line of a history."""
    said = Text(line)
    fails = head and said.about("rejected") and not said.about("login_history")
    return refuses_credentials(line) or (fails and telling([line]) == "account")


def _lines(page: View) -> list[str]:
    return [*page.complaints, *(line for frame in page.frames for line in frame.text.split("\n"))]


def _then(passage: Passage, ending: Ending) -> Ending:
    message = f"{ending.message} {passage.pressed} was pressed there, and then the form came again."
    return ending.model_copy(update={"message": message})


def _after_consent(view: View, consent: Passage, what: str, told: Sequence[str]) -> Ending:
    says = f", and said {quoted(told)}" if told else ""
    return Ending(
        kind="dead_end",
        message=f"{server_of(consent.view)} took {what} and asked for consent; after {consent.pressed} was pressed "
        f"there, {server_of(view)} asked for the login once more{says}. It was not sent a second time. Now "
        f"{describe(view)}.",
        fault=Fault.IDENTITY_PROVIDER,
        hint="the server seems to have lost its session since the login: look at its cookie (Path, Domain, SameSite, "
        "Secure), at how long it lives, and whether all workers and nodes know the sessions of each other; where it "
        "means to ask twice, write the login as steps under linker.login",
    )


def _after_pages(view: View, left: Sequence[Passage], sent: Submission, what: str, told: Sequence[str]) -> Ending:
    page, said = next(((one, new) for one in left if (new := _news(one.view, sent))), (left[0], ()))
    shown = f"a page that says {quoted(said)}" if said else f"a page called “{page.view.main.title}”"
    again = f"came again and says {quoted(told)}" if told else "came again"
    return Ending(
        kind="dead_end",
        message=f"{server_of(page.view)} answered {what} with {shown}; {page.pressed} was pressed there, and then the "
        f"form {again}. It was not sent a second time. Now {describe(view)}.",
        fault=None if said and telling(said) != "server" else Fault.IDENTITY_PROVIDER,
        hint="that page may name the cause: something about the account of linker.account, or trouble of the server, "
        "of which its log says more; where it names none, the server may have lost its session: look at its cookies",
    )


def _news(page: View, sent: Submission) -> tuple[str, ...]:
    """What ``page`` says that the form did not, first what it marks as a message."""
    marked = [text for text in page.complaints if text not in sent.complaints and len(text) <= _LONGEST]
    plain = [line for line in new_lines(page, sent.shown) if not any(line in text for text in marked)]
    return tuple(dict.fromkeys((*marked, *plain)))
