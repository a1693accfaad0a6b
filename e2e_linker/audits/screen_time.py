"""Each step shows something to read or to use within three seconds."""

from __future__ import annotations

from e2e_linker.audits.base import (
    Audit,
    EvidenceRef,
    Finding,
    Inconclusive,
    NotApplicable,
    Options,
    Outcome,
    finding,
    verdict,
)
from e2e_linker.audits.walks import request_ref
from e2e_linker.derive.layout import PHONE_WIDTH, is_phone
from e2e_linker.derive.screen_times import FirstContent
from e2e_linker.evidence.models import CaseFacts, Screen, Walk
from e2e_linker.model import Confidence

__all__ = ["AUDIT"]

_WITHIN_S = 3.0
"""Seconds from navigation to the first content. Source: the reference's heuristic; threshold ``step_content_s``."""

_SLOW_SERVER = (
    "See in the log of {host} what it did before it answered: {waited:.1f} s were spent waiting for the answer, and no "
    "lighter page makes that shorter."
)


def judge(
    case: CaseFacts,
    walk: Walk,
    screens: tuple[Screen, ...],
    first_contents: tuple[FirstContent, ...],
    only_in_frames: bool,
    options: Options,
) -> Outcome:
    """Pages that were looked at again and again and stayed empty for too long, one for each address."""
    if not is_phone(case):
        return NotApplicable(reason=f"seen only on phone projects: mobile, at most {PHONE_WIDTH} pixels wide")
    limit = options.threshold("step_content_s", _WITHIN_S)
    slow = {one.page.address: one for one in first_contents if one.empty_for_s > limit}
    if not screens:
        return NotApplicable(reason="no page was shown on the way to Alexa")
    if only_in_frames:
        return NotApplicable(reason="what the pages show is in frames, which are not timed")
    if not first_contents:
        return Inconclusive(missing=("no page was timed",))
    return verdict(_finding(case, walk, one, limit) for one in slow.values())


def _finding(case: CaseFacts, walk: Walk, one: FirstContent, limit: float) -> Finding:
    cause = f" Suspected, not proven: {one.slowest}." if one.slowest else ""
    return finding(
        "screen-step-time",
        f"On {case.project} {one.page.address} showed its first text or field after {one.content_s:.1f} s; "
        f"at most {limit:g} s are advised.{cause}",
        subject=one.page.address,
        at=EvidenceRef(kind="screen", ref=f"{walk.id}#{one.screen}"),
        related=[request_ref(walk, one.page.request)],
        confidence=Confidence.CERTAIN if (one.painted_s or 0) > limit else Confidence.LIKELY,
        fix=_SLOW_SERVER.format(host=one.page.host, waited=one.awaited_s)
        if one.awaited_s > one.content_s / 2
        else None,
    )


AUDIT = Audit(
    id="screen-step-time",
    rules=("screen-step-time",),
    title="Each step shows something within three seconds",
    failed_title="A step stays empty for too long",
    rendering=True,
    judge=judge,
)
