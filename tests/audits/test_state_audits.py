from urllib.parse import parse_qs, quote, unquote, urlencode

import pytest

from e2e_linker.alexa.authorization import new_state
from e2e_linker.audits.base import Options
from e2e_linker.audits.runner import judge_case, selected
from e2e_linker.evidence.models import Ending, LeftOut
from e2e_linker.model import Severity


def other(build, purpose, *, state=None, **more):
    asked = build.authorization(state=state or new_state(), region=more.pop("region", "NA"))
    change = more.pop("change", None)
    answer = build.answer(asked, code="<code#2>", **({"state": change(asked.state)} if change else {}))
    return build.walk(asked=asked, answer=answer, id=f"{purpose}-1", purpose=purpose, **more)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s[:255], "cut off after 255"),
        (str.lower, "lower case"),
        (lambda s: s + s, "repeated"),
        (lambda s: "other-" + s[::-1], "replaced"),
        (lambda s: "", "missing"),
    ],
)
def test_a_changed_state_is_two_findings_and_a_place(build, change, words):
    asked = build.authorization()
    outcome = build.judge(
        "state-parameter", build.walk(asked=asked, answer=build.answer(asked, state=change(asked.state)))
    )
    assert outcome.status == "failed"
    result, way = outcome.findings
    assert (result.rule, way.rule) == ("redir-state-unchanged", "auth-tracks-state")
    assert words in result.message
    assert words in way.message
    assert "equest 5" in way.message
    assert way.severity is Severity.BREAKS
    assert way.related[0].ref == "measured#5"


@pytest.mark.parametrize(
    ("change", "shown", "advice"),
    [
        (str.lower, "lower case: sent “A2SAAEAE…”, came back “a2saaeae…”.", "look for a lower()"),
        (str.upper, "upper case: sent “…q7Zt-kX3…”, came back “…Q7ZT-KX3…”.", "look for an upper()"),
        (lambda s: s[:20] + "?" + s[21:], "sent “…mQ-wL5eR…”, came back “…?Q-wL5eR…”.", "look for a filter"),
        (lambda s: "other-" + s[::-1], "another value: sent “A2SAAEAE…”, came back “other-1R…”.", "anti-forgery"),
        (lambda s: s[:255], "characters.", "ends after 255 characters"),
        (lambda s: s + "x", "appended.", "joined to its end"),
        (lambda s: s + s, "repeated.", "into the answer once"),
        (lambda s: f'"{s}"', 'characters: “"” before and “"” after it.', "a JSON encoder's quotes, in what"),
        (lambda s: "", "missing.", "Keep the state with the login"),
    ],
)
def test_the_advice_fits_the_change_and_the_characters_are_shown(build, change, shown, advice):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=build.answer(asked, state=change(asked.state)))
    seen, way = build.judge("state-parameter", walk).findings
    assert shown in way.message
    assert advice in way.fix.text
    assert ("2 KB" in way.fix.text) is ("cut off" in way.message)
    assert ("once" in way.fix.text) is ("repeated" in way.message)
    assert seen.fix == way.fix
    assert (seen.symptom, way.symptom) == (True, False)


@pytest.mark.parametrize(
    ("returned", "advice"),
    [
        ("undefined", "“undefined” is what programs write for a value that is missing"),
        ("[object Object]", "“[object Object]” is what programs write for a value that is missing or no text"),
        ("None", "“None” is what programs write"),
        ("0", "“0” is what a text becomes that is read as a number"),
        ("NaN", "“NaN” is what a text becomes that is read as a number"),
    ],
)
def test_a_state_that_is_a_word_for_nothing_is_no_other_state(build, returned, advice):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=build.answer(asked, state=returned))
    seen, way = build.judge("state-parameter", walk).findings
    assert f"another value: sent “A2SAAEAE…”, came back “{returned}”. " in way.message
    assert advice in way.fix.text
    assert way.fix.text.endswith(", in what follows `/consent` (request 5).")
    assert "anti-forgery" not in way.fix.text
    assert seen.fix == way.fix


@pytest.mark.parametrize("returned", ["00", "1", "xyz", "undefined-1"])
def test_any_other_state_may_be_one(build, returned):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=build.answer(asked, state=returned))
    _, way = build.judge("state-parameter", walk).findings
    assert "an anti-forgery value" in way.fix.text


