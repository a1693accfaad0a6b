"""The Domain List: complete, exact, short enough, well written, all of it used."""

from __future__ import annotations

import json

import pytest

from e2e_linker.alexa.facts import MAX_DOMAINS
from e2e_linker.audits.base import Options
from e2e_linker.audits.runner import judge_case, selected
from e2e_linker.evidence.models import Initiator, NotCollected, WebSocket
from e2e_linker.model import Confidence, Fault, Severity
from tests.audits.judged import only

LOGIN = "https://login.example.com"


def walk(build, *hosts, kind="script", **more):
    """A healthy login whose pages also pull something from ``hosts``."""
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    subs = [build.sub(f"https://{host if '/' in host else f'{host}/x'}", kind) for host in hosts]
    return build.walk([*steps[:2], *subs, *steps[2:]], asked=asked, **more)


def case(build, *hosts, domains=(), **more):
    return build.case(walk(build, *hosts, **more), skill=build.skill(domains=domains))


def run_judged(build, audit, *cases, domains=(), **options):
    return build.judge_run(audit, build.run(skill=build.skill(domains=domains)), cases, **options)


def pasted(found):
    return json.loads("{" + found.fix.paste + "}")["domains"]


# domain-list


def test_a_login_on_its_own_host_needs_no_list(build):
    assert build.judge("domain-list", case(build)).status == "passed"


def test_a_listed_host_passes(build):
    evidence = case(build, "cdn.example.org", "fonts.example.net", domains=("fonts.example.net", "CDN.example.org"))
    assert build.judge("domain-list", evidence).status == "passed"


@pytest.mark.parametrize(
    ("host", "words"),
    [("localhost:3000", "it has no dot"), ("192.0.2.7", "it is an address"), ("[2001:db8::7]", "it is an address")],
)
def test_a_host_that_no_list_can_hold_is_not_to_be_pasted(build, host, words):
    evidence = case(build, host, "cdn.example.org", domains=("198.51.100.9",))
    other, one = sorted(build.judge("domain-list", evidence).findings, key=lambda found: found.fix.paste is None)
    assert one.rule == "domains-complete"
    assert f"is not on the Domain List and cannot be: {words}" in one.message
    assert one.fix.text.startswith("Serve it from a host that can be listed")
    assert one.blame is Fault.IDENTITY_PROVIDER
    assert pasted(other) == ["cdn.example.org"]


def test_a_missing_host_is_found_with_the_array_to_paste(build):
    evidence = case(build, "cdn.example.org", domains=("signup.example.org",))
    found = only(build.judge("domain-list", evidence))
    assert (found.rule, found.subject) == ("domains-complete", "cdn.example.org")
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.CERTAIN)
    assert found.blame is Fault.SKILL_CONFIGURATION
    assert (found.primary.kind, found.primary.ref) == ("request", "measured#3")
    assert pasted(found) == ["cdn.example.org", "signup.example.org"]


def test_a_parent_on_the_list_is_named(build):
    found = only(build.judge("domain-list", case(build, "cdn.example.org", domains=("example.org",))))
    assert found.rule == "domains-exact-host"
    assert "example.org is, but that does not cover its subdomains" in found.message


@pytest.mark.parametrize("kind", ["image", "font", "media", "ping", "other"])
def test_passive_content_only_degrades(build, kind):
    found = only(build.judge("domain-list", case(build, "pixel.example.org", kind=kind)))
    assert found.severity is Severity.DEGRADES


@pytest.mark.parametrize("kind", ["script", "stylesheet", "xhr", "fetch"])
def test_active_content_breaks(build, kind):
    assert only(build.judge("domain-list", case(build, "pixel.example.org", kind=kind))).severity is Severity.BREAKS


def test_each_missing_host_is_a_finding_of_its_own(build):
    outcome = build.judge("domain-list", case(build, "a.example.org", "b.example.org", "a.example.org"))
    assert [found.subject for found in outcome.findings] == ["a.example.org", "b.example.org"]
    assert len({found.fingerprint for found in outcome.findings}) == 2


