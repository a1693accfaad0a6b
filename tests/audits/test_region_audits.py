import pytest

from e2e_linker.evidence.models import Causes, DomDigest, LoginStep, NotCollected, Present, Screen, Trial
from e2e_linker.model import Confidence, Region, Severity
from e2e_linker.report.build import build_report


def probe(build, region, *, steps=None, answer="", **more):
    asked = build.authorization(region=region)
    return build.walk(steps, asked=asked, answer=answer, id=f"region-{region}", purpose="region", **more)


def refused(build, region, ending="dead_end", **answer):
    url = build.authorization(region=region).url
    return probe(build, region, steps=[build.get(url, **answer)], ending=ending)


def judge(build, *probes, cases=None):
    return build.judge_run("region-redirects", build.run(*probes), [build.case()] if cases is None else cases)


def screen(text):
    digest = DomDigest(
        url="https://login.example.com/",
        title="Error",
        lang="en",
        ready_state="complete",
        viewport_meta=None,
        text=text,
        text_length=len(text),
        controls=(),
        headings=(),
        elements=3,
        visible_elements=3,
        scroll_width=400,
        client_width=400,
        client_height=800,
    )
    missing = NotCollected(reason="no picture in this test")
    return Screen(
        n=1, at=1, label="last screen", window=0, url=digest.url, digest=Present(value=digest), picture=missing
    )


def test_all_regions_come_back_to_themselves(build):
    assert judge(build, probe(build, "EU"), probe(build, "FE")).status == "passed"


def test_cases_of_other_regions_count_like_probes(build):
    cases = [build.case(build.walk(asked=build.authorization(region=region))) for region in ("NA", "EU", "FE")]
    assert judge(build, cases=cases).status == "passed"
    outcome = judge(build, cases=[*cases[:2], build.case(refused(build, "FE", status=400, excerpt="bad redirect_uri"))])
    assert [found.subject for found in outcome.findings] == ["FE"]
    assert outcome.findings[0].primary.case == "phone-fe"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 400, "excerpt": "Invalid parameter: redirect_uri"},
        {"status": 403, "excerpt": ""},
        {"status": 200, "excerpt": "", "screen": "The redirect URI in the request does not match"},
    ],
)
def test_one_region_is_refused(build, answer):
    shown = answer.pop("screen", None)
    walk = refused(build, "FE", **answer)
    if shown:
        walk = walk.model_copy(update={"screens": Present(value=(screen(shown),))})
    (found,) = judge(build, probe(build, "EU"), walk).findings
    assert found.rule == "auth-accepts-all-region-redirect-uris"
    assert found.subject == "FE"
    assert found.severity is Severity.BREAKS
    assert "EU and NA are accepted" in found.message
    assert found.fix.paste == "https://alexa.amazon.co.jp/api/skill/link/M2AAAAAAAAAAAA"


@pytest.mark.parametrize(
    ("excerpt", "shown", "quoted"),
    [
        ("<h1>Sorry</h1><p>Invalid parameter: redirect_uri</p>", "", "Invalid parameter: redirect_uri"),
        ("", "We are sorry\nThe redirect URI does not match", "“The redirect URI does not match”"),
        ("<p>Sorry</p><p>Wrong redirect\nURI.</p>", "", "“Wrong redirect URI.”"),
        ("", f"Sorry {'x ' * 200}the redirect URI does not match {'y ' * 200}", "the redirect URI does not match"),
    ],
)
def test_a_refusal_is_told_in_the_words_of_the_page(build, excerpt, shown, quoted):
    walk = refused(build, "FE", ending="login_not_found", status=400, excerpt=excerpt)
    walk = walk.model_copy(update={"screens": Present(value=(screen(shown),))})
    (found,) = judge(build, probe(build, "EU"), walk).findings
    assert found.message.startswith(
        "With the redirect URI of region FE the server shows an error about it (status 400), “"
    )
    assert quoted in found.message
    assert walk.ending.message not in found.message
    assert len(found.message) < 320


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Unauthorized URL\nGo to portal\nService provided by free software.", "“Unauthorized URL”"),
        ("Access to your home\nError: Invalid redirect URI\nStart over\nHelp", "“Error: Invalid redirect URI”"),
    ],
)
def test_a_line_that_refuses_the_redirect_uri_counts_beside_a_way_out(build, pieces, text, quoted):
    def shows(region, text):
        way_out = pieces.digest(text=text, headings=(), controls=(pieces.control("button", "Go to portal"),))
        walk = refused(build, region, ending="login_not_found", excerpt="")
        return walk.model_copy(update={"screens": Present(value=(pieces.screen(1, 0.3, way_out),))})

    (found,) = judge(build, probe(build, "EU"), shows("FE", text)).findings
    assert found.subject == "FE"
    assert quoted in found.message
    for healthy in (
        "Allow Alexa to read your redirect URIs?",
        "Is your redirect URI invalid?",
        "Invalid password",
        "Unauthorized URLs are blocked",
    ):
        assert judge(build, probe(build, "EU"), shows("FE", healthy)).status == "inconclusive"


