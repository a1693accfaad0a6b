"""With the Domain List enforced: what the customer is left with, and whether the host to blame is proven."""

from __future__ import annotations

from e2e_linker.evidence.models import Causes, Failed, Present, Trial
from e2e_linker.evidence.page import Sight
from e2e_linker.model import Confidence, Severity
from tests.audits.judged import only

LOGIN, CDN = "https://login.example.com", "cdn.example.net"


def trial(n, *hosts, ending="login_not_found", factor="hosts"):
    return Trial(
        n=n, factor=factor, changed="", hosts=hosts, until="login_form", ending=ending, shown=None, duration_s=0.1
    )


PROOF = (trial(1, CDN, ending="stopped"), trial(2))


def evidence(
    build, pieces, *, trials=PROOF, ending="login_not_found", skipped=None, kind="script", beside=(), **variation
):
    asked = build.authorization()
    first = build.get(asked.url, excerpt="<title>Sign in</title>")
    more = [build.sub(f"https://{host}/x", "script") for host in beside]
    steps = [first, build.sub(f"https://{CDN}/x", kind), *more, build.get(build.answer(asked))]
    measured = build.walk(steps, asked=asked)
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
    advice = "raise limits.logins for more, or run fewer cases"
    assert (short.status, short.note) == ("passed", f"only the pages before the password were tried: {advice}")


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
    assert found.message.endswith(f"the page is whole again. {CDN} (font) is not on the Domain List.")
    # A font is a small thing, until it blanks the page.
    assert (found.severity, found.cause, found.confidence) == (Severity.BREAKS, "proven", Confidence.CERTAIN)
    assert "simulated" in [ref.ref for ref in found.related]


def test_the_host_to_blame_is_told_by_itself_among_however_many(build, pieces):
    hosts = [f"a{n:02}.example.net" for n in range(40)]
    found = build.judge("domain-list", evidence(build, pieces, kind="font", beside=hosts)).findings
    assert [one.subject for one in found] == [CDN, *hosts[:29], "further hosts"]
    assert found[0].cause == "proven"


def test_a_missing_host_without_which_the_login_gets_through_says_so(build, pieces):
    found = only(build.judge("domain-list", evidence(build, pieces, kind="font", ending="arrived", trials=())))
    assert found.severity is Severity.DEGRADES
    assert found.message.endswith("Tried on phone: with the list enforced, the login got through all the same.")
    assert found.cause is None


def test_a_list_that_was_tried_up_to_the_form_only_does_not_say_that_the_login_works(build, pieces):
    made = evidence(build, pieces, ending="stopped", trials=(), until="login_form")
    assert only(build.judge("domain-list", made)).message.endswith(
        "Tried on phone: with the list enforced, the login form was shown; whether it can be sent was not tried, as "
        "limits.logins left no login for it."
    )


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


def test_hosts_that_take_turns_are_to_be_fixed_and_the_others_to_be_listed(build, pieces):
    def links(*blamed):
        asked = build.authorization()
        tables = (CDN, "n1.example.org"), (CDN, "n7.example.org")
        steps = [
            [build.get(asked.url), *(build.sub(f"https://{host}/a.js", "script") for host in table)] for table in tables
        ]
        walks = [
            build.walk([*each, build.get(build.answer(asked))], asked=asked, id=purpose, purpose=purpose)
            for each, purpose in zip(steps, ("measured", "warm"), strict=True)
        ]
        simulated = evidence(build, pieces).walks[1]
        proof = (trial(1, *blamed, ending="stopped"), *(trial(n, *blamed[:n]) for n in range(len(blamed))))
        known = (*proof, *(trial(9 + n, host) for n, host in enumerate(blamed) if len(blamed) > 1))
        case = build.case(*walks, simulated, causes=Present(value=Causes(trials=known)))
        return only(build.judge("enforced-list", case)).fix

    fixed = "Serve from fixed hosts what comes from another one at each link, and add those to the Domain List."
    assert (links("n1.example.org").text, links("n1.example.org").paste) == (fixed, None)
    both = links(CDN, "n1.example.org")
    assert both.text == f"Add {CDN} to the Domain List. {fixed}"
    assert (CDN in both.paste, "example.org" in both.paste) == (True, False)
