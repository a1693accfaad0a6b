"""The calls of the token endpoint as the report tells them: of each measured link, and of each probe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from e2e_linker.derive.base import Facts
from e2e_linker.derive.tokens import TokenAnswer, read_token_answer
from e2e_linker.evidence.apart import batteries
from e2e_linker.evidence.models import Present, RunEvidence
from e2e_linker.evidence.parts import why_missing
from e2e_linker.evidence.token_calls import ProbedLink, ProbeName, TokenBattery, TokenCall
from e2e_linker.report.model import FindingReport
from e2e_linker.report.probe_words import FATES, PROBES, purpose, purposes
from e2e_linker.report.sections import Fate, SkippedTokenProbe, TokenEvent, TokenProbe, TokenProbes
from e2e_linker.report.views import fact_value

__all__ = ["came_of", "token_probes", "token_story"]

_LONGEST_QUOTE = 120


def token_story(facts: Facts) -> tuple[TokenEvent, ...]:
    """Every token call of the case with what it came to."""
    return tuple(_event(answer) for answer in fact_value(facts, "token_answers") or ())


def token_probes(run: RunEvidence, findings: Iterable[FindingReport] = ()) -> TokenProbes:
    """Everything that the probes did, in the order of :data:`PROBES`.

    Of a merged run that of one of its runs, and of others what ``findings`` name, or what no other did.
    """
    made, part = _shown(batteries(run), findings), run.battery
    if not made and not isinstance(part, Present):
        return TokenProbes(missing=why_missing(part))
    battery = _whole(made)
    return TokenProbes(
        case=battery.case if all(one.case == battery.case for one in made) else None,
        probes=tuple(_probe(name, battery) for name in PROBES if _was_made(name, battery)),
        skipped=tuple(
            SkippedTokenProbe(probe=skip.probe, title=PROBES[skip.probe][0], reason=skip.reason)
            for skip in battery.skipped
        ),
        hooks=battery.hooks,
    )


def _shown(made: Sequence[TokenBattery], findings: Iterable[FindingReport]) -> list[TokenBattery]:
    named = {link.ref for found in findings for link in found.evidence if link.kind == "token_call"}
    shown: list[TokenBattery] = []
    done: set[ProbeName] = set()
    for one in made:
        own = {name for name in PROBES if _was_made(name, one)}
        if not shown or own - done or any(str(call.n) in named for call in one.calls):
            shown.append(one)
            done |= own
    return shown


def _whole(made: Sequence[TokenBattery]) -> TokenBattery:
    """All of ``made`` as one: what one of several runs left out, and another did, was not left out."""
    if len(made) == 1:
        return made[0]
    skipped = {skip.probe: skip for one in reversed(made) for skip in one.skipped}
    done = {name for one in made for name in PROBES if _was_made(name, one)}
    return TokenBattery(
        case=made[0].case,
        links=tuple(link for one in made for link in one.links),
        calls=tuple(call for one in made for call in one.calls),
        skipped=tuple(skipped[name] for name in PROBES if name in skipped and name not in done),
        hooks=tuple(sorted((hook for one in made for hook in one.hooks), key=lambda hook: hook.at)),
    )


def _was_made(name: ProbeName, battery: TokenBattery) -> bool:
    return bool(battery.of(name)) or any(link.probe == name for link in battery.links)


def _probe(name: ProbeName, battery: TokenBattery) -> TokenProbe:
    title, tried = PROBES[name]
    links = tuple(link for link in battery.links if link.probe == name)
    events = tuple(_event(read_token_answer(call)) for call in battery.of(name))
    return TokenProbe(probe=name, title=title, tried=tried, came=came_of(events, links), links=links, events=events)


def came_of(events: Sequence[TokenEvent], links: Iterable[ProbedLink]) -> str:
    """What came of a probe, step by step: equal steps of several links are told and counted together."""
    steps: dict[tuple[int, str], list[TokenEvent]] = {}
    for event in sorted(events, key=lambda event: event.step):
        steps.setdefault((event.step, event.purpose), []).append(event)
    told = [_step(kind, group) for (_, kind), group in steps.items()]
    told += [f"no code came for {link.id}: {link.problem}" for link in links if link.problem]
    sentence = "; ".join(told) or "no call was made"
    return f"{sentence[:1].upper()}{sentence[1:].rstrip('.')}."


def _step(kind: str, group: Sequence[TokenEvent]) -> str:
    counts = Counter((event.fate, _short(event)) for event in group)
    if len(group) == 1:
        return f"the {purpose(kind)} {_told(*next(iter(counts)), 1)}"
    many = purposes(kind)
    if len(counts) == 1:
        return f"{'both' if len(group) == 2 else f'all {len(group)}'} {many} {_told(*next(iter(counts)), len(group))}"
    return f"of {len(group)} {many} " + " and ".join(f"{n} {_told(*fate, n)}" for fate, n in counts.items())


def _told(fate: Fate, short: str, number: int) -> str:
    return f"{FATES[fate][number > 1]} ({short})"


def _short(event: TokenEvent) -> str:
    """The answer in a word or two: ``400 invalid_grant``, ``403 with an empty body``, ``200``."""
    if event.status is None:
        return "no answer"
    if event.fate == "granted":
        return str(event.status)
    return event.summary.partition(":")[0]


def _event(answer: TokenAnswer) -> TokenEvent:
    call = answer.call
    return TokenEvent(
        n=call.n,
        purpose=call.purpose,
        endpoint=call.endpoint,
        at=call.at,
        method=call.method,
        url=call.url,
        status=call.status,
        failure=call.failure,
        fate=_fate(answer),
        summary=_summary(answer),
        timing=call.timing,
        lifetime_s=_lifetime(answer),
        link=call.link,
        step=call.step,
        request_headers=call.request_headers,
        request_body=call.request_body,
        response_headers=call.response_headers,
        response_body=call.response_body,
    )


def _fate(answer: TokenAnswer) -> Fate:
    call = answer.call
    if call.status is None or call.status >= 500:
        return "failed"
    if _is_granted(call, answer):
        return "granted"
    if call.status >= 400 or (answer.json is not None and ("error" in answer.json or "active" in answer.json)):
        return "refused"
    return "unclear"


def _is_granted(call: TokenCall, answer: TokenAnswer) -> bool:
    match call.endpoint:
        case "token":
            return answer.succeeded
        case "introspection":
            return call.status == 200 and (answer.json or {}).get("active") is True
        case _:
            return call.status is not None and 200 <= call.status < 300


def _lifetime(answer: TokenAnswer) -> float | None:
    value = (answer.json or {}).get("expires_in") if answer.call.endpoint == "token" else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        return None
    return float(value)


def _summary(answer: TokenAnswer) -> str:
    call = answer.call
    if call.status is None:
        return call.failure or "no answer"
    if call.endpoint == "revocation" and call.status == 200:
        return "200, taken as revoked"
    if answer.json is None:
        return f"{call.status} with {answer.json_problem}"
    if "error" in answer.json:
        odd = "" if call.status >= 400 else "with error "
        words = f"{call.status} {odd}{_word(answer.json['error'])}: {answer.json.get('error_description', '')}"
        return words.rstrip(": ")
    return f"{call.status} with {', '.join(sorted(answer.json)) or 'an empty object'}"


def _word(value: object) -> str:
    """An error code on one line; what is no string, or too long for a code, is shortened."""
    text = " ".join(str(value).split()).replace(":", " ")
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
