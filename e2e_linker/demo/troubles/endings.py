"""Logins that never get anywhere, through nobody's misconfiguration."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import trouble


def _meeting(b: Behaviour, what: Literal["hang", "endless redirect"]) -> Behaviour:
    return replace(b, steps=replace(b.steps, trouble=what))


@trouble("captcha")
def captcha(b: Behaviour) -> Behaviour:
    """A captcha stands before the login form."""
    return replace(b, pages=replace(b.pages, login="captcha"))


@trouble("redirect_loop")
def endless_redirect(b: Behaviour) -> Behaviour:
    """The authorization endpoint redirects to itself for ever."""
    return _meeting(b, "endless redirect")


@trouble("timeout", "login_not_found")
def never_settles(b: Behaviour) -> Behaviour:
    """The page asks the server ten times a second whether it may show a form, and never may."""
    return replace(b, pages=replace(b.pages, login="never"))


@trouble("arrived")
def huge_response(b: Behaviour) -> Behaviour:
    """The login page shows a picture of fifty megabytes; whoever does not wait for it gets through."""
    return replace(b, pages=replace(b.pages, huge_picture=True))


@trouble("timeout", "unreachable")
def hang(b: Behaviour) -> Behaviour:
    """The authorization endpoint takes the request and never answers."""
    return _meeting(b, "hang")
