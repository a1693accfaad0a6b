"""Served chains and handshakes: who is told what, once, and how urgently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.audits.base import Options
from e2e_linker.audits.runner import judge_case, selected
from e2e_linker.derive.certificates import remaining
from e2e_linker.evidence.models import Ending, Failed, NotCollected, Present
from e2e_linker.evidence.served_tls import ServedCertificate, ServedTls, TlsHandshake
from e2e_linker.model import Confidence, Depth, Fault, Severity

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LOGIN, TOKEN, CDN = "login.example.com", "oauth.example.com", "cdn.example.net"
AUDITS = ("served-certificate", "certificate-authority", "tls-breadth", "tls-service", "token-connection")
GOOD = (
    TlsHandshake(offer="java8_tls12", version="TLSv1.2", cipher="ECDHE-RSA-AES256-GCM-SHA384"),
    TlsHandshake(offer="tls13", version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384"),
)


def certificate(days=60.0, life=90.0, **more):
    ends = NOW + timedelta(days=days)
    given = {"subject": "CN=a", "issuer": "CN=b,O=c", "serial": "1", "key": "RSA", "key_bits": 2048, "sha256": "0" * 64}
    return ServedCertificate(**{**given, "not_before": ends - timedelta(days=life), "not_after": ends, **more})


def served(host=LOGIN, roles=("authorization", "page"), *chain, **more):
    given = {"at": NOW, "port": 443, "trust": "trusted", "handshakes": GOOD}
    sent = chain or (certificate(),)
    given |= {"chain": Present(value=sent), "path": tuple(range(len(sent)))}
    return ServedTls(host=host, roles=roles, **{**given, **more})


def token(*chain, **more):
    return served(TOKEN, ("token",), *chain, **more)


@pytest.fixture
def judged(build, pieces):
    """Every TLS audit's outcome for a case whose hosts served what is given."""

    def judge(*seen, depth=Depth.STANDARD, part=None, **more):
        skill = build.skill().model_copy(update={"access_token_url": f"https://{TOKEN}/token"})
        call = pieces.token_call(url=f"https://{TOKEN}/token", **more)
        case = build.case(skill=skill, token_calls=Present(value=(call,)))
        chosen = {name: selected()[name] for name in AUDITS}
        return judge_case(case, Options(depth=depth), chosen, part or Present(value=seen))[0]

    return judge


@pytest.fixture
def content(build):
    """What is judged of a host that a page loads ``kind`` from, and nothing besides."""

    def judge(kind, *, trusts_private_roots=True, frame=False, **more):
        skill = build.skill().model_copy(
            update={"access_token_url": f"https://{TOKEN}/token", "trusts_private_roots": trusts_private_roots}
        )
        asked = build.authorization()
        loaded = build.sub(f"https://{CDN}/x", kind) | {"navigation": frame, "main_frame": not frame}
        steps = build.healthy_steps(asked, build.answer(asked))
        case = build.case(build.walk([*steps[:1], loaded, *steps[1:]], asked=asked), skill=skill)
        chosen = {name: selected()[name] for name in AUDITS[:4]}
        seen = (served(), token(), served(CDN, (), **more))
        return judge_case(case, Options(depth=Depth.STANDARD), chosen, Present(value=seen))[0]

    return judge


