import time
from urllib.parse import urlencode

import pytest

from e2e_linker.evidence.models import Arrival, Ending, LoginStep, NotCollected, Param
from e2e_linker.model import Fault, Severity

URI = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"
SPA = "https://pitangui.amazon.com/spa/skill/account-linking-status.html?vendorId=M2AAAAAAAAAAAA"
S = "{state}"

CODE = [
    (f"{URI}?code=<code#1>&state={S}", []),
    (f"{URI}?state={S}&code=<code#1>&session_state=abc&iss=https%3A%2F%2Fa.example", []),
    (f"{URI}?code=<code#1>&state={S}#_=_", []),
    (f"{URI}?state={S}", ["code"]),
    (f"{URI}?code=&state={S}", ["code"]),
    (f"{URI}?code=<code#1>&code=<code#1>&state={S}", ["code twice"]),
    (f"{URI}?code=<code#1>&state={S}&state={S}", ["state twice"]),
    (f"{URI}#code=<code#1>&state={S}", ["place fragment"]),
    (f"{URI}&state={S}&code=<code#1>", ["place path"]),
    (f"{URI}?code=<code#1>&state={S}&access_token=<access_token#1>", ["access_token"]),
    (f"{URI}#access_token=<access_token#1>&state={S}", ["code"]),
    (f"{URI}?access_token=<access_token#1>&state={S}", ["code"]),
    (f"{URI}?error=server_error&state={S}", ["error server_error"]),
    (URI, ["code", "state"]),
    (f"{URI}?code=<code#1>", ["state"]),
    (f"{URI}?code=<code#1>&state=", ["state"]),
    (f"{URI}?code=<code#1>#state={S}", ["state"]),
    (f"{URI}??code=<code#1>&state={S}", ["code"]),
    (f"{URI}?code=<code#1>&next=https%3A%2F%2Fa.example%2F%3Fstate%3D{S}", ["state"]),
    (f"{URI}#code=<code#1>", ["place fragment", "state"]),
]


@pytest.mark.parametrize(("url", "subjects"), CODE)
def test_code_and_state_stand_in_the_query(build, url, subjects):
    asked = build.authorization()
    outcome = build.judge("redirect-query", build.walk(asked=asked, answer=url.format(state=asked.state)))
    assert [found.subject for found in getattr(outcome, "findings", ())] == subjects
    assert outcome.status == ("failed" if subjects else "passed")


@pytest.mark.parametrize(
    ("joint", "named", "advice"),
    [
        ("?", "by `?`", "a `?` within"),
        (";", "by `;`", "a `;` is part"),
        ("%26", "by `&` spelt as `%26`", "for itself"),
        ("%23", "by `#` spelt as `%23`", "percent-encoded is part"),
    ],
)
def test_a_state_that_was_joined_to_the_code_is_no_lost_one(build, joint, named, advice):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{URI}?code=<code#1>{joint}state={asked.state}")
    (found,) = build.judge("redirect-query", walk).findings
    assert (found.subject, found.symptom, found.severity) == ("state", False, Severity.BREAKS)
    assert f"joined to `code` {named}" in found.message
    assert advice in found.fix.text
    others = build.judge("state-parameter", walk).findings
    assert [(other.rule, other.symptom) for other in others] == [
        ("redir-state-unchanged", True),
        ("auth-tracks-state", True),
    ]
    assert all("came back inside `code`" in other.message for other in others)
    assert {other.fix for other in others} == {found.fix}
    assert not any("last right" in other.message for other in others)


def test_an_implicit_answer_that_is_joined_wrongly_is_told_by_the_state_itself(build):
    asked = build.authorization(grant="IMPLICIT")
    url = f"{SPA}#access_token=<access_token#1>;state={asked.state}"
    _, found = build.judge("state-parameter", build.walk(asked=asked, answer=url)).findings
    assert (found.rule, found.symptom) == ("auth-tracks-state", False)
    assert "a `;` is part" in found.fix.text


def test_a_state_in_an_address_beside_the_code_is_lost_all_the_same(build):
    asked = build.authorization()
    answer = f"{URI}?code=<code#1>&next=https%3A%2F%2Fa.example%2F%3Fstate%3D{asked.state}"
    (found,) = build.judge("redirect-query", build.walk(asked=asked, answer=answer)).findings
    assert found.symptom
    assert found.message == "The redirect carries no state."


@pytest.mark.parametrize(("mark", "place"), [("#", "`token`, after the `#`"), ("?", "`token`.")])
def test_a_token_in_place_of_the_code_is_one_problem(build, mark, place):
    asked = build.authorization()
    answer = f"{URI}{mark}access_token=<access_token#1>&token_type=Bearer&state={asked.state}"
    (found,) = build.judge("redirect-query", build.walk(asked=asked, answer=answer)).findings
    assert "carries no code, only:" in found.message
    assert f"as if response_type were {place}" in found.message
    assert "response_type=code" in found.fix.text


def test_a_query_with_two_question_marks_is_named(build):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{URI}??code=<code#1>&state={asked.state}")
    (found,) = build.judge("redirect-query", walk).findings
    assert "begins with `??`" in found.message
    assert "a single `?`" in found.fix.text
    assert build.judge("redirect-parameters", walk).status == "passed"


def test_an_error_with_a_perfect_state_is_quoted(build):
    asked = build.authorization()
    words = "error=invalid_request&error_description=Missing+parameter%3A+nonce"
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{words}&state={asked.state}")
    (found,) = build.judge("redirect-query", walk).findings
    assert "“invalid_request”: “Missing parameter: nonce”" in found.message
    assert "does not help" in found.message
    assert found.severity is Severity.BREAKS
    assert build.judge("state-parameter", walk).status == "passed"
    assert build.judge("error-redirect", walk).status == "passed"


@pytest.mark.parametrize(
    ("code", "advised", "unfit"),
    [
        ("household_not_ready", ["log of the", "test account", "`access_denied`"], ["Cancel", "final page"]),
        ("server_error", ["log of the", "test account"], ["RFC 6749", "final page"]),
        ("invalid_request", ["log of the"], ["test account", "RFC 6749", "final page"]),
    ],
)
def test_the_advice_on_an_error_follows_its_code(build, code, advised, unfit):
    asked = build.authorization()
    words = f"error={code}&error_description=No+bulb+is+installed+yet."
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{words}&state={asked.state}")
    (found,) = build.judge("redirect-query", walk).findings
    assert all(words in found.fix.text for words in advised)
    assert not any(words in found.fix.text for words in unfit)
    assert "“No bulb is installed yet.” The state" in found.message
    assert not found.symptom


