"""Faults of the comparison of redirect URIs, and of the errors that go back to Alexa."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import Needs, fault
from e2e_linker.demo.changes import failing
from e2e_linker.model import Depth

_STANDARD = Needs(depth=Depth.STANDARD)


def _matching(b: Behaviour, matches: Callable[[str, frozenset[str]], bool]) -> Behaviour:
    return replace(b, steps=replace(b.steps, matches_redirect_uri=matches))


@fault("auth-rejects-unknown-redirect-uri", needs=_STANDARD)
def redirect_uri_prefix(b: Behaviour) -> Behaviour:
    """A redirect URI is accepted when it begins like a registered one, up to the end of the host name."""

    def begins(uri: str, registered: frozenset[str]) -> bool:
        return any(uri.startswith(f"https://{urlsplit(known).netloc}") for known in registered)

    return _matching(b, begins)


@fault("auth-rejects-unknown-redirect-uri", needs=_STANDARD)
def redirect_uri_pattern(b: Behaviour) -> Behaviour:
    """A redirect URI is compared with a regular expression that is not anchored and ignores letter case."""

    def found(uri: str, registered: frozenset[str]) -> bool:
        return any(re.search(urlsplit(known).path, uri, re.IGNORECASE) for known in registered)

    return _matching(b, found)


@fault("auth-rejects-unknown-redirect-uri", needs=_STANDARD)
def redirect_uri_trailing_slash(b: Behaviour) -> Behaviour:
    """A redirect URI is accepted with a slash at its end, too."""
    return _matching(b, lambda uri, registered: uri.removesuffix("/") in registered)


@fault("redir-error-response", may=("redir-query-code-state",))
def error_of_its_own(b: Behaviour) -> Behaviour:
    """The server ends the login with an error code of its own making."""
    return failing(b, "household_not_ready", "No bulb is installed yet.")
