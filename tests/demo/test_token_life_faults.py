"""Every fault in the life of tokens misbehaves as it says, seen at the level of HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from e2e_linker.demo import PracticeRange
from e2e_linker.demo.catalogue import FaultSpec
from e2e_linker.demo.faults import token_life
from e2e_linker.demo.former import FORMER_TOKEN_PATH

Check = Callable[[Any], None]
Said = dict[str, Any]


def linked(visitor: Any) -> Said:
    """What the code of a fresh link brings."""
    reply = visitor.redeem(visitor.link())
    assert reply.status == 200, reply.body
    return json.loads(reply.body)


def refresh(visitor: Any, token: str) -> Any:
    return visitor.ask("token", {"grant_type": "refresh_token", "refresh_token": token})


def refreshed(visitor: Any, token: str) -> Said:
    reply = refresh(visitor, token)
    assert reply.status == 200, reply.body
    return json.loads(reply.body)


def error_of(reply: Any) -> tuple[int, str]:
    return reply.status, json.loads(reply.body)["error"]


def exchange_says(judge: Callable[[Said], bool]) -> Check:
    def check(visitor: Any) -> None:
        said = linked(visitor)
        assert judge(said), said

    return check


def refresh_says(judge: Callable[[Said], bool]) -> Check:
    def check(visitor: Any) -> None:
        first = linked(visitor)
        assert first["expires_in"] == 3600
        said = refreshed(visitor, first["refresh_token"])
        assert judge(said), said
        assert visitor.me(said["access_token"]).status == 200

    return check


def refresh_fails(visitor: Any) -> None:
    assert error_of(refresh(visitor, linked(visitor)["refresh_token"])) == (400, "unsupported_grant_type")


def refresh_token_spent(visitor: Any) -> None:
    token = linked(visitor)["refresh_token"]
    assert "refresh_token" not in refreshed(visitor, token)
    assert error_of(refresh(visitor, token)) == (400, "invalid_grant")


def first_link_only(visitor: Any) -> None:
    assert "refresh_token" in linked(visitor)
    assert "refresh_token" not in linked(visitor)


def reuse(status: int, body: str, *, alive: bool = True) -> Check:
    """A replaced refresh token is answered so; whether the new one works afterwards."""

    def check(visitor: Any) -> None:
        old = linked(visitor)["refresh_token"]
        new = refreshed(visitor, old)["refresh_token"]
        assert new != old
        again = refresh(visitor, old)
        assert (again.status, body in again.body, bool(again.body)) == (status, True, bool(body))
        assert refresh(visitor, new).status == (200 if alive else 400)

    return check


def race_500(visitor: Any) -> None:
    token = linked(visitor)["refresh_token"]
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda _: refresh(visitor, token), range(2)))
    assert sorted(reply.status for reply in replies) == [200, 500]
    assert refresh(visitor, token).status == 200


def grace_10s(visitor: Any) -> None:
    store = visitor.practice._world.store
    old = linked(visitor)["refresh_token"]
    refreshed(visitor, old)
    assert refresh(visitor, old).status == 200
    now = store.clock()
    store.clock = lambda: now + 11
    assert error_of(refresh(visitor, old)) == (400, "invalid_grant")


def refresh_ends_access(visitor: Any) -> None:
    first = linked(visitor)
    new = refreshed(visitor, first["refresh_token"])
    assert [visitor.me(said["access_token"]).status for said in (first, new)] == [401, 200]


def next_access_ends_access(visitor: Any) -> None:
    first = linked(visitor)
    new = refreshed(visitor, first["refresh_token"])
    assert [visitor.me(said["access_token"]).status for said in (first, new, new, first)] == [200, 200, 200, 401]


def second_link_ends_first(visitor: Any) -> None:
    first, second = linked(visitor), linked(visitor)
    assert [visitor.me(said["access_token"]).status for said in (first, second)] == [401, 200]
    assert error_of(refresh(visitor, first["refresh_token"])) == (400, "invalid_grant")


def links_share_tokens(visitor: Any) -> None:
    first, second = linked(visitor), linked(visitor)
    assert first["access_token"] == second["access_token"]
    new = refreshed(visitor, first["refresh_token"])
    assert error_of(refresh(visitor, second["refresh_token"])) == (400, "invalid_grant")
    assert linked(visitor)["refresh_token"] == new["refresh_token"]


def users_mixed_up(visitor: Any) -> None:
    first = linked(visitor)
    visitor.jar.clear()
    practice = visitor.practice
    practice.users = practice.users[::-1]
    try:
        second = linked(visitor)
    finally:
        practice.users = practice.users[::-1]
    assert second["access_token"] == first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]


def ends_untold(visitor: Any) -> None:
    said = linked(visitor)
    assert not [name for name in said if name.endswith("expires_in") and name != "expires_in"]
    seen = json.loads(visitor.ask("introspect", {"token": said["refresh_token"]}).body)
    assert (seen["active"], seen["exp"] - seen["iat"]) == (True, 7_776_000)


def former_client_deleted(visitor: Any) -> None:
    former = visitor.practice._world.former
    pair = base64.b64encode(f"{former.client_id}:{former.client_secret}".encode()).decode()
    fields = {"grant_type": "refresh_token", "refresh_token": former.refresh_token}
    url = f"https://oauth.brightbulb.test{FORMER_TOKEN_PATH}"
    assert visitor.send("POST", url, fields, {"Authorization": f"Basic {pair}"}).status in {401, 404}


def refresh_is_sent(judge: Callable[[Any], bool]) -> Check:
    """How the answer to a refresh is written; that to an exchange is as it should be."""

    def check(visitor: Any) -> None:
        first = visitor.redeem(visitor.link())
        assert (first.header("content-type"), first.header("cache-control")) == ("application/json", "no-store")
        assert judge(refresh(visitor, json.loads(first.body)["refresh_token"]))

    return check


def known_every_second_time(visitor: Any) -> None:
    taken = []
    for _ in range(4):
        visitor.jar.clear()
        taken.append(visitor.me(visitor.link().fragment["access_token"]).status)
    assert taken == [200, 401, 200, 401]


CHECKS: dict[str, Check] = {
    "redirect-token-unknown": known_every_second_time,
    "refresh-fails": refresh_fails,
    "refresh-token-spent": refresh_token_spent,
    "refresh-without-lifetime": refresh_says(lambda said: "expires_in" not in said),
    "refresh-short-lifetime": refresh_says(lambda said: said["expires_in"] == 300),
    "refresh-declared-as-html": refresh_is_sent(
        lambda reply: reply.header("content-type").startswith("text/html") and "access_token" in reply.body
    ),
    "refresh-may-be-stored": refresh_is_sent(lambda reply: not reply.header("cache-control")),
    "refresh-without-token-type": refresh_says(lambda said: "token_type" not in said),
    "refresh-form-encoded": refresh_is_sent(lambda reply: reply.body.startswith("access_token=")),
    "token-five-minutes": exchange_says(lambda said: said["expires_in"] == 300),
    "token-half-an-hour": exchange_says(lambda said: said["expires_in"] == 1800),
    "no-refresh-token": exchange_says(lambda said: "refresh_token" not in said),
    "refresh-token-first-link-only": first_link_only,
    "refresh-token-of-session": exchange_says(lambda said: said["refresh_expires_in"] == 1800),
    "refresh-token-90-days": exchange_says(lambda said: said["refresh_expires_in"] == 7_776_000),
    "refresh-token-90-days-untold": ends_untold,
    "refresh-token-idle-200-days": refresh_says(lambda said: said["refresh_expires_in"] == 17_280_000),
    "rotation-without-grace": reuse(400, "invalid_grant"),
    "rotation-ends-family": reuse(400, "invalid_grant", alive=False),
    "reuse-empty-body": reuse(200, ""),
    "reuse-403": reuse(403, "Request blocked"),
    "reuse-error-with-200": reuse(200, "invalid_grant"),
    "refresh-race-500": race_500,
    "rotation-grace-10s": grace_10s,
    "refresh-ends-access": refresh_ends_access,
    "next-access-ends-access": next_access_ends_access,
    "second-link-ends-first": second_link_ends_first,
    "links-share-tokens": links_share_tokens,
    "users-mixed-up": users_mixed_up,
    "former-client-deleted": former_client_deleted,
    "huge-access-token": exchange_says(lambda said: len(said["access_token"]) > 3000),
    "token-needs-encoding": exchange_says(lambda said: "+%" in said["refresh_token"]),
}


def test_every_fault_has_a_check() -> None:
    assert CHECKS.keys() == {each.name for each in vars(token_life).values() if isinstance(each, FaultSpec)}


@pytest.mark.parametrize("name", CHECKS)
def test_fault(practice: PracticeRange, visitor: Any, name: str) -> None:
    practice.switch(faults=[name])
    CHECKS[name](visitor)


def test_a_kept_refresh_token_goes_on_working(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["refresh-token-kept"])
    token = linked(visitor)["refresh_token"]
    for _ in range(3):
        assert "refresh_token" not in refreshed(visitor, token)


def test_web_tokens_are_of_the_usual_size(practice: PracticeRange, visitor: Any) -> None:
    practice.switch(variants=["jwt-access-tokens"])
    token = linked(visitor)["access_token"]
    assert token.count(".") == 2
    assert 1_400 < len(token) < 1_600
