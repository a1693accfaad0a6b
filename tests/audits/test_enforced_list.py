"""With the Domain List enforced: what the customer is left with, and whether the host to blame is proven."""

from __future__ import annotations

from e2e_linker.evidence.models import Causes, Failed, Present, Trial
from e2e_linker.evidence.page import Sight
from e2e_linker.model import Confidence, Severity

LOGIN, CDN = "https://login.example.com", "cdn.example.net"


def trial(n, *hosts, ending="login_not_found", factor="hosts"):
    return Trial(
        n=n, factor=factor, changed="", hosts=hosts, until="login_form", ending=ending, shown=None, duration_s=0.1
    )


PROOF = (trial(1, CDN, ending="stopped"), trial(2))


def evidence(build, pieces, *, trials=PROOF, ending="login_not_found", skipped=None, kind="script", **variation):
    asked = build.authorization()
    first = build.get(asked.url, excerpt="<title>Sign in</title>")
    measured = build.walk([first, build.sub(f"https://{CDN}/x", kind), build.get(build.answer(asked))], asked=asked)
    nothing = {"controls": (), "headings": (), "text": "", "text_length": 0, "title": ""}
    blank = pieces.digest(f"{LOGIN}/authorize", sight=Sight(readable_length=0, pictures=0), **nothing)
    lost = build.sub(f"https://{CDN}/x", kind, failure="net::ERR_TUNNEL_CONNECTION_FAILED")
    made = build.walk(
        [first, lost],
        answer=None,
        ending=ending,
        id="simulated",
        purpose="simulated",
        variation={"refused": [CDN], **variation},
        screens=[pieces.screen(0, 0.3, blank if ending == "login_not_found" else pieces.digest())],
    )
    walks = [measured] if skipped else [measured, made]
    return build.case(*walks, causes=Present(value=Causes(skipped=skipped, trials=trials)))


def only(outcome):
    assert outcome.status == "failed", outcome
    (found,) = outcome.findings
    return found


def test_a_blank_simulation_names_the_proven_host(build, pieces):
    found = only(build.judge("enforced-list", evidence(build, pieces)))
    assert found.message == (
        "With the Domain List enforced, the login on phone stops at a screen of login.example.com that stays blank: no "
        f"text, no field and no button. Proven: unlisted {CDN} is why. Let through, with every other unlisted host "
        "refused, the page is whole again (2 trials)."
    )
    assert (found.rule, found.severity, found.cause) == ("screen-blank", Severity.BREAKS, "proven")
    assert found.primary.ref == "simulated#0"
    assert CDN in (found.fix.paste or "")


def test_what_was_not_proven_is_suspected(build, pieces):
    found = only(build.judge("enforced-list", evidence(build, pieces, trials=())))
    assert found.cause == "suspected"
    assert f"Suspected, not proven: it asked in vain for {CDN}" in found.message


def test_a_simulation_that_gets_through_passes(build, pieces):
    assert build.judge("enforced-list", evidence(build, pieces, ending="arrived")).status == "passed"
    short = build.judge("enforced-list", evidence(build, pieces, ending="stopped", until="login_form"))
    assert (short.status, "limits.logins" in short.note) == ("passed", True)


def test_what_was_not_simulated_is_not_judged_and_says_why(build, pieces):
    outcome = build.judge("enforced-list", evidence(build, pieces, skipped="every host is listed"))
    assert (outcome.status, outcome.reason) == ("not_applicable", "every host is listed")
    assert build.judge("enforced-list", depth="passive").status == "not_applicable"


def test_a_simulation_that_came_to_nothing_neither_passes_nor_fails(build, pieces):
    failed = build.judge("enforced-list", build.case(causes=Failed(error="no browser")))
    assert (failed.status, "no browser" in failed.missing[0]) == ("inconclusive", True)
    unfinished = build.case(causes=Present(value=Causes(unfinished="given up after 90 s")))
    assert "given up after 90 s" in build.judge("enforced-list", unfinished).missing[0]
    crashed = build.judge("enforced-list", evidence(build, pieces, ending="crashed"))
    assert (crashed.status, len(crashed.missing)) == ("inconclusive", 1)


def test_a_simulation_whose_last_screen_nobody_could_look_at_does_not_pass(build, pieces):
    case = evidence(build, pieces)
    measured, made = case.walks
    unseen = made.model_copy(update={"screens": Present(value=())})
    outcome = build.judge("enforced-list", case.model_copy(update={"walks": (measured, unseen)}))
    assert outcome.status == "inconclusive"
    assert made.ending.message in outcome.missing[0]


def test_the_missing_host_is_told_with_what_it_breaks(build, pieces):
    found = only(build.judge("domain-list", evidence(build, pieces, kind="font")))
    assert found.message.startswith(
        f"Unlisted {CDN} is why, with the Domain List enforced, the page of login.example.com stays blank on phone. "
        "Proven: let through"
    )
    # A font is a small thing, until it blanks the page.
    assert (found.severity, found.cause, found.confidence) == (Severity.BREAKS, "proven", Confidence.CERTAIN)
    assert "simulated" in [ref.ref for ref in found.related]


def test_a_missing_host_without_which_the_login_gets_through_says_so(build, pieces):
    found = only(build.judge("domain-list", evidence(build, pieces, kind="font", ending="arrived", trials=())))
    assert found.severity is Severity.DEGRADES
    assert found.message.endswith("Tried on phone: with the list enforced, the login got through all the same.")
    assert found.cause is None


def test_a_missing_host_that_is_only_suspected_says_so(build, pieces):
    found = only(build.judge("domain-list", evidence(build, pieces, trials=())))
    assert found.cause == "suspected"
    assert "Suspected, not proven: it is why, with the list enforced on phone, the page" in found.message


def test_a_blank_page_that_another_user_agent_heals_is_proven(build, pieces):
    nothing = {"controls": (), "headings": (), "text": "", "text_length": 0, "title": ""}
    blank = pieces.digest(f"{LOGIN}/authorize", sight=Sight(readable_length=0, pictures=0), **nothing)
    first = build.get(f"{LOGIN}/authorize", excerpt="<title>Sign in</title>")
    walk = build.walk([first], answer=None, ending="login_not_found", screens=[pieces.screen(0, 4.0, blank)])
    trials = (trial(1, factor="nothing"), trial(2, factor="user_agent", ending="stopped"))
    found = only(build.judge("screen-blank", build.case(walk, causes=Present(value=Causes(trials=trials)))))
    assert found.cause == "proven"
    assert "Proven: its user agent is why; when the same device called itself a plain browser, the page came." in (
        found.message
    )
