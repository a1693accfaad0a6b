"""The vendor id that the skill's own redirect URLs tell."""

from __future__ import annotations

import json
from typing import Any

import pytest

from e2e_linker.config.files import InitAnswers, init_files
from e2e_linker.config.vendor import vendor_ids
from e2e_linker.errors import ConfigurationError
from e2e_linker.model import Grant, Region
from e2e_linker.run.options import RunOptions
from e2e_linker.run.plan import planned

HOSTS = ("layla.amazon.com", "pitangui.amazon.com", "alexa.amazon.co.jp")
CODE = [f"https://{host}/api/skill/link/M2AAA" for host in HOSTS]
IMPLICIT = [f"https://{host}/spa/skill/account-linking-status.html?vendorId=M2AAA" for host in HOSTS]
SECRET = {"clientSecret": "env:SECRET"}


@pytest.mark.parametrize(
    ("urls", "ids"),
    [
        ((), ()),
        (CODE, ("M2AAA",)),
        (IMPLICIT, ("M2AAA",)),
        ([" https://layla.amazon.com/api/skill/link/M2AAA/ "], ("M2AAA",)),
        ([CODE[0], "https://pitangui.amazon.com/api/skill/link/M3BBB"], ("M2AAA", "M3BBB")),
        (["https://login.example.com/api/skill/link/M2AAA", "https://[", "nonsense", "", CODE[0][:-5]], ()),
    ],
)
def test_only_alexas_own_addresses_tell_it(urls, ids):
    assert vendor_ids(urls) == ids


def linker_of(load: Any, **block: Any) -> Any:
    return load({"linker": {"skill": "skill.json", **block}}, environ={"SECRET": "s3cret-s3cret"})


@pytest.mark.parametrize("empty", [{}, {"vendorId": ""}])
@pytest.mark.parametrize(("urls", "grant"), [(CODE, Grant.AUTH_CODE), (IMPLICIT, Grant.IMPLICIT), (CODE[1:2], None)])
def test_the_file_tells_it_where_the_configuration_does_not(load, skill_json, empty, urls, grant):
    skill_json["accountLinkingResponse"] |= {"redirectUrls": urls, "type": grant or Grant.AUTH_CODE}
    loaded = linker_of(load, **empty, **SECRET, regions=["NA", "EU", "FE"])
    facts, plans = planned(loaded, RunOptions())
    assert {plan.region for plan in plans} == set(Region)
    assert all(uri.endswith("M2AAA") for uri in facts.redirect_uris.values())
    assert set(urls) <= set(facts.redirect_uris.values())


def test_a_file_that_tells_two_or_none_tells_nothing(load, skill_json):
    for urls in ([CODE[0], CODE[1].replace("M2AAA", "M3BBB")], ["https://login.example.com/back"], []):
        skill_json["accountLinkingResponse"]["redirectUrls"] = urls
        with pytest.raises(ConfigurationError, match="no Alexa redirect URL is known for NA"):
            planned(linker_of(load), RunOptions())


def test_another_vendor_id_than_that_of_the_file_is_refused(load, skill_json):
    skill_json["accountLinkingResponse"]["redirectUrls"] = CODE
    with pytest.raises(ConfigurationError) as caught:
        planned(linker_of(load, vendorId="M3BBB"), RunOptions())
    said = str(caught.value)
    assert said.startswith("linker.vendorId: is M3BBB, but redirectUrls in the skill file end with M2AAA\n")
    assert '"vendorId": "M2AAA"' in said
    assert "write linker.redirectUrls, which win over both" in said


@pytest.mark.parametrize(
    "block",
    [
        {"vendorId": "M2AAA"},
        {"redirectUrls": ["https://pitangui.amazon.com/api/skill/link/M3BBB"]},
        {"redirectUrls": ["https://pitangui.amazon.com/api/skill/link/M3BBB"], "vendorId": "M3BBB"},
    ],
)
def test_what_does_not_contradict_the_file_is_taken(load, skill_json, block):
    skill_json["accountLinkingResponse"]["redirectUrls"] = CODE
    _, plans = planned(linker_of(load, **block), RunOptions())
    assert plans[0].redirect_uri.endswith((block.get("redirectUrls") or [block["vendorId"]])[0])


def test_a_file_without_alexas_urls_contradicts_nothing(load, skill_json):
    skill_json["accountLinkingResponse"]["redirectUrls"] = ["https://login.example.com/back"]
    assert planned(linker_of(load, vendorId="M3BBB"), RunOptions())[0].redirect_uris["NA"].endswith("M3BBB")


@pytest.mark.parametrize(("urls", "vendor"), [(CODE, "M2AAA"), ([], "")])
def test_init_takes_it_from_the_file(skill_json, urls, vendor):
    skill_json["accountLinkingResponse"]["redirectUrls"] = urls
    files = init_files(InitAnswers(smapi=json.dumps(skill_json)))
    assert json.loads(files["playwright.config.json"])["linker"]["vendorId"] == vendor
