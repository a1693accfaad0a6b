import pytest

from e2e_linker.derive.base import case_facts
from e2e_linker.evidence.models import Present
from e2e_linker.model import Confidence

NGINX = (
    "<html><head><title>400 Request Header Or Cookie Too Large</title></head><body><center><h1>400 Bad Request</h1>"
    "</center><center>Request Header Or Cookie Too Large</center><hr><center>nginx/1.22.1</center></body></html>"
)


def facts_of(build, name, *walks):
    part = case_facts(build.case(*walks)).get(name)
    assert isinstance(part, Present), part
    return part.value


def broken(build, **answer):
    asked = build.authorization()
    return build.walk([build.get(asked.url), build.get(f"{build.login}/consent", **answer)], asked=asked)


def test_hops_are_held_against_the_limits_tightest_first(build):
    steps = [
        build.get(build.authorization().url, cookie="big=" + "x" * 5000, head=6200),
        build.sub("https://c.example/"),
    ]
    sizes = facts_of(build, "sizes", build.walk(steps))
    (hop,) = sizes.hops
    assert hop.cookie_header == 5004
    assert hop.largest.text == "cookie big (5,004 bytes)"
    assert not hop.refusing
    filled = [room.used / room.limit for room in hop.rooms]
    assert filled == sorted(filled, reverse=True)
    assert len(sizes.subrequests) == 1


def test_the_arrival_is_measured_with_its_longest_parameter_first(build):
    sizes = facts_of(build, "sizes", build.walk(lengths={"code": 900}))
    assert sizes.arrival.params[0].name == "code"
    assert sizes.arrival.with_cookies == sizes.arrival.request_line + 5096
    assert sizes.arrival.url_length > 1200


def test_a_head_too_large_for_small_servers_says_which(build):
    sizes = facts_of(build, "sizes", build.walk([build.get(build.authorization().url, head=9000)]))
    names = {room.server.server for room in sizes.hops[0].refusing}
    assert any("omcat" in name for name in names)
    assert "nginx" not in names


@pytest.mark.parametrize("status", [413, 414, 431, 494])
def test_statuses_that_only_mean_size(build, status):
    (found,) = facts_of(build, "oversize", broken(build, status=status))
    assert found.confidence is Confidence.CERTAIN
    assert found.status == status


def test_a_server_is_known_by_its_words(build):
    (found,) = facts_of(build, "oversize", broken(build, status=400, excerpt=NGINX, head=700))
    assert found.server.server == "nginx"
    assert found.confidence is Confidence.CERTAIN


@pytest.mark.parametrize(
    "answer",
    [
        {
            "status": 400,
            "excerpt": '{"error":"invalid_request","error_description":"redirect_uri mismatch"}',
            "head": 9500,
        },
        {"status": 400, "excerpt": "", "head": 900},
        {"status": 404, "excerpt": "<title>Not Found</title>", "head": 900},
        {"status": 404, "excerpt": "", "head": 20000, "response_headers": (("Server", "cloudflare"),)},
        {"status": 400, "excerpt": "<h1>Bad Request</h1>", "head": 900, "response_headers": (("Server", "nginx"),)},
        {"status": 403, "excerpt": "", "head": 30000},
        {"status": 500, "excerpt": "", "head": 30000},
        {"failure": "net::ERR_CONNECTION_RESET", "head": 900},
        {"failure": "net::ERR_ABORTED", "head": 90000},
        {"failure": "net::ERR_NAME_NOT_RESOLVED", "head": 90000},
        {"status": 400, "excerpt": "", "sizes": None},
    ],
)
def test_ordinary_errors_are_not_blamed_on_size(build, answer):
    assert facts_of(build, "oversize", broken(build, **answer)) == ()


@pytest.mark.parametrize(
    ("answer", "server"),
    [
        ({"status": 400, "excerpt": "<h1>HTTP Status 400 – Bad Request</h1>", "head": 8500}, "Tomcat"),
        ({"failure": "net::ERR_EMPTY_RESPONSE", "head": 66000}, "Tornado"),
    ],
)
def test_a_head_beyond_the_limit_of_the_server_that_answers_so_is_suspected(build, answer, server):
    (found,) = facts_of(build, "oversize", broken(build, **answer))
    assert found.confidence is Confidence.POSSIBLE
    assert server in found.server.server
    assert "exceed" in found.reason


RESET = "net::ERR_HTTP2_PROTOCOL_ERROR"
HAPROXY = "<h1>400 Bad request</h1>\nYour browser sent an invalid request."


