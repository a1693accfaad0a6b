"""The secrets that a configuration points at, for who judges a capture and logs in nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TypeVar

from pydantic import SecretStr

from e2e_linker.config.linker import Account
from e2e_linker.config.load import LoadedConfig
from e2e_linker.config.secrets import resolve_secret
from e2e_linker.errors import ConfigurationError

__all__ = ["known_secrets"]

T = TypeVar("T")


def known_secrets(loaded: LoadedConfig) -> Iterator[tuple[SecretStr, str]]:
    """The secrets of ``loaded`` with their kinds: whoever took the capture may have typed them.

    One that cannot be read here is left out, as in a job to which none is given: nothing is done with them.
    """
    linker = loaded.config.linker
    for account in (linker.account, linker.second_account):
        yield from _of_account(account, loaded) if account is not None else ()
    if (secret := _readable(loaded.client_secret)) is not None:
        yield secret, "client_secret"
    for earlier in _readable(loaded.earlier) or ():
        yield earlier.refresh_token, "refresh_token"
        if earlier.client_secret is not None:
            yield earlier.client_secret, "client_secret"


def _of_account(account: Account, loaded: LoadedConfig) -> Iterator[tuple[SecretStr, str]]:
    for reference, kind in (
        (account.username, "username"),
        (account.password, "password"),
        (account.totp, "totp_secret"),
    ):
        if reference is None:
            continue
        read = partial(resolve_secret, reference, environ=loaded.environ, base_dir=loaded.base_dir)
        if (secret := _readable(read)) is not None:
            yield secret, kind


def _readable(read: Callable[[], T]) -> T | None:
    with suppress(ConfigurationError):
        return read()
    return None