@pytest.mark.parametrize(
    ("verdict", "severity"),
    [
        ("expired", Severity.BREAKS),
        ("wrong_host", Severity.BREAKS),
        ("unknown_issuer", Severity.BREAKS),
        ("missing_intermediate", Severity.DEGRADES),
    ],
)
@pytest.mark.parametrize(("kind", "frame"), [("script", False), ("xhr", False), ("document", True)])
def test_what_a_customers_browser_refuses_is_told_of_hosts_that_pages_load_from(
    content, verdict, severity, kind, frame
):
    one = only(content(kind, frame=frame, trust=verdict, trust_detail="so it is"), "served-certificate")
    assert (one.rule, one.severity, one.subject) == ("auth-cert-trusted-ca", severity, f"{CDN} {verdict}")
    assert (one.confidence, one.blame) == (Confidence.LIKELY, Fault.CONTENT_HOST)
    who = "Browsers that do not fetch the missing certificate" if verdict == "missing_intermediate" else "Browsers"
    assert f"so it is. {who} load nothing from there, and the page may stop." in one.message


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("script", {"trust": "private_root", "trust_detail": "it ends in a root of its own"}),
        ("script", {"chain": Present(value=(certificate(3.0),))}),
        ("script", {"trust": None, "chain": Failed(error="refused")}),
        ("script", {"trust": "unknown_issuer", "trust_detail": "x", "through_proxy": True}),
        ("image", {"trust": "expired", "trust_detail": "x"}),
        ("script", {"trust": "expired", "trust_detail": "x", "trusts_private_roots": False}),
        ("script", {"handshakes": ()}),
    ],
)
def test_of_hosts_that_pages_load_from_nothing_else_is_told(content, kind, more):
    outcomes = content(kind, **more)
    assert {outcome.status for outcome in outcomes.values()} == {"passed"}
    assert CDN not in "".join(outcome.note or "" for outcome in outcomes.values())


def only(outcomes, audit):
    failed = {name: outcome for name, outcome in outcomes.items() if outcome.status == "failed"}
    assert set(failed) == {audit}
    (one,) = failed[audit].findings
    return one


def test_healthy_hosts_pass_without_a_word(judged):
    outcomes = judged(served(), token())
    assert {outcome.status for outcome in outcomes.values()} == {"passed"}
    assert {outcome.note for outcome in outcomes.values()} == {None}


def test_nothing_is_judged_below_standard_depth_or_without_evidence(judged):
    shallow = judged(depth=Depth.PASSIVE, part=NotCollected(reason="not asked"))
    assert {shallow[name].status for name in AUDITS[:4]} == {"not_applicable"}
    missing = judged(part=NotCollected(reason="no page was opened"))
    assert {missing[name].status for name in AUDITS[:4]} == {"inconclusive"}
    assert missing["token-connection"].status == "passed"


@pytest.mark.parametrize(
    ("verdict", "fix"),
    [
        ("missing_intermediate", "fullchain.pem"),
        ("self_signed", "public authority"),
        ("unknown_issuer", "linker.trust"),
        ("expired", "Renew"),
        ("not_yet_valid", "clock"),
        ("wrong_host", "SNI"),
        ("weak", "2,048"),
        ("broken", "issued anew"),
    ],
)
def test_each_cause_has_its_own_remedy(judged, verdict, fix):
    one = only(judged(served(trust=verdict, trust_detail="so it is"), token()), "served-certificate")
    assert (one.rule, one.severity) == ("auth-cert-trusted-ca", Severity.BREAKS)
    assert one.message.startswith(
        f"The certificate of {LOGIN}, which serves the authorization page, is not trusted: so"
    )
    assert fix in one.fix.text
    assert (one.primary.kind, one.primary.ref, one.primary.case) == ("certificate", LOGIN, "phone-na")


def test_a_missing_intermediate_of_a_page_says_why_browsers_pass(judged):
    bad = {"trust": "missing_intermediate", "trust_detail": "the intermediate certificate “CN=R11” is not sent"}
    why = "A browser may pass all the same: it knows or fetches the intermediate, Amazon's servers do not."
    assert why in only(judged(served(**bad), token()), "served-certificate").message
    assert why not in only(judged(served(), token(**bad)), "served-certificate").message
    other = served(trust="expired", trust_detail="it expired")
    assert why not in only(judged(other, token()), "served-certificate").message


def test_a_private_root_is_harmless_in_a_test_and_not_in_production(judged):
    outcome = judged(served(trust="private_root", trust_detail="it ends in a root of its own"), token())[AUDITS[0]]
    assert outcome.status == "passed"
    assert f"not by Amazon's servers: {LOGIN} (it ends in a root of its own)." in outcome.note
    assert "On a test system that does no harm" in outcome.note
    assert "in production these hosts need a certificate of a public authority" in outcome.note


