"""What login pages say, in many languages: whether a text is about a user name, a password, allowing, refusing."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

__all__ = ["Text", "fold", "names_credentials", "refuses_credentials", "topics", "words_of"]

_CREDENTIALS = ("credential", "zugangsdaten", "anmeldedaten", "identifiants", "credencial", "credenzial")
_LAST_LATIN = "\u024f"
_LETTER = "[^\\W\\u0e00-\\u0e7f\\u3040-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7af]"
"""A letter or digit of a script that parts words by blanks."""


class Text:
    """A text that can be asked what it is about. Compared without regard to case, width and spacing."""

    __slots__ = ("_folded", "raw")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._folded = fold(raw)

    def __bool__(self) -> bool:
        return bool(self._folded)

    def __contains__(self, other: str) -> bool:
        return fold(other) in self._folded

    def __len__(self) -> int:
        return len(self._folded)

    def about(self, topic: str) -> bool:
        """Whether one of the words of ``topic`` (a key of ``words.json``) stands in the text."""
        return _speaks(topic, self._folded)

    def about_any(self, *names: str) -> bool:
        """Whether the text is about at least one of the topics."""
        return any(self.about(name) for name in names)

    def without(self, topic: str) -> Text:
        """What is left where the words of ``topic`` are taken out."""
        return Text(_pattern(topic).sub(" ", self._folded))


@lru_cache(maxsize=1024)
def _speaks(topic: str, folded: str) -> bool:
    # A page is looked at many times on the way through it, and says mostly the same.
    return bool(_pattern(topic).search(folded))


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """``text`` in the form in which texts are compared."""
    # The dot that the Turkish capital I leaves behind when it is made small.
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'").replace("\u0307", "")
    return re.sub(r"\s+", " ", plain).strip()


def words_of(*names: str | None) -> Text:
    """The words inside names made by programmers: ``loginUserName``, ``new-password``, ``otp_code``."""
    joined = " ".join(name for name in names if name)
    return Text(re.sub(r"[^\w]+|_", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", joined)))


def names_credentials(line: str) -> bool:
    """Whether ``line`` speaks of a user name, a password or an account, and not of a login alone."""
    said = Text(line)
    named = said.about_any("password", "email") or (said.about("username") and not said.about("login"))
    return named or any(word in said for word in _CREDENTIALS)


def refuses_credentials(line: str) -> bool:
    """Whether ``line`` refuses a user name or a password; “Login failed” may be said of anything."""
    return Text(line).about("rejected") and names_credentials(line)


@cache
def topics() -> dict[str, dict[str, list[str]]]:
    """The word list: words by topic and language. A star at the end stands for any ending."""
    text = files("e2e_linker.browser.login").joinpath("words.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, list[str]]] = json.loads(text)
    return loaded


@cache
def _pattern(topic: str) -> re.Pattern[str]:
    return re.compile("|".join(_alternatives(word for words in topics()[topic].values() for word in words)))


def _alternatives(words: Iterable[str]) -> Iterable[str]:
    """Whole words where a script parts them by blanks, anywhere in the text where it does not."""
    for word in sorted({fold(word) for word in words}, key=lambda word: (-len(word), word)):
        stem = re.escape(word.rstrip("*"))
        if max(word) > _LAST_LATIN:
            yield stem
        else:
            yield rf"(?<!{_LETTER}){stem}" if word.endswith("*") else rf"(?<!{_LETTER}){stem}(?!{_LETTER})"
