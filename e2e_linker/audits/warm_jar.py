"""A login with a used cookie jar ends like one in a private window."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.audits.base import Audit, Finding, Inconclusive, NotApplicable, Outcome, finding, verdict
from e2e_linker.audits.kept_pages import is_outdated
from e2e_linker.audits.lasting import lasting, server_error
from e2e_linker.audits.linked_before import alike, last_text, linked_before
from e2e_linker.audits.walks import further, of_walk, proves_nothing, stopped_at, unaffordable, walk_ref
from e2e_linker.derive.sizes import Sizes
from e2e_linker.evidence.models import Purpose, Request, Walk
from e2e_linker.model import Confidence, host_of

__all__ = ["AUDIT"]

_FIRST_LOGIN = (
    "Mend first what stopped the login with a fresh cookie jar, as most customers have one. Where the page shows "
    "nothing wrong, see which cookie, consent or device of an earlier login it needs, and let it do without."
)


def judge(
    walk: Walk, walks: tuple[Walk, ...], left_out: tuple[Purpose, ...], known_failures: frozenset[str]
) -> Outcome:
    """Compare the endings of the measured walk (cold jar) and the warm ones.

    Where a server failed once, or for fresh jars, too, the jar need not be why.
    """
    warm = further(walks, "warm")
    if not warm:
        never = "the login was not repeated with a used cookie jar"
        return unaffordable(left_out, "warm") or NotApplicable(reason=never)
    warm = lasting(warm)
    untold = [each for each in (walk, *warm) if proves_nothing(each) or each.ending.kind == "timeout"]
    if untold:
        return Inconclusive(missing=tuple(each.ending.message for each in untold))
    cold = walk.ending.kind == "arrived"
    if chance := _by_chance(walk, warm, further(walks, "special_state"), cold=cold):
        return Inconclusive(missing=(chance,))
    failed = [each for each in warm if server_error(each) is not None] if cold else []
    fresh = any(server_error(each) is not None for each in further(walks, "special_state", "simulated"))
    if failed and (len(failed) == 1 or fresh or host_of(walk.authorization.endpoint) in known_failures):
        return Inconclusive(missing=(f"the server failed: {failed[0].ending.message}",))
    # That walk has a fresh jar and comes after the first link: what stops it, too, is no matter of cookies.
    again = {text for each in further(walks, "special_state") if (text := alike(last_text(each)))}
    differing = (each for each in warm if (each.ending.kind == "arrived") is not cold)
    if cold:
        differing = (each for each in differing if not is_outdated(each, (walk, *warm)))
    found = next(
        (each for each in differing if not cold or not (linked_before(each) or alike(last_text(each)) in again)), None
    )
    return verdict([_finding(walk, found, cold=cold)] if found is not None else ())


def _by_chance(walk: Walk, warm: Sequence[Walk], fresh: Sequence[Walk], *, cold: bool) -> str | None:
    """Why the jar need not be what made the difference; ``fresh`` are further walks with a fresh one."""
    lost = [each for each in (warm if cold else (walk,)) if of_walk(each, "forgotten_session") is not None]
    if lost and (not cold or any(of_walk(each, "forgotten_session") is not None for each in fresh)):
        return f"the server does not know its session every time: {lost[0].ending.message}"
    if not cold and any(each.ending.kind == "arrived" for each in fresh):
        return f"another login with a fresh cookie jar reached Alexa, and this one did not: {walk.ending.message}"
    return None


def _finding(walk: Walk, warm: Walk, *, cold: bool) -> Finding:
    failed, passed = (warm, "a fresh") if cold else (walk, "a used")
    points_at = "Amazon takes that for a sign of requests that are too large, or of a stale cookie."
    if not cold:
        points_at = "Either the first login leaves something that the next one needs, or the server fails now and then."
    text = f"The login reaches Alexa with {passed} cookie jar only; the other way it ends so: {stopped_at(failed)}."
    return finding(
        "size-incognito-diff",
        f"{text} {points_at} {_grown(walk, warm)}".strip(),
        subject="fresh only" if cold else "used only",
        at=walk_ref(failed),
        related=[walk_ref(walk if cold else warm)],
        confidence=Confidence.CERTAIN if cold else Confidence.LIKELY,
        fix=None if cold else _FIRST_LOGIN,
    )


def _grown(walk: Walk, warm: Walk) -> str:
    """Which cookies the warm walk sent beyond those of the measured one, largest first."""
    before, after = _cookies(walk), _cookies(warm)
    more = sorted((name for name in after if after[name] > before.get(name, 0)), key=lambda name: -after[name])
    if not more:
        return ""
    listed = ", ".join(f"`{name}` ({after[name]:,} bytes)" for name in more[:4])
    return f"Cookies sent only then, or larger: {listed}. Largest head: {_head(walk)} without, {_head(warm)} with."


def _cookies(walk: Walk) -> dict[str, int]:
    """The largest size of each cookie that a navigation of ``walk`` sent."""
    found: dict[str, int] = {}
    requests: tuple[Request, ...] = of_walk(walk, "requests") or ()
    for request in requests:
        for cookie in request.sizes.cookies if request.navigation and request.sizes else ():
            found[cookie.name] = max(found.get(cookie.name, 0), cookie.bytes)
    return found


def _head(walk: Walk) -> str:
    sizes: Sizes | None = of_walk(walk, "sizes")
    return f"{max((hop.head for hop in sizes.hops), default=0):,} bytes" if sizes else "unknown"


AUDIT = Audit(
    id="warm-jar",
    rules=("size-incognito-diff",),
    title="A used cookie jar makes no difference",
    failed_title="Whether the login works depends on the cookies of an earlier one",
    judge=judge,
)
