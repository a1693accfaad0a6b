"""Which scripts of the last page failed, where no login form came: told as what was seen, not as the cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.screen_causes import Suspect
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.derive.thrown import thrown_at
from e2e_linker.evidence.models import Ending, Trial, Walk, records
from e2e_linker.model import Fault, host_of

__all__ = ["FailedScript", "failed_scripts", "told_ending"]

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class FailedScript:
    """A suspect that is a script: it did not come, may not run, or ended with an error."""

    suspect: Suspect
    own: bool | None
    """Whether it belongs to the site of the page; others mostly count or advertise. None where nothing tells whose it
    is, as of an error without a stack."""


@fact
def failed_scripts(
    suspects: tuple[Suspect, ...], screen_verdicts: tuple[ScreenVerdict, ...], walk: Walk
) -> tuple[FailedScript, ...]:
    """The scripts of the last page of ``walk`` that failed, those of its own site first; empty where it arrived."""
    if not screen_verdicts:
        return ()
    site = registrable_domain(screen_verdicts[-1].host)
    found = [FailedScript(one, own) for one, own in _scripts(suspects, walk, site)]
    return tuple(sorted(found, key=lambda one: (True, None, False).index(one.own)))


def _scripts(suspects: tuple[Suspect, ...], walk: Walk, site: str) -> Iterator[tuple[Suspect, bool | None]]:
    """Each of ``suspects`` that is a script, and whether it is one of ``site``; None where that is not told."""
    requests = {r.n: r for r in records(walk.requests)}
    violations = records(walk.csp_violations)
    errors = records(walk.page_errors)
    for one in suspects:
        n = one.ref[1]
        if one.kind == "request" and requests[n].resource_type == "script":
            yield one, registrable_domain(one.host or "") == site
        elif one.kind == "policy" and violations[n - 1].directive.startswith("script-src"):
            host = host_of(violations[n - 1].blocked)
            yield one, not host or registrable_domain(host) == site  # what has no host stands in the page
        elif one.kind == "page_error":
            address = thrown_at(errors[n - 1])
            yield one, registrable_domain(host_of(address)) == site if address else None


@fact
def told_ending(
    ending: Ending, failed_scripts: tuple[FailedScript, ...], healing_trial: Trial | None, sent_home: bool
) -> Ending:
    """``ending``, and where no login form was found, what failed on the page that may have brought one.

    What to do begins with that only where the site's own scripts are among it, and where no step of the tester's own
    failed; it ends with that where nothing tells whose they are. What a trial proved, a finding tells. A server that
    answers with its front page may not know the request: that is looked at before anything else, unless a trial proved
    another cause.
    """
    if ending.kind != "login_not_found":
        return ending
    message, ours = ending.message, ending.fault is Fault.TESTER
    first: list[str] = []
    last: list[str] = []
    if sent_home and not ours and healing_trial is None:
        first.append(
            "check that client id and redirect URI are registered just as Alexa sends them, because the request was "
            "answered with the server's front page"
        )
    if failed_scripts:
        seen = "; ".join(one.suspect.says for one in failed_scripts[:_MOST_NAMED])
        more = len(failed_scripts) - _MOST_NAMED
        others = f"; and {more} more" if more > 0 else ""
        doubt = "" if healing_trial else " Whether that is why, the evidence does not tell."
        message = f"{message} Seen on this page: {seen}{others}.{doubt}"
        if failed_scripts[0].own is not False and not ours:
            (first if failed_scripts[0].own else last).append(
                "open the page with the browser's console and see whether it works once that is repaired"
            )
    hint = "; if that is not it, ".join([*first, *filter(None, [ending.hint]), *last])
    return ending.model_copy(update={"message": message, "hint": hint or None})
