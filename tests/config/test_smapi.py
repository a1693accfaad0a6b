from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.config import ClientAuthentication, Skill, load_skill, parse_skill
from e2e_linker.config.smapi_fields import FIELDS
from e2e_linker.errors import ConfigurationError
from e2e_linker.model import Grant


@pytest.fixture
def linking(skill_json: dict[str, Any]) -> dict[str, Any]:
    return skill_json["accountLinkingResponse"]


def problems(linking: dict[str, Any]) -> dict[str, str]:
    return {problem.path: problem.message for problem in parse_skill(json.dumps(linking)).problems}


def test_what_smapi_says_instead_of_a_skill_is_quoted() -> None:
    with pytest.raises(ConfigurationError, match="SMAPI says “AccountLinking is not present”"):
        parse_skill(json.dumps({"message": "AccountLinking is not present"}))


@pytest.mark.parametrize(("key", "last"), [("authorizationUrl", "authorize"), ("accessTokenUrl", "token")])
def test_the_example_of_an_address_is_one_of_its_kind(linking: dict[str, Any], key: str, last: str) -> None:
    assert problems({**linking, key: "login.example.com"})[key].endswith(f"https://login.example.com/{last}")


def test_a_good_skill_is_read_without_problems(skill_json: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "skill.json"
    path.write_text(json.dumps(skill_json))
    skill = load_skill(path)
    assert skill.problems == ()
    assert skill.grant is Grant.AUTH_CODE
    assert skill.client_authentication is ClientAuthentication.HTTP_BASIC
    assert skill.authorization_url == "https://login.example.com/authorize"
    assert (skill.domains, skill.scopes) == (("cdn.example.com",), ("profile",))
    assert skill.default_token_expiration_in_seconds == 3600
    assert skill.extras == {}


@pytest.mark.parametrize(
    ("wrapper", "form"), [("accountLinkingResponse", "response"), ("accountLinkingRequest", "request"), (None, "bare")]
)
def test_the_three_forms_are_read_and_written_back(linking: dict[str, Any], wrapper: str | None, form: str) -> None:
    written = {wrapper: linking, "_links": {"self": 1}} if wrapper else linking
    skill = parse_skill(json.dumps(written))
    assert skill.form == form
    assert skill.to_smapi() == written


def test_string_booleans_and_string_numbers_are_no_problem(linking: dict[str, Any]) -> None:
    linking |= {"skipOnEnablement": "true", "defaultTokenExpirationInSeconds": "20"}
    skill = parse_skill(json.dumps(linking))
    assert skill.problems == ()
    assert skill.skip_on_enablement is True
    assert skill.default_token_expiration_in_seconds == 20
    assert skill.to_smapi() == linking


def test_platform_urls_are_read(linking: dict[str, Any]) -> None:
    url = "https://app.example.com/link"
    linking["authorizationUrlsByPlatform"] = [
        {"platformType": "iOS", "platformAuthorizationUrl": url},
        {"platformType": "ios", "platformAuthorizationUrl": "x"},
        5,
    ]
    skill = parse_skill(json.dumps(linking))
    assert skill.authorization_urls_by_platform[0].url == url
    assert [problem.path for problem in skill.problems] == [
        "authorizationUrlsByPlatform[1].platformType",
        "authorizationUrlsByPlatform[1].platformAuthorizationUrl",
        "authorizationUrlsByPlatform[2]",
    ]


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        ({"type": "AUTHCODE"}, "type", "looks like AUTH_CODE"),
        ({"accessTokenScheme": "BASIC"}, "accessTokenScheme", "looks like HTTP_BASIC"),
        ({"accessTokenUrl": None}, "accessTokenUrl", "AUTH_CODE requires it"),
        ({"authorizationUrl": "http://login.example.com/"}, "authorizationUrl", "https"),
        ({"authorizationUrl": "login.example.com/a"}, "authorizationUrl", "complete URL"),
        ({"authorizationUrl": "https://[broken"}, "authorizationUrl", "complete URL"),
        ({"authorizationUrl": " https://login.example.com/"}, "authorizationUrl", "blank"),
        ({"accessTokenUrl": 5}, "accessTokenUrl", "a string"),
        ({"clientId": None}, "clientId", "missing"),
        ({"clientId": ""}, "clientId", "empty"),
        ({"domains": [f"h{n}.example.com" for n in range(16)]}, "domains", "16 entries, at most 15"),
        ({"domains": ["ok.example.com", "https://x.example.com"]}, "domains[1]", "scheme"),
        ({"domains": ["a.example.com", "A.example.com"]}, "domains[1]", "twice"),
        ({"domains": "a.example.com"}, "domains", "not one string"),
        ({"domains": {"a": 1}}, "domains", "list of strings"),
        ({"scopes": [f"s{n}" for n in range(16)]}, "scopes", "16 entries"),
        ({"scopes": ["a", 5, ""]}, "scopes[1]", "a string"),
        ({"scopes": ["a", 5, ""]}, "scopes[2]", "empty"),
        ({"skipOnEnablement": "yes"}, "skipOnEnablement", "true or false"),
        ({"defaultTokenExpirationInSeconds": "1h"}, "defaultTokenExpirationInSeconds", "seconds"),
        ({"defaultTokenExpirationInSeconds": True}, "defaultTokenExpirationInSeconds", "seconds"),
        ({"defaultTokenExpirationInSeconds": -1}, "defaultTokenExpirationInSeconds", "seconds"),
        ({"voiceForwardAccountLinking": "on"}, "voiceForwardAccountLinking", "ENABLED or DISABLED"),
        ({"authorizationUrlsByPlatform": {}}, "authorizationUrlsByPlatform", "list of objects"),
        ({"redirectUrls": 5}, "redirectUrls", "list of strings"),
        ({"authorizationUrl": "https://a.example.com/\x1b[31m"}, "authorizationUrl", "control character"),
        ({"accessTokenUrl": "https://a.example.com/a\tb"}, "accessTokenUrl", "control character"),
        ({"clientId": "alexa\0"}, "clientId", "control character"),
        ({"scopes": None, "scope": "x"}, "scope", "looks like scopes"),
        ({"authorizationUrl": "https://a.example.com/#/login"}, "authorizationUrl", "goes on after a #"),
        ({"authorizationUrl": "https://a.example.com/?state=1"}, "authorizationUrl", "the parameter state, and Alexa"),
        ({"authorizationUrl": "https://a.example.com/?a=1&client%5Fid="}, "authorizationUrl", "parameter client_id,"),
        ({"authorizationUrl": "https://a.example.com/?response_type=code"}, "authorizationUrl", "response_type,"),
        ({"authorizationUrl": "https://a.example.com/?redirect_uri=x"}, "authorizationUrl", "redirect_uri,"),
        ({"authorizationUrl": "https://a.example.com/?scope=x"}, "authorizationUrl", "scope,"),
        ({"authorizationUrl": "https://a.example.com/?code_challenge=x"}, "authorizationUrl", "code_challenge,"),
    ],
)
def test_what_smapi_would_refuse_loads_as_a_problem(
    linking: dict[str, Any], change: dict[str, Any], path: str, said: str
) -> None:
    assert said in problems({**linking, **change})[path]


