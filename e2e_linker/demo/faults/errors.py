"""Logins that end on an error, or nowhere, after the right password."""

from __future__ import annotations

from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour, RawResponse
from e2e_linker.demo.catalogue import Needs, fault
from e2e_linker.model import Depth

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>
"""
_HTML = (("Content-Type", "text/html; charset=utf-8"),)
_TEXT = (("Content-Type", "text/plain; charset=utf-8"),)


def _answering(b: Behaviour, answer: RawResponse) -> Behaviour:
    return replace(b, steps=replace(b.steps, after_login=answer))


@fault("screen-error-page")
def error_page_200(b: Behaviour) -> Behaviour:
    """After the login comes an error page with status 200."""
    text = "An unexpected error occurred while we processed your request. Please contact support."
    return _answering(b, RawResponse(200, _PAGE.format(title="Something went wrong", text=text), _HTML))


@fault("screen-blank")
def page_as_download(b: Behaviour) -> Behaviour:
    """After the login comes a page whose type no browser shows, because the server does not know the file's ending."""
    text = "Your account was found. Go on to give Alexa access to it."
    headers = (("Content-Type", "application/octet-stream"),)
    return _answering(b, RawResponse(200, _PAGE.format(title="Almost done", text=text), headers))


@fault("screen-blank")
def page_as_text(b: Behaviour) -> Behaviour:
    """After the login comes a page of HTML that says it is text."""
    text = "Your account was found. Go on to give Alexa access to it."
    return _answering(b, RawResponse(200, _PAGE.format(title="Almost done", text=text), _TEXT))


@fault("screen-error-page")
def server_error(b: Behaviour) -> Behaviour:
    """After the login the server answers 500."""
    text = "The server met an internal error and could not complete your request."
    return _answering(b, RawResponse(500, _PAGE.format(title="Internal Server Error", text=text), _HTML))


@fault("screen-error-page", may=("screen-blank",))
def empty_error(b: Behaviour) -> Behaviour:
    """After the login the server answers 400 with an empty body."""
    return _answering(b, RawResponse(400))


@fault("screen-error-page")
def lost_request(b: Behaviour) -> Behaviour:
    """After the login the customer stands on the site's own home page: the authorization request was forgotten."""
    return _answering(b, RawResponse(303, headers=(("Location", "/home"),)))


@fault(
    "auth-post-login-redirect-works-when-already-signed-in",
    may=("size-incognito-diff", "screen-error-page"),
    needs=Needs(depth=Depth.STANDARD, warm_jar=True),
)
def relink_loses_code(b: Behaviour) -> Behaviour:
    """Who is still signed in from an earlier link is sent to the home page instead of back to Alexa."""
    return replace(b, steps=replace(b.steps, signed_in_goes_home=True))
