"""What is remembered of one file saves work on the next, and hides nothing from the search."""

from __future__ import annotations

import random
from base64 import b64encode
from pathlib import Path

import pytest

from e2e_linker.errors import InternalError
from e2e_linker.evidence.manifest import document
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.screening import Screening

EARLY, LATE = "S3cret-of-the-first-hour", "kJ8_wq-learnt-much-later"


def test_a_line_is_searched_again_once_another_secret_is_known() -> None:
    registry = SecretRegistry()
    registry.register(EARLY, "password")
    screening = Screening(registry)
    evidence, har = (
        document({"url": f"https://a.example/?t={LATE}"}),
        document([{"url": f"https://a.example/?t={LATE}"}]),
    )
    assert screening.label_in("evidence/a.json", evidence) is None
    assert screening.label_in("network/a.har", har) is None
    label = registry.register(LATE, "access_token")
    assert screening.label_in("network/a.har", har) == label
    assert screening.label_in("evidence/a.json", evidence) == label
    assert LATE.encode() not in screening.mended("evidence/a.json", evidence, Path("a.json"))


def test_a_line_with_a_secret_is_never_taken_for_clean() -> None:
    registry = SecretRegistry()
    label = registry.register(EARLY, "password")
    screening = Screening(registry)
    data = document({"text": EARLY, "other": "nothing"})
    assert [screening.label_in("report.json", data) for _ in range(3)] == [label] * 3


def test_what_no_text_can_mend_is_refused() -> None:
    registry = SecretRegistry()
    label = registry.register(EARLY, "password")
    with pytest.raises(InternalError, match=label):
        Screening(registry).mended("screens/a/1.jpg", b"\xff\xd8" + EARLY.encode(), Path("1.jpg"))


def test_a_picture_that_was_searched_as_a_file_is_not_searched_again_in_the_report() -> None:
    registry = SecretRegistry()
    screening = Screening(registry)
    known, other = (b"\xff\xd8" + random.Random(n).randbytes(900) + b"\xff\xd9" for n in (1, 2))
    spelt = [b64encode(picture).decode() for picture in (known, other)]
    assert screening.label_in("screens/a/1.jpg", known) is None
    label = registry.register(spelt[0][100:130], "password")
    late = registry.register(spelt[1][100:130], "access_token")
    pages = [f'<img src="data:image/jpeg;base64,{data}">'.encode() for data in spelt]
    assert screening.label_in("report.html", pages[0]) is None
    assert screening.label_in("report.html", pages[0] + spelt[0][100:130].encode()) == label
    assert screening.label_in("report.html", pages[1]) == late


def test_a_picture_with_a_secret_is_never_taken_for_clean() -> None:
    registry = SecretRegistry()
    label = registry.register(EARLY, "password")
    screening = Screening(registry)
    data = b"\xff\xd8" + EARLY.encode() + bytes(1_000) + b"\xff\xd9"
    assert screening.label_in("screens/a/1.jpg", data) == label
    page = f'<img src="data:image/jpeg;base64,{b64encode(data).decode()}">'.encode()
    assert screening.label_in("report.html", page) == label
