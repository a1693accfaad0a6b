"""Redirect URIs that nobody registered: refused, redirected to, or met with a login."""

from __future__ import annotations

import pytest

from e2e_linker.alexa.look_alikes import look_alikes
from e2e_linker.evidence.models import Present
from e2e_linker.model import Confidence, Depth, Grant, Severity

ERROR_PAGE = {"status": 400}


def looks(build, grant=Grant.AUTH_CODE):
    return {each.kind: each.uri for each in look_alikes(build.redirect_uri(grant=grant))}


def ask(build, kind, *, sent=None, screens=(), ending=None):
    """A walk for the look-alike of that ``kind``; ``sent`` is where the server redirects to."""
    uri = looks(build)[kind]
    asked = build.authorization().model_copy(update={"redirect_uri": uri})
    if sent is None:
        steps = [build.get(asked.url, **ERROR_PAGE)]
    else:
        steps = [build.get(asked.url, location=sent), build.get(sent, failure="net::ERR_TUNNEL_CONNECTION_FAILED")]
    about = {"look_alike": kind, "redirect_uri": uri}
    more = {"ending": ending} if ending else {}
    return build.walk(
        steps,
        asked=asked,
        id=f"unknown-{kind}",
        purpose="unknown_redirect",
        variation=about,
        arrivals=(),
        screens=Present(value=tuple(screens)),
        **more,
    )


def judge(build, *walks):
    return build.judge_run("unknown-redirects", build.run(*walks), [build.case()], depth=Depth.STANDARD)


def test_a_server_that_refuses_all_passes(build):
    assert judge(build, *(ask(build, kind) for kind in looks(build))).status == "passed"


def test_a_server_that_goes_back_to_the_registered_one_passes(build):
    sent = f"{build.redirect_uri()}?error=invalid_request&state=s"
    assert judge(build, *(ask(build, kind, sent=sent) for kind in looks(build))).status == "passed"


@pytest.mark.parametrize("kind", ["longer host", "user information"])
def test_a_code_for_another_host_is_found(build, kind):
    sent = f"{looks(build)[kind]}?code=<code#1>&state=s"
    (found,) = judge(build, ask(build, kind, sent=sent)).findings
    assert (found.subject, found.severity, found.confidence) == (
        "another host",
        Severity.RECOMMENDED,
        Confidence.CERTAIN,
    )
    assert f"{kind} (" in found.message
    assert found.primary.ref == f"unknown-{kind}"


@pytest.mark.parametrize("kind", ["longer path", "upper-case path", "trailing slash", "plain http", "other vendor"])
def test_a_code_for_another_path_is_found(build, kind):
    sent = f"{looks(build)[kind]}?code=<code#1>&state=s"
    (found,) = judge(build, ask(build, kind, sent=sent)).findings
    assert found.subject == "another path"


def test_a_browser_that_leaves_the_user_information_out_hides_nothing(build):
    sent = looks(build)["user information"].replace("pitangui.amazon.com@", "") + "?code=<code#1>"
    assert judge(build, ask(build, "user information", sent=sent)).status == "failed"


def test_an_error_sent_there_is_found_too(build):
    sent = f"{looks(build)['longer host']}?error=invalid_request"
    (found,) = judge(build, ask(build, "longer host", sent=sent)).findings
    assert found.confidence is Confidence.LIKELY
    assert "an error" in found.message


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        ("#state=s&access_token=<access#1>&token_type=Bearer", "an access token"),
        ("?access_token=<access#1>&state=s", "an access token"),
        ("?code=<code#1>&access_token=<access#1>", "an access token"),
        ("?code=<code#1>&state=s", "an authorization code"),
        ("?error=access_denied", "an error"),
    ],
)
def test_what_is_handed_out_is_called_by_its_name(build, sent, what):
    (found,) = judge(build, ask(build, "other vendor", sent=f"{looks(build)['other vendor']}{sent}")).findings
    assert f"The server redirects with {what} to an address" in found.message
    assert found.confidence is (Confidence.LIKELY if what == "an error" else Confidence.CERTAIN)


def test_several_look_alikes_are_told_together(build):
    kinds = ("longer host", "user information", "longer path")
    walks = [ask(build, kind, sent=f"{looks(build)[kind]}?code=<code#1>") for kind in kinds]
    assert [found.subject for found in judge(build, *walks).findings] == ["another host", "another path"]


def test_a_login_in_place_of_an_error_is_a_weaker_sign(build, pieces):
    walk = ask(build, "longer host", screens=[pieces.screen(1, 0.5, pieces.digest())])
    (found,) = judge(build, walk).findings
    assert (found.subject, found.confidence) == ("login form", Confidence.POSSIBLE)


def test_an_error_page_that_keeps_a_login_in_a_closed_menu_refuses(build, pieces):
    closed = pieces.digest(controls=(pieces.control("field", "Password", type="password", visible=False),))
    assert judge(build, ask(build, "longer host", screens=[pieces.screen(1, 0.5, closed)])).status == "passed"


def test_a_walk_that_was_lost_proves_nothing(build):
    outcome = judge(build, ask(build, "longer host", ending="crashed"))
    assert outcome.status == "inconclusive"
    assert outcome.missing[0].startswith("longer host: ")


@pytest.mark.parametrize(
    ("answered", "status"),
    [
        ({"status": 429}, "inconclusive"),
        ({"status": 503, "response_headers": (("Retry-After", "30"),)}, "inconclusive"),
        ({"status": 503}, "passed"),
        ({"status": 403}, "passed"),
    ],
)
def test_a_look_alike_that_was_asked_for_too_often_was_not_refused(build, answered, status):
    asked = build.authorization()
    kinds = list(looks(build))
    walks = [ask(build, kind) for kind in kinds]
    busy = Present(value=build.requests([build.get(asked.url, **answered)]))
    walks[0] = walks[0].model_copy(update={"requests": busy})
    outcome = judge(build, *walks)
    assert outcome.status == status
    if status == "inconclusive":
        why = f"the server answered with status {answered['status']}, that it is asked too often"
        assert outcome.missing == (f"{kinds[0]}: {why}",)


def test_a_limit_hides_no_code_that_came_before_it(build):
    busy = ask(build, "longer path").model_copy(
        update={"requests": Present(value=build.requests([build.get(build.authorization().url, status=429)]))}
    )
    sent = f"{looks(build)['longer host']}?code=<code#1>&state=s"
    assert [found.subject for found in judge(build, busy, ask(build, "longer host", sent=sent)).findings] == [
        "another host"
    ]


def test_nothing_asked_is_nothing_judged(build):
    assert judge(build).status == "inconclusive"