@pytest.mark.parametrize(
    ("spelling", "change", "advice"),
    [
        ("special", unquote, "Decode the state once"),
        ("special", lambda s: s.replace("+", " "), "travels as `%2B`"),
        ("special", lambda s: quote(s, safe=""), "Percent-encode the state once"),
    ],
)
def test_the_advice_on_spelling_fits_the_change(build, spelling, change, advice):
    special = other(build, "special_state", state=new_state(spelling), change=change)
    seen, found = build.judge("state-parameter", build.case(build.walk(), special)).findings
    assert advice in found.fix.text
    assert "sent “" in found.message
    assert seen.fix == found.fix


def measured_with(build, query):
    """The findings of a case whose redirect has ``query``, in which ``{}`` stands for the state."""
    asked = build.authorization(state=new_state())
    answer = f"{asked.redirect_uri}?{query.format(asked.state)}"
    return build.judge("state-parameter", build.walk(asked=asked, answer=answer)).findings


def test_a_state_beside_one_of_the_servers_own_was_not_replaced(build):
    seen, found = measured_with(build, "state=own-value&code=c&state={}")
    assert found.message == "The state came back beside another value of the same name."
    assert found.fix.text.startswith("Put one `state` into the redirect, Alexa's: ")
    assert seen.fix == found.fix


@pytest.mark.parametrize("joint", ["?", ";"])
def test_a_code_that_is_joined_to_the_end_of_the_state_is_named_with_its_joint(build, joint):
    _, found = measured_with(build, f"state={{}}{joint}code=c")
    assert found.message.startswith(f"The state has `code` joined to its end by `{joint}`.")
    assert found.fix.text.startswith("Join ")
    assert "`&`" in found.fix.text
    _, other = measured_with(build, "state={}-tail&code=c")
    assert "had 5 characters appended" in other.message


def test_a_state_that_is_joined_as_it_stands_was_not_decoded_too_often(build):
    asked = build.authorization(state=new_state("special"))
    answer = f"{asked.redirect_uri}?code=c&state={asked.state}"
    steps = [build.get(asked.url, location=answer), build.get(answer, failure="refused")]
    special = build.walk(steps, asked=asked, id="special-state", purpose="special_state")
    seen, found = build.judge("state-parameter", build.case(build.walk(), special)).findings
    assert "it was not percent-encoded: sent “" in found.message
    assert found.severity is Severity.DEGRADES
    assert found.fix.text.startswith("Percent-encode the state where it is put into the redirect")
    assert found.fix.text.endswith("joined from pieces as they stand, in what follows `/authorize` (request 1).")
    assert seen.fix == found.fix


def test_a_form_field_that_holds_a_changed_state_is_named_with_its_page(build):
    asked = build.authorization()
    wrong = asked.state.lower()
    page = f'<form><input type="hidden" name="relay" value="{wrong}"><input name="other"></form>'
    answer = build.answer(asked, state=wrong)
    login = build.post(f"{build.login}/login", {"relay": wrong}, location=answer)
    walk = build.walk([build.get(asked.url, excerpt=page), login, build.get(answer, failure="refused")], asked=asked)
    _, way = build.judge("state-parameter", walk).findings
    assert "its answer (page, form field `relay`) did not." in way.message
    assert way.fix.text.endswith(", where the page `/authorize` (request 1) writes its form field `relay`.")


def test_a_state_that_returns_twice_is_repeated(build):
    asked = build.authorization()
    twice = f"{build.answer(asked)}&state={asked.state}"
    seen, way = build.judge("state-parameter", build.walk(asked=asked, answer=twice)).findings
    assert "was repeated" in seen.message
    assert "equest 5 still sent it unchanged (body), its answer (location) did not" in way.message


def test_a_missing_state_parameter_names_where_its_value_went(build):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?code=c&State={asked.state}")
    assert "`State`" in build.judge("state-parameter", walk).findings[0].message


@pytest.mark.parametrize("grant", ["AUTH_CODE", "IMPLICIT"])
def test_a_state_that_returns_passes(build, grant):
    assert build.judge("state-parameter", build.walk(asked=build.authorization(grant=grant))).status == "passed"


def test_an_unspecial_spelling_passes(build):
    asked = build.authorization(state=new_state("special"))
    assert build.judge("state-parameter", build.walk(asked=asked)).status == "passed"


def test_an_ampersand_in_place_of_the_question_mark_is_no_lost_state(build):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}&state={asked.state}&code=c")
    assert build.judge("state-parameter", walk).status == "passed"


def test_an_error_without_state_is_left_to_the_error_audit(build):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?error=server_error")
    assert build.judge("state-parameter", walk).status == "passed"


def test_no_arrival_is_inconclusive(build):
    ending = Ending(kind="login_rejected", message="the password was refused")
    outcome = build.judge("state-parameter", build.walk(answer=None, ending=ending))
    assert outcome.status == "inconclusive"
    assert "the password was refused" in outcome.missing[0]