def test_a_bad_chain_of_the_token_host_is_told_once_and_names_the_cause(judged):
    bad = token(trust="missing_intermediate", trust_detail="the intermediate certificate “CN=R11” is not sent")
    outcomes = judged(served(), bad, status=None, failure="certificate verify failed", failure_kind="tls")
    one = only(outcomes, "served-certificate")
    assert one.rule == "token-https-443"
    assert "R11" in one.message
    assert outcomes["token-connection"].status == "not_applicable"


def test_a_tls_failure_that_the_certificates_do_not_explain_is_told_by_the_exchange(judged):
    outcomes = judged(served(), token(), status=None, failure="unexpected eof", failure_kind="tls")
    assert only(outcomes, "token-connection").rule == "token-https-443"


@pytest.mark.parametrize(
    ("failure", "advice"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired", "Serve a current"),
        ("[SSL] tlsv13 alert certificate required", "no certificate of its own"),
        ("unexpected eof", "see why the handshake fails"),
    ],
)
def test_a_certificate_is_advised_only_where_it_is_the_trouble(judged, failure, advice):
    outcomes = judged(served(), token(), status=None, failure=failure, failure_kind="tls")
    assert advice in only(outcomes, "token-connection").fix.text


def test_one_host_for_both_is_told_once_as_the_authorization_host(judged, build):
    both = served(
        TOKEN, ("authorization", "token"), trust="expired", trust_detail="it expired", also=("more is wrong",)
    )
    one = only(judged(both), "served-certificate")
    assert one.rule == "auth-cert-trusted-ca"
    assert "the authorization page and the token endpoint" in one.message
    assert "Besides, more is wrong." in one.message


def test_hosts_of_other_cases_are_none_of_this_ones_business(judged):
    elsewhere = served("other.example.com", ("page",), trust="expired", trust_detail="it expired")
    assert {outcome.status for outcome in judged(served(), token(), elsewhere).values()} == {"passed"}


def test_the_resource_harms_the_skill_but_not_the_linking(judged):
    refusing = tuple(TlsHandshake(offer=offer, failure="no") for offer in ("java8_tls12", "tls13"))
    bad = served("api.example.com", ("resource",), trust="expired", trust_detail="it expired", handshakes=refusing)
    one = only(judged(served(), token(), bad), "served-certificate")
    assert one.severity is Severity.DEGRADES


def test_the_end_of_the_resources_certificate_is_no_end_of_the_linking(judged):
    apart = judged(served(), token(), served("api.example.com", ("resource",), certificate(10.0)))
    assert only(apart, AUDITS[0]).message.endswith("; from then on what the skill asks for there fails.")
    together = judged(served(), served(TOKEN, ("token", "resource"), certificate(10.0)))
    assert only(together, AUDITS[0]).message.endswith("; from then on nobody can link.")


def test_what_a_proxy_shows_is_not_certain(judged):
    one = only(judged(served(trust="expired", trust_detail="x", through_proxy=True), token()), AUDITS[0])
    assert one.confidence is Confidence.LIKELY
    assert "proxy" in one.message


@pytest.mark.parametrize("verdict", ["unknown_issuer", "self_signed"])
def test_a_chain_that_a_proxy_may_have_made_itself_says_nothing_of_the_server(judged, verdict):
    made = {"trust": verdict, "trust_detail": "its issuer “CN=Corp Root” is not known", "through_proxy": True}
    outcome = judged(served(**made), token(**made))[AUDITS[0]]
    assert outcome.status == "inconclusive"
    said = " ".join(outcome.missing)
    assert "login.example.com: what came through this machine's proxy" in said
    assert "“CN=Corp Root”" in said
    assert "linker.trust" in said
    others = [name for name in AUDITS if name != "token-connection"]
    assert {judged(served(**made), token(**made))[name].status for name in others} == {"inconclusive"}
    failed = {"status": None, "failure": "certificate verify failed", "failure_kind": "tls"}
    assert judged(served(**made), token(**made), **failed)["token-connection"].status == "inconclusive"
    beside = judged(served(**made), token(trust="expired", trust_detail="x"))
    assert only(beside, AUDITS[0]).subject.endswith("expired")


