"""A server that fails now and then: what it failed at is asked once more, and is no fault of what was asked."""

from __future__ import annotations

import pytest
from starlette.exceptions import HTTPException

from e2e_linker.demo import authorize
from e2e_linker.model import Depth
from e2e_linker.run.budget import LoginBudget
from e2e_linker.run.failures import answered
from e2e_linker.run.walks import Walker

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FE = "alexa.amazon.co.jp"
ALL_REGIONS = "auth-accepts-all-region-redirect-uris"
SIGNED_IN = "auth-post-login-redirect-works-when-already-signed-in"


def failing(monkeypatch, fails):
    """A server whose authorization endpoint fails where ``fails`` says so, told the request."""
    kept = authorize._read

    def read(request):
        if fails(request):
            raise HTTPException(500)
        return kept(request)

    monkeypatch.setattr(authorize, "_read", read)


def walks_of(linked):
    (case,) = linked.saved().cases
    return [walk.id for walk in case.walks]


def rules_of(linked):
    return {found.rule for found in linked.report.findings}


async def test_what_failed_once_is_asked_again_and_refuses_nothing(bench, monkeypatch):
    left = {"warm", FE}

    def fails(request):
        home = FE if FE in request.query_params.get("redirect_uri", "") else "warm"
        later = home == FE or (request.url.path == "/authorize" and request.cookies)
        return bool(later and home in left and not left.discard(home))

    failing(monkeypatch, fails)
    bench.arm()
    linked = await bench.link(depth=Depth.STANDARD)
    assert not left
    assert {"warm", "warm-2", "region-FE", "region-FE-2"} <= set(walks_of(linked))
    assert not rules_of(linked) & {ALL_REGIONS, SIGNED_IN, "size-incognito-diff"}


async def test_a_region_for_which_it_always_fails_is_refused(bench, monkeypatch):
    failing(monkeypatch, lambda request: FE in request.query_params.get("redirect_uri", ""))
    bench.arm()
    linked = await bench.link(depth=Depth.STANDARD)
    assert [walk for walk in walks_of(linked) if "FE" in walk] == ["region-FE", "region-FE-2", "region-FE-3"]
    (found,) = [each for each in linked.report.findings if each.rule == ALL_REGIONS]
    assert found.subject == "FE"


@pytest.mark.parametrize(
    ("statuses", "made"), [([200], 1), ([500, 200], 2), ([500, 502, 503, 500], 3), ([404], 1), ([None], 1)]
)
async def test_a_walk_is_made_again_only_where_the_server_failed(build, statuses, made):
    kept, asked = [], build.authorization()

    async def walk(name):
        status = statuses[len(kept)]
        return status and build.walk([build.get(asked.url, status=status)], answer=None, id=name)

    await answered(walk, "warm", kept.append, build.walk(), 3)
    assert len(kept) == made
    assert [each.id for each in kept if each] == ["warm", "warm-2", "warm-3"][: made if statuses[0] else 0]


async def test_a_second_link_that_is_made_again_takes_no_login_from_a_case_that_waits(build):
    budget, kept, failed = LoginBudget(2), [], [build.get(build.authorization().url, status=500)]
    budget.promise(["phone-eu"])

    class Linking(Walker):
        def __init__(self):
            pass

        async def within_budget(self, name, purpose, about=None, *, spare=False, **more):
            return build.walk(failed, answer=None, id=name, purpose=purpose) if budget.take(spare=spare) else None

    await Linking().warm(kept.append, build.walk())
    assert [walk and walk.id for walk in kept] == ["warm", None]
    assert budget.take(case="phone-eu")