def test_special_characters_that_suffer_degrade_only(build):
    special = other(build, "special_state", state=new_state("special"), change=unquote)
    seen, found = build.judge("state-parameter", build.case(build.walk(), special)).findings
    assert (seen.rule, seen.symptom) == ("redir-state-unchanged", True)
    assert seen.severity is found.severity is Severity.DEGRADES
    assert "percent-decoded" in found.message
    assert "no such characters today" in found.message
    assert found.primary.ref.startswith("special_state-1#")


def test_a_warm_walk_with_the_first_state_is_reported_with_its_walk(build):
    warm = other(build, "warm", change=lambda _: build.state)
    _, found = build.judge("state-parameter", build.case(build.walk(), warm)).findings
    assert "is that of the first login" in found.message
    assert found.primary.ref.startswith("warm-1#")


def test_the_same_change_in_every_walk_is_said_once(build):
    asked = build.authorization()
    measured = build.walk(asked=asked, answer=build.answer(asked, state=asked.state.lower()))
    findings = build.judge("state-parameter", build.case(measured, other(build, "warm", change=str.lower))).findings
    assert len(findings) == 2


def test_swapped_states_of_parallel_logins(build):
    one, two = build.authorization(state=new_state()), build.authorization(state=new_state())
    a = build.walk(asked=one, answer=build.answer(one, state=two.state), id="a", purpose="parallel")
    b = build.walk(asked=two, id="b", purpose="parallel")
    seen, found = build.judge_run("parallel-states", build.run(a, b), [build.case()]).findings
    assert (seen.rule, seen.symptom) == ("redir-state-unchanged", True)
    assert (found.rule, found.symptom) == ("auth-tracks-state", False)
    assert "another login" in found.message


def test_healthy_and_half_finished_parallel_logins(build):
    one, two = build.authorization(state=new_state()), build.authorization(state=new_state())
    a, b = (build.walk(asked=asked, id=asked.state[-4:], purpose="parallel") for asked in (one, two))
    assert build.judge_run("parallel-states", build.run(a, b)).status == "passed"
    lost = build.walk(asked=two, answer=None, purpose="parallel")
    assert build.judge_run("parallel-states", build.run(a, lost)).status == "inconclusive"
    assert build.judge_run("parallel-states", build.run()).status == "not_applicable"


def parallel(build, *returned):
    """Two logins at the same time, and the states they bring back; None for their own."""
    asked = [build.authorization(state=new_state()) for _ in returned]
    answers = [
        build.answer(one, **({"state": state} if state else {})) for one, state in zip(asked, returned, strict=True)
    ]
    made = enumerate(zip(asked, answers, strict=True))
    return [build.walk(asked=one, answer=answer, id=f"p{n}", purpose="parallel") for n, (one, answer) in made]


def test_a_state_of_a_login_that_nobody_recorded_is_another_s_too(build):
    walks = parallel(build, None, new_state())
    seen, found = build.judge_run("parallel-states", build.run(*walks), [build.case()]).findings
    assert "is that of another login: the server keeps one state" in found.message
    assert {found.severity, seen.severity} == {Severity.BREAKS}
    assert found.primary.ref.startswith("p1#")


def test_a_state_that_goes_wrong_beside_another_login_alone_breaks(build):
    walks = parallel(build, "x" * 40, None)
    _, found = build.judge_run("parallel-states", build.run(*walks), [build.case()]).findings
    assert found.message.startswith("With two logins at the same time, the state was replaced by another value")
    assert found.severity is Severity.BREAKS
    asked = build.authorization()
    always = build.case(build.walk(asked=asked, answer=build.answer(asked, state="y" * 40)))
    assert build.judge_run("parallel-states", build.run(*walks), [always]).status == "passed"


def test_an_error_without_a_state_is_no_lost_state_of_a_parallel_login(build):
    asked = build.authorization(state=new_state())
    failed = build.walk(asked=asked, answer=f"{asked.redirect_uri}?error=server_error", purpose="parallel")
    assert build.judge_run("parallel-states", build.run(failed, *parallel(build, None))).status == "passed"


def test_a_special_state_that_comes_back_as_that_of_another_login_is_no_matter_of_characters(build):
    asked = build.authorization(state=new_state("special"))
    special = build.walk(asked=asked, answer=build.answer(asked, state=new_state()), id="s", purpose="special_state")
    case = build.case(build.walk(), special)
    assert build.judge("state-parameter", case).status == "passed"
    _, found = build.judge_run("parallel-states", build.run(*parallel(build, None, None)), [case]).findings
    assert (found.primary.ref.partition("#")[0], found.severity) == ("s", Severity.BREAKS)


