"""Endings of logins that a server lets go on only once something was done about the test account itself.

Pages that ask for something are known by their titles and first headings: a link in a footer, a banner, or a box on a
front page whose server has lost the request, may say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from functools import lru_cache

from e2e_linker.browser.login.account_entry import BLOCKED, ENTRY, FULL, PLAIN, need_of_code
from e2e_linker.browser.login.account_pages import demands_factor, wanted_by_form
from e2e_linker.browser.login.account_todo import (
    ACTIVATION,
    BAN,
    CONFIRMATION,
    CONFIRMATION_BY_CODE,
    FROM_ANYWHERE,
    NEW_PASSWORD,
    NO_SESSION,
    SECOND_FACTOR,
    UNLOCKING,
    Need,
)
from e2e_linker.browser.login.account_words import (
    AT_HOME,
    CONFIRM,
    EITHER,
    FACTOR,
    LOCKED,
    NOT_YET,
    OFF,
    OUTWORN,
    PASSES,
    PICTURE,
    SET_UP,
    SHUT,
)
from e2e_linker.browser.login.shown import describe
from e2e_linker.browser.login.words import Text, refuses_credentials
from e2e_linker.browser.pages.controls import SeenFrame, View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = [
    "account_locked",
    "account_shut_out",
    "account_wanting",
    "entry_refused",
    "lines_on_account",
    "login_refused_for_account",
    "page_tells_of_account",
    "says",
    "sets_up_factor",
]

_LONGEST = 300
"""Characters of a line that is read: a statement, and no text of terms."""

_LOGGING_IN = re.compile(r"\b(?:log|sign)[- ]?in\b|anmelden|connecter|iniciar sesi|accedi\b|ログイン", re.IGNORECASE)
"""What a picture may be for, too: an app in which somebody is signed in already."""

_OF_ACCOUNT = re.compile(
    r"e-?mail(?!s)|account(?!s)|\buser(?!s)|konto|benutzer|compte(?!s)|utilisateur(?!s)|adresse(?!s)"
    r"|cuenta(?!s)|usuario(?!s)|correo(?!s)|utente|indirizzo"
    r"|メールアドレス|アカウント|ユーザー|登録",
    re.IGNORECASE,
)

_SUPPOSING = re.compile(
    r"\b(?:if|in case|unless|until|when|whose|falls|wenn|sofern|solange|deren|dont|lorsque|si|cuando|cuy[ao]s?)\b"
    r"|\b(?:se|quando)\b",
    re.IGNORECASE,
)
"""What is said of whom it concerns."""
_ADDRESS = re.compile(r"\bip\b", re.IGNORECASE)
"""What is banned, too, in place of an account."""
_SENTENCES = re.compile(r"[.!]\s+|[。！]")
_LATIN = "[0-9A-Za-zÀ-ɏ]"
"""What a word of a script with blanks goes on by."""


def account_wanting(view: View, *, code: bool = False, said: str = "", lines: Iterable[str] = ()) -> Ending | None:
    """The ending on a page that stands between the login and Alexa until something is done about the test account.

    ``code``: it asks for a one-time code; ``said``: what it says to the one that was sent; ``lines``: what may ask for
    a second factor as a heading does. None for all other pages.
    """
    factor = SECOND_FACTOR if any(map(_sets_up_factor, lines)) else None
    need = factor or _asked(view, code, answered=bool(said)) if view.main.status < 500 else None
    if need is None:
        return None
    return Ending(
        kind="login_blocked",
        message=f"{host_of(view.main.url)} {need.wants}{said}; {describe(view)}.",
        fault=Fault.TESTER,
        hint=need.todo,
    )


def login_refused_for_account(view: View, words: Iterable[str]) -> Ending | None:
    """The ending where a line of ``words`` refuses the login for something else about the account than was typed."""
    need, line = next(((need, line) for line in words if (need := _said(line))), (None, ""))
    return _refused(view, need, line) if need else None


def _refused(view: View, need: Need, line: str) -> Ending:
    return Ending(
        kind="login_rejected",
        message=f"{host_of(view.main.url)} {need.wants}: “{line[:500]}”. The login was not sent a second time.",
        fault=Fault.TESTER,
        hint=need.todo,
    )


def account_locked(view: View, words: Iterable[str]) -> Ending | None:
    """The ending where a line of ``words`` says that the account is locked, and none that it will not be for long."""
    lines = [line for line in words if len(line) <= _LONGEST]
    line = next(
        (line for line in lines if any(_states(LOCKED, part, alone=True) for part in _SENTENCES.split(line))), None
    )
    if line is None or line.rstrip().endswith(("?", "？")) or any(map(PASSES.search, lines)):
        return None
    return _refused(view, UNLOCKING, line)


def account_shut_out(view: View, before: Set[str]) -> Ending | None:
    """The ending where a page without a form marks a line as an error, none of ``before``, that lets no such user in.

    What else is to be done about an account, a front page may say to somebody who is logged in.
    """
    new = (line for line in view.complaints if line not in before)
    line = next((line for line in new if _said(line) in (ACTIVATION, BAN, BLOCKED, FROM_ANYWHERE)), None)
    return login_refused_for_account(view, (line,)) if line else entry_refused(view, (), before)


def entry_refused(view: View, words: Iterable[str], before: Set[str] = frozenset()) -> Ending | None:
    """The ending where a line of a page without a form shuts the account out, and no other of ``words`` refuses it."""
    if any(map(refuses_credentials, words)):
        return None
    line = next((line for line in lines_on_account(view) if line not in before and _said(line) in PLAIN), None)
    return _refused(view, need, line) if line and (need := _said(line)) else None


def page_tells_of_account(view: View, before: Set[str]) -> Ending | None:
    """That ending where the page of the form that was sent says so in a line that it did not show ``before``."""
    return login_refused_for_account(view, (line for line in lines_on_account(view) if line not in before))


def lines_on_account(view: View) -> tuple[str, ...]:
    """The lines of a page, but for its links, that say what is to be done about the account."""
    lines = (line for frame in view.frames for line in (*frame.complaints, *frame.text.split("\n")))
    if not (said := tuple(line for line in lines if _said(line))):
        return ()
    labels = (c.label for c in view.controls if c.kind in {"link", "button"} and re.search(r"\w", c.label))
    links = [re.compile(rf"(?<!{_LATIN}){re.escape(label)}(?!{_LATIN})") for label in labels]
    return tuple(line for line in said if not any(link.search(line) for link in links))


def _asked(view: View, code: bool, answered: bool) -> Need | None:
    heads = [head for frame in view.frames for head in _heads(frame)]
    if any(_sets_up_factor(line) for line in heads) or _shows_secret(view.said.raw) or demands_factor(view):
        return SECOND_FACTOR
    confirms = any(CONFIRM.search(line) for line in heads)
    if code:
        # Where a code is at hand, it is this code that was refused.
        return CONFIRMATION_BY_CODE if confirms and not answered else None
    if any(c.kind == "field" and c.type == "password" and c.visible and c.means("new_password") for c in view.controls):
        joins = any(Text(line).about("signup") for line in heads)
        headed = not joins and any(Text(line).about("password") for line in heads)
        return NEW_PASSWORD if headed else wanted_by_form(view, heads)
    if any(_switched_off(line, line) for line in heads if len(line) <= _LONGEST):
        return ACTIVATION
    return CONFIRMATION if confirms else wanted_by_form(view, heads)


def _heads(frame: SeenFrame) -> Iterator[str]:
    """What the page is about: its title, and its first heading, or the one behind that where it names the site."""
    yield frame.title
    yield from frame.headings[:1]
    if len(frame.headings) > 1 and frame.headings[0] in frame.title:
        yield frame.headings[1]


@lru_cache(maxsize=256)
def _said(line: str) -> Need | None:
    plain = line.replace("_", " ")
    if len(line) > _LONGEST or plain.rstrip().endswith(("?", "？")):
        return need_of_code(line)  # a question is asked of those whom it concerns: “E-mail not confirmed?”
    typed = Text(plain).about("password")
    for sentence in _SENTENCES.split(plain):
        if _states(OUTWORN, sentence):
            return NEW_PASSWORD
        if not typed and _switched_off(sentence, plain):
            return ACTIVATION
        if not typed and _states(AT_HOME, sentence, alone=True):
            return FROM_ANYWHERE
        if not typed and _states(NOT_YET, sentence) and _OF_ACCOUNT.search(sentence):
            return CONFIRMATION
        if not typed and says(sentence, "factorless"):
            return SECOND_FACTOR
        if not typed and says(sentence, "not_let_in"):
            return NO_SESSION
        if not (typed or PASSES.search(plain) or _ADDRESS.search(plain)) and says(sentence, "banned"):
            return BAN
        if not typed and (need := _of_entry(sentence, plain)):
            return need
    return need_of_code(line)


def _of_entry(sentence: str, line: str) -> Need | None:
    need = None if "?" in sentence else next((need for topic, need in ENTRY if says(sentence, topic)), None)
    return None if need in (BLOCKED, FULL) and (PASSES.search(line) or _ADDRESS.search(line)) else need


def says(sentence: str, topic: str) -> bool:
    """Whether a sentence is about ``topic``, and neither supposes it nor names another cause that it may be instead."""
    said = Text(sentence)
    return said.about(topic) and not (EITHER.search(sentence) or _SUPPOSING.search(said.without(topic).raw))


def _switched_off(sentence: str, line: str) -> bool:
    """Whether a sentence of ``line`` says so of this account, and not that it will be let in later."""
    shut = _states(SHUT, sentence, alone=True) and not PASSES.search(line)
    return shut or _states(OFF, sentence, alone=True)


def _states(words: re.Pattern[str], sentence: str, *, alone: bool = False) -> bool:
    """Whether a sentence says so of this account; ``alone``: and of nothing else that may be the cause instead."""
    found = words.search(sentence)
    either = alone and EITHER.search(sentence)
    return found is not None and not (either or _SUPPOSING.search(sentence, 0, found.start()))


def _sets_up_factor(line: str) -> bool:
    return len(line) <= _LONGEST and bool(FACTOR.search(line) and SET_UP.search(line))


def sets_up_factor(text: str) -> bool:
    """Whether a line of ``text`` asks to set up a second factor, or tells of a picture to be read by its app."""
    return any(map(_sets_up_factor, text.split("\n"))) or _shows_secret(text)


@lru_cache(maxsize=64)
def _shows_secret(text: str) -> bool:
    """Whether a line of a page tells of a picture to be read by an app that makes codes."""
    lines = (line for line in text.split("\n") if len(line) <= _LONGEST)
    return any(PICTURE.search(line) and FACTOR.search(line) and not _LOGGING_IN.search(line) for line in lines)