def test_what_nobody_would_read_one_by_one_is_one_finding(build):
    hosts = [f"h{n:04}.example.org" for n in range(1_200)]
    outcome = build.judge("domain-list", case(build, *hosts, kind="image"))
    *each, further = outcome.findings
    assert [found.subject for found in each] == hosts[:30]
    assert (further.rule, further.subject) == ("domains-complete", "further hosts")
    assert "1,170 more, such as h0030.example.org, h0031.example.org, h0032.example.org." in further.message
    assert (further.severity, further.blame) == (Severity.DEGRADES, Fault.IDENTITY_PROVIDER)
    assert (further.primary.kind, further.primary.ref) == ("request", "measured#33")
    assert [ref.ref for ref in further.related] == hosts[30:60]


def test_further_hosts_that_a_page_needs_break_it(build):
    hosts = [f"h{n:02}.example.org" for n in range(32)]
    outcome = build.judge("domain-list", case(build, *hosts))
    assert [found.severity for found in outcome.findings] == [Severity.BREAKS] * 31
    assert len(build.judge("domain-list", case(build, *hosts[:30])).findings) == 30


def test_a_host_of_a_web_socket_points_to_its_walk(build):
    sockets = [WebSocket(at=0.2, window=0, url="wss://live.example.org/feed")]
    found = only(build.judge("domain-list", case(build, web_sockets=sockets)))
    assert (found.primary.kind, found.primary.ref) == ("walk", "measured")


def test_a_malformed_entry_covers_what_it_means(build):
    evidence = case(build, "cdn.example.org", domains=("https://cdn.example.org/",))
    assert build.judge("domain-list", evidence).status == "passed"


def test_a_wildcard_covers_nothing(build):
    assert build.judge("domain-list", case(build, "cdn.example.org", domains=("*.example.org",))).status == "failed"


def test_a_login_that_did_not_arrive_may_need_more(build):
    stopped = build.walk(answer=None)
    assert build.judge("domain-list", stopped).status == "inconclusive"
    missing = build.walk([build.sub("https://cdn.example.org/x", "script")], answer=None)
    assert build.judge("domain-list", missing).status == "failed"


def test_without_requests_nothing_is_known(build):
    lost = walk(build).model_copy(update={"requests": NotCollected(reason="nobody listened")})
    assert "nobody listened" in build.judge("domain-list", lost).missing[0]


AHEAD = {"headers": (("Sec-Purpose", "prefetch"),)}


@pytest.mark.parametrize("needed", [False, True])
def test_what_was_only_fetched_ahead_is_not_missing(build, needed):
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    subs = [build.sub("https://cdn.example.org/next.js", "other", **AHEAD)]
    subs += [build.sub("https://cdn.example.org/next.js", "script")] * needed
    evidence = build.case(build.walk([*steps[:2], *subs, *steps[2:]], asked=asked))
    found = only(build.judge("domain-list", evidence))
    assert found.severity is (Severity.BREAKS if needed else Severity.RECOMMENDED)
    assert (found.fix.paste is None, "nothing is missing" in found.message) == (not needed, not needed)


ICON = "https://cdn.example.org/favicon.svg"
PAGE = '<head><link rel="shortcut icon" href="{}"></head><form method=post><input type=password></form>'
PARSER, OTHER = Initiator(type="parser", url=f"{LOGIN}/login"), Initiator(type="other")


def with_icon(build, excerpt, *subs):
    asked = build.authorization()
    steps = build.healthy_steps(asked, build.answer(asked))
    page = {**steps[1], "excerpt": excerpt}
    return build.case(build.walk([steps[0], page, *subs, *steps[2:]], asked=asked))


@pytest.mark.parametrize(
    ("link", "url", "made"),
    [
        (ICON, ICON, None),
        (ICON, ICON, OTHER),
        ("//cdn.example.org/brand?v=2", "https://cdn.example.org/brand?v=2", None),
        ("/x.png", ICON, None),
        ("/x.png", "https://cdn.example.org/v1/favicon-32x32.png?a=1", None),
    ],
)
def test_the_icon_of_a_tab_is_not_missing(build, link, url, made):
    evidence = with_icon(build, PAGE.format(link), build.sub(url, "image", initiator=made))
    found = only(build.judge("domain-list", evidence))
    assert (found.severity, found.symptom, found.fix.paste) == (Severity.RECOMMENDED, False, None)
    assert "Only the icon of the tab comes from it" in found.message
    assert run_judged(build, "domain-list-size", evidence).status == "passed"


