"""The outcome on a terminal."""

from __future__ import annotations

import pytest

from e2e_linker.cli.summary import print_summary
from e2e_linker.evidence.models import NotCollected
from e2e_linker.report.build import build_report


@pytest.mark.parametrize(
    ("captured", "fate"),
    [(True, "?  phone-na  chromium  came back to Alexa"), (False, "came back to Alexa, but is not linked")],
)
def test_what_a_capture_cannot_show_is_not_called_a_failure(build, capsys, captured, fate):
    source = "har" if captured else "browser"
    evidence = build.case(source=source, token_calls=NotCollected(reason="no phone sees the token request"))
    print_summary(build_report(build.run(), [evidence]), None)
    (line,) = [line.strip() for line in capsys.readouterr().out.splitlines() if "phone-na " in line]
    assert line.endswith(fate)
