from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from e2e_linker.model import Region, Severity
from e2e_linker.report.html import html_page
from e2e_linker.report.matrix import SIGN_WORDS, matrix


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


def test_what_belongs_to_no_case_has_a_row_of_its_own(build: Any, make: Any, tmp_path: Path) -> None:
    advice = make.finding("auth-pkce", "recommended", cases=(), evidence=())
    threat = make.finding("token-identifies-user", cases=(), evidence=())
    made = matrix([make.case()], (threat, advice, make.finding(cases=(), expected=True)))
    assert made.of_run is not None
    assert (made.of_run.findings, made.of_run.sign) == ((threat, advice), Severity.BREAKS)
    assert made.of_run.words == "2 findings that belong to no single case"
    assert made.by_case == {"phone-na": "links"}
    assert matrix([make.case()], (make.finding(),)).of_run is None
    report = make.report(build, make.case(), findings=(threat, advice), verdict="failed")
    page = html_page(report, tmp_path)
    devices = page[page.index('id="devices"') : page.index('id="findings"')]
    assert devices.count('<tr class="of-run">') == 1
    assert f'<a class="cell breaks" href="#finding-{threat.fingerprint}"' in devices


def test_a_case_has_one_sign_wherever_it_is_shown(build: Any, make: Any, tmp_path: Path) -> None:
    cases = [make.case("a-na"), make.case("b-na"), make.case("c-na", "dead_end")]
    report = make.report(build, *cases, findings=(make.finding(cases=("a-na",)),), verdict="failed")
    assert matrix(cases, report.findings).by_case == {"a-na": "degrades", "b-na": "links", "c-na": "fails"}
    page = html_page(report, tmp_path)
    for id_, sign in (("a-na", "degrades"), ("b-na", "links"), ("c-na", "fails")):
        assert f'<a class="cell {sign}" href="#case-{id_}"' in page
        assert f'<details class="case card {sign}" id="case-{id_}"' in page
        words = SIGN_WORDS[sign]
        assert f'<a href="#case-{id_}" title="{words}"><svg class="icon" aria-hidden="true" focusable="false">' in page
    # Of those that are not well the first alone stands open.
    assert page.count('<details class="case card') == 3
    assert re.findall(r'<details class="case card \w+" id="([\w-]+)" data-sides="[^"]*" open>', page) == ["case-a-na"]