@pytest.mark.parametrize(
    ("excerpt", "url", "kind", "made"),
    [
        (PAGE.format(ICON), ICON, "image", PARSER),
        (PAGE.format(ICON) + f'<img src="{ICON}">', ICON, "image", None),
        (PAGE.format(ICON), ICON, "fetch", None),
        (PAGE.format(ICON), "https://cdn.example.org/logo.svg", "image", None),
        (PAGE.format("/x.png"), "https://cdn.example.org/favicons/logo.svg", "image", None),
        (PAGE.format("https://cdn.example.org/app.js"), "https://cdn.example.org/app.js", "script", None),
    ],
)
def test_what_a_page_shows_or_runs_is_no_icon_of_its_tab(build, excerpt, url, kind, made):
    found = only(build.judge("domain-list", with_icon(build, excerpt, build.sub(url, kind, initiator=made))))
    assert found.severity.at_least(Severity.DEGRADES)
    assert pasted(found) == ["cdn.example.org"]


def test_a_host_of_more_than_an_icon_is_missing(build):
    subs = [build.sub(ICON), build.sub("https://cdn.example.org/lamp.png")]
    assert only(build.judge("domain-list", with_icon(build, PAGE.format(ICON), *subs))).severity is Severity.DEGRADES


def test_an_icon_that_is_sent_on_stays_one(build):
    sent_on = "https://img.example.net/7f.svg"
    subs = [build.sub(ICON, location=sent_on, status=302), build.sub(sent_on)]
    case = with_icon(build, PAGE.format(ICON), *subs)
    told = {one.subject: one.severity for one in build.judge("domain-list", case).findings}
    assert told == {"cdn.example.org": Severity.RECOMMENDED, "img.example.net": Severity.RECOMMENDED}


def test_the_fix_of_a_missing_host_says_what_the_list_has_no_room_for(build):
    hosts = [f"h{n:02}.example.org" for n in range(MAX_DOMAINS + 2)]
    found = build.judge("domain-list", case(build, *hosts, domains=hosts[2:])).findings
    assert [one.subject for one in found] == hosts[:2]
    assert all(f"none is left for {hosts[-2]}, {hosts[-1]}" in one.fix.text for one in found)
    *_, last = build.judge("domain-list", case(build, *hosts)).findings
    assert (last.subject, last.fix.text.startswith("Serve it from a host that is listed")) == (hosts[-1], True)
    of_run = only(run_judged(build, "domain-list-size", case(build, *hosts)))
    assert of_run.message.endswith(f"takes {MAX_DOMAINS}. No room is left for {hosts[-2]}, {hosts[-1]}.")


def test_a_host_that_no_list_can_hold_fills_none(build):
    hosts = [*(f"h{n:02}.example.org" for n in range(MAX_DOMAINS)), "192.0.2.7"]
    assert run_judged(build, "domain-list-size", case(build, *hosts)).status == "passed"


def refused(build, *subs, status=400, ending="login_not_found", **more):
    """A walk that ends with an error page which loads ``subs``."""
    asked = build.authorization(region="EU")
    steps = [build.get(asked.url, status=status), *(build.sub(f"https://{host}/x", "stylesheet") for host in subs)]
    return build.walk(steps, asked=asked, answer=None, ending=ending, **more)


def test_what_only_an_error_page_loads_is_advice_that_follows_from_the_error(build):
    asked = refused(build, "fonts.example.net", id="region-EU", purpose="region")
    evidence = build.case(walk(build, "cdn.example.org"), asked)
    one, advice = build.judge("domain-list", evidence).findings
    assert (one.severity, pasted(one), one.symptom) == (Severity.BREAKS, ["cdn.example.org"], False)
    assert (advice.subject, advice.severity, advice.symptom) == ("fonts.example.net", Severity.RECOMMENDED, True)
    assert "Only an error page with which a login ended loads from it" in advice.message
    assert (advice.fix.paste, advice.primary.ref) == (None, "region-EU#2")


