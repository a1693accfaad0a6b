"""The verdict on a chain as it was served: one cause first, in words that say what to do."""

from __future__ import annotations

import datetime
from itertools import permutations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.demo.pki import new_authority, new_rsa_key, self_signed
from e2e_linker.evidence.served_tls import TlsHandshake
from e2e_linker.service.certificates import Roots, covers, loaded, served, weakness
from e2e_linker.service.handshakes import Shaken
from e2e_linker.service.tls import TlsTarget, _evidence
from e2e_linker.service.trust import judge_chain

NOW = datetime.datetime.now(datetime.UTC)


def judged(mint, *chain, host=None, at=NOW, roots=None):
    return judge_chain(chain, host or mint.host, at, roots or mint.roots)


def test_a_whole_chain_is_trusted(mint):
    trust = judged(mint, mint.leaf(), mint.between.certificate)
    assert (trust.verdict, trust.detail, trust.also, trust.path) == ("trusted", None, (), (0, 1))


def test_order_and_ballast_behind_the_own_certificate_do_not_matter(mint):
    deeper = mint.public.certificate, mint.between.certificate, mint.private.certificate
    leaf = mint.leaf()
    for rest in permutations(deeper):
        trust = judged(mint, leaf, *rest)
        assert trust.verdict == "trusted"
        assert [(leaf, *rest)[place] for place in trust.path][1] == mint.between.certificate


def test_a_private_root_is_named(mint):
    trust = judged(mint, mint.leaf(mint.private))
    assert trust.verdict == "private_root"
    assert "CN=Example Root,O=Example Corp" in trust.detail
    assert trust.path == (0,)


def test_a_private_root_need_not_follow_the_rules_of_the_web(mint):
    """Made with `openssl req -x509` and nothing else: no key usage, no identifiers, version 1 in spirit."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "home")])
    root = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(NOW - datetime.timedelta(1)).not_valid_after(NOW + datetime.timedelta(9))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    leaf = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(mint.key.public_key())
        .serial_number(2).not_valid_before(NOW - datetime.timedelta(1)).not_valid_after(NOW + datetime.timedelta(9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(mint.host)]), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    assert judged(mint, leaf, roots=Roots((), (root,))).verdict == "private_root"
    own = read_one(self_signed([mint.host], mint.key))
    assert judged(mint, own, roots=Roots((), (own,))).verdict == "private_root"


def read_one(leaf):
    return x509.load_pem_x509_certificate(leaf.chain_pem)


@pytest.mark.parametrize("also_sent", [False, True])
def test_a_missing_intermediate_is_named(mint, also_sent):
    deep = mint.between
    sent = (mint.public.certificate,) if also_sent else ()
    trust = judged(mint, mint.leaf(deep), *sent)
    assert trust.verdict == "missing_intermediate"
    assert trust.detail == "the intermediate certificate “CN=Public Authority 1,O=Public Trust Ltd” is not sent"


def test_another_intermediate_of_the_same_name_does_not_help(mint):
    twin = mint.public.authority("Public Trust Ltd", "Public Authority 1")
    trust = judged(mint, mint.leaf(), twin.certificate)
    assert trust.verdict == "missing_intermediate"
    assert "not the one that signed it" in trust.detail


def test_issuers_nobody_knows(mint):
    stranger = new_authority("Nobody", "Nobody Root")
    alone = judged(mint, mint.leaf(stranger))
    assert alone.verdict == "unknown_issuer"
    assert "neither sent nor a root" in alone.detail
    sent = judged(mint, mint.leaf(stranger), stranger.certificate)
    assert sent.verdict == "unknown_issuer"
    assert "CN=Nobody Root,O=Nobody" in sent.detail
    namesake = new_authority("Public Trust Ltd", "Public Root")
    assert "not signed with the key of that root" in judged(mint, mint.leaf(namesake)).detail


def test_a_certificate_that_vouches_for_itself(mint):
    trust = judged(mint, read_one(self_signed([mint.host], mint.key)))
    assert (trust.verdict, trust.also) == ("self_signed", ())


@pytest.mark.parametrize(
    ("days", "verdict", "words"),
    [((-91, -1), "expired", "it expired on"), ((1, 90), "not_yet_valid", "it is not valid before")],
)
def test_dates(mint, days, verdict, words):
    trust = judged(mint, mint.leaf(days=days), mint.between.certificate)
    assert (trust.verdict, trust.also) == (verdict, ())
    assert trust.detail.startswith(words)


def test_the_clock_is_that_of_the_evidence(mint):
    chain = mint.leaf(), mint.between.certificate
    later = NOW + datetime.timedelta(days=100)
    assert judged(mint, *chain, at=later).verdict == "expired"
    assert judged(mint, *chain, at=NOW).verdict == "trusted"


def test_an_intermediate_or_private_root_that_expired_is_told_from_the_own_certificate(mint):
    trust = judged(mint, mint.leaf(mint.private, days=(-1, 800)), at=NOW + datetime.timedelta(days=400))
    assert trust.verdict == "expired"
    assert "the certificate of “CN=Example Root,O=Example Corp” expired" in trust.detail


def test_another_host(mint):
    trust = judged(mint, mint.leaf(), mint.between.certificate, host="login.example.com")
    assert (trust.verdict, trust.also) == ("wrong_host", ())
    assert trust.detail == "it is made out for token.example.com, not for login.example.com"


def test_everything_wrong_is_told_the_first_cause_first(mint):
    trust = judged(mint, mint.leaf(days=(-91, -1)), host="login.example.com")
    assert trust.verdict == "expired"
    assert len(trust.also) == 2
    assert "made out for" in trust.also[0]
    assert "not sent" in trust.also[1]


def test_weak_keys(mint):
    weak = new_rsa_key(1024)
    (leaf,) = mint.read(mint.between.leaf([mint.host], weak))
    assert judged(mint, leaf, mint.between.certificate).verdict == "weak"
    trust = judged(mint, *mint.read(mint.private.leaf([mint.host], weak)))
    assert (trust.verdict, trust.detail) == ("weak", "its RSA key has 1,024 bits")
    assert weakness(mint.leaf()) is None


@pytest.mark.parametrize("other", ["my_host.example.com", "foo*.example.com", "*", "a" * 64, "old.example."])
def test_a_strange_name_before_that_of_the_host_costs_nothing(mint, other):
    leaf, *_ = mint.read(mint.between.leaf([other, mint.host], mint.key))
    trust = judged(mint, leaf, mint.between.certificate)
    assert (trust.verdict, trust.detail) == ("trusted", None)


def test_a_certificate_of_strange_names_alone_is_trusted_by_nobody(mint):
    leaf, *_ = mint.read(mint.between.leaf(["foo*.example.com"], mint.key))
    trust = judged(mint, leaf, mint.between.certificate, host="foobar.example.com")
    assert trust.verdict == "wrong_host"


def with_extension(mint, oid: str, value: bytes) -> bytes:
    """A leaf with one more extension, DER."""
    own, now = mint.leaf(), datetime.timedelta(1)
    builder = (
        x509.CertificateBuilder().subject_name(own.subject).issuer_name(own.issuer).public_key(own.public_key())
        .serial_number(3).not_valid_before(NOW - now).not_valid_after(NOW + now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), critical=False)
    )  # fmt: skip
    return builder.sign(mint.between.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_an_extension_that_comes_twice_makes_a_certificate_unreadable(mint):
    der = with_extension(mint, "2.5.29.99", b"\x30\x00").replace(b"\x55\x1d\x63", b"\x55\x1d\x13")
    with pytest.raises(ValueError, match=r"it has the extension 2\.5\.29\.19 twice"):
        loaded(der)


def test_a_name_of_a_kind_that_cannot_be_read_here_accuses_nobody(mint):
    der = with_extension(mint, "2.5.29.17", bytes.fromhex("3004a3020c00"))  # an X.400 address
    shaken = Shaken(TlsHandshake(offer="tls13", version="TLSv1.3", cipher="TLS_AES_128_GCM_SHA256"), (der,))
    told = _evidence(TlsTarget(mint.host, 443, ("token",)), (shaken,), NOW, mint.roots)
    assert (told.trust, told.handshakes) == (None, (shaken.handshake,))
    assert "x400Address" in told.chain.error


def test_a_leaf_is_no_authority(mint):
    """The leaf of somebody else's domain signs one for ours."""
    key = ec.generate_private_key(ec.SECP256R1())
    impostor = mint.leaf()
    made = (
        x509.CertificateBuilder().subject_name(impostor.subject).issuer_name(impostor.subject)
        .public_key(key.public_key()).serial_number(7)
        .not_valid_before(NOW - datetime.timedelta(1)).not_valid_after(NOW + datetime.timedelta(9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(mint.host)]), critical=False)
        .sign(mint.key, hashes.SHA256())
    )  # fmt: skip
    trust = judged(mint, made, impostor, mint.between.certificate)
    assert trust.verdict == "broken"
    assert trust.detail