@pytest.mark.parametrize(
    ("audit", "grant", "mark"), [("redirect-query", "AUTH_CODE", "?"), ("redirect-fragment", "IMPLICIT", "#")]
)
def test_a_client_that_may_not_use_the_grant_is_to_be_allowed_it(build, audit, grant, mark):
    asked = build.authorization(grant=grant)
    base = asked.redirect_uri
    walk = build.walk(asked=asked, answer=f"{base}{mark}error=unauthorized_client&state={asked.state}")
    (found,) = build.judge(audit, walk).findings
    wanted = ("section 4.1.2.1", "authorization code grant", "implicit grant", "client id", "client settings", "log of")
    assert [words for words in wanted if words not in found.fix.text] == []
    assert "test account" not in found.fix.text
    assert build.judge("error-redirect", walk).status == "passed"


@pytest.mark.parametrize(
    ("told", "advised"),
    [
        (
            "Client a is not authorized to use this redirect_uri: https://pitangui.amazon.com/x",
            "Register this redirect",
        ),
        ("Unknown client", "Compare the skill's clientId"),
        ("client_id alexa was not found", "Compare the skill's clientId"),
        ("Invalid client ID.", "Compare the skill's clientId"),
        ("The client is not allowed to use the authorization code grant", "Allow the authorization code grant"),
        ("The authenticated client is not authorized to use this grant type", "Allow the authorization code grant"),
        ("Unauthorized client", "Allow the authorization code grant"),
        ("Invalid client type: confidential", "Allow the authorization code grant"),
    ],
)
def test_a_client_that_is_not_authorized_for_something_else_is_told_by_the_words(build, told, advised):
    asked = build.authorization()
    said = urlencode({"error": "unauthorized_client", "error_description": told, "state": asked.state})
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{said}")
    assert advised in build.judge("redirect-query", walk).findings[0].fix.text


def test_a_reason_that_is_a_code_itself_counts_as_that_code(build):
    asked = build.authorization()
    said = "error=invalid_request&error_description=unauthorized_client"
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{said}&state={asked.state}")
    assert "Allow the authorization code grant" in build.judge("redirect-query", walk).findings[0].fix.text


@pytest.mark.parametrize(
    ("audit", "grant", "mark", "advised"),
    [
        ("redirect-query", "AUTH_CODE", "?", "switch the authorization code grant on"),
        ("redirect-fragment", "IMPLICIT", "#", "Set the skill's type to AUTH_CODE, with accessTokenUrl"),
    ],
)
def test_a_response_type_that_the_server_does_not_do_names_the_grant(build, audit, grant, mark, advised):
    asked = build.authorization(grant=grant)
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}{mark}error=unsupported_response_type&state=x")
    assert advised in build.judge(audit, walk).findings[0].fix.text


def test_a_refusal_that_names_a_value_of_the_authorization_url_names_its_parameter(build):
    asked = build.authorization()
    url = asked.url.replace("?", "?audience=https%3A%2F%2Fapi.example.com&", 1)
    asked = asked.model_copy(update={"url": url})
    said = urlencode({"error": "access_denied", "error_description": "Service not found: https://api.example.com"})
    back = f"{asked.redirect_uri}?{said}&state={asked.state}"
    walk = build.walk([build.get(asked.url, location=back), build.get(back, failure="refused")], asked=asked)
    assert "the value of `audience` in authorizationUrl" in build.judge("redirect-query", walk).findings[0].fix.text


def test_a_refusal_of_a_customer_who_has_logged_in_is_laid_to_no_parameter(build):
    asked = build.authorization()
    asked = asked.model_copy(update={"url": asked.url.replace("?", "?connection=google&", 1)})
    said = urlencode({"error": "access_denied", "error_description": "the user of google denied the consent"})
    steps = [
        build.get(asked.url),
        build.post(f"{build.login}/consent", {"allow": "0"}, location=f"{asked.redirect_uri}?{said}"),
        build.get(f"{asked.redirect_uri}?{said}", failure="refused"),
    ]
    fix = build.judge("redirect-query", build.walk(steps, asked=asked)).findings[0].fix.text
    assert "authorizationUrl" not in fix
    assert "test account" in fix


def test_a_description_that_comes_letter_by_letter_is_put_together(build):
    asked = build.authorization()
    said = "&".join(["error=invalid_request", *(f"error_description={letter}" for letter in "no+scope")])
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{said}&state={asked.state}")
    assert "“invalid_request”: “no scope”" in build.judge("redirect-query", walk).findings[0].message


@pytest.mark.parametrize(
    "told",
    [
        "user alice is not part of the https://api.example.com organization",
        'Client "alexa" is not authorized to access resource server "https://api.example.com"',
    ],
)
def test_who_may_not_use_a_value_of_the_authorization_url_does_not_have_it_wrong(build, told):
    asked = build.authorization()
    asked = asked.model_copy(update={"url": asked.url.replace("?", "?audience=https%3A%2F%2Fapi.example.com&", 1)})
    said = urlencode({"error": "access_denied", "error_description": told})
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{said}&state={asked.state}")
    assert "letter by letter" not in build.judge("redirect-query", walk).findings[0].fix.text


@pytest.mark.parametrize("told", ["", "unauthorized_client", "Unauthorized client."])
def test_a_client_that_is_refused_without_a_reason_may_not_be_known_at_all(build, told):
    asked = build.authorization()
    said = urlencode({"error": "unauthorized_client", "error_description": told, "state": asked.state})
    (found,) = build.judge("redirect-query", build.walk(asked=asked, answer=f"{asked.redirect_uri}?{said}")).findings
    assert found.fix.text.startswith("Compare the skill's clientId")
    assert "Allow the authorization code grant" in found.fix.text