@pytest.mark.parametrize(
    ("elsewhere", "more"),
    [
        (["fonts.example.net"], {}),
        ([], {"status": 200}),
        ([], {"ending": "login_rejected"}),
    ],
)
def test_what_another_page_loads_too_is_missing(build, elsewhere, more):
    asked = refused(build, "fonts.example.net", id="region-EU", purpose="region", **more)
    found = only(build.judge("domain-list", build.case(walk(build, *elsewhere), asked)))
    assert (found.severity, found.symptom, pasted(found)) == (Severity.BREAKS, False, ["fonts.example.net"])


@pytest.mark.parametrize("fails", [{"status": 503}, {"failure": "net::ERR_CONNECTION_RESET"}])
def test_the_way_to_an_error_page_and_on_from_it_is_the_logins_own(build, fails):
    asked, other = build.authorization(), "https://id.example.net/login"
    first = build.get(asked.url, location=other) if "status" in fails else build.get(asked.url, status=400)
    broken = build.walk([first, build.get(other, **fails)], asked=asked, answer=None, ending="dead_end")
    assert only(build.judge("domain-list", broken)).severity is Severity.BREAKS


def test_an_error_page_alone_says_nothing_of_the_list(build):
    outcome = build.judge("domain-list", refused(build, "fonts.example.net"))
    assert outcome.status == "inconclusive"
    many = [f"h{n:02}.example.org" for n in range(2 * MAX_DOMAINS)]
    assert build.judge("domain-list", refused(build, *many)).status == "inconclusive"
    assert run_judged(build, "domain-list-size", build.case(walk(build), refused(build, *many))).status == "passed"


# domain-list-size


def test_fifteen_needed_hosts_fit(build):
    hosts = [f"h{n:02}.example.org" for n in range(15)]
    assert run_judged(build, "domain-list-size", case(build, *hosts), domains=hosts).status == "passed"


def test_sixteen_needed_hosts_do_not_fit_and_the_least_needed_is_named(build):
    first = case(build, *[f"h{n:02}.example.org" for n in range(15)])
    second = case(build, "a-picture.example.org", kind="image")
    found = only(run_judged(build, "domain-list-size", first, second))
    assert (found.rule, found.severity, found.blame) == ("domains-max-15", Severity.BREAKS, Fault.IDENTITY_PROVIDER)
    assert "16 hosts besides its own" in found.message
    assert "a-picture.example.org" in found.fix.text
    assert len(pasted(found)) == 15
    assert "a-picture.example.org" not in pasted(found)
    assert (found.primary.kind, found.primary.ref, found.primary.case) == (
        "host",
        "a-picture.example.org",
        second.case.id,
    )


def test_of_thousands_of_needed_hosts_only_some_are_named(build):
    hosts = [f"h{n:04}.example.org" for n in range(1_200)]
    found = only(run_judged(build, "domain-list-size", case(build, *hosts)))
    assert "1,200 hosts besides its own" in found.message
    assert found.fix.text.endswith(f"{', '.join(hosts[15:45])} and 1,155 more.")
    assert [found.primary.ref, *(ref.ref for ref in found.related)] == hosts[15:30]


def test_sixteen_entries_are_too_many_even_if_few_are_needed(build):
    entries = [f"h{n:02}.example.org" for n in range(16)]
    found = only(run_judged(build, "domain-list-size", case(build, "h03.example.org"), domains=entries))
    assert found.blame is Fault.SKILL_CONFIGURATION
    assert pasted(found)[0] == "h03.example.org"
    assert found.fix.text == "Keep the hosts that the login uses."


@pytest.mark.parametrize("arrived", [None, False])
def test_which_of_too_many_entries_can_go_is_not_told_before_every_case_arrived(build, arrived):
    entries = [f"h{n:02}.example.org" for n in range(16)]
    cases = [] if arrived is None else [case(build, "h03.example.org"), build.case(build.walk(answer=None))]
    found = only(run_judged(build, "domain-list-size", *cases, domains=entries))
    assert (found.subject, found.severity, found.fix.paste) == ("listed hosts", Severity.BREAKS, None)
    assert "a run in which every case arrives tells which they are" in found.fix.text


