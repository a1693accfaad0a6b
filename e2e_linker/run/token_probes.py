"""What each probe of the token endpoint does, step by step, on links of its own.

Sources: RFC 6749 sections 4.1.2 (a code is redeemed once), 5.2 (errors) and 6 (refresh); RFC 7636 section 4.6 (PKCE);
RFC 6819 section 5.2.2.3 and Amazon's advice on rotation (the old refresh token stays good for 30 s).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from pydantic import SecretStr

from e2e_linker.alexa.authorization import new_verifier
from e2e_linker.derive.tokens import read_token_answer
from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.model import Depth
from e2e_linker.run.links import Jar
from e2e_linker.run.prober import Prober, Skip
from e2e_linker.run.shown import is_down
from e2e_linker.service.tokens import Scheme

__all__ = ["PROBES", "burst"]

BURST = 20
CODE_AGE_S = 30.0
_LATE_CODE_S = 5.0
_LATE_REUSE_S = 0.5
"""After 29 s, what comes half a second late is still there before 30 s are over."""
_OTHER_SCHEME: dict[Scheme, Scheme] = {
    "HTTP_BASIC": "REQUEST_BODY_CREDENTIALS",
    "REQUEST_BODY_CREDENTIALS": "HTTP_BASIC",
}


async def _other_scheme(at: Prober) -> None:
    """Where HTTP Basic has brought nothing, with a code of its own also with id and secret as they stand: a measured
    link tries that with a code that its first try may have used up."""
    link = await at.link()
    other = replace(at.endpoint, scheme=_OTHER_SCHEME[at.endpoint.scheme])
    own = [call for call in at.ledger.calls if call.purpose == "exchange" and call.scheme == at.endpoint.scheme]
    if not await at.exchange(link, 1, endpoint=other):
        await at.exchange(link, 2)
    elif at.endpoint.ambiguous and not any(read_token_answer(call).succeeded for call in own):
        await at.exchange(await at.link(), 3, endpoint=replace(at.endpoint, urlencoded=False))  # may be a stranger's


async def _client_id_in_body(at: Prober) -> None:
    await at.exchange(await at.link(), 1, extra={"client_id": at.endpoint.client_id})


async def _code_twice(at: Prober) -> None:
    link = await at.opened()
    access, refresh = link.access[0], link.refresh[0] if link.refresh else None
    await at.exchange(link, 2, purpose="replay")
    await at.use(link, 3, access)
    if refresh is not None:
        await at.refresh(link, 4, refresh)


async def _code_later(at: Prober) -> None:
    """Made again where that failed: other codes were got meanwhile, so does one end those before it however young?"""
    if any(call.probe == at.probe for call in at.ledger.calls):
        earlier, _ = await at.link(), await at.link()
        await at.exchange(earlier, 2)
        return
    link = await at.link()
    await at.pause(_now() + CODE_AGE_S, late_s=_LATE_CODE_S)
    await at.exchange(link, 1)


def _see_it_up(at: Prober) -> None:
    """Raise :class:`Skip` where the server would fail whoever calls."""
    if is_down(at.ledger):
        raise Skip("the server has not come back from the outage that was made")


async def _wrong_client(at: Prober) -> None:
    _see_it_up(at)
    stranger = replace(
        at.endpoint, client_id=f"unknown-{secrets.token_hex(8)}", client_secret=SecretStr(secrets.token_urlsafe(24))
    )
    await at.exchange(await at.link(), 1, purpose="misuse", endpoint=stranger)


async def _wrong_secret(at: Prober) -> None:
    _see_it_up(at)
    wrong = replace(at.endpoint, client_secret=SecretStr(secrets.token_urlsafe(24)))
    await at.exchange(await at.link(), 1, purpose="misuse", endpoint=wrong)


async def _wrong_redirect_uri(at: Prober) -> None:
    link = await at.link()
    own = link.request.request.redirect_uri
    others = [uri for uri in at.seat.shared.uris.values() if uri != own]
    await at.exchange(link, 1, purpose="misuse", redirect_uri=others[0] if others else f"{own}-other")


async def _wrong_verifier(at: Prober) -> None:
    wrong = new_verifier()
    at.seat.shared.registry.register(wrong, "code_verifier")
    await at.exchange(await at.link(), 1, purpose="misuse", verifier=SecretStr(wrong))


async def _missing_verifier(at: Prober) -> None:
    await at.exchange(await at.link(), 1, purpose="misuse", without_verifier=True)


async def _plain_verifier(at: Prober) -> None:
    link = await at.link()
    challenge = link.request.request.code_challenge
    assert challenge is not None
    await at.exchange(link, 1, purpose="misuse", verifier=SecretStr(challenge))


async def _garbage_grant(at: Prober) -> None:
    await at.misuse({"grant_type": f"garbage_{secrets.token_hex(4)}"})


async def _missing_code(at: Prober) -> None:
    await at.misuse({"grant_type": "authorization_code", "redirect_uri": at.seat.plan.redirect_uri})


async def _missing_refresh_token(at: Prober) -> None:
    await at.misuse({"grant_type": "refresh_token"})


async def _bad_refresh_token(at: Prober) -> None:
    await at.misuse({"grant_type": "refresh_token", "refresh_token": secrets.token_urlsafe(32)})


async def _refresh(at: Prober) -> None:
    """The earlier access token is used before the newest one is, then after it, as some servers end it then."""
    link = await at.opened()
    earlier = link.access[-1]
    await at.refresh(link, 2)
    await at.use(link, 3, earlier, purpose="use_previous")
    earlier = link.access[-1]
    await at.refresh(link, 4)
    await at.use(link, 5, link.access[-1])
    await at.use(link, 6, earlier, purpose="use_previous")
    await at.refresh(link, 7)
    await at.use(link, 8, link.access[-1])
    await at.introspect(link, 9, link.refresh[-1])


def _reuse(after_s: float) -> Callable[[Prober], Awaitable[None]]:
    async def reuse(at: Prober) -> None:
        link = await at.opened()
        first, began = link.refresh[0] if link.refresh else None, _now()
        await at.refresh(link, 2, first)
        if after_s:
            # Counted from when the first refresh was sent: a slow server may have replaced the token at once.
            await at.pause(began + after_s, late_s=_LATE_REUSE_S)
        await at.refresh(link, 3, first, purpose="replay")
        # The token of step 2: what the replay may have brought besides is not what Alexa would hold.
        await at.refresh(link, 4, link.refresh[1] if len(link.refresh) > 1 else first)

    return reuse


async def _race(at: Prober) -> None:
    times = 5 if at.seat.shared.options.depth.includes(Depth.THOROUGH) else 3
    # One after the other: two races at the same moment would be no test of either.
    problems = []
    for _ in range(times):
        try:
            link = await at.opened()
            first = link.refresh[0] if link.refresh else None
            await asyncio.gather(at.refresh(link, 2, first), at.refresh(link, 2, first))
            await at.refresh(link, 3)
        except Skip as skip:
            problems.append(skip)
    if len(problems) == times:
        raise problems[0]


async def _relink(at: Prober) -> None:
    await _pair(at, "signed_in")


async def _relink_fresh(at: Prober) -> None:
    await _pair(at, "fresh")


async def _pair(at: Prober, jar: Jar) -> None:
    earlier, later = await at.opened(), await at.opened(jar=jar, step=2)
    await at.use(earlier, 3, earlier.access[0])
    for step, link in ((4, earlier), (5, later)):
        if link.refresh:
            await at.refresh(link, step)


async def _second_account(at: Prober) -> None:
    link = await at.opened(jar="fresh", account="second")
    await at.use(link, 2, link.access[0])


async def burst(at: Prober) -> None:
    """Twenty refreshes at once. Made when nothing else goes on, because its times are judged."""
    link = await at.opened()
    first = link.refresh[0] if link.refresh else None
    await asyncio.gather(*(at.refresh(link, 2, first) for _ in range(BURST)))


async def _migration(at: Prober) -> None:
    for earlier in at.seat.shared.earlier:
        link = await at.link(wanted=False)
        client = replace(earlier.endpoint, urlencoded=at.endpoint.urlencoded)
        await at.refresh(link, 1, earlier.refresh_token, endpoint=client)


def _now() -> float:
    return asyncio.get_running_loop().time()


PROBES: dict[ProbeName, Callable[[Prober], Awaitable[None]]] = {
    "other_scheme": _other_scheme,
    "client_id_in_body": _client_id_in_body,
    "code_twice": _code_twice,
    "code_later": _code_later,
    "wrong_client": _wrong_client,
    "wrong_secret": _wrong_secret,
    "wrong_redirect_uri": _wrong_redirect_uri,
    "wrong_verifier": _wrong_verifier,
    "missing_verifier": _missing_verifier,
    "plain_verifier": _plain_verifier,
    "garbage_grant": _garbage_grant,
    "missing_code": _missing_code,
    "missing_refresh_token": _missing_refresh_token,
    "bad_refresh_token": _bad_refresh_token,
    "refresh": _refresh,
    "reuse_soon": _reuse(0),
    "reuse_5s": _reuse(5),
    "reuse_29s": _reuse(29),
    "race": _race,
    "relink": _relink,
    "relink_fresh": _relink_fresh,
    "second_account": _second_account,
    "migration": _migration,
}
"""Every probe that may go on beside the cases and the other probes."""