def test_the_description_of_an_error_is_quoted_in_place_of_its_code(build):
    page = (
        "<h1>oops!</h1><p><strong>error</strong>: invalid_redirect_uri</p>"
        "<p><strong>error_description</strong>: redirect_uri did not match any of the client's</p>"
    )
    (found,) = judge(build, probe(build, "EU"), refused(build, "FE", status=400, excerpt=page)).findings
    assert "“redirect_uri did not match any of the client's”" in found.message
    asked = f"{page[:70]}\nredirect_uri: https://layla.amazon.com/x"
    code = "invalid_redirect_uri"
    for bare, quoted in ((page[:70], code), (asked, code), (f"{code}\n" * 2_000, code)):
        (found,) = judge(build, probe(build, "EU"), refused(build, "FE", status=400, excerpt=bare)).findings
        assert f"“{quoted}”" in found.message


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (429, (), "inconclusive"),
        (429, (("retry-after", "60"),), "inconclusive"),
        (503, (("Retry-After", "60"),), "inconclusive"),
        (503, (), "inconclusive"),
        (403, (("Retry-After", "60"),), "failed"),
    ],
)
def test_a_server_that_had_enough_of_requests_refuses_no_region(build, status, headers, outcome):
    walk = refused(build, "FE", status=status, excerpt="Too Many Requests: redirect_uri", response_headers=headers)
    walk = walk.model_copy(update={"screens": Present(value=(screen("Error: invalid redirect_uri"),))})
    judged = judge(build, probe(build, "EU"), walk)
    assert judged.status == outcome
    if outcome == "inconclusive":
        often = f"FE: the server answered with status {status}, that it is asked too often"
        failed = f"FE: the server failed with status {status}, which need not be about the redirect URI"
        assert (often if status == 429 or headers else failed) in judged.missing[0]


def test_a_region_that_is_refused_is_told_whatever_a_busy_server_says_of_another(build):
    busy = refused(build, "FE", status=429, excerpt="Too Many Requests")
    (found,) = judge(build, refused(build, "EU", status=403, excerpt=""), busy).findings
    assert found.subject == "EU"


def test_a_server_that_always_answers_to_one_region(build):
    asked = build.authorization(region="EU")
    stubborn = probe(build, "EU", answer=f"{build.redirect_uri('NA')}?code=c&state={asked.state}")
    found = judge(build, stubborn).findings
    assert [(each.rule, each.symptom) for each in found] == [
        ("auth-accepts-all-region-redirect-uris", True),
        ("redir-exact-uri-from-request", False),
    ]


def test_a_region_that_goes_astray_is_told_with_the_case_whose_walk_shows_it(build):
    walks = [build.walk()]
    for region in ("EU", "FE"):
        asked = build.authorization(region=region, state=f"A2SAAEAE-of-{region}-" + "Zx81kq" * 40)
        to = build.redirect_uri("NA" if region == "EU" else "FE")
        given = {"id": f"region-{region}", "purpose": "region"}
        walks.append(build.walk(asked=asked, answer=f"{to}?code=<code#{region}>&state={asked.state}", **given))
    case = build.case(*walks)
    (astray,) = judge(build, cases=[case]).findings
    assert (astray.subject, astray.symptom, astray.shown_by) == ("EU", True, ("phone-na",))
    assert astray.fix.text.startswith("Redirect to the redirect_uri of the request, and to no fixed one.")
    (cause,) = build.judge("redirect-uri", case).findings
    assert "the host of region NA instead of EU" in cause.message


def test_a_fixed_region_is_told_of_the_cases_that_asked_for_another_themselves(build):
    def went_to_na(region, purpose="measured"):
        asked = build.authorization(region=region, state=f"A2SAAEAE-{purpose}-{region}-" + "Zx81kq" * 40)
        given = {"id": purpose if purpose == "measured" else f"region-{region}", "purpose": purpose}
        return build.walk(asked=asked, answer=f"{build.redirect_uri('NA')}?code=<code#1>&state={asked.state}", **given)

    eu = build.case(went_to_na("EU"), went_to_na("FE", "region"))
    cases = [build.case(went_to_na("NA")), eu, build.case(went_to_na("FE"))]
    assert [(one.subject, one.shown_by) for one in judge(build, cases=cases).findings] == [
        ("EU", ("phone-eu",)),
        ("FE", ("phone-fe",)),
    ]
    assert [found.subject for found in build.judge("redirect-uri", eu).findings] == ["redirect_uri EU"]
    (told,) = judge(build, cases=[build.case(went_to_na("NA"), went_to_na("FE", "region"))]).findings
    assert told.shown_by == ("phone-na",)


