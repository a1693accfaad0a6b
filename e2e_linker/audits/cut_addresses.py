"""What to do where the state was cut off because the address that holds it was."""

from __future__ import annotations

from collections.abc import Iterator

from e2e_linker.audits.screens import listed_in_words
from e2e_linker.derive.state_trail import StatePlace, StateTrail
from e2e_linker.derive.urls import parameters, split
from e2e_linker.evidence.headers import header
from e2e_linker.evidence.models import Walk, records

__all__ = ["room_for_address"]

_TAIL = 8
"""Characters of the state, which no encoding changes, by which an address is known to end with it."""


def room_for_address(trail: StateTrail, walk: Walk) -> str | None:
    """What to look for where the authorization request's own address ends within the state; None where none does.

    It ends in ``, `` for where to look. Where nothing stands behind the state, it may have been cut off by itself.
    """
    wrong = trail.first_wrong
    if trail.drift is None or trail.drift.kind != "truncated" or wrong is None:
        return None
    texts = list(_texts(wrong, walk))
    cut = next((text for text in texts if _is_cut(text, wrong, walk)), None)
    asked = [one.name for one in parameters(walk.authorization.url, nested=False)]
    behind = asked[asked.index("state") + 1 :] if "state" in asked else []
    if cut is None or not behind:
        return None
    lost = listed_in_words(behind)
    return (
        "Give what keeps the authorization request for after the login room for at least 4 KB: its address was cut off "
        f"within the state, and {lost} behind that came to nothing. Look for a column, field or cookie that ends after "
        f"{_lengths(cut, cut if wrong.where == 'body' else texts[0])}, "
    )


def _lengths(cut: str, carrier: str) -> str:
    """How long ``cut`` is, as it may have been kept: by itself, or as the end of the address ``carrier``."""
    length, parts = f"{len(cut):,} characters", split(cut)
    if cut != carrier and carrier.endswith(cut[-_TAIL:]):
        query = carrier.partition("?")[2]
        return f"{length}, or for an address that ends after {len(carrier):,} (its query after {len(query):,})"
    if parts.netloc:
        return f"{length}, or after {len(cut) - len(f'{parts.scheme}://{parts.netloc}'):,} without scheme and host"
    return length


def _texts(place: StatePlace, walk: Walk) -> Iterator[str]:
    """The addresses in which ``place`` may stand, and the values of their parameters."""
    request = next((one for one in records(walk.requests) if one.n == place.request), None)
    if request is None:
        return
    if place.where == "body":
        yield from (one.value for one in request.body.fields) if request.body else ()
        return
    url = header(request.response_headers, "location") if place.where == "location" else request.url
    if url is not None:
        yield url
        yield from (one.value for one in parameters(url))


def _is_cut(text: str, place: StatePlace, walk: Walk) -> bool:
    """Whether ``text`` is the beginning of what Alexa asked, up to what is left of the state."""
    asked = walk.authorization.url
    parts = split(asked)
    begins = asked.startswith(text) or f"{parts.path or '/'}?{parts.query}".startswith(text)
    return begins and text.endswith(f"state={place.value}")
