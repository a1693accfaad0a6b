from urllib.parse import quote

import pytest

from e2e_linker.derive.base import walk_facts
from e2e_linker.evidence.models import Body, Present


def trail_of(walk):
    part = walk_facts(walk).get("state_trail")
    assert isinstance(part, Present), part
    return part.value


def test_the_state_is_seen_everywhere_and_right(build):
    trail = trail_of(build.walk())
    assert trail.arrived
    assert trail.drift is None
    assert trail.first_wrong is None
    assert {place.where for place in trail.places} == {"query", "location", "body", "arrival"}
    assert trail.returned == (build.state,)


def test_the_answer_that_changed_it_is_named(build):
    asked = build.authorization()
    answer = build.answer(asked, state=asked.state[:255])
    trail = trail_of(build.walk(asked=asked, answer=answer))
    assert trail.drift.kind == "truncated"
    assert (trail.last_right.request, trail.last_right.where) == (5, "body")
    assert (trail.first_wrong.request, trail.first_wrong.where) == (5, "location")


def test_a_state_kept_on_the_server_is_only_known_to_change_somewhere_after(build):
    asked = build.authorization()
    answer = build.answer(asked, state="")
    steps = [
        build.get(asked.url),
        build.post(f"{build.login}/login", {"user": "u"}, status=200),
        build.get(answer, failure="refused"),
    ]
    trail = trail_of(build.walk(steps, asked=asked))
    assert trail.drift.kind == "missing"
    assert trail.last_right.request == 1
    assert trail.first_wrong.where == "arrival"


def test_the_state_of_a_federated_login_is_not_ours(build):
    asked = build.authorization()
    answer = build.answer(asked)
    idp = "https://idp.example/authorize?state=A2SAAEAE-of-the-idp-itself-12345&client_id=x"
    steps = [build.get(asked.url, location=idp), build.get(idp, location=answer), build.get(answer, failure="refused")]
    trail = trail_of(build.walk(steps, asked=asked))
    assert trail.drift is None
    assert all("of-the-idp" not in place.value for place in trail.places)


def test_an_inner_state_that_begins_with_ours_does_not_take_the_blame(build):
    asked = build.authorization()
    answer = build.answer(asked, state=asked.state.lower())
    idp = f"https://idp.example/authorize?state={quote(asked.state + '|nonce')}"
    steps = [build.get(asked.url, location=idp), build.get(idp), build.get(answer, failure="refused")]
    trail = trail_of(build.walk(steps, asked=asked))
    assert trail.drift.kind == "lower_cased"
    assert trail.first_wrong.where == "arrival"


def test_the_page_that_wrote_a_changed_form_field_is_named(build):
    asked = build.authorization()
    wrong = asked.state[:100]
    page = f'<form><input type="hidden" name="state" value="{wrong}"></form>'
    steps = [
        build.get(asked.url, excerpt=page),
        build.post(f"{build.login}/login", {"state": wrong}, location=build.answer(asked, state=wrong)),
        build.get(build.answer(asked, state=wrong), failure="refused"),
    ]
    trail = trail_of(build.walk(steps, asked=asked))
    assert (trail.last_right.request, trail.first_wrong.request, trail.first_wrong.where) == (1, 1, "page")


def test_raw_spelling_is_no_drift(build):
    asked = build.authorization(state="A2SAAEAE~-a b+c" + "x" * 300)
    answer = f"{asked.redirect_uri}?code=c&state=A2SAAEAE%7E-a+b%2Bc{'x' * 300}"
    assert trail_of(build.walk(asked=asked, answer=answer)).drift is None


def test_json_bodies_and_wrapped_urls_are_read(build):
    asked = build.authorization()
    body = Body(content_type="application/json", size=400, text=f'{{"state": "{asked.state}", "user": "<username#1>"}}')
    wrapped = f"{build.login}/login?next={quote(asked.url, safe='')}"
    steps = [build.get(wrapped), build.sub(f"{build.login}/api", "fetch", method="POST", body=body)]
    names = [(place.where, place.name) for place in trail_of(build.walk(steps, asked=asked)).places]
    assert names == [("query", "next.state"), ("body", "state")]


@pytest.mark.parametrize("name", ["State", "session_state"])
def test_a_right_value_under_another_name_is_told(build, name):
    asked = build.authorization()
    trail = trail_of(build.walk(asked=asked, answer=f"{asked.redirect_uri}?code=c&{name}={asked.state}"))
    assert trail.drift.kind == "missing"
    assert trail.renamed == name


def test_without_an_arrival_nothing_is_judged(build):
    trail = trail_of(build.walk(answer=None))
    assert not trail.arrived
    assert trail.drift is None
    assert trail.places
