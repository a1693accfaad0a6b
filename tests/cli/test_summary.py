"""The outcome on a terminal."""

from __future__ import annotations

import pytest

from e2e_linker.cli.summary import print_summary
from e2e_linker.evidence.models import Ending, NotCollected
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


def test_a_case_that_does_not_link_is_told_with_what_to_try_where_no_finding_says_why(build, capsys):
    ending = Ending(kind="dead_end", message="The same form came back.", hint="look at its cookies")
    walk = build.walk(answer=None, ending=ending)
    cases = [build.case(walk, facts={"id": name}) for name in ("a-na", "b-na", "c-na")]
    print_summary(build_report(build.run(), cases), None)
    told = capsys.readouterr().out
    assert "on all 3 cases\n  try: look at its cookies\n" in told
    assert told.count("look at its cookies") == 1
