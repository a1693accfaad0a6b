from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.config import Skill, parse_skill
from e2e_linker.errors import ConfigurationError


@pytest.fixture
def linking(skill_json: dict[str, Any]) -> dict[str, Any]:
    return skill_json["accountLinkingResponse"]


@pytest.mark.parametrize("key", ["clientSecret", "client_secret", "ClientSecret"])
def test_a_literal_secret_is_kept_out_of_every_dump(linking: dict[str, Any], key: str) -> None:
    linking[key] = "hunter2"
    skill = parse_skill(json.dumps({"accountLinkingRequest": linking}))
    assert skill.literal_secret
    assert skill.client_secret is not None
    assert skill.client_secret.get_secret_value() == "hunter2"
    for text in (
        repr(skill),
        str(skill),
        skill.model_dump_json(),
        str(skill.model_dump()),
        json.dumps(skill.to_smapi()),
    ):
        assert "hunter2" not in text
    assert Skill.model_validate_json(skill.model_dump_json()).literal_secret


def test_secrets_beside_and_below_are_stripped_and_named(linking: dict[str, Any]) -> None:
    linking |= {"nested": [{"appSecret": "hunter2", "kept": 1}], "clientScret": "hunter4"}
    skill = parse_skill(json.dumps({"accountLinkingRequest": linking, "password": "hunter3"}))
    assert skill.client_secret is None
    assert skill.literal_secret
    assert skill.extras == {"nested": [{"kept": 1}]}
    assert [problem.path for problem in skill.problems] == ["clientScret", "nested[0].appSecret", "password"]
    assert "hunter" not in skill.model_dump_json()


@pytest.mark.parametrize("value", [5, {"a": 1}, ["x"]])
def test_a_secret_that_is_no_string_is_a_problem(linking: dict[str, Any], value: Any) -> None:
    skill = parse_skill(json.dumps({**linking, "clientSecret": value}))
    assert skill.client_secret is None
    assert [problem.path for problem in skill.problems] == ["clientSecret"]


@pytest.mark.parametrize("value", [None, ""])
def test_an_empty_secret_is_none(linking: dict[str, Any], value: Any) -> None:
    skill = parse_skill(json.dumps({**linking, "clientSecret": value}))
    assert (skill.client_secret, skill.literal_secret, skill.problems) == (None, False, ())


def everything_said_about(text: str) -> str:
    try:
        skill = parse_skill(text)
    except ConfigurationError as error:
        return str(error)
    return skill.model_dump_json() + repr(skill)


OTHER = st.none() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=8), max_size=3)
SECRETS = st.text(alphabet="abcdefXYZ0189!$%&/=?+", min_size=6).map(lambda text: f"qq{text}")


@given(SECRETS, OTHER, st.sampled_from(["clientSecret", "client_secret"]), st.integers(0, 200))
def test_a_secret_is_never_in_an_error_or_a_problem(secret: str, other: Any, key: str, cut: int) -> None:
    text = json.dumps({"accountLinkingRequest": {key: secret, "authorizationUrl": other, "domains": other}})
    for attempt in (text, text[:cut], text[:cut] + text[cut + 1 :], text[:cut] + "}" + text[cut:]):
        assert secret not in everything_said_about(attempt)
