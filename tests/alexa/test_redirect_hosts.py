"""No host of Alexa's can be reached from a test, whichever country a server was configured for."""

from __future__ import annotations

import pytest

from e2e_linker.alexa.facts import REDIRECT_HOSTS, REGION_HOSTS, is_alexas


@pytest.mark.parametrize(
    "host",
    ["layla.amazon.de", "pitangui.amazon.co.uk", "alexa.amazon.fr", "skills-store.amazon.nl", *REGION_HOSTS.values()],
)
def test_hosts_of_alexa_are_known(host: str) -> None:
    assert host in REDIRECT_HOSTS


@pytest.mark.parametrize("host", ["www.amazon.com", "api.amazon.com", "na.account.amazon.com", "cognito.amazonaws.com"])
def test_login_with_amazon_is_not_alexa(host: str) -> None:
    assert host not in REDIRECT_HOSTS


@pytest.mark.parametrize(
    "host",
    [
        *sorted(REDIRECT_HOSTS),
        "x.pitangui.amazon.com",
        "a.b.layla.amazon.co.uk",
        "alexa.amazon.com.sg",
        "skills-store.amazon.co.za",
        "api.amazonalexa.com",
        "amazonalexa.com",
        "pitangui.amazon.com.",
        "layla.amazon.com..",
    ],
)
def test_hosts_of_alexa_are_refused_by_rule(host: str) -> None:
    assert is_alexas(host)


@pytest.mark.parametrize(
    "host",
    [
        "www.amazon.com",
        "api.amazon.co.jp",
        "na.account.amazon.com",
        "developer.amazon.com",
        "amazon.com",
        "my-alexa.amazon.com",
        "alexa.amazon.acme.com",
        "alexa.amazon.com.acme.org",
        "alexa.amazonaws.com",
        "alexa.acme.com",
        "notamazonalexa.com",
        "amazonalexa.com.acme.org",
        "alexa.amazon.",
        "",
    ],
)
def test_other_hosts_are_not(host: str) -> None:
    assert not is_alexas(host)