def test_the_size_is_unknown_until_every_case_arrived(build):
    assert (
        run_judged(build, "domain-list-size", case(build), build.case(build.walk(answer=None))).status == "inconclusive"
    )
    assert run_judged(build, "domain-list-size").status == "inconclusive"


def test_a_case_without_requests_leaves_size_and_use_open(build):
    lost = build.case(build.walk().model_copy(update={"requests": NotCollected(reason="nobody listened")}))
    for audit in ("domain-list-size", "domain-list-unused"):
        outcome = run_judged(build, audit, case(build, "a.example.org"), lost, domains=("a.example.org",))
        assert outcome.status == "inconclusive"
        assert "nobody listened" in outcome.missing[0]


# domain-list-syntax


@pytest.mark.parametrize(
    ("entry", "words", "paste"),
    [
        ("https://cdn.example.org/", "has a scheme", '"cdn.example.org"'),
        ("cdn.example.org:443", "has a port", '"cdn.example.org"'),
        ("cdn.example.org/app", "has a path", '"cdn.example.org"'),
        ("*.example.org", "has a wildcard", None),
        ("bücher.example", "must be written in ASCII", '"xn--bcher-kva.example"'),
        ("", "is empty", None),
        ("a.example.org b.example.org", "holds a blank", None),
    ],
)
def test_a_malformed_entry_is_found_with_what_to_write(build, entry, words, paste):
    found = only(run_judged(build, "domain-list-syntax", domains=("fine.example.org", entry)))
    assert found.rule == "domains-syntax"
    assert words in found.message
    assert found.fix.paste == paste
    assert found.primary.ref == "domains[1]"


def test_a_repeated_entry_is_found_once(build):
    found = only(run_judged(build, "domain-list-syntax", domains=("a.example.org", "b.example.org", "A.example.org")))
    assert "twice" in found.message


def test_the_place_is_that_of_the_file(build):
    skill = build.skill(domains=("*.example.org",), raw={"domains": [7, None, "*.example.org"]})
    assert only(build.judge_run("domain-list-syntax", build.run(skill=skill))).primary.ref == "domains[2]"


def test_bare_host_names_pass(build):
    domains = ("a.example.org", "b-1.example.org", "xn--bcher-kva.example", "_x.example.org")
    assert run_judged(build, "domain-list-syntax", domains=domains).status == "passed"


# domain-list-unused


def test_an_entry_that_no_case_used_is_advice(build):
    first, second = case(build, "a.example.org"), case(build, "b.example.org")
    domains = ("a.example.org", "b.example.org", "old.example.org", "OLD.example.org")
    found = only(run_judged(build, "domain-list-unused", first, second, domains=domains))
    assert (found.rule, found.subject) == ("domains-unused", "old.example.org")
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.POSSIBLE)


def test_used_entries_pass_and_an_empty_list_has_none(build):
    assert (
        run_judged(build, "domain-list-unused", case(build, "a.example.org"), domains=("a.example.org",)).status
        == "passed"
    )
    assert run_judged(build, "domain-list-unused", case(build)).status == "not_applicable"


def test_use_is_unknown_until_every_case_arrived(build):
    stopped = build.case(build.walk(answer=None))
    outcome = run_judged(build, "domain-list-unused", case(build), stopped, domains=("old.example.org",))
    assert outcome.status == "inconclusive"
    assert run_judged(build, "domain-list-unused", domains=("old.example.org",)).status == "inconclusive"


# dynamic-hosts


def repeats(build, *tables, kind="script"):
    return [
        build.case(walk(build, *hosts, kind=kind), attempt=n, reason="repeat" if n > 1 else "first")
        for n, hosts in enumerate(tables, 1)
    ]


def test_hosts_that_take_turns_are_found(build):
    cases = repeats(build, ["img1.example.org", "cdn.example.org"], ["img3.example.org", "cdn.example.org"])
    found = only(run_judged(build, "dynamic-hosts", *cases, repeat=2))
    assert (found.rule, found.subject, found.severity) == ("domains-dynamic-hosts", "example.org", Severity.DEGRADES)
    assert "img1.example.org, img3.example.org" in found.message
    assert "cdn.example.org" not in found.message
    assert found.primary.case == cases[0].case.id


