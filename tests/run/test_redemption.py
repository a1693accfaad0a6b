"""How the code of a measured link is redeemed where a server takes one spelling of HTTP Basic only."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from e2e_linker.derive.basic_spelling import ENCODED, UNENCODED
from e2e_linker.derive.exchange import FINAL
from e2e_linker.evidence.models import Present
from e2e_linker.evidence.redact import SecretRegistry
from e2e_linker.evidence.traffic import Param
from e2e_linker.model import Depth, Severity
from e2e_linker.run.redemption import redeem, try_token
from e2e_linker.run.token_probes import PROBES
from e2e_linker.service.tokens import TokenEndpoint

TAKEN, CLIENT, CODE, BUSY = (200, None), (401, "invalid_client"), (400, "invalid_grant"), (503, None)


class Server:
    """Answers an exchange by how its client spells itself."""

    def __init__(self, pieces, encoded, as_it_stands):
        self.pieces, self.answers, self.asked = pieces, {True: encoded, False: as_it_stands}, []

    async def exchange(self, endpoint, **_):
        self.asked.append(endpoint.urlencoded)
        status, error = self.answers[endpoint.urlencoded]
        return self.pieces.token_call({"error": error} if error else None, status=status)


@pytest.mark.parametrize(
    ("secret", "encoded", "as_it_stands", "purposes", "used"),
    [
        ("a+b", TAKEN, CLIENT, ["exchange"], True),
        ("a+b", CLIENT, TAKEN, [ENCODED, "exchange"], False),
        ("a+b", CLIENT, CLIENT, ["exchange", UNENCODED], True),
        ("a+b", CLIENT, CODE, ["exchange", UNENCODED], False),
        ("a+b", CODE, TAKEN, ["exchange"], True),
        ("a+b", BUSY, TAKEN, ["exchange"], True),
        ("a-b", CLIENT, TAKEN, ["exchange"], True),
    ],
)
async def test_the_other_spelling_is_tried_where_it_differs_and_the_client_is_refused(
    pieces, secret, encoded, as_it_stands, purposes, used
):
    server = Server(pieces, encoded, as_it_stands)
    endpoint = TokenEndpoint(url="https://a.test", scheme="HTTP_BASIC", client_id="a", client_secret=SecretStr(secret))
    shared = SimpleNamespace(tokens=server, endpoint=endpoint)
    calls = await redeem(shared, endpoint, SecretStr("code"), "https://b.test", None)
    assert [call.purpose for call in calls] == purposes
    assert server.asked == [True, False][: len(calls)]
    assert shared.endpoint.urlencoded is used


@pytest.mark.parametrize(
    ("location", "status", "depth", "simulating", "tried"),
    [
        ("https://a.test/token/", 307, Depth.STANDARD, False, ["https://a.test/token/"]),
        ("/token/", 301, Depth.THOROUGH, False, ["https://a.test/token/"]),
        ("/token/?x=1", 308, Depth.STANDARD, False, ["https://a.test/token/"]),
        ("/token/", 307, Depth.PASSIVE, False, []),
        ("/token/", 307, Depth.STANDARD, True, []),
        ("/token/", 200, Depth.STANDARD, False, []),
        ("/token", 307, Depth.STANDARD, False, []),
        ("/login", 302, Depth.STANDARD, False, []),
        ("https://b.test/token/", 307, Depth.STANDARD, False, []),
        ("http://a.test/token/", 307, Depth.STANDARD, False, []),
        ("https://a.test:8443/token/", 307, Depth.STANDARD, False, []),
    ],
)
async def test_an_address_that_only_gets_a_slash_is_tried_with_the_code(
    pieces, location, status, depth, simulating, tried
):
    asked = []

    async def exchange(endpoint, **_):
        asked.append(endpoint.url)
        given = {"status": status, "response_headers": (("Location", location),)}
        return pieces.token_call("", url=endpoint.url, **given) if len(asked) == 1 else pieces.token_call()

    endpoint = TokenEndpoint(url="https://a.test/token", scheme="REQUEST_BODY_CREDENTIALS", client_id="a")
    options, tokens = SimpleNamespace(depth=depth), SimpleNamespace(exchange=exchange)
    shared = SimpleNamespace(tokens=tokens, endpoint=endpoint, options=options, simulating=simulating)
    calls = await redeem(shared, endpoint, SecretStr("code"), "https://c.test", None)
    assert asked == ["https://a.test/token", *tried]
    assert [call.purpose for call in calls] == ["exchange", *([FINAL] if tried else [])]
    assert shared.endpoint is endpoint


@pytest.mark.parametrize(
    ("secret", "in_body", "worked_before", "tried"),
    [
        ("a+b", TAKEN, None, [("REQUEST_BODY_CREDENTIALS", True, 1, "1"), ("HTTP_BASIC", False, 3, "2")]),
        ("a+b", TAKEN, "HTTP_BASIC", [("REQUEST_BODY_CREDENTIALS", True, 1, "1")]),
        (
            "a+b",
            TAKEN,
            "REQUEST_BODY_CREDENTIALS",
            [("REQUEST_BODY_CREDENTIALS", True, 1, "1"), ("HTTP_BASIC", False, 3, "2")],
        ),
        ("a-b", TAKEN, None, [("REQUEST_BODY_CREDENTIALS", True, 1, "1")]),
        ("a+b", CLIENT, None, [("REQUEST_BODY_CREDENTIALS", True, 1, "1"), ("HTTP_BASIC", True, 2, "1")]),
    ],
)
async def test_the_pair_as_it_stands_is_tried_with_a_code_of_its_own_where_basic_brought_nothing(
    pieces, secret, in_body, worked_before, tried
):
    own = TokenEndpoint(url="https://a.test", scheme="HTTP_BASIC", client_id="a", client_secret=SecretStr(secret))
    made, links = [], iter("12")

    async def link():
        return next(links)

    async def exchange(link, step, endpoint=own):
        made.append((endpoint.scheme, endpoint.urlencoded, step, link))
        return in_body == TAKEN

    calls = [pieces.token_call(scheme=worked_before)] if worked_before else []
    at = SimpleNamespace(link=link, exchange=exchange, endpoint=own, ledger=SimpleNamespace(calls=calls))
    await PROBES["other_scheme"](at)
    assert made == tried


@pytest.mark.parametrize(
    ("resource", "depth", "name", "place", "tried"),
    [
        ("https://api.test/me", Depth.STANDARD, "access_token", "fragment", ["token-1-2-3"]),
        ("https://api.test/me", Depth.PASSIVE, "access_token", "fragment", []),
        ("https://api.test/me", Depth.STANDARD, "access_token", "query", []),
        ("https://api.test/me", Depth.STANDARD, "state", "fragment", []),
        (None, Depth.STANDARD, "access_token", "fragment", []),
    ],
)
async def test_the_token_of_an_implicit_link_is_tried_where_there_is_a_place(
    build, pieces, resource, depth, name, place, tried
):
    asked = []

    async def use(url, token):
        asked.append(token.get_secret_value())
        assert url == resource
        return pieces.token_call("", endpoint="resource")

    registry = SecretRegistry()
    label = registry.register("token-1-2-3", "access_token")
    config = SimpleNamespace(linker=SimpleNamespace(resource=resource))
    shared = SimpleNamespace(
        loaded=SimpleNamespace(config=config),
        options=SimpleNamespace(depth=depth),
        tokens=SimpleNamespace(use=use),
        registry=registry,
        simulating=False,
    )
    walk = build.walk(asked=build.authorization(grant="IMPLICIT"))
    (arrival,) = walk.arrivals.value
    arrival = arrival.model_copy(update={"params": (Param(name=name, value=label, length=11, place=place),)})
    calls = await try_token(shared, walk.model_copy(update={"arrivals": Present(value=(arrival,))}))
    assert await try_token(shared, walk.model_copy(update={"arrivals": Present(value=())})) == ()
    assert asked == tried
    assert [call.endpoint for call in calls] == ["resource"] * len(tried)


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_a_server_that_does_not_decode_is_linked_and_advised(bench):
    bench.arm(faults=["basic-not-decoded"])
    bench.projects = {"Phone": bench.signed_in()}
    run = await bench.link(reporter="json")
    (case,) = run.report.cases
    assert case.linked
    (evidence,) = run.saved().cases
    assert isinstance(evidence.token_calls, Present)
    assert [(call.purpose, call.status) for call in evidence.token_calls.value] == [(ENCODED, 401), ("exchange", 200)]
    (found,) = run.report.findings
    assert (found.rule, found.severity) == ("token-client-auth-scheme", Severity.RECOMMENDED)
    assert "only as they stand" in found.message