def test_a_private_root_passes_with_an_honest_note(judged):
    outcome = judged(served(trust="private_root", trust_detail="it ends in the private root X"), token())[AUDITS[0]]
    assert outcome.status == "passed"
    assert "not by Amazon's servers: login.example.com" in outcome.note


def test_the_note_on_a_private_root_stays_beside_a_finding_and_a_silent_host(judged):
    private = served(trust="private_root", trust_detail="it ends in the private root X")
    beside = judged(private, token(trust="expired", trust_detail="it expired"))[AUDITS[0]]
    assert beside.status == "failed"
    assert "not by Amazon's servers: login.example.com (it ends in the private root X)" in beside.note
    silent = judged(private, token(chain=Failed(error="no answer"), trust=None, path=(), handshakes=()))[AUDITS[0]]
    assert silent.status == "inconclusive"
    assert silent.note == beside.note


@pytest.mark.parametrize("organisation", ["Let's Encrypt", "Internet Security Research Group"])
def test_lets_encrypt_is_a_note_and_never_a_finding(judged, organisation):
    outcomes = judged(served(LOGIN, ("authorization",), certificate(issuer_organisation=organisation)), token())
    assert {outcome.status for outcome in outcomes.values()} == {"passed"}
    note = outcomes["certificate-authority"].note
    assert LOGIN in note
    assert TOKEN not in note
    assert "explain auth-cert-letsencrypt-note" in note


@pytest.mark.parametrize(
    ("days", "life", "severity"),
    [
        (31, 90, None),
        (29.9, 90, Severity.RECOMMENDED),
        (13.9, 90, Severity.DEGRADES),
        (29, 398, Severity.RECOMMENDED),
        (13, 398, Severity.DEGRADES),
        (16, 47, None),
        (15, 47, Severity.RECOMMENDED),
        (2.1, 6, None),
        (1.9, 6, Severity.RECOMMENDED),
        (0.9, 6, Severity.DEGRADES),
    ],
)
def test_the_end_of_a_certificate_is_announced(judged, days, life, severity):
    outcomes = judged(served(), token(certificate(days, life)))
    if severity is None:
        assert outcomes[AUDITS[0]].status == "passed"
        return
    one = only(outcomes, AUDITS[0])
    assert (one.rule, one.severity) == ("token-https-443", severity)
    assert f"{int(days)} day" in one.message


def test_an_intermediate_on_the_way_counts_and_ballast_does_not(judged):
    old = certificate(5, 1000, subject="CN=between")
    assert only(judged(served(LOGIN, ("page",), certificate(), old), token()), AUDITS[0]).message.count("CN=between")
    assert judged(served(LOGIN, ("page",), certificate(), old, path=(0,)), token())[AUDITS[0]].status == "passed"


@given(st.floats(0.01, 800), st.floats(1, 800))
def test_more_time_left_is_never_more_urgent(left, life):
    order = {"very_soon": 0, "soon": 1, None: 2}
    urgent = [remaining(token(certificate(days, life))).urgency for days in (left, left + 1)]
    assert order[urgent[0]] <= order[urgent[1]]


def handshakes(**failures):
    """The good handshakes with ``failures`` in place of some, or added."""
    known = {one.offer: one for one in GOOD}
    known |= {offer: TlsHandshake(offer=offer, failure=said) for offer, said in failures.items()}
    return tuple(known.values())


def test_tls_1_3_alone_breaks_at_the_token_host_and_degrades_at_the_login(judged):
    narrow = handshakes(java8_tls12="refused", any_tls12="refused")
    one = only(judged(served(), token(handshakes=narrow)), "tls-breadth")
    assert (one.rule, one.severity, one.confidence) == ("auth-tls-cipher-breadth", Severity.BREAKS, Confidence.LIKELY)
    assert "TLS 1.3 and nothing before it" in one.message
    one = only(judged(served(handshakes=narrow), token()), "tls-breadth")
    assert (one.severity, one.confidence) == (Severity.DEGRADES, Confidence.POSSIBLE)


