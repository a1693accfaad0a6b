"""What a storage state brings along: the sessions of somebody who is signed in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path

from e2e_linker.config.storage_states import stored_cookies, stored_texts
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.token_looks import IDENTITIES, is_unguessable, is_wording

__all__ = ["register_stored"]

_MOST = 1000
"""Values of one file that are registered: each is searched for from then on, in everything."""
_LONGEST = 16 * 1024
"""Characters of the longest token; what is longer is a picture or another cache."""
_PLAIN = re.compile(r"[^@\s]+@[^@\s]+\.\w+|\d{4}-\d\d-\d\d(?:[T ].*)?|data:.*", re.DOTALL)
"""Addresses of people, moments, and pictures."""
_RELEASE = re.compile(r"version|build|release|commit|revision|etag|checksum", re.IGNORECASE)
"""Names of what tells one release of a site's scripts from another. It stands in the addresses of them, too."""


def register_stored(paths: Iterable[Path], registry: SecretRegistry, names: Collection[str]) -> None:
    """Register what the storage states in ``paths`` hold and what looks made up by a machine, but for user ``names``.

    Whom or what a text is about is told by its name, and is no secret.
    """
    known = {name.casefold() for name in names}
    for path in paths:
        cookies = ((name, value) for name, value in stored_cookies(path) if value.casefold() not in known)
        registry.register_headers(("Cookie", f"{name}={value}") for name, value in islice(cookies, _MOST))
        found = dict.fromkeys(value for value in _secrets(path) if value.casefold() not in known)
        registry.register_all((value, "token") for value in islice(found, _MOST))


def _secrets(path: Path) -> Iterator[str]:
    for name, value in stored_texts(path):
        plain = IDENTITIES.match(name) or _RELEASE.search(name) or _PLAIN.fullmatch(value)
        if len(value) <= _LONGEST and not plain and is_unguessable(value) and not is_wording(value):
            yield value
