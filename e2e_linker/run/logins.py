"""Who logs in on the walks of a case."""

from __future__ import annotations

from functools import partial

from e2e_linker.browser.login import Credentials, LoginDriver
from e2e_linker.browser.plan import LoginFactory
from e2e_linker.config.linker import ResolvedAccount
from e2e_linker.config.projects import Use
from e2e_linker.run.resources import Resources

__all__ = ["login_factory", "visible"]


def login_factory(shared: Resources, use: Use, account: ResolvedAccount, step_s: float | None) -> LoginFactory:
    """Logs ``account`` in as the configuration says, with ``step_s`` seconds a step where that is less."""
    linker = shared.loaded.config.linker
    timeout_ms = use.action_timeout or shared.loaded.config.expect.timeout
    credentials = Credentials(
        username=account.username,
        password=account.password,
        totp=account.totp,
        otp_command=account.otp_command.get_secret_value() if account.otp_command else None,
    )
    return partial(
        LoginDriver,
        login=linker.login,
        credentials=credentials,
        register=shared.registry.register,
        step_timeout_s=min(timeout_ms / 1000, step_s or timeout_ms),
        pause=shared.watch.ask if shared.watch and visible(use) else None,
    )


def visible(use: Use) -> bool:
    """Whether somebody can see what happens: on the screen, or on the phone in their hand."""
    return not use.headless or use.cdp_endpoint is not None