def test_a_region_that_is_refused_by_a_probe_is_shown_by_no_case(build):
    asked = build.authorization(region="EU")
    turned_down = build.walk(
        [build.get(asked.url, status=400, excerpt="Invalid parameter: redirect_uri")],
        asked=asked,
        answer=None,
        id="region-EU",
        purpose="region",
    )
    (found,) = judge(build, cases=[build.case(build.walk(), turned_down)]).findings
    assert (found.symptom, found.shown_by) == (False, ())
    assert found.fix.text.startswith("Register all redirect URLs")


def test_an_answer_to_an_earlier_request_of_the_browser_says_nothing_of_the_region(build):
    case = build.case()
    (measured,) = case.walks
    asked = build.authorization(region="EU", state="of-EU-" + "Zx81kq" * 40)

    def answered(state):
        answer = f"{measured.authorization.redirect_uri}?code=Kq7wZ2&state={state}"
        return build.walk(asked=asked, answer=answer, id="region-EU", purpose="region")

    again, other = answered(measured.authorization.state), answered("unknown")
    outcome = judge(build, again, probe(build, "FE"), cases=[case])
    assert outcome.status == "inconclusive"
    assert outcome.missing == ("EU: the answer was one to an earlier request of the same browser",)
    assert build.judge("redirect-uri", build.case(measured, again)).status == "passed"
    for own in (other, answered(asked.state)):
        assert [found.subject for found in judge(build, own, cases=[case]).findings] == ["EU", "redirect_uri EU"]
        assert build.judge("redirect-uri", build.case(measured, own)).status == "failed"


def test_a_wrong_path_is_no_matter_of_regions(build):
    def slashed(region):
        asked = build.authorization(region=region)
        return build.walk(asked=asked, answer=build.answer(asked).replace("?", "/?"), id=region, purpose="region")

    measured = slashed("NA").model_copy(update={"purpose": "measured"})
    assert judge(build, cases=[build.case(measured, slashed("EU"), slashed("FE"))]).status == "passed"
    outcome = judge(build, slashed("EU"), probe(build, "FE"))
    assert [each.rule for each in outcome.findings] == ["redir-exact-uri-from-request"]
    alike = [slashed(region) for region in ("EU", "FE")]
    (found,) = judge(build, *alike).findings
    assert found.primary.ref.startswith("EU#")
    assert judge(build, *alike, cases=[build.case(measured)]).status == "passed"
    (found,) = build.judge("redirect-uri", build.case(measured, *alike)).findings
    assert found.subject == "redirect_uri NA"


def test_what_fails_everywhere_is_no_matter_of_regions(build):
    down = build.case(build.walk(answer=None))
    assert judge(build, probe(build, "EU", answer=None), cases=[down]).status == "inconclusive"


def test_a_region_whose_login_was_not_finished_is_inconclusive(build):
    assert judge(build, probe(build, "EU", answer=None, ending="timeout")).status == "inconclusive"
    assert judge(build, probe(build, "EU", answer=None, ending="captcha")).status == "inconclusive"


def test_one_region_alone_says_nothing(build):
    assert judge(build).status == "not_applicable"
    down = build.case(refused(build, "NA", status=500, excerpt="Internal Server Error"))
    assert judge(build, cases=[down]).status == "not_applicable"


def test_the_only_region_is_refused_in_the_server_s_own_words(build):
    walk = refused(build, "NA", status=400, excerpt="Error: invalid_redirect_uri")
    case = build.case(walk.model_copy(update={"purpose": "measured"}))
    run = build.run(skill=skill(build, "alexa-skill", "NA", "EU", "FE"))
    (found,) = build.judge_run("region-redirects", run, [case]).findings
    assert (found.subject, found.severity, found.shown_by) == ("NA", Severity.BREAKS, (case.case.id,))
    assert "accepted" not in found.message
    assert found.fix.paste.splitlines() == [build.redirect_uri(region) for region in ("NA", "EU", "FE")]


@pytest.mark.parametrize(
    ("status", "excerpt"),
    [
        (404, "Not found. Request URL: https://login.example.com/consent?redirect_uri=https://pitangui.amazon.com/"),
        (404, "Not found: /consent?redirect_uri%3Dhttps"),
        (500, "TypeError at /authorize. GET: redirect_uri 'https://pitangui.amazon.com/api/skill/link/M2'"),
    ],
)
def test_a_page_that_repeats_what_it_was_asked_blames_nothing(build, status, excerpt):
    walk = refused(build, "NA", status=status, excerpt=excerpt)
    walk = walk.model_copy(update={"screens": Present(value=(screen(excerpt),)), "purpose": "measured"})
    assert judge(build, cases=[build.case(walk)]).status == "not_applicable"


