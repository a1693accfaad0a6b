from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.browser.addresses import Address, Overrides, canonical_host, is_loopback, split_authority
from e2e_linker.browser.upstream import Exemptions, Upstream
from e2e_linker.errors import ConfigurationError, UsageError

LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
HOST = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
PORT = st.integers(1, 65535)


@given(HOST, PORT, st.sampled_from(["", ".", "..", "..."]))
def test_spelling_does_not_matter(host, port, dots):
    spelled = host.upper() + dots
    assert canonical_host(spelled) == host
    assert split_authority(f"{spelled}:{port}") == (host, port)
    assert split_authority(spelled) == (host, None)


@given(st.ip_addresses(v=6), PORT)
def test_an_ipv6_address_has_one_form(address, port):
    assert split_authority(f"[{address.exploded.upper()}]:{port}") == (address.compressed, port)
    assert split_authority(str(address)) == (address.compressed, None)
    assert split_authority(str(Address(address.compressed, port))) == (address.compressed, port)


@pytest.mark.parametrize(
    "text", ["", ":443", "a b", "a/b", "a@b", "a:b", "a:0", "a:65536", "a:", "[::1", "[::1]x", "[x]", "1:2:3"]
)
def test_what_is_no_authority_is_refused(text):
    with pytest.raises(ValueError):
        split_authority(text)


def test_an_international_name_is_compared_in_its_ascii_form():
    assert canonical_host("Bücher.Example") == "xn--bcher-kva.example"
    assert canonical_host("pitangui。amazon。com。") == "pitangui.amazon.com"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("notlocalhost", False),
    ],
)
def test_loopback(host, expected):
    assert is_loopback(host) is expected


def test_overrides_prefer_the_entry_with_the_port():
    overrides = Overrides({"A.example": "10.0.0.1", "a.example:8443": "[::1]:9"})
    assert overrides.of(Address("a.example", 443)) == Address("10.0.0.1", 443)
    assert overrides.of(Address("a.example", 8443)) == Address("::1", 9)
    assert overrides.of(Address("b.example", 443)) is None


def test_an_unreadable_override_names_itself():
    with pytest.raises(ConfigurationError, match=r"a\.example=:x"):
        Overrides({"a.example": ":x"})


@given(HOST, HOST, PORT)
def test_no_proxy_covers_a_name_and_its_subdomains_only(parent, child, port):
    for entry in (parent, "." + parent, "*." + parent, parent.upper()):
        exempt = Exemptions.parse(f"other.test, {entry}")
        assert exempt.cover(Address(parent, port))
        assert exempt.cover(Address(f"{child}.{parent}", port))
        assert not Exemptions.parse(entry).cover(Address(f"x{parent}", port))


@given(st.ip_addresses(), PORT, st.data())
def test_no_proxy_covers_an_address_by_range_never_by_suffix(address, port, data):
    length = data.draw(st.integers(0, address.max_prefixlen))
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    assert Exemptions.parse(str(network)).cover(Address(str(address), port))
    assert Exemptions.parse(f"[{address}]" if address.version == 6 else str(address)).cover(Address(str(address), port))
    outside = data.draw(st.ip_addresses(v=address.version).filter(lambda other: other not in network))
    assert not Exemptions.parse(str(network)).cover(Address(str(outside), port))
    if address.version == 4:
        assert not Exemptions.parse(str(address).partition(".")[2]).cover(Address(str(address), port))


@given(st.text(max_size=60))
def test_no_proxy_takes_any_text(text):
    assert Exemptions.parse(f"{text},host.example").cover(Address("host.example", 443))


@given(HOST, PORT, PORT)
def test_a_port_in_no_proxy_counts(host, port, other):
    exempt = Exemptions.parse(f"{host}:{port}")
    assert exempt.cover(Address(host, other)) is (port == other)


def test_a_star_exempts_everything():
    upstream = Upstream.from_environment({"ALL_PROXY": "proxy.example:3128", "NO_PROXY": "*"})
    assert upstream.server_for("https", Address("a.example", 443)) is None


def test_lower_case_wins_and_all_proxy_fills_in():
    upstream = Upstream.from_environment(
        {
            "HTTPS_PROXY": "http://upper:1",
            "https_proxy": "http://lower:2",
            "ALL_PROXY": "https://rest",
            "http_proxy": "",
        }
    )
    target = Address("a.example", 443)
    assert upstream.server_for("https", target).address == Address("lower", 2)
    rest = upstream.server_for("http", target)
    assert (rest.address, rest.tls) == (Address("rest", 443), True)


def test_no_proxy_variables_no_upstream():
    assert Upstream.from_environment({"NO_PROXY": "*", "HTTP_PROXY": " "}) is None


def test_credentials_stay_out_of_reprs():
    upstream = Upstream.from_environment({"HTTP_PROXY": "http://user:hunter2@proxy.example"})
    assert upstream.http.address == Address("proxy.example", 80)
    assert upstream.http.authorization == "Basic dXNlcjpodW50ZXIy"
    assert "hunter2" not in repr(upstream)
    assert upstream.http.authorization not in repr(upstream)


def test_the_password_of_every_proxy_is_a_secret_also_as_it_is_sent():
    upstream = Upstream.from_environment(
        {"HTTP_PROXY": "http://proxy.example", "HTTPS_PROXY": "http://user:hunt%2Fer2@proxy.example"}
    )
    assert dict(upstream.secrets) == {"hunt/er2": "proxy_password", "dXNlcjpodW50L2VyMg==": "proxy_credentials"}
    assert upstream.https.url == "http://proxy.example:80"
    assert not Upstream.from_environment({"HTTPS_PROXY": "https://[::1]:3128"}).secrets


@pytest.mark.parametrize(
    "value", ["socks5://u:hunter2@h:1", "http://u:hunter2@h:port", "http://u:hunter2@", "http://[::1"]
)
def test_an_unusable_proxy_is_an_error_without_its_password(value):
    with pytest.raises(UsageError, match="ALL_PROXY") as caught:
        Upstream.from_environment({"ALL_PROXY": value})
    assert "hunter2" not in str(caught.value)
