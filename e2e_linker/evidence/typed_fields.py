"""What a person typed into the forms of a captured login: nobody told the password, the code and the name before.

They are known by the names they were sent under, by what the pages of the capture say of the fields of these names
(``type=password``, ``autocomplete=one-time-code``), and by what stands beside them in an object of JSON. What was typed
may be any word, so that here, other than in URLs and in answers, a plain one counts.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from e2e_linker.evidence.field_names import kind_in, kind_typed, names_user
from e2e_linker.evidence.loose_json import structure_in
from e2e_linker.evidence.markup_fields import fields_asked_for
from e2e_linker.evidence.needles import Strength, strength_of
from e2e_linker.evidence.secret_places import SecretValue
from e2e_linker.evidence.token_looks import is_unguessable

__all__ = ["TypedFields", "named_values"]

_SWITCHED = re.compile(
    r"(?:true|false|yes|no|on|off|show|hide|hidden|text|none|null|undefined|required|optional|enabled|disabled|submit"
    r"|continue|next|forgot|reset|include|omit|same-origin|(?:log|sign)[ _-]?(?:in|on)|login_required)",
    re.IGNORECASE,
)
"""What is chosen or pressed under a name like that of a password, and never typed."""
_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
_PHONE = re.compile(r"\+?[\d(][\d /().-]{5,18}\d")
_HOLDING = frozenset({"value", "val", "answer"})
"""Names of members whose meaning is said by what stands around them."""
_SHOWN = frozenset({"output", "prompt", "label", "hint"})
"""Names of members that hold what a person is shown."""
_TELLING = ("type", "name", "id", "field", "key", "kind")
_VAGUE = _HOLDING | {*_TELLING, "text", "data"}
_MOST = 2000
"""Values that are remembered until a page says what they are: some tools write the newest entry first."""
_LONGEST = 1000


class TypedFields:
    """The names of a capture's fields into which secrets are typed, and what was sent under names not yet known."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._sent: deque[tuple[str, str]] = deque(maxlen=_MOST)

    @property
    def asks_for_password(self) -> bool:
        """Whether a page has done so: no address need be read for one before."""
        return "password" in self._kinds.values()

    def shown(self, page: bytes | None) -> Iterator[SecretValue]:
        """Learn what ``page`` asks for; what was sent under these names before."""
        for name, kind in fields_asked_for(page):
            if self._kinds.setdefault(name, kind) == kind:
                yield from ((value, kind) for sent, value in self._sent if sent == name and _is_typed(value))

    def queried(self, fields: Iterable[tuple[str, str]]) -> Iterator[SecretValue]:
        """The secrets among the parameters of a URL, where a form was sent that way: a page asked for its password."""
        given = list(fields)
        if any(self._kinds.get(name) == "password" for name, _ in given):
            yield from ((value, self._kinds[name]) for name, value in given if name in self._kinds and _is_typed(value))

    def sent(self, fields: Iterable[tuple[str, str]], *, form: bool = True) -> Iterator[SecretValue]:
        """The secrets among what was sent in one body, the name of a user among them.

        Other than in a ``form``, ``name`` and ``value`` may be anything, whatever the fields of a page are called.
        """
        asked = self._kinds if form else {name: kind for name, kind in self._kinds.items() if name not in _VAGUE}
        given = [
            (name, value)
            for name, value in fields
            if len(value) <= _LONGEST and (asked.get(name) == "password" or _is_typed(value))
        ]
        kinds = [asked.get(name) or kind_typed(name, value) for name, value in given]
        with_password = "password" in kinds
        for (name, value), kind in zip(given, kinds, strict=True):
            if kind is not None:
                yield value, kind
            elif _is_user(name, value, with_password=with_password):
                yield value, "username"
            else:
                self._sent.append((name, value))


def named_values(data: bytes | None) -> Iterator[tuple[str, str]]:
    """The texts that stand in an object of JSON under a name that says nothing, by the name of what they are.

    Such as ``{"credential": {"value": "…"}}`` and ``{"type": "PasswordCallback", "input": [{"value": "…"}]}``.
    Also numbers that were typed, as in ``{"otp": 482913}``, and what stands in a list of pairs.
    """
    found: list[tuple[Any, str | None]] = [(structure_in(data), None)]
    while found:
        value, around = found.pop()
        if isinstance(value, dict):
            said = (_meant_by(text) for name in _TELLING if isinstance(text := value.get(name), str))
            around = next(filter(None, said), around)
            for name, inner in value.items():
                if isinstance(inner, dict | list):
                    found.append((inner, None if name.lower() in _SHOWN else kind_in(name) or around))
                elif around and name.lower() in _HOLDING and (text := _written(inner)) and _is_typed(text):
                    yield around, text
                elif not isinstance(inner, str) and (text := _written(inner)) and _may_be_typed(name, text):
                    yield name, text
        elif isinstance(value, list):
            yield from _pairs(value)
            found.extend((inner, around) for inner in value)


def _pairs(value: list[Any]) -> list[tuple[str, str]]:
    """The names and values that ``value`` lists, as in ``[["user", "…"], ["password", "…"]]``; else empty."""
    pairs = [(one[0], _written(one[1])) for one in value if isinstance(one, list) and len(one) == 2]
    return [(str(name), text) for name, text in pairs if text] if len(pairs) == len(value) > 1 else []


def _meant_by(text: str) -> str | None:
    return kind_in(text) or ("username" if names_user(text) else None)


def _may_be_typed(name: str, text: str) -> bool:
    return kind_typed(name, text) is not None or names_user(name) is not None


def _written(value: Any) -> str:
    """A text or a whole number of JSON as it was typed; empty for anything else."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _is_typed(value: str) -> bool:
    return not _SWITCHED.fullmatch(value.strip())


def _is_user(name: str, value: str, *, with_password: bool) -> bool:
    """Whether ``value`` says who logs in. A button may be named ``login``, too."""
    named = names_user(name)
    if named is None:
        return with_password and bool(_MAIL.fullmatch(value))
    if _MAIL.fullmatch(value) or (named and with_password):
        return True
    own = strength_of(value) is not Strength.ORDINARY and " " not in value and not is_unguessable(value)
    return (own and (named or with_password)) or (with_password and bool(_PHONE.fullmatch(value)))
