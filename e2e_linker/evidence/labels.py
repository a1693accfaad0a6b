"""The labels that stand in the records in place of secrets: ``<code#1>``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

__all__ = ["LABEL", "behind", "readable", "unnumbered"]

LABEL = re.compile(r"<[a-z][a-z0-9_]*#\d+>")
_ENCODED = re.compile(r"%3C([a-z][a-z0-9_]*)%23(\d+)%3E")


def readable(text: str) -> str:
    """``text``, usually a redacted URL, with its percent-encoded labels as people read them: ``<code#1>``."""
    return _ENCODED.sub(r"<\1#\2>", text)


def unnumbered(text: str) -> str:
    """``text`` with labels that are the same in every run, without the numbers of their turn: ``<code>``."""
    return LABEL.sub(lambda label: f"{label[0].partition('#')[0]}>", readable(text))


def behind(text: str, values: Mapping[str, str], redact: Callable[[str], str]) -> str:
    """What ``redact`` made ``text`` of, by the ``values`` behind its labels; ``text`` itself where that is not known.

    What is public stays readable within a secret, too: the client id in ``brightbulb:<access_token#1>``.
    """
    labels = dict.fromkeys(label for label in LABEL.findall(text) if label in values)
    if text in values or not labels:
        return values.get(text, text)
    joined = LABEL.sub(lambda found: values.get(found[0], found[0]), text)
    return next((value for value in (*map(values.__getitem__, labels), joined) if redact(value) == text), text)
