from __future__ import annotations

import pytest

from e2e_linker.config import nearest
from e2e_linker.config.nearest import misspelled, offer

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


@pytest.mark.parametrize(
    ("word", "offered"),
    [
        ("devise", "did you mean device? there are: device, userAgent, authorizationUrl, custom-tab"),
        ("tab", "did you mean custom-tab? there are: device, userAgent, authorizationUrl, custom-tab"),
        (
            "my custom tab at home",
            "did you mean custom-tab? there are: device, userAgent, authorizationUrl, custom-tab",
        ),
        ("zebra", "there are: device, userAgent, authorizationUrl, custom-tab"),
        ("t", "there are: device, userAgent, authorizationUrl, custom-tab"),
        ("", "there are: device, userAgent, authorizationUrl, custom-tab"),
    ],
)
def test_the_meant_word_is_offered_with_all_others(word: str, offered: str) -> None:
    assert offer(word, KEYS) == offered


def test_of_many_words_some_are_listed() -> None:
    assert offer("devises", KEYS, listed=["custom-tab"]) == "did you mean device? there are: custom-tab"


@pytest.mark.parametrize(
    ("word", "keys"),
    [("trace", ["device", "surface"]), ("testDir", ["outputDir", "use"]), ("nonsense", ["consent-never"])],
)
def test_a_word_of_its_own_is_not_taken_for_another(word: str, keys: list[str]) -> None:
    assert nearest(word, keys) is not None
    assert misspelled(word, keys) is None
    assert not offer(word, [key for key in keys if key != "outputDir"]).startswith("did you mean")


def test_of_very_many_words_the_nearest_are_listed() -> None:
    phones = [f"Phone {n}" for n in range(140)]
    said = offer("Phon 77", phones)
    assert said.startswith("did you mean Phone 77? there are: Phone 77, ")
    assert said.endswith(" and 132 more")
    assert len(said) < 200
    assert offer("zebra", phones).endswith(" and 132 more")
    assert offer("z" * 1000, phones).startswith("there are: Phone ")
