"""What is known of the redirect URLs before a run, and what is said where it is too little."""

from __future__ import annotations

import pytest

from e2e_linker.config.linker import Linker
from e2e_linker.errors import ConfigurationError
from e2e_linker.model import Grant, Region
from e2e_linker.run.plan import further_regions, redirect_uris

NA = "https://pitangui.amazon.com/api/skill/link/M1"
EU = "https://layla.amazon.com/api/skill/link/M1"


def refused(**linker) -> str:
    with pytest.raises(ConfigurationError) as caught:
        redirect_uris(Linker(**linker), Grant.AUTH_CODE)
    return str(caught.value)


def test_either_the_urls_or_the_vendor_id_give_the_redirect_uris():
    assert redirect_uris(Linker(redirect_urls=(NA, EU)), Grant.AUTH_CODE) == {Region.NA: NA, Region.EU: EU}
    assert redirect_uris(Linker(vendor_id="M1"), Grant.AUTH_CODE)[Region.NA] == NA


def test_urls_that_are_not_alexas_are_named_by_their_own_key():
    said = refused(redirect_urls=("https://foo.example/x",))
    assert said.startswith("linker.redirectUrls: no Alexa redirect URL for NA is among them: ")
    assert "https://foo.example/x is on none of Alexa's redirect hosts" in said
    assert "one on pitangui.amazon.com" in said


def test_urls_of_other_regions_are_not_called_strange():
    said = refused(redirect_urls=(NA,), regions=(Region.NA, Region.EU, Region.FE))
    assert said.startswith("linker.redirectUrls: no Alexa redirect URL for EU, FE is among them\n")
    assert "one on layla.amazon.com and one on alexa.amazon.co.jp" in said
    assert NA not in said


def test_without_any_the_vendor_id_is_asked_for():
    assert refused().startswith("linker.vendorId: no Alexa redirect URL is known for NA")


@pytest.mark.parametrize(
    ("client_id", "tested", "tried"),
    [
        ("alexa-skill", ("NA",), ("EU", "FE")),
        ("https://skill.example.com/", ("NA",), ("EU", "FE")),
        ("https://pitangui.amazon.com/", ("NA",), ()),
        ("https://pitangui.amazon.com/", ("NA", "EU"), ("EU",)),
        ("https://layla.amazon.com/", ("NA",), ("EU",)),
    ],
)
def test_regions_that_a_client_id_was_not_made_for_are_left_alone(build, client_id, tested, tried):
    uris = {region: build.redirect_uri(region) for region in ("NA", "EU", "FE")}
    skill = build.skill(client_id=client_id, regions=tested, redirect_uris=uris)
    assert further_regions(skill, Region.NA) == tried
