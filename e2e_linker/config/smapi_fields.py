"""The fields of SMAPI's account linking object: what each may hold, and what is wrong with what it holds.

The table follows the account linking schema v1; a field that another tool would refuse is a problem, not an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from e2e_linker.config.hosts import host_problem
from e2e_linker.config.nearest import nearest
from e2e_linker.config.skill import MAX_DOMAINS, MAX_SCOPES, ClientAuthentication, PlatformUrl, SkillProblem
from e2e_linker.config.written import is_control, shown
from e2e_linker.model import Grant

__all__ = ["FIELDS", "read_fields"]

_ALEXAS_OWN = (
    "client_id",
    "response_type",
    "state",
    "redirect_uri",
    "scope",
    "code_challenge",
    "code_challenge_method",
)
"""The parameters that Alexa adds to the authorization URL, behind those that it holds already."""

_LAST_WORDS = {"accessTokenUrl": "token", "reciprocalAccessTokenUrl": "token"}
"""What the example of an address ends with; ``authorize`` where nothing is named."""

Complain = Callable[[str, str], None]
Reader = Callable[[str, Any, Complain], Any]


def _text(path: str, value: Any, complain: Complain) -> str | None:
    if not isinstance(value, str):
        complain(path, "must be a string")
        return None
    if not value.strip():
        complain(path, "is empty")
    if any(is_control(letter) for letter in value.strip()):
        complain(path, "holds a control character")
    return value.strip()


def _https_url(path: str, value: Any, complain: Complain) -> str | None:
    text = _text(path, value, complain)
    if not text:
        return text
    if text != value or any(letter.isspace() and not is_control(letter) for letter in text):
        complain(path, "holds a blank, which no URL can")
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        last = _LAST_WORDS.get(path, "authorize")
        complain(path, f"must be a complete URL such as https://login.example.com/{last}")
    elif parts.scheme != "https":
        complain(path, f"must be an https URL, not {shown(parts.scheme or 'one without a scheme')}")
    return text


def _authorization_url(path: str, value: Any, complain: Complain) -> str | None:
    text = _https_url(path, value, complain)
    if text and "#" in text:
        complain(path, "goes on after a #, which no browser sends to a server; RFC 6749, section 3.1, forbids it")
    return text


def _one_of(*choices: str) -> Reader:
    def read(path: str, value: Any, complain: Complain) -> str | None:
        text = _text(path, value, complain)
        if text and text not in choices:
            near = nearest(text, choices)
            complain(path, f"must be {' or '.join(choices)}" + (f"; {shown(text)} looks like {near}" if near else ""))
        return text

    return read


def _texts(path: str, value: Any, complain: Complain) -> tuple[str, ...]:
    if isinstance(value, str):
        complain(path, "must be a list of strings, not one string")
        return (value,) if value.strip() else ()
    if not isinstance(value, list):
        complain(path, "must be a list of strings")
        return ()
    for index, item in enumerate(value):
        if not isinstance(item, str):
            complain(f"{path}[{index}]", "must be a string")
        elif not item.strip():
            complain(f"{path}[{index}]", "is empty")
    return tuple(item for item in value if isinstance(item, str))


def _scopes(path: str, value: Any, complain: Complain) -> tuple[str, ...]:
    scopes = _texts(path, value, complain)
    if len(scopes) > MAX_SCOPES:
        complain(path, f"has {len(scopes)} entries, at most {MAX_SCOPES} are allowed")
    return scopes


def _domains(path: str, value: Any, complain: Complain) -> tuple[str, ...]:
    domains = _texts(path, value, complain)
    if len(domains) > MAX_DOMAINS:
        complain(path, f"has {len(domains)} entries, at most {MAX_DOMAINS} are allowed")
    seen: set[str] = set()
    for index, item in enumerate(value if isinstance(value, list) else domains):
        if not isinstance(item, str) or not item.strip():
            continue
        place = f"{path}[{index}]" if isinstance(value, list) else path
        problem = host_problem(item)
        if problem:
            complain(place, f"({shown(item)}) {problem}")
        elif item.lower() in seen:
            complain(place, f"({shown(item)}) is listed twice")
        seen.add(item.lower())
    return domains


def _seconds(path: str, value: Any, complain: Complain) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}", value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**12:
        complain(path, "must be a number of seconds")
        return None
    return value


def _truth(path: str, value: Any, complain: Complain) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    complain(path, "must be true or false")
    return None


def _platform_urls(path: str, value: Any, complain: Complain) -> tuple[PlatformUrl, ...]:
    if not isinstance(value, list):
        complain(path, "must be a list of objects")
        return ()
    found = []
    for index, item in enumerate(value):
        place = f"{path}[{index}]"
        if not isinstance(item, dict):
            complain(place, "must be an object")
            continue
        platform = _one_of("iOS", "Android")(f"{place}.platformType", item.get("platformType"), complain)
        key = "platformAuthorizationUrl"
        url = _authorization_url(f"{place}.{key}", item.get(key), complain)
        if platform and url:
            found.append(PlatformUrl(platform_type=platform, url=url))
    return tuple(found)


FIELDS: dict[str, tuple[str, Reader]] = {
    "type": ("type", _one_of(*Grant)),
    "authorizationUrl": ("authorization_url", _authorization_url),
    "authorizationUrlsByPlatform": ("authorization_urls_by_platform", _platform_urls),
    "domains": ("domains", _domains),
    "clientId": ("client_id", _text),
    "clientSecret": ("client_secret", _text),
    "scopes": ("scopes", _scopes),
    "accessTokenUrl": ("access_token_url", _https_url),
    "accessTokenScheme": ("access_token_scheme", _one_of(*ClientAuthentication)),
    "defaultTokenExpirationInSeconds": ("default_token_expiration_in_seconds", _seconds),
    "reciprocalAccessTokenUrl": ("reciprocal_access_token_url", _https_url),
    "redirectUrls": ("redirect_urls", _texts),
    "skipOnEnablement": ("skip_on_enablement", _truth),
    "voiceForwardAccountLinking": ("voice_forward_account_linking", _one_of("ENABLED", "DISABLED")),
}
"""Every key of the schema: the attribute of :class:`~e2e_linker.config.skill.Skill` it fills, and how it is read."""


def read_fields(document: dict[str, Any]) -> tuple[dict[str, Any], tuple[SkillProblem, ...]]:
    """The attributes that ``document`` (without secrets) fills, and everything that is wrong with them.

    A key that is null counts as absent, as in what the CLI prints.
    """
    problems: list[SkillProblem] = []

    def complain(path: str, message: str) -> None:
        problems.append(SkillProblem(path=path, message=message))

    present = {key: value for key, value in document.items() if key in FIELDS and value is not None}
    read = {FIELDS[key][0]: FIELDS[key][1](key, value, complain) for key, value in present.items()}
    values = {name: value for name, value in read.items() if value is not None}
    _complain_of_missing(present, values.get("type"), complain)
    _complain_of_misspelled(document, present, complain)
    _complain_of_repeated(values, complain)
    return values, tuple(problems)


def _complain_of_missing(present: dict[str, Any], grant: str | None, complain: Complain) -> None:
    required = ["type", "clientId"]
    if grant == Grant.AUTH_CODE:
        required += ["accessTokenUrl", "accessTokenScheme"]
    for key in required:
        if key not in present:
            complain(key, "is missing" + ("; AUTH_CODE requires it" if key.startswith("access") else ""))


def _complain_of_misspelled(document: dict[str, Any], present: dict[str, Any], complain: Complain) -> None:
    absent = [key for key in FIELDS if key not in present]
    for key in document:
        near = None if key in FIELDS else nearest(key, absent, cutoff=0.85)
        if near:
            complain(shown(key), f"is no key of the schema; it looks like {near}")


def _complain_of_repeated(values: dict[str, Any], complain: Complain) -> None:
    """Of what an authorization server would get twice, which RFC 6749, section 3.1, forbids."""
    given = {name for name, _ in parse_qsl(_query(values.get("authorization_url", "")), keep_blank_values=True)}
    for name in _ALEXAS_OWN:
        if name in given and (name != "scope" or values.get("scopes")):
            said = f"already holds the parameter {name}, and Alexa adds its own: the server gets both"
            complain("authorizationUrl", said)


def _query(url: str) -> str:
    return url.partition("#")[0].partition("?")[2]