def test_modern_suites_alone_are_named(judged):
    any12 = TlsHandshake(offer="any_tls12", version="TLSv1.2", cipher="ECDHE-RSA-CHACHA20-POLY1305")
    one = only(judged(served(), token(handshakes=(*handshakes(java8_tls12="refused"), any12))), "tls-breadth")
    assert "ECDHE-RSA-CHACHA20-POLY1305" in one.message


@pytest.mark.parametrize(
    ("shaken", "words"), [(handshakes(tls13="refused"), "TLS 1.3"), (handshakes(rsa_tls12="refused"), "ECDSA")]
)
def test_what_only_some_clients_miss_is_advice(judged, shaken, words):
    one = only(judged(served(), token(handshakes=shaken)), "tls-breadth")
    assert one.severity is Severity.RECOMMENDED
    assert words in one.message


def test_a_host_that_takes_no_handshake_is_told_once(judged):
    refusing = handshakes(java8_tls12="what answers there does not speak TLS", tls13="the same")
    mute = {"chain": Failed(error="refused"), "trust": None, "path": (), "handshakes": refusing}
    one = only(judged(served(**mute), token()), "tls-service")
    assert one.rule == "auth-https-443"
    outcomes = judged(served(), token(**mute), status=None, failure="wrong version", failure_kind="tls")
    assert only(outcomes, "tls-service").rule == "token-https-443"


def wanting(offer, version=None):
    return TlsHandshake(offer=offer, version=version, failure=None if version else "alert", asks_certificate=True)


@pytest.mark.parametrize("new", [None, "TLSv1.3"])
def test_a_host_that_demands_a_certificate_of_its_clients_is_not_called_narrow(judged, new):
    shaken = {"handshakes": (wanting("java8_tls12"), wanting("tls13", new), wanting("any_tls12"))}
    outcomes = judged(served(**shaken), token())
    one = only(outcomes, "tls-service")
    assert one.rule == "auth-https-443"
    assert "turns away every client that shows no certificate of its own" in one.message
    assert "mutual TLS" in one.fix.text
    assert outcomes["tls-breadth"].status == "passed"
    outcomes = judged(served(), token(**shaken), status=None, failure="alert", failure_kind="tls")
    assert only(outcomes, "tls-service").rule == "token-https-443"
    assert outcomes["token-connection"].status == "not_applicable"


def test_a_certificate_that_a_host_asks_for_but_does_not_need_is_no_fault(judged):
    optional = {"handshakes": (wanting("java8_tls12", "TLSv1.2"), wanting("tls13", "TLSv1.3"))}
    assert {one.status for one in judged(served(**optional), token(**optional)).values()} == {"passed"}
    sometimes = {"handshakes": (wanting("java8_tls12"), GOOD[1], wanting("any_tls12"))}
    assert judged(served(**sometimes), token())["tls-breadth"].status == "passed"


def test_a_host_that_says_nothing_is_neither_passed_nor_failed(judged):
    silent = tuple(TlsHandshake(offer=one.offer, failure="no answer within 5 s", answered=False) for one in GOOD)
    outcomes = judged(served(), token(chain=Failed(error="no answer within 5 s"), trust=None, handshakes=silent))
    assert {outcomes[name].status for name in AUDITS[:4]} == {"inconclusive"}
    assert {outcomes[name].missing for name in AUDITS[:4]} == {(f"{TOKEN}: no answer within 5 s",)}
    half = (GOOD[1], silent[0])
    assert judged(served(), token(handshakes=half))["tls-breadth"].status == "inconclusive"


def test_where_no_host_was_asked_nothing_has_passed(judged):
    outcomes = judged(part=Present(value=()))
    assert {outcomes[name].status for name in AUDITS[:4]} == {"inconclusive"}
    assert "no host" in outcomes["tls-breadth"].missing[0]


def test_a_host_that_the_run_was_too_short_for_leaves_the_verdict_open(judged):
    cut = token(chain=Failed(error="the run ended before it had answered"), trust=None, path=(), handshakes=())
    outcomes = judged(served(), cut)
    assert {outcomes[name].missing for name in AUDITS[:4]} == {(f"{TOKEN}: the run ended before it had answered",)}


