"""Healthy shapes of the login page."""

from __future__ import annotations

from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour, LoginForm
from e2e_linker.demo.catalogue import variant
from e2e_linker.demo.changes import logging_in_by_api


def _shaped(b: Behaviour, form: LoginForm) -> Behaviour:
    return replace(b, pages=replace(b.pages, login=form))


def _speaking(b: Behaviour, language: str, locale: str) -> Behaviour:
    return replace(
        b, pages=replace(b.pages, language=language), console=replace(b.console, locales=(*b.console.locales, locale))
    )


@variant()
def two_page(b: Behaviour) -> Behaviour:
    """The user name is asked on one page, the password on the next."""
    return _shaped(b, "two-page")


@variant()
def script_built(b: Behaviour) -> Behaviour:
    """A script builds the form a moment after the page has loaded."""
    return _shaped(b, "script-built")


@variant()
def worker_built(b: Behaviour) -> Behaviour:
    """The form is shown once the site's service worker answers."""
    return _shaped(b, "worker-built")


@variant()
def spa_fragment(b: Behaviour) -> Behaviour:
    """The login page is routed by the fragment and sends the form with fetch()."""
    return _shaped(b, "spa")


@variant()
def api_login(b: Behaviour) -> Behaviour:
    """A script of the login page sends the form to the API host, which allows the page to read its answer."""
    return logging_in_by_api(b)


@variant()
def bare_form(b: Behaviour) -> Behaviour:
    """The fields have neither names nor labels, only placeholders, and random ids."""
    return _shaped(b, "bare")


@variant()
def german(b: Behaviour) -> Behaviour:
    """The service speaks German only; so does the skill."""
    return _speaking(b, "de", "de-DE")


@variant()
def japanese(b: Behaviour) -> Behaviour:
    """The service speaks Japanese only; so does the skill."""
    return _speaking(b, "ja", "ja-JP")


@variant()
def remember_me(b: Behaviour) -> Behaviour:
    """The form has a box to stay signed in."""
    return replace(b, pages=replace(b.pages, remember_me=True))


@variant()
def cookie_banner(b: Behaviour) -> Behaviour:
    """Every page asks for consent to cookies, with buttons of its own, until one is pressed."""
    return replace(b, pages=replace(b.pages, cookie_banner=True))


@variant()
def long_session_cookie(b: Behaviour) -> Behaviour:
    """The session cookie has three kilobytes, which every browser and server takes."""
    return replace(b, growing=replace(b.growing, session_cookie_bytes=3_000))
