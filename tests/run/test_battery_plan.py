"""In which order the probes may be made."""

from __future__ import annotations

from dataclasses import replace

from e2e_linker.run.battery_plan import ALL, CODELESS, FINAL, FIRST, Stages, stages


def test_what_may_end_a_session_is_made_when_no_other_link_is_held():
    made = stages(ALL)
    assert made.risky == ("reuse_soon", "race")
    assert made.sleepy == ("code_later", "reuse_29s")
    assert made.last == ("reuse_5s",)
    assert {"refresh", "wrong_redirect_uri", "relink_fresh", "second_account"} <= set(made.others)
    assert made.final == ("code_twice", "burst", "outage")
    assert made.strange == ("other_scheme", "wrong_client", "wrong_secret")
    assert [probe for probe in ALL if probe in FINAL] == ["code_twice", "burst", "outage"]


def test_every_probe_is_made_at_one_time_only():
    made = stages(ALL)
    told = [*CODELESS, *FIRST, *made.risky, *made.sleepy, *made.others, *made.last, *made.final, *made.strange]
    assert sorted(told) == sorted(ALL)


def test_probes_that_are_not_wanted_are_made_at_no_time():
    nothing = Stages(risky=(), sleepy=(), others=(), last=(), final=(), strange=())
    assert stages(["refresh", "race"]) == replace(nothing, risky=("race",), others=("refresh",))
