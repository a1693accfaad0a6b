"""In which order the probes may be made."""

from __future__ import annotations

from e2e_linker.run.battery_plan import ALL, CODELESS, FINAL, FIRST, stages


def test_what_may_end_a_session_is_made_when_no_other_link_is_held():
    first, *risky, later = stages(probe for probe in ALL if probe not in {*CODELESS, *FIRST, *FINAL})
    assert risky == [("reuse_soon",), ("race",)]
    assert {"refresh", "other_scheme", "wrong_redirect_uri"} <= set(first)
    assert set(later[:3]) == {"code_later", "reuse_5s", "reuse_29s"}
    assert set(later[3:]) == {"relink_fresh", "second_account"}
    assert [probe for probe in ALL if probe in FINAL] == ["code_twice", "burst", "outage"]


def test_probes_that_are_not_wanted_leave_no_group_of_their_own():
    assert stages(["refresh", "race"]) == (("refresh",), ("race",), ())
