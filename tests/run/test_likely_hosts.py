from __future__ import annotations

import pytest

from e2e_linker.run.likely_hosts import likely_hosts


@pytest.mark.parametrize(
    ("endpoint", "domains", "hosts"),
    [
        ("https://Login.Example.com/authorize", ("cdn.example.com", "login.example.com"), 2),
        ("https://login.example.com:8443/authorize", ("cdn.example.com",), 2),
        ("http://login.example.com/authorize", (), 0),
        ("https://login.example.com/", ("*.example.com", "https://cdn.example.com/x", "", "a b", "localhost"), 1),
        ("https://login.example.com/", ("layla.amazon.com", "pitangui.amazon.com"), 1),
        ("https://login.example.com/", tuple(f"cdn{n}.example.com" for n in range(40)), 16),
    ],
)
def test_the_login_page_and_what_the_skill_lists_are_likely_and_alexa_never_is(build, endpoint, domains, hosts) -> None:  # type: ignore[no-untyped-def]
    skill = build.skill(domains=domains).model_copy(update={"authorization_url": endpoint})
    found = likely_hosts(skill)
    assert len(found) == hosts
    assert not [one for one in found if one.host.endswith("amazon.com") or one.host != one.host.lower()]
    assert not found or found[0].host == "login.example.com"
