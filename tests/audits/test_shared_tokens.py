"""Servers that give several links of an account the same tokens: what one link ends for another is told as that."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from e2e_linker.evidence.models import Present
from e2e_linker.evidence.token_calls import ProbedLink, TokenBattery
from e2e_linker.model import Confidence, Severity

REFUSED = {"error": "invalid_grant"}


@pytest.fixture
def calls():
    """What was called, in order; filled by ``told``."""
    return []


@pytest.fixture
def told(calls, pieces):
    """Writes down a call of ``link`` that sent ``sent`` and was given ``got`` (access and refresh token)."""

    def tell(link, purpose, got=None, sent=None, *, status=None, step=1):
        probe = link.rpartition("-")[0]
        given = {"n": len(calls) + 1, "purpose": purpose, "probe": probe, "link": link, "step": step}
        if purpose in {"use", "use_previous"}:
            given |= {"endpoint": "resource", "url": "https://api.example.com/me", "method": "GET"}
            body, status = {"sub": "mia"}, status or 200
        elif got:
            body, status = {"access_token": f"<access_token#{got[0]}>", "token_type": "Bearer", "expires_in": 3600}, 200
            body |= {"refresh_token": f"<refresh_token#{got[1]}>"} if got[1] else {}
        else:
            body, status = REFUSED, status or 400
        form = {"grant_type": "refresh_token", "refresh_token": f"<refresh_token#{sent}>"} if sent else {}
        calls.append(pieces.token_call(json.dumps(body), status=status, request_body=urlencode(form), **given))

    return tell


@pytest.fixture
def outcome(calls, build):
    def judge(audit):
        names = dict.fromkeys(call.link for call in calls)
        links = tuple(
            ProbedLink(id=name, probe=name.rpartition("-")[0], region="NA", redirect_uri=build.redirect_uri())
            for name in names
        )
        battery = TokenBattery(case="phone-na", links=links, calls=tuple(calls))
        return build.judge_run(audit, build.run(battery=Present(value=battery)), depth="thorough")

    return judge


def chain(told, link="refresh-1", first=("A1", "R1"), dead_at=None):
    """The refresh probe with rotation; its refresh ``dead_at`` is refused."""
    told(link, "exchange", first)
    sent = first[1]
    for n in (1, 2, 3):
        if n == dead_at:
            told(link, "refresh", None, sent, step=2 * n)
            return
        told(link, "refresh", (f"A{link}{n}", f"R{link}{n}"), sent, step=2 * n)
        told(link, "use" if n == 3 else "use_previous", step=2 * n + 1)
        sent = f"R{link}{n}"


@pytest.mark.parametrize(
    ("same", "rotates", "meanwhile", "judged"),
    [
        ("R1", True, True, "inconclusive"),
        ("R1", True, False, "failed"),
        ("R7", True, True, "failed"),
        ("R1", False, True, "failed"),
    ],
    ids=["shared", "spent before", "tokens of its own", "not replaced"],
)
def test_a_refresh_that_another_link_with_the_same_token_may_have_spoilt_is_no_failure(
    told, outcome, same, rotates, meanwhile, judged
):
    told("client_id_in_body-1", "exchange", ("A1" if same == "R1" else "A7", same))
    if meanwhile:
        told("refresh-1", "exchange", ("A1", "R1"))
    told("client_id_in_body-1", "refresh", ("A8", "R8" if rotates else None), same, step=2)
    if not meanwhile:
        told("refresh-1", "exchange", ("A1", "R1"))
    told("refresh-1", "refresh", None, "R1", step=2)
    found = outcome("refreshing")
    assert found.status == judged
    if judged == "inconclusive":
        assert found.missing[0].startswith("refresh-1 and client_id_in_body-1 were given the same tokens")


@pytest.mark.parametrize(("shared", "judged"), [(True, "inconclusive"), (False, "failed")])
def test_an_access_token_that_another_link_has_too_may_have_been_ended_by_its_refresh(told, outcome, shared, judged):
    told("relink-1", "exchange", ("A1" if shared else "A9", "R9"))
    told("refresh-1", "exchange", ("A1", "R1"))
    told("relink-1", "refresh", ("A10", None), "R9", step=4)
    told("refresh-1", "refresh", ("A2", "R2"), "R1", step=2)
    told("refresh-1", "use_previous", status=401, step=3)
    told("refresh-1", "use", step=7)
    assert outcome("previous-access").status == judged


def relinked(told, second, first=("A1", "R1")):
    """Two links, of which the first is used and refreshed, and then the second: ``second`` is its refresh's answer."""
    told("relink-1", "exchange", first)
    told("relink-2", "exchange", ("A1", "R1"), step=2)
    told("relink-1", "use", step=3)
    told("relink-1", "refresh", ("A2", "R2"), first[1], step=4)
    told("relink-2", "refresh", second, "R1", step=5)