@pytest.mark.parametrize("grant", ["AUTH_CODE", "IMPLICIT"])
@pytest.mark.parametrize(("scopes", "named"), [(("profile", "images"), "`profile images`"), ((), "what it asks for")])
def test_a_refusal_before_anybody_logged_in_is_of_the_client_or_its_scopes(build, grant, scopes, named):
    asked = build.authorization(grant=grant, scopes=scopes)
    audit, mark = ("redirect-query", "?") if grant == "AUTH_CODE" else ("redirect-fragment", "#")
    answer = f"{asked.redirect_uri}{mark}error=access_denied&state={asked.state}"
    walk = build.walk([build.get(asked.url, location=answer), build.get(answer)], asked=asked)
    fix = build.judge(audit, walk).findings[0].fix.text
    assert "before it asked anybody to log in" in fix
    assert named in fix
    assert "test account" not in fix


@pytest.mark.parametrize("known", ["login", "cookie", "nothing seen", "a capture"])
def test_a_refusal_of_somebody_who_may_be_known_may_be_one_of_the_account(build, known):
    asked = build.authorization()
    answer = f"{asked.redirect_uri}?error=access_denied&state={asked.state}"
    at_once = [build.get(asked.url, location=answer, cookie="session=s"), build.get(answer)]
    bare = [build.get(asked.url, location=answer), build.get(answer)]
    steps = {"login": None, "cookie": at_once, "nothing seen": [build.get(answer)], "a capture": bare}[known]
    walk = build.walk(steps, asked=asked, answer=answer)
    if known == "a capture":  # browsers leave the cookies out of those that they save
        walk = walk.model_copy(update={"jar": NotCollected(reason="a network capture does not hold the cookie jar")})
    (found,) = build.judge("redirect-query", walk).findings
    assert "test account" in found.fix.text


def cut_at_its_first_ampersand(build, error, *, answered="", again="client_id=alexa-skill", mark="?", **asked):
    """A login whose `next` held the request as it stood, so that the server was asked anew with ``again`` alone."""
    sent = build.authorization(**asked)
    query = sent.url.partition("?")[2]
    form = f"{build.login}/login?next={build.login}/authorize?{query}"
    anew = f"{build.login}/authorize?{again}"
    answer = f"{sent.redirect_uri}{mark}error={error}{answered}"
    steps = [
        build.get(sent.url, location=form),
        build.get(form),
        build.post(form, {}, location=anew, cookie="s=1"),
        build.get(anew, location=answer, cookie="s=1"),
        build.get(answer),
    ]
    return build.walk(steps, asked=sent)


@pytest.mark.parametrize("error", ["unsupported_response_type", "invalid_request", "server_error", "invalid_client"])
def test_an_error_for_a_request_that_was_cut_names_where_it_was_cut(build, error):
    walk = cut_at_its_first_ampersand(build, error)
    (found,) = build.judge("redirect-query", walk).findings
    assert "Percent-encode the address that https://login.example.com/login is given as `next`" in found.fix.text
    assert not found.symptom
    follows = build.judge("error-redirect", walk).findings
    assert [(one.subject, one.symptom) for one in follows if one.subject == "state"] == [("state", True)]


@pytest.mark.parametrize(
    ("error", "more"),
    [
        pytest.param("access_denied", {}, id="a refusal of the account"),
        pytest.param("household_not_ready", {}, id="an error of the server's own"),
        pytest.param("invalid_request", {"answered": "&state={state}"}, id="whose state a session held"),
        pytest.param("invalid_request", {"again": "request=7"}, id="kept under a number"),
    ],
)
def test_an_error_that_may_have_another_cause_is_not_laid_to_the_way_back(build, error, more):
    answered = more.pop("answered", "").format(state=build.authorization().state)
    walk = cut_at_its_first_ampersand(build, error, answered=answered, **more)
    (found,) = build.judge("redirect-query", walk).findings
    assert "Percent-encode" not in found.fix.text
    further = getattr(build.judge("error-redirect", walk), "findings", ())
    assert not any(one.symptom for one in further if one.subject == "state")


def test_what_was_cut_off_is_not_what_the_server_refuses(build):
    scope = cut_at_its_first_ampersand(build, "invalid_scope")
    assert build.judge("requested-scope", scope).status == "inconclusive"
    (found,) = build.judge("redirect-query", scope).findings
    assert (found.symptom, found.blame) == (False, Fault.IDENTITY_PROVIDER)
    implicit = cut_at_its_first_ampersand(build, "invalid_scope", mark="#", grant="IMPLICIT")
    assert build.judge("requested-scope", implicit).status == "inconclusive"
    assert not build.judge("redirect-fragment", implicit).findings[0].symptom
    said = "&error_description=code_challenge+is+required"
    for pkce, outcome in ((True, "inconclusive"), (False, "failed")):
        walk = cut_at_its_first_ampersand(build, "invalid_request", answered=said, pkce=pkce)
        assert build.judge("refused-challenge", walk).status == outcome


def test_a_code_of_its_own_is_no_further_cause_where_the_error_is_told_as_one(build):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?error=not_ready&state={asked.state}")
    (cause,) = build.judge("redirect-query", walk).findings
    (follows,) = build.judge("error-redirect", walk).findings
    assert (cause.symptom, follows.symptom) == (False, True)
    assert cause.fix == follows.fix
    warm = build.walk(asked=asked, answer=f"{asked.redirect_uri}?error=not_ready&state={asked.state}", purpose="warm")
    (alone,) = build.judge("error-redirect", build.case(build.walk(), warm.model_copy(update={"id": "w"}))).findings
    assert not alone.symptom


def test_a_nonce_that_would_do_in_place_of_pkce_is_not_what_is_missing(build):
    asked = build.authorization()
    words = "error=invalid_request&error_description=pkce+or+OIDC+nonce+is+required+for+offline_access"
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{words}&state={asked.state}")
    (found,) = build.judge("redirect-query", walk).findings
    assert "nonce" not in found.fix.text
    assert found.symptom
    assert build.judge("refused-challenge", walk).status == "failed"


def test_an_error_that_speaks_of_pkce_is_told_as_a_cause_elsewhere(build):
    asked = build.authorization()
    words = "error=invalid_request&error_description=code_challenge+required"
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{words}&state={asked.state}")
    assert build.judge("redirect-query", walk).findings[0].symptom
    assert build.judge("refused-challenge", walk).status == "failed"