@pytest.mark.parametrize(
    "tables",
    [
        [["a.example.org"], ["a.example.org"]],
        [["consent.example.org", "a.example.org"], ["a.example.org"], ["a.example.org"]],
        [["a.example.org"], []],
        [["a.example.org"], ["b.example.net"]],
        [["someone.github.io"], ["other.github.io"]],
    ],
)
def test_hosts_that_only_come_and_go_are_not_dynamic(build, tables):
    assert run_judged(build, "dynamic-hosts", *repeats(build, *tables), repeat=len(tables)).status == "passed"


@pytest.mark.parametrize(
    ("tables", "changing"),
    [
        ([["d1.cloudfront.net"], ["d2.cloudfront.net"]], "d1.cloudfront.net, d2.cloudfront.net"),
        (
            [["d7abc.cloudfront.net/app.js"], ["d7xyz.cloudfront.net/app.js"], ["d7abc.cloudfront.net/app.js"]],
            "d7abc.cloudfront.net, d7xyz.cloudfront.net",
        ),
        (
            [["same.azureedge.net", "e.azureedge.net/v2/logo"], ["same.azureedge.net", "f.azureedge.net/v2/logo"]],
            "e.azureedge.net, f.azureedge.net",
        ),
    ],
)
def test_hosts_of_a_provider_that_take_turns_are_found(build, tables, changing):
    found = only(run_judged(build, "dynamic-hosts", *repeats(build, *tables), repeat=len(tables)))
    assert found.rule == "domains-dynamic-hosts"
    assert found.message.startswith(f"Hosts of {found.subject} change from link to link: {changing}. ")
    assert changing.endswith(found.subject)
    assert "a host of your own domain (a CNAME)" in found.fix.text
    assert found.primary.ref.startswith("measured#")


@pytest.mark.parametrize(
    "tables",
    [
        [["d1.cloudfront.net", "d2.cloudfront.net"], ["d1.cloudfront.net", "d2.cloudfront.net"]],
        [["d1.cloudfront.net", "d2.cloudfront.net"], ["d1.cloudfront.net"]],
        [["someone.github.io/app.js"], ["other.github.io/shop.js"]],
        [["someone.github.io/"], ["other.github.io/"]],
        [["d1.cloudfront.net"], ["d2.azureedge.net"]],
    ],
)
def test_hosts_of_a_provider_that_are_there_every_time_or_others_are_not(build, tables):
    assert run_judged(build, "dynamic-hosts", *repeats(build, *tables), repeat=len(tables)).status == "passed"


def test_shards_below_a_providers_name_are_found_once(build):
    cases = repeats(build, ["a1.someone.github.io"], ["a2.someone.github.io"])
    assert only(run_judged(build, "dynamic-hosts", *cases, repeat=2)).subject == "someone.github.io"


def links(build, *tables, kind="script", domains=()):
    """A case that links several times, with the hosts of each walk."""
    purposes = ("measured", "warm", "simulated")
    walks = [
        walk(build, *hosts, kind=kind, id=purpose, purpose=purpose)
        for purpose, hosts in zip(purposes, tables, strict=False)
    ]
    return build.case(*walks, skill=build.skill(domains=domains))


def test_hosts_that_take_turns_within_one_case_are_told_together_and_not_to_be_listed_one_by_one(build):
    evidence = links(build, ["n1.example.org/a.js"], ["n7.example.org/a.js"])
    found = only(build.judge("domain-list", evidence))
    assert (found.rule, found.severity, found.fix.paste) == ("domains-complete", Severity.BREAKS, None)
    assert found.subject == "changing hosts of example.org"
    assert "n1.example.org, n7.example.org. Where the list is enforced, the page may stop there" in found.message
    assert "one fixed host of example.org, and add that to the Domain List, or list every host" in found.fix.text
    dynamic = only(run_judged(build, "dynamic-hosts", evidence))
    assert dynamic.message.startswith("Hosts of example.org change from link to link: n1.example.org, n7.example.org.")
    assert (dynamic.primary.kind, dynamic.primary.case) == ("request", evidence.case.id)


