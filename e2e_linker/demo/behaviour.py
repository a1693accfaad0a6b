"""How the range behaves, as values and small functions. The defaults are the model answer; a fault changes some.

The server consults a :class:`Behaviour` at every step and never asks which fault is on, so any faults combine.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from e2e_linker.demo.answering import Parameters, RawResponse, TokenAnswer, Tokens
from e2e_linker.demo.names import FONTS, HOMEPASS, IMAGES, LOGIN, OAUTH, STATIC
from e2e_linker.demo.serving import Serving
from e2e_linker.model import Grant, Region

__all__ = [
    "Answer",
    "Behaviour",
    "Carrying",
    "Change",
    "Consent",
    "Console",
    "Growing",
    "HeadLimit",
    "Hop",
    "LoginForm",
    "Pages",
    "Parameters",
    "RawResponse",
    "Steps",
    "TokenAnswer",
    "Tokens",
    "rfc6749_url",
]

Hop = Literal["authorize", "login form", "session", "consent url", "consent form", "redirect"]
"""Where the authorization request passes on its way through the server."""

LoginForm = Literal[
    "one-page", "two-page", "script-built", "worker-built", "bare", "popup", "spa", "api", "captcha", "never", "framed"
]


@dataclass(frozen=True, slots=True)
class Console:
    """What the skill's developer typed into the Alexa console."""

    grant: Grant = Grant.AUTH_CODE
    pkce: bool = False
    authorization_url: str = f"https://{LOGIN}/authorize"
    access_token_url: str = f"https://{OAUTH}/token"
    access_token_scheme: str = "HTTP_BASIC"  # noqa: S105 - the name of a scheme
    client_id: str = "alexa-brightbulb"
    scopes: tuple[str, ...] = ("profile", "lights")
    domains: tuple[str, ...] = (STATIC, FONTS, IMAGES, HOMEPASS)
    default_expiry_s: int = 3600
    skill_kind: str = "custom"
    regions: tuple[Region, ...] = (Region.NA,)
    """Where the demo links from; the server accepts all three."""
    locales: tuple[str, ...] = ()
    """Locales of the skill, where the range's pages speak one language only."""
    secret_tail: str = ""
    """What the client secret ends with, behind its random part."""
    literal_secret: bool = False
    """The file is the request form with the client secret in it."""
    without: frozenset[str] = frozenset()
    """Keys left out of the file."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What the login and consent pages look like and load."""

    login: LoginForm = "one-page"
    language: str | None = None
    """None follows Accept-Language."""
    fixed_layout: bool = False
    """Laid out for a desktop, 1,100 pixels wide and without a viewport meta tag."""
    scripts: tuple[str, ...] = ()
    """Further scripts of the static host, by file name."""
    images: Callable[[int], tuple[str, ...]] = lambda load: ()
    """Hosts of further pictures on the login page, for the n-th time it is shown."""
    frames: tuple[str, ...] = ()
    """URLs of hidden frames on every page."""
    policy: Parameters = ()
    """Sources added to the Content-Security-Policy, by directive."""
    huge_picture: bool = False
    """The login page shows a picture of 50 MB."""
    cookie_banner: bool = False
    remember_me: bool = False
    shell: Literal["plain", "agent", "font", "poll", "parts"] | None = None
    """A script of the static host draws the page into an empty body: at once, after reading the version out of the user
    agent, once the icon font is there, once the server says that it is ready, which it never does, or once three of
    the hosts of :data:`~e2e_linker.demo.names.PARTS` have each sent a picture."""
    reloads: bool = False
    """The page loads itself again, over and over, while the script of the static host is not there."""
    policy_instead: Parameters = ()
    """Sources that replace those of the Content-Security-Policy, by directive."""
    files: tuple[tuple[str, Literal["unavailable", "late", "never"]], ...] = ()
    """How single files of the static and the font host are answered, by name."""
    cut_off: bool = False
    """Laid out 1,100 pixels wide, with the right part cut off where the screen is narrower."""
    refuses_web_views: bool = False
    """Web views are shown a page that says that their browser is not supported."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The page that asks whether Alexa may have access."""

    ask: Literal["first-link", "every-time", "never"] = "first-link"
    cancel_first: bool = False
    tick: bool = False
    """A box has to be ticked before Allow."""
    target: str | None = None
    """The form's target: ``_blank``, or the name of the hidden frame ``result``."""
    cookie_notice: bool = False
    """A notice about cookies, without a button, lies over the lower part of a narrow screen."""
    target_on_phones: str | None = None
    """The same for user agents of phones and tablets only."""
    scripts: tuple[str, ...] = ()
    policy: Parameters = ()
    start_disabled: bool = False
    """Allow is disabled until one of the scripts enables it."""
    allowing: RawResponse | None = None
    """What Allow is answered with, instead of the way back to Alexa."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Which steps there are between the authorization request and its answer."""

    matches_redirect_uri: Callable[[str, frozenset[str]], bool] = lambda uri, registered: uri in registered
    """Whether a redirect URI is one of the registered ones."""
    accepts_redirect_uri: Callable[[str], bool] = lambda uri: True
    """A further filter behind the exact comparison with the registered ones."""
    federated_only: bool = False
    """The authorization request goes straight on to the identity provider."""
    provider_refuses_web_views: bool = False
    provider_sends_form: bool = False
    """The identity provider sends the customer back by a form (``response_mode=form_post``), not by a redirect."""
    expects_forms: bool = False
    """The cookie that ties the way back to its beginning says ``SameSite=None``, so that forms bring it, too."""
    second_factor: Literal["totp", "mail"] | None = None
    after_login: RawResponse | None = None
    """What the right password is answered with, instead of going on."""
    signed_in_goes_home: bool = False
    """With a live session the authorization request is forgotten."""
    plain_http_hop: bool = False
    session_domain: str | None = None
    """The ``Domain`` of the session cookie, where it is for another site."""
    consent_finds_sessions: bool = True
    """Whether the consent page knows the sessions that the login opens."""
    forgets_sessions: bool = False
    """What reads is answered by a worker that does not know the sessions of the one that takes forms."""
    takes_https_for_http: bool = False
    """The login host redirects every request to https, also those that came that way."""
    api_allows_login_page: bool = True
    """Whether the login page's script may read what the API host answers (CORS)."""
    trouble: Literal["hang", "endless redirect"] | None = None
    """What the authorization request meets instead of a page."""


