"""Counts a screenshot's colours and edges, cheaply: what corroborates or contradicts that a page is blank."""

from __future__ import annotations

import io

from PIL import Image, ImageChops, UnidentifiedImageError

from e2e_linker.evidence.page import Pixels

__all__ = ["pixels_of"]

_DRAFT_PX = (480, 480)
"""A JPEG is decoded to a half, a quarter or an eighth of its size, but not below this."""
_STEP = 8
"""Levels of a channel that count as one colour: JPEG makes neighbours of a flat area differ by one or two."""
_EDGE = 24
"""Levels by which a pixel has to differ from the next one, in grey, to be part of an edge."""


def pixels_of(jpeg: bytes) -> Pixels | None:
    """The counts of ``jpeg``, None for what cannot be read."""
    try:
        with Image.open(io.BytesIO(jpeg)) as picture:
            picture.draft("RGB", _DRAFT_PX)
            shot = picture.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    total = shot.width * shot.height
    if total < 2:
        return None
    coarse = shot.point([level // _STEP * _STEP for level in range(256)] * 3)
    counts = [count for count, _ in coarse.getcolors(total) or ()]
    return Pixels(commonest=round(max(counts) / total, 5), colours=len(counts), edges=round(_edges(shot), 5))


def _edges(shot: Image.Image) -> float:
    grey = shot.convert("L")
    right = ImageChops.difference(grey, ImageChops.offset(grey, 1, 0)).crop((1, 1, grey.width, grey.height))
    below = ImageChops.difference(grey, ImageChops.offset(grey, 0, 1)).crop((1, 1, grey.width, grey.height))
    either = ImageChops.lighter(right, below)
    area = either.width * either.height
    return sum(either.histogram()[_EDGE:]) / area if area else 0.0
