from __future__ import annotations

from typing import Any

from e2e_linker.model import Region, Severity
from e2e_linker.report.matrix import matrix


def test_projects_stand_against_regions_in_the_order_of_the_run(make: Any) -> None:
    cases = [make.case("b-eu"), make.case("a-na"), make.case("b-na", "dead_end")]
    found = [
        make.finding(cases=("b-na", "b-eu")),
        make.finding(cases=("b-na",), severity="degrades"),
        make.finding(cases=("b-na",), expected=True),
    ]
    made = matrix(cases, found)
    assert made.regions == (Region.NA, Region.EU)
    assert [row.project for row in made.rows] == ["b", "a"]
    table = [[[(cell.case.id, cell.counts) for cell in cells] for cells in row.cells] for row in made.rows]
    assert table == [
        [[("b-na", ((Severity.BREAKS, 1), (Severity.DEGRADES, 1)))], [("b-eu", ((Severity.BREAKS, 1),))]],
        [[("a-na", ())], []],
    ]


def test_no_case_no_matrix() -> None:
    assert matrix([], []).rows == ()
