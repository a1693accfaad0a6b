"""Faults of the redirect back to Alexa."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Literal
from urllib.parse import quote

from e2e_linker.demo.behaviour import Behaviour, Parameters
from e2e_linker.demo.catalogue import Needs, fault
from e2e_linker.demo.changes import ANSWERS, always_asking, failing, giving, implicit
from e2e_linker.demo.names import LOGIN
from e2e_linker.model import Grant, Region

_IMPLICIT = Needs(grant=Grant.IMPLICIT)
_LOST_QUERY = ("redir-state-unchanged", "auth-tracks-state")
_JWT_BYTES = 4_400


def _encoded(parameters: Parameters) -> str:
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters)


def _joining(b: Behaviour, url: Callable[[str, Parameters], str]) -> Behaviour:
    return replace(b, answer=replace(b.answer, url=lambda uri, parameters, grant: url(uri, parameters)))


def _delivering(b: Behaviour, delivery: Literal["307", "slow refresh", "twice", "shown"]) -> Behaviour:
    return always_asking(replace(b, answer=replace(b.answer, delivery=delivery)))


@fault(
    "redir-exact-uri-from-request",
    may=("auth-accepts-all-region-redirect-uris",),
    needs=Needs(regions=(Region.EU,)),
)
def region_hard_coded(b: Behaviour) -> Behaviour:
    """The redirect always goes to the North American host, whatever the request said."""

    def american(uri: str) -> str:
        return uri.replace("layla.amazon.com", "pitangui.amazon.com").replace(
            "alexa.amazon.co.jp", "pitangui.amazon.com"
        )

    return replace(b, answer=replace(b.answer, redirect_uri=american))


@fault(
    "auth-accepts-all-region-redirect-uris",
    may=("screen-error-page", "domains-unused"),
    needs=Needs(regions=(Region.NA, Region.EU)),
)
def region_refused(b: Behaviour) -> Behaviour:
    """Only the North American redirect URL is registered; the others are answered with 400."""
    accepts = lambda uri: uri.startswith("https://pitangui.amazon.com/")  # noqa: E731
    return replace(b, steps=replace(b.steps, accepts_redirect_uri=accepts))


@fault("redir-query-code-state", may=(*_LOST_QUERY, "redir-exact-uri-from-request"))
def ampersand_redirect(b: Behaviour) -> Behaviour:
    """Code and state are joined to the redirect URI with & although it has no query."""
    return _joining(b, lambda uri, parameters: f"{uri}&{_encoded(parameters)}")


@fault("redir-query-code-state", may=_LOST_QUERY)
def code_in_fragment(b: Behaviour) -> Behaviour:
    """Code and state of the code grant stand in the fragment."""
    return _joining(b, lambda uri, parameters: f"{uri}#{_encoded(parameters)}")


@fault("redir-query-code-state")
def no_code(b: Behaviour) -> Behaviour:
    """The redirect carries the state and nothing else."""
    return giving(b, lambda parameters: tuple(pair for pair in parameters if pair[0] not in ANSWERS))


@fault("redir-fragment-implicit", may=(*_LOST_QUERY, "cfg-implicit-discouraged"), needs=_IMPLICIT)
def implicit_in_query(b: Behaviour) -> Behaviour:
    """The values of the implicit grant stand in the query."""
    return implicit(_joining(b, lambda uri, parameters: f"{uri}&{_encoded(parameters)}"))


@fault(
    "redir-fragment-implicit",
    may=("redir-exact-uri-from-request", "cfg-implicit-discouraged"),
    needs=_IMPLICIT,
)
def implicit_drops_vendor_id(b: Behaviour) -> Behaviour:
    """The fragment of the implicit grant takes the place of the redirect URI's query with the vendor id."""
    return implicit(_joining(b, lambda uri, parameters: f"{uri.partition('?')[0]}#{_encoded(parameters)}"))


@fault("redir-is-http-redirect-or-navigation")
def redirect_307(b: Behaviour) -> Behaviour:
    """The consent form is answered with 307, so the browser posts it on to Amazon."""
    return _delivering(b, "307")


@fault("redir-is-http-redirect-or-navigation")
def redirect_by_fetch(b: Behaviour) -> Behaviour:
    """A script sends the consent form with fetch() and lets it follow the redirect."""
    consent = replace(
        b.consent,
        scripts=(*b.consent.scripts, "fetch.js"),
        policy=(*b.consent.policy, ("connect-src", "*")),
    )
    return always_asking(replace(b, consent=consent))


@fault("redir-is-http-redirect-or-navigation")
def redirect_in_iframe(b: Behaviour) -> Behaviour:
    """The consent form is sent into a hidden frame, which gets the redirect."""
    consent = replace(b.consent, target="result", policy=(*b.consent.policy, ("frame-src", "*")))
    return always_asking(replace(b, consent=consent))


@fault("redir-is-http-redirect-or-navigation")
def slow_meta_refresh(b: Behaviour) -> Behaviour:
    """A page with a meta refresh of three seconds leads back to Alexa."""
    return _delivering(b, "slow refresh")


@fault("redir-is-http-redirect-or-navigation")
def answer_as_json(b: Behaviour) -> Behaviour:
    """The consent form is answered with a JSON document that holds the way back to Alexa, and no script reads it."""
    return _delivering(b, "shown")


@fault("redir-once")
def double_redirect(b: Behaviour) -> Behaviour:
    """Two handlers of the last page's script both lead back to Alexa with the same code."""
    return _delivering(b, "twice")


@fault("auth-scope-exact", may=("redir-query-code-state", "redir-error-response"))
def scope_refused(b: Behaviour) -> Behaviour:
    """The server refuses the skill's scopes with error=invalid_scope."""
    return failing(b, "invalid_scope", "The scope lights is not allowed for this client.")


@fault("redir-query-code-state", may=("redir-error-response",))
def nonce_demanded(b: Behaviour) -> Behaviour:
    """The server wants a nonce with scope openid, which Alexa never sends; the state is perfect."""
    b = replace(b, console=replace(b.console, scopes=("openid", *(s for s in b.console.scopes if s != "openid"))))
    return failing(b, "invalid_request", "nonce is required for scope openid")


@fault("redir-only-needed-params")
def extra_parameters(b: Behaviour) -> Behaviour:
    """The redirect also carries session_state and iss."""
    extras = (("session_state", secrets.token_hex(32)), ("iss", f"https://{LOGIN}"))
    return giving(b, lambda parameters: (*parameters, *extras))


@fault("redir-code-size", "size-redirect-url", "size-simulated-amazon-cookies")
def huge_code(b: Behaviour) -> Behaviour:
    """The authorization code is a JSON Web Token of six kilobytes."""

    def part(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def jwt() -> str:
        header = part(json.dumps({"alg": "RS256", "typ": "JWT"}).encode())
        claims = part(json.dumps({"iss": f"https://{LOGIN}", "ctx": secrets.token_hex(_JWT_BYTES // 2)}).encode())
        return f"{header}.{claims}.{part(secrets.token_bytes(256))}"

    return replace(b, answer=replace(b.answer, new_code=jwt))