@pytest.mark.parametrize("ending", ["dead_end", "timeout", "captcha", "login_blocked", "interrupted"])
@pytest.mark.parametrize("kind", ["button", "field"])
def test_a_page_that_only_names_the_redirect_url_refuses_nothing(build, pieces, ending, kind):
    walk = refused(build, "NA", status=200, excerpt="", ending=ending)
    shown = screen("Alexa asks for access. Redirect URL: https://pitangui.amazon.com/. Invalid entries are ignored.")
    digest = shown.digest.value.model_copy(update={"controls": (pieces.control(kind=kind, label="Allow"),)})
    shown = shown.model_copy(update={"digest": Present(value=digest)})
    walk = walk.model_copy(update={"screens": Present(value=(shown,)), "purpose": "measured"})
    assert judge(build, cases=[build.case(walk)]).status == "not_applicable"


def test_a_bare_error_code_counts_only_beside_a_region_that_is_accepted(build):
    walk = refused(build, "FE", status=200, excerpt="")
    walk = walk.model_copy(update={"screens": Present(value=(screen("invalid_request"),))})
    (found,) = judge(build, probe(build, "EU"), walk).findings
    assert (found.subject, "shows “invalid_request”" in found.message) == ("FE", True)
    assert judge(build, cases=[build.case(walk)]).status == "not_applicable"


def test_a_failing_device_does_not_make_its_region_refused(build):
    eu = build.authorization(region="EU")
    broken = build.case(build.walk([build.get(eu.url, status=500)], asked=eu), facts={"id": "tablet-eu"})
    assert judge(build, cases=[build.case(), build.case(build.walk(asked=eu)), broken]).status == "passed"


def skill(build, client_id, *regions):
    uris = {region: build.redirect_uri(region) for region in regions}
    return build.skill(client_id=client_id, regions=tuple(Region(r) for r in regions), redirect_uris=uris)


@pytest.mark.parametrize(
    ("client_id", "regions", "wrong"),
    [
        ("alexa-skill", ("NA", "EU"), None),
        ("https://skill.example.com/", ("NA", "EU"), None),
        ("https://pitangui.amazon.com/", ("NA",), []),
        ("https://pitangui.amazon.com/", ("NA", "EU", "FE"), ["EU", "FE"]),
        ("http://pitangui.amazon.com/", ("NA",), ["NA"]),
        ("https://[nonsense", ("NA",), None),
    ],
)
def test_a_client_id_that_is_an_alexa_address(build, client_id, regions, wrong):
    outcome = build.judge_run("client-id", build.run(skill=skill(build, client_id, *regions)))
    if wrong is None:
        assert outcome.status == "not_applicable"
    else:
        assert [found.subject for found in getattr(outcome, "findings", ())] == wrong


def test_a_region_that_was_linked_proves_that_the_server_does_not_compare(build):
    run = build.run(skill=skill(build, "https://pitangui.amazon.com/", "NA", "EU"))
    linked = build.case(build.walk(asked=build.authorization(region="EU")))
    assert build.judge_run("client-id", run, [linked]).status == "passed"


def test_a_client_id_of_another_region_names_the_cases_of_its_region(build):
    run = build.run(skill=skill(build, "https://pitangui.amazon.com/", "NA", "EU", "FE"))
    eu = build.authorization(region="EU")
    broken = build.case(build.walk([build.get(eu.url, status=500)], asked=eu, answer=None), facts={"id": "phone-eu"})
    untold = build.case(build.walk(asked=eu, answer=None, ending="login_rejected"), facts={"id": "tablet-eu"})
    found = build.judge_run("client-id", run, [build.case(), broken, untold]).findings
    assert [(one.subject, one.shown_by) for one in found] == [("EU", ("phone-eu",)), ("FE", ())]


ALL = ("NA", "EU", "FE")


def for_one_region(build, client_id="https://pitangui.amazon.com/", *, tested=("NA",)):
    uris = {region: build.redirect_uri(region) for region in ALL}
    return build.run(skill=build.skill(client_id=client_id, regions=tested, redirect_uris=uris))


