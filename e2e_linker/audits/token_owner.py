"""Two accounts get two tokens, and each token belongs to its own account, also after a refresh."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Outcome, finding, verdict
from e2e_linker.audits.first_account import AccountCall, first_account_calls
from e2e_linker.audits.probing import probe_ref, ready
from e2e_linker.audits.refreshed_owner import HARM, LONGEST_NAME, WHO, another_user, said_of
from e2e_linker.audits.runner import CaseTable
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.replies import Reply, read_reply, token_accepted, tries_access
from e2e_linker.evidence.token_calls import TokenCall
from e2e_linker.model import Depth

__all__ = ["AUDIT"]

_TOKENS = ("access_token", "refresh_token")
_REISSUED = (
    "Issue a new {token} for every code that is redeemed. Look for what hands out an earlier one: a cache, or a “find "
    "or create” of tokens, whose key holds the client but not the user."
)
_ONE_USER = (
    "Keep the user with the code, and bind the token to that user when the code is redeemed. Let the resource look the "
    "user up by the token alone, not in a session, a cache or a default."
)


_OneUser = tuple[TokenCall, AccountCall, str, str]
"""What the resource answered to the second account and to the first, the member that names the user, and the user."""


def judge(probed: Probed, cases: CaseTable) -> Outcome:
    """The tokens of the second account against every token of the first, and whom both resolve to.

    Where a refresh changes the user, that is told alone: whom the tokens of two accounts resolve to follows from it.
    """
    if (changed := another_user(probed)) is not None:
        return verdict([changed])
    links = ready(probed, "second_account", refreshing=False)
    if not isinstance(links, tuple):
        return links
    second, first = links[0], first_account_calls(probed, cases)
    one_user = next(_same_user(second, first), None)
    found = next(_shared(probed, second, first, one_user), None)
    if found is None and one_user is not None:
        mine, theirs, name, who = one_user
        text = (
            f"{HARM}: the access tokens of two accounts resolve to the same user ({name}): “{who}” for {theirs.link} "
            f"of the first account, and again “{who}” for {second.id} of the second."
        )
        found = _found(text, probe_ref(probed, mine), (theirs.ref,), _ONE_USER)
    return verdict([found] if found else [])


def _shared(probed: Probed, second: Strand, first: list[AccountCall], one_user: _OneUser | None) -> Iterator[Finding]:
    mine = second.exchange
    for one in first if mine is not None else ():
        same = _same_token(mine, read_reply(one.call)) if mine and one.call.endpoint == "token" else None
        if mine is None or same is None:
            continue
        token, known = same.replace("_", " "), ""
        used: tuple[EvidenceRef, ...] = ()
        if one_user is not None:
            call, theirs, name, who = one_user
            known = f" The resource takes the second account for the first: both are “{who}” ({name})."
            used = (probe_ref(probed, call), theirs.ref)
        text = (
            f"{HARM}: the token endpoint issued the same {token} to two accounts, to the first one by the "
            f"{one.call.purpose} of {one.link} and to the second one by the exchange of {second.id}.{known}"
        )
        yield _found(text, probe_ref(probed, mine.call), (one.ref, *used), _REISSUED.format(token=token))


def _same_token(mine: Reply, theirs: Reply) -> str | None:
    return next((name for name in _TOKENS if mine.token(name) and mine.token(name) == theirs.token(name)), None)


def _same_user(second: Strand, first: list[AccountCall]) -> Iterator[_OneUser]:
    mine = next((call for call in second.uses("use") if token_accepted(call)), None)
    for one in first:
        call = one.call
        if mine is None or call.url != mine.url or not token_accepted(call) or not tries_access(call):
            continue
        mine_said, said = said_of(mine), said_of(call)
        name = next((name for name in WHO if mine_said.get(name) and said.get(name)), None)
        if name is not None and mine_said[name] == said[name]:
            yield mine, one, name, str(said[name])[:LONGEST_NAME]


def _found(text: str, at: EvidenceRef, related: tuple[EvidenceRef, ...], fix: str) -> Finding:
    return finding("token-identifies-user", text, subject="second account", at=at, related=related, fix=fix)


AUDIT = Audit(
    id="token-owner",
    rules=("token-identifies-user",),
    title="Every account gets tokens of its own",
    failed_title="An account gets the tokens of another",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