@pytest.fixture
def stopped(build):
    """What is judged of a login whose page failed with ``failure``, at a depth that asks no host for its TLS."""

    def judge(failure, *seen, kind="tls_failure"):
        ending = Ending(kind=kind, message="the browser does not get there", fault=Fault.IDENTITY_PROVIDER)
        asked = build.authorization()
        first = build.get(asked.url) | {"status": None, "failure": failure}
        case = build.case(build.walk([first], asked=asked, answer=None, ending=ending))
        part = Present(value=seen) if seen else NotCollected(reason="one link only")
        chosen = {"page-tls": selected()["page-tls"]}
        return judge_case(case, Options(depth=Depth.PASSIVE), chosen, part)[0]["page-tls"]

    return judge


OBJECTION = "net::ERR_TUNNEL_CONNECTION_FAILED: the certificate of login.example.com is not to be trusted: "
UNLISTED = f"{OBJECTION}its issuer is neither sent along nor on Mozilla's list nor in linker.trust"
THROUGH = ", seen through upstream proxy 10.0.0.8:3128"


@pytest.mark.parametrize(
    ("failure", "rule", "fix"),
    [
        (f"{OBJECTION}it, or one above it, has expired", "auth-cert-trusted-ca", "Renew the certificate"),
        (f"{OBJECTION}it, or one above it, has expired{THROUGH}", "auth-cert-trusted-ca", "Renew the certificate"),
        ("net::ERR_CERT_DATE_INVALID", "auth-cert-trusted-ca", "Renew the certificate"),
        (f"{OBJECTION}it is made out for another host", "auth-cert-trusted-ca", "names this host"),
        ("SSL_ERROR_BAD_CERT_DOMAIN", "auth-cert-trusted-ca", "names this host"),
        (UNLISTED, "auth-cert-trusted-ca", "on Mozilla's list"),
        ("net::ERR_CERT_AUTHORITY_INVALID", "auth-cert-trusted-ca", "on Mozilla's list"),
        ("MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", "auth-cert-trusted-ca", "public authority"),
        ("net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "auth-https-443", "Ask clients for no certificate"),
        ("net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "auth-https-443", "Terminate TLS 1.2 and 1.3"),
        ("net::ERR_SSL_PROTOCOL_ERROR", "auth-https-443", "Terminate TLS 1.2 and 1.3"),
    ],
)
def test_tls_that_stops_the_browser_is_told_where_nobody_looked_at_it_besides(stopped, failure, rule, fix):
    (one,) = stopped(failure).findings
    sure = Confidence.POSSIBLE if "PROTOCOL_ERROR" in failure else Confidence.LIKELY
    assert (one.rule, one.severity, one.confidence) == (rule, Severity.BREAKS, sure)
    assert one.primary.ref == "measured#1"
    proxy = " It was seen through this machine's proxy, which may show one of its own." if THROUGH in failure else ""
    assert one.message == f"The login stops at the authorization page: the browser does not get there.{proxy}"
    assert fix in one.fix.text


@pytest.mark.parametrize(
    "failure",
    [
        f"{UNLISTED}{THROUGH}",
        f"net::ERR_CERT_AUTHORITY_INVALID{THROUGH}",
        f"MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT{THROUGH}",
        f"net::ERR_SSL_PROTOCOL_ERROR{THROUGH}",
        "net::ERR_CERTIFICATE_TRANSPARENCY_REQUIRED",
        f"{OBJECTION}only the browser saw one",
    ],
)
def test_what_may_be_a_proxys_or_is_not_known_says_nothing_of_the_server(stopped, failure):
    assert stopped(failure).status == "inconclusive"


def test_a_host_that_was_asked_for_its_tls_is_judged_by_what_it_served(stopped):
    assert stopped("net::ERR_CERT_DATE_INVALID", served(trust="expired", trust_detail="x")).status == "not_applicable"
    assert stopped("net::ERR_CERT_DATE_INVALID", token()).status == "failed"
    assert stopped("net::ERR_CERT_DATE_INVALID", kind="unreachable").status == "inconclusive"
