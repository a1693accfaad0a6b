"""The survey of certificates: which hosts are asked, beside what, and what is left when it is cut short."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from e2e_linker.audits.base import Options
from e2e_linker.audits.runner import judge_case, selected
from e2e_linker.browser.upstream import Upstream
from e2e_linker.demo import PracticeRange, names
from e2e_linker.derive.flow_hosts import content_hosts, flow_hosts, place_of
from e2e_linker.evidence.models import NotCollected, Present
from e2e_linker.model import Depth, Grant
from e2e_linker.run.certificates import Survey

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def practice() -> AsyncIterator[PracticeRange]:
    async with PracticeRange() as running:
        yield running


@pytest.fixture
def skill(build: Any) -> Any:
    urls = {
        "authorization_url": f"https://{names.LOGIN}/authorize",
        "access_token_url": f"https://{names.OAUTH}/token",
    }
    return build.skill().model_copy(update=urls)


@pytest.fixture
def walk(build: Any) -> Any:
    return build.walk(
        [
            build.get(f"https://{names.LOGIN}/authorize", location=f"https://{names.HOMEPASS}/login"),
            build.get(f"https://{names.HOMEPASS}/login"),
            build.sub(f"https://{names.STATIC}/site.js", "script"),
            build.get(f"http://{names.LINKS}/sign-in"),
            build.get("https://pitangui.amazon.com/api/skill/link/M2?code=x"),
        ]
    )


@pytest.fixture
def survey(practice: PracticeRange, skill: Any, tmp_path: Any) -> Any:
    practice.switch()
    folder = practice.write(tmp_path)

    def make(depth: Depth = Depth.STANDARD, **more: Any) -> Survey:
        given = {"resource": f"https://{names.API}/me", "trust": (folder / "ca.pem",)}
        given |= {"resolve": dict.fromkeys(names.ALL_HOSTS, practice.address), **more}
        return Survey(depth, skill, **given)

    return make


async def taken(survey: Survey, *walks: Any) -> dict[str, Any]:
    async with survey:
        for walk in walks:
            survey.ask(walk)
    part = survey.evidence()
    assert isinstance(part, Present)
    return {one.host: one for one in part.value}


async def test_every_host_of_the_flow_is_asked_once(survey, walk, practice):
    seen = await taken(survey(), walk, walk)
    assert {host: one.roles for host, one in seen.items()} == {
        names.LOGIN: ("authorization", "page"),
        names.OAUTH: ("token",),
        names.HOMEPASS: ("page",),
        names.API: ("resource",),
    }
    assert {one.trust for one in seen.values()} == {"private_root"}
    assert {one.port for one in seen.values()} == {443}
    assert all(len(one.handshakes) == 2 for one in seen.values())
    assert not any(one.through_proxy for one in seen.values())


async def test_what_pages_load_is_asked_for_where_browsers_take_every_certificate(survey, build, skill, practice):
    subs = [
        build.sub(f"https://{names.STATIC}/site.js", "script"),
        build.sub(f"https://{names.IMAGES}/poster.png", "image"),
        build.sub(f"https://{names.API}/me", "fetch"),
    ]
    loaded = build.walk([build.get(f"https://{names.LOGIN}/authorize"), *subs])
    asked = (names.LOGIN, names.OAUTH, names.API)
    assert set(await taken(survey(), loaded)) == set(asked)
    private = Survey(
        Depth.STANDARD,
        skill.model_copy(update={"trusts_private_roots": True}),
        resource=f"https://{names.API}/me",
        resolve=dict.fromkeys(names.ALL_HOSTS, practice.address),
    )
    seen = await taken(private, loaded)
    assert set(seen) == {*asked, names.STATIC}
    assert (seen[names.STATIC].roles, seen[names.API].roles) == ((), ("resource",))


async def test_what_pages_load_is_asked_for_in_its_order_and_of_thirty_hosts_at_most(build, skill):
    hosts = [f"h{n * 7 % 40}.example.org" for n in range(40)]
    loaded = build.walk([build.get(f"https://{names.LOGIN}/"), *(build.sub(f"https://{h}/a", "script") for h in hosts)])
    private = skill.model_copy(update={"trusts_private_roots": True})
    assert content_hosts(loaded, private) == tuple((host, 443) for host in hosts[:30])


@pytest.mark.parametrize(
    ("fault", "host", "verdict"),
    [
        ("token-without-intermediate", names.OAUTH, "missing_intermediate"),
        ("token-certificate-expired", names.OAUTH, "expired"),
        ("token-certificate-of-another-host", names.OAUTH, "wrong_host"),
        ("token-certificate-self-signed", names.OAUTH, "self_signed"),
        ("login-certificate-weak", names.LOGIN, "weak"),
        ("login-certificate-ends-soon", names.LOGIN, "private_root"),
    ],
)
async def test_each_broken_host_is_told_from_the_others(survey, walk, practice, fault, host, verdict):
    asking = survey()
    practice.switch(faults=[fault])
    seen = await taken(asking, walk)
    assert {name: one.trust for name, one in seen.items()} == {**dict.fromkeys(seen, "private_root"), host: verdict}
    assert seen[host].also == ()


async def test_lets_encrypt_is_known_by_what_its_hosts_serve(survey, skill, walk, practice, build):
    asking = survey()
    practice.switch(variants=["lets-encrypt"])
    seen = await taken(asking, walk)
    audits = {"certificate-authority": selected()["certificate-authority"]}
    case = build.case(walk, skill=skill)
    outcome = judge_case(case, Options(), audits, Present(value=tuple(seen.values())))[0]["certificate-authority"]
    assert outcome.status == "passed"
    assert outcome.note.startswith(f"Let's Encrypt issued the certificate of {names.LOGIN}, {names.OAUTH}. ")


async def test_a_passive_run_asks_nobody(survey, walk):
    asking = survey(Depth.PASSIVE)
    async with asking:
        asking.ask(walk)
    part = asking.evidence()
    assert isinstance(part, NotCollected)
    assert "passive" in part.reason


async def test_without_a_page_nobody_is_asked(survey):
    async with survey() as asking:
        pass
    assert isinstance(asking.evidence(), NotCollected)


async def test_hosts_that_cannot_be_reached_are_evidence(survey, walk):
    with contextlib.closing(await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)) as server:
        port = server.sockets[0].getsockname()[1]
    await server.wait_closed()
    seen = await taken(survey(resolve=dict.fromkeys(names.ALL_HOSTS, f"127.0.0.1:{port}")), walk)
    assert {one.trust for one in seen.values()} == {None}
    assert all("refused" in one.chain.error for one in seen.values())
    assert not any(one.answered for one in seen.values())


async def test_a_root_that_cannot_be_read_harms_nothing_else(survey, walk, tmp_path):
    seen = await taken(survey(trust=(tmp_path / "gone.pem",)), walk)
    assert all("gone.pem" in one.chain.error for one in seen.values())


async def test_a_run_that_is_given_up_waits_for_nobody(survey, walk):
    came: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: came.append(writer), "127.0.0.1", 0)
    address = f"127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    loop = asyncio.get_running_loop()
    began = loop.time()
    asking = survey(resolve=dict.fromkeys(names.ALL_HOSTS, address))

    async def give_up() -> None:
        async with asking:
            asking.ask(walk)
            raise RuntimeError("given up")

    with pytest.raises(RuntimeError, match="given up"):
        await give_up()
    assert loop.time() - began < 2
    left = asking.evidence()
    assert isinstance(left, Present)
    assert {one.host for one in left.value} == {names.LOGIN, names.OAUTH, names.HOMEPASS, names.API}
    assert {one.chain.error for one in left.value} == {"the run ended before it had answered"}
    assert not any(one.answered for one in left.value)
    silent.close()
    for writer in came:
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for writer in came), return_exceptions=True)


async def test_a_host_behind_the_machines_proxy_is_asked_through_it(survey, walk, practice):
    asked: list[bytes] = []
    tasks: set[asyncio.Task[None]] = set()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        asked.append(head.partition(b"\r\n")[0])
        onward, back = await asyncio.open_connection("127.0.0.1", practice.port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        tasks.update(asyncio.create_task(carry(*way)) for way in ((reader, back), (onward, writer)))

    async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                target.write(data)
        target.close()
        with contextlib.suppress(OSError):
            await target.wait_closed()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    upstream = Upstream.from_environment({"https_proxy": f"http://127.0.0.1:{port}"})
    seen = await taken(survey(resolve={}, upstream=upstream), walk)
    server.close()
    await asyncio.gather(*tasks)
    assert {one.trust for one in seen.values()} == {"private_root"}
    assert all(one.through_proxy for one in seen.values())
    assert f"CONNECT {names.OAUTH}:443 HTTP/1.1".encode() in asked


async def test_which_hosts_belong_to_the_flow(build, walk, skill):
    hosts = {host for host, _ in flow_hosts(walk, skill)}
    assert hosts == {names.LOGIN, names.OAUTH, names.HOMEPASS}
    implicit = skill.model_copy(update={"grant": Grant.IMPLICIT})
    assert names.OAUTH not in {host for host, _ in flow_hosts(walk, implicit)}


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://A.example.com./x", ("a.example.com", 443)),
        ("https://a.example.com:8443/", ("a.example.com", 8443)),
        ("https://bücher.example/", ("xn--bcher-kva.example", 443)),
        ("http://a.example.com/", None),
        ("https://layla.amazon.com/api/skill/link/M2", None),
        ("https://[::1]/", ("::1", 443)),
        ("https://a..example/ü", ("a..example", 443)),
        ("https://ü..example/", None),
        ("nonsense", None),
        ("", None),
        (None, None),
    ],
)
async def test_where_an_address_leads(url, place):
    assert place_of(url) == place
