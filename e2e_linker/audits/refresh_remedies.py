"""What a refused refresh shows, and what to do about it, given how it was refused and what became of others."""

from __future__ import annotations

from e2e_linker.audits.base import Finding, finding
from e2e_linker.audits.body_remedies import body_remedy
from e2e_linker.audits.probing import probe_ref
from e2e_linker.audits.trials import trial
from e2e_linker.derive.lapses import Lapse, is_unknown_token
from e2e_linker.derive.probed import Probed, Strand
from e2e_linker.derive.replies import Reply
from e2e_linker.derive.trials import is_refusal
from e2e_linker.derive.urls import without_parameters
from e2e_linker.model import Confidence, host_of

__all__ = ["lapse_finding", "refresh_remedy", "unknown_token_fix"]

_KEEP = (
    "Keep refresh tokens where every worker and node of {host} finds them as soon as they are issued, in a database or "
    "in Redis, not in the memory of one process. Where they are signed or encrypted, give all the same key."
)
_STORED = (
    "See in the log of {host} why it refuses the refresh token that it has just issued: it has to be stored "
    "whole{length}, for this client, and where every worker and node finds it at once (in a database or in Redis, not "
    "in the memory of one process)."
)
_MORE_WANTED = frozenset({"invalid_request", "invalid_scope"})
_NOTHING_ELSE = (
    "Take a refresh as Alexa sends it, with grant_type, refresh_token and the client's credentials and nothing else, "
    "and mend what the answer names."
)
_NO_ACCESS = "Send the new access token in access_token of the answer to a refresh, too."


def refresh_remedy(reply: Reply) -> str | None:
    """What mends a refresh that was answered with ``reply``, as far as it tells; None for the rule's own words."""
    if reply.shaky:
        return f"Look in the log of {host_of(reply.call.url)} for the error of this request: the server itself failed."
    if reply.error in _MORE_WANTED and not is_unknown_token(reply):
        return _NOTHING_ELSE
    if reply.kind == "odd" and reply.call.status != 200 and reply.token("access_token"):
        return "Answer a refresh with status 200: Alexa takes no other."
    if reply.kind == "odd" and reply.call.status == 200 and reply.token("refresh_token"):
        return _NO_ACCESS
    return body_remedy(reply.answer) if reply.kind in {"odd", "empty"} else None


def unknown_token_fix(probed: Probed, strand: Strand, reply: Reply) -> str | None:
    """What to do where the first refresh of ``strand`` was refused as if its token were unknown; None elsewhere."""
    if not is_unknown_token(reply):
        return None
    host = host_of(reply.call.url)
    if probed.refreshes:
        return (
            f"{_KEEP.format(host=host)} If that is so already, see in the server's log what tells the refused "
            "ones from the others."
        )
    shapes = strand.exchange.call.shapes if strand.exchange else ()
    size = next((shape.length for shape in shapes if shape.name == "refresh_token"), None)
    length = f" (it has {size:,} characters, and a column for less cuts it off)" if size else ""
    other = trial(probed, "garbage_grant")
    reads = other is not None and is_refusal(other) and other.words != reply.words
    absent = " Where there is no refresh_token grant for this client yet, implement it." * (not reads)
    return _STORED.format(host=host, length=length) + absent


def lapse_finding(probed: Probed, found: tuple[Lapse, ...]) -> Finding:
    """What refresh tokens show that were refused and taken later."""
    url, refused = found[0].refused.call.url, found[0].refused
    links = f" It did so on {len(found)} links." if len(found) > 1 else ""
    return finding(
        "token-refresh-works",
        f"The token endpoint {without_parameters(url)} refused a refresh token with {refused.words}, and took the very "
        f"same one later.{links} So it had neither been replaced nor revoked. Alexa may unlink a customer whose "
        "refresh token is refused.",
        subject=f"{host_of(url)} refuses some refresh tokens",
        at=probe_ref(probed, refused.call),
        related=[probe_ref(probed, reply.call) for each in found[:2] for reply in (each.taken, each.refused)],
        confidence=Confidence.LIKELY,
        fix=f"{_KEEP.format(host=host_of(url))} If that is so already, see in the server's log why this one was "
        "not found, for example in a copy of the database that lags behind.",
    )
