"""Secrets in a text of any kind, by the name that stands before them: in markup, a script, a message, an address.

A page may hold the code and never go on with it: in a refresh, a hidden field, a title, a line on the console.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from e2e_linker.evidence.handed_over import as_sent
from e2e_linker.evidence.secret_places import SecretValue, secrets_in_fields
from e2e_linker.evidence.token_looks import is_unguessable, is_wording

__all__ = ["secrets_in_texts"]

_QUOTE = r"(?:\\{0,3}[\"'`]|%(?:25){0,3}22|&quot;|&#34;)"
_NAMED = re.compile(
    # The first letters of the names, which make the search four times as fast; an escape may end in a letter or digit.
    r"(?=[acior])(?:(?<![a-z0-9_-])|(?<=%26)|(?<=%3f)|(?<=%23)|(?<=%22)|(?<=%2526)|(?<=%253f)|(?<=0026)|(?<=003f)|(?<=x26)|(?<=x3f))"
    r"((?:auth(?:orization)?[_-]?)?code|(?:access|refresh|id|oauth)[_-]?token|client[_-]?secret|code[_-]?verifier)"
    rf"{_QUOTE}?(?:\s{{0,3}}(?:[=:/]|%(?:25){{0,3}}3[ad]|\\u003[ad]|\\x3[ad]|\bis\b)"
    rf"|\s{{1,9}}(?:type=\S{{1,12}}\s{{1,9}})?value=)(?:[\s+]|{_QUOTE}){{0,6}}"
    r"((?:[\w~+/.-]|%(?!(?:25){0,3}(?:2[236]|3b|7d))[0-9a-f]{2}){16,4000})",
    re.IGNORECASE | re.ASCII,
)


def secrets_in_texts(texts: Iterable[str]) -> Iterator[SecretValue]:
    """What looks made up by a machine in ``texts`` and is called a code, a token or a client's secret there."""
    for text in texts:
        for name, raw in _NAMED.findall(text):
            whole = as_sent(raw.replace("+", "%2B")).rstrip(".")
            # What ends like a host may be the name of a file.
            value = whole if is_unguessable(whole) else whole.partition(".")[0]
            if is_unguessable(value) and not is_wording(value):
                yield from secrets_in_fields([(name, value)])
