"""Hosts of which one comes in another's place at every visit."""

from __future__ import annotations

import pytest

from e2e_linker.derive.base import case_facts


def changing(build, *tables, purposes=("measured", "warm", "simulated")):
    walks = [
        build.walk(
            [build.get(build.authorization().url), *(build.sub(f"https://{host}") for host in hosts)],
            id=purpose,
            purpose=purpose,
        )
        for purpose, hosts in zip(purposes, tables, strict=False)
    ]
    return [(one.mask, one.hosts) for one in case_facts(build.case(*walks)).get("changing_hosts").value]


@pytest.mark.parametrize(
    ("first", "second", "mask"),
    [
        ("n3.example.org/a.js", "n14.example.org/a.js", "n#.example.org"),
        ("3f9c02ab.cdn.example.org/a.js", "77ab01e4.cdn.example.org/a.js", "#.cdn.example.org"),
        ("s-77ab01e4.example.org/a.js", "s-00ab01e4.example.org/a.js", "s-#.example.org"),
        ("eu2.login.example.co.uk/sign-in", "eu4.login.example.co.uk/sign-in", "eu#.login.example.co.uk"),
    ],
)
def test_a_number_or_a_hash_may_differ(build, first, second, mask):
    hosts = tuple(sorted(one.partition("/")[0] for one in (first, second)))
    assert changing(build, [first], [second]) == [(mask, hosts)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("facade.example.org/a.js", "decade.example.org/a.js"),
        ("n1.example.org/a.js", "m1.example.org/a.js"),
        ("cdn.example1.org/a.js", "cdn.example2.org/a.js"),
        ("192.0.2.1/a.js", "192.0.2.2/a.js"),
    ],
)
def test_other_names_are_other_hosts(build, first, second):
    assert changing(build, [first], [second]) == []


def test_other_regions_and_probes_are_no_visits_of_the_same_kind(build):
    tables = ["n1.example.org/a.js"], ["n2.example.org/a.js"]
    assert changing(build, *tables, purposes=("measured", "region")) == []
