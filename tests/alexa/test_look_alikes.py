from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from e2e_linker.alexa.facts import REDIRECT_HOSTS, redirect_url
from e2e_linker.alexa.look_alikes import foreign_hosts, look_alikes
from e2e_linker.model import Grant, Region

VENDOR = "M2AAAAAAAAAAAA"
CODE = redirect_url(Region.NA, Grant.AUTH_CODE, VENDOR)
IMPLICIT = redirect_url(Region.EU, Grant.IMPLICIT, VENDOR)


@pytest.mark.parametrize("uri", [CODE, IMPLICIT])
def test_every_kind_differs_from_the_registered_one_and_from_the_others(uri):
    made = look_alikes(uri)
    assert len({each.uri for each in made} | {uri}) == 8
    assert len({each.kind for each in made}) == 7


@pytest.mark.parametrize("uri", [CODE, IMPLICIT])
def test_no_look_alike_names_a_foreign_host_that_could_exist(uri):
    for each in look_alikes(uri):
        host = urlsplit(each.uri).hostname
        assert host == urlsplit(uri).hostname or host.endswith(".example")
    assert all(host.endswith(".example") for host in foreign_hosts(uri))
    assert not foreign_hosts(uri) & REDIRECT_HOSTS


def test_the_user_information_hides_the_foreign_host():
    uri = {each.kind: each.uri for each in look_alikes(CODE)}["user information"]
    assert uri == f"https://pitangui.amazon.com@evil.example/api/skill/link/{VENDOR}"
    assert urlsplit(uri).hostname == "evil.example"


def test_the_query_of_the_implicit_grant_keeps_its_place():
    made = {each.kind: each.uri for each in look_alikes(IMPLICIT)}
    assert made["longer path"].endswith(f"account-linking-status.html/more?vendorId={VENDOR}")
    assert made["other vendor"].endswith("?vendorId=M0EXAMPLE00000")


def test_what_would_be_the_same_again_is_left_out():
    assert "other vendor" not in {each.kind for each in look_alikes("https://alexa.example.com/back")}
    assert {each.kind: each.uri for each in look_alikes("https://h.example/x/")}[
        "trailing slash"
    ] == "https://h.example/x"