@pytest.mark.parametrize(
    "change",
    [
        {"authorizationUrl": "https://a.example.com/?access_type=offline&prompt=consent"},
        {"authorizationUrl": "https://a.example.com/?next=%2Fa%3Fstate%3D1"},
        {"authorizationUrl": "https://a.example.com/state=1?my_state=1"},
        {"authorizationUrl": "https://a.example.com/?scope=x", "scopes": []},
        {"authorizationUrl": "https://a.example.com/@me?user=a@b.example"},
    ],
)
def test_an_authorization_url_may_have_parameters_of_its_own(linking: dict[str, Any], change: dict[str, Any]) -> None:
    assert problems({**linking, **change}) == {}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"authorizationUrl": "https://jane:hunter2@login.example.com/"}, "authorizationUrl"),
        ({"authorizationUrl": " https://hunter2@login.example.com"}, "authorizationUrl"),
        ({"accessTokenUrl": "HTTPS://:hunter2@login.example.com/token"}, "accessTokenUrl"),
        ({"redirectUrls": ["https://a.example.com/", "https://u:hunter2@b.example.com/"]}, "redirectUrls[1]"),
        (
            {"authorizationUrlsByPlatform": [{"platformAuthorizationUrl": "https://u:hunter2@b.example.com/"}]},
            "authorizationUrlsByPlatform[0].platformAuthorizationUrl",
        ),
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(
    linking: dict[str, Any], change: dict[str, Any], path: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        problems({**linking, **change})
    assert caught.value.message == f"{path} names a user or a password before the host"
    assert "hunter2" not in str(caught.value)


def test_a_key_written_twice_is_a_problem() -> None:
    skill = parse_skill('{"authorizationUrl": "https://a.example.com/", "authorizationUrl": "https://b.example.com/"}')
    assert skill.authorization_url == "https://b.example.com/"
    assert "twice" in skill.problems[0].message


@pytest.mark.parametrize(
    ("written", "grant"),
    [
        ({"type": "auth_code"}, Grant.AUTH_CODE),
        ({"type": "IMPLICITE"}, Grant.IMPLICIT),
        ({"accessTokenUrl": "https://x.example.com/t"}, Grant.AUTH_CODE),
        ({}, Grant.IMPLICIT),
    ],
)
def test_the_grant_is_the_one_that_is_meant(written: dict[str, Any], grant: Grant) -> None:
    assert parse_skill(json.dumps({"authorizationUrl": "https://x.example.com/", **written})).grant is grant


@pytest.mark.parametrize(
    ("written", "scheme"),
    [
        ("REQUEST_BODY_CREDENTIALS", ClientAuthentication.REQUEST_BODY_CREDENTIALS),
        ("request-body", ClientAuthentication.REQUEST_BODY_CREDENTIALS),
        ("nonsense", ClientAuthentication.HTTP_BASIC),
    ],
)
def test_the_scheme_is_the_one_that_is_meant(
    linking: dict[str, Any], written: str, scheme: ClientAuthentication
) -> None:
    linking["accessTokenScheme"] = written
    assert parse_skill(json.dumps(linking)).client_authentication is scheme


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "must be a JSON object"),
        ("{}", "there is no authorizationUrl"),
        ('{"authorizationUrl": 5}', "must be a string"),
        ('{"authorizationUrl": " "}', "must be a string that is not empty"),
        ('{"authorizationURI": "https://x.example.com/"}', "but authorizationURI looks like it"),
        ('{"accountLinkingResponse": []}', "accountLinkingResponse must be an object"),
        ('{"accountLinkingResponse": {}}', "there is no authorizationUrl"),
    ],
)
def test_what_is_of_no_use_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_skill(text, where="skill.json")
    assert said in str(caught.value)
    assert str(caught.value).startswith("skill.json: ")


