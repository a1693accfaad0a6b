"""Whether a chain is trusted as it was served, and what it is that keeps it from it.

Nothing is fetched and no store of this machine is asked: a missing intermediate stays missing, as it does for a client
that repairs nothing. Mozilla's roots are asked through cryptography's path validation. A chain that ends in a private
root is followed signature by signature instead: the extensions of home-made roots are often not those of the web's
rules, and the customer's own tools let that pass.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from e2e_linker.evidence.served_tls import TrustVerdict
from e2e_linker.service.certificates import Roots, covers, issued, names_of, organisation, weakness

__all__ = ["Trust", "judge_chain"]

_LONGEST = 12
"""Certificates of a served chain that are looked at; real chains have two to four."""

Problem = tuple[TrustVerdict, str]


@dataclass(frozen=True, slots=True)
class Trust:
    """The verdict on a chain. ``detail`` and ``also`` are said in words, ``path`` holds places in the chain."""

    verdict: TrustVerdict
    detail: str | None
    also: tuple[str, ...] = ()
    path: tuple[int, ...] = ()


def judge_chain(chain: Sequence[x509.Certificate], host: str, at: datetime, roots: Roots) -> Trust:
    """The verdict on ``chain`` (in the order it was sent, not empty) for ``host`` at the moment ``at``."""
    chain = chain[:_LONGEST]
    verified, words = _verified(chain, at, roots.public)
    if verified is None:
        path, anchor = _followed(chain, at, roots)
    else:
        path, anchor = tuple(chain.index(one) for one in verified if one in chain), verified[-1]
    problems = list(_problems(chain, path, anchor, host, at, roots))
    if not problems and verified is not None:
        return Trust("trusted", None, path=path)
    if not problems and anchor is not None and anchor in roots.private:
        return Trust("private_root", f"it ends in the private root {_called(anchor.subject)}", path=path)
    (verdict, detail), *rest = problems or [("broken", words or "it cannot be verified")]
    return Trust(verdict, detail, tuple(said for _, said in rest), path)


def _verified(
    chain: Sequence[x509.Certificate], at: datetime, roots: Sequence[x509.Certificate]
) -> tuple[list[x509.Certificate] | None, str | None]:
    """(the path to one of ``roots``, why there is none). Whose name the certificate bears is not asked here."""
    names = names_of(chain[0])
    if not names:
        return None, "it names no host in its subjectAltName"
    if not roots:
        return None, "there is no root to end in"
    builder = PolicyBuilder().store(Store(list(roots))).time(at)
    builder = builder.extension_policies(ca_policy=_AUTHORITY, ee_policy=_SERVER)
    words: str | None = None
    for subject in _subjects(names):
        try:
            verifier = builder.build_server_verifier(subject)
        except ValueError as error:
            words = str(error)  # a name that the library does not take for one
            continue
        try:
            return verifier.verify(chain[0], list(chain[1:])), None
        except (VerificationError, ValueError) as error:
            return None, str(error).partition(" (encountered")[0]
    return None, words or "no host has such a name as it bears"


def _subjects(names: Sequence[str]) -> Iterator[x509.IPAddress | x509.DNSName]:
    """Those of whom a certificate with ``names`` speaks."""
    for name in names:
        try:
            yield x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            if covers([name], one := name.replace("*", "any", 1)):
                yield x509.DNSName(one)


def _is_authority(policy: Policy, certificate: x509.Certificate, found: x509.BasicConstraints) -> None:
    if not found.ca:
        raise ValueError("a certificate that is no authority's signed another")


def _is_for_servers(policy: Policy, certificate: x509.Certificate, found: x509.ExtendedKeyUsage | None) -> None:
    if found is not None and not {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE} & {
        *found
    }:
        raise ValueError("the certificate is not meant for servers")


# What a customer's client asks for, not all that the authorities' own rules demand of a certificate.
_AUTHORITY = ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _is_authority)
_SERVER = (
    ExtensionPolicy.permit_all()
    .require_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _is_for_servers)
)


def _followed(
    chain: Sequence[x509.Certificate], at: datetime, roots: Roots
) -> tuple[tuple[int, ...], x509.Certificate | None]:
    """(places of the certificates from the host's own upwards, the root they end in, if they do)."""
    path, anchors = [0], (*roots.private, *roots.public)
    while True:
        last = chain[path[-1]]
        anchor = last if last in anchors else next((root for root in anchors if issued(root, last)), None)
        if anchor is not None:
            return tuple(path), anchor
        above = [n for n, one in enumerate(chain) if n not in path and issued(one, last)]
        if not above:
            return tuple(path), None
        path.append(next((n for n in above if _in_time(chain[n], at)), above[0]))


def _in_time(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _problems(
    chain: Sequence[x509.Certificate],
    path: Sequence[int],
    anchor: x509.Certificate | None,
    host: str,
    at: datetime,
    roots: Roots,
) -> Iterator[Problem]:
    """Everything that is wrong, that first which is to be mended first."""
    leaf = chain[0]
    alone = anchor is None and issued(leaf, leaf)
    if alone:
        yield "self_signed", f"it is signed by itself ({_called(leaf.subject)}), not by an authority"
    yield from _out_of_time(chain, path, anchor, at)
    names = names_of(leaf)
    if not covers(names, host):
        listed = ", ".join(names[:5]) + (" and more" if len(names) > 5 else "")
        said = f"it is made out for {listed}" if names else "it names no host in its subjectAltName"
        yield "wrong_host", f"{said}, not for {host}"
    if anchor is None and not alone:
        yield _dead_end(chain, chain[path[-1]], roots)
    for place in path:
        weak = weakness(chain[place]) if chain[place] != anchor else None
        if weak:
            which = "" if place == 0 else f"the intermediate {_called(chain[place].subject)}: "
            yield "weak", f"{which}{weak}"


def _out_of_time(
    chain: Sequence[x509.Certificate], path: Sequence[int], anchor: x509.Certificate | None, at: datetime
) -> Iterator[Problem]:
    on_path = [chain[place] for place in path]
    for one in dict.fromkeys(on_path if anchor is None else [*on_path, anchor]):
        which = "it" if one == chain[0] else f"the certificate of {_called(one.subject)}"
        if at > one.not_valid_after_utc:
            yield "expired", f"{which} expired on {one.not_valid_after_utc:%Y-%m-%d at %H:%M UTC}"
        elif at < one.not_valid_before_utc:
            yield "not_yet_valid", f"{which} is not valid before {one.not_valid_before_utc:%Y-%m-%d at %H:%M UTC}"


def _dead_end(chain: Sequence[x509.Certificate], last: x509.Certificate, roots: Roots) -> Problem:
    """Why nobody vouches for ``last``: its issuer was not sent, or is somebody whom nobody knows."""
    issuer = _called(last.issuer)
    if issued(last, last):
        return "unknown_issuer", f"it ends in {_called(last.subject)}, which is no root of Mozilla's list"
    known = (*roots.public, *roots.private)
    if any(root.subject == last.issuer for root in known):
        return "unknown_issuer", f"it names {issuer} as its issuer, but was not signed with the key of that root"
    if any(one.subject == last.issuer for one in chain):
        return "missing_intermediate", f"the certificate that is sent for {issuer} is not the one that signed it"
    houses = {organisation(root.subject) for root in known} - {None}
    if organisation(last.issuer) in houses or _tells_where_its_issuer_is(last):
        return "missing_intermediate", f"the intermediate certificate {issuer} is not sent"
    return "unknown_issuer", f"its issuer {issuer} is neither sent nor a root of Mozilla's list"


def _tells_where_its_issuer_is(certificate: x509.Certificate) -> bool:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return False
    return any(one.access_method == AuthorityInformationAccessOID.CA_ISSUERS for one in access)


def _called(name: x509.Name) -> str:
    return f"“{name.rfc4514_string()}”"
