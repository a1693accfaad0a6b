from __future__ import annotations

import io
import struct
import zlib
from base64 import b64decode
from pathlib import Path

import pytest
from PIL import Image

from e2e_linker.report.pictures import Embedded, album


def opened(embedded: Embedded) -> Image.Image:
    head, _, data = embedded.uri.partition(",")
    assert head in {"data:image/webp;base64", "data:image/jpeg;base64"}
    return Image.open(io.BytesIO(b64decode(data)))


def save(folder: Path, name: str, size: tuple[int, int], colour: str = "#336699") -> str:
    Image.new("RGB", size, colour).save(folder / name)
    return name


def test_a_phone_screen_is_shrunk_in_proportion(tmp_path: Path) -> None:
    made = album(tmp_path, [save(tmp_path, "a.png", (1080, 2200))])
    (embedded,) = made.pictures
    assert (embedded.width, embedded.height) == opened(embedded).size
    assert embedded.width * embedded.height <= 361_000
    assert embedded.width / embedded.height == pytest.approx(1080 / 2200, rel=0.01)


def test_a_small_picture_keeps_its_size_and_its_colour(tmp_path: Path) -> None:
    made = album(tmp_path, [save(tmp_path, "a.jpg", (200, 300), "#ff0000")])
    (embedded,) = made.pictures
    picture = opened(embedded)
    assert picture.size == (200, 300)
    red, green, blue = picture.convert("RGB").getpixel((100, 150))  # type: ignore[misc]
    assert red > 230
    assert max(green, blue) < 40


def test_screenshots_are_embedded_as_they_were_taken(tmp_path: Path) -> None:
    made = album(tmp_path, [save(tmp_path, "a.jpg", (412, 839))])
    (embedded,) = made.pictures
    assert b64decode(embedded.uri.partition(",")[2]) == (tmp_path / "a.jpg").read_bytes()
    assert (embedded.width, embedded.height) == (412, 839)


def test_screenshots_that_are_too_much_together_are_shrunk(tmp_path: Path) -> None:
    paths = []
    for n in range(4):
        paths.append(f"{n}.jpg")
        Image.effect_noise((800, 600), 50 + n).convert("RGB").save(tmp_path / paths[-1], quality=90)
    most = sum((tmp_path / path).stat().st_size for path in paths)
    made = album(tmp_path, paths, most=most)
    assert len(made.pictures) == 4
    assert sum(len(one.uri) for one in made.pictures) <= most


def test_a_screenshot_cut_short_is_not_taken_as_it_is(tmp_path: Path) -> None:
    path = save(tmp_path, "a.jpg", (300, 300))
    (tmp_path / path).write_bytes((tmp_path / path).read_bytes()[:-40])
    made = album(tmp_path, [path])
    assert not made.pictures
    assert "damaged" in made.problems[path]


def test_a_very_tall_page_is_cut_off_below(tmp_path: Path) -> None:
    made = album(tmp_path, [save(tmp_path, "a.png", (400, 12_000))])
    (embedded,) = made.pictures
    assert embedded.height / embedded.width == pytest.approx(4.0, rel=0.02)


def test_equal_files_are_held_once(tmp_path: Path) -> None:
    paths = [save(tmp_path, "a.png", (50, 50)), save(tmp_path, "b.png", (50, 50))]
    made = album(tmp_path, [*paths, paths[0]])
    assert len(made.pictures) == 1
    assert made.by_path["a.png"] is made.by_path["b.png"]


def test_too_many_busy_pictures_lose_detail_until_they_fit(tmp_path: Path) -> None:
    paths = []
    for n in range(4):
        Image.effect_noise((800, 800), 80 + n).save(tmp_path / f"{n}.png")
        paths.append(f"{n}.png")
    rich, poor = album(tmp_path, paths), album(tmp_path, paths, most=200_000)
    assert sum(len(one.uri) for one in poor.pictures) < 250_000 < sum(len(one.uri) for one in rich.pictures)
    assert set(poor.by_path) == set(paths)


def _bomb() -> bytes:
    """A PNG of a few bytes that says it is 30,000 by 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bomb.png", _bomb()),
        ("svg.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("cut.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
        ("empty.png", b""),
    ],
)
def test_damaged_files_are_a_problem_of_their_own(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    made = album(tmp_path, [name, save(tmp_path, "good.png", (20, 20))])
    assert set(made.by_path) == {"good.png"}
    assert made.problems[name].startswith("the picture is damaged")


def test_files_outside_the_folder_are_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    save(tmp_path, "outside.png", (20, 20))
    (folder / "link.png").symlink_to(tmp_path / "outside.png")
    made = album(folder, ["../outside.png", str(tmp_path / "outside.png"), "link.png", "gone.png", "nul\0.png"])
    assert made.pictures == ()
    assert [("outside the run folder" in made.problems[path]) for path in made.problems] == [
        True,
        True,
        True,
        False,
        False,
    ]