STOCK = "The+request+is+missing+a+required+parameter%2C+includes+an+invalid+value%2C+or+is+otherwise+malformed."
"""What RFC 6749, section 4.1.2.1, says of the code; servers send it as their description."""


TOKEN_STOCK = "The+request+utilizes+more+than+one+mechanism+for+authenticating+the+client%2C+or+is+otherwise+malformed."
"""And of the same code at the token endpoint, in section 5.2."""


@pytest.mark.parametrize(
    "said", ["", "&error_description=", *(f"&error_description={text}" for text in (STOCK, TOKEN_STOCK))]
)
def test_a_refusal_without_a_reason_is_met_with_what_is_usually_behind_it(build, said):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?error=invalid_request{said}&state={asked.state}")
    (found,) = build.judge("redirect-query", walk).findings
    wanted = ("log of the", "may", "code_challenge", "PKCE is off", "linker.pkce", "nonce")
    assert [words for words in wanted if words not in found.fix.text] == []
    assert not found.symptom  # PKCE is one cause among others: nobody else tells it


@pytest.mark.parametrize(
    "said",
    [
        "error=invalid_request&error_description=Missing+parameter%3A+nonce",
        "error=invalid_request&error_description=The+'redirect_uri'+parameter+is+not+valid",
        "error=invalid_request&error_description=Unsupported+response_type",
        "error=invalid_request&error_description=Unknown+client.",
        "error=invalid_request&error_description=Code+challenge+is+required.",
        "error=invalid_request&error_description=invalid_scope",
        "error=invalid_request&error_description=Malformed+request%3A+invalid_scope",
        "error=invalid_request&error_description=Client+is+not+enabled+for+OAuth2.0+flows",
        "error=invalid_request&error_description=Session+expired",
        "error=invalid_request&error_description=User+is+disabled",
        "error=invalid_request&error_description=Cookie+not+found.+Please+make+sure+cookies+are+enabled",
        "error=server_error",
        "error=access_denied",
        "error=household_not_ready",
        "error=unauthorized_client",
    ],
)
def test_a_refusal_with_a_reason_or_another_code_is_not_met_with_guesses(build, said):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{said}&state={asked.state}")
    assert "PKCE" not in build.judge("redirect-query", walk).findings[0].fix.text
    assert build.judge("refused-challenge", walk).status != "inconclusive"


@pytest.mark.parametrize("words", ["invalid_request", "Invalid request", "Bad+Request", "Invalid+parameter", "+"])
def test_a_description_that_says_no_more_than_the_code_is_no_reason(build, words):
    asked = build.authorization()
    said = f"error=invalid_request&error_description={words.replace(' ', '+')}"
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{said}&state={asked.state}")
    assert "PKCE" in build.judge("redirect-query", walk).findings[0].fix.text
    assert build.judge("refused-challenge", walk).status == "inconclusive"


def test_a_token_in_the_place_of_the_code_names_what_was_asked_for_wrongly(build):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?access_token=t0ken&state={asked.state}")
    found = next(one for one in build.judge("redirect-query", walk).findings if one.subject == "code")
    assert found.message.endswith("only: `access_token`, `state`, as if response_type were `token`.")
    lost = build.walk(asked=asked, answer=f"{asked.redirect_uri}?state={asked.state}")
    assert "response_type" not in build.judge("redirect-query", lost).findings[0].message


def test_pkce_that_is_on_is_not_advised_but_may_be_what_is_refused(build):
    asked = build.authorization(pkce=True)
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?error=invalid_request&state={asked.state}")
    text = build.judge("redirect-query", walk).findings[0].fix.text
    assert "the server may refuse the `code_challenge` or its method S256" in text
    assert "switch it on" not in text
    assert "it may miss a `nonce`" in text


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("redirect_uri is not registered", "Register this redirect URI"),
        ("Invalid parameter: redirect_uri", "Register this redirect URI"),
        ("Mismatching redirect URI", "Register this redirect URI"),
        ("redirect_uri is missing", "Look for these words"),
        ("the scope is not registered", "Look for these words"),
    ],
)
def test_a_refused_redirect_uri_is_to_be_registered(build, said, advice):
    asked = build.authorization()
    words = urlencode({"error": "invalid_request", "error_description": said, "state": asked.state})
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{words}")
    assert build.judge("redirect-query", walk).findings[0].fix.text.startswith(advice)


@pytest.mark.parametrize("mark", ["#", "&"])
def test_the_implicit_grant_knows_no_pkce(build, mark):
    asked = build.authorization(grant="IMPLICIT")
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}{mark}error=invalid_request&state={asked.state}")
    text = build.judge("redirect-fragment", walk).findings[0].fix.text
    assert "nonce" in text
    assert "PKCE" not in text


@pytest.mark.parametrize(
    ("rest", "words"),
    [("", "an error instead of a code: “error=”"), ("&code=c0de", "an error beside its code: “error=”")],
)
def test_an_error_without_a_word_is_told_as_such(build, rest, words):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?error=&state={asked.state}{rest}")
    assert words in build.judge("redirect-query", walk).findings[0].message
    assert "knows: “error=” without a word." in build.judge("error-redirect", walk).findings[0].message


def test_a_description_made_to_flood_is_cut_to_one_line(build):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?error=x&error_description=a%0A{'b' * 5000}")
    message = build.judge("redirect-query", walk).findings[0].message
    assert "\n" not in message
    assert len(message) < 700


IMPLICIT = [
    (f"{SPA}#state={S}&access_token=<access_token#1>&token_type=Bearer", []),
    (f"{SPA}#access_token=<access_token#1>&token_type=bearer&expires_in=3600&state={S}", []),
    (f"{SPA}&state={S}&access_token=<access_token#1>&token_type=Bearer", ["access_token"]),
    (f"{SPA}#state={S}&access_token=<access_token#1>", ["token_type"]),
    (f"{SPA}#state={S}&access_token=<access_token#1>&token_type=mac", ["token_type"]),
    (f"{SPA}&code=<code#1>&state={S}", ["access_token"]),
    (f"{SPA.partition('?')[0]}#state={S}&access_token=<access_token#1>&token_type=Bearer", ["vendorId"]),
    (f"{SPA}&state={S}#access_token=<access_token#1>&token_type=Bearer", ["state"]),
    (f"{SPA}#access_token=<access_token#1>&token_type=Bearer", ["state"]),
    (f"{SPA}#access_token=<access_token#1>&token_type=Bearer&state={S}&state={S}", ["state twice"]),
    (f"{SPA}#error=access_denied&state={S}", ["error access_denied"]),
]


