"""Tokens in the headers of an answer, which no rule of a protocol has put there.

A server may quote the token it refuses in its challenge (RFC 6750, section 3), lead on with one in a URL, or hand a new
one out in a header of its own. What tells requests, moments and versions apart stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from e2e_linker.evidence.token_looks import (
    ADDRESS,
    IDENTITIES,
    PLAIN_NAMES,
    SECRET_NAMES,
    is_wording,
    signed_tokens,
    tokens_in_prose,
)

__all__ = ["tokens_in_challenge", "tokens_in_header"]

_SHORTEST = 8
"""Characters: no token is shorter, and ordinary words of a header must stay readable."""
_CHALLENGES = frozenset({"www-authenticate", "proxy-authenticate", "authentication-info"})
_TELLING = _CHALLENGES | {"location", "content-location", "refresh"}
"""Headers that answer for the request or lead on with it: what looks like a token in them is one."""
_COOKIES = frozenset({"set-cookie", "cookie"})
"""Whose values are all hidden anyway."""
_NAMES_ONLY = re.compile(r"^access-control-|^vary$|^trailer$|^content-security-policy|^permissions-policy$")
"""Headers that name headers or features, not their values."""
_PARAMETER = re.compile(
    r"""([A-Za-z][\w.~-]{0,60})["']?\s*[=:]\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,;&?\#"'<>]+))""", re.ASCII
)
_SCHEME = re.compile(r"^(?:bearer|token|basic|jwt)\s+", re.IGNORECASE)
_PATH = re.compile(r"/[a-z0-9_.~/-]*")
_DEEPEST = 3
"""How often what stands in quotation marks is read again."""


def tokens_in_header(name: str, value: str) -> Iterator[tuple[str, str]]:
    """The tokens in one header of an answer, each with its kind."""
    header = name.lower()
    if header not in _COOKIES and not _NAMES_ONLY.search(header):
        own = header.removeprefix("x-").replace("-", "_")
        yield from _under(own, _SCHEME.sub("", value.strip()))
    for text in dict.fromkeys((value, unquote(value))):
        if header not in _COOKIES and not _NAMES_ONLY.search(header):
            yield from _parameters(text)
        found = tokens_in_prose(text) if header in _TELLING else signed_tokens(text)
        yield from ((token, "token") for token in found)


def tokens_in_challenge(name: str, value: str) -> Iterator[tuple[str, str]]:
    """As :func:`tokens_in_header`, where the header ``name`` is the challenge of whoever refuses a token."""
    if name.lower() in _CHALLENGES:
        yield from tokens_in_header(name, value)


def _parameters(text: str, deep: int = 0) -> Iterator[tuple[str, str]]:
    for name, *quoted, bare in _PARAMETER.findall(text):
        value = bare or max(quoted)
        yield from _under(name.replace("-", "_"), value)
        if deep < _DEEPEST and not bare:
            yield from _parameters(value.replace("\\", ""), deep + 1)


def _under(name: str, value: str) -> Iterator[tuple[str, str]]:
    """``value`` as a secret where ``name`` says that it is one."""
    if not SECRET_NAMES.search(name) or PLAIN_NAMES.match(name) or IDENTITIES.match(name) or name.endswith("_id"):
        return
    if len(value) < _SHORTEST or ADDRESS.fullmatch(value) or _PATH.fullmatch(value) or is_wording(value):
        return
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    if re.search(r"\s", value) or not re.search(r"(?:token|jwt|secret|assertion|password|code)$", kind):
        yield from ((token, kind) for token in tokens_in_prose(value))
    elif not re.fullmatch(r"[\d.,:/]{1,13}", value):
        yield value, kind
