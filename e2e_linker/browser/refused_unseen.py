"""How a login ends that the server refuses before it looks at what was typed."""

from __future__ import annotations

from collections.abc import Sequence

from e2e_linker.browser.controls import View
from e2e_linker.browser.shown import describe, quoted
from e2e_linker.browser.words import Text, refuses_credentials
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of

__all__ = ["refused_unseen"]


def refused_unseen(view: View, words: Sequence[str], what: str) -> Ending | None:
    """The ending of a login that the server's ``words`` refuse for where it came from, or as none that it awaits.

    None for other words. ``what`` was sent; a clause.
    """
    told = Text(" ".join(words))
    if told.about("forged"):
        how = "took the login for a forged request"
        hint = (
            "look in the evidence whether the cookies of the form's page came back, with which the form's token is "
            "compared: where they did not, at their SameSite, Secure and Domain; where they did, whether the server "
            "knows that its proxy speaks HTTPS, at the page's Referrer-Policy, and at how long the token is good"
        )
    elif told.about("foreign_origin"):
        how = f"did not look at {what}, for where it came from"
        hint = (
            "the server does not trust the origin of its own page: look at its list of trusted origins, at its public "
            "base URL, and whether it knows that its proxy speaks HTTPS"
        )
    elif told.about("sessionless") and not any(refuses_credentials(word) for word in words):
        # Beside a word on the password, an old session may only have been why the form was shown at all.
        how = f"did not look at {what}, for want of a session"
        hint = (
            "its session did not come back, or ended too soon: look at its cookie (Path, Domain, SameSite, Secure), at "
            "how long it lives, and whether all workers know the sessions of each other"
        )
    elif told.about("request_lost") and not any(refuses_credentials(word) for word in words):
        how = f"did not look at {what}, for want of the request that it belongs to"
        hint = (
            "its server did not find the login that was begun: look in the evidence whether the hidden fields and the "
            "cookies of the form's page came back with it, in the server's log whether it read the form at all, how "
            "long it keeps what was begun, and whether all workers know of it"
        )
    else:
        return None
    return Ending(
        kind="dead_end",
        message=f"{host_of(view.main.url)} {how}: {quoted(words)}. Now {describe(view)}.",
        fault=Fault.IDENTITY_PROVIDER,
        hint=hint,
    )
