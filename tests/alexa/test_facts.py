from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.alexa import facts
from e2e_linker.alexa.limits import browser_limits, server_limits
from e2e_linker.errors import UsageError
from e2e_linker.model import Grant, Region, host_of

VENDOR = "M2XLOA5ZGYB3QH"


@pytest.mark.parametrize(
    ("region", "grant", "url"),
    [
        (Region.NA, Grant.AUTH_CODE, f"https://pitangui.amazon.com/api/skill/link/{VENDOR}"),
        (Region.EU, Grant.AUTH_CODE, f"https://layla.amazon.com/api/skill/link/{VENDOR}"),
        (Region.FE, Grant.AUTH_CODE, f"https://alexa.amazon.co.jp/api/skill/link/{VENDOR}"),
        (
            Region.NA,
            Grant.IMPLICIT,
            f"https://pitangui.amazon.com/spa/skill/account-linking-status.html?vendorId={VENDOR}",
        ),
        (
            Region.EU,
            Grant.IMPLICIT,
            f"https://layla.amazon.com/spa/skill/account-linking-status.html?vendorId={VENDOR}",
        ),
        (
            Region.FE,
            Grant.IMPLICIT,
            f"https://alexa.amazon.co.jp/spa/skill/account-linking-status.html?vendorId={VENDOR}",
        ),
    ],
)
def test_redirect_urls_of_the_console(region: Region, grant: Grant, url: str) -> None:
    assert facts.redirect_url(region, grant, VENDOR) == url
    assert facts.region_of_host(host_of(url)) is region
    assert host_of(url) in facts.REDIRECT_HOSTS


@given(st.sampled_from(Region), st.sampled_from(Grant), st.text(min_size=1).filter(lambda text: text.strip() != ""))
def test_no_vendor_id_escapes_its_place(region: Region, grant: Grant, vendor: str) -> None:
    parts = urlsplit(facts.redirect_url(region, grant, vendor))
    assert parts.hostname == facts.REGION_HOSTS[region]
    assert parts.fragment == ""
    if grant is Grant.IMPLICIT:
        assert parse_qs(parts.query) == {"vendorId": [vendor.strip()]}
    else:
        assert parts.query == ""
        assert parts.path.count("/") == 4


@pytest.mark.parametrize("vendor", ["", "  "])
def test_empty_vendor_id_is_refused_with_the_place_to_find_it(vendor: str) -> None:
    with pytest.raises(UsageError, match="console"):
        facts.redirect_url(Region.NA, Grant.AUTH_CODE, vendor)


def test_every_host_that_has_received_codes_is_known() -> None:
    seen = {"pitangui.amazon.com", "layla.amazon.com", "alexa.amazon.co.jp", "layla.amazon.co.uk"}
    verdict = {"skills-store.amazon.com", "skills-store.amazon.co.uk"}
    assert seen | verdict <= facts.REDIRECT_HOSTS
    assert all(host == host.lower() and ".amazon." in host for host in facts.REDIRECT_HOSTS)
    # Login with Amazon is a legitimate authorization server: its hosts must stay reachable.
    assert not {"www.amazon.com", "api.amazon.com", "amazon.com"} & facts.REDIRECT_HOSTS


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("LAYLA.amazon.com.", Region.EU),
        ("layla.amazon.co.uk", Region.EU),
        ("skills-store.amazon.com", None),
        ("pitangui.amazon.com.example.org", None),
        ("", None),
    ],
)
def test_region_by_host(host: str, region: Region | None) -> None:
    assert facts.region_of_host(host) is region


@pytest.mark.parametrize("vendor", [VENDOR, "M1234567890AB", "MABCDEFGHIJKLM"])
def test_vendor_ids_are_recognised(vendor: str) -> None:
    assert facts.VENDOR_ID.fullmatch(vendor)


@pytest.mark.parametrize("vendor", ["", "A2XLOA5ZGYB3QH", "m2xloa5zgyb3qh", "M123", "M2XLOA5ZGYB3QHXX", "{vendorId}"])
def test_other_things_are_not_vendor_ids(vendor: str) -> None:
    assert not facts.VENDOR_ID.fullmatch(vendor)


def test_amazons_own_figures() -> None:
    assert (facts.MAX_DOMAINS, facts.MAX_SCOPES) == (15, 15)
    assert facts.TOKEN_SECONDS == 4.5
    assert (facts.MIN_EXPIRES_IN, facts.RECOMMENDED_EXPIRES_IN) == (360, 3600)


def test_thresholds_agree_with_the_measured_limits() -> None:
    lines = [each.request_line for each in server_limits() if each.request_line and each.confidence == "M"]
    smallest = min(lines)
    assert facts.REDIRECT_URL_CHARACTERS < facts.REDIRECT_URL_LIKELY_CHARACTERS < smallest
    heads = [each.head_total for each in server_limits() if each.head_total and each.confidence == "M"]
    assert min(heads) >= facts.SMALL_HEAD_BYTES
    assert facts.SIMULATED_COOKIE_BYTES + facts.OTHER_HEADER_BYTES < facts.SMALL_HEAD_BYTES
    chromium = next(each for each in browser_limits() if each.engine == "chromium")
    assert chromium.cookie_bytes == facts.COOKIE_BYTES


def test_growth_goes_upwards() -> None:
    for steps in (facts.GROWN_COOKIE_BYTES, facts.GROWN_STATE_BYTES):
        assert list(steps) == sorted(set(steps))


def test_words_of_the_verdict_page() -> None:
    assert facts.UNABLE_TO_LINK_TEXT.format(skill="Lamps") == "We were unable to link Lamps at this time"
    assert facts.LINKING_UNSUCCESSFUL_TEXT == "Linking unsuccessful"


def test_refresh_tokens_outlive_access_tokens_and_idle_ones_live_longest() -> None:
    assert facts.RECOMMENDED_EXPIRES_IN < facts.REFRESH_LATE_SECONDS == 86_400
    assert facts.REFRESH_TOKEN_SECONDS == 180 * 86_400
    assert facts.REFRESH_IDLE_SECONDS == 365 * 86_400
