"""Where a broken walk leaves a healthy one: at the first thing that matters, and at nothing that does not."""

from __future__ import annotations

import random
import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from e2e_linker.derive.differential import first_parting
from e2e_linker.derive.ways import Way
from e2e_linker.evidence.models import CspViolation, PageError
from e2e_linker.evidence.page import Sight

LOGIN = "https://login.example.com"
CDN = "https://cdn.example.net"


def parted(one, other):
    return first_parting(Way(one), Way(other))


def page(build, *loads, **more):
    """The authorization page with what it loads."""
    return [build.get(f"{LOGIN}/authorize?state=x", **more), *loads]


def script(build, name="app.js", **more):
    return build.sub(f"{CDN}/{name}", "script", **more)


def healthy(build, *loads, **more):
    asked = build.authorization()
    steps = [*page(build, *loads), build.post(f"{LOGIN}/login"), build.get(build.answer(asked))]
    return build.walk(steps, asked=asked, **more)


def broken(build, *loads, screens=(), first=None, **more):
    steps = page(build, *loads, **(first or {}))
    return build.walk(steps, answer=None, ending="login_not_found", screens=screens, **more)


def test_two_healthy_walks_do_not_part(build):
    assert parted(build.walk(), build.walk()) is None


def test_a_script_that_is_refused_is_where_they_part(build):
    found = parted(broken(build, script(build, status=403)), healthy(build, script(build)))
    assert (found.point, found.request, found.what) == ("status", 2, f"the script {CDN}/app.js")
    assert (found.broken, found.healthy) == ("got status 403", "got status 200")


def test_a_script_that_did_not_come_is_where_they_part(build):
    lost = script(build, failure="net::ERR_TUNNEL_CONNECTION_FAILED")
    found = parted(broken(build, lost), healthy(build, script(build)))
    assert (found.point, found.broken) == ("request", "did not come (net::ERR_TUNNEL_CONNECTION_FAILED)")


def test_the_first_of_several_is_told(build):
    error = PageError(at=0.35, window=0, message="x is not defined")
    loads = [build.sub(f"{CDN}/site.css", "stylesheet"), script(build, status=503)]
    found = parted(broken(build, *loads, page_errors=[error]), healthy(build, loads[0], script(build)))
    assert (found.point, found.request) == ("status", 3)


def test_a_script_error_of_one_alone(build):
    error = PageError(at=0.15, window=0, message="Cannot read properties of null\n    at app.js:1:2")
    found = parted(broken(build, script(build), page_errors=[error]), healthy(build, script(build)))
    assert (found.point, found.request) == ("script_error", 1)
    assert found.broken == "met the script error “Cannot read properties of null”"


def test_an_error_of_both_is_no_difference(build):
    here = PageError(at=0.15, window=0, message="failed at https://cdn.example.net/a.js?v=1:10:20")
    there = PageError(at=0.12, window=0, message="failed at https://cdn.example.net/a.js?v=2:11:4")
    found = parted(broken(build, page_errors=[here]), healthy(build, page_errors=[there]))
    assert found.point == "hop"


def test_a_policy_of_one_alone(build):
    stopped = CspViolation(
        at=0.15, window=0, directive="script-src", blocked=f"{CDN}/app.js", document=LOGIN, disposition="enforce"
    )
    found = parted(broken(build, csp_violations=[stopped]), healthy(build))
    assert found.point == "policy"
    assert "cdn.example.net" in found.broken


def test_a_cookie_that_was_not_set(build):
    asked = build.authorization()
    steps = [*page(build, set_cookies={"session": 20, "csrf_8f3a91c2": 9}), build.get(build.answer(asked))]
    one = broken(build, first={"set_cookies": {"csrf_11c0ffee": 9}})
    found = parted(one, build.walk(steps, asked=asked))
    assert (found.point, found.broken) == ("storage", "was not given the cookie session")


def test_the_status_of_a_page(build):
    found = parted(broken(build, first={"status": 403}), healthy(build))
    assert (found.point, found.request, found.broken) == ("status", 1, "got status 403")


def test_another_next_page(build):
    steps = [*page(build), build.get(f"{LOGIN}/unsupported")]
    one = build.walk(steps, answer=None, ending="dead_end")
    found = parted(one, healthy(build))
    assert (found.point, found.request) == ("hop", 2)
    assert (found.broken, found.healthy) == (f"went to {LOGIN}/unsupported", f"to {LOGIN}/login")


def test_a_blank_screen_where_nothing_failed(build, pieces):
    nothing = {"controls": (), "headings": (), "text": "", "text_length": 0, "title": ""}
    blank = pieces.digest(f"{LOGIN}/authorize", sight=Sight(readable_length=0, pictures=0), **nothing)
    form = pieces.digest(f"{LOGIN}/authorize")
    found = parted(
        broken(build, screens=[pieces.screen(0, 0.15, blank)]), healthy(build, screens=[pieces.screen(0, 0.15, form)])
    )
    assert (found.point, found.broken) == ("screen", "showed a blank page")


def test_a_way_that_ends_where_the_other_goes_on(build):
    found = parted(broken(build), healthy(build))
    assert (found.point, found.broken, found.healthy) == (
        "hop",
        "went no further",
        f"went on to {LOGIN}/login",
    )


@pytest.mark.parametrize(
    "harmless",
    [
        {"url": f"{CDN}/pixel.gif", "kind": "image", "status": 404},
        {"url": f"{CDN}/app.js", "kind": "script", "failure": "net::ERR_ABORTED"},
        {"url": f"{CDN}/app.js", "kind": "script", "status": 304},
        {"url": f"{CDN}/only-here.js", "kind": "script", "status": 500},
    ],
)
def test_what_is_harmless_on_the_page_is_not_what_they_part_over(build, harmless):
    given = dict(harmless)
    load = build.sub(given.pop("url"), given.pop("kind"), **given)
    other = [build.sub(f"{CDN}/pixel.gif", "image"), script(build)]
    assert parted(broken(build, load), healthy(build, *other)).point == "hop"


def test_partings_are_alike_but_for_random_parts_and_numbers(build):
    def lost(name, **more):
        return parted(broken(build, script(build, name, status=403)), healthy(build, script(build, name), **more))

    assert lost("8f3a91c2e0/app.js").alike == lost("11c0ffee77/app.js").alike
    assert lost("app.js").alike != lost("vendor.js").alike
    refused = parted(broken(build, script(build, status=401)), healthy(build, script(build)))
    assert refused.alike != lost("app.js").alike


def test_no_request_at_all_says_nothing(build):
    assert parted(build.walk([], answer=None), build.walk()) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_order_random_parts_and_cookie_values_are_no_differences(build, seed):
    mixed = random.Random(seed)

    def once():
        # A version, a hash, an id: whatever a site puts into its addresses anew each time.
        loads = [
            build.sub(f"{CDN}/app.{secrets.token_hex(8)}.js", "script"),
            build.sub(f"{CDN}/{secrets.token_hex(6)}/site.css?v={secrets.token_hex(3)}", "stylesheet"),
            build.sub(f"{LOGIN}/api/sessions/{mixed.randrange(10**9)}", "fetch"),
            build.sub(f"{CDN}/logo.svg", "image"),
        ]
        mixed.shuffle(loads)
        return healthy(build, *loads)

    assert parted(once(), once()) is None
