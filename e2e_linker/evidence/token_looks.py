"""What tokens look like: by the names they stand under, and by their characters where no name says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

__all__ = [
    "ADDRESS",
    "IDENTITIES",
    "PLAIN_NAMES",
    "SECRET_NAMES",
    "is_placeholder",
    "is_unguessable",
    "is_wording",
    "opaque_runs",
    "signed_tokens",
    "tokens_in_prose",
]

SECRET_NAMES = re.compile(
    r"token|secret|assertion|password|^(?:auth(?:orization)?|device|user|one_?time)?_?code$", re.IGNORECASE
)
"""Not every code is one: a ``region_code`` or a ``locale_code`` is no secret, and stands in many other places."""
PLAIN_NAMES = re.compile(r"^(token_?type|error.*|.*expires.*|scope)$", re.IGNORECASE)
IDENTITIES = re.compile(
    r"^(?:(?:user|account|tenant|client|device)?_?id|user|login|.*e?mail|.*name|.*ur[il]|sub|aud|iss|jti"
    r"|.*(?:state|scopes?|roles?|types?|permissions?))$",
    re.IGNORECASE,
)
"""What says who or what is meant. It may look made up by a machine, too, and stands in many other places."""
ADDRESS = re.compile(r"https?://[^?#\s]+|urn:\S+", re.IGNORECASE)
"""What is under a secret name without being a secret: ``token_endpoint``, ``issued_token_type``."""

_PLACE = re.compile(r"\s|^/|^https?:|^(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?$", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\s*(?:undefined|null|none|nil|nan|\[object [\w ]{1,40}\])\s*", re.IGNORECASE)
_SIGNED_BEGINNING = "eyJ"
"""What an object of JSON begins with in base64."""
_DOTTED = re.compile(r"[\w.-]+", re.ASCII)
_OPAQUE_RUN = re.compile(r"(?<![\w./-])[A-Za-z0-9_~+-][A-Za-z0-9_~+/-]{15,}={0,2}")
"""A run of the characters tokens are made of, that is no part of a path."""
_RUN = re.compile(r"(?<![\w./%@+-])[\w~+/-][\w.~+/-]{15,}={0,2}", re.ASCII)
"""As in running text, where some providers' tokens have dots and the last dot is the sentence's."""
_NAMED_AS_TOKEN = re.compile(
    r"(?:token|jwt|bearer|code|secret|credentials?|assertion|password)s?\W{0,2}\s*(?:is|was|of|value|named)?\W{0,4}$",
    re.IGNORECASE,
)
_NAMED_OTHERWISE = re.compile(
    r"(?:(?i:(?:(?<![a-z])|request|trace|span|correlation|transaction|session|client|user|[kjt])id|identifier|request"
    r"|trace|traceparent|span|correlation|transaction|reference|(?<![a-z])ref|incident|event|(?<![a-z])ray|number"
    r"|(?<![a-z])no|client|user|account|subject|(?<![a-z])sub|(?<![a-z])aud(?:ience)?|(?<![a-z])iss(?:uer)?"
    r"|nonce|opaque|realm|state|challenge|method|hash|digest|checksum|signature|(?<![a-z])sig|etag|version"
    r"|timestamp|time|date|(?<![a-z])at|scopes?)|[a-z]I[dD])\W{0,4}$"
)
"""Words after which comes what tells requests, moments, people or keys apart. They may come from a URL's query."""
_SPAN = 48
"""Characters before a run that are looked at for its name."""
_UNCLEAR = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{32}|[\d+-]+|\d{4}-\d\d-\d\d.*"
    r"|[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}|(?:[a-z0-9-]+\.)+[a-z]{2,}/.*",
    re.IGNORECASE,
)
"""What requests, traces and moments are written as, and addresses without a scheme: a token where it is called one."""
_CAMEL = r"(?:[A-Z]{0,6}[a-z]{2,20}|[A-Z]{2,15})(?:[A-Z]{1,6}[a-z]{2,20}|[A-Z]{2,6}(?![A-Z])|\d{1,6}(?!\d))*"
_WORDING = re.compile(rf"(?:(?:{_CAMEL}|[A-Za-z]|\d{{1,6}})(?:[_.~+/-]+|$))+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_LONGEST_WORDING = 200
_MEAN_WORD = 3.5
"""Characters: words are longer on average, and what chance makes of upper and lower case is shorter."""


def is_unguessable(value: str) -> bool:
    """Whether ``value`` looks made up by a machine, so that what equals it is it: no word, date or address."""
    if len(value) < 16 or _PLACE.search(unquote(value)):
        return False
    if value.isdigit():
        return True
    mixed = bool(re.search(r"\d", value)) or bool(re.search(r"[a-z][A-Z]|[A-Z][a-z].*[A-Z]", value))
    return mixed and len(set(value)) >= 8


def is_placeholder(value: str) -> bool:
    """Whether ``value`` is what programs write where they have no value, and so no secret (``undefined``)."""
    return _PLACEHOLDER.fullmatch(value) is not None


def signed_tokens(text: str) -> list[str]:
    """The JSON web tokens in ``text``."""
    return [text[begin:end] for begin, end in _signed(text)]


def opaque_runs(text: str, *, wording: bool = True) -> Iterator[str]:
    """What looks made up by a machine, whatever stands around it.

    Without ``wording``, words only where they are called a token, or are the password in an address.
    """
    yield from signed_tokens(text)
    rest = _without_signed(text)
    for found in _OPAQUE_RUN.finditer(rest):
        run, before = found.group(), rest[max(0, found.start() - _SPAN) : found.start()]
        if not is_unguessable(run):
            continue
        password = before.endswith(":") and rest.startswith("@", found.end())
        if wording or password or not is_wording(run) or _NAMED_AS_TOKEN.search(before):
            yield run


def is_wording(text: str) -> bool:
    """Whether ``text`` is made of words and small numbers, as identifiers of errors are (``invalid_token``)."""
    if len(text) > _LONGEST_WORDING or not _WORDING.fullmatch(text):
        return False
    words = _WORD.findall(text)
    return sum(map(len, words)) >= _MEAN_WORD * len(words)


def tokens_in_prose(text: str) -> Iterator[str]:
    """The tokens in a text for people, or in a header, where numbers of requests, times and names stand beside them."""
    yield from signed_tokens(text)
    rest = _without_signed(text)
    for found in _RUN.finditer(rest):
        run, before = found.group().rstrip("."), rest[max(0, found.start() - _SPAN) : found.start()]
        if not is_unguessable(run.lstrip("/")) or is_wording(run.lstrip("/")) or _NAMED_OTHERWISE.search(before):
            continue
        if _NAMED_AS_TOKEN.search(before) or not (_UNCLEAR.fullmatch(run) or run.startswith("/")):
            yield run


def _signed(text: str) -> Iterator[tuple[int, int]]:
    """Where JSON web tokens stand: encrypted ones of five parts, whose second may be empty, or signed ones of three.

    Read part by part, because a pattern would begin anew at every place that looks like a beginning.
    """
    for run in _DOTTED.finditer(text):
        if _SIGNED_BEGINNING not in run.group():
            continue
        at, parts, n = run.start(), run.group().split("."), 0
        while n < len(parts) - 2:
            place, length = parts[n].find(_SIGNED_BEGINNING), 1
            if 0 <= place < len(parts[n]) - len(_SIGNED_BEGINNING):
                encrypted = len(parts) >= n + 5 and all(parts[n + 2 : n + 5])
                length = 5 if encrypted else 3 if parts[n + 1] else 1
            end = at + sum(len(part) + 1 for part in parts[n : n + length])
            if length > 1:
                yield at + place, end - 1
            at, n = end, n + length


def _without_signed(text: str) -> str:
    rest, begin = [], 0
    for first, last in _signed(text):
        rest.append(text[begin:first])
        begin = last
    return " ".join([*rest, text[begin:]])