def test_what_a_simulation_asked_for_in_vain_counts_as_a_visit(build):
    evidence = links(build, ["n1.example.org/a.js"], [], ["n7.example.org/a.js"])
    assert only(build.judge("domain-list", evidence)).subject == "changing hosts of example.org"
    assert "n1.example.org, n7.example.org" in only(run_judged(build, "dynamic-hosts", evidence)).message


def test_changing_hosts_that_no_page_needs_are_told_by_the_audit_of_dynamic_hosts_alone(build):
    evidence = links(build, ["n1.example.org/a.png"], ["n7.example.org/a.png"], kind="image")
    assert build.judge("domain-list", evidence).status == "passed"
    assert only(run_judged(build, "dynamic-hosts", evidence)).subject == "example.org"


def test_hosts_that_take_turns_between_attempts_are_not_to_be_listed_either(build):
    first, second = repeats(build, ["n1.example.org/a.js"], ["n7.example.org/a.js"])
    chosen = {"domain-list": selected()["domain-list"]}
    for attempts, subject in ((), "n1.example.org"), ((first, second), "changing hosts of example.org"):
        outcomes, _ = judge_case(first, Options(), chosen, attempts=attempts)
        assert only(outcomes["domain-list"]).subject == subject
    # What the other attempts met is named, too.
    assert "n1.example.org, n7.example.org" in only(outcomes["domain-list"]).message


def test_hosts_that_take_turns_do_not_fill_the_list(build):
    cases = [
        links(build, [f"n{n}.example.org/a.js"], [f"n{n + 1}.example.org/a.js"]) for n in range(0, 2 * MAX_DOMAINS, 2)
    ]
    assert run_judged(build, "domain-list-size", *cases).status == "passed"


@pytest.mark.parametrize(
    ("tables", "domains"),
    [
        ([["cdn1.example.org/a.js", "cdn2.example.org/b.js"], ["cdn2.example.org/a.js", "cdn1.example.org/b.js"]], ()),
        ([["cdn1.example.org/a.js", "cdn2.example.org/a.js"], ["cdn1.example.org/a.js"]], ()),
        ([["n1.example.org/a.js"], ["n7.example.org/b.js"]], ()),
        ([["n1.example.org/"], ["n7.example.org/"]], ()),
        ([["n1.example.org/a.js"], ["n7.example.net/a.js"]], ()),
        ([["img.example.org/a.js"], ["cdn.example.org/a.js"]], ()),
        ([["n1.example.org/a.js"], ["n7.example.org/a.js"]], ("n1.example.org", "n7.example.org")),
    ],
)
def test_hosts_of_one_case_that_a_list_can_name_are_not_dynamic(build, tables, domains):
    evidence = links(build, *tables, domains=domains)
    assert run_judged(build, "dynamic-hosts", evidence).status == "not_applicable"
    outcome = build.judge("domain-list", evidence)
    told = {found.subject for found in getattr(outcome, "findings", ())}
    assert told == {host.partition("/")[0] for table in tables for host in table} - set(domains)


def test_one_login_shows_nothing_dynamic(build):
    cases = repeats(build, ["img1.example.org"], ["img3.example.org"])
    assert run_judged(build, "dynamic-hosts", *cases).status == "not_applicable"
    assert run_judged(build, "dynamic-hosts", *cases[:1], repeat=2).status == "inconclusive"


def test_cases_that_did_not_arrive_are_not_compared(build):
    stopped = build.case(build.walk([build.sub("https://img9.example.org/x")], answer=None), attempt=2, reason="repeat")
    outcome = run_judged(build, "dynamic-hosts", *repeats(build, ["img1.example.org"]), stopped, repeat=2)
    assert outcome.status == "inconclusive"


def test_two_cases_with_hosts_of_their_own_are_not_compared_with_each_other(build):
    cases = [
        build.case(walk(build, f"{name}.example.org"), facts={"id": name}, attempt=n)
        for name in ("phone", "desktop")
        for n in (1, 2)
    ]
    assert run_judged(build, "dynamic-hosts", *cases, repeat=2).status == "passed"
