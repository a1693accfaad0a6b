"""The steps that several faults and variants are made of. Each builds on what was changed before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from e2e_linker.demo.behaviour import Behaviour, Parameters, TokenAnswer
from e2e_linker.demo.names import API
from e2e_linker.model import Grant

__all__ = [
    "ANSWERS",
    "always_asking",
    "answering",
    "deciding_by_script",
    "failing",
    "form_encoded",
    "giving",
    "implicit",
    "listing",
    "logging_in_by_api",
    "minding",
    "on_refresh",
    "with_tokens",
    "without",
]


ANSWERS = frozenset({"code", "access_token", "token_type", "expires_in"})
"""The parameters of a redirect that are good news."""


def always_asking(b: Behaviour) -> Behaviour:
    """``b`` with the consent page at every link, so that there is a form to send."""
    return replace(b, consent=replace(b.consent, ask="every-time"))


def deciding_by_script(b: Behaviour) -> Behaviour:
    """``b`` whose consent page, which comes at every link, has a script that sends the form and reads the answer."""
    policy = (*b.consent.policy, ("connect-src", "'self'"))
    return always_asking(
        replace(b, consent=replace(b.consent, scripts=(*b.consent.scripts, "decide.js"), policy=policy))
    )


def implicit(b: Behaviour) -> Behaviour:
    """``b`` with the implicit grant configured."""
    return replace(b, console=replace(b.console, grant=Grant.IMPLICIT))


def listing(b: Behaviour, domains: Iterable[str]) -> Behaviour:
    """``b`` with ``domains`` as the Domain List."""
    return replace(b, console=replace(b.console, domains=tuple(domains)))


def without(b: Behaviour, host: str) -> Behaviour:
    """``b`` with ``host`` not in the Domain List."""
    return listing(b, (listed for listed in b.console.domains if listed != host))


def logging_in_by_api(b: Behaviour) -> Behaviour:
    """``b`` whose login page has a script that sends the password to the API host, which is in the Domain List."""
    b = listing(b, dict.fromkeys((*b.console.domains, API)))
    return replace(b, pages=replace(b.pages, login="api"))


def giving(b: Behaviour, change: Callable[[Parameters], Parameters]) -> Behaviour:
    """``b`` with the parameters of its redirect changed."""
    earlier = b.answer.parameters
    return replace(b, answer=replace(b.answer, parameters=lambda parameters: change(earlier(parameters))))


def failing(b: Behaviour, error: str, description: str) -> Behaviour:
    """``b`` whose redirect carries ``error``."""

    def failed(parameters: Parameters) -> Parameters:
        others = tuple(pair for pair in parameters if pair[0] not in ANSWERS)
        return (("error", error), ("error_description", description), *others)

    return giving(b, failed)


def with_tokens(b: Behaviour, **changes: Any) -> Behaviour:
    """``b`` with these fields of its token endpoint."""
    return replace(b, tokens=replace(b.tokens, **changes))


def answering(b: Behaviour, change: Callable[[TokenAnswer], TokenAnswer]) -> Behaviour:
    """``b`` with every token answer changed."""
    earlier = b.tokens.answer
    return with_tokens(b, answer=lambda answer: change(earlier(answer)))


def on_refresh(b: Behaviour, change: Callable[[TokenAnswer], TokenAnswer]) -> Behaviour:
    """``b`` with every answer to a refresh changed."""
    earlier = b.tokens.on_refresh
    return with_tokens(b, on_refresh=lambda answer: change(earlier(answer)))


def minding(b: Behaviour, **manners: Any) -> Behaviour:
    """``b`` with another token endpoint: ``manners`` are those that are changed."""
    return with_tokens(b, manners=replace(b.tokens.manners, **manners))


def form_encoded(fields: Mapping[str, object]) -> tuple[str, str]:
    """``fields`` as a form, and its content type."""
    return urlencode({name: str(value) for name, value in fields.items()}), "application/x-www-form-urlencoded"
