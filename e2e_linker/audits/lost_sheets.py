"""What is told of a page that its style sheet did not reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from e2e_linker.audits.base import Finding, finding
from e2e_linker.audits.walks import request_ref
from e2e_linker.derive.lost_styles import LossKind, LostStyle
from e2e_linker.derive.urls import without_parameters
from e2e_linker.evidence.models import Walk
from e2e_linker.evidence.tls_words import MAY_BE_A_PROXYS, tls_trouble
from e2e_linker.model import Confidence, Severity, host_of

__all__ = ["unstyled"]

_FIXES: dict[LossKind, str] = {
    "mixed": "Ask for it over https. Where the server writes the address by what it takes for its own, let the proxy "
    "before it send `X-Forwarded-Proto: https`, and the server read that.",
    "certificate": "Serve from {host} a certificate of a public authority that is valid today, made out for this name, "
    "and sent with its intermediates. Where a proxy before this machine looks into TLS, name its root in linker.trust.",
    "own": "See with curl -i why {host} does not deliver {address}, and open the page once more: it may be so now and "
    "then.",
    "inline": "Add a nonce to `style-src` and give it to the page's `<style>` elements and to the library that makes "
    "them (emotion and styled-components take one), or serve the styles as a file.",
}


def unstyled(walk: Walk, lost: Iterable[LostStyle]) -> list[Finding]:
    """One finding for each host and cause."""
    groups: dict[tuple[LossKind, str], list[LostStyle]] = defaultdict(list)
    for one in lost:
        groups[one.kind, host_of(one.request.url)].append(one)
    return [_finding(walk, group) for group in groups.values()]


def _finding(walk: Walk, group: list[LostStyle]) -> Finding:
    first, failure = group[0], group[0].request.failure or ""
    address, host = without_parameters(first.request.url), host_of(first.request.url)
    more = len({one.request.url for one in group}) - 1
    others = f" {more} more style sheet{'s' * (more > 1)} of {host} did not come either." if more else ""
    scripts = list(dict.fromkeys(script for one in group for script in one.scripts))
    if scripts:
        rest = f" and {len(scripts) - 1} more" if len(scripts) > 1 else ""
        others += f" The script {scripts[0]}{rest} failed in the same way."
    if first.kind == "inline":
        return finding(
            "auth-mobile-friendly",
            f"{first.page.address} is drawn without styles: it has none but those that stand in the page or that its "
            "scripts put there, and its Content-Security-Policy (style-src) forbids such.",
            subject=f"styles inline {host}",
            at=request_ref(walk, first.request.n),
            severity=Severity.RECOMMENDED,
            confidence=Confidence.LIKELY,
            fix=_FIXES["inline"],
        )
    why = "browsers load nothing over http into a page that came over https" if first.kind == "mixed" else failure
    if first.kind == "own" and first.request.status is not None and first.request.status >= 400:
        why = f"status {first.request.status}"
    unsure = first.kind == "own" or tls_trouble(failure) in MAY_BE_A_PROXYS
    return finding(
        "auth-mobile-friendly",
        f"{first.page.address} is drawn without its style sheet {address}: {why}.{others}",
        subject=f"styles {first.kind} {host}",
        at=request_ref(walk, first.request.n),
        severity=Severity.RECOMMENDED if unsure else None,
        confidence=Confidence.POSSIBLE if unsure else Confidence.LIKELY,
        fix=_FIXES[first.kind].format(host=host, address=address),
    )