def json_values(keys: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | keys,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )


ANY_NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = ANY_NAMES.filter(lambda key: "secret" not in key.lower() and "password" not in key.lower())
JSON = json_values(ANY_NAMES)
PLAIN_JSON = json_values(NAMES)


@given(JSON)
def test_any_json_loads_or_is_refused(value: Any) -> None:
    try:
        parse_skill(json.dumps(value))
    except ConfigurationError:
        return
    assert "authorizationUrl" in json.dumps(value)


@given(st.dictionaries(st.sampled_from([*FIELDS, "accountLinkingRequest", "extra"]), JSON))
def test_any_value_under_a_known_key_loads_or_is_refused(value: dict[str, Any]) -> None:
    try:
        skill = parse_skill(json.dumps({"authorizationUrl": "https://login.example.com/", **value}))
    except ConfigurationError:
        return
    assert Skill.model_validate_json(skill.model_dump_json(by_alias=True)).problems == skill.problems


@given(
    st.dictionaries(NAMES.filter(lambda key: key not in FIELDS and not key.startswith("accountLinking")), PLAIN_JSON)
)
def test_unknown_keys_survive_unchanged(extras: dict[str, Any]) -> None:
    written = {"authorizationUrl": "https://login.example.com/", **extras}
    skill = parse_skill(json.dumps(written))
    assert skill.extras == extras
    assert parse_skill(json.dumps(skill.to_smapi())).to_smapi() == written