def test_regions_that_are_not_tested_are_one_piece_of_advice(build):
    run = for_one_region(build)
    (found,) = build.judge_run("client-id", run, [build.case()]).findings
    assert (found.severity, found.confidence) == (Severity.RECOMMENDED, Confidence.LIKELY)
    assert "the redirect URIs of EU and FE, where the skill is not tested" in found.message
    assert "for NA alone, nothing is wrong" in found.fix.text
    assert "linker.redirectUrls" in found.fix.text
    assert found.fix.paste is None
    assert found.shown_by == ()


@pytest.mark.parametrize(
    ("tested", "client_id", "wrong", "home"),
    [
        (("NA", "EU"), "https://pitangui.amazon.com/", ["EU"], False),
        (("NA",), "https://layla.amazon.com/", ["NA"], True),
        (("EU",), "https://layla.amazon.com/", [], False),
        (("NA",), "https://skills-store.amazon.com/", ["NA"], False),
    ],
)
def test_regions_that_are_tested_break(build, tested, client_id, wrong, home):
    found = build.judge_run("client-id", for_one_region(build, client_id, tested=tested)).findings
    broken = [one for one in found if one.severity is Severity.BREAKS]
    assert [one.subject for one in broken] == wrong
    assert all(one.confidence is Confidence.LIKELY for one in broken)
    assert [one.fix.text.startswith("If the skill is for EU alone, set linker.regions") for one in broken] == [
        home
    ] * len(wrong)


def test_a_region_that_a_case_links_from_is_tested(build):
    eu = build.authorization(region="EU")
    stopped = build.case(build.walk([build.get(eu.url, status=500)], asked=eu, answer=None))
    (found,) = build.judge_run("client-id", for_one_region(build), [build.case(), stopped]).findings
    assert (found.subject, found.severity) == ("EU", Severity.BREAKS)


@pytest.mark.parametrize(("answered_to", "findings"), [("EU", 0), ("NA", 1)])
def test_a_region_that_was_only_probed_proves_it_as_well(build, answered_to, findings):
    case = build.case()
    state = case.walks[0].authorization.state
    asked = build.authorization(region="EU")
    answer = f"{build.redirect_uri(answered_to)}?code=Kq7wZ2&state={asked.state if answered_to == 'EU' else state}"
    run = build.run(probe(build, "EU", answer=answer), skill=for_one_region(build).skill)
    assert len(getattr(build.judge_run("client-id", run, [case]), "findings", ())) == findings


def test_the_words_of_a_server_that_compares_make_it_certain(build):
    run = for_one_region(build, tested=ALL)
    eu, fe = (build.authorization(region=region) for region in ("EU", "FE"))
    refusal = build.walk([build.get(eu.url)], asked=eu, answer=None, ending="dead_end")
    refusal = refusal.model_copy(update={"screens": Present(value=(screen("Error: Invalid redirect URI"),))})
    other = build.walk([build.get(fe.url)], asked=fe, answer=None, ending="login_rejected")
    found = build.judge_run("client-id", run, [build.case(), build.case(refusal), build.case(other)]).findings
    assert [(one.subject, one.confidence) for one in found] == [("EU", "certain"), ("FE", "likely")]
    assert "refuses customers of EU: this one says “Error Error: Invalid redirect URI”." in found[0].message


@pytest.mark.parametrize(("client_id", "follows"), [("https://pitangui.amazon.com/", True), ("alexa-skill", False)])
def test_a_region_that_is_refused_for_the_client_id_follows_from_that(build, client_id, follows):
    asked = build.authorization(region="EU", client_id=client_id)
    steps = [build.get(asked.url, status=400, excerpt="<p>Invalid redirect URI</p>")]
    (found,) = judge(build, cases=[build.case(build.walk(steps, asked=asked, answer=None, ending="dead_end"))]).findings
    assert found.symptom is follows


def test_a_form_that_carries_the_redirect_uri_on_does_not_speak_of_it(build):
    form = '<h1>Busy</h1><form method=post><INPUT type="hidden" name="redirect_uri" value="https://a.example/b"></form>'
    busy = {"status": 403, "excerpt": form}
    (found,) = judge(build, refused(build, "EU", **busy)).findings
    assert "the login ends with status 403" in found.message
    assert found.confidence is Confidence.LIKELY
    cases = [build.case(refused(build, "NA", **busy))]
    assert judge(build, cases=cases).status == "not_applicable"


def came_back(build, again, *, refused="The redirect_uri parameter is missing or invalid", login="/login", **more):
    """A login that leads to ``again`` of the authorization endpoint, where the server refuses it."""
    asked = build.authorization()
    form = f"{build.login}{login}"
    steps = [
        build.get(asked.url, location=form),
        build.get(form),
        build.post(form, {}, location=again, cookie="s=1"),
        build.get(again, status=400, excerpt=f"<p>{refused}</p>", cookie="s=1"),
        *more.pop("then", ()),
    ]
    return build.walk(steps, asked=asked, answer=None, ending="dead_end", **more)


