"""What the report says of each probe of the token endpoint, and of the calls that one is made of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from e2e_linker.evidence.token_calls import ProbeName
from e2e_linker.report.sections import Fate

__all__ = ["FATES", "PROBES", "PURPOSES", "REVOKED", "purpose", "purposes"]

PROBES: Final[Mapping[ProbeName, tuple[str, str]]] = MappingProxyType(
    {
        "refresh": (
            "Refresh, three rounds",
            "A link was refreshed three times, each time with the newest refresh token, and the access token before "
            "was used after each of the first two, the second time after the newest one; where linker.introspection is "
            "set, the newest refresh token was introspected at the end.",
        ),
        "reuse_soon": (
            "An earlier refresh token again, at once",
            "A refresh token was used, and used again at once, as Alexa does when an answer was lost; then the newer "
            "one was used.",
        ),
        "reuse_5s": (
            "An earlier refresh token again after 5 seconds",
            "A refresh token was used, and used again 5 seconds later; then the newer one was used.",
        ),
        "reuse_29s": (
            "An earlier refresh token again after 29 seconds",
            "A refresh token was used, and used again 29 seconds later, within the 30 that Amazon asks for; then the "
            "newer one was used.",
        ),
        "race": (
            "Two refreshes at the same moment",
            "On several links one refresh token was used twice at the same moment; then the newest that came was used.",
        ),
        "burst": ("Twenty refreshes at once", "One link was refreshed twenty times at the same moment, for the time."),
        "relink": (
            "Linked again with the same account",
            "The account that is signed in was linked a second time; then the first link's tokens were used.",
        ),
        "relink_fresh": (
            "Linked again from a fresh browser",
            "The same account was linked a second time after a new login; then the first link's tokens were used.",
        ),
        "second_account": ("Another account", "A second account was linked, and its access token used."),
        "code_twice": (
            "The same code twice",
            "A code was exchanged, and exchanged again at once; then the tokens of the first exchange were used.",
        ),
        "code_later": ("A code after 30 seconds", "A code was exchanged 30 seconds after it had been issued."),
        "other_scheme": (
            "The other client authentication",
            "A code was exchanged with the authentication scheme that is not configured; where that was refused, "
            "again with the configured one. Where that was taken, HTTP Basic had brought nothing, and form-urlencoding "
            "changes id or secret, another code was exchanged with HTTP Basic, with both as they stand.",
        ),
        "client_id_in_body": (
            "The client id in the body too",
            "A code was exchanged with HTTP Basic and the client id repeated in the body.",
        ),
        "wrong_client": ("An unknown client", "A code was exchanged as a client that does not exist."),
        "wrong_secret": ("A wrong secret", "A code was exchanged with a wrong secret of the right client."),
        "wrong_redirect_uri": (
            "Another redirect URI",
            "A code was exchanged with another redirect URI than the one it was issued for.",
        ),
        "wrong_verifier": ("A wrong PKCE verifier", "A code was exchanged with a verifier that does not fit."),
        "missing_verifier": ("No PKCE verifier", "A code that was asked for with PKCE was exchanged without."),
        "plain_verifier": (
            "The challenge as PKCE verifier",
            "A code was exchanged with the challenge itself as verifier, as if the method were plain.",
        ),
        "garbage_grant": ("A grant type that does not exist", "A grant of an unknown type was asked for."),
        "missing_code": ("No code", "An exchange was asked for without a code."),
        "missing_refresh_token": ("No refresh token", "A refresh was asked for without a refresh token."),
        "bad_refresh_token": ("A refresh token of nobody", "A refresh was asked for with an invented refresh token."),
        "outage": (
            "While the backend is down",
            "The backend was broken by the fault hook, a refresh and an exchange were tried, the backend was mended, "
            "and the refresh tried again.",
        ),
        "migration": (
            "The previous configuration",
            "A refresh token of the earlier configuration was used at its own address with its own credentials.",
        ),
        "revocation": (
            "Revoked at the end",
            "Every refresh token that the probes had obtained was revoked, and every access token that outlived it.",
        ),
    }
)
"""(title, what was tried) of each probe, in the order in which the report tells them."""

PURPOSES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "exchange": ("exchange", "exchanges"),
        "refresh": ("refresh", "refreshes"),
        "replay": ("replay", "replays"),
        "use": ("use of the access token", "uses of the access token"),
        "use_previous": ("use of the earlier access token", "uses of the earlier access token"),
        "introspect": ("introspection of the refresh token", "introspections of refresh tokens"),
        "revoke": ("revocation", "revocations"),
        "afterwards": ("use of an access token afterwards", "uses of access tokens afterwards"),
        "misuse": ("request", "requests"),
    }
)
"""(one, several) of what a call was for."""

FATES: Final[Mapping[Fate, tuple[str, str]]] = MappingProxyType(
    {
        "granted": ("was granted", "were granted"),
        "refused": ("was refused", "were refused"),
        "failed": ("failed", "failed"),
        "unclear": ("was neither granted nor refused", "were neither granted nor refused"),
    }
)
"""(of one call, of several) what came of them."""

REVOKED: Final[Mapping[str, str]] = MappingProxyType(
    {"revoked": "revoked", "refused": "revocation refused", "not_tried": "not revoked"}
)
"""What became of a link's tokens at the end of the run, where any came."""


def purpose(name: str) -> str:
    """What one call was for, in words."""
    return PURPOSES.get(name, (name, name))[0]


def purposes(name: str) -> str:
    """What several calls were for, in words."""
    return PURPOSES.get(name, (name, f"{name} calls"))[1]