def without_login(build, case, *left_out):
    """The outcome where no login was left for the walks ``left_out``."""
    audits = {"state-parameter": selected()["state-parameter"]}
    return judge_case(case, Options(), audits, left_out=left_out)[0]["state-parameter"]


def test_a_special_state_that_no_login_was_left_for_leaves_the_verdict_open(build):
    case = build.case(build.walk())
    outcome = without_login(build, case, LeftOut(case=case.case.id, purpose="special_state"))
    assert outcome.status == "inconclusive"
    assert "limits.logins" in outcome.missing[0]
    for other in (LeftOut(case="another-na", purpose="special_state"), LeftOut(case=case.case.id, purpose="grown")):
        assert without_login(build, case, other).status == "passed"


def test_a_special_state_that_was_tried_after_all_counts(build):
    case = build.case(build.walk(), other(build, "special_state"))
    assert without_login(build, case, LeftOut(case=case.case.id, purpose="special_state")).status == "passed"


def test_a_state_that_is_lost_is_found_whatever_was_left_out(build):
    asked = build.authorization()
    case = build.case(build.walk(asked=asked, answer=build.answer(asked, state="lost")))
    assert without_login(build, case, LeftOut(case=case.case.id, purpose="special_state")).status == "failed"


def test_the_state_of_another_login_is_told_where_no_two_were_run_at_the_same_time(build):
    asked = build.authorization(state=new_state("special"))
    special = build.walk(asked=asked, answer=build.answer(asked, state=new_state()), id="s", purpose="special_state")
    outcome = build.judge_run("parallel-states", build.run(), [build.case(build.walk(), special)])
    assert [each.rule for each in outcome.findings] == ["redir-state-unchanged", "auth-tracks-state"]
    assert build.judge_run("parallel-states", build.run(), [build.case()]).status == "not_applicable"


def test_a_state_that_stands_under_another_name_too_is_none_that_was_not_encoded(build):
    _, found = measured_with(build, "code=c&relaystate={0}&state={0:.200}!")
    assert "was altered from character 201 on" in found.message


def test_what_is_said_of_two_states_has_no_blank_at_its_end(build):
    asked = [build.authorization(state=new_state()) for _ in range(2)]
    doubled = [
        build.walk(asked=one, answer=f"{build.answer(one)}&state=own", id=f"w{n}", purpose=purpose)
        for n, (one, purpose) in enumerate(zip(asked, ("warm", "parallel"), strict=True))
    ]
    case = build.case(build.walk(), doubled[0])
    found = [
        *build.judge("state-parameter", case).findings,
        *build.judge_run("parallel-states", build.run(doubled[1]), [build.case()]).findings,
    ]
    assert len(found) == 4
    assert all(each.message == each.message.strip() for each in found)
    assert sum("beside another value" in each.message for each in found) == 4


def kept(build, answer, **more):
    """A login whose last answer redirects to ``answer``, where the browser did not go."""
    asked = build.authorization()
    steps = build.healthy_steps(asked, answer(asked))[:-1]
    steps[-1] |= more
    return build.walk(steps, asked=asked, answer=None)


def without_state(build, **more):
    return lambda asked: f"{asked.redirect_uri}?{urlencode({'code': '<code#1>', **more})}"


def test_the_state_of_an_answer_that_the_browser_was_kept_from_is_judged(build):
    cut = build.judge("state-parameter", kept(build, lambda asked: build.answer(asked, state=asked.state[:255])))
    result, way = cut.findings
    assert (result.rule, way.rule) == ("redir-state-unchanged", "auth-tracks-state")
    assert "cut off after 255" in result.message
    assert (result.primary.ref, way.primary.ref) == ("measured#5", "measured#5")
    assert "Request 5 still sent it unchanged (body), its answer (location) did not." in way.message
    missing = build.judge("state-parameter", kept(build, without_state(build)))
    assert [one.primary.ref for one in missing.findings] == ["measured#5", "measured#5"]
    assert "The state is missing." in missing.findings[1].message
    (found,) = build.judge("redirect-query", kept(build, without_state(build))).findings
    assert (found.message, found.primary.ref) == ("The redirect carries no state.", "measured#5")


ORIGIN = "https://login.example.com"