CLIENT = "client_id=alexa-skill"


@pytest.mark.parametrize(
    ("query", "refused", "told"),
    [
        pytest.param(f"?{CLIENT}", "Invalid redirect_uri", False, id="cut at its first ampersand"),
        pytest.param("", "The redirect_uri parameter is missing or invalid", False, id="without its query"),
        pytest.param("", "redirect_uri is not registered", True, id="as a session may hold it"),
        pytest.param(f"?{CLIENT}&request_uri=urn:x", "Invalid redirect_uri", True, id="as the server may hold it"),
        pytest.param(f"?{CLIENT}&state=other", "Invalid redirect_uri", True, id="with a state of its own"),
        pytest.param(None, "Invalid redirect_uri", True, id="whole"),
    ],
)
def test_a_request_that_came_without_the_redirect_uri_says_nothing_of_it(build, query, refused, told):
    again = build.authorization().url if query is None else f"{build.login}/authorize{query}"
    case = build.case(came_back(build, again, refused=refused))
    assert judge(build, cases=[case]).status == ("failed" if told else "not_applicable")
    eu = build.case(build.walk(asked=build.authorization(region="EU")))
    assert judge(build, cases=[case, eu]).status == ("failed" if told else "inconclusive")


def test_a_redirect_uri_that_was_refused_before_the_request_was_cut_is_told(build):
    asked, again = build.authorization(), f"{build.login}/authorize?{CLIENT}"
    steps = [
        build.get(asked.url, location=f"{build.login}/check"),
        build.get(f"{build.login}/check", status=400, excerpt="<p>The redirect URI is not registered</p>"),
        build.get(again, status=400, excerpt="<p>Invalid redirect_uri</p>"),
    ]
    (found,) = judge(build, cases=[build.case(build.walk(steps, asked=asked, answer=None, ending="dead_end"))]).findings
    assert "“The redirect URI is not registered”" in found.message


@pytest.mark.parametrize(("cookie", "told"), [(None, False), ("s=1", True)])
def test_a_redirect_that_loses_the_query_has_lost_the_redirect_uri(build, cookie, told):
    asked, to = build.authorization(), f"{build.login}/authorize/"
    steps = [
        build.get(asked.url, location=to, status=301, cookie=cookie),
        build.get(to, status=400, excerpt="<p>Invalid redirect_uri</p>", cookie=cookie),
    ]
    walk = build.walk(steps, asked=asked, answer=None, ending="login_not_found")
    assert judge(build, cases=[build.case(walk)]).status == ("failed" if told else "not_applicable")


OWN = "https://login.example.com/authorize"
ALEXA = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"


@pytest.mark.parametrize(
    ("query", "said", "told"),
    [
        (f"redirectUrl={OWN}", "The 'redirectUrl' parameter is not a trusted origin.", False),
        (f"ReturnUrl={OWN}", "The return URL is invalid", False),
        (f"ReturnUrl=/authorize&redirect_uri={ALEXA}", "Invalid ReturnUrl", False),
        (f"post_login_redirect_uri={OWN}", "post_login_redirect_uri is not allowed", False),
        (f"redirectUrl={OWN}", "Invalid redirect_uri. See redirectUrl.", True),
        (f"redirect_uri={OWN}", "Invalid redirect_uri", True),
        (f"redirectUrl={OWN}&redirect_uri={ALEXA}", "Invalid redirect URL", True),
        (f"redirectUrl={ALEXA}", "The 'redirectUrl' parameter is not a trusted origin.", True),
        ("redirectUrl=home", "The 'redirectUrl' parameter is not a trusted origin.", True),
        ("", "The 'redirectUrl' parameter is not a trusted origin.", True),
    ],
)
@pytest.mark.parametrize("shown", [False, True])
def test_an_address_of_the_server_s_own_that_it_refuses_is_not_alexa_s(build, query, said, told, shown):
    asked = build.authorization()
    steps = [build.get(asked.url), build.get(f"{build.login}/continue?{query}", status=400, excerpt=f"<p>{said}</p>")]
    walk = build.walk(steps, asked=asked, answer=None, ending="dead_end")
    if shown:
        look = screen(f"400 Your request resulted in an error. {said}").model_copy(update={"at": 1})
        walk = walk.model_copy(update={"screens": Present(value=(look,))})
    assert judge(build, cases=[build.case(walk)]).status == ("failed" if told else "not_applicable")
    (page,) = build.judge("error-page", walk).findings
    assert ("refuses an address of its own" in page.fix.text) is not told


