"""What to do about an answer that a gateway gave in a server's place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from e2e_linker.evidence.gateways import Cause, Gateway

__all__ = ["gateway_did", "gateway_remedy", "let_through", "transport_remedy"]

_DID: Final[Mapping[Cause, str]] = MappingProxyType(
    {
        "refused": "a rule of its own turned the request away",
        "country": "it lets nobody in from the country that this tester asks from",
        "method": "it does not hand on POST",
        "closed": "the server behind it does not accept its connections",
        "unreachable": "it could not connect to the server behind it",
        "unanswered": "it got no answer from the server behind it",
        "no_route": "it does not find the server behind it",
        "no_target": "it holds no server behind it to be healthy",
        "handshake": "it could not connect safely to the server behind it",
        "certificate": "it does not trust the certificate of the server behind it",
        "slow": "the server behind it did not answer in time",
        "broken": "the server behind it gave no complete and valid answer",
        "function": "the function behind it failed, or answered in a form that it does not take",
    }
)
_UP: Final = "is up and listens where it is called, and that its firewall lets {name} in"
_REMEDIES: Final[Mapping[Cause, str]] = MappingProxyType(
    {
        "refused": "Let such requests through to this path in the settings of {name}, in the rules of its firewall and "
        "of its protection against robots; what it has logged of them names the rule",
        "country": "Exempt this path in the settings of {name} from the rule that goes by country",
        "method": "Let {name} hand on all methods for this path, POST among them: allow them in the behaviour of its "
        "distribution",
        "closed": f"See that the server behind {{name}} {_UP}",
        "unreachable": f"See that the server behind {{name}} {_UP}, and that it is not overloaded",
        "unanswered": f"See that the server behind {{name}} {_UP}; in its log, whether it was asked, and what kept it "
        "from answering",
        "no_route": "See in the settings of {name} which server it hands requests on to: that one's name may not "
        "resolve, or the tunnel to it may be down",
        "no_target": "See that the server behind {name} runs and is registered there, and why it fails its health "
        "check",
        "handshake": "See that the server behind {name} is up, speaks TLS where it is called, with a version and a "
        "cipher that {name} takes, and shows a valid certificate for the name that it is called by",
        "certificate": "Give the server behind {name} a certificate that {name} trusts: one that has not expired, is "
        "not signed by itself, and is for the name that it is called by",
        "slow": "Find out what kept the server behind {name} busy, or whether it is reached at all: its firewall may "
        "drop what comes from there",
        "broken": "See in the log of the server behind {name} why it closed the connection, or what is not taken of "
        "its answer: one that is cut off, or has headers that are too large",
        "function": "Look into the log of the function behind {name} (CloudWatch): it failed, or what it returned is "
        "not what is taken there, an object with a number as `statusCode` and a string as `body`",
    }
)
_SILENT: Final = frozenset[Cause](
    {"refused", "country", "method", "closed", "unreachable", "no_route", "no_target", "handshake", "certificate"}
)
"""After which the server has seen nothing of the request."""
_ALEXA: Final = " Alexa's servers are no browser and come from data centres: allow Amazon's networks (AS16509) there."
_COUNTRIES: Final = " Alexa's servers are Amazon's, in several countries: whether it refuses them, too, is not known."


_CERTIFICATE: Final = re.compile(
    r"\bno required ssl certificate was sent\b|\bssl certificate required\b", re.IGNORECASE
)
_WITHOUT_ONE: Final = frozenset({400, 495, 496})
_MISDIRECTED = 421


def transport_remedy(status: int | None, words: str) -> str | None:
    """What mends an answer with ``status`` and ``words`` about how the connection was made; None for all others."""
    if status in _WITHOUT_ONE and _CERTIFICATE.search(words):
        return (
            "Ask for no certificate of the client here (in nginx `ssl_verify_client off`): neither Alexa's servers nor "
            "customers have one."
        )
    if status != _MISDIRECTED:
        return None
    return (
        "The connection was made for another host name than the request asks for (status 421). Where a proxy stands "
        "before the server, let it connect by the name that it then asks for (in nginx `proxy_ssl_server_name on` and "
        "`proxy_ssl_name`, next to `proxy_set_header Host`); otherwise see that the server knows this host name for "
        "TLS, too."
    )


def gateway_did(gateway: Gateway) -> str:
    """Why ``gateway`` answered itself, a clause."""
    return _DID[gateway.cause]


def gateway_remedy(gateway: Gateway) -> str:
    """What mends it, in sentences."""
    silent = " The server itself was not asked: its log holds nothing of this request."
    return f"{_REMEDIES[gateway.cause].format(name=gateway.name)}.{silent if gateway.cause in _SILENT else ''}"


def let_through(gateway: Gateway) -> str:
    """What mends it at the token endpoint, which ``gateway`` kept a request from."""
    return gateway_remedy(gateway) + (_COUNTRIES if gateway.cause == "country" else _ALEXA)