@pytest.mark.parametrize(("url", "subjects"), IMPLICIT)
def test_state_and_token_stand_in_the_fragment(build, url, subjects):
    asked = build.authorization(grant="IMPLICIT")
    outcome = build.judge("redirect-fragment", build.walk(asked=asked, answer=url.format(state=asked.state)))
    assert [found.subject for found in getattr(outcome, "findings", ())] == subjects
    assert outcome.status == ("failed" if subjects else "passed")


MISJOINED = [
    ("?", "begins inside `vendorId`", "in place of the `?`"),
    (";", "begins inside `vendorId`", "in place of the `;`"),
    ("%23", "begins inside `vendorId`", "as the fragment"),
    ("%3F", "begins inside `vendorId`", "in place of the `%3F`"),
    ("?#", "the value of `vendorId` is changed", "in place of the `?#`"),
    ("#?", "is called `?state`", "in place of the `#?`"),
    ("#/", "is called `/state`", "in place of the `#/`"),
    ("#!/?", "is called `!/?state`", "in place of the `#!/?`"),
    ("##", "is called `#state`", "in place of the `##`"),
]


@pytest.mark.parametrize(("joint", "does", "advice"), MISJOINED)
def test_an_answer_that_is_joined_by_something_else_than_a_hash_is_one_problem(build, joint, does, advice):
    asked = build.authorization(grant="IMPLICIT")
    answer = f"{SPA}{joint}state={asked.state}&access_token=<access_token#1>&token_type=Bearer&expires_in=3600"
    walk = build.walk(asked=asked, answer=answer)
    (found,) = build.judge("redirect-fragment", walk).findings
    assert f"by `{joint}` instead of a single `#`" in found.message
    assert does in found.message
    assert advice in found.fix.text
    assert (found.symptom, found.severity) == (False, Severity.BREAKS)
    others = getattr(build.judge("state-parameter", walk), "findings", ())
    assert len(others) == (0 if joint == "?#" else 2)
    assert all(other.symptom and other.fix == found.fix and "last right" not in other.message for other in others)


@pytest.mark.parametrize("joint", ["#", "&#", "#&", "&more=1#"])
def test_a_separator_too_many_before_the_answer_is_no_fault(build, joint):
    asked = build.authorization(grant="IMPLICIT")
    answer = f"{SPA}{joint}state={asked.state}&access_token=<access_token#1>&token_type=Bearer"
    assert build.judge("redirect-fragment", build.walk(asked=asked, answer=answer)).status == "passed"


def test_a_joint_of_very_many_signs_is_read_at_once(build):
    asked = build.authorization(grant="IMPLICIT")
    answer = f"{SPA}{'&' * 60_000}/#state={asked.state}&access_token=<access_token#1>&token_type=Bearer"
    started = time.process_time()
    assert build.judge("redirect-fragment", build.walk(asked=asked, answer=answer)).status == "failed"
    assert time.process_time() - started < 3


def test_what_else_is_wrong_with_a_misjoined_answer_is_told_beside_it(build):
    asked = build.authorization(grant="IMPLICIT")
    lost = build.walk(asked=asked, answer=f"{SPA}#?access_token=<access_token#1>#_=_")
    subjects = [found.subject for found in build.judge("redirect-fragment", lost).findings]
    assert subjects == ["joint #?", "token_type", "state"]
    assert [found.symptom for found in build.judge("state-parameter", lost).findings] == [True, False]
    refused = build.walk(asked=asked, answer=f"{SPA}?error=access_denied&state={asked.state}")
    joint, error = build.judge("redirect-fragment", refused).findings
    assert (joint.subject, error.subject) == ("joint ?", "error access_denied")
    assert "in the query" not in error.message


def test_a_stray_character_before_a_lifetime_is_advice(build):
    asked = build.authorization(grant="IMPLICIT")
    answer = f"{SPA}#?expires_in=3600&token_type=Bearer&access_token=<access_token#1>&state={asked.state}"
    (found,) = build.judge("redirect-fragment", build.walk(asked=asked, answer=answer)).findings
    assert (found.subject, found.severity) == ("joint #?", Severity.RECOMMENDED)


def test_a_token_in_query_and_fragment_is_told_once_and_truly(build):
    asked = build.authorization(grant="IMPLICIT")
    text = f"state={asked.state}&access_token=<access_token#1>&token_type=Bearer"
    (found,) = build.judge("redirect-fragment", build.walk(asked=asked, answer=f"{SPA}&{text}#{text}")).findings
    assert found.message.endswith("in the query, where it is logged, as well as in the fragment.")


def test_an_error_of_the_implicit_grant_belongs_into_the_fragment(build):
    asked = build.authorization(grant="IMPLICIT")
    walk = build.walk(asked=asked, answer=f"{SPA}&error=access_denied&state={asked.state}")
    (found,) = build.judge("redirect-fragment", walk).findings
    assert "in the query instead of the fragment: “access_denied”" in found.message
    assert "section 4.2.2.1" in found.fix.text
    right = build.walk(asked=asked, answer=f"{SPA}#error=access_denied&state={asked.state}")
    assert "4.2.2.1" not in build.judge("redirect-fragment", right).findings[0].fix.text


@pytest.mark.parametrize("grant", ["AUTH_CODE", "IMPLICIT"])
def test_a_missing_state_is_a_symptom_whose_way_another_audit_tells(build, grant):
    """A redirect with a code and a token type alone is how a real server's links failed."""
    asked = build.authorization(grant=grant)
    answer = f"{URI}?code=<code#1>" if grant == "AUTH_CODE" else f"{SPA}#access_token=<t#1>&token_type=Bearer"
    walk = build.walk(asked=asked, answer=answer)
    (found,) = build.judge("redirect-query" if grant == "AUTH_CODE" else "redirect-fragment", walk).findings
    assert "no state" in found.message
    assert found.symptom
    assert found.severity is Severity.BREAKS
    causes = [each.rule for each in build.judge("state-parameter", walk).findings if not each.symptom]
    assert causes == ["auth-tracks-state"]