@dataclass(frozen=True, slots=True)
class Carrying:
    """What becomes of ``state`` on its way."""

    drift: tuple[tuple[Hop, Callable[[str], str | None]], ...] = ()
    shared_slot: bool = False
    """One slot for each client address holds the state of whoever came last."""

    def at(self, hop: Hop, state: str | None) -> str | None:
        """``state`` as it leaves ``hop``."""
        for where, change in self.drift:
            if where == hop and state is not None:
                state = change(state)
        return state


def rfc6749_url(redirect_uri: str, parameters: Parameters, grant: Grant) -> str:
    """``redirect_uri`` with ``parameters`` in its query or, for the implicit grant, its fragment (RFC 6749, 4.2.2)."""
    encoded = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters)
    if grant is Grant.IMPLICIT:
        return f"{redirect_uri}#{encoded}"
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{encoded}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The redirect that hands the answer to Alexa."""

    redirect_uri: Callable[[str], str] = lambda uri: uri
    parameters: Callable[[Parameters], Parameters] = lambda parameters: parameters
    url: Callable[[str, Parameters, Grant], str] = rfc6749_url
    delivery: Literal["303", "307", "slow refresh", "twice", "shown"] = "303"
    """``shown``: the redirect's URL as a JSON document, which no script asked for."""
    new_code: Callable[[], str] = lambda: secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Growing:
    """What makes request heads of the login host big."""

    cookies: tuple[tuple[Literal["authorize", "login", "answer"], str, int], ...] = ()
    """(step, name, bytes) of ballast cookies; ``*`` in the name becomes a fresh number each time."""
    session_cookie_bytes: int = 0
    """Padding of the session cookie's value."""
    query_bytes: int = 0
    """Length of a ``context`` parameter on the way to the consent page."""


@dataclass(frozen=True, slots=True)
class HeadLimit:
    """A limit on the request head, in bytes, and how the server that has it answers."""

    answer: RawResponse
    path: str | None = None
    """The only path behind it; None for all paths of the login host."""
    line: int | None = None
    query: int | None = None
    header: int | None = None
    """One header line, name and value."""
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """All of it. The default is healthy."""

    console: Console = field(default_factory=Console)
    pages: Pages = field(default_factory=Pages)
    consent: Consent = field(default_factory=Consent)
    steps: Steps = field(default_factory=Steps)
    carrying: Carrying = field(default_factory=Carrying)
    answer: Answer = field(default_factory=Answer)
    growing: Growing = field(default_factory=Growing)
    head_limits: tuple[HeadLimit, ...] = ()
    tokens: Tokens = field(default_factory=Tokens)
    tls: Mapping[str, Serving] = field(default_factory=dict)
    """How hosts are served that are not served well."""


Change = Callable[[Behaviour], Behaviour]
