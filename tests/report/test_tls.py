"""What each host served, in the report and on its page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from e2e_linker.evidence.models import Failed, Present
from e2e_linker.evidence.served_tls import ServedCertificate, ServedTls, TlsHandshake
from e2e_linker.report.anchors import Anchors
from e2e_linker.report.build import build_report
from e2e_linker.report.html import html_page
from e2e_linker.report.model import RunReport

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOST = "login.example.com"
SHAKEN = (
    TlsHandshake(offer="java8_tls12", failure="the server refused with the alert “handshake failure”"),
    TlsHandshake(offer="tls13", version="TLSv1.3", cipher="TLS_AES_128_GCM_SHA256"),
)


def served(**more: Any) -> ServedTls:
    certificate = ServedCertificate(
        subject='CN=login.example.com,O=<script>alert("x")</script>',
        issuer="CN=R11,O=Let's Encrypt",
        issuer_organisation="Let's Encrypt",
        serial="1f",
        not_before=NOW - timedelta(days=30),
        not_after=NOW + timedelta(days=60),
        key="RSA",
        key_bits=2048,
        sha256="0" * 64,
    )
    given = {"chain": Present(value=(certificate,)), "trust": "trusted", "path": (0,), "handshakes": SHAKEN}
    return ServedTls(host=HOST, port=443, roles=("authorization", "page", "token"), at=NOW, **{**given, **more})


@pytest.fixture
def reported(build: Any, pieces: Any) -> Any:
    def report(*seen: ServedTls) -> RunReport:
        page = build.sub("https://cdn.example.com/site.css", "stylesheet", server_certificate="CN=cdn, by CN=E7")
        opened = build.get(f"{build.login}/authorize", server_certificate="CN=login, by CN=R11")
        case = build.case(build.walk([opened, page]), token_calls=Present(value=(pieces.token_call(),)))
        return build_report(build.run(served_tls=Present(value=seen)), [case])

    return report


def test_hosts_that_were_asked_come_first(reported: Any) -> None:
    asked, loaded = reported(served()).tls["phone-na"]
    assert (asked.host, asked.verdict, asked.detail) == (HOST, "trusted", None)
    assert asked.roles == ("authorization", "page", "token")
    assert asked.certificate == "CN=login, by CN=R11"
    assert (asked.issuer, asked.not_after) == ("CN=R11,O=Let's Encrypt", NOW + timedelta(days=60))
    assert asked.handshakes == SHAKEN
    assert (loaded.host, loaded.certificate, loaded.verdict) == ("cdn.example.com", "CN=cdn, by CN=E7", None)


def test_what_is_wrong_stands_together(reported: Any) -> None:
    (asked, _) = reported(served(trust="expired", trust_detail="it expired", also=("it is weak",))).tls["phone-na"]
    assert (asked.verdict, asked.detail) == ("expired", "it expired; it is weak")


def test_a_host_that_served_nothing_says_why(reported: Any) -> None:
    (asked, _) = reported(served(chain=Failed(error="no answer within 5 s"), trust=None, path=())).tls["phone-na"]
    assert (asked.verdict, asked.detail, asked.subject) == (None, "no answer within 5 s", None)


def test_a_run_that_asked_nobody_still_shows_what_the_browser_was_shown(build: Any, linked_case: Any) -> None:
    report = build_report(build.run(options={"depth": "passive"}), [linked_case])
    assert {host.verdict for host in report.tls["phone-na"]} == {None}


@pytest.fixture
def linked_case(build: Any) -> Any:
    return build.case(build.walk([build.get(f"{build.login}/authorize")]))


def test_the_page_shows_the_row_that_a_finding_leads_to(reported: Any, tmp_path: Any) -> None:
    report = reported(served(trust="missing_intermediate", trust_detail="the intermediate “R11” is not sent"))
    (found,) = (one for one in report.findings if one.rule == "auth-cert-trusted-ca")
    assert Anchors(report).of(found.evidence[0]) == f"tls-phone-na-{HOST}"
    page = html_page(report, tmp_path)
    assert f'id="tls-phone-na-{HOST}"' in page
    assert f'href="#tls-phone-na-{HOST}"' in page
    text = unescape(page)
    for said in ("intermediate missing", "the intermediate “R11” is not sent", "TLS 1.2 as Java 8", "until "):
        assert said in text
    assert "<script>alert" not in page


def test_a_note_stands_beside_an_audit_that_passed(reported: Any) -> None:
    report = reported(served(handshakes=(SHAKEN[1],)))
    (outcome,) = (one for case in report.cases for one in case.outcomes if one.audit == "certificate-authority")
    assert outcome.status == "passed"
    assert (outcome.reason or "").startswith("Let's Encrypt issued the certificate of login.example.com.")
    assert "auth-cert-letsencrypt-note" not in {found.rule for found in report.findings}
