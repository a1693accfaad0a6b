"""Whether a page that is pictured shows a secret, by the texts that it draws."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from e2e_linker.browser.login.shown_seeds import draws_seed, seeds_in
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.token_looks import is_wording

__all__ = ["shows_secret"]

_LABEL = re.compile(r"<([a-z][a-z0-9_]*)#\d+>")
_NUMBERED = re.compile(r"[A-Za-z]{1,12}[_.-]?\d{1,5}")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""Signs that take no room in a text: they only tell where it may be broken."""


def shows_secret(texts: Sequence[Sequence[str]], registry: SecretRegistry, covered: Collection[str]) -> bool:
    """Whether ``texts``, each in pieces as it is drawn, hold a secret of ``registry`` whose label is not ``covered``.

    A page may mark up the letters of one: so pieces count alone, run together, and without the room between letters.
    The seed of one-time codes is one, also as a picture that apps read.
    """
    apart = "\n".join("\n".join(pieces) for pieces in texts).translate(_UNSEEN)
    joined = "\n".join(" ".join("".join(pieces).split()) for pieces in texts).translate(_UNSEEN)
    dense = "\n".join("".join("".join(pieces).split()) for pieces in texts).translate(_UNSEEN)
    registry.register_all((*seeds_in(apart), *seeds_in(joined)))
    if draws_seed(joined):
        return True
    clean = registry.redact_many(list(dict.fromkeys((apart, joined, dense))), ordinary=False)
    found = {(match[0], match[1]) for text in clean for match in _LABEL.finditer(text)}
    return any(label not in covered and not _is_error_code(label, kind, registry) for label, kind in found)


def _is_error_code(label: str, kind: str, registry: SecretRegistry) -> bool:
    """Whether what is behind ``label`` says what went wrong: many answers call that a code, and many pages show it."""
    value = registry.reveal(label).get_secret_value()
    return kind == "code" and (is_wording(value) or _NUMBERED.fullmatch(value) is not None)
