"""Healthy variations of the steps of a login."""

from __future__ import annotations

from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import variant
from e2e_linker.demo.changes import always_asking, deciding_by_script, with_tokens


@variant()
def consent_allow_first(b: Behaviour) -> Behaviour:
    """The consent page comes every time, Allow before Cancel."""
    return replace(b, consent=replace(b.consent, ask="every-time", cancel_first=False))


@variant()
def consent_cancel_first(b: Behaviour) -> Behaviour:
    """The consent page comes every time, Cancel before Allow."""
    return replace(b, consent=replace(b.consent, ask="every-time", cancel_first=True))


@variant()
def consent_tick(b: Behaviour) -> Behaviour:
    """The consent page comes every time and has a box to tick before Allow."""
    return replace(b, consent=replace(b.consent, ask="every-time", tick=True))


@variant()
def consent_every_time(b: Behaviour) -> Behaviour:
    """The consent page comes at every link, even with a live session."""
    return always_asking(b)


@variant()
def consent_by_script(b: Behaviour) -> Behaviour:
    """A script sends the consent form, reads from the answer where to go, and goes there."""
    return deciding_by_script(b)


@variant()
def consent_never(b: Behaviour) -> Behaviour:
    """There is no consent page: signing in is enough."""
    return replace(b, consent=replace(b.consent, ask="never"))


@variant()
def totp(b: Behaviour) -> Behaviour:
    """After the password the six digits of an authenticator app are asked."""
    return replace(b, steps=replace(b.steps, second_factor="totp"))


@variant()
def otp_by_command(b: Behaviour) -> Behaviour:
    """After the password six digits are asked that come by mail; a command fetches the last ones sent."""
    return replace(b, steps=replace(b.steps, second_factor="mail"))


@variant(signed_in=True)
def signed_in(b: Behaviour) -> Behaviour:
    """The browser is signed in already and the customer pressed Allow before: no page is shown at all."""
    return b


@variant()
def federated_redirect(b: Behaviour) -> Behaviour:
    """The login goes through a federated identity provider by redirects; its host is in the Domain List."""
    return always_asking(replace(b, steps=replace(b.steps, federated_only=True)))


@variant()
def federated_form(b: Behaviour) -> Behaviour:
    """The identity provider sends the customer back by a form, which brings the login's cookie: it is SameSite=None."""
    steps = replace(b.steps, federated_only=True, provider_sends_form=True, expects_forms=True)
    return always_asking(replace(b, steps=steps))


@variant()
def body_credentials(b: Behaviour) -> Behaviour:
    """The client authenticates in the body of the token request."""
    return replace(b, console=replace(b.console, access_token_scheme="REQUEST_BODY_CREDENTIALS"))  # noqa: S106


@variant()
def refresh_rotation(b: Behaviour) -> Behaviour:
    """Each refresh gives a new refresh token; the old one stays good for a minute."""
    return with_tokens(b, rotation=True)
