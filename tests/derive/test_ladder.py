import pytest

from e2e_linker.derive.base import walk_facts
from e2e_linker.evidence.models import NotCollected, Present


def ladder_of(walk):
    part = walk_facts(walk).get("ladder")
    assert isinstance(part, Present), part
    return part.value


def test_a_healthy_login_hop_by_hop(build):
    ladder = ladder_of(build.walk())
    assert [hop.how for hop in ladder.hops] == ["opened", "redirect", "form_post", "redirect", "form_post", "redirect"]
    assert [hop.n for hop in ladder.hops] == [1, 2, 3, 4, 5, 6]
    assert ladder.last is ladder.arrival is ladder.hops[-1]
    assert ladder.hops[0].location == ladder.hops[1].url
    assert ladder.hops[0].head
    assert ladder.hops[0].request_line
    assert ladder.of(3).method == "POST"
    assert ladder.of(None) is None


def test_subrequests_and_what_follows_the_arrival_are_left_out(build):
    asked = build.authorization()
    answer = build.answer(asked)
    steps = [build.get(asked.url, location=answer), build.sub("https://cdn.example/a.png"), build.get(answer)]
    walk = build.walk([*steps, build.get("https://late.example/")], asked=asked)
    assert [hop.url for hop in ladder_of(walk).hops] == [asked.url, answer]


def test_a_dead_end_is_the_last_main_hop(build):
    frame = build.get("https://ads.example/", main_frame=False, frame=3)
    walk = build.walk([build.get(build.authorization().url), build.get("https://login.example.com/home"), frame])
    ladder = ladder_of(walk)
    assert ladder.arrival is None
    assert ladder.last.url.endswith("/home")
    assert ladder.hops[-1].how == "frame"
    assert len(ladder.main) == 2


def test_a_popup_is_told_by_its_window(build):
    popup = build.get("https://idp.example/", window=1, frame=1)
    hops = ladder_of(build.walk([build.get(build.authorization().url), popup])).hops
    assert hops[1].how == "popup"


@pytest.mark.parametrize(
    ("page", "seconds"),
    [
        ({"excerpt": "<meta content='3; url=/next' http-equiv=\"refresh\">"}, 3.0),
        ({"excerpt": '<META HTTP-EQUIV=Refresh CONTENT="0;URL=&#47;next">'}, 0.0),
        ({"response_headers": (("Refresh", "2;url=https://login.example.com/next"),)}, 2.0),
        ({"excerpt": '<meta http-equiv="refresh" content="3;url=/elsewhere">'}, None),
        ({"excerpt": '<meta name="refresh" content="3;url=/next">'}, None),
        ({"excerpt": '<noscript><meta http-equiv="refresh" content="3;url=/next"></noscript>'}, None),
        ({"excerpt": '<!-- <meta http-equiv="refresh" content="3;url=/next"> -->'}, None),
    ],
)
def test_a_meta_refresh_is_known_by_its_target(build, page, seconds):
    first = build.get("https://login.example.com/wait", **page)
    hop = ladder_of(build.walk([first, build.get("https://login.example.com/next")])).hops[1]
    assert hop.refresh_s == seconds
    assert hop.how == ("navigation" if seconds is None else "meta_refresh")


def test_an_arrival_of_which_only_the_address_is_known_is_the_last_hop(build):
    asked = build.authorization()
    arrival = build.arrival(build.answer(asked), window=2)
    hop = ladder_of(build.walk([build.get(asked.url)], asked=asked, arrivals=[arrival])).last
    assert (hop.arrival, hop.request, hop.window) == (True, None, 2)


def test_missing_requests_make_a_missing_ladder(build):
    walk = build.walk().model_copy(update={"requests": NotCollected(reason="not watched")})
    assert walk_facts(walk).get("ladder") == NotCollected(reason="not watched")


NONSENSE = ["https://[object Object]/cb", "http://[", "//[x"]


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("how", ["Location", "Refresh"])
def test_an_address_that_cannot_be_read_leaves_the_other_hops_to_be_judged(build, nonsense, how):
    asked = build.authorization()
    login = "https://login.example.com"
    moved = {
        "Location": {"status": 302, "response_headers": (("Location", nonsense),)},
        "Refresh": {"response_headers": (("Refresh", f"0;url={nonsense}"),)},
    }[how]
    steps = [build.get(asked.url, location=f"{login}/login"), build.get(f"{login}/login")]
    steps += [build.post(f"{login}/login", {"state": asked.state}, **moved)]
    steps += [build.get("https://other.example.net/oops", status=500)]
    walk = build.walk(steps, asked=asked, answer=None)
    ladder = ladder_of(walk)
    assert len(ladder.hops) == 4
    assert ladder.hops[2].location == (nonsense if how == "Location" else None)
    assert ladder.hops[3].refresh_s is None
    assert isinstance(walk_facts(walk).get("state_trail"), Present)
    (sent,) = walk_facts(walk).get("submissions").value
    assert [stage.url for stage in sent.stages] == [f"{login}/login", *([nonsense] if how == "Location" else [])]
    assert build.judge("error-page", walk).status == "failed"
    assert [found.subject for found in build.judge("domain-list", walk).findings] == ["other.example.net"]
