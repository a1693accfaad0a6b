"""The pages of the login fit a phone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from e2e_linker.audits.base import Audit, EvidenceRef, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.lost_sheets import unstyled
from e2e_linker.audits.walks import no_arrival
from e2e_linker.derive.layout import PHONE_WIDTH, Misfit, MisfitKind, is_phone
from e2e_linker.derive.lost_styles import LostStyle
from e2e_linker.derive.pages import Page, View
from e2e_linker.evidence.models import CaseFacts, Ending, Screen, Walk
from e2e_linker.model import Confidence, Severity

__all__ = ["AUDIT"]

_SURE = {"viewport": Confidence.CERTAIN, "overflow": Confidence.CERTAIN, "outside": Confidence.LIKELY}
"""What is measured against the screen itself; sizes of controls and fonts are thresholds and only advice."""

_FIXES: dict[MisfitKind, str] = {
    "viewport": "Put the viewport declaration into the head of every page of the login.",
    "overflow": "Let the layout shrink to 360 CSS pixels. What keeps a page wide is a fixed width, a long word or "
    "address that does not wrap, a table or a picture.",
    "outside": "Let the layout shrink to 360 CSS pixels, or wrap, so that all fields and buttons lie on the screen.",
    "small": "Make fields and buttons at least 44 pixels high and wide.",
    "font": "Give text fields a font of at least 16 pixels.",
}
_DECLARED = "Replace the viewport declaration of the page by one that takes the width of the device."
_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'


def judge(
    case: CaseFacts,
    walk: Walk,
    screens: tuple[Screen, ...],
    pages: tuple[Page, ...],
    misfits: tuple[Misfit, ...],
    measured_views: tuple[View, ...],
    lost_styles: tuple[LostStyle, ...],
    ending: Ending,
) -> Outcome:
    """Each kind of misfit once, with all pages that show it, and the style sheets that are why others mean nothing."""
    if not is_phone(case):
        return NotApplicable(reason=f"seen only on phone projects: mobile, at most {PHONE_WIDTH} pixels wide")
    kinds: dict[MisfitKind, list[Misfit]] = defaultdict(list)
    for misfit in misfits:
        kinds[misfit.kind].append(misfit)
    bare = [one for one in lost_styles if one.page.views]
    findings = [*unstyled(walk, bare), *(_finding(walk, kind, found) for kind, found in kinds.items())]
    if findings:
        return verdict(findings)
    if ending.kind != "arrived":
        return no_arrival(ending)
    if not screens:
        return NotApplicable(reason="no page was shown on the way to Alexa")
    return verdict(()) if measured_views else Inconclusive(missing=(_unmeasured(pages),))


def _unmeasured(pages: tuple[Page, ...]) -> str:
    views = [view for page in pages for view in page.views]
    if any(not view.digest.styled for view in views):
        return "no screen was drawn with its styles"
    return "each screen was blank, half-loaded or an error" if views else "no screen could be measured"


def _finding(walk: Walk, kind: MisfitKind, found: list[Misfit]) -> Finding:
    first = found[0]
    more = len(found) - 1
    others = f" The same holds for {more} other page{'s' * (more > 1)}." if more else ""
    heuristic = kind not in _SURE
    declared = any(view.screen == first.screen and view.digest.viewport_meta is not None for view in first.page.views)
    return finding(
        "auth-mobile-friendly",
        f"{first.page.address} {first.what}.{others}",
        subject=f"{kind} {first.page.host}",
        at=_screen(walk, first),
        related=_screens(walk, found[1:]),
        severity=Severity.RECOMMENDED if heuristic else None,
        confidence=_SURE.get(kind, Confidence.POSSIBLE),
        fix=_DECLARED if kind == "viewport" and declared else _FIXES[kind],
        paste=_VIEWPORT if kind == "viewport" else None,
        where="head of the page" if kind == "viewport" else None,
    )


def _screens(walk: Walk, found: Iterable[Misfit]) -> list[EvidenceRef]:
    return [_screen(walk, misfit) for misfit in found]


def _screen(walk: Walk, misfit: Misfit) -> EvidenceRef:
    return EvidenceRef(kind="screen", ref=f"{walk.id}#{misfit.screen}")


AUDIT = Audit(
    id="mobile-layout",
    rules=("auth-mobile-friendly",),
    title="The pages of the login fit a phone",
    failed_title="Pages of the login do not fit a phone",
    rendering=True,
    judge=judge,
)