@pytest.mark.parametrize(
    ("before", "answer", "confidence"),
    [
        (900, {"failure": RESET, "head": 15900}, Confidence.LIKELY),
        (None, {"failure": RESET, "head": 15900}, Confidence.POSSIBLE),
        (15500, {"failure": RESET, "head": 15900}, Confidence.POSSIBLE),
        (900, {"failure": RESET, "head": 9000}, None),
        (900, {"status": 400, "excerpt": HAPROXY, "head": 15900}, Confidence.LIKELY),
        (900, {"status": 400, "excerpt": HAPROXY, "head": 9000}, None),
    ],
)
def test_haproxys_ways_to_refuse_a_large_head_are_known(build, before, answer, confidence):
    asked = build.authorization()
    steps = [build.get(f"{build.login}/login", status=200, head=before)] if before else []
    steps += [build.get(f"{build.login}/resume", **answer)]
    walk = build.walk(steps, asked=asked, answer=None, ending="unreachable")
    found = facts_of(build, "oversize", walk)
    named = [(one.server.server, one.confidence) for one in found if one.server]
    assert named == ([("HAProxy", confidence)] if confidence else [])


@pytest.mark.parametrize("failure", ["net::ERR_EMPTY_RESPONSE", "NS_ERROR_NET_RESET"])
@pytest.mark.parametrize(
    ("others", "head", "suspected"),
    [
        ([{"status": 200, "head": 900}], 10300, True),
        ([{"status": 200, "head": 900}, {"status": 302, "head": 6000}], 10300, True),
        ([{"status": 200, "head": 900}], 7000, False),
        ([], 10300, False),
        ([{"status": 500, "head": 900}], 10300, False),
        ([{"status": 200, "head": 9800}], 10300, False),
        ([{"status": 200, "head": 900}, {"status": 302, "head": 10300}], 10300, False),
        ([{"status": 200, "head": 900}, {"status": None, "failure": "net::ERR_CONNECTION_RESET"}], 10300, False),
    ],
)
def test_a_connection_that_breaks_at_the_largest_request_alone_is_told_without_blame(
    build, failure, others, head, suspected
):
    steps = [build.get(f"{build.login}/login", **{"head": 900, **one}) for one in others]
    last = build.get(f"{build.login}/resume", status=None, failure=failure, head=head)
    walk = build.walk([*steps, last], answer=None, ending="unreachable")
    found = facts_of(build, "oversize", walk)
    assert [(one.server, one.confidence, one.alone) for one in found] == [(None, Confidence.POSSIBLE, True)] * suspected


def test_an_empty_400_to_a_large_head_is_suspected_without_naming_anybody(build):
    (found,) = facts_of(build, "oversize", broken(build, status=400, excerpt="", head=8500))
    assert found.server is None
    assert found.confidence is Confidence.POSSIBLE


def test_iis_hides_a_long_query_behind_a_404(build):
    asked = build.authorization()
    iis = (("Server", "Microsoft-IIS/10.0"),)
    long = f"{build.login}/consent?blob={'x' * 2100}"
    walk = build.walk([build.get(asked.url), build.get(long, status=404, response_headers=iis)], asked=asked)
    (found,) = facts_of(build, "oversize", walk)
    assert "IIS" in found.server.server
    short = build.walk([build.get(asked.url), build.get(long[:200], status=404, response_headers=iis)], asked=asked)
    assert facts_of(build, "oversize", short) == ()


def test_the_same_address_that_answers_a_smaller_head_is_evidence(build):
    worn = broken(build, status=400, excerpt="", head=5000)
    fresh = broken(build, status=200, head=900).model_copy(update={"id": "warm-1", "purpose": "warm"})
    (found,) = facts_of(build, "oversize", worn, fresh)
    assert "900" in found.reason
    assert facts_of(build, "oversize", broken(build, status=400, head=1500), fresh) == ()


MENU = f"<nav>{'<a href=/x>Menu</a>' * 300}</nav>"


@pytest.mark.parametrize(
    ("excerpt", "shown"),
    [
        ("<p>400 : Invalid client_id parameter value.</p>", None),
        (MENU, "400 : Invalid client_id parameter value."),
        (MENU, "400 : Mismatching redirect URI."),
        (MENU, "Menu Help"),
    ],
)
def test_a_page_that_refuses_the_client_is_not_too_large(build, pieces, excerpt, shown):
    asked = build.authorization()
    steps = [build.get(f"{build.login}/consent", status=302, head=1200)]
    steps += [build.get(f"{build.login}/consent", status=400, excerpt=excerpt, head=2400)]
    digest = pieces.digest(f"{build.login}/consent", [], text=shown) if shown else None
    screens = [pieces.screen(0, 9.0, digest)] if digest else []
    walk = build.walk([build.get(asked.url), *steps], asked=asked, answer=None, ending="dead_end", screens=screens)
    assert len(facts_of(build, "oversize", walk)) == (1 if shown == "Menu Help" else 0)


def test_the_refused_arrival_itself_is_no_oversize_answer(build):
    walk = build.walk()
    assert facts_of(build, "oversize", walk) == ()
