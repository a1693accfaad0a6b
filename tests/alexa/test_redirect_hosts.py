"""No host of Alexa's can be reached from a test, whichever country a server was configured for."""

from __future__ import annotations

import pytest

from e2e_linker.alexa.facts import REDIRECT_HOSTS, REGION_HOSTS


@pytest.mark.parametrize(
    "host",
    ["layla.amazon.de", "pitangui.amazon.co.uk", "alexa.amazon.fr", "skills-store.amazon.nl", *REGION_HOSTS.values()],
)
def test_hosts_of_alexa_are_known(host: str) -> None:
    assert host in REDIRECT_HOSTS


@pytest.mark.parametrize("host", ["www.amazon.com", "api.amazon.com", "na.account.amazon.com", "cognito.amazonaws.com"])
def test_login_with_amazon_is_not_alexa(host: str) -> None:
    assert host not in REDIRECT_HOSTS
