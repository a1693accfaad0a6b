"""What to say of a state that came back changed: the characters that differ, the place, and what mends that change."""

from __future__ import annotations

from e2e_linker.audits.cut_addresses import room_for_address
from e2e_linker.audits.empty_states import state_of_nothing
from e2e_linker.audits.misjoined_answers import state_rejoined
from e2e_linker.audits.other_names import under_its_name
from e2e_linker.audits.state_joining import JOINING
from e2e_linker.derive.drift import DriftKind
from e2e_linker.derive.state_trail import StatePlace, StateTrail
from e2e_linker.derive.urls import split
from e2e_linker.evidence.models import Walk, records

__all__ = ["contrast", "remedy", "where"]

_SHOWN, _WHOLE = 8, 16
_TELLING: frozenset[DriftKind] = frozenset({
    "swapped", "lower_cased", "upper_cased", "plus_to_space", "space_to_plus", "percent_decoded", "unencoded",
    "double_encoded", "altered", "replaced",
})  # fmt: skip
"""Changes that show in the characters; the others show in the length, which their words tell."""
_REMEDIES: dict[DriftKind, str] = {
    "missing": "Keep the state with the login (in the session or a hidden field of every form) and add it to the "
    "redirect as `state`.",
    "swapped": "Keep the state with the single login, in its form or under a key of its own in the session.",
    "lower_cased": "Do not change the letter case of the state: look for a lower(), or a column or URL normaliser that "
    "ignores case, ",
    "upper_cased": "Do not change the letter case of the state: look for an upper(), or a column or URL normaliser "
    "that ignores case, ",
    "plus_to_space": "Percent-encode the state where it is put into an address or a form, so that `+` travels as "
    "`%2B`: look for a value that is joined in as it stands, ",
    "space_to_plus": "Decode forms as forms and paths as paths, so that a blank comes back as one: look for a `+` that "
    "is not decoded, ",
    "percent_decoded": "Decode the state once: look for an unquote() or urldecode() of a value that the framework has "
    "decoded already, ",
    "unencoded": "Percent-encode the state where it is put into the redirect, `%` as `%25` and `+` as `%2B`: look for "
    "an address that is joined from pieces as they stand, ",
    "double_encoded": "Percent-encode the state once: look for a value that is encoded before it is given to what "
    "encodes it anyway, ",
    "base64": "Return the state itself: look for what packs it with base64 on the way and does not unpack it, ",
    "beside": "Put one `state` into the redirect, Alexa's: look for a value of the server's own with that name, ",
    "duplicated": "Put the state into the answer once: look for a parameter that is appended to an address that has "
    "it already, ",
    "trimmed": "Keep the blanks at the ends of the state: look for a trim() or strip(), ",
    "truncated": "Give what keeps the state room for at least 2 KB: look for a column, field or cookie that ends after "
    "{length} characters, ",
    "appended": "Return the state alone: look for what is joined to its end, ",
    "wrapped": "Return the state alone: look for what is put around it, such as a JSON encoder's quotes, ",
    "altered": "Return the characters of the state as they are: look for a filter, an escape or a normaliser, ",
    "replaced": "Keep Alexa's state under a name of its own: look for an anti-forgery value, or the state of another "
    "provider, that takes its place, ",
}


def contrast(trail: StateTrail) -> str:
    """``: sent “A2SA…”, came back “a2sa…”``, from the first that differs on; empty where the length tells all."""
    change, seen = trail.drift, trail.places[-1].value if trail.places else ""
    if change is None or change.kind not in _TELLING:
        return ""
    return f": sent “{_piece(trail.sent, change.at)}”, came back “{_piece(seen, change.at)}”"


def _piece(value: str, at: int) -> str:
    end = len(value) if len(value) <= at + _WHOLE else at + _SHOWN
    return f"{'…' * bool(at)}{value[at:end]}{'…' * (len(value) > end)}"


def remedy(trail: StateTrail, walk: Walk) -> str:
    """What to look for, and where, given what became of the state."""
    assert trail.drift is not None
    if known := state_rejoined(walk) or (under_its_name(trail.renamed, "state") if trail.renamed else None):
        return known
    if joint := trail.within.joint if trail.within else trail.drift.joint:
        return JOINING[joint]
    own = room_for_address(trail, walk) or state_of_nothing(trail)
    text = own or _REMEDIES[trail.drift.kind].format(length=trail.drift.seen_length)
    return f"{text}{_hop(trail, walk)}." if text.endswith(", ") else text


def _hop(trail: StateTrail, walk: Walk) -> str:
    """Where the change was made, to stand after “look for …”."""
    right, wrong = trail.last_right, trail.first_wrong
    if wrong is None or right is None:
        return "between the authorization request and the redirect"
    if right.request == wrong.request and wrong.where == "page":
        return f"where the page {_address(walk, wrong)} writes its {_name(wrong)}"
    if right.request == wrong.request:
        return f"where {_address(walk, wrong)} makes its redirect"
    if wrong.where == "arrival":
        return f"in what follows {_address(walk, right)}"
    return f"between {_address(walk, right)} and {_address(walk, wrong)}"


def _address(walk: Walk, place: StatePlace) -> str:
    url = next((request.url for request in records(walk.requests) if request.n == place.request), None)
    return (f"`{split(url).path or '/'}` " if url else "") + f"(request {place.request})"


def _name(place: StatePlace) -> str:
    return "form field" if place.name == "form field" else f"form field `{place.name}`"


def where(trail: StateTrail) -> str:
    """Where the state of ``trail`` changed, as exactly as the evidence tells, in a sentence."""
    right, wrong = trail.last_right, trail.first_wrong
    if wrong is None or (trail.drift and trail.drift.kind == "beside"):
        return ""
    if right is None:
        return "It was seen nowhere between the authorization request and the redirect."
    if right.request == wrong.request:
        place = f"page, {_name(wrong)}" if wrong.where == "page" else wrong.where
        return f"Request {right.request} still sent it unchanged ({right.where}), its answer ({place}) did not."
    if wrong.where == "arrival":
        return f"It was last right in request {right.request} ({right.where} `{right.name}`); it changed after that."
    return (
        f"It was last right in request {right.request} ({right.where} `{right.name}`) and first wrong in request "
        f"{wrong.request} ({wrong.where} `{wrong.name}`)."
    )