def test_each_grant_has_its_own_audit(build):
    implicit = build.walk(asked=build.authorization(grant="IMPLICIT"))
    assert build.judge("redirect-query", implicit).status == "not_applicable"
    assert build.judge("code-size", implicit).status == "not_applicable"
    assert build.judge("redirect-fragment").status == "not_applicable"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA", None),
        ("https://LAYLA.amazon.com:443/api/skill/link/M2AAAAAAAAAAAA", None),
        ("https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA&x=1", None),
        (URI, "region NA instead of EU"),
        (
            "https://layla.amazon.com./api/skill/link/M2AAAAAAAAAAAA",
            "host layla.amazon.com. (with a dot at its end) instead of layla.amazon.com.",
        ),
        (
            "https://layla.amazon.co.uk/api/skill/link/M2AAAAAAAAAAAA",
            "host layla.amazon.co.uk instead of layla.amazon.com.",
        ),
        ("https://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA/", "path"),
        ("http://layla.amazon.com/api/skill/link/M2AAAAAAAAAAAA", "http instead of https"),
    ],
)
def test_the_redirect_goes_where_it_was_asked_to(build, url, words):
    asked = build.authorization(region="EU")
    outcome = build.judge("redirect-uri", build.walk(asked=asked, answer=f"{url}?code=c&state={asked.state}"))
    if words is None:
        assert outcome.status == "passed"
    else:
        assert words in outcome.findings[0].message
        assert outcome.findings[0].severity is Severity.BREAKS


def test_another_address_at_amazon_is_a_wrong_redirect_even_though_nothing_arrived(build):
    asked = build.authorization()
    stray = "https://alexa.amazon.com/spa/index.html"
    steps = [build.get(asked.url, location=stray), build.get(stray, failure="refused")]
    outcome = build.judge("redirect-uri", build.walk(steps, asked=asked))
    assert "alexa.amazon.com" in outcome.findings[0].message
    assert outcome.findings[0].primary.ref == "measured#2"


def test_a_login_that_ends_at_home_says_nothing_about_the_redirect_uri(build):
    assert build.judge("redirect-uri", build.walk(answer=None)).status == "inconclusive"


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        ({}, None),
        ({"resource_type": "fetch"}, "script call"),
        ({"resource_type": "xhr", "main_frame": False}, "script call"),
        ({"main_frame": False}, "frame"),
        ({"window": 1}, "window"),
        ({"method": "POST"}, "form post"),
    ],
)
def test_the_browser_itself_is_sent_to_alexa(build, change, subject):
    asked = build.authorization()
    arrival = build.arrival(build.answer(asked), request=6, **change)
    outcome = build.judge("redirect-navigation", build.walk(asked=asked, arrivals=[arrival]))
    assert [found.subject for found in getattr(outcome, "findings", ())] == ([subject] if subject else [])
    if subject == "window":
        assert "Keep the login in the window that Alexa opened" in outcome.findings[0].fix.text
    if subject == "script call":
        assert "let it set `location` to that" in outcome.findings[0].fix.text
        assert "the customer stays on the page" in outcome.findings[0].message


@pytest.mark.parametrize(
    ("kinds", "subjects", "said"),
    [
        (
            ["fetch", "document"],
            [],
            "The redirect URI was called 2 times in one login, once by a script, with different",
        ),
        (["document", "fetch"], [], "2 times in one login, once by a script, with different answers."),
        (["fetch", "xhr", "document"], [], "3 times in one login, 2 times by a script, with different answers."),
        (["fetch", "fetch"], ["script call"], "2 times in one login, 2 times by a script, with different answers."),
        (["document", "document"], [], "The browser was sent to Alexa 2 times in one login, with different answers."),
    ],
)
def test_a_script_that_calls_the_redirect_uri_beside_the_browser_keeps_nobody_on_the_page(build, kinds, subjects, said):
    asked = build.authorization()
    arrivals = [
        build.arrival(build.answer(asked, code=f"<code#{n}>"), at=n, resource_type=kind) for n, kind in enumerate(kinds)
    ]
    walk = build.walk(asked=asked, arrivals=arrivals)
    outcome = build.judge("redirect-navigation", walk)
    assert [found.subject for found in getattr(outcome, "findings", ())] == subjects
    (twice,) = build.judge("redirect-count", walk).findings
    assert said in twice.message
    assert ("preventDefault" in twice.fix.text) is (len(set(kinds)) > 1)


def test_a_frame_that_is_sent_beside_the_call_of_a_script_is_none_that_the_browser_is(build):
    asked = build.authorization()
    call, frame = ({"resource_type": "fetch"}, {"main_frame": False})
    arrivals = [
        build.arrival(build.answer(asked, code=f"<code#{n}>"), at=n, **one) for n, one in enumerate((call, frame))
    ]
    (found,) = build.judge("redirect-navigation", build.walk(asked=asked, arrivals=arrivals)).findings
    assert found.subject == "frame"


def test_of_a_posted_answer_that_the_browser_does_not_tell_nothing_is_said_but_that_it_was_posted(build):
    asked = build.authorization()
    walk = build.walk(asked=asked, arrivals=[build.arrival(asked.redirect_uri, method="POST", params=())])
    assert build.judge("redirect-navigation", walk).status == "failed"
    for audit in ("redirect-query", "state-parameter"):
        assert build.judge(audit, walk).status == "inconclusive"
    told = (Param(name="code", value="<code#1>", length=9, place="body"),)
    walk = build.walk(asked=asked, arrivals=[build.arrival(asked.redirect_uri, method="POST", params=told)])
    assert {build.judge(audit, walk).status for audit in ("redirect-query", "state-parameter")} == {"failed"}


def test_a_307_repeats_the_form_to_amazon(build):
    asked = build.authorization()
    answer = build.answer(asked)
    steps = [
        build.post(f"{build.login}/consent", {"allow": "1"}, location=answer, status=307),
        build.get(answer, method="POST", failure="refused"),
    ]
    (found,) = build.judge("redirect-navigation", build.walk(steps, asked=asked)).findings
    assert "307" in found.message
    assert found.primary.ref == "measured#1"


def test_a_307_after_a_get_is_harmless(build):
    asked = build.authorization()
    answer = build.answer(asked)
    steps = [build.get(asked.url, location=answer, status=307), build.get(answer, failure="refused")]
    assert build.judge("redirect-navigation", build.walk(steps, asked=asked)).status == "passed"


