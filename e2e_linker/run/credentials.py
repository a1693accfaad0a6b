"""Everything secret a run is given: accounts, client secrets, old refresh tokens. Registered before it is used.

Whoever imports this loads an HTTP client, a tenth of a second.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote_plus

from pydantic import SecretStr

from e2e_linker.config.linker import ResolvedAccount
from e2e_linker.config.load import EarlierSkill, LoadedConfig
from e2e_linker.config.skill import Skill
from e2e_linker.derive.urls import split
from e2e_linker.errors import ConfigurationError
from e2e_linker.evidence.redact import SHORTEST, SecretRegistry
from e2e_linker.evidence.token_looks import is_unguessable, is_wording
from e2e_linker.run.stored_secrets import register_stored
from e2e_linker.service.tokens import TokenEndpoint, trusting

__all__ = ["Credentials", "Earlier", "promised_trust", "read_credentials"]

_BETWEEN = re.compile(r"[\s=:@/?&,;'\"]+")
"""What parts the arguments of a command line, and a value from its name or from the rest of an address."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A token endpoint that links of before a migration still use, and the refresh token of one of them."""

    endpoint: TokenEndpoint
    refresh_token: SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who logs in, and as whom tokens are asked for."""

    account: ResolvedAccount
    second_account: ResolvedAccount | None
    endpoint: TokenEndpoint | None
    """None where the skill names no access token URL, or uses the implicit grant."""
    earlier: tuple[Earlier, ...]


def read_credentials(loaded: LoadedConfig, registry: SecretRegistry) -> Credentials:
    """Read every secret and register it. Raises :class:`~e2e_linker.errors.SecretError` for one that cannot be."""
    account, second, secret = loaded.account(), loaded.second_account(), loaded.client_secret()
    earlier = tuple(_earlier(found, loaded.skill, secret) for found in loaded.earlier())
    accounts = (account, *((second,) if second else ()))
    _register(registry, accounts, secret, earlier, loaded.skill.client_id, _keys(loaded, earlier))
    # Scripts keep what they send along, too.
    registry.publish(loaded.skill.client_id, *loaded.skill.scopes, *(each.endpoint.client_id for each in earlier))
    names = [each.username.get_secret_value() for each in accounts if each.username]
    register_stored(_states(loaded), registry, names)
    return Credentials(
        account=account,
        second_account=second,
        endpoint=_endpoint(loaded.skill, secret) if loaded.skill.grant == "AUTH_CODE" else None,
        earlier=earlier,
    )


def _states(loaded: LoadedConfig) -> set[Path]:
    uses = (loaded.config.use, *(project.use for project in loaded.config.projects))
    return {use.storage_state for use in uses if use.storage_state is not None}


def promised_trust(roots: tuple[Path, ...]) -> Future[ssl.SSLContext]:
    """The promise of a context that trusts ``roots``, too; nobody needs it before the first code has arrived.

    Raises :class:`~e2e_linker.errors.ConfigurationError` at once for a root that cannot be read.
    """
    try:
        for root in roots:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=str(root))
    except OSError as error:
        names = ", ".join(map(str, roots))
        raise ConfigurationError(
            f"a root certificate cannot be read: {error}", where="linker.trust", hint=f"{names} must be PEM files"
        ) from error
    pool = ThreadPoolExecutor(1, thread_name_prefix="trust")
    promise = pool.submit(trusting, roots)
    pool.shutdown(wait=False)
    return promise


def _register(
    registry: SecretRegistry,
    accounts: Iterable[ResolvedAccount],
    secret: SecretStr | None,
    earlier: Iterable[Earlier],
    client_id: str,
    keys: Iterable[str],
) -> None:
    known = [(secret, "client_secret")]
    for account in accounts:
        known += [(account.password, "password"), (account.totp, "totp")]
        if account.otp_command is not None:
            command = account.otp_command.get_secret_value()
            plain = (client_id, account.username.get_secret_value() if account.username else "")
            known += [(SecretStr(value), "otp_command") for value in _secrets_in(command, plain)]
    for skill in earlier:
        known += [(skill.refresh_token, "refresh_token"), (skill.endpoint.client_secret, "client_secret")]
    known += [(SecretStr(key), "url_key") for key in keys]
    for value, kind in known:
        if value is not None and value.get_secret_value():
            registry.register(value, kind)


def _secrets_in(command: str, plain: tuple[str, ...]) -> Iterator[str]:
    """What must not be shown of a command line: the whole, and what in it looks made up by a machine.

    Arguments may be anything; a line that is the name of a program alone is no secret, unless it looks like one. What
    is part of ``plain`` is none, either.
    """
    if len(command) >= SHORTEST and len(command.split()) > 1:
        yield command
    for piece in _BETWEEN.split(command):
        if is_unguessable(piece) and not is_wording(piece) and not any(piece in text for text in plain):
            yield piece


def _keys(loaded: LoadedConfig, earlier: Iterable[Earlier]) -> Iterator[str]:
    """The keys in the addresses that only Alexa calls: they may be all that guards a function in the cloud.

    What browsers are sent with, too, is none (``p=B2C_1A_signup_signin``).
    """
    linker, shown = loaded.config.linker, unquote_plus(loaded.skill.authorization_url)
    addresses = [loaded.skill.access_token_url, linker.introspection, linker.revocation, linker.resource]
    for address in (*addresses, *(each.endpoint.url for each in earlier)):
        for _, value in parse_qsl(split(address or "").query):
            public = value in shown or value == loaded.skill.client_id
            if is_unguessable(value) and not (public or is_wording(value)):
                yield value


def _earlier(found: EarlierSkill, skill: Skill, current: SecretStr | None) -> Earlier:
    secret = found.client_secret
    if secret is None and found.skill.client_id == skill.client_id:
        secret = current  # only the address has changed
    endpoint = _endpoint(found.skill, secret)
    assert endpoint is not None
    return Earlier(endpoint, found.refresh_token)


def _endpoint(skill: Skill, secret: SecretStr | None) -> TokenEndpoint | None:
    if not skill.access_token_url:
        return None
    return TokenEndpoint(
        url=skill.access_token_url,
        scheme=skill.client_authentication.value,
        client_id=skill.client_id,
        client_secret=secret,
    )
