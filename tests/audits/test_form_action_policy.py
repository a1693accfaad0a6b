"""The policy of a page with a form against the redirects that follow it."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.models import NotCollected, Present
from e2e_linker.model import Confidence, Severity
from tests.audits.judged import only

AUDIT = "form-action-policy"
LOGIN = "https://login.example.com"
CSP = "Content-Security-Policy"


def steps(build, policy, *, name=CSP, arrives=True, page=3, **more):
    """A healthy login whose page number ``page`` (3 is the consent page) carries ``policy``."""
    asked = build.authorization()
    made = build.healthy_steps(asked, build.answer(asked))
    made[page]["response_headers"] = ((name, policy),)
    made[page].update(more)
    return made if arrives else made[:-1]


def on(build, engine, made, **more):
    answer = None if more.pop("stopped", False) else ""
    return build.case(build.walk(made, answer=answer, **more), facts={"engine": engine})


def test_of_several_policies_the_one_that_forbids_is_to_be_changed(build):
    made = steps(build, "form-action * https://api.example.com")
    made[3]["response_headers"] += ((CSP, "form-action 'self'"),)
    pasted = only(build.judge(AUDIT, on(build, "firefox", made))).fix.paste
    assert pasted.startswith("form-action 'self' https://")
    assert "api.example.com" not in pasted


def test_a_reported_violation_is_certain(build, pieces):
    made = steps(build, "form-action 'self'", arrives=False)
    case = on(build, "chromium", made, stopped=True, csp_violations=[pieces.policy_violation()])
    found = only(build.judge(AUDIT, case))
    assert (found.rule, found.severity, found.confidence) == (
        "auth-csp-form-action",
        Severity.BREAKS,
        Confidence.CERTAIN,
    )
    assert found.subject == f"{LOGIN}/consent"
    assert found.message == (
        f"Chromium stopped the form of {LOGIN}/consent: its policy's form-action does not allow pitangui.amazon.com. "
        "The button appears dead."
    )
    assert found.fix.paste == (
        "form-action 'self' https://pitangui.amazon.com https://layla.amazon.com https://alexa.amazon.co.jp"
    )


def test_an_address_that_holds_a_session_is_the_same_finding_in_every_run(build, pieces):
    def found(label):
        page = f"{LOGIN}/interaction/{label}"
        violation = pieces.policy_violation(document=page, blocked=page)
        made = steps(build, "form-action 'self'", arrives=False)
        told = build.judge(AUDIT, on(build, "chromium", made, stopped=True, csp_violations=[violation])).findings
        return next(one for one in told if "interaction" in one.subject)

    one, other = found("<cookie#5>"), found("%3Ccookie%2312%3E")
    assert one.fingerprint == other.fingerprint
    assert one.subject == other.subject == f"{LOGIN}/interaction/<cookie>"
    assert f"stopped the form of {LOGIN}/interaction/<cookie#12>:" in other.message


def test_where_the_browser_keeps_the_answer_to_itself_alexa_is_what_is_missing(build, pieces):
    made = steps(build, "form-action 'self'", arrives=False)
    del made[-1]["location"]
    made[-1] |= {"status": None, "failure": "net::ERR_ABORTED"}
    told = pieces.policy_violation(blocked=made[-1]["url"])
    found = only(build.judge(AUDIT, on(build, "chromium", made, stopped=True, csp_violations=[told])))
    assert "does not allow a host that the answer redirects to" in found.message
    assert found.fix.paste.startswith("form-action 'self' https://pitangui.amazon.com https://layla.")


def test_the_console_says_it_where_there_is_no_event(build, pieces):
    told = pieces.policy_violation(directive="", text="Refused to send form data: violates \"form-action 'self'\".")
    assert only(build.judge(AUDIT, build.walk(answer=None, csp_violations=[told]))).confidence is Confidence.CERTAIN


@pytest.mark.parametrize("more", [{"directive": "script-src"}, {"disposition": "report"}])
def test_other_violations_are_not_meant(build, pieces, more):
    walk = build.walk(csp_violations=[pieces.policy_violation(**more)])
    assert build.judge(AUDIT, walk).status == "passed"


@pytest.mark.parametrize(
    ("engine", "name"),
    [("chromium", "Chromium"), ("firefox", "Firefox"), ("webkit", "WebKit"), (None, "The browser")],
)
def test_the_browser_that_stopped_the_form_is_called_by_its_name(build, pieces, engine, name):
    made = steps(build, "form-action 'self'", arrives=False)
    case = on(build, engine, made, stopped=True, csp_violations=[pieces.policy_violation()])
    assert only(build.judge(AUDIT, case)).message.startswith(f"{name} stopped the form of {LOGIN}/consent: ")


def test_a_redirect_that_chromium_did_not_follow_is_found_without_a_report(build):
    found = only(
        build.judge(AUDIT, on(build, "chromium", steps(build, "form-action 'self'", arrives=False), stopped=True))
    )
    assert found.confidence is Confidence.LIKELY
    assert "no way to pitangui.amazon.com" in found.message


@pytest.mark.parametrize("engine", ["firefox", "webkit"])
def test_what_other_engines_let_pass_is_told_from_the_header(build, engine):
    found = only(build.judge(AUDIT, on(build, engine, steps(build, "default-src *, form-action 'self'"))))
    assert (found.severity, found.confidence) == (Severity.BREAKS, Confidence.LIKELY)


def test_what_chromium_let_pass_is_allowed_whatever_we_read(build):
    assert build.judge(AUDIT, on(build, "chromium", steps(build, "form-action 'self'"))).status == "passed"


@pytest.mark.parametrize(
    "policy",
    [
        "form-action 'self' https://pitangui.amazon.com",
        "form-action 'self' https://pitangui.amazon.com/another/path",
        "form-action 'self' *.amazon.com",
        "form-action https:",
        "form-action *",
        "default-src 'none'",
    ],
)
def test_a_policy_that_names_alexa_passes(build, policy):
    assert build.judge(AUDIT, on(build, "firefox", steps(build, policy))).status == "passed"


def test_the_path_of_the_first_request_counts(build):
    made = steps(build, f"form-action {LOGIN}/elsewhere https://pitangui.amazon.com")
    assert only(build.judge(AUDIT, on(build, "firefox", made))).related[0].ref == "measured#5"


def test_a_policy_that_is_only_reported_is_ignored(build):
    made = steps(build, "form-action 'none'", name="Content-Security-Policy-Report-Only")
    assert build.judge(AUDIT, on(build, "firefox", made)).status == "passed"


def test_the_policy_of_a_page_whose_form_nobody_sent_is_ignored(build):
    asked = build.authorization()
    made = build.healthy_steps(asked, build.answer(asked))
    made.insert(3, build.get(f"{LOGIN}/terms", response_headers=((CSP, "form-action 'none'"),)))
    assert (
        build.judge(AUDIT, on(build, "firefox", [made[0], made[1], made[3], *made[2:3], *made[4:]])).status == "failed"
    )
    assert build.judge(AUDIT, on(build, "firefox", made)).status == "passed"


def test_the_login_page_needs_only_what_its_own_form_leads_to(build):
    assert build.judge(AUDIT, on(build, "firefox", steps(build, "form-action 'self'", page=1))).status == "passed"


def test_a_policy_in_the_document_counts_too(build):
    meta = '<meta http-equiv="Content-Security-Policy" content="form-action \'self\'"><form></form>'
    made = steps(build, "default-src *", excerpt=meta)
    assert build.judge(AUDIT, on(build, "firefox", made)).status == "failed"


def test_every_policy_has_to_allow_it(build):
    made = steps(build, "form-action *")
    made[3]["response_headers"] += ((CSP, "form-action 'self'"),)
    assert build.judge(AUDIT, on(build, "firefox", made)).status == "failed"


def test_report_and_header_of_one_page_are_one_finding(build, pieces):
    made = steps(build, "form-action 'self'")
    case = on(build, "firefox", made, csp_violations=[pieces.policy_violation()])
    assert only(build.judge(AUDIT, case)).confidence is Confidence.CERTAIN


def test_unwatched_violations_are_inconclusive_where_they_would_be_the_proof(build):
    walk = build.walk().model_copy(update={"csp_violations": NotCollected(reason="a HAR does not tell")})
    assert build.judge(AUDIT, walk).status == "inconclusive"
    case = build.case(walk, facts={"engine": "firefox"})
    assert build.judge(AUDIT, case).status == "passed"


def test_a_form_in_a_frame_follows_the_frames_own_policy(build):
    asked = build.authorization()
    answer = build.answer(asked)
    frame = {"main_frame": False, "frame": 1}
    made = [
        build.get(asked.url, response_headers=((CSP, "form-action *"),)),
        {**build.get(f"{LOGIN}/frame", response_headers=((CSP, "form-action 'self'"),)), **frame},
        {**build.post(f"{LOGIN}/frame", {}, location="https://id.example.net/"), **frame},
        {**build.get("https://id.example.net/"), **frame},
        build.post(f"{LOGIN}/login", {}, location=answer),
        build.get(answer, failure="refused"),
    ]
    assert only(build.judge(AUDIT, on(build, "firefox", made))).subject == f"{LOGIN}/frame"


def test_a_form_that_opens_a_window_follows_its_own_page(build):
    asked = build.authorization()
    answer = build.answer(asked)
    made = [
        build.get(asked.url, response_headers=((CSP, "form-action 'self'"),)),
        build.post(f"{LOGIN}/login", {}, location=answer, window=1, frame=1),
        build.get(answer, failure="refused", window=1, frame=1),
    ]
    assert only(build.judge(AUDIT, on(build, "firefox", made))).subject == f"{LOGIN}/authorize"


def test_present_but_empty_violations_are_evidence(build):
    assert isinstance(build.walk().csp_violations, Present)
    assert build.judge(AUDIT).status == "passed"
