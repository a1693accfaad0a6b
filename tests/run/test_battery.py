"""The probes of the token endpoint: what each sends, what it leaves alone, and what is said where it is not made."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import signal
from collections import defaultdict
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr

from e2e_linker.demo import tokens
from e2e_linker.demo.answering import TokenAnswer
from e2e_linker.demo.oauth_errors import Interrupted, OAuthError
from e2e_linker.demo.raw_response import RawResponse
from e2e_linker.demo.session import raw_response
from e2e_linker.demo.store import Store
from e2e_linker.evidence.models import NotCollected, Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.token_calls import TokenBattery
from e2e_linker.model import Depth, Grant
from e2e_linker.run import fault_hook
from e2e_linker.run.battery import Battery
from e2e_linker.run.prober import Prober
from e2e_linker.run.saved import judge_again
from e2e_linker.service.tokens import TokenClient, TokenEndpoint, trusting

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

_REFRESH = (
    *((1, "exchange"), (2, "refresh"), (3, "use_previous"), (4, "refresh"), (5, "use"), (6, "use_previous")),
    *((7, "refresh"), (8, "use"), (9, "introspect")),
)
_PAIR = ((1, "exchange"), (2, "exchange"), (3, "use"), (4, "refresh"), (5, "refresh"))
_RACE = ((1, "exchange"), (2, "refresh"), (2, "refresh"), (3, "refresh"))
_MISUSE = ((1, "misuse"),)
STANDARD = {
    "other_scheme": ((1, "exchange"),),
    "client_id_in_body": ((1, "exchange"),),
    "code_twice": ((1, "exchange"), (2, "replay"), (3, "use"), (4, "refresh")),
    **dict.fromkeys(("wrong_client", "wrong_secret", "wrong_redirect_uri"), _MISUSE),
    **dict.fromkeys(("wrong_verifier", "missing_verifier", "plain_verifier"), _MISUSE),
    **dict.fromkeys(("garbage_grant", "missing_code", "missing_refresh_token", "bad_refresh_token"), _MISUSE),
    "refresh": _REFRESH,
    "reuse_soon": ((1, "exchange"), (2, "refresh"), (3, "replay"), (4, "refresh")),
    "race": _RACE * 3,
    "relink": _PAIR,
    "relink_fresh": _PAIR,
    "second_account": ((1, "exchange"), (2, "use")),
    "outage": ((0, "exchange"), (1, "refresh"), (2, "exchange"), (3, "refresh")),
    "migration": ((1, "refresh"),),
    "burst": ((1, "exchange"), *(((2, "refresh"),) * 20)),
}
CODELESS = {"garbage_grant", "missing_code", "missing_refresh_token", "bad_refresh_token", "migration"}
REFUSED = {
    "wrong_client": (401, "invalid_client"),
    "wrong_secret": (401, "invalid_client"),
    "wrong_redirect_uri": (400, "invalid_grant"),
    "wrong_verifier": (400, "invalid_grant"),
    "missing_verifier": (400, "invalid_grant"),
    "plain_verifier": (400, "invalid_grant"),
    "garbage_grant": (400, "unsupported_grant_type"),
    "missing_code": (400, "invalid_request"),
    "missing_refresh_token": (400, "invalid_request"),
    "bad_refresh_token": (400, "invalid_grant"),
}


async def probed(bench, **more):
    """A run in which every login gets through, however busy the machine is.

    The walks that serve all cases are made only where a test looks at them, or at all logins together.
    """
    patient = {"timeout": 60_000, "expect": {"timeout": 5_000}, "probes": "tokens"}
    return await bench.link(depth=Depth.STANDARD, reporter="json", **patient | more)


def battery_of(run) -> TokenBattery:
    part = run.saved().run.battery
    assert isinstance(part, Present), part
    return part.value


def steps_of(battery: TokenBattery) -> dict[str, tuple[tuple[int, str], ...]]:
    found = defaultdict(list)
    for call in battery.calls:
        if call.probe != "revocation":
            found[call.probe].append((call.link or "", call.step, call.purpose))
    return {
        # Linking again takes turns between its two links; the others are told link by link.
        probe: tuple((step, purpose) for link, step, purpose in (calls if "relink" in probe else sorted(calls)))
        for probe, calls in found.items()
        if probe != "outage"
    } | {"outage": tuple((step, purpose) for _, step, purpose in found["outage"])}


def logins(bench) -> int:
    return sum(1 for seen in bench.range.requests_seen if seen.path == "/login" and seen.method == "POST")


async def test_every_probe_takes_its_steps_and_no_link_serves_two(bench):
    bench.range.switch(pkce=True)
    run = await probed(bench, probes="all")
    battery = battery_of(run)
    assert steps_of(battery) == {probe: tuple(steps) for probe, steps in STANDARD.items()}
    assert {skip.probe for skip in battery.skipped} == {"code_later", "reuse_5s", "reuse_29s"}
    assert all("thorough" in skip.reason for skip in battery.skipped)
    for probe, (status, error) in REFUSED.items():
        (call,) = battery.of(probe)
        assert call.status == status, probe
        assert f'"{error}"' in call.response_body, probe
    assert all(link.problem is None for link in battery.links)
    assert all((link.code is None) == (link.probe == "migration") for link in battery.links)
    codes = [link.code for link in battery.links if link.code]
    assert len(codes) == len(set(codes))
    assert all(
        call.link is None or call.link.startswith(call.probe) for call in battery.calls if call.probe != "revocation"
    )
    (other,) = battery.of("other_scheme")
    assert (other.scheme, other.status) == ("REQUEST_BODY_CREDENTIALS", 200)
    (asked,) = (call for call in battery.of("refresh") if call.purpose == "introspect")
    assert re.fullmatch(r"token=<refresh_token#\d+>&token_type_hint=refresh_token", asked.request_body)
    assert [hook.action for hook in battery.hooks] == ["break", "mend"]
    assert [call.status for call in battery.of("outage")] == [200, 503, 503, 200]
    assert run.advice == []
    assert run.report.verdict == "passed"
    # A server may know of one request at a time in a session: nothing asks in it while the other regions are tried.
    (saved,) = run.saved().cases
    regions = [walk for walk in saved.walks if walk.purpose == "region"]
    assert len(regions) == 2
    tried = max(walk.started_at + timedelta(seconds=walk.duration_s) for walk in regions)
    assert tried <= min(call.at for call in battery.calls)


async def test_what_was_obtained_is_given_back_and_nothing_else_is_touched(bench):
    bench.projects = {"Phone": bench.projects["Phone"], "Second phone": bench.projects["Phone"]}
    world = bench.range._world
    strangers, household = {}, {}
    for user, kept in ((bench.range.users[1], strangers), (bench.range.users[0], household)):
        grant = replace(world.store.refresh[world.former.refresh_token].grant)
        grant.username, grant.client_id = user.username, world.client.client_id
        token = world.store.add_refresh_token(f"somebody-elses-{user.username}", grant, None)
        access = world.store.add_access_token(f"somebody-elses-access-{user.username}", grant, grant.scope)
        kept |= {token: world.store.refresh[token], access: world.store.access[access]}
    before = deepcopy(strangers | household)
    run = await probed(bench)
    battery = battery_of(run)
    tokens = world.store.refresh | world.store.access
    assert {token: tokens.get(token) for token in before} == before
    # What is left are the grants of others, the one of before the migration, and one for each measured link.
    measured = set(world.store.refresh) - set(before) - {world.former.refresh_token}
    assert len(measured) == 2
    obtained = {call.link for call in battery.calls if call.status == 200 and '"refresh_token' in call.response_body}
    revoked = {link.id for link in battery.links if link.revoked == "revoked"}
    assert revoked == obtained - {"migration-1"}
    assert {call.link for call in battery.of("revocation")} == revoked
    (bench.folder / "root.pem").write_bytes(bench.range.root_pem)
    host = bench.range.skill["accountLinkingResponse"]["accessTokenUrl"]
    client = TokenClient(
        SecretRegistry(), tls=trusting([bench.folder / "root.pem"]), resolve=bench.range.linker["resolve"]
    )
    endpoint = TokenEndpoint(
        url=host,
        scheme="HTTP_BASIC",
        client_id=world.client.client_id,
        client_secret=SecretStr(world.client.client_secret),
    )
    for token in measured:
        assert (await client.refresh(endpoint, SecretStr(token))).status == 200


@pytest.mark.parametrize("linker", [{}, {"resource": None}, {"resource": None, "introspection": None}])
async def test_access_tokens_that_outlive_their_refresh_token_are_given_back_too(bench, monkeypatch, linker):
    def revoke(store, token):
        store.access.pop(token, None)
        store.refresh.pop(token, None)

    monkeypatch.setattr(Store, "revoke", revoke)
    battery = battery_of(await probed(bench, linker=linker))
    assert any(call.purpose == "introspect" for call in battery.calls) is ("introspection" not in linker)
    store, former = bench.range._world.store, bench.range._world.former.refresh_token
    # What is left are the grants of the measured link and of the one before the migration.
    assert len(store.refresh) == 2
    assert former in store.refresh
    spared = {id(known.grant) for known in store.refresh.values()}
    assert {id(known.grant) for known in store.access.values()} <= spared
    assert {link.revoked for link in battery.links} == {"revoked", "not_tried"}


async def test_what_a_misuse_brought_is_given_back_too(bench, monkeypatch):
    granted, token = tokens.granted, f"for-garbage-{secrets.token_urlsafe(24)}"

    async def grant(world, fields):
        if not fields["grant_type"].startswith("garbage"):
            return await granted(world, fields)
        record = world.store.refresh[world.former.refresh_token].grant
        world.store.add_access_token(token, record, record.scope)
        return TokenAnswer({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    monkeypatch.setattr(tokens, "granted", grant)
    battery = battery_of(await probed(bench))
    assert token not in bench.range._world.store.access
    assert {link.id: link.revoked for link in battery.links if link.probe == "garbage_grant"} == {
        "garbage_grant-1": "revoked"
    }


async def test_a_saved_run_tells_the_same_of_its_probes(bench):
    bench.arm("refresh-rotation")
    run = await probed(bench)
    assert run.advice == []
    before = (run.folder / "report.json").read_bytes()
    judge_again(run.folder)
    assert (run.folder / "report.json").read_bytes() == before


async def test_nothing_is_probed_at_depth_passive(bench):
    run = await bench.link(depth=Depth.PASSIVE)
    assert isinstance(run.saved().run.battery, NotCollected)
    asked = [seen.path for seen in bench.range.requests_seen if seen.host.startswith(("oauth", "api"))]
    assert asked == ["/token"]


async def test_the_implicit_grant_has_nothing_to_probe(bench):
    bench.arm(grant=Grant.IMPLICIT)
    battery = battery_of(await probed(bench))
    assert battery.calls == battery.links == ()
    assert {skip.reason for skip in battery.skipped} == {"the implicit grant has no token endpoint"}


async def test_a_failed_exchange_leaves_what_tells_why(bench):
    bench.arm(faults=["token-form-encoded"])
    battery = battery_of(await probed(bench))
    assert set(steps_of(battery)) - {"outage"} == {*CODELESS, "other_scheme"}
    assert [(call.step, call.scheme) for call in battery.of("other_scheme")] == [
        (1, "REQUEST_BODY_CREDENTIALS"),
        (2, "HTTP_BASIC"),
    ]
    assert battery.why_skipped("refresh") == "the measured exchange failed"


async def test_no_answer_at_all_ends_the_probes(bench):
    bench.arm(faults=["token-hangs-up"])
    battery = battery_of(await probed(bench))
    assert battery.calls == ()
    assert battery.why_skipped("garbage_grant").startswith("the measured exchange got no answer: ")


MISSING = {
    "second_account": "linker.secondAccount is not configured",
    "outage": "linker.faultHook is not configured",
    "migration": "linker.previous is not configured",
    "revocation": "linker.revocation is not configured",
    "wrong_verifier": "PKCE is off for this skill (linker.pkce)",
}


async def test_what_is_not_configured_is_named(bench):
    absent = dict.fromkeys(("resource", "introspection", "revocation", "secondAccount", "faultHook", "previous"))
    battery = battery_of(await probed(bench, linker=absent))
    assert {probe: battery.why_skipped(probe) for probe in MISSING} == MISSING
    assert not [call for call in battery.calls if call.endpoint != "token"]
    assert {link.revoked for link in battery.links} == {"not_tried"}


async def test_without_a_resource_tokens_are_introspected(bench):
    battery = battery_of(await probed(bench, linker={"resource": None}))
    used = [call for call in battery.calls if call.purpose.startswith("use")]
    assert {call.endpoint for call in used} == {"introspection"}
    assert all('"active": true' in call.response_body for call in used)


async def test_a_consent_page_every_time_is_walked_without_another_login(bench):
    bench.arm("consent-every-time")
    run = await probed(bench, probes="all")
    battery = battery_of(run)
    walked = [link for link in battery.links if link.probe != "migration"]
    assert all(link.walk == f"minted-{link.id}" and link.code for link in walked)
    walks = {walk.id for walk in run.saved().run.probes.value}
    assert {link.walk for link in walked} <= walks
    assert run.advice == []
    # The measured walk, the odd state, the pair, the fresh jar, the second account.
    assert logins(bench) == 6


async def test_in_one_session_one_request_with_a_page_is_made_at_a_time(bench):
    bench.arm("consent-every-time")
    run = await probed(bench, probes="all")
    made = run.saved().run.probes.value
    asked = [walk for walk in made if walk.purpose == "minted" and walk.variation["jar"] == "signed_in"]
    others = [walk for walk in made if walk.purpose == "unknown_redirect"]
    assert len(asked) > 5
    assert others
    ends = [(walk.started_at, walk.started_at + timedelta(seconds=walk.duration_s)) for walk in asked]
    assert all(end <= begun for (_, end), (begun, _) in pairwise(sorted(ends)))
    # The questions for look-alikes overlap each other, and none of the links.
    for walk in others:
        until = walk.started_at + timedelta(seconds=walk.duration_s)
        assert all(until <= begun or end <= walk.started_at for begun, end in ends)


@pytest.mark.parametrize("limit", [1, 5])
async def test_the_limit_of_logins_holds(bench, limit):
    bench.projects = {"Phone": bench.projects["Phone"], "Second phone": bench.projects["Phone"]}
    run = await probed(bench, probes="all", linker={"limits": {"logins": limit}}, workers=1)
    assert logins(bench) <= limit
    battery = battery_of(run)
    for probe in ("relink_fresh", "second_account"):
        assert f"limits.logins allows {limit}, and none is left for it" in battery.why_skipped(probe)
    # Every other link came without a login.
    assert {"refresh", "reuse_soon", "race"} <= {link.probe for link in battery.links if link.code}


async def test_walks_that_no_login_was_left_for_leave_their_audits_undecided(bench):
    run = await probed(bench, probes="all", linker={"limits": {"logins": 1}})
    told = {outcome.audit: outcome for outcome in run.report.outcomes}
    assert told["parallel-states"].status == "inconclusive"
    assert "limits.logins" in told["parallel-states"].reason
    states = {outcome.audit: outcome for outcome in run.report.cases[0].outcomes}["state-parameter"]
    assert states.status == "inconclusive"
    assert "limits.logins" in states.reason
    assert {left.purpose for left in run.saved().run.left_out} >= {"parallel", "special_state"}
    assert run.report.verdict == "inconclusive"


async def test_where_a_link_ends_the_one_before_probes_do_not_harm_each_other(bench):
    bench.arm(faults=["second-link-ends-first"])
    battery = battery_of(await probed(bench))
    assert [call.status for call in battery.of("relink")][2:] == [401, 400, 200]
    assert {call.status for call in battery.of("refresh", "reuse_soon", "race", "burst")} == {200}


@pytest.mark.parametrize(
    ("fault", "rules"),
    [
        ("code-replay-ends-link", {"redir-code-single-use"}),
        ("rotation-ends-family", {"token-rotation-grace-30s"}),
    ],
)
async def test_a_server_that_ends_the_whole_session_is_blamed_for_nothing_else(bench, monkeypatch, fault, rules):
    def revoke(store, token):
        if found := store.refresh.get(token):
            store.end_links(found.grant)

    # All that the customer gave this client goes, as at servers whose tokens belong to the browser's session.
    monkeypatch.setattr(Store, "end_grant", Store.end_links)
    monkeypatch.setattr(Store, "revoke", revoke)
    bench.arm(faults=[fault])
    run = await probed(bench, probes="all", linker={"revocation": None})
    assert {found.rule for found in run.report.findings} == rules
    assert [outcome.audit for outcome in run.report.outcomes if outcome.status == "inconclusive"] == []


def one_code_for_each(monkeypatch):
    """Let a new code end those before it."""
    real = Store.new_grant

    def new_grant(store, link, username):
        store.codes.clear()
        return real(store, link, username)

    monkeypatch.setattr(Store, "new_grant", new_grant)


async def test_a_server_that_keeps_one_code_is_probed_all_the_same(bench, monkeypatch):
    one_code_for_each(monkeypatch)
    run = await probed(bench, linker={"revocation": None})
    assert run.report.findings == ()
    undecided = {outcome.audit for outcome in run.report.outcomes if outcome.status == "inconclusive"}
    assert undecided <= {"unknown-redirects"}, "these walks are left out here"


async def test_a_misuse_that_met_a_failing_server_is_repeated_alone(bench, monkeypatch):
    granted, met = tokens.granted, []

    async def grant(world, fields):
        if fields.get("grant_type", "").startswith("garbage"):
            met.append(fields)
            if len(met) == 1:
                raise OAuthError("server_error", "locked", 500)
        return await granted(world, fields)

    monkeypatch.setattr(tokens, "granted", grant)
    run = await probed(bench)
    battery = battery_of(run)
    assert [(call.step, call.status) for call in battery.of("garbage_grant")] == [(1, 500), (2, 400)]
    assert battery.of("garbage_grant")[1].n > max(call.n for call in battery.of("refresh", "race", "relink_fresh"))
    assert run.advice == []


async def test_who_fails_to_prove_the_client_may_be_turned_away_without_harm(bench, monkeypatch):
    """As a server does that bans addresses: from the second wrong client on, nothing is answered but 403."""
    real, failed = tokens._authenticate, []

    def authenticate(request, world, fields, manners):
        if len(failed) > 1:
            raise Interrupted(raw_response(RawResponse(403, "403: Forbidden", (("Content-Type", "text/plain"),))))
        try:
            return real(request, world, fields, manners)
        except OAuthError:
            failed.append(fields)
            raise

    monkeypatch.setattr(tokens, "_authenticate", authenticate)
    run = await probed(bench, probes="all", linker={"revocation": None})
    assert len(failed) == 2
    assert run.report.findings == ()
    assert [outcome.audit for outcome in run.report.outcomes if outcome.status == "inconclusive"] == []


async def test_the_backend_is_mended_when_the_run_is_stopped(bench):
    broken = asyncio.Event()
    world = bench.range._world
    answer = world.behaviour.tokens.outage

    def noted():
        loop.call_soon_threadsafe(broken.set)
        return answer()

    loop = asyncio.get_running_loop()
    tokens = replace(world.behaviour.tokens, outage=noted)
    bench.range._world = replace(world, behaviour=replace(world.behaviour, tokens=tokens))
    running = asyncio.create_task(probed(bench))
    async with asyncio.timeout(60):
        await broken.wait()
    running.cancel()
    run = await running
    battery = battery_of(run)
    assert bench.range._world.backend.down is False
    assert run.report.verdict == "interrupted"
    assert [hook.action for hook in battery.hooks] == ["break", "mend"]
    assert battery.why_skipped("revocation") == "the run ended before it did"
    assert battery.of("refresh")


async def test_a_server_that_stays_down_is_not_asked_how_it_refuses_strangers(bench):
    hook = {"break": bench.range.linker["faultHook"]["break"], "mend": "true"}
    try:
        run = await probed(bench, linker={"faultHook": hook})
    finally:
        bench.range._world.backend.down = False
    battery = battery_of(run)
    assert [call.status for call in battery.of("outage")] == [200, 503, 503, 503]
    for probe in ("wrong_client", "wrong_secret"):
        assert battery.of(probe) == ()
        assert "has not come back" in battery.why_skipped(probe)
    assert "token-error-semantics" not in {found.rule for found in run.report.findings}


async def test_a_run_that_is_stopped_among_the_last_probes_keeps_what_the_others_told(bench, monkeypatch):
    real, reached, loop = tokens._authenticate, asyncio.Event(), asyncio.get_running_loop()

    def authenticate(request, world, fields, manners):
        try:
            return real(request, world, fields, manners)
        except OAuthError:
            loop.call_soon_threadsafe(reached.set)
            raise

    monkeypatch.setattr(tokens, "_authenticate", authenticate)
    running = asyncio.create_task(probed(bench))
    async with asyncio.timeout(60):
        await reached.wait()
    running.cancel()
    run = await running
    battery = battery_of(run)
    assert run.report.verdict == "interrupted"
    assert battery.of("refresh")
    assert battery.of("code_twice")
    assert battery.why_skipped("revocation") == "the run ended before it did"


async def test_a_hook_that_does_not_work_is_told(bench):
    hook = {"break": "false", "mend": "no-such-command --now"}
    run = await probed(bench, linker={"faultHook": hook})
    battery = battery_of(run)
    assert battery.why_skipped("outage") == ("the fault hook could not break anything: the hook's command ended with 1")
    assert [hook.action for hook in battery.hooks] == ["break", "mend"]
    assert "cannot be run" in battery.hooks[1].failure
    assert any("mend" in getattr(event, "text", "") for event in run.events)


async def test_a_hook_may_leave_a_server_behind(bench):
    pid, mended = bench.folder / "pid", bench.folder / "mended"
    script = bench.folder / "mend.sh"
    script.write_text(f"sleep 600 & echo $! > {pid}; touch {mended}")
    run = await probed(bench, linker={"faultHook": {"break": "true", "mend": f"sh {script}"}})
    try:
        assert [hook.failure for hook in battery_of(run).hooks] == [None, None]
        assert mended.exists()
    finally:
        os.kill(int(pid.read_text()), signal.SIGKILL)


async def test_a_hook_that_hangs_is_ended_with_what_it_waits_for(bench, monkeypatch):
    monkeypatch.setattr(fault_hook, "_TIMEOUT_S", 0.5)
    pid, script = bench.folder / "pid", bench.folder / "hang.sh"
    script.write_text(f"sleep 600 & echo $! > {pid}; wait")
    run = await probed(bench, linker={"faultHook": {"break": f"sh {script}", "mend": "true"}})
    assert "did not end within 0.5 s" in battery_of(run).why_skipped("outage")
    stat = Path(f"/proc/{pid.read_text().strip()}/stat")
    assert not stat.exists() or stat.read_text().split()[2] == "Z"


async def test_what_cannot_be_given_back_is_said(bench):
    run = await probed(bench, linker={"revocation": bench.range.linker["resource"]})
    (text,) = {getattr(event, "text", "") for event in run.events if "linker.revocation" in getattr(event, "text", "")}
    assert "may still be good" in text
    assert {link.revoked for link in battery_of(run).links} == {"refused", "not_tried"}


async def test_the_last_words_of_a_hook_are_told(bench):
    script = bench.folder / "break.sh"
    script.write_text("echo first >&2; echo the database is read-only >&2; exit 3")
    run = await probed(bench, linker={"faultHook": {"break": f"sh {script}", "mend": "true"}})
    why = battery_of(run).why_skipped("outage")
    assert why.endswith("the hook's command ended with 3: the database is read-only")


async def test_a_token_that_no_form_can_carry_costs_nothing_but_itself(bench):
    world = bench.range._world
    tokens = replace(
        world.behaviour.tokens,
        new_refresh_token=lambda: "\ud800" + secrets.token_urlsafe(24),
        answer=lambda answer: replace(answer, encode=lambda fields: (json.dumps(fields), "application/json")),
    )
    bench.range._world = replace(world, behaviour=replace(world.behaviour, tokens=tokens))
    run = await probed(bench)
    assert [found.rule for found in run.report.findings if found.severity == "breaks"] == ["token-refresh-works"]
    rules = {found.rule for found in run.report.findings} - {"token-responds-4500ms"}  # a busy machine's
    assert rules <= {"token-refresh-works", "token-vocabulary-ascii"}
    assert all(outcome.status != "errored" for outcome in run.report.outcomes)


@pytest.mark.parametrize("made_up", ["{1}.{0}", "{}-{}-{}"])
async def test_codes_and_tokens_that_bear_the_client_id_are_sent_as_they_came(bench, made_up):
    world = bench.range._world
    behaviour = world.behaviour

    def token():
        return made_up.format(secrets.token_urlsafe(12), world.client.client_id, secrets.token_urlsafe(12))

    tokens = replace(behaviour.tokens, new_access_token=token, new_refresh_token=token)
    answer = replace(behaviour.answer, new_code=token)
    bench.range._world = replace(world, behaviour=replace(behaviour, tokens=tokens, answer=answer))
    run = await probed(bench)
    assert [found.rule for found in run.report.findings] == []
    assert {call.status for call in battery_of(run).of("refresh")} == {200}


async def test_firefox_gets_its_codes_as_quietly(bench, firefox):
    bench.projects = {"Desktop": firefox}
    run = await probed(bench)
    battery = battery_of(run)
    assert not [link.problem for link in battery.links if link.problem]
    assert {link.id for link in battery.links if link.walk} == {"relink_fresh-2", "second_account-1"}


async def test_a_server_that_forgets_the_request_of_who_is_signed_in_costs_no_more_than_its_limit(bench):
    bench.arm(faults=["relink-loses-code"])
    run = await probed(bench, probes="all", linker={"limits": {"logins": 6}})
    battery = battery_of(run)
    assert logins(bench) <= 6
    assert battery.why_skipped("refresh").startswith("no code came for it: ")
    assert battery.of("garbage_grant")


@pytest.fixture
def long_nights(monkeypatch):
    """Who sleeps wakes when all that can be done meanwhile is done, however long that takes here."""
    morning, real = asyncio.Event(), Battery._in_a_gap

    async def in_a_gap(self, probing):
        await real(self, probing)
        morning.set()

    async def pause(self, until, *, late_s):
        self.ledger.wakes[self.probe] = until + 3600
        self.ledger.lain_down.set()
        if self.probe != "reuse_5s":
            await morning.wait()
        del self.ledger.wakes[self.probe]

    monkeypatch.setattr(Battery, "_in_a_gap", in_a_gap)
    monkeypatch.setattr(Prober, "pause", pause)


async def thorough(bench, **more):
    return await bench.link(depth=Depth.THOROUGH, reporter="json", **{"probes": "tokens"} | more)


def first_and_last(battery, probe):
    numbers = [call.n for call in battery.of(probe)]
    return numbers[0], numbers[-1]


async def test_what_waits_begins_before_all_else_and_all_else_goes_on_meanwhile(bench, long_nights):
    run = await thorough(bench)
    battery = battery_of(run)
    assert run.advice == []
    assert {link.probe for link in battery.links[:2]} == {"code_later", "reuse_29s"}
    woken = {probe: first_and_last(battery, probe)[1] for probe in ("code_later", "reuse_29s")}
    asleep = [call.n for call in battery.of("reuse_29s")][1]
    for probe in ("relink", "reuse_soon", "race", "refresh", "relink_fresh", "reuse_5s"):
        first, last = first_and_last(battery, probe)
        assert asleep < first
        assert last < min(woken.values()), probe
    # What may cost others their links, or loses what a backend keeps in memory, meets no link that is held.
    for probe in ("code_twice", "outage", "revocation"):
        assert first_and_last(battery, probe)[0] > max(woken.values()), probe
    # What many a server turns this machine away for is followed by giving back alone.
    before = max(first_and_last(battery, probe)[1] for probe in ("code_twice", "burst", "outage"))
    assert before < min(first_and_last(battery, probe)[0] for probe in ("other_scheme", "wrong_client", "wrong_secret"))
    # What is judged for its pace, and for what it is answered with, meets nobody else's calls.
    for probe in ("burst", "outage"):
        first, last = first_and_last(battery, probe)
        assert [call.probe for call in battery.calls if first <= call.n <= last] == [probe] * (last - first + 1)
    assert {skip.probe for skip in battery.skipped} == {"wrong_verifier", "missing_verifier", "plain_verifier"}


async def test_a_code_that_the_next_one_ended_is_not_called_short_lived(bench, long_nights, monkeypatch):
    one_code_for_each(monkeypatch)
    run = await thorough(bench)
    assert [(call.step, call.status) for call in battery_of(run).of("code_later")] == [(1, 400), (2, 400)]
    assert "redir-code-lifetime" not in {found.rule for found in run.report.findings}


async def test_where_tokens_are_replaced_the_burst_waits_for_all_who_sleep(bench, long_nights):
    bench.arm("refresh-rotation")
    battery = battery_of(await thorough(bench))
    woken = max(first_and_last(battery, probe)[1] for probe in ("code_later", "reuse_29s"))
    assert first_and_last(battery, "burst")[0] > woken


async def test_who_slept_while_a_session_was_ended_begins_anew(bench, long_nights, monkeypatch):
    def revoke(store, token):
        if found := store.refresh.get(token):
            store.codes.clear()
            store.end_links(found.grant)

    monkeypatch.setattr(Store, "revoke", revoke)
    bench.arm(faults=["rotation-ends-family"])
    run = await thorough(bench, probes="all", linker={"revocation": None})
    battery = battery_of(run)
    assert [link.id for link in battery.links if link.probe == "code_later"] == ["code_later-1", "code_later-2"]
    assert [(call.link, call.status) for call in battery.of("code_later")] == [("code_later-2", 200)]
    assert "refused at once already" in battery.why_skipped("reuse_29s")
    assert {found.rule for found in run.report.findings} == {"token-rotation-grace-30s"}
    assert [outcome.audit for outcome in run.report.outcomes if outcome.status == "inconclusive"] == []
