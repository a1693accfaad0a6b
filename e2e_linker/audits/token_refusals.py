"""What to do about a refused exchange, given what was observed of the code that was sent and of the answer."""

from __future__ import annotations

import re

from e2e_linker.audits.named_causes import named_cause
from e2e_linker.audits.rate_limit import LIMIT_FIX, limit_words
from e2e_linker.audits.spoilt_codes import spoilt
from e2e_linker.audits.token_codes import ALSO_COMPARE, CODE_FIX, speaks_of_code
from e2e_linker.audits.turned_away import gate_before, page_remedy
from e2e_linker.derive.error_pages import only_a_status
from e2e_linker.derive.exchange import Exchange
from e2e_linker.evidence.models import TokenCall
from e2e_linker.model import host_of

__all__ = ["HEADER_LOST", "advice", "remedy", "silence_remedy", "told", "wants_client_id"]

HEADER_LOST = (
    " Where id and secret are right, see whether the header Authorization reaches the server at all: a proxy, CGI or "
    "PHP-FPM may remove it on the way."
)
_PROOF_FIX = "Switch DPoP off for this client at the server: Alexa's token requests carry no such proof."
_PROOF_WANTED = frozenset({"use_dpop_nonce", "invalid_dpop_proof"})
_NO_OAUTH = " As it names no OAuth error, see, too, whether accessTokenUrl is the address of the token endpoint at all."
_NO_ENDPOINT = frozenset({404, 405, 410})
_SHORT = 400
"""Characters of an answer up to which it holds no more than what is quoted of it."""
_TYPE_FIX = "Answer with JSON whatever the request's Accept header says, and where it has none."
_CLIENT_ID = re.compile(
    r"client[\s_-]?id\W+(?:\w+\W+){0,3}?(?:missing|required|empty|absent|not\s+(?:given|specified|present|provided))"
    r"|\b(?:missing|required)\W+(?:\w+\W+){0,3}?client[\s_-]?id|\bno\W+client[\s_-]?id\b"
    r"|\binvalid_request\W+invalid\W+client[\s_-]?id\b",
    re.IGNORECASE,
)
_CLIENT_ID_SAID = (
    ". With HTTP Basic the client id stands in the header Authorization, and this server seems to want it in the body, "
    "too. Whether Alexa sends it there as well is not documented"
)
_CLIENT_ID_FIX = (
    "Let the server take the client id from the header Authorization alone (RFC 6749, section 2.3.1), and see that no "
    "proxy removes that header; or set accessTokenScheme to REQUEST_BODY_CREDENTIALS, where the server takes the "
    "secret in the body."
)


def wants_client_id(exchange: Exchange) -> bool:
    """Whether the server misses the client id in the body, of a client that shows itself by HTTP Basic."""
    basic = exchange.call.scheme == "HTTP_BASIC" and exchange.trouble == "status" and not exchange.limited
    return basic and exchange.error != "invalid_client" and bool(_CLIENT_ID.search(exchange.words))


def told(exchange: Exchange) -> str:
    """What the endpoint did, to stand behind its address, where it refused the exchange with a status of its own."""
    status = exchange.call.status or 0
    if gate := gate_before(exchange):
        return f"was not reached: {gate[0]}"
    what = "exchange" if exchange.error == "unsupported_grant_type" else "code"
    verb = "failed on the exchange" if status >= 500 else f"refused the {what}"
    said = f"{verb} with status {status}" + (f", {exchange.words}" if exchange.words else "")
    if exchange.limited:
        return said + limit_words(exchange.call)
    if wants_client_id(exchange):
        return said + _CLIENT_ID_SAID
    seen = spoilt(exchange)
    return said + (seen[0] if seen else "")


def silence_remedy(call: TokenCall) -> str:
    """What to do where ``call`` was not answered although a connection was made."""
    if call.failure_kind == "too_large":
        return "Send fewer or shorter headers with the token answer. Most servers and proxies keep them below 8 KiB."
    return (
        "Let the token endpoint answer over HTTP/1.1, and close no connection before the whole answer is sent. The log "
        f"of {host_of(call.url)}, or of the proxy before it, may say why this one was not answered."
    )


def advice(exchange: Exchange) -> str:
    """What to do where nothing is known but ``exchange``, in which the secret may be what is wrong."""
    fix = remedy(exchange)
    proven = exchange.call.scheme is None or speaks_of_code(exchange)
    return fix if proven or fix != CODE_FIX else fix + ALSO_COMPARE


def remedy(exchange: Exchange) -> str:
    """What mends it, as far as that is seen."""
    status, host = exchange.call.status or 0, host_of(exchange.call.url)
    if seen := spoilt(exchange):
        return seen[1]
    if cause := named_cause(exchange):
        return cause
    if exchange.error == "invalid_grant":
        return CODE_FIX
    if exchange.error in _PROOF_WANTED:
        return _PROOF_FIX
    if exchange.limited:
        return LIMIT_FIX
    if wants_client_id(exchange):
        return _CLIENT_ID_FIX
    if status < 500 and speaks_of_code(exchange):
        return CODE_FIX
    if gate := gate_before(exchange):
        return gate[1]
    if fix := page_remedy(exchange):
        return fix
    if status >= 500:
        return f"Look in the log of {host} for the error of this request: the server itself failed on it."
    if status in _NO_ENDPOINT:
        return f"Compare accessTokenUrl with the address of the token endpoint, and see that {host} takes POST there."
    if status == 406:
        return _TYPE_FIX
    names = not only_a_status(exchange.words) or len(exchange.call.response_body or "") > _SHORT
    mend = "and mend what its answer names." if names else "which its answer does not tell."
    mend += HEADER_LOST if status == 401 and exchange.call.scheme == "HTTP_BASIC" else ""
    mend += _NO_OAUTH if exchange.answer.json is not None and exchange.error is None else ""
    where = host if names else f"{host}, or of a proxy or gateway before it,"
    return f"See in the log of {where} why it refuses this request, {mend}"
