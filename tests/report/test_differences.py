"""Where broken and healthy part: every pair is held against each other, and what is alike is told once."""

from __future__ import annotations

from typing import Any

import pytest

from e2e_linker.derive import ways
from e2e_linker.evidence.models import NotCollected
from e2e_linker.report.build import build_report
from e2e_linker.report.html import html_page
from e2e_linker.report.model import RunReport

SCRIPT = "https://cdn.example.com/app.js"
WIDTHS = {"desktop": 1280, "laptop": 1024, "tablet": 800}


@pytest.fixture
def device(build: Any) -> Any:
    """A case of one project: healthy, or broken by what became of the one script of its first page."""

    def case(project: str, *, before: int = 0, region: str = "NA", engine: str = "chromium", **script: Any) -> Any:
        asked = build.authorization(region=region)
        pictures = [build.sub(f"https://cdn.example.com/{n}.png", "image") for n in range(before)]
        first = [build.get(asked.url), *pictures, build.sub(SCRIPT, "script", **script)]
        steps = [*first, build.post(f"{build.login}/login"), build.get(build.answer(asked))]
        walk = build.walk(first, asked=asked, answer=None, ending="login_not_found") if script else None
        width = {"viewport_width": WIDTHS.get(project, 400), "engine": engine}
        about = {"id": f"{project}-{region.lower()}", "project": project, **width}
        missing = NotCollected(reason="no code arrived")
        return build.case(walk or build.walk(steps, asked=asked), facts=about, token_calls=missing)

    return case


def told(build: Any, *cases: Any) -> RunReport:
    return build_report(build.run(), list(cases))


def test_devices_that_part_alike_are_one_line(build: Any, device: Any) -> None:
    phones = [device("phone", before=3, status=403), device("pad", before=3, status=403)]
    report = told(build, *phones, device("desktop"), device("tablet"))
    (found,) = report.differences
    assert (found.broken.case, found.healthy.case, found.nearest) == ("phone-na", "tablet-na", True)
    assert (found.cases, found.requests) == (("phone-na", "pad-na"), (5, 5))
    assert found.healthy_cases == ("tablet-na", "desktop-na")
    assert found.text.startswith("phone and tablet agree up to request 5; there the script ")
    assert found.line == (
        f"phone and pad part from tablet and desktop at request 5: the script {SCRIPT} got status 403 there, "
        "and got status 200 on tablet and desktop."
    )


def test_each_pair_that_parts_elsewhere_is_told_the_nearest_first(build: Any, device: Any) -> None:
    # Firefox did not ask for the script at all: what parts the phone from it is only that the way ends.
    other = device("firefox", engine="firefox")
    steps = [step for step in other.walks[0].requests.value if step.url != SCRIPT]
    requests = other.walks[0].requests.model_copy(update={"value": tuple(steps)})
    other = other.model_copy(update={"walks": (other.walks[0].model_copy(update={"requests": requests}),)})
    report = told(build, device("phone", status=503), other, device("desktop"))
    assert [(one.point, one.nearest, one.healthy_cases) for one in report.differences] == [
        ("status", True, ("desktop-na",)),
        ("hop", False, ("firefox-na",)),
    ]
    assert report.differences[1].line.startswith("phone parts from firefox at request 1: ")


def test_every_pair_is_there_once_across_regions_and_engines(build: Any, device: Any) -> None:
    broken = [
        device(f"b{n}", region=region, status=status)
        for n, (region, status) in enumerate([("NA", 403), ("EU", 403), ("FE", 500), ("NA", 404)])
    ]
    healthy = [
        device(f"h{n}", region=region, engine=engine)
        for n, (region, engine) in enumerate([("NA", "chromium"), ("EU", "firefox"), ("NA", "webkit")])
    ]
    report = told(build, *broken, *healthy)
    pairs = [(one, other) for found in report.differences for one in found.cases for other in found.healthy_cases]
    assert sorted(pairs) == sorted((one.case.id, other.case.id) for one in broken for other in healthy)
    assert [found.cases for found in report.differences] == [("b0-na", "b1-eu"), ("b2-fe",), ("b3-na",)]


def test_numbers_that_differ_are_named(build: Any, device: Any) -> None:
    report = told(build, device("phone", before=2, status=403), device("pad", before=6, status=403), device("desktop"))
    (found,) = report.differences
    assert found.requests == (4, 8)
    assert "part from desktop at request 4 or 8: " in found.line


def test_a_line_names_a_few_and_the_page_links_them_all(build: Any, device: Any, samples: Any) -> None:
    report = told(build, *(device(f"phone{n}", status=403) for n in range(9)), device("desktop"))
    (found,) = report.differences
    assert "phone4, phone5 and 3 more part from desktop" in found.line
    section = html_page(report, samples.folder).partition('id="differences"')[2].partition("</section>")[0]
    assert all(f"#case-phone{n}-na" in section for n in range(9))


def test_each_request_is_looked_at_once_however_many_pairs_there_are(
    build: Any, device: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, kept = [], ways.key_of
    monkeypatch.setattr(ways, "key_of", lambda request: looked.append(request) or kept(request))
    broken = [device(f"b{n}", before=20, status=400 + n) for n in range(25)]
    report = told(build, *broken, *(device(f"h{n}", before=20) for n in range(25)))
    assert sum(len(one.cases) * len(one.healthy_cases) for one in report.differences) == 625
    assert len(looked) <= sum(len(case.walks[0].requests.value) for case in broken) * 2 + 50
