"""What an answer to Alexa hands over, and how its parameters are read where they are not written by the rules."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, unquote_plus

from e2e_linker.evidence.contents import texts_within
from e2e_linker.evidence.token_looks import IDENTITIES, PLAIN_NAMES, is_unguessable, is_wording

__all__ = ["BESIDE_STATE", "as_sent", "bare_name", "fields_of", "handed_over", "laid_open", "members"]

BESIDE_STATE = "beside_state"
"""The kind of a value that is no secret itself, but may be a state to which one was joined."""
_STATE_AND_MORE = 22
"""Characters of an unguessable state and of the shortest number beside it."""
_TELLING = re.compile(rf"{IDENTITIES.pattern}|{PLAIN_NAMES.pattern}|(?:vendor|skill)_?id|code_challenge", re.IGNORECASE)
"""Names in an answer to Alexa under which something unguessable may stand that is no secret."""
_JOINT = re.compile(r"[?&;](?:amp;){0,9}(?=\w+=)")
"""Where a parameter begins that was joined to the value of another in a wrong way. Nobody escapes it more often."""
_TEXT_OR_ADDRESS = re.compile(r"\s|://")
_ASCII = re.compile(r"%[0-7][0-9A-Fa-f]")
_LAYERS = 5
"""Readings of a value, each with one layer of escapes less."""
_BARE = re.compile(r"[\w\[\]-]{1,60}=[^=]", re.ASCII)
"""Parameters from the beginning on."""
_OPEN = re.compile(r"^[/{\[]|://|[?&;]\w+=")
"""What an address, a parameter that was joined to the value of another in a wrong way, and JSON are known by."""
_BASE64 = re.compile(r"[\w+/ -]{16,}={0,2}", re.ASCII)
_URL_SAFE = str.maketrans("-_ ", "+/+")


def handed_over(fields: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What is unguessable among the parameters of an answer to Alexa, whatever its name, or without one.

    Nothing else than what is to be redeemed goes there, but for names of who is meant, errors and the state.
    """
    for name, value in fields:
        joined = [] if _TEXT_OR_ADDRESS.search(value) else _JOINT.split(value)[1:]
        if found := members(value):
            yield from handed_over(found)
        elif joined:
            own = _JOINT.split(value, maxsplit=1)[0]
            yield from handed_over([(name, own), *(pair.partition("=")[::2] for pair in joined)])
        elif value.strip("="):
            told = bare_name(name).replace("]", "").rpartition("[")[2]
            if is_unguessable(value) and not is_wording(value) and not _TELLING.fullmatch(told):
                yield value, "secret"
            elif len(value) >= _STATE_AND_MORE:
                yield value, BESIDE_STATE
        elif is_unguessable(name) and not is_wording(name):
            yield name, "secret"


def bare_name(name: str) -> str:
    """``name`` less what is left of an ``&`` that was escaped for HTML before it, and less an index behind it."""
    return re.sub(r"^(?:(?:amp|38|x26);)+|\[\d*\]$", "", name)


def members(value: str) -> list[tuple[str, str]]:
    """The members of ``value`` that are texts, where it is an object or a list of JSON."""
    return list(texts_within(value.encode("utf-8", "replace"), sent=True)) if value[:1] in {"{", "["} else []


def as_sent(raw: str) -> str:
    """``raw`` decoded, or as it stands where it holds bytes that are no UTF-8 and would be lost."""
    decoded = unquote_plus(raw)
    return raw if "\ufffd" in decoded else decoded


def laid_open(value: str) -> str:
    """The address, the parameters behind a ``?``, or the JSON that a value of :func:`as_sent` is; empty for others.

    Escapes that hide it are undone, also within escapes, and base64. Bytes that are no ASCII stay escaped.
    """
    text = value
    for _ in range(_LAYERS):
        if _BARE.match(text):
            return f"?{text}"
        if _OPEN.search(text):
            return text
        text = _ASCII.sub(lambda escape: unquote(escape.group()), text) if "%" in text else _out_of_base64(text)
    return ""


def _out_of_base64(text: str) -> str:
    plain = text.translate(_URL_SAFE).rstrip("=") if _BASE64.fullmatch(text) else ""
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""


def fields_of(text: str) -> list[tuple[str, str]]:
    """The parameters of a query, as they were sent where they cannot be decoded."""
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return [(as_sent(name), as_sent(value)) for name, _, value in pairs]