def kept_short(build, cut, *, carried=False, pkce=False):
    """What is advised where a login that was given the whole request leads on to ``cut`` of that."""
    asked = build.authorization(state=new_state(), pkce=pkce)
    anew = cut(asked.url)
    form = f"{ORIGIN}/login?{urlencode({'next': asked.url.removeprefix(ORIGIN)})}"
    led = f"{ORIGIN}/login/done?{urlencode({'next': anew})}" if carried else anew
    answer = build.answer(asked, state=state_of(anew))
    steps = [
        build.get(asked.url, location=form),
        build.get(form),
        build.post(form, {}, location=led),
        *([build.get(led, location=anew)] if carried else []),
        build.get(anew),
        build.post(anew, {}, location=answer),
        build.get(answer),
    ]
    seen, way = build.judge("state-parameter", build.walk(steps, asked=asked)).findings
    assert seen.fix == way.fix
    assert "The state was cut off after" in way.message
    return way.fix.text


@pytest.mark.parametrize("carried", [False, True])
@pytest.mark.parametrize("pkce", [False, True])
def test_a_state_that_ends_with_its_address_is_told_by_the_length_of_that(build, carried, pkce):
    fix = kept_short(build, lambda url: url.removeprefix(ORIGIN)[:255], carried=carried, pkce=pkce)
    assert "that ends after 255 characters, " in fix
    assert fix.endswith("where `/login` (request 3) makes its redirect.")
    assert ("for an address that ends after" in fix) is carried
    assert "within the state, and scope" in fix
    assert ("code_challenge" in fix) is pkce


def test_an_address_may_be_kept_with_its_host_or_without(build):
    fix = kept_short(build, lambda url: url[:255])
    assert f"ends after 255 characters, or after {255 - len(ORIGIN)} without scheme and host, where `/login`" in fix


def test_a_form_that_carries_the_cut_address_on_is_told_by_its_length(build):
    asked = build.authorization(state=new_state())
    cut = asked.url.removeprefix(ORIGIN)[:255]
    answer = build.answer(asked, state=state_of(cut))
    fields = {"state": state_of(cut), "next": cut}
    steps = [build.get(asked.url), build.post(f"{ORIGIN}/login", fields, location=answer), build.get(answer)]
    _, way = build.judge("state-parameter", build.walk(steps, asked=asked)).findings
    assert "that ends after 255 characters, between `/authorize` (request 1) and `/login` (request 2)" in way.fix.text


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(lambda url: url.replace(state_of(url), state_of(url)[:255]), id="what followed it is there"),
        pytest.param(
            lambda url: f"{ORIGIN}/consent?client_id=a&state={state_of(url)[:255]}", id="an address of its own"
        ),
        pytest.param(lambda url: f"{url.partition('?')[0]}?state={state_of(url)[:255]}", id="in another order"),
    ],
)
def test_a_state_that_was_cut_off_by_itself_is_told_by_its_own_length(build, cut):
    assert "that ends after 255 characters" in (fix := kept_short(build, cut))
    assert fix.startswith("Give what keeps the state room")


def test_where_the_state_is_the_last_of_the_request_its_own_length_is_told(build):
    sent = build.authorization(state=new_state())
    before, found, behind = sent.url.partition(f"&state={sent.state}")
    asked = sent.model_copy(update={"url": before + behind + found})
    cut = asked.url[:-100]
    answer = build.answer(asked, state=state_of(cut))
    steps = [build.get(asked.url, location=cut), build.get(cut, location=answer), build.get(answer)]
    _, way = build.judge("state-parameter", build.walk(steps, asked=asked)).findings
    assert way.fix.text.startswith("Give what keeps the state room")


def state_of(url):
    return parse_qs(url.partition("?")[2])["state"][0]


def test_the_code_of_an_answer_that_the_browser_was_kept_from_is_judged(build):
    (found,) = build.judge("redirect-query", kept(build, lambda asked: build.answer(asked, code=""))).findings
    assert found.message == "The code of the redirect is empty."
    error = kept(build, without_state(build, error="access_denied"))
    assert build.judge("redirect-query", error).findings[0].subject == "error access_denied"
    assert build.judge("state-parameter", error).status == "inconclusive"


@pytest.mark.parametrize(
    ("answer", "more"),
    [
        pytest.param(lambda build: build.answer, {}, id="as it is to be"),
        pytest.param(lambda _: lambda asked: "https://login.example.com/end?code=1", {}, id="to the login itself"),
        pytest.param(lambda _: lambda asked: "https://skills.example.org/link?code=1", {}, id="to somebody else"),
        pytest.param(without_state, {"status": 200}, id="no redirect"),
        pytest.param(without_state, {"status": None, "failure": "net::ERR_ABORTED"}, id="no answer"),
    ],
)
def test_an_answer_that_is_right_or_is_none_for_alexa_proves_nothing(build, answer, more):
    walk = kept(build, answer(build), **more)
    for audit in ("state-parameter", "redirect-query"):
        assert build.judge(audit, walk).status == "inconclusive"