@pytest.mark.parametrize(
    ("error", "text"),
    [("redirect_mismatch&client_id=a", "Something is wrong"), ("e7", "An error was encountered. redirect_mismatch")],
)
def test_a_redirect_mismatch_is_one_of_the_redirect_uri(build, error, text):
    asked, page = build.authorization(), f"{build.login}/error?error={error}"
    steps = [build.get(asked.url, location=page), build.get(page, status=400, excerpt=f"<p>{text}</p>")]
    walk = build.walk(steps, asked=asked, answer=None, ending="login_not_found")
    (found,) = judge(build, cases=[build.case(walk)]).findings
    assert "redirect_mismatch" in found.message


TYPED = LoginStep(at=0.25, action="fill", target="#pass", what="password", outcome="done")


def answered(build, said, *, purpose="measured", region="NA", login=(TYPED,), **more):
    asked = build.authorization(region=region)
    answer = f"{asked.redirect_uri}?{said}&state={asked.state}"
    return build.walk(asked=asked, answer=answer, id=f"{purpose}-{region}", purpose=purpose, login=login, **more)


@pytest.mark.parametrize("error", ["server_error", "unauthorized_client", "access_denied"])
def test_a_redirect_uri_that_was_linked_with_later_is_registered(build, error):
    first = answered(build, f"error={error}")
    again, eu = (
        answered(build, "code=c", purpose=p, region=r, login=()) for p, r in (("warm", "NA"), ("region", "EU"))
    )
    assert judge(build, cases=[build.case(first, again, eu)]).status == "passed"
    other = answered(build, f"error={error}", purpose="warm", login=())
    (found,) = judge(build, cases=[build.case(first, other, eu)]).findings
    assert f"the server answers “{error}”, while EU is accepted" in found.message


def test_a_login_that_fails_is_not_compared_with_links_that_need_none(build):
    first = answered(build, "error=server_error")
    eu = answered(build, "code=c", purpose="region", region="EU", login=())
    outcome = judge(build, cases=[build.case(first, eu)])
    assert outcome.status == "inconclusive"
    assert outcome.missing == ("NA: the server answered “server_error”",)
    for refused_one, accepted in (
        (first, eu.model_copy(update={"login": Present(value=(TYPED,))})),
        (first.model_copy(update={"login": Present(value=())}), eu),
        (answered(build, "error=invalid_request&error_description=Unknown+redirect_uri"), eu),
    ):
        assert [one.subject for one in judge(build, cases=[build.case(refused_one, accepted)]).findings] == ["NA"]


def test_an_error_page_after_a_login_is_not_compared_with_links_that_need_none(build):
    asked = build.authorization()
    steps = [*build.healthy_steps(asked, None)[:3], build.get(f"{build.login}/consent", status=500)]
    first = build.walk(steps, asked=asked, answer=None, ending="dead_end", login=(TYPED,))
    eu = answered(build, "code=c", purpose="region", region="EU", login=())
    assert judge(build, cases=[build.case(first, eu)]).status == "inconclusive"


def test_a_second_link_that_brings_an_error_is_no_matter_of_the_regions_after_it(build):
    again = answered(build, "error=server_error", purpose="warm", login=())
    eu = answered(build, "error=server_error", purpose="region", region="EU", login=())
    assert judge(build, cases=[build.case(build.walk(), again, eu)]).status == "not_applicable"
    (found,) = judge(build, cases=[build.case(build.walk(), eu)]).findings
    assert found.subject == "EU"


@pytest.mark.parametrize(
    ("query", "said", "told"),
    [
        (f"?{CLIENT}", "error=unsupported_response_type", False),
        (f"?{CLIENT}", "error=invalid_request&error_description=redirect_uri+is+not+registered", True),
        (None, "error=unsupported_response_type", True),
    ],
)
def test_an_error_for_a_request_that_came_without_the_redirect_uri_says_nothing_of_it(build, query, said, told):
    asked = build.authorization()
    anew = asked.url if query is None else f"{build.login}/authorize{query}"
    answer = f"{asked.redirect_uri}?{said}"
    steps = [
        build.get(asked.url, location=f"{build.login}/login"),
        build.get(f"{build.login}/login"),
        build.post(f"{build.login}/login", {}, location=anew, cookie="s=1"),
        build.get(anew, location=answer, cookie="s=1"),
        build.get(answer),
    ]
    eu = answered(build, "code=c", region="EU")
    outcome = judge(build, cases=[build.case(build.walk(steps, asked=asked, login=(TYPED,))), build.case(eu)])
    assert outcome.status == ("failed" if told else "inconclusive")


def failed(build, region, n=1, *, purpose="region", **more):
    asked = build.authorization(region=region)
    steps = [build.get(asked.url, status=500, excerpt="Internal Server Error")]
    name = "measured" if purpose == "measured" else f"{purpose}-{region}-{n}"
    return build.walk(steps, asked=asked, answer=None, ending="login_not_found", id=name, purpose=purpose, **more)


