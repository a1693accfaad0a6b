"""An authorization request that is asked without a page, written down as the walk that it stands for.

Nothing is drawn and nothing runs, so it can only settle what is certain without: an answer that is handed on by
redirects alone, and one that ends everything. For all else a page has to be opened.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Literal

from e2e_linker.alexa.authorization import is_arrival
from e2e_linker.browser import endings
from e2e_linker.browser.device import Device
from e2e_linker.browser.login.refusals import REFUSALS, refuses
from e2e_linker.browser.navigation_endings import bare
from e2e_linker.browser.plan import WalkPlan
from e2e_linker.browser.silent import Answer, Trail, follow, read_alike
from e2e_linker.evidence.answer_secrets import secrets_in_answer
from e2e_linker.evidence.arrived import arrived
from e2e_linker.evidence.contents import excerpt_of, is_text, set_cookies, texts_within, url_params
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Ending, NotCollected, Present, Walk
from e2e_linker.evidence.parts import PAGE_PARTS
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.sizes import url_as_sent
from e2e_linker.evidence.traffic import Initiator, Request

__all__ = ["Reply", "SilentWalk"]

Reply = Literal["answer", "page"]
"""What a server that works gives to who is signed in: an answer for Alexa that holds what was asked for, or a page."""

_ANSWERS = frozenset({"code", "access_token"})
_NO_CONTENT = frozenset({204, 205})
_NO_PAGE = NotCollected(reason="the request was asked without a page, by the browser's plain HTTP client")
_NOT_SENT = "not sent: the redirect that names this address was read, and not followed"
_GAP = (
    "This was asked without a page, by the browser's plain HTTP client with a copy of its cookies: no window was "
    "opened, nothing was drawn and no script ran. The cookies sent and the sizes of the requests are not listed."
)


class SilentWalk:
    """One request of ``plan``, which :meth:`go` sends on ``device``. No host that ``refuse`` names is asked."""

    def __init__(
        self, device: Device, plan: WalkPlan, *, refuse: Callable[[str, int], bool], registry: SecretRegistry
    ) -> None:
        self.plan = plan
        self._device = device
        self._refuse = refuse
        self._registry = registry
        self._trail = Trail()
        self._began = time.monotonic()
        self._started_at = datetime.now(UTC)
        self._ended = self._began

    async def go(self) -> None:
        """Ask, and register whatever is secret in what comes. Raises nothing but cancellation."""
        plan, registry = self.plan, self._registry
        request = plan.authorization.request
        plan.announce(registry)
        self._began, self._started_at = time.monotonic(), datetime.now(UTC)
        try:
            await follow(
                self._device,
                request.url,
                self._trail,
                arrives=lambda url: is_arrival(url, plan.redirect_uris),
                refuse=self._refuse,
                within_s=plan.deadline_s,
                read=REFUSALS,
            )
        finally:
            self._ended = time.monotonic()
            self._register()

    @property
    def asked(self) -> bool:
        """Whether anything was asked."""
        return bool(self._trail.answers) or self._trail.failed

    @property
    def failed(self) -> bool:
        """Whether a server, or the browser, gave no answer."""
        return self._trail.failed

    @property
    def reply(self) -> Reply | None:
        """What the server gave, where it is what one that works gives; else None."""
        arrival, final = self._trail.arrival, self._trail.final
        if arrival is not None:
            return "answer" if any(p.name in _ANSWERS and p.value for p in url_params(arrival)) else None
        shown = final is not None and 200 <= final.status < 300 and final.status not in _NO_CONTENT
        return "page" if shown else None

    @property
    def ending(self) -> Ending | None:
        """How a page would have ended, too; None where only a page can tell."""
        trail, final = self._trail, self._trail.final
        if not read_alike(trail):
            return None
        if trail.arrival is not None:
            return endings.arrived(trail.arrival)
        if final is not None and refuses(final.status, final.headers, final.body):
            said = f"{bare(final.url)} refuses the request with status {final.status}, and nothing there leads on"
            return Ending(kind="dead_end", message=said)
        return None

    async def record(self, ending: Ending, *gaps: str) -> Walk:
        """The walk, redacted; ``gaps`` are further sentences on what was done."""
        return await asyncio.to_thread(self._registry.redact_record, self._walk(ending, gaps))

    def interrupted(self) -> Walk:
        """What there is when the run is stopped, redacted."""
        return self._registry.redact_record(self._walk(endings.interrupted(), ()))

    def _walk(self, ending: Ending, gaps: tuple[str, ...]) -> Walk:
        plan, requests = self.plan, tuple(self._requests())
        return Walk(
            id=plan.id,
            purpose=plan.purpose,
            variation=dict(plan.variation),
            started_at=self._started_at,
            duration_s=round(self._ended - self._began, 4),
            authorization=plan.authorization.request,
            requests=Present(value=requests),
            **dict.fromkeys(PAGE_PARTS, _NO_PAGE),
            login=Present(value=()),
            jar=_NO_PAGE,
            arrivals=Present(value=(arrived(requests[-1]),) if self._trail.arrival is not None else ()),
            ending=ending,
            gaps=(_GAP, *gaps),
        )

    def _requests(self) -> Iterator[Request]:
        trail = self._trail
        for n, answer in enumerate(trail.answers, 1):
            yield self._asked(n, answer.url, answer.asked_at).model_copy(update=_answered(answer))
        if trail.arrival is not None:
            led_to = self._asked(len(trail.answers) + 1, trail.arrival, self._ended)
            yield led_to.model_copy(update={"failure": _NOT_SENT, "initiator": None})

    def _asked(self, n: int, url: str, at: float) -> Request:
        return Request(
            n=n,
            at=round(at - self._began, 4),
            method="GET",
            url=url,
            url_length=len(url_as_sent(url)),
            window=None,
            frame=None,
            main_frame=True,
            resource_type="document",
            navigation=True,
            redirected_from=n - 1 if n > 1 else None,
            initiator=Initiator(type="the tester, without a page"),
        )

    def _register(self) -> None:
        registry, arrival = self._registry, self._trail.arrival
        for answer in self._trail.answers:
            registry.register_url(answer.url)
            registry.register_headers((*answer.sent, *answer.headers))
            registry.register_fields(texts_within(answer.body))
            registry.register_all(secrets_in_answer(answer.body))
        if arrival is not None:
            registry.register_url(arrival)
            registry.register_answer((param.name, param.value) for param in url_params(arrival))


def _answered(answer: Answer) -> dict[str, object]:
    """The fields of the evidence that ``answer`` fills."""
    kind = header(answer.headers, "content-type")
    return {
        "headers": answer.sent,
        "status": answer.status,
        "status_text": answer.status_text,
        "response_headers": answer.headers,
        "set_cookies": set_cookies(answer.headers),
        "excerpt": excerpt_of(answer.body, kind) if answer.body and is_text(kind) else None,
    }
