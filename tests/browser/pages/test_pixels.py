"""The counts that corroborate a blank page: flat pictures against pictures with something on them."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from e2e_linker.browser.pages.pixels import pixels_of


def jpeg(picture: Image.Image) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=60)
    return kept.getvalue()


@pytest.mark.parametrize("colour", ["white", "#23407a", "#fdfdfd", "#f8f8f8"])
@pytest.mark.parametrize("size", [(390, 844), (1280, 720), (2, 2)])
def test_a_flat_picture_has_one_colour_and_no_edges(size: tuple[int, int], colour: str) -> None:
    counted = pixels_of(jpeg(Image.new("RGB", size, colour)))
    assert counted is not None
    assert (counted.commonest, counted.colours, counted.edges) == (1.0, 1, 0.0)


@pytest.mark.parametrize("size", [(390, 844), (1280, 720)])
def test_a_plain_form_on_white_is_nearly_flat_but_has_edges(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 220, 50), outline="#777")
    draw.rectangle((20, 70, 220, 100), outline="#777")
    draw.text((20, 120), "Sign in", fill="black")
    counted = pixels_of(jpeg(picture))
    assert counted is not None
    assert 0.9 < counted.commonest < 1
    assert counted.colours > 3
    assert counted.edges > 0.0005


def test_what_is_no_picture_is_not_counted() -> None:
    whole = jpeg(Image.effect_noise((800, 800), 60).convert("RGB"))
    assert pixels_of(b"") is None
    assert pixels_of(b"\xff\xd8\xff\xe0 no picture") is None
    assert pixels_of(whole[: len(whole) // 3]) is None


def test_noise_has_many_colours_and_edges() -> None:
    counted = pixels_of(jpeg(Image.effect_noise((400, 400), 90).convert("RGB")))
    assert counted is not None
    assert counted.commonest < 0.2
    assert counted.edges > 0.3
