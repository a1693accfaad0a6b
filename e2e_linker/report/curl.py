"""A token call or a browser's request as a ``curl`` command for a POSIX shell.

Secrets are read from the environment, all else is inert.

Every argument is quoted by :func:`shlex.quote`; the only places where a shell expands are the variables that stand for
labels, each in double quotes of its own. Nor can curl read anything into an argument: each follows its option, and a
header's or a field's name holds no ``@``, so that none is taken for a file's name.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from e2e_linker.evidence.models import Headers
from e2e_linker.report.sections import TokenEvent
from e2e_linker.report.traffic import RequestRow

__all__ = ["Command", "curl", "curl_request"]

_LABEL = re.compile(r"<([a-z][a-z0-9_]*)#(\d+)>|%3C([a-z][a-z0-9_]*)%23(\d+)%3E", re.IGNORECASE)
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_OF_CURL = frozenset({"content-length", "host", "connection", "accept-encoding"})
# Any other label gets a prefix: one called path must not make a shell read $PATH.
_KNOWN = frozenset({"code", "access_token", "refresh_token", "id_token", "client_secret", "code_verifier", "state"})
_ENDLESS = 12_000


@dataclass(frozen=True, slots=True)
class Command:
    """A command, one argument a line, and the variables it reads."""

    text: str
    variables: tuple[str, ...]


class _Shell:
    """Quotes texts for the shell, with variables in place of labels."""

    def __init__(self) -> None:
        self.variables: dict[tuple[str, str], str] = {}

    def word(self, text: str) -> str:
        """``text`` as one word. A NUL, which no argument can hold, is left out."""
        parts, at = [], 0
        for found in _LABEL.finditer(text):
            parts += [text[at : found.start()], f'"${self._variable(found)}"']
            at = found.end()
        parts.append(text[at:])
        quoted = (part if n % 2 else shlex.quote(part.replace("\0", "")) for n, part in enumerate(parts) if part)
        return "".join(quoted) or "''"

    def _variable(self, found: re.Match[str]) -> str:
        kind, number = (found[1] or found[3]).lower(), found[2] or found[4]
        if (kind, number) not in self.variables:
            plain = kind.upper() if kind in _KNOWN else f"SECRET_{kind.upper()}"
            self.variables[kind, number] = plain if plain not in self.variables.values() else f"{plain}_{number}"
        return self.variables[kind, number]

    def named(self, *names: str) -> str:
        for name in names:
            self.variables[name, ""] = name
        return '"' + ":".join(f"${name}" for name in names) + '"'


def curl(event: TokenEvent) -> Command:
    """``event`` as a command that sends the same request: no redirect is followed, the answer's head is shown."""
    return _command(event.method, event.url, event.request_headers, event.request_body)


def curl_request(row: RequestRow) -> Command:
    """``row`` as a command; of a request whose headers are not published, without them."""
    message = row.message
    headers = message.request_headers if message else ()
    return _command(row.method, row.url, headers, (message.request_body if message else None) or "")


def _command(method: str, url: str, headers: Headers, body: str) -> Command:
    shell = _Shell()
    words = ["curl --silent --show-error --include --globoff --max-time 10", f"--request {shell.word(method)}"]
    words += _headers(headers, shell)
    words += _fields(body[:_ENDLESS], shell)
    words.append(f"--url {shell.word(url)}")
    return Command(" \\\n  ".join(words), tuple(dict.fromkeys(shell.variables.values())))


def _headers(headers: Headers, shell: _Shell) -> list[str]:
    words = []
    for name, value in headers:
        low = name.lower()
        line = " ".join(value.split())
        if low == "authorization" and line.lower().startswith("basic "):
            words.append(f"--user {shell.named('CLIENT_ID', 'CLIENT_SECRET')}")
        elif low not in _OF_CURL and _TOKEN.fullmatch(name):
            words.append(f"--header {shell.word(f'{name}: {line}')}")
    return words


def _fields(body: str, shell: _Shell) -> list[str]:
    """The body, field by field; curl encodes each value, so that a secret can be given as it is."""
    if not body:
        return []
    hidden = _LABEL.sub(lambda found: quote(unquote(found[0]), safe=""), body)
    pairs = parse_qsl(hidden, keep_blank_values=True, errors="replace")
    if "=" not in body or not pairs:
        return [f"--data-raw {shell.word(body)}"]
    return [f"--data-urlencode {shell.word(quote(name, safe='') + '=' + value)}" for name, value in pairs]
