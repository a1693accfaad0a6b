"""Faults of the skill's configuration. The server is healthy."""

from __future__ import annotations

from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import Needs, fault
from e2e_linker.demo.changes import implicit
from e2e_linker.model import Grant, Region


@fault("cfg-schema-valid", may=("token-client-auth-scheme",))
def schema_enum(b: Behaviour) -> Behaviour:
    """The access token scheme is BASIC, which SMAPI does not know."""
    return replace(b, console=replace(b.console, access_token_scheme="BASIC"))  # noqa: S106


@fault("cfg-schema-valid")
def schema_missing_token_url(b: Behaviour) -> Behaviour:
    """The file of a code grant has no access token URL."""
    return replace(b, console=replace(b.console, without=b.console.without | {"accessTokenUrl"}))


@fault("cfg-auth-code-for-non-custom", may=("cfg-implicit-discouraged",), needs=Needs(grant=Grant.IMPLICIT))
def implicit_smart_home(b: Behaviour) -> Behaviour:
    """A smart home skill is set up with the implicit grant."""
    return replace(b, console=replace(b.console, grant=Grant.IMPLICIT, skill_kind="smart_home"))


@fault("cfg-secret-not-in-repo")
def secret_in_file(b: Behaviour) -> Behaviour:
    """The file is the request form and holds the client secret as it is."""
    return replace(b, console=replace(b.console, literal_secret=True))


@fault("cfg-implicit-discouraged", needs=Needs(grant=Grant.IMPLICIT))
def implicit_grant(b: Behaviour) -> Behaviour:
    """A custom skill uses the implicit grant, which cannot refresh."""
    return implicit(b)


@fault("token-default-expiry-consistent")
def default_expiry_20(b: Behaviour) -> Behaviour:
    """The default token expiration is 20 seconds, as in a sample of Amazon's."""
    return replace(b, console=replace(b.console, default_expiry_s=20))


@fault("token-endpoint-not-swapped", may=("screen-error-page", "screen-blank", "domains-unused"))
def endpoints_swapped(b: Behaviour) -> Behaviour:
    """Authorization URL and access token URL are interchanged."""
    console = b.console
    return replace(
        b,
        console=replace(
            console, authorization_url=console.access_token_url, access_token_url=console.authorization_url
        ),
    )


@fault(
    "auth-clientid-per-region",
    may=("auth-accepts-all-region-redirect-uris", "screen-error-page", "domains-unused"),
    needs=Needs(regions=(Region.NA, Region.EU)),
)
def client_id_other_region(b: Behaviour) -> Behaviour:
    """The client id is the URL of the North American host, and the server takes redirect URLs of that host alone."""
    home = "https://pitangui.amazon.com/"
    console = replace(b.console, client_id=home, regions=(Region.NA, Region.EU))
    accepts = lambda uri: uri.startswith(home)  # noqa: E731
    return replace(b, console=console, steps=replace(b.steps, accepts_redirect_uri=accepts))
