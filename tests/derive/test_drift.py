from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from e2e_linker.alexa.authorization import new_state
from e2e_linker.derive.drift import akin, drift

SENT = "A2SAAEAE%2B+a/b==~%" + "kX3_vB9mQ-wL5eR1" * 20

CHANGES = {
    "lower_cased": str.lower,
    "upper_cased": str.upper,
    "plus_to_space": lambda s: s.replace("+", " "),
    "space_to_plus": lambda s: s.replace(" ", "+"),
    "percent_decoded": unquote,
    "double_encoded": lambda s: quote(s, safe=""),
    "duplicated": lambda s: s + "," + s,
    "trimmed": str.strip,
    "truncated": lambda s: s[:-1],
    "appended": lambda s: s + "#x",
    "wrapped": lambda s: '"' + s + '"',
    "altered": lambda s: s[:20] + "?" + s[21:],
    "replaced": lambda s: "Zz" + s[::-1],
}
states = st.text(st.sampled_from("abcXYZ019-_+/=~% &é"), min_size=40, max_size=80)


@given(state=states, kind=st.sampled_from(list(CHANGES)))
def test_every_change_is_named_as_itself_or_as_one_with_the_same_result(state, kind):
    seen = CHANGES[kind](state)
    assume(seen != state)
    found = drift(state, seen)
    assert found is not None
    if found.kind != kind:
        same = {name for name, change in CHANGES.items() if change(state) == seen}
        other_way = {
            "percent_decoded": "%" in state or "+" in state,
            "duplicated": seen.startswith(state),
            "trimmed": state.strip() != state,
            "truncated": state.startswith(seen),
            "appended": seen.startswith(state),
            "double_encoded": "%" in seen or "+" in seen,
            "wrapped": "%" in state or "+" in state,
            "altered": not akin(state, seen) or kind == "replaced",
            "replaced": not akin(state, seen),
        }
        assert found.kind in same or other_way.get(found.kind), (found, kind)


@pytest.mark.parametrize("kind", CHANGES)
def test_a_realistic_state_shows_every_change_exactly(kind):
    sent = " " + SENT + " " if kind in {"trimmed", "space_to_plus"} else SENT
    found = drift(sent, CHANGES[kind](sent))
    assert found is not None
    assert found.kind == kind
    assert found.text


@given(state=states)
def test_equal_is_no_drift(state):
    assert drift(state, state) is None
    assert akin(state, state)


@given(cut=st.integers(min_value=1, max_value=351))
def test_a_cut_is_measured(cut):
    sent = new_state()
    found = drift(sent, sent[:cut])
    assert found is not None
    assert (found.kind, found.seen_length, found.at) == ("truncated", cut, cut)
    assert str(cut) in found.text


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("sent", [SENT, SENT + "é?"])
def test_base64_is_named_in_either_alphabet_with_and_without_its_padding(encode, sent):
    packed = encode(sent.encode()).decode()
    for seen in (packed, packed.rstrip("=")):
        found = drift(sent, seen)
        assert found is not None
        assert (found.kind, found.text) == ("base64", "was base64-encoded")


@pytest.mark.parametrize("seen", [None, ""])
def test_nothing_is_missing(seen):
    found = drift(SENT, seen)
    assert found is not None
    assert found.kind == "missing"


def test_the_value_of_another_login_is_a_swap_where_it_is_known_or_a_state_of_alexa():
    mine, other = new_state(), new_state()
    for seen, others, kind in (
        (other, [other], "swapped"),
        (other, [], "swapped"),
        ("own-" + "x" * 40, ["own-" + "x" * 40], "swapped"),
        ("own-" + "x" * 40, [], "replaced"),
    ):
        found = drift(mine, seen, others)
        assert found is not None
        assert found.kind == kind


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[:8] + "".join(c for c in s[8:] if c.isalnum()),
        lambda s: s[:8] + "-" + s[8:],
        lambda s: s[:8] + s[40:],
        lambda s: (s[:8] + s[11:]).lower(),
        lambda s: s[:12],
    ],
)
def test_what_has_lost_some_of_its_characters_is_no_swap(change):
    sent = new_state("special")
    found = drift(sent, change(sent))
    assert found is not None
    assert found.kind != "swapped"


def test_twice_encoded_is_still_recognised():
    found = drift(SENT, quote(quote(SENT, safe=""), safe=""))
    assert found is not None
    assert found.kind == "double_encoded"


@given(one=st.text(max_size=40), other=st.text(max_size=40))
def test_any_two_values_are_compared_without_error(one, other):
    assert (drift(one, other) is None) == (one == other)


def test_two_states_of_alexa_are_not_akin():
    assert not akin(new_state(), new_state())
    assert not akin(new_state("special"), "A2SAAEAE")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('"', '"', '“"” before and “"” after it'),
        ("tenant:", "", "“tenant:” before it"),
        ("x" * 40, "", "“xxxxxxxxxxxx…” before it"),
    ],
)
def test_what_was_put_around_a_value_is_shown(before, after, words):
    found = drift(SENT, before + SENT + after)
    assert (found.kind, found.before, found.after) == ("wrapped", before, after)
    assert found.text == f"was wrapped in other characters: {words}"


def test_what_is_hidden_behind_a_state_is_not_counted():
    found = drift(SENT, f"{SENT}.<secret#1>")
    assert found.text == "had what is hidden as “.<secret#1>” appended"


@pytest.mark.parametrize("label", ["<access_token#12>", "<secret#1>"])
def test_a_label_around_a_state_is_shown_whole(label):
    found = drift(SENT, f"v1.{label}.{SENT}.{label}.v1.and-so-on")
    assert f"“v1.{label}" in found.text
    assert f"“.{label}" in found.text
