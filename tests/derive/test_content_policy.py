"""Source expressions of Content-Security-Policy, by the examples of the specification and by their properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.derive.content_policy import matches, parse_policies
from e2e_linker.model import origin_of

DOCUMENT = "https://login.example.com/consent"
SELF = origin_of(DOCUMENT)

labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
hosts = st.lists(labels, min_size=2, max_size=4).map(".".join).filter(lambda host: not host.replace(".", "").isdigit())
ports = st.one_of(st.none(), st.integers(1, 65535))
urls = st.builds(
    lambda scheme, host, port, path: f"{scheme}://{host}{'' if port is None else f':{port}'}/{path}",
    st.sampled_from(["https", "http"]),
    hosts,
    ports,
    st.from_regex(r"[a-z0-9]{0,6}(/[a-z0-9]{1,6})?", fullmatch=True),
)
sources = st.one_of(
    st.sampled_from(["*", "'self'", "'none'", "https:", "http:", "'unsafe-inline'", "'nonce-abc'", "!", ""]),
    hosts,
    hosts.map(lambda host: f"*.{host}"),
    urls,
)


@pytest.mark.parametrize(
    ("source", "url", "expected"),
    [
        ("*", "https://pitangui.amazon.com/x", True),
        ("*", "http://pitangui.amazon.com/x", True),
        ("*", "data:text/html,x", False),
        ("'self'", "https://login.example.com/other", True),
        ("'SELF'", "https://login.example.com/other", True),
        ("'self'", "https://login.example.com:443/other", True),
        ("'self'", "https://login.example.com:8443/other", False),
        ("'self'", "http://login.example.com/other", False),
        ("'self'", "https://example.com/other", False),
        ("'none'", "https://login.example.com/", False),
        ("https:", "https://anything.example.net/", True),
        ("https:", "http://anything.example.net/", False),
        ("http:", "https://anything.example.net/", True),
        ("HTTPS:", "https://anything.example.net/", True),
        ("pitangui.amazon.com", "https://pitangui.amazon.com/api", True),
        ("PitanGui.Amazon.com", "https://pitangui.amazon.com/api", True),
        ("pitangui.amazon.com", "http://pitangui.amazon.com/api", False),
        ("pitangui.amazon.com", "https://pitangui.amazon.com:8443/api", False),
        ("pitangui.amazon.com:443", "https://pitangui.amazon.com/api", True),
        ("pitangui.amazon.com:*", "https://pitangui.amazon.com:8443/api", True),
        ("http://pitangui.amazon.com", "https://pitangui.amazon.com/api", True),
        ("http://pitangui.amazon.com:80", "https://pitangui.amazon.com/api", True),
        ("https://pitangui.amazon.com", "http://pitangui.amazon.com/api", False),
        ("*.amazon.com", "https://pitangui.amazon.com/", True),
        ("*.amazon.com", "https://a.b.amazon.com/", True),
        ("*.amazon.com", "https://amazon.com/", False),
        ("*.amazon.com", "https://notamazon.com/", False),
        ("https://*:443", "https://pitangui.amazon.com/", True),
        ("[::1]", "https://[::1]/", True),
        ("pitangui.amazon.com/api/", "https://pitangui.amazon.com/api/skill/link/M1", True),
        ("pitangui.amazon.com/api", "https://pitangui.amazon.com/api/skill/link/M1", False),
        ("pitangui.amazon.com/api/skill%2flink", "https://pitangui.amazon.com/api/skill%2Flink", True),
        ("pitangui.amazon.com/", "https://pitangui.amazon.com/api", True),
        ("pitangui.amazon.com/api?x=1", "https://pitangui.amazon.com/api", True),
        ("'sha256-abc'", "https://login.example.com/", False),
        ("not a source", "https://login.example.com/", False),
    ],
)
def test_one_source_expression(source, url, expected):
    assert matches([source], url, SELF) is expected


def test_a_page_served_without_tls_may_be_upgraded():
    assert matches(["'self'"], "https://login.example.com/", origin_of("http://login.example.com/"))


def test_paths_are_ignored_after_a_redirect():
    assert matches(["pitangui.amazon.com/other"], "https://pitangui.amazon.com/api", SELF, redirected=True)
    assert not matches(["pitangui.amazon.com/other"], "https://pitangui.amazon.com/api", SELF)


def test_redaction_labels_do_not_confuse_the_address():
    url = "https://pitangui.amazon.com/api/skill/link/M1?code=<code#1>&state=s"
    assert matches(["pitangui.amazon.com"], url, SELF)
    assert not matches(["layla.amazon.com"], url, SELF)


@given(urls)
def test_a_url_is_allowed_by_its_own_origin(url):
    scheme, host, port = origin_of(url)
    assert matches([f"{scheme}://{host}:{port}"], url, SELF)
    assert matches(["'self'"], url, origin_of(url))
    assert matches(["*"], url, SELF)


@given(hosts, labels)
def test_a_wildcard_means_subdomains_only(host, label):
    assert matches([f"*.{host}"], f"https://{label}.{host}/", SELF)
    assert not matches([f"*.{host}"], f"https://{host}/", SELF)
    assert not matches([f"*.{host}"], f"https://{label}{host}/", SELF)


@given(hosts, hosts)
def test_a_host_means_itself_only(one, other):
    assert matches([one], f"https://{other}/", SELF) is (one == other)


@given(st.lists(sources, max_size=4), sources, urls, st.booleans())
def test_a_further_source_never_forbids(known, further, url, redirected):
    if matches(known, url, SELF, redirected=redirected):
        assert matches([*known, further], url, SELF, redirected=redirected)


@given(st.lists(sources, max_size=4), urls)
def test_a_redirect_never_forbids_what_a_first_request_may(known, url):
    if matches(known, url, SELF):
        assert matches(known, url, SELF, redirected=True)


@given(st.text(max_size=60), st.text(max_size=60))
def test_nonsense_raises_nothing(policy, url):
    for parsed in parse_policies([policy, f"form-action {policy}"]):
        assert parsed.allows_form(url, DOCUMENT) in {True, False}


def test_a_header_value_holds_several_policies():
    parsed = parse_policies(
        ["default-src 'self'; FORM-ACTION 'self'  https://a.example, form-action *", "img-src x\nform-action b"]
    )
    assert [policy.directives.get("form-action") for policy in parsed] == [
        ("'self'", "https://a.example"),
        ("*",),
        None,
        ("b",),
    ]


def test_the_first_of_two_directives_counts_and_no_other_stands_in():
    (policy,) = parse_policies(["default-src 'none'; form-action a.example; form-action *"])
    assert policy.allows_form("https://a.example/", DOCUMENT)
    assert not policy.allows_form("https://b.example/", DOCUMENT)
    (silent,) = parse_policies(["default-src 'none'"])
    assert silent.allows_form("https://b.example/", DOCUMENT)


def test_an_empty_list_allows_nothing():
    (policy,) = parse_policies(["form-action"])
    assert not policy.allows_form("https://login.example.com/", DOCUMENT)
    assert parse_policies(["", " ; ", ","]) == ()
