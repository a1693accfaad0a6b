"""Words are looked for in every text, however long, and in no more of it than a page could have."""

from __future__ import annotations

import re

import pytest

from e2e_linker.browser.login.words import topics
from e2e_linker.derive.wordings import (
    BROWSER_REFUSED,
    EMBEDDED_REFUSED,
    ERROR,
    FOREIGN_ORIGIN,
    FORGED,
    INSECURE,
    LOST_SESSION,
    OUTDATED,
    first_match,
)

TAKEN_FOR_FORGED = [phrase for phrases in topics()["forged"].values() for phrase in phrases]
_BROWSER = re.compile("browser|navigateur|navegador|ブラウザ|浏览器|브라우저|disallowed_useragent")
_OF_ROBOTS = re.compile("automated|checking")
REFUSED = [phrase for phrases in topics()["refused"].values() for phrase in phrases if _BROWSER.search(phrase)]


def test_the_first_text_that_holds_any_of_the_words_tells_which() -> None:
    assert first_match(ERROR, "Welcome", "Page not found", "Access denied") == "not found"
    assert first_match(ERROR, "Welcome") is None


def test_the_end_of_a_text_that_no_page_could_have_is_not_read() -> None:
    assert first_match(ERROR, "A " * 9_000 + "not found") == "not found"
    assert first_match(ERROR, "A" * 10_000_000 + " not found") is None
    assert first_match(ERROR, "A" * 10_000_000, "not found") == "not found"


@pytest.mark.parametrize("phrase", TAKEN_FOR_FORGED)
def test_what_ends_a_login_as_forged_is_known_as_such_afterwards(phrase: str) -> None:
    assert first_match(FORGED, f"403: {phrase.title()}.") is not None


@pytest.mark.parametrize(("topic", "words"), [("foreign_origin", FOREIGN_ORIGIN), ("sessionless", LOST_SESSION)])
def test_what_ends_a_login_before_its_password_is_looked_at_is_known_as_such_afterwards(topic, words) -> None:
    phrases = [phrase for known in topics()[topic].values() for phrase in known]
    assert [phrase for phrase in phrases if first_match(words, f"403: {phrase.title()}.") is None] == []


@pytest.mark.parametrize("phrase", [phrase for phrase in REFUSED if not _OF_ROBOTS.search(phrase)])
def test_what_ends_a_login_as_blocked_for_its_browser_is_known_as_such_afterwards(phrase: str) -> None:
    known = (first_match(words, phrase) for words in (EMBEDDED_REFUSED, INSECURE, BROWSER_REFUSED))
    assert any(known)


@pytest.mark.parametrize(
    "text",
    [
        "Browser nicht unterstützt",
        "Dieser Browser wird leider nicht mehr unterstützt.",
        "Votre navigateur n’est plus supporté",
        "Navegador no compatible",
        "Este navegador ya no es compatible",
        "Navegador não suportado",
        "お使いのブラウザはサポート対象外です",
        "ご利用のブラウザには対応しておりません",
        "Your web browser is not fully supported",
        "Mobile browsers are not supported",
        "We don't support your browser.",
    ],
)
def test_usual_sentences_that_turn_a_browser_away_are_known(text: str) -> None:
    assert first_match(BROWSER_REFUSED, text)


@pytest.mark.parametrize(
    "text", ["Your browser is out of date", "Ihr Browser ist veraltet", "Please upgrade your browser"]
)
def test_what_many_pages_say_in_passing_is_a_word_of_its_own(text: str) -> None:
    assert first_match(OUTDATED, text)
    assert not first_match(BROWSER_REFUSED, text)


@pytest.mark.parametrize(
    "text",
    [
        "This app runs in every browser.",
        "Open your browser and sign in.",
        "Browser nicht nötig",
        "If your browser isn't redirected automatically, press Continue.",
        "Falls Ihr Browser automatische Weiterleitung nicht unterstützt, drücken Sie auf Weiter.",
        "ブラウザの「戻る」ボタンには対応しておりません",
        "お使いのブラウザがJavaScriptに対応していない場合は「続ける」を押してください。ブラウザはJavaScriptに対応していません",
    ],
)
def test_a_browser_that_is_only_named_is_not_turned_away(text: str) -> None:
    assert not any(first_match(words, text) for words in (EMBEDDED_REFUSED, INSECURE, BROWSER_REFUSED, OUTDATED))
