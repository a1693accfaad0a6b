"""What is remembered of one file saves work on the next, and hides nothing from the search."""

from __future__ import annotations

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
