"""What is inside a file that may be zipped or gzipped, also where the archive is cut off or damaged."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from e2e_linker.errors import StoreError

__all__ = ["read_limited", "unpacked"]

_LARGEST = 1024 * 1024 * 1024
"""Bytes after unpacking. More is refused: it would not fit into memory."""
_PIECE = 64 * 1024
_CHUNK = 16 * 1024 * 1024
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_HEAD = struct.Struct("<4sHHHHHLLLHH")
"""The head of a zipped file (PKWARE APPNOTE 6.3.10, section 4.3.7)."""
_ENCRYPTED, _STORED, _DEFLATED = 1, 0, 8


def read_limited(path: Path) -> bytes:
    """What is in ``path``, which may be anything that can be read.

    Raises :class:`OSError`, and :class:`~e2e_linker.errors.StoreError` where it is, or goes on for, more than fits into
    memory.
    """
    with path.open("rb") as file:
        # A device or a pipe tells no size.
        pieces = [file.read(min(os.fstat(file.fileno()).st_size, _LARGEST) + 1)]
        while pieces[-1] and sum(map(len, pieces)) <= _LARGEST:
            pieces.append(file.read(_CHUNK))
    if sum(map(len, pieces)) > _LARGEST:
        raise _too_large(path)
    return b"".join(pieces) if any(pieces[1:]) else pieces[0]


def unpacked(data: bytes, path: Path) -> bytes:
    """``data`` itself, or the capture in the archive that it is; of a broken archive whatever can be unpacked.

    Raises :class:`~e2e_linker.errors.StoreError`, with ``path`` as the place, where nothing can, where an archive
    holds several captures, and where there is more than fits into memory.
    """
    try:
        if data.startswith(_ZIP):
            data = _zipped(data, path)
        elif data.startswith(_GZIP):
            data = _inflated(data, zlib.MAX_WBITS | 16)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise StoreError(f"the archive cannot be unpacked: {error}", where=str(path)) from error
    if len(data) > _LARGEST:
        raise _too_large(path)
    return data


def _too_large(path: Path) -> StoreError:
    hint = "capture only the linking, or filter the capture by host before exporting it"
    return StoreError(f"the capture is larger than {_LARGEST // 1024**2} MB", where=str(path), hint=hint)


def _zipped(data: bytes, path: Path) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = _capture_in(archive, path)
            with archive.open(member) as file:
                return file.read(_LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        found = _first_file(data)
        if not found:
            raise
        return found


def _capture_in(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    files = [info for info in archive.infolist() if not info.is_dir() and not _of_finder(info.filename)]
    chosen = [info for info in files if info.filename.lower().endswith(".har")] or files
    if len(chosen) != 1:
        names = ", ".join(info.filename for info in chosen[:5]) or "nothing"
        raise StoreError(f"the archive should hold one capture, it holds {names}", where=str(path))
    return chosen[0]


def _of_finder(name: str) -> bool:
    """Whether macOS put a file into the archive beside the one that was zipped: ``__MACOSX/._phone.har``."""
    place = PurePosixPath(name)
    return place.parts[:1] == ("__MACOSX",) or place.name.startswith("._")


def _first_file(data: bytes) -> bytes:
    """The first file of an archive that lost its list of files, which stands at the end; empty where it is unknown."""
    if len(data) < _HEAD.size:
        return b""
    _, _, flags, method, *_, name, extra = _HEAD.unpack_from(data)
    content = data[_HEAD.size + name + extra :]
    if flags & _ENCRYPTED or method not in {_STORED, _DEFLATED}:
        return b""
    return content if method == _STORED else _inflated(content, -zlib.MAX_WBITS)


def _inflated(data: bytes, window: int) -> bytes:
    """``data`` unpacked as far as it is whole; several gzip streams in a row are one text.

    Raises :class:`zlib.error` where not even the beginning is.
    """
    pieces: list[bytes] = []
    size = place = 0
    unpacker = zlib.decompressobj(window)
    while place < len(data) and size <= _LARGEST:
        piece = data[place : place + _PIECE]
        place += len(piece)
        try:
            pieces.append(unpacker.decompress(piece, _LARGEST + 1 - size))
        except zlib.error:
            if not size:
                raise
            break
        size += len(pieces[-1])
        if unpacker.eof:
            place -= len(unpacker.unused_data)
            if window < 0 or not data.startswith(_GZIP, place):
                break
            unpacker = zlib.decompressobj(window)
    return b"".join(pieces)
