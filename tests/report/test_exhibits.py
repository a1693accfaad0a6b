from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from e2e_linker.evidence.models import Present
from e2e_linker.report.build import build_report
from e2e_linker.report.exhibits import Exhibits
from e2e_linker.report.html import html_page
from e2e_linker.report.model import EvidenceLink
from e2e_linker.report.sections import PageEvent
from e2e_linker.report.walk_words import walk_words


def link(kind: str, ref: str, case: str | None = "phone-na") -> EvidenceLink:
    return EvidenceLink(kind=kind, case=case, ref=ref)


def test_a_token_call_is_quoted_with_what_was_sent_and_answered(build: Any, samples: Any) -> None:
    calls = Present(value=(samples.token_call(build, status=415, response_body='{"error": "nope"}'),))
    report = build_report(samples.run(), [samples.case({"project": "phone"}, build.walk(), token_calls=calls)])
    shown = Exhibits(report).of(link("token_call", "1"))
    assert shown is not None
    assert shown.text.startswith("exchange: POST https://")
    assert shown.text.endswith(" → 415")
    assert shown.quotes[-1] == ("answer", '{"error": "nope"}')
    assert Exhibits(report).of(link("token_call", "99")) is None


def test_a_call_of_a_probe_names_link_and_account(samples: Any) -> None:
    report = samples.report("sick")
    event = next(one for probe in report.token_probes.probes for one in probe.events if one.link)
    shown = Exhibits(report).of(link("token_call", str(event.n), None))
    assert shown is not None
    assert " account: " in shown.text
    assert "made for “" in shown.text


def test_a_request_that_changed_the_state_shows_both_values(samples: Any) -> None:
    report = samples.report("sick")
    trail = report.state_trail["iphone-na"]
    wrong = next(place for place in trail.places if place.drift and place.request is not None)
    shown = Exhibits(report).of(link("request", f"measured#{wrong.request}", "iphone-na"))
    assert shown is not None
    assert [label for label, _ in shown.quotes] == ["state as sent", "state as found"]
    assert dict(shown.quotes)["state as sent"] == trail.sent
    assert Exhibits(report).of(link("request", "measured#999", "iphone-na")) is None


def test_what_a_page_said_and_what_was_configured_are_quoted(build: Any, make: Any) -> None:
    said = PageEvent(walk="measured", kind="dialog", n=2, at=0.1, window=0, text="alert: Welcome")
    skill = build.skill(raw={"scopes": ["a", "b"]})
    exhibits = Exhibits(make.report(build, make.case(events=(said,)), skill=skill))
    dialog = exhibits.of(link("dialog", "measured#2"))
    assert dialog is not None
    assert dialog.quotes == (("said", "alert: Welcome"),)
    setting = exhibits.of(link("configuration", "scopes", None))
    assert setting is not None
    assert setting.quotes[0][0] == "scopes"
    assert exhibits.of(link("dialog", "measured#1")) is None
    assert exhibits.of(link("host", "cdn.example.com", None)) is None


@pytest.mark.parametrize("detail", ["it ends in the private root “CN=own”", None])
def test_a_certificate_is_quoted_and_a_private_root_explained(
    build: Any, make: Any, tmp_path: Path, detail: str | None
) -> None:
    served = {"host": "a.example", "certificate": None, "verdict": "private_root", "detail": detail}
    served |= {"subject": "CN=a.example", "issuer": "CN=own", "not_after": None, "handshakes": ()}
    report = make.report(build, make.case(), tls={"phone-na": (served,)})
    shown = Exhibits(report).of(link("certificate", "a.example"))
    assert shown is not None
    assert shown.quotes[:2] == (("served for", "CN=a.example"), ("issued by", "CN=own"))
    assert shown.quotes[2:] == ((("trust", detail),) if detail else ())
    assert Exhibits(report).of(link("certificate", "b.example")) is None
    page = html_page(report, tmp_path)
    assert "Trusted here because <code>linker.trust</code> names that root." in page
    assert "in production a publicly trusted CA is needed" in page


def test_the_finding_quotes_its_evidence(samples: Any) -> None:
    page = samples.page("sick")
    findings = page[page.index('id="findings"') : page.index('id="cases"')]
    assert '<div class="exhibit">' in findings
    assert "state as found" in findings


@pytest.mark.parametrize(
    ("walk", "words"),
    [
        ("measured", "the case's own visit"),
        ("warm", "second visit in the same browser"),
        ("region-EU", "visit with the redirect URI of region EU"),
        ("parallel-b", "two logins side by side, the second one"),
        ("unknown-longer-path", "redirect URI that nobody registered, longer path"),
        ("minted-second_account-1", "link 1 made for “Another account”"),
        ("minted-odd", "link odd"),
        ("again", "walk again"),
    ],
)
def test_walks_have_plain_names(walk: str, words: str) -> None:
    assert walk_words(walk) == words
