"""The page as text: what it says, what it weighs, what it may do."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from e2e_linker.evidence.models import Picture, Present
from e2e_linker.report.build import build_report
from e2e_linker.report.html import html_page
from e2e_linker.report.model import EvidenceLink

MAX_BYTES = 3_000_000


def test_the_policy_names_exactly_the_style_and_the_script(samples: Any) -> None:
    page = samples.page("sick")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].replace("&#39;", "'").split(";"))
    digests = {}
    for tag in ("style", "script"):
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digests[tag] = f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert rules == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": digests["style"],
        "script-src": digests["script"],
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_same_report_gives_the_same_page(samples: Any) -> None:
    assert html_page(samples.report("sick"), samples.folder) == samples.page("sick")


def test_eight_cases_with_four_busy_screens_each_stay_small(build: Any, samples: Any, tmp_path: Path) -> None:
    cases = []
    for n in range(8):
        screens = []
        for m in range(4):
            path = tmp_path / f"screens/{n}-{m}.png"
            path.parent.mkdir(exist_ok=True)
            # Coloured noise is the worst a camera could put on a login page.
            Image.effect_noise((620, 1260), 60 + n + m).convert("RGB").save(path, compress_level=0)
            picture = Picture(path=f"screens/{n}-{m}.png", width=824, height=1678, sha256="0" * 64)
            screens.append(samples.screen(m, f"step {m}", Present(value=picture)))
        cases.append(samples.case({"project": f"phone-{n}"}, build.walk(screens=screens)))
    page = html_page(build_report(samples.run(battery=samples.thorough()), cases), tmp_path)
    assert len(page.encode()) <= MAX_BYTES
    assert page.count("data:image/webp;base64,") == 32


def test_a_picture_shown_twice_is_held_once(build: Any, samples: Any) -> None:
    screens = samples.drawn.screens("same", colour="#123456")[:1] * 2
    again = [one.model_copy(update={"n": n}) for n, one in enumerate(screens)]
    report = build_report(samples.run(), [samples.case({"project": "phone"}, build.walk(screens=again))])
    page = html_page(report, samples.folder)
    assert page.count("<image") == 1
    assert page.count("data:image/jpeg;base64,") == 1
    assert page.count('<use href="#picture-') == 2


def test_a_finding_leads_to_its_token_call_and_back(build: Any, samples: Any, tmp_path: Path) -> None:
    calls = Present(value=(samples.token_call(build, status=415, response_body=""),))
    report = build_report(samples.run(), [samples.case({"project": "phone"}, build.walk(), token_calls=calls)])
    page = html_page(report, tmp_path)
    finding = next(found for found in report.findings if found.rule == "token-post-form")
    shown, called = f"finding-{finding.fingerprint}", "token-phone-na-1"
    article = page[page.index(f'<article class="card finding breaks" id="{shown}"') :]
    assert f'href="#{called}"' in article[: article.index("</article>")]
    call = page[page.index(f'<li id="{called}">') :]
    assert f'href="#{shown}"' in call[: call.index("</li>")]


def test_a_finding_leads_to_its_setting_and_back(build: Any, samples: Any, tmp_path: Path) -> None:
    skill = samples.run().skill
    skill = skill.model_copy(update={"domains": ("https://login.example.com/",), "raw": {"domains": ["x"]}})
    case = samples.case({"project": "phone"}, build.walk()).model_copy(update={"skill": skill})
    report = build_report(samples.run(skill=skill), [case])
    page = html_page(report, tmp_path)
    row = page[page.index('<tr id="configuration-domains">') :]
    row = row[: row.index("</tr>")]
    named = [f for f in report.findings if any((e.kind, e.ref[:7]) == ("configuration", "domains") for e in f.evidence)]
    assert named
    assert all(f'href="#finding-{found.fingerprint}"' in row for found in named)


def test_a_finding_leads_to_a_walk_of_the_whole_run_and_back(build: Any, samples: Any, tmp_path: Path) -> None:
    asked = build.authorization()
    probe = build.walk(build.healthy_steps(asked, build.answer(asked)), asked=asked)
    probe = probe.model_copy(update={"id": "unknown-x", "purpose": "unknown_redirect"})
    case = samples.case({"project": "phone"}, build.walk())
    report = build_report(samples.run(probes=Present(value=(probe,))), [case])
    refs = ({"kind": "request", "case": None, "ref": "unknown-x#2"}, {"kind": "walk", "case": None, "ref": "unknown-x"})
    links = tuple(EvidenceLink.model_validate(ref) for ref in refs)
    found = report.findings[0].model_copy(update={"cases": (), "evidence": links, "fingerprint": "f" * 16})
    assert [row.n for row in report.run_requests.rows] == [request.n for request in probe.requests.value]
    page = html_page(report.model_copy(update={"findings": (found,)}), tmp_path)
    for id_ in ("traffic-run-unknown-x-2", "walk-run-unknown-x"):
        assert f'href="#{id_}"' in page
        assert page.count(f'id="{id_}"') == 1
    walks = page[page.index('<section id="walks"') : page.index('<section id="undetermined"')]
    assert walks.count(f'href="#finding-{found.fingerprint}"') == 2
    assert 'href="#walks"' in page
    assert 'id="walks"' not in samples.page("sick")


def test_a_capture_cannot_be_run_again_and_no_command_says_so(build: Any, samples: Any, tmp_path: Path) -> None:
    case = samples.case({"project": "phone"}, build.walk())
    pages = [
        html_page(build_report(samples.run(), [one]), tmp_path)
        for one in (case, case.model_copy(update={"source": "har"}))
    ]
    assert ["e2e-linker reproduce" in page for page in pages] == [True, False]


def test_one_paste_is_told_once_and_names_all_it_mends(samples: Any) -> None:
    page = samples.page("sick")
    remedies = page[page.index('id="fixes"') : page.index('id="devices"')]
    assert remedies.count("&#34;idp.example.org&#34;") == 1
    assert remedies.count(">domains-complete</a>") == 2
    assert (
        remedies.index("auth-tracks-state") < remedies.index("domains-complete") < remedies.index("cookie-within-4096")
    )


def test_no_line_begins_with_a_comma(samples: Any) -> None:
    assert re.findall(r"</a>\s+[,;]", samples.page("sick")) == []


def test_a_substitute_engine_is_shown_as_such(samples: Any) -> None:
    page = samples.page("sick")
    assert "Rendered by chromium as a substitute: webkit is not installed." in page


def test_a_run_without_cases_says_so(samples: Any) -> None:
    page = samples.page("empty")
    assert page.count("No case was run.") == 2


def test_verdict_words_stand_beside_every_sign(samples: Any) -> None:
    page = samples.page("sick")
    signs = re.findall(r'<span class="badge [^"]*"><svg[^>]*><use[^>]*/></svg>([^<]*)</span>', page)
    assert signs
    assert all(words.strip() for words in signs)


def _tokens(css: str) -> list[dict[str, tuple[float, ...]]]:
    light, dark = css.split("prefers-color-scheme: dark", 1)
    found = []
    for part in (light, dark[: dark.index("*, *::before")]):
        pairs = re.findall(r"--([\w-]+): #([0-9a-f]{6})", part)
        found.append({name: tuple(int(value[n : n + 2], 16) / 255 for n in (0, 2, 4)) for name, value in pairs})
    return found


def _luminance(colour: tuple[float, ...]) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_wcag_asks_for(theme: int) -> None:
    tokens = _tokens(files("e2e_linker.report").joinpath("assets/page.css").read_text("utf-8"))[theme]
    pairs = [(ink, ground) for ink in ("ink", "muted", "link") for ground in ("surface", "raised", "code")]
    pairs += [(tone, f"{tone}-tint") for tone in ("good", "bad", "warn", "info", "dim")]
    pairs += [(tone, "raised") for tone in ("good", "bad", "warn")]
    pairs += [("on-lane", f"lane-{n}") for n in range(1, 7)]
    for ink, ground in pairs:
        bright, dark = sorted((_luminance(tokens[ink]), _luminance(tokens[ground])), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"