def test_a_server_that_fails_now_and_then_refuses_no_region(build):
    case, eu = build.case(), probe(build, "EU")
    once = judge(build, eu, failed(build, "FE"), cases=[case])
    assert once.missing == ("FE: the server failed with status 500, which need not be about the redirect URI",)
    twice = [failed(build, "FE", n) for n in (1, 2)]
    (found,) = judge(build, eu, *twice, cases=[case]).findings
    assert "With the redirect URI of region FE the login ends with status 500, while EU and NA" in found.message
    assert judge(build, eu, *twice, probe(build, "FE"), cases=[case]).status == "passed"
    for elsewhere in (failed(build, "EU"), failed(build, "NA", purpose="parallel")):
        assert judge(build, eu, *twice, elsewhere, cases=[case]).status == "inconclusive"


@pytest.mark.parametrize(
    ("trials", "status"),
    [((), "inconclusive"), (("login_not_found",), "failed"), (("login_not_found", "stopped"), "inconclusive")],
)
def test_a_region_whose_own_case_fails_again_with_nothing_changed_is_refused(build, trials, status):
    made = [
        Trial(n=n, factor="nothing", changed="nothing", until="login_form", ending=ending, duration_s=1.0)
        for n, ending in enumerate(trials, 1)
    ]
    eu = build.case(failed(build, "EU", purpose="measured"), causes=Present(value=Causes(trials=tuple(made))))
    assert judge(build, cases=[build.case(), eu]).status == status


@pytest.mark.parametrize(("attempts", "told"), [(1, False), (2, True)])
def test_a_region_that_fails_again_when_its_case_is_retried_is_refused(build, attempts, told):
    eu = [build.case(failed(build, "EU", purpose="measured"), attempt=n, reason="retry") for n in (1, 2)]
    report = build_report(build.run(), [build.case(), *eu[:attempts]])
    assert ("auth-accepts-all-region-redirect-uris" in {found.rule for found in report.findings}) is told


def test_a_second_link_that_failed_once_does_not_keep_the_regions_from_being_judged(build):
    again = answered(build, "code=c", purpose="warm", login=())
    refusal = build.walk(
        [build.get(build.authorization(region="EU").url, status=403)],
        asked=build.authorization(region="EU"),
        answer=None,
        id="region-EU",
        purpose="region",
    )
    walks = [build.walk(), failed(build, "NA", purpose="warm"), again, refusal]
    (found,) = judge(build, cases=[build.case(*walks)]).findings
    assert found.subject == "EU"
    assert judge(build, cases=[build.case(*walks[:2], refusal)]).status == "not_applicable"


ELSEWHERE = "https://accounts.google.com/auth?client_id=shop.apps&redirect_uri="


@pytest.mark.parametrize(
    ("query", "told"),
    [
        pytest.param("https://login.example.com/callback", False, id="of the server itself"),
        pytest.param(ALEXA, True, id="of Alexa"),
        pytest.param("callback", True, id="no address"),
    ],
)
def test_a_redirect_uri_that_another_server_refuses_is_that_of_the_request_made_there(build, query, told):
    asked = build.authorization()
    steps = [
        build.get(asked.url, location=f"{ELSEWHERE}{query}"),
        build.get(f"{ELSEWHERE}{query}", status=400, excerpt="<p>Error 400: redirect_uri_mismatch</p>"),
    ]
    case = build.case(build.walk(steps, asked=asked, answer=None, ending="login_not_found"))
    assert judge(build, cases=[case]).status == ("failed" if told else "not_applicable")
    eu = build.case(build.walk(asked=build.authorization(region="EU")))
    assert judge(build, cases=[case, eu]).status == ("failed" if told else "inconclusive")
    (page,) = build.judge("error-page", case).findings
    own = "register `https://login.example.com/callback` there, letter by letter, as a redirect URI of the client `shop"
    assert (own in page.fix.text) is not told


def test_what_the_server_itself_refuses_after_a_login_elsewhere_is_alexa_s_request(build):
    asked, back = build.authorization(), f"{build.login}/callback?code=<other#1>"
    address = f"{ELSEWHERE}{build.login}/callback"
    steps = [
        build.get(asked.url, location=address),
        build.get(address, location=back),
        build.get(back, location=f"{build.login}/end"),
        build.get(f"{build.login}/end", status=400, excerpt="<p>Invalid redirect_uri</p>"),
    ]
    walk = build.walk(steps, asked=asked, answer=None, ending="dead_end")
    assert judge(build, cases=[build.case(walk)]).status == "failed"
