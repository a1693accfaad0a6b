from __future__ import annotations

import pytest

from e2e_linker.config import nearest

KEYS = ["device", "userAgent", "authorizationUrl", "custom-tab"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("devise", "device"),
        ("user_agent", "userAgent"),
        ("USER-AGENT", "userAgent"),
        ("authorizationURI", "authorizationUrl"),
        ("custom tab", "custom-tab"),
        ("zebra", None),
        ("", None),
        ("device" * 50, None),
    ],
)
def test_the_nearest_word(word: str, expected: str | None) -> None:
    assert nearest(word, KEYS) == expected


def test_a_stricter_cutoff_finds_less() -> None:
    assert nearest("devise", KEYS, cutoff=0.9) is None
