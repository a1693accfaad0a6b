"""An exchange without a client secret: advice until it is refused, nothing where it is taken."""

from __future__ import annotations

import pytest

from e2e_linker.config.secrets import UNSENT_SECRET
from e2e_linker.evidence.models import Present
from e2e_linker.model import Confidence, Fault, Severity

REFUSED = {"error": "invalid_client", "error_description": "Wrong secret."}


def judged(build, *calls, secret=False):
    """The outcome where every one of ``calls`` is the exchange of a case of its own."""
    problems = () if secret else ((UNSENT_SECRET, "is not set"),)
    cases = [build.case(token_calls=Present(value=(call,))) for call in calls]
    return build.judge_run("client-secret", build.run(skill=build.skill(problems=problems)), cases)


def test_without_an_exchange_it_is_advice(build):
    (one,) = judged(build).findings
    assert (one.severity, one.blame) == (Severity.RECOMMENDED, Fault.TESTER)
    assert "linker.clientSecret is not set" in one.message
    assert "public client" in one.message


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (REFUSED, 401),
        (REFUSED, 200),
        ("", 401),
        ({"error": "unauthorized_client"}, 400),
        ({"error": "invalid_request", "error_description": "client_secret is missing"}, 400),
    ],
)
def test_a_refused_exchange_is_told_to_have_had_no_secret(build, pieces, body, status):
    (one,) = judged(build, pieces.token_call(body, status=status)).findings
    assert (one.severity, one.confidence, one.symptom) == (Severity.BREAKS, Confidence.LIKELY, False)
    assert one.message.startswith("No client secret was sent")
    assert one.shown_by == ("phone-na",)
    assert [(ref.kind, ref.case) for ref in one.related] == [("token_call", "phone-na")]
    assert "env:E2E_LINKER_CLIENT_SECRET" in one.fix.paste


@pytest.mark.parametrize(
    ("body", "status"),
    [({"error": "invalid_grant"}, 400), ("<html>", 502), ({"error": "server_error"}, 500), ("<h1>Not found</h1>", 404)],
)
def test_what_is_refused_for_another_reason_leaves_it_advice(build, pieces, body, status):
    (one,) = judged(build, pieces.token_call(body, status=status)).findings
    assert one.severity is Severity.RECOMMENDED


def test_a_public_client_that_gets_tokens_is_told_nothing(build, pieces):
    assert judged(build, pieces.token_call()).status == "passed"
    assert judged(build, pieces.token_call(), pieces.token_call(REFUSED, status=401)).status == "passed"


def test_a_refused_client_with_a_secret_is_another_matter(build, pieces):
    assert judged(build, pieces.token_call(REFUSED, status=401), secret=True).status == "passed"


def test_it_is_no_flaw_of_the_skill_file(build):
    run = build.run(skill=build.skill(problems=((UNSENT_SECRET, "is not set"),)))
    assert build.judge_run("configuration-schema", run).status == "passed"


@pytest.mark.parametrize(
    ("secret", "said"), [(False, "No client secret was sent"), (True, "is not what the server has")]
)
def test_the_endpoint_is_not_said_to_dislike_a_secret_that_it_never_got(build, pieces, secret, said):
    problems = () if secret else ((UNSENT_SECRET, "is not set"),)
    refused = Present(value=(pieces.token_call(REFUSED, status=401),))
    (one,) = build.judge("token-status", build.case(token_calls=refused, skill=build.skill(problems=problems))).findings
    assert said in one.message
    assert ("Set linker.clientSecret" in one.fix.text) is not secret
    assert one.symptom