@pytest.mark.parametrize(("seconds", "status"), [(0, "passed"), (3, "failed")])
def test_a_refresh_that_lets_the_user_wait(build, seconds, status):
    asked = build.authorization()
    answer = build.answer(asked)
    page = f'<meta http-equiv="refresh" content="{seconds};url={answer.replace("&", "&amp;")}">'
    steps = [build.get(asked.url, excerpt=page), build.get(answer, failure="refused")]
    outcome = build.judge("redirect-navigation", build.walk(steps, asked=asked))
    assert outcome.status == status
    if status == "failed":
        assert outcome.findings[0].severity is Severity.DEGRADES


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("error=access_denied&state={state}", []),
        ("error=consent_required&state={state}", []),
        ("error=access_denied", ["state"]),
        ("error=user_said_no&state={state}", ["error code"]),
    ],
)
def test_errors_are_oauth_errors(build, query, subjects):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{query.format(state=asked.state)}")
    outcome = build.judge("error-redirect", walk)
    assert [found.subject for found in getattr(outcome, "findings", ())] == subjects


def test_a_refusal_that_goes_nowhere(build):
    step = LoginStep(at=1, action="click", target="Cancel", what="deny", outcome="done")
    (found,) = build.judge("error-redirect", build.walk(answer=None, login=[step])).findings
    assert found.subject == "refusal"
    assert build.judge("error-redirect").status == "not_applicable"
    assert build.judge("error-redirect", build.walk(answer=None)).status == "not_applicable"


@pytest.mark.parametrize(("more", "why"), [({"ending": "captcha"}, "captcha"), ({"status": 429}, "asked too often")])
def test_a_refusal_whose_end_tells_nothing_neither_passes_nor_fails(build, more, why):
    step = LoginStep(at=1, action="click", target="Cancel", what="deny", outcome="done")
    last = build.get("https://login.example.com/cancelled", status=more.pop("status", 200))
    walk = build.walk([*build.healthy_steps(build.authorization(), None)[:2], last], answer=None, login=[step], **more)
    outcome = build.judge("error-redirect", walk)
    assert outcome.status == "inconclusive"
    assert why in outcome.missing[0]


def times(build, *arrivals):
    asked = build.authorization()
    url = build.answer(asked)
    steps = [build.get(asked.url, location=url), *(build.get(url) for _ in arrivals)]
    came = [build.arrival(url, **given) for given in arrivals]
    return build.judge("redirect-count", build.walk(steps, asked=asked, arrivals=came))


def test_two_navigations_are_one_too_many(build):
    outcome = times(build, {"at": 1.0, "request": 2}, {"at": 1.02, "request": 3})
    assert "2 times" in outcome.findings[0].message
    assert outcome.findings[0].severity is Severity.RECOMMENDED


def test_the_browser_trying_again_by_itself_is_not_the_servers_doing(build):
    assert times(build, {"at": 1.0, "request": 2}, {"at": 2.1, "request": 3}).status == "passed"


def test_a_late_second_redirect_with_a_second_code_is(build):
    asked = build.authorization()
    came = [build.arrival(build.answer(asked, code=f"<code#{n}>"), at=n) for n in (1, 3)]
    outcome = build.judge("redirect-count", build.walk(asked=asked, arrivals=came))
    assert "different answers" in outcome.findings[0].message


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("code=<code#1>&state=s", None),
        ("code=<code#1>&state=s&source=app", None),
        ("error=access_denied&error_description=no&state=s", None),
        ("code=<code#1>&state=s&session_state=abc&iss=https%3A%2F%2Fa.example", "iss, session_state"),
        (f"code=<code#1>&state=s&session_state={'a' * 300}&iss=https%3A%2F%2Fa.example", "iss, session_state"),
        ("code=<code#1>&state=s&iss=https%3A%2F%2Fa.example", None),
        (f"code={'c' * 2000}&state=s&iss=https%3A%2F%2Fa.example", None),
        (f"code=<code#1>&state=s&iss=https%3A%2F%2Fa.example&iss={'i' * 200}", "iss"),
        ("error=access_denied&state=s&scope=read&session_state=abc", None),
    ],
)
def test_extra_parameters_are_listed_with_their_lengths(build, query, names):
    outcome = build.judge("redirect-parameters", build.walk(answer=f"{URI}?{query}"))
    if names is None:
        assert outcome.status == "passed"
    else:
        (found,) = outcome.findings
        assert found.subject == names
        assert "(17 characters)" in found.message
        assert found.severity is Severity.RECOMMENDED


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("scope=read", "what adds `scope` to the redirect"),
        ("scope=read&locale=de-DE", "what adds `scope` and `locale` to the redirect"),
    ],
)
def test_the_fix_names_the_parameters_that_are_too_many(build, query, named):
    walk = build.walk(answer=f"{URI}?code=<code#1>&state=s&{query}")
    fix = build.judge("redirect-parameters", walk).findings[0].fix.text
    assert named in fix
    assert "session_state" not in fix


@pytest.mark.parametrize(
    ("query", "named", "fix"),
    [
        ("state={state}&amp;code=<code#1>", "`state`, `amp;code`", "`&amp;` belongs into the source of an HTML page"),
        ("amp;code=<code#1>&state={state}", "`amp;code`, `state`", "htmlspecialchars()"),
        ("code[0]=<code#1>&state={state}", "`code[0]`", "Send the value back as `code`, not as `code[0]`."),
        ("auth_code=<code#1>&state={state}", "`auth_code`", "Send the value back as `code`, not as `auth_code`."),
        ("authorizationCode=<code#1>&state={state}", "`authorizationCode`", "as `code`, not as `authorizationCode`"),
        ("Code=<code#1>&state={state}&scope=read", "`Code`", "Send the value back as `code`, not as `Code`."),
        ("state={state}&scope=read", "`scope`", "Append `code` and `state`"),
        ("state={state}&region_code=EU", "`region_code`", "Append `code` and `state`"),
        ("amp;code=&state={state}", "`amp;code`", "Append `code` and `state`"),
    ],
)
def test_a_code_under_another_name_is_no_parameter_too_many(build, query, named, fix):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{URI}?{query.format(state=asked.state)}")
    (found,) = build.judge("redirect-query", walk).findings
    assert named in found.message
    assert fix in found.fix.text
    assert build.judge("redirect-parameters", walk).status == "passed"


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("amp;state", "Write the redirect URL with `&` between its parameters."),
        ("amp;amp;state", "Write the redirect URL with `&` between its parameters."),
        ("State", "Send the value back as `state`, not as `State`."),
        ("csrf", "Send the value back as `state`, not as `csrf`."),
    ],
)
def test_a_state_under_another_name_is_no_parameter_too_many(build, name, fix):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{URI}?code=<code#1>&{name}={asked.state}")
    way = next(f for f in build.judge("state-parameter", walk).findings if f.rule == "auth-tracks-state")
    assert way.fix.text.startswith(fix)
    assert build.judge("redirect-query", walk).findings[0].symptom
    assert build.judge("redirect-parameters", walk).status == "passed"