def test_mozillas_roots_are_read_and_trust_nothing_of_ours(mint, tmp_path):
    path = tmp_path / "root.pem"
    path.write_bytes(mint.private.pem)
    roots = Roots.read([path])
    assert len(roots.public) > 100
    assert roots.private == (mint.private.certificate,)
    assert judged(mint, mint.leaf(), mint.between.certificate, roots=roots).verdict == "unknown_issuer"
    assert judged(mint, mint.leaf(mint.private), roots=roots).verdict == "private_root"
    assert all(judge_chain([root], "www.example.com", NOW, roots).verdict != "trusted" for root in roots.public[:5])
    with pytest.raises(OSError, match="nothing"):
        Roots.read([tmp_path / "nothing"])


def test_a_certificate_becomes_evidence(mint):
    seen = served(mint.leaf())
    assert (seen.subject, seen.issuer_organisation) == (f"CN={mint.host}", "Public Trust Ltd")
    assert (seen.key, seen.key_bits, seen.signature_hash) == ("RSA", 2048, "sha256")
    assert seen.names == (mint.host,)
    assert not seen.self_signed
    assert served(mint.public.certificate).self_signed
    assert len(seen.sha256) == 64


LETTERS = "abcdefghijklmnopqrstuvwxyz"
first, last = st.sampled_from(LETTERS), st.sampled_from(f"{LETTERS}0123456789")
# Put together from parts: a pattern takes long to draw from where a machine is busy.
labels = first | st.builds("".join, st.tuples(first, st.text(f"{LETTERS}0123456789-", max_size=8), last))


@given(st.lists(labels, min_size=2, max_size=4))
def test_names_cover_hosts(parts):
    host = ".".join(parts)
    parent = ".".join(parts[1:])
    assert covers([host.upper()], host)
    assert covers([host], host + ".")
    assert covers([f"*.{parent}"], host)
    assert not covers([f"*.{parent}"], parent)
    assert not covers([f"*.{parent}"], f"more.{host}")
    assert not covers([parent], host)
    assert not covers([], host)


def test_addresses_are_covered_by_addresses_alone():
    assert covers(["127.0.0.1"], "127.0.0.1")
    assert covers(["::1"], "0:0:0:0:0:0:0:1")
    assert not covers(["*.0.0.1"], "127.0.0.1")
