"""Screenshots made small enough to live inside the report, each kept once however often it is shown."""

from __future__ import annotations

import hashlib
import warnings
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

__all__ = ["Album", "Embedded", "album"]

_FORMATS = ("PNG", "JPEG", "WEBP")
_DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises for files that are no good picture."""
_SIDE = 16_000
_PIXELS = 60_000_000
_AS_TAKEN_PIXELS = 2_000_000
"""A picture of more pixels is shrunk, however few bytes it has: the reader's browser must unpack it."""
_STEPS = ((360_000, 68), (220_000, 58), (120_000, 50), (50_000, 40))
"""(pixels of a picture, WebP quality), tried in turn until all pictures together fit."""
_TALLEST = 4.0
"""Height over width above which a picture is cut off below: a whole page on a phone would shrink to a thread."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A picture as it stands in the page. ``width`` and ``height`` are its pixels after shrinking."""

    id: str
    uri: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Album:
    """All pictures of a report."""

    pictures: tuple[Embedded, ...]
    """Each once, in the order of first use."""
    by_path: Mapping[str, Embedded]
    problems: Mapping[str, str]
    """Why a path has no picture, in words."""


def album(folder: Path, paths: Iterable[str], most: int = 2_000_000) -> Album:
    """The pictures at ``paths`` (relative to ``folder``), together at most about ``most`` bytes.

    A file that is missing, is no picture, or lies outside the folder is a problem of that path alone.
    """
    read: dict[str, tuple[str, bytes]] = {}
    problems: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        try:
            data = _file(folder, path).read_bytes()
        except (OSError, ValueError) as error:
            problems[path] = f"the picture cannot be read: {getattr(error, 'strerror', None) or error}"
        else:
            read[path] = hashlib.sha256(data).hexdigest()[:16], data
    unique = dict(read.values())
    embedded, faults = _as_taken(unique, most), dict[str, str]()
    if len(embedded) < len(unique):
        for n, (pixels, quality) in enumerate(_STEPS, 1):
            embedded, faults = _shrunk(unique, pixels, quality, most if n < len(_STEPS) else None)
            if len(embedded) + len(faults) == len(unique):
                break
    problems |= {path: faults[key] for path, (key, _) in read.items() if key in faults}
    by_path = {path: embedded[key] for path, (key, _) in read.items() if key in embedded}
    return Album(tuple(embedded.values()), by_path, problems)


def _file(folder: Path, path: str) -> Path:
    root = folder.resolve()
    found = (root / path).resolve()
    if not found.is_relative_to(root):
        raise ValueError("it lies outside the run folder")
    return found


def _as_taken(unique: Mapping[str, bytes], most: int) -> dict[str, Embedded]:
    """The pictures as they lie in the folder, until one is too large, no whole JPEG, or they exceed ``most``.

    Compressing a picture anew costs more than judging a whole case, and those of this tool are small already.
    """
    made: dict[str, Embedded] = {}
    room = most * 3 // 4
    for key, data in unique.items():
        room -= len(data)
        size = _jpeg_size(data)
        if room < 0 or size is None or size[0] * size[1] > _AS_TAKEN_PIXELS or size[1] > size[0] * _TALLEST:
            break
        made[key] = Embedded(f"picture-{key}", _uri("jpeg", data), *size)
    return made


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG that is there to its end marker, otherwise None."""
    if not data.startswith(b"\xff\xd8") or not data.endswith(b"\xff\xd9"):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(BytesIO(data), formats=("JPEG",)) as picture:
                return picture.size
        except _DAMAGE:
            return None


def _shrunk(
    unique: Mapping[str, bytes], pixels: int, quality: int, most: int | None
) -> tuple[dict[str, Embedded], dict[str, str]]:
    """The pictures and the damage, as far as they fit into ``most``."""
    made: dict[str, Embedded] = {}
    faults: dict[str, str] = {}
    total = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        for key, data in unique.items():
            try:
                made[key] = _embedded(key, data, pixels, quality)
            except _DAMAGE as error:
                faults[key] = f"the picture is damaged: {type(error).__name__}"
                continue
            total += len(made[key].uri)
            if most is not None and total > most:
                break
    return made, faults


def _embedded(key: str, data: bytes, pixels: int, quality: int) -> Embedded:
    with Image.open(BytesIO(data), formats=_FORMATS) as picture:
        width, height = picture.size
        if width * height > _PIXELS or max(width, height) > _SIDE:
            raise ValueError("too large")
        # A JPEG may be decoded at half or a quarter of its size, which is much faster than shrinking it afterwards.
        scale = min(1.0, (pixels / (width * min(height, width * _TALLEST))) ** 0.5)
        picture.draft("RGB", (max(1, int(width * scale)), max(1, int(height * scale))))
        shrunk = picture.convert("RGB")
    width, height = shrunk.size
    shrunk = shrunk.crop((0, 0, width, min(height, int(width * _TALLEST))))
    scale = min(1.0, (pixels / (shrunk.width * shrunk.height)) ** 0.5)
    if scale < 1.0:
        target = (max(1, round(shrunk.width * scale)), max(1, round(shrunk.height * scale)))
        shrunk = shrunk.resize(target, Image.Resampling.LANCZOS)
    out = BytesIO()
    shrunk.save(out, "WEBP", quality=quality, method=2)
    return Embedded(f"picture-{key}", _uri("webp", out.getvalue()), shrunk.width, shrunk.height)


def _uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{b64encode(data).decode('ascii')}"