@pytest.mark.parametrize("more", ["amp;scope=read", "auth_code=2", "amp;code=<code#1>", "csrf={state}"])
def test_what_stands_beside_code_and_state_is_too_many_whatever_its_name(build, more):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{build.answer(asked)}&{more.format(state=asked.state)}")
    (found,) = build.judge("redirect-parameters", walk).findings
    assert f"`{more.partition('=')[0]}`" in found.message


def test_the_vendor_id_and_the_fragment_are_no_extras(build):
    walk = build.walk(asked=build.authorization(grant="IMPLICIT"))
    assert build.judge("redirect-parameters", walk).status == "passed"


def test_invalid_scope_is_the_configurations_fault(build):
    asked = build.authorization(scopes=("profile:user_id",))
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?error=invalid_scope&state={asked.state}")
    (found,) = build.judge("requested-scope", walk).findings
    assert "profile:user_id" in found.message
    assert found.blame is Fault.SKILL_CONFIGURATION
    assert build.judge("redirect-query", walk).findings[0].symptom
    assert build.judge("requested-scope").status == "passed"
    # Cognito names it in the description.
    described = f"{asked.redirect_uri}?error=invalid_request&error_description=invalid_scope&state={asked.state}"
    assert build.judge("requested-scope", build.walk(asked=asked, answer=described)).status == "failed"
    other = f"{asked.redirect_uri}?error=invalid_request&error_description=no&state={asked.state}"
    assert build.judge("requested-scope", build.walk(asked=asked, answer=other)).status == "passed"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("profile", "refuses `profile` of the scopes `openid profile email`: “invalid_scope”"),
        ("email+profile", "refuses `profile email` of the scopes `openid profile email`"),
        ("openid+profile+email", "refuses the scopes `openid profile email`"),
        ("profile+other", "refuses the scopes `openid profile email`"),
        ("", "refuses the scopes `openid profile email`"),
    ],
)
def test_of_many_scopes_the_refused_one_is_named_where_the_server_does(build, named, said):
    asked = build.authorization(scopes=("openid", "profile", "email"))
    answer = f"{asked.redirect_uri}?error=invalid_scope&scope={named}&state={asked.state}"
    (found,) = build.judge("requested-scope", build.walk(asked=asked, answer=answer)).findings
    assert said in found.message


def test_invalid_scope_on_a_page(build):
    asked = build.authorization()
    page = build.get(asked.url, status=400, excerpt='{"error": "invalid_scope"}')
    assert build.judge("requested-scope", build.walk([page], asked=asked)).status == "failed"
    page = build.get(asked.url, status=400, excerpt="no")
    assert build.judge("requested-scope", build.walk([page], asked=asked)).status == "inconclusive"


NEED_ARRIVAL = (
    "redirect-query",
    "redirect-uri",
    "redirect-navigation",
    "redirect-count",
    "redirect-parameters",
    "redirect-size",
    "code-size",
    "requested-scope",
    "request-size",
    "state-parameter",
)


@pytest.mark.parametrize("audit", NEED_ARRIVAL)
def test_without_an_arrival_nothing_is_claimed(build, audit):
    ending = Ending(kind="captcha", message="a captcha stands before the login")
    outcome = build.judge(audit, build.walk(answer=None, ending=ending))
    assert outcome.status == "inconclusive"
    assert "captcha" in outcome.missing[0]


@pytest.mark.parametrize("audit", [*NEED_ARRIVAL, "error-redirect", "cookie-size", "second-link", "warm-jar"])
@pytest.mark.parametrize("region", ["NA", "EU", "FE"])
def test_a_healthy_login_has_no_finding(build, audit, region):
    assert build.judge(audit, build.walk(asked=build.authorization(region=region))).status in {
        "passed",
        "not_applicable",
    }


def test_arrivals_of_a_capture_without_requests_are_still_judged(build):
    asked = build.authorization()
    arrival: Arrival = build.arrival(build.answer(asked))
    walk = build.walk([], asked=asked, arrivals=[arrival])
    assert all(build.judge(audit, walk).status == "passed" for audit in NEED_ARRIVAL)


@pytest.mark.parametrize("change", [("M2", "%4D2"), ("pitangui.amazon", "Pitangui.Amazon"), (".com", ".com:443")])
def test_another_spelling_of_the_same_address_is_the_same(build, change):
    asked = build.authorization()
    answer = build.answer(asked).replace(*change, 1)
    assert answer != build.answer(asked)
    assert build.judge("redirect-uri", build.walk(asked=asked, answer=answer)).status == "passed"


@pytest.mark.parametrize(
    ("said", "met"),
    [
        ("error=invalid_request&error_description=Missing+'nonce'+in+request.", True),
        ("error=invalid_request&error_description=nonce+is+required", True),
        ("error=invalid_request&error_description=DPoP+nonce+is+required", False),
        ("error=access_denied&error_description=nonce+is+required", False),
        ("error=invalid_request&error_description=scope+is+required", False),
    ],
)
def test_a_server_that_wants_a_nonce_has_to_do_without(build, said, met):
    asked = build.authorization()
    walk = build.walk(asked=asked, answer=f"{asked.redirect_uri}?{said}&state={asked.state}")
    assert (
        build.judge("redirect-query", walk).findings[0].fix.text.startswith("Let the server do without a `nonce`")
        is met
    )
