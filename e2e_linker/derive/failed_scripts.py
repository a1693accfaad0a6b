"""Which scripts of the last page failed, where no login form came: told as what was seen, not as the cause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from e2e_linker.derive.base import fact
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.screen_causes import Suspect
from e2e_linker.derive.screens import ScreenVerdict
from e2e_linker.evidence.models import Ending, Present, Trial, Walk
from e2e_linker.model import host_of

__all__ = ["FailedScript", "failed_scripts", "told_ending"]

_MOST_NAMED = 3
_AN_ADDRESS = re.compile(r"https?://[^\s()]+")


@dataclass(frozen=True, slots=True)
class FailedScript:
    """A suspect that is a script: it did not come, may not run, or ended with an error."""

    suspect: Suspect
    own: bool
    """Whether it belongs to the site of the page, as far as is known; others mostly count or advertise."""


@fact
def failed_scripts(
    suspects: tuple[Suspect, ...], screen_verdicts: tuple[ScreenVerdict, ...], walk: Walk
) -> tuple[FailedScript, ...]:
    """The scripts of the last page of ``walk`` that failed, those of its own site first; empty where it arrived."""
    if not screen_verdicts:
        return ()
    site = registrable_domain(screen_verdicts[-1].host)
    found = [
        FailedScript(one, host is None or registrable_domain(host) == site) for one, host in _scripts(suspects, walk)
    ]
    return tuple(sorted(found, key=lambda one: not one.own))


def _scripts(suspects: tuple[Suspect, ...], walk: Walk) -> Iterator[tuple[Suspect, str | None]]:
    """Each of ``suspects`` that is a script, and the host it is from; None where that is not told."""
    requests = {r.n: r for r in walk.requests.value} if isinstance(walk.requests, Present) else {}
    violations = walk.csp_violations.value if isinstance(walk.csp_violations, Present) else ()
    errors = walk.page_errors.value if isinstance(walk.page_errors, Present) else ()
    for one in suspects:
        n = one.ref[1]
        if one.kind == "request" and requests[n].resource_type == "script":
            yield one, one.host
        elif one.kind == "policy" and violations[n - 1].directive.startswith("script-src"):
            yield one, host_of(violations[n - 1].blocked) or None
        elif one.kind == "page_error":
            thrown_at = _AN_ADDRESS.search(errors[n - 1].stack or "")
            yield one, host_of(thrown_at[0]) if thrown_at else None


@fact
def told_ending(
    ending: Ending, failed_scripts: tuple[FailedScript, ...], healing_trial: Trial | None, sent_home: bool
) -> Ending:
    """``ending``, and where no login form was found, what failed on the page that may have brought one.

    What to do begins with that only where the site's own scripts are among it. What a trial proved, a finding tells.
    A server that answers with its front page may not know the request: that is looked at before anything else.
    """
    if ending.kind != "login_not_found":
        return ending
    message, first = ending.message, []
    if sent_home:
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
        if failed_scripts[0].own:
            first.append("open the page with the browser's console and see whether it works once that is repaired")
    hint = "; if that is not it, ".join([*first, *filter(None, [ending.hint])])
    return ending.model_copy(update={"message": message, "hint": hint or None})
