"""What the audits share that judge one field of the skill configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from e2e_linker.audits.base import EvidenceRef, Outcome, finding, verdict
from e2e_linker.derive.endpoints import address_problem, host_problem
from e2e_linker.model import Fault

__all__ = ["misaddressed", "misconfigured"]

_PUBLIC = (
    "Serve it at a public host name on port 443, with a certificate that a public authority issued for that name, and "
    "configure the URL with it."
)
"""What helps where the host is at fault; the rules' own fixes are about the port."""
_WITH_TLS = "Configure the URL with https, and serve it there, on port 443, with a certificate of a public authority."


def misaddressed(
    rule: str, name: str, url: str, field: str, *, unreached: Mapping[str, str] = MappingProxyType({})
) -> Outcome:
    """The verdict of ``rule`` on ``url``, called ``name``, as it is written in ``field``, whatever it resolves to.

    ``unreached`` says by case why it could not be reached.
    """
    problem = address_problem(url)
    if problem is None:
        return verdict(())
    plain = url.strip().lower().startswith("http:")
    fix = _PUBLIC if host_problem(url) else _WITH_TLS if plain else None
    tried = next((f" It could not be reached: {why}." for why in unreached.values()), "")
    return misconfigured(rule, f"{name} {problem}.{tried}", field, fix=fix, shown_by=unreached)


def misconfigured(
    rule: str,
    message: str,
    field: str,
    *,
    fix: str | None = None,
    paste: str | None = None,
    shown_by: Iterable[str] = (),
) -> Outcome:
    """The failure of ``rule`` by ``field`` of ``accountLinkingRequest``, to be mended there; see :func:`finding`."""
    return verdict(
        [
            finding(
                rule,
                message,
                subject=field,
                at=EvidenceRef(kind="configuration", ref=field),
                fix=fix,
                paste=paste,
                where=f"accountLinkingRequest.{field}",
                blame=Fault.SKILL_CONFIGURATION,
                shown_by=shown_by,
            )
        ]
    )
