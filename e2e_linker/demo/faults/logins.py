"""Logins that get nowhere although every page of them is right: redirects, cookies, what scripts may read and send."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from e2e_linker.demo.behaviour import Behaviour, RawResponse
from e2e_linker.demo.catalogue import fault
from e2e_linker.demo.changes import always_asking, deciding_by_script, logging_in_by_api
from e2e_linker.demo.raw_response import JSON_HEADERS


def _stepping(b: Behaviour, **steps: Any) -> Behaviour:
    return replace(b, steps=replace(b.steps, **steps))


@fault("screen-error-page")
def redirect_loop_behind_proxy(b: Behaviour) -> Behaviour:
    """A proxy ends TLS; the server takes every request for one over http, and redirects it to the https it came by."""
    return _stepping(b, takes_https_for_http=True)


@fault("screen-error-page")
def redirect_loop_after_login(b: Behaviour) -> Behaviour:
    """The consent page keeps sessions of its own: it sends who logged in to the login page, which sends them back."""
    return always_asking(_stepping(b, consent_finds_sessions=False))


@fault("screen-error-page")
def session_forgotten_by_other_worker(b: Behaviour) -> Behaviour:
    """Each worker keeps sessions in its own memory; after the login another one answers, and asks for it again."""
    return _stepping(b, forgets_sessions=True)


@fault("screen-error-page")
def cookie_of_another_site(b: Behaviour) -> Behaviour:
    """The session cookie names the staging system's domain; browsers refuse it, and the login starts anew for ever."""
    return _stepping(b, session_domain="brightbulb-staging.test")


@fault("screen-error-page")
def login_without_cors(b: Behaviour) -> Behaviour:
    """A script sends the password to the API host, which answers without Access-Control-Allow-Origin."""
    return _stepping(logging_in_by_api(b), api_allows_login_page=False)


@fault("screen-error-page")
def consent_answers_500(b: Behaviour) -> Behaviour:
    """A script sends the consent form; the server answers Allow with 500, and the page says nothing of it."""
    b = deciding_by_script(b)
    answer = RawResponse(500, '{"error": "internal_server_error"}', JSON_HEADERS)
    return replace(b, consent=replace(b.consent, allowing=answer))


@fault("screen-error-page")
def lax_cookie_at_form_post(b: Behaviour) -> Behaviour:
    """The identity provider sends the customer back by a form, and SameSite=Lax keeps the login's cookie from it."""
    return _stepping(b, federated_only=True, provider_sends_form=True)
