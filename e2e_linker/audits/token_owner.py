"""Two accounts get two tokens, and each token belongs to its own account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from e2e_linker.audits.base import Audit, Finding, Outcome, finding, verdict
from e2e_linker.audits.probing import probe_ref, ready
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.replies import read_reply, token_accepted
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.token_calls import TokenCall
from e2e_linker.model import Depth

__all__ = ["AUDIT"]

_TOKENS = ("access_token", "refresh_token")
_WHO = ("sub", "user_id", "username", "preferred_username", "email")
"""Members of a user info or introspection answer that name the user; the first that both answers have counts."""


def judge(probed: Probed) -> Outcome:
    """The tokens of the second account against every token of the first, and whom both resolve to."""
    links = ready(probed, "second_account", refreshing=False)
    if not isinstance(links, tuple):
        return links
    second = links[0]
    return verdict([*_shared(probed, second), *_same_user(probed, second)][:1])


def _shared(probed: Probed, second: Strand) -> Iterator[Finding]:
    mine = second.exchange
    for call in _of_first(probed):
        theirs = read_reply(call)
        same = [name for name in _TOKENS if mine and mine.token(name) and mine.token(name) == theirs.token(name)]
        if mine and same and call.endpoint == "token":
            text = f"Another account gets the {same[0].replace('_', ' ')} that the first account got."
            yield _found(probed, text, mine.call, call)


def _same_user(probed: Probed, second: Strand) -> Iterator[Finding]:
    mine = next((call for call in second.uses("use") if token_accepted(call)), None)
    for call in _of_first(probed):
        if mine is None or call.url != mine.url or not token_accepted(call) or call.endpoint == "token":
            continue
        mine_said, said = _said(mine), _said(call)
        name = next((name for name in _WHO if mine_said.get(name) and said.get(name)), None)
        if name is not None and mine_said[name] == said[name]:
            yield _found(probed, f"The access tokens of two accounts resolve to the same user ({name}).", mine, call)


def _of_first(probed: Probed) -> list[TokenCall]:
    battery = probed.battery
    other = {link.id for link in battery.links if link.account == "second"} if battery else set()
    return (
        [call for call in battery.calls if call.probe != "second_account" and call.link not in other] if battery else []
    )


def _said(call: TokenCall) -> Mapping[str, Any]:
    return read_token_answer(call).json or {}


def _found(probed: Probed, text: str, mine: TokenCall, theirs: TokenCall) -> Finding:
    at, related = probe_ref(probed, mine), [probe_ref(probed, theirs)]
    return finding("token-identifies-user", text, subject="second account", at=at, related=related)


AUDIT = Audit(
    id="token-owner",
    rules=("token-identifies-user",),
    title="Two accounts get tokens of their own",
    failed_title="Two accounts share a token or a user",
    scope="run",
    depth=Depth.STANDARD,
    judge=judge,
)
