"""What findings say of a request by which a page's script was to lead on, and what to do about it."""

from __future__ import annotations

from e2e_linker.audits.walks import of_walk
from e2e_linker.derive.hosts import registrable_domain
from e2e_linker.derive.login_requests import FailedLogin
from e2e_linker.derive.unkept_cookies import came_without
from e2e_linker.evidence.json_errors import error_words
from e2e_linker.evidence.models import Present, Walk
from e2e_linker.model import host_of

__all__ = ["part", "trouble"]

_ONE_SITE = (
    ", and serve its page from the site of {host}: a cookie with `SameSite=Lax` or `Strict` is never sent with what "
    "the page of another site asks for, and many browsers keep back all others, too"
)


def part(failed: FailedLogin) -> str:
    """What the page does by the request, a verb and what belongs to it."""
    if failed.opening:
        return "begins the login"
    return "goes on after the one with what was typed had got through" if failed.later else "logs in"


def trouble(walk: Walk, failed: FailedLogin) -> tuple[str, str]:
    """(what became of the request, what to do); the first is a clause that begins with its verb."""
    host, status = host_of(failed.request.url), failed.request.status
    if failed.kept_back:
        return (
            f"failed, because the answer does not allow {failed.origin} to read it (CORS)",
            f"Answer requests of {failed.origin} with `Access-Control-Allow-Origin: {failed.origin}` (and "
            "`Access-Control-Allow-Credentials: true` where cookies are sent), also the OPTIONS request before them, "
            "that one with `Access-Control-Allow-Headers` and `-Methods` for what it asks for.",
        )
    if status is not None:
        said, log = _said(failed.request.excerpt or ""), f"ook for the error of this request in the log of {host}."
        fix = f"Correct what this answer names, or l{log}" if said else f"L{log}"
        lacks, first = _without_cookies(walk, failed)
        return f"was answered with status {status}{said and f', {said}'}{lacks}", first + fix
    return (
        f"found no answer ({failed.request.failure})",
        f"See why {host} does not answer this request; open the browser's console on this page.",
    )


def _without_cookies(walk: Walk, failed: FailedLogin) -> tuple[str, str]:
    """(what the request that failed came without, as the rest of a sentence; what to look at first), or nothing.

    Of a capture, whose cookies may be left out, nothing is told.
    """
    request, host = failed.request, host_of(failed.request.url)
    jar = walk.jar.value if isinstance(walk.jar, Present) else ()
    given = came_without(request, of_walk(walk, "requests") or (), jar)
    if not given:
        return "", ""
    names = ", ".join(f"`{name}`" for name in given)
    setters = ", ".join(dict.fromkeys(f"request {one.n}" for one in given.values()))
    foreign = registrable_domain(host_of(failed.origin)) != registrable_domain(host)
    return (
        f"; it came without any cookie, although {host} had set {names} for it before ({setters})",
        f"Where {host} knows the login by {names}: let the script ask with `credentials: 'include'` "
        f"(`withCredentials`){_ONE_SITE.format(host=host) if foreign else ''}. Otherwise: ",
    )


def _said(answer: str) -> str:
    """What a JSON ``answer`` says of an error, quoted; empty where it is none, or names none."""
    return ": ".join(f"“{text}”" for text in error_words(answer))
