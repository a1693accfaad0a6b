"""Which hosts count, what an entry of the Domain List means, and exact matching between the two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.alexa.facts import MAX_DOMAINS, REDIRECT_HOSTS
from e2e_linker.derive.base import case_facts
from e2e_linker.derive.hosts import (
    DomainList,
    HostUse,
    ListedEntry,
    coverage,
    domain_list,
    merged,
    paste_ready,
    registrable_domain,
    shared_suffix,
)
from e2e_linker.evidence.models import Failed, NotCollected, Present, WebSocket

LOGIN = "https://login.example.com"

labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)
names = st.lists(labels, min_size=2, max_size=4).map(".".join).filter(lambda name: not name.replace(".", "").isdigit())
kinds = st.sampled_from(["script", "image", "redirect", "font", "xhr"])


def use(host, *kinds):
    return HostUse(host, registrable_domain(host), frozenset(kinds or ("script",)), "measured#1", ("measured#1",))


def listed(*entries, authorization_host="login.example.com"):
    return DomainList(tuple(ListedEntry(entry, entry, None) for entry in entries), authorization_host)


def table(build, steps, **more):
    walk = build.walk(steps, **more)
    return {one.host: one for one in case_facts(build.case(walk)).get("hosts").value}


@pytest.mark.parametrize(
    ("host", "suffix"),
    [
        ("d1.cloudfront.net", "cloudfront.net"),
        ("a.b.github.io", "github.io"),
        ("cloudfront.net", None),
        ("login.example.co.uk", None),
        ("login.brand.test", None),
        ("192.0.2.7", None),
    ],
)
def test_a_suffix_that_a_provider_shares_out_is_known(host, suffix):
    assert shared_suffix(host) == suffix


# What counts as a host in use


def test_every_kind_of_traffic_counts_and_says_what_it_was(build):
    asked = build.authorization()
    answer = build.answer(asked)
    steps = [
        build.get(asked.url, location="https://sso.example.net/start"),
        build.get("https://sso.example.net/start"),
        build.sub("https://cdn.example.org/app.js", "script"),
        build.sub("https://cdn.example.org/logo.png"),
        {**build.get("https://frame.example.org/"), "main_frame": False, "frame": 1},
        build.post("https://sso.example.net/login", {}, location=answer),
        build.get(answer, failure="refused"),
    ]
    sockets = [WebSocket(at=0.2, window=0, url="wss://live.example.org/feed")]
    found = table(build, steps, web_sockets=sockets)
    assert {host: one.kinds for host, one in found.items()} == {
        "login.example.com": {"navigation"},
        "sso.example.net": {"redirect", "navigation"},
        "cdn.example.org": {"script", "image"},
        "frame.example.org": {"frame"},
        "live.example.org": {"websocket"},
    }
    assert found["cdn.example.org"].first == "measured#3"
    assert found["cdn.example.org"].seen == ("measured#3", "measured#4")
    assert found["cdn.example.org"].files == {"/app.js", "/logo.png"}
    assert found["sso.example.net"].files == frozenset()
    assert found["live.example.org"].first == "measured"


def test_what_the_page_cannot_work_without_comes_first(build):
    steps = [
        build.get(f"{LOGIN}/"),
        build.sub("https://a.example.org/x.png"),
        build.sub("https://z.example.org/x.js", "script"),
    ]
    found = list(table(build, steps, answer=None).values())
    assert [(one.host, one.active) for one in found] == [
        ("login.example.com", True),
        ("z.example.org", True),
        ("a.example.org", False),
    ]


@pytest.mark.parametrize("host", sorted(REDIRECT_HOSTS))
def test_alexas_own_hosts_need_no_entry(build, host):
    assert table(build, [build.get(f"https://{host}/anything")], answer=None, arrivals=()) == {}


def test_an_arrival_at_an_unknown_address_needs_no_entry(build):
    asked = build.authorization(redirect_uri="https://redirect.example.net/api/skill/link/M2")
    assert set(table(build, None, asked=asked)) == {"login.example.com"}


@pytest.mark.parametrize(
    "url", ["data:text/plain,x", "blob:https://a.example/1", "about:blank", "chrome-extension://abc/x", "https:///x"]
)
def test_what_has_no_host_is_left_out(build, url):
    assert table(build, [build.sub(url)], answer=None) == {}


@pytest.mark.parametrize("failure", ["csp", "net::ERR_BLOCKED_BY_CSP", "mixed-content", "NS_ERROR_CONTENT_BLOCKED"])
def test_a_request_that_the_pages_policy_stopped_contacted_nobody(build, failure):
    steps = [build.get(f"{LOGIN}/"), build.sub("https://ads.example.org/x.js", "script", failure=failure)]
    assert set(table(build, steps, answer=None)) == {"login.example.com"}


@pytest.mark.parametrize("failure", ["net::ERR_NAME_NOT_RESOLVED", "net::ERR_CONNECTION_REFUSED", "net::ERR_ABORTED"])
def test_a_host_that_was_tried_in_vain_is_needed_all_the_same(build, failure):
    steps = [build.sub("https://cdn.example.org/x.js", "script", failure=failure)]
    assert set(table(build, steps, answer=None)) == {"cdn.example.org"}


def test_hosts_come_from_every_walk_of_the_case(build):
    warm = build.walk(
        [build.sub("https://only-warm.example.org/x.js", "script")], answer=None, id="warm", purpose="warm"
    )
    facts = case_facts(build.case(build.walk(), warm))
    assert {one.host: one.first for one in facts.get("hosts").value}["only-warm.example.org"] == "warm#1"


@pytest.mark.parametrize("part", [NotCollected(reason="nobody listened"), Failed(error="it broke")])
def test_unrecorded_requests_are_no_empty_table(build, part):
    walk = build.walk().model_copy(update={"requests": part})
    assert case_facts(build.case(walk)).get("hosts") == part


def test_a_later_walk_without_requests_does_no_harm(build):
    lost = build.walk(id="warm", purpose="warm").model_copy(update={"requests": Failed(error="it broke")})
    assert isinstance(case_facts(build.case(build.walk(), lost)).get("hosts"), Present)


@given(host=names)
def test_hosts_are_compared_in_lower_case_and_without_port(build, host):
    steps = [build.sub(f"https://{host.upper()}:443/a.js", "script"), build.sub(f"https://{host}./b.js", "script")]
    assert set(table(build, steps, answer=None)) <= {host} | REDIRECT_HOSTS


# What an entry means


@pytest.mark.parametrize(
    ("raw", "host"),
    [
        ("static.example.com", "static.example.com"),
        ("STATIC.Example.com", "static.example.com"),
        ("static.example.com.", "static.example.com"),
        (" static.example.com ", "static.example.com"),
        ("https://static.example.com/app/", "static.example.com"),
        ("static.example.com:8443", "static.example.com"),
        ("//static.example.com/app", "static.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("*.example.com", None),
        ("", None),
        ("   ", None),
        ("a.example.com, b.example.com", None),
        ("a.example.com b.example.com", None),
        ("a..example.com", None),
        ("https://[", None),
        ("x" * 80 + ".example.com", None),
    ],
)
def test_an_entry_is_read_for_the_host_it_means(build, raw, host):
    (entry,) = domain_list(build.skill(domains=(raw,))).entries
    assert (entry.raw, entry.host) == (raw, host)


@given(raw=st.text(max_size=40))
def test_no_entry_is_too_strange_to_be_read(build, raw):
    (entry,) = domain_list(build.skill(domains=(raw,))).entries
    assert entry.host is None or entry.host == entry.host.lower().strip(". ")


# Exact matching


@given(st.lists(names, max_size=5), st.lists(names, max_size=5))
def test_a_host_is_covered_by_its_own_name_only(contacted, entries):
    covered = coverage([use(host) for host in contacted], listed(*entries))
    missing = {one.host for one in covered.missing}
    assert missing == set(contacted) - set(entries) - {"login.example.com"}
    # The nearest parent of a missing host was meant for it: that is another mistake than an entry nobody needs.
    parents = {max(above, key=len) for host in missing if (above := [e for e in entries if host.endswith(f".{e}")])}
    assert set(covered.parents.values()) == parents
    assert {entry.host for entry in covered.unused} == set(entries) - set(contacted) - parents


@given(names, labels)
def test_a_parent_never_covers_and_is_named(parent, label):
    child = f"{label}.{parent}"
    covered = coverage([use(child)], listed(parent))
    assert [one.host for one in covered.missing] == [child]
    assert covered.parents == {child: parent}


@given(names, labels)
def test_a_child_never_covers_its_parent_nor_a_lookalike(parent, label):
    covered = coverage([use(parent), use(f"{label}{parent}")], listed(f"{label}.{parent}"))
    assert len(covered.missing) == 2
    assert covered.parents == {}


def test_the_nearest_parent_is_named():
    covered = coverage([use("a.b.example.org")], listed("example.org", "b.example.org"))
    assert covered.parents == {"a.b.example.org": "b.example.org"}


def test_the_authorization_host_needs_no_entry_and_is_not_called_unused():
    covered = coverage([use("login.example.com")], listed("login.example.com"))
    assert covered.missing == covered.unused == ()


def test_an_unused_host_that_stands_there_twice_is_unused_once():
    entries = (
        ListedEntry("Old.example.org", "old.example.org", None),
        ListedEntry("old.example.org", "old.example.org", None),
    )
    (unused,) = coverage([], DomainList(entries, "login.example.com")).unused
    assert unused.raw == "Old.example.org"


# Tables of several cases


@given(st.lists(st.lists(st.tuples(names, kinds), max_size=4), max_size=4))
def test_a_merged_table_knows_every_host_once_with_all_its_kinds(cases):
    joined = merged([[use(host, kind) for host, kind in case] for case in cases])
    flat = [pair for case in cases for pair in case]
    assert sorted(one.host for one in joined) == sorted({host for host, _ in flat})
    assert {(one.host, kind) for one in joined for kind in one.kinds} == set(flat)
    assert [one.active for one in joined] == sorted((one.active for one in joined), reverse=True)


# The array to paste


@given(st.lists(names, max_size=25, unique=True), st.lists(names, max_size=25))
def test_the_array_to_paste_never_exceeds_fifteen_and_forgets_nothing_silently(contacted, entries):
    uses = [use(host) for host in contacted]
    pasted, rest = paste_ready(uses, listed(*entries))
    needed = set(contacted) - {"login.example.com"}
    assert len(pasted) <= MAX_DOMAINS
    assert len(set(pasted)) == len(pasted)
    assert needed <= set(pasted) | set(rest)
    assert set(pasted) <= needed | set(entries)
    assert not rest or len(pasted) == MAX_DOMAINS
    if len(needed) <= MAX_DOMAINS:
        assert not coverage(uses, listed(*pasted)).missing


def test_passive_hosts_give_way_first():
    uses = merged(
        [[use(f"a{n:02}.example.org", "image") for n in range(10)], [use(f"z{n:02}.example.org") for n in range(10)]]
    )
    pasted, rest = paste_ready(uses, listed())
    assert pasted[:10] == tuple(f"z{n:02}.example.org" for n in range(10))
    assert rest == tuple(f"a{n:02}.example.org" for n in range(5, 10))


def test_entries_of_paths_not_taken_stay_where_there_is_room():
    pasted, _ = paste_ready([use("cdn.example.org")], listed("signup.example.org", "login.example.com"))
    assert pasted == ("cdn.example.org", "signup.example.org")


# Registrable domains


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("login.example.com", "example.com"),
        ("example.com", "example.com"),
        ("login.brand.co.uk", "brand.co.uk"),
        ("someone.github.io", "someone.github.io"),
        ("a.someone.github.io", "someone.github.io"),
        ("github.io", "github.io"),
        ("co.uk", "co.uk"),
        ("login.brightbulb.test", "brightbulb.test"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_registrable_domains(host, domain):
    assert registrable_domain(host) == domain


@given(names)
def test_a_registrable_domain_is_an_end_of_its_host_and_its_own(host):
    domain = registrable_domain(host)
    assert host == domain or host.endswith("." + domain)
    assert registrable_domain(domain) == domain


def test_a_report_of_a_violated_policy_is_no_content(build) -> None:  # type: ignore[no-untyped-def]
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    headers = (("Content-Type", "application/csp-report"),)
    told = {**build.post("https://reports.example.net/csp"), "headers": headers, "navigation": False}
    sent = {**build.post("https://api.example.net/login"), "navigation": False}
    facts = case_facts(build.case(build.walk([*steps[:1], told, sent, *steps[1:]])))
    names = {use.host for use in facts.get("hosts").value}
    assert "reports.example.net" not in names
    assert "api.example.net" in names
