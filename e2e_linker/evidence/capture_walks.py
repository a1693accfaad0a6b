"""A network capture as evidence: one walk for every link that was tried in it, with what it cannot tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from e2e_linker.alexa.authorization import is_arrival
from e2e_linker.alexa.facts import REDIRECT_HOSTS
from e2e_linker.evidence.arrived import arrived
from e2e_linker.evidence.capture import Capture
from e2e_linker.evidence.capture_arrivals import is_led
from e2e_linker.evidence.capture_browsers import own_told
from e2e_linker.evidence.capture_links import FULL_REQUESTS, CapturedLink, links_in
from e2e_linker.evidence.completion import complete_arrivals, complete_requests
from e2e_linker.evidence.contents import url_params
from e2e_linker.evidence.models import Ending, NotCollected, Present, SkillFacts, Walk
from e2e_linker.evidence.parts import PAGE_PARTS
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.sizes import url_as_sent
from e2e_linker.evidence.traffic import Arrival, Request
from e2e_linker.model import Fault, host_of

__all__ = ["CapturedWalk", "captured_walks"]

_NO_PAGE = "a network capture shows the traffic of a page, not the page"
_NOT_HELD = "the capture does not hold this request, only the redirect to it"
_UNSENT = (
    "The request to Alexa is not in the capture: an app may have taken it from the browser. The answer was read from "
    "the redirect that leads there."
)
_OVERLAP = (
    "Another link was under way at the same time: which of the two a request belongs to was told by its state, its "
    "referrer and its redirects, and of others by when they were sent."
)

_VERDICT_PAGE = re.compile(r"https://skills-store\.amazon\.(?:com|(?:com?\.)?[a-z]{2})/external/link-result\?")
"""Where Alexa tells a customer what became of the link."""
_REFUSED = (
    "where the answer itself is right, look at what Alexa did next: the exchange of the code at the token endpoint, in "
    "its log, or with `e2e-linker run`; of a smart home skill also what it answered to AcceptGrant"
)


@dataclass(frozen=True, slots=True)
class CapturedWalk:
    """A walk out of a capture, and the user agent of the browser that made it."""

    walk: Walk
    user_agent: str | None


def captured_walks(capture: Capture, skill: SkillFacts, registry: SecretRegistry) -> tuple[CapturedWalk, ...]:
    """The walks of ``capture``, oldest first, redacted; none where it holds no authorization request.

    ``capture.gaps`` is complete afterwards.
    """
    arrivals_at = (*skill.redirect_uris.values(), *(f"https://{host}/" for host in sorted(REDIRECT_HOSTS)))
    links = links_in(capture, arrivals_at, registry)
    return tuple(
        CapturedWalk(_walk(n, link, arrivals_at, registry, capture), link.user_agent or None)
        for n, link in enumerate(links, 1)
    )


def _walk(
    number: int, link: CapturedLink, arrivals_at: Sequence[str], registry: SecretRegistry, capture: Capture
) -> Walk:
    asked = link.authorization
    registry.publish_request(asked)
    sent, unsent = _with_the_answer(*link.requests(), arrivals_at)
    requests, handed = _until_alexa(complete_requests(sent, ()), arrivals_at)
    arrivals = complete_arrivals([arrived(request) for request in requests if request.n in handed], requests)
    registry.register_answer((param.name, param.value) for arrival in arrivals for param in arrival.params)
    nothing = NotCollected(reason=_NO_PAGE)
    walk = Walk(
        id="measured",
        purpose="measured",
        variation={"capture": capture.name, "link": number},
        started_at=link.begins or datetime.now(UTC),
        duration_s=max((request.at + _seconds(request) for request in requests), default=0.0),
        authorization=asked,
        requests=Present(value=requests),
        **dict.fromkeys(PAGE_PARTS, nothing),
        login=NotCollected(reason="the login was made by a person"),
        jar=NotCollected(reason="a network capture does not hold the cookie jar"),
        arrivals=Present(value=arrivals),
        ending=_ending(requests, arrivals, refused=_is_refused(sent, handed)),
        gaps=(*_gaps(link, len(requests), capture), *([_UNSENT] if unsent else [])),
    )
    return registry.redact_record(walk)


def _until_alexa(requests: Sequence[Request], arrivals_at: Sequence[str]) -> tuple[tuple[Request, ...], list[int]]:
    """The requests of the login, and the numbers of those that hand an answer to Alexa.

    A real phone goes on to Amazon's own pages, which are none of the skill's business: where Alexa's host sent the
    browser itself, no second answer was handed over.
    """
    handed = _handed(requests, arrivals_at)
    last = handed[0] if handed else len(requests)
    first_host = host_of(requests[last - 1].url) if handed else ""
    handed = [n for n in handed if host_of(requests[n - 1].url) == first_host]
    return tuple(request for request in requests if request.n <= last or request.n in handed), handed


def _handed(requests: Sequence[Request], arrivals_at: Sequence[str]) -> list[int]:
    """The numbers of the requests that hand an answer to Alexa."""
    hosts = {host_of(uri) for uri in arrivals_at}
    alexa = {r.n: r for r in requests if host_of(r.url) in hosts and is_arrival(r.url, arrivals_at)}
    return [
        n
        for n, request in alexa.items()
        if request.redirected_from not in alexa
        and is_arrival(request.url, arrivals_at, led=request.redirected_from is not None or is_led(request, hosts))
    ]


def _with_the_answer(
    requests: tuple[Request, ...], unfollowed: Mapping[int, str], arrivals_at: Sequence[str]
) -> tuple[tuple[Request, ...], bool]:
    """``requests`` with the one to Alexa where only the redirect that leads to it is there, and whether that is so.

    ``unfollowed`` tells, by its number, where a request was redirected to that nothing follows.
    """
    hosts = {host_of(uri) for uri in arrivals_at}
    leading = (
        (requests[n - 1], url)
        for n, url in unfollowed.items()
        if host_of(requests[n - 1].url) not in hosts
        and host_of(url) in hosts
        and is_arrival(url, arrivals_at, led=False)
    )
    source, url = next(leading, (None, ""))
    if source is None or _handed(requests, arrivals_at):
        return requests, False
    at = source.at + _seconds(source)
    # Without times, entries stand in the order of the file, and a number is a place in it.
    before = requests[: next((r.n - 1 for r in requests if r.n > source.n and r.at > at), None)]
    return (*before, _request_to_alexa(url, source, n=len(before) + 1, at=at)), True


def _request_to_alexa(url: str, source: Request, *, n: int, at: float) -> Request:
    return Request(
        n=n,
        at=at,
        method=source.method if source.status in {307, 308} else "GET",
        url=url,
        url_length=len(url_as_sent(url)),
        window=source.window,
        frame=source.frame,
        main_frame=source.main_frame,
        resource_type=source.resource_type,
        navigation=source.navigation,
        redirected_from=source.n,
        failure=_NOT_HELD,
    )


def _is_refused(requests: Sequence[Request], handed: Sequence[int]) -> bool:
    """Whether Alexa went from one of the requests ``handed`` to it to its page that says that it did not link."""
    shown = [request.url for request in requests if handed and request.n > handed[0] and request.navigation]
    answers = (header for request in requests if request.n in handed for header in request.response_headers)
    shown += [value for name, value in answers if name.lower() == "location"]
    said = {
        param.value for url in shown if _VERDICT_PAGE.match(url) for param in url_params(url) if param.name == "success"
    }
    return said == {"false"}


def _ending(requests: Sequence[Request], arrivals: Sequence[Arrival], *, refused: bool) -> Ending:
    if arrivals:
        sent = f"the answer for Alexa was sent to {host_of(arrivals[0].url)}"
        if refused:
            return Ending(kind="arrived", message=f"{sent}, whose page then says that it did not link", hint=_REFUSED)
        return Ending(kind="arrived", message=sent)
    pages = [request for request in requests if request.leads]
    last = pages[-1] if pages else requests[-1] if requests else None
    if last is None:
        return Ending(kind="dead_end", message="the capture holds nothing after the authorization request")
    said = f"answered {last.status}" if last.status else f"was not answered ({last.failure})"
    return Ending(
        kind="dead_end",
        message=f"the capture ends before Alexa was reached: its last page, on {host_of(last.url)}, {said}",
        fault=Fault.IDENTITY_PROVIDER if (last.status or 0) >= 400 else None,
    )


def _gaps(link: CapturedLink, requests: int, capture: Capture) -> Iterator[str]:
    yield "This is a network capture: nothing is known of windows, dialogs, script errors, cookies kept and screens."
    yield from (f"{gap[:1].upper()}{gap[1:]}." for gap in capture.gaps)
    if link.strangers:
        yield f"{link.strangers} requests of other apps were left out: they came from another user agent."
    if link.overlapping:
        yield _OVERLAP
    if told := own_told(link.browsers_own):
        yield told
    if requests > FULL_REQUESTS:
        yield f"Of requests after the first {FULL_REQUESTS} that are neither pages nor errors, only sizes were kept."
    if link.untimed:
        yield "Some entries have no usable time; they stand in the order of the file."


def _seconds(request: Request) -> float:
    return (request.timing.total_ms or 0.0) / 1000 if request.timing else 0.0