def test_sharing_that_ends_nothing_is_no_finding(told, outcome):
    relinked(told, ("A3", "R3"))
    chain(told, first=("A3", "R3"))
    for audit in ("early-end", "refreshing", "previous-access"):
        assert outcome(audit).status == "passed", audit


@pytest.mark.parametrize(("first", "judged"), [(("A1", "R1"), "failed"), (("A9", "R9"), "passed")])
def test_a_second_link_that_does_not_outlive_the_refresh_of_the_first_is_told(told, outcome, first, judged):
    relinked(told, None, first)
    found = outcome("early-end")
    assert found.status == judged
    if judged == "failed":
        (one,) = found.findings
        assert (one.rule, one.severity) == ("token-no-early-invalidation", Severity.DEGRADES)
        assert one.confidence is Confidence.LIKELY
        assert "ends the first link" not in one.message
        assert "the same tokens" in one.message
        assert (one.primary.ref, [ref.ref for ref in one.related]) == ("5", ["4"])


def fresh_pair(told, tried=True):
    """A link from another browser, dead by the time it is used; ``tried``: another one with its access token is
    refreshed before."""
    chain(told, first=("A30", "R30"))
    told("relink_fresh-1", "exchange", ("A1", "R1"))
    told("race-1", "exchange", ("A1", "R9"))
    if tried:
        told("race-1", "refresh", ("A10", "R10"), "R9", step=2)
    told("relink_fresh-2", "exchange", ("A20", "R20"), step=2)
    told("relink_fresh-1", "use", status=401, step=3)
    told("relink_fresh-1", "refresh", ("A2", "R2"), "R1", step=4)
    told("relink_fresh-2", "refresh", ("A21", "R21"), "R20", step=5)


@pytest.mark.parametrize(("tried", "judged"), [(True, "inconclusive"), (False, "failed")])
def test_what_was_done_with_a_shared_access_token_is_not_blamed_on_the_second_link(told, outcome, tried, judged):
    fresh_pair(told, tried)
    found = outcome("early-end")
    assert found.status == judged
    if tried:
        assert found.missing == ("race-1, which was tried meanwhile, was given the same tokens as relink_fresh-1",)


@pytest.mark.parametrize(("tried", "judged"), [(True, "failed"), (False, "inconclusive")])
def test_a_link_that_shared_its_tokens_does_not_make_logins_end_links(told, outcome, tried, judged):
    fresh_pair(told, tried)
    told("reuse_soon-1", "exchange", ("A40", "R40"))
    told("reuse_soon-1", "refresh", ("A41", "R41"), "R40", step=2)
    told("reuse_soon-1", "replay", None, "R40", step=3)
    told("reuse_soon-1", "refresh", None, "R41", step=4)
    assert outcome("refresh-reuse").status == judged


def test_links_that_share_no_more_than_an_access_token_end_none_of_each_other(told, outcome):
    for n in (1, 2):
        told(f"relink-{n}", "exchange", ("A", f"Rl{n}"), step=n)
    told("reuse_29s-1", "exchange", ("A", "R29"))
    told("reuse_29s-1", "refresh", ("A", "R29b"), "R29", step=2)
    told("refresh-1", "exchange", ("A", "R1"))
    told("refresh-1", "refresh", ("A", "R2"), "R1", step=2)
    told("reuse_29s-1", "replay", None, "R29", step=3)
    told("refresh-1", "refresh", None, "R2", step=4)
    assert outcome("refreshing").status == "failed"


def test_a_refresh_token_of_its_own_is_dead_beside_an_access_token_that_another_link_replaced(told, outcome):
    told("relink-1", "exchange", ("A1", "R31"))
    told("relink-2", "exchange", ("A1", "R32"), step=2)
    told("relink-1", "use", step=3)
    told("relink-1", "refresh", ("A1b", "R31"), "R31", step=4)
    told("relink-2", "refresh", ("A1b", "R32"), "R32", step=5)
    told("relink_fresh-1", "exchange", ("A1b", "R1"))
    told("client_id_in_body-1", "exchange", ("A1b", "R9"))
    told("refresh-1", "exchange", ("A1b", "R10"))
    told("refresh-1", "refresh", ("A2", "R10"), "R10", step=2)
    told("relink_fresh-2", "exchange", ("A20", "R20"), step=2)
    told("relink_fresh-1", "use", status=401, step=3)
    told("relink_fresh-1", "refresh", None, "R1", step=4)
    told("relink_fresh-2", "refresh", ("A21", "R20"), "R20", step=5)
    (found,) = outcome("early-end").findings
    assert "its refresh token" in found.message
    assert "its access token" not in found.message
