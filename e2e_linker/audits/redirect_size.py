"""The redirect URL is short enough for Amazon's servers, also beside a shopper's cookies."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.alexa import facts
from e2e_linker.alexa.limits import server_limits
from e2e_linker.audits.base import Audit, Finding, Options, Outcome, finding, verdict
from e2e_linker.audits.walks import no_arrival, request_ref
from e2e_linker.derive.sizes import ArrivalSize, Sizes
from e2e_linker.evidence.models import Ending, Walk
from e2e_linker.model import Confidence, Severity

__all__ = ["AUDIT"]


def judge(walk: Walk, sizes: Sizes, ending: Ending, options: Options) -> Outcome:
    """Hold the arrival against this tool's thresholds; Amazon publishes none."""
    if sizes.arrival is None:
        return no_arrival(ending)
    return verdict([*_url(walk, sizes.arrival, options), *_with_cookies(walk, sizes.arrival, options)])


def _url(walk: Walk, size: ArrivalSize, options: Options) -> Iterator[Finding]:
    grades = (
        ("redirect_url_max_characters", facts.REDIRECT_URL_MAX_CHARACTERS, None, Confidence.CERTAIN),
        ("redirect_url_likely_characters", facts.REDIRECT_URL_LIKELY_CHARACTERS, None, Confidence.LIKELY),
        ("redirect_url_characters", facts.REDIRECT_URL_CHARACTERS, Severity.RECOMMENDED, Confidence.POSSIBLE),
    )
    for name, default, severity, confidence in grades:
        most = options.threshold(name, default)
        if size.url_length > most:
            yield finding(
                "size-redirect-url",
                f"The redirect URL has {size.url_length:,} characters, more than {most:,.0f}: {_parts(size)}. "
                f"{_refusing(size)}",
                subject="redirect URL",
                at=request_ref(walk, size.request),
                severity=severity,
                confidence=confidence,
            )
            return


def _parts(size: ArrivalSize) -> str:
    sent = [param for param in size.params if param.place == "query"]
    return ", ".join(f"{param.name} {param.length:,}" for param in sent[:4]) or "all of it path"


def _refusing(size: ArrivalSize) -> str:
    servers = [
        limit.server for limit in server_limits() if limit.request_line and size.request_line > limit.request_line
    ]
    return f"In their default configuration {', '.join(servers[:4])} would refuse it." if servers else ""


def _with_cookies(walk: Walk, size: ArrivalSize, options: Options) -> Iterator[Finding]:
    cookies = options.threshold("simulated_cookie_bytes", facts.SIMULATED_COOKIE_BYTES)
    others = options.threshold("other_header_bytes", facts.OTHER_HEADER_BYTES)
    most = options.threshold("small_head_bytes", facts.SMALL_HEAD_BYTES)
    total = size.request_line + cookies + others
    if total <= most:
        return
    yield finding(
        "size-simulated-amazon-cookies",
        f"With {cookies:,.0f} bytes of cookies, as long-time Amazon customers carry them, and {others:,.0f} of other "
        f"headers the request to Alexa has {total:,.0f} bytes; many servers stop at {most:,.0f}. "
        f"In a private window it has {size.request_line + others:,.0f}"
        f"{' and would pass' if size.request_line + others <= most else ', too many as well'}.",
        subject="redirect with cookies",
        at=request_ref(walk, size.request),
        severity=Severity.DEGRADES,
        confidence=Confidence.POSSIBLE,
    )


AUDIT = Audit(
    id="redirect-size",
    rules=("size-redirect-url", "size-simulated-amazon-cookies"),
    title="The redirect URL is short",
    failed_title="The redirect URL is so long that it may be refused",
    judge=judge,
)
