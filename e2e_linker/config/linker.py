"""The ``linker`` block: what Playwright has no word for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    WithJsonSchema,
)

from e2e_linker.config.address import HostName, WrittenAddress
from e2e_linker.config.login import Login
from e2e_linker.config.secrets import SecretReference, resolve_secret
from e2e_linker.config.skill import Skill
from e2e_linker.config.smapi import skill_of
from e2e_linker.config.written import Text, Url, Written, WrittenPath, complaint
from e2e_linker.errors import ConfigurationError
from e2e_linker.model import Region

__all__ = [
    "Account",
    "FaultHook",
    "Limits",
    "Linker",
    "Previous",
    "ResolvedAccount",
    "SkillKind",
]


class SkillKind(StrEnum):
    """What the skill is; everything but a custom skill must use the authorization code grant."""

    CUSTOM = "custom"
    SMART_HOME = "smart_home"
    VIDEO = "video"
    MUSIC = "music"
    MEETINGS = "meetings"
    HEALTH = "health"


def _as_skill(value: Any) -> Any:
    if isinstance(value, Mapping):
        try:
            return skill_of(dict(value), where="linker.skill")
        except ConfigurationError as error:
            raise complaint(error.message) from None
    if not isinstance(value, str | Path | Skill):
        raise complaint("must be the path of a SMAPI file, or the object itself")
    if value == "":
        raise complaint("is empty, a path was expected")
    return Path(value) if isinstance(value, str) else value


def _unique(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


@dataclass(frozen=True, slots=True)
class ResolvedAccount:
    """The tester's account with its secrets read; a value that was not configured is None."""

    username: SecretStr | None = None
    password: SecretStr | None = None
    totp: SecretStr | None = None
    """The base32 secret of the authenticator app."""
    otp_command: SecretStr | None = None
    """The command line that prints a one-time password."""


class Account(Written):
    """The tester's account on the linking page. Each value is a reference, never the value itself."""

    username: SecretReference | None = None
    """Where the user name is kept."""
    password: SecretReference | None = None
    """Where the password is kept."""
    totp: SecretReference | None = None
    """Where the base32 secret of the authenticator app is kept."""
    otp_command: SecretReference | None = None
    """Where the command line is kept that prints a one-time password."""

    def resolve(self, *, environ: Mapping[str, str], base_dir: Path, where: str = "linker.account") -> ResolvedAccount:
        """The account with every reference read. Raises :class:`~e2e_linker.errors.SecretError`."""

        def read(reference: str | None, key: str) -> SecretStr | None:
            if reference is None:
                return None
            return resolve_secret(reference, environ=environ, base_dir=base_dir, where=f"{where}.{key}")

        return ResolvedAccount(
            username=read(self.username, "username"),
            password=read(self.password, "password"),
            totp=read(self.totp, "totp"),
            otp_command=read(self.otp_command, "otpCommand"),
        )


class Limits(Written):
    """What a run may ask of somebody's server."""

    logins: Annotated[int, Field(strict=True, ge=1, le=1000)] = 20
    """The most logins in one run; what does not fit is reported as inconclusive."""


class Previous(Written):
    """An earlier configuration of the skill, whose tokens must keep working after a migration."""

    skill: WrittenPath
    """The earlier SMAPI file."""
    refresh_token: SecretReference
    """Where a refresh token of that time is kept. A server that rotates refresh tokens replaces it in the first run."""
    client_secret: SecretReference | None = None
    """Where the earlier client secret is kept."""


class FaultHook(Written):
    """How to break and mend the user's backend, to see how the authorization server reports an outage."""

    break_: Text = Field(alias="break")
    """A URL to POST to, or a command to run, that breaks it."""
    mend: Text
    """A URL to POST to, or a command to run, that mends it."""


_SKILL_SCHEMA: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "object"}], "default": None}
_LOCALE_SCHEMA = r"^[a-z]{2,3}-[A-Z]{2}$"


class Linker(Written):
    """The skill, the account, and how to link."""

    skill: Annotated[Path | Skill | None, BeforeValidator(_as_skill), WithJsonSchema(_SKILL_SCHEMA)] = None
    """The file that `ask smapi get-account-linking-info` prints, or that object itself."""
    vendor_id: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9]+$"), BeforeValidator(_none_if_empty)] = None
    """The vendor id of the developer account, letters and digits; it ends the Alexa redirect URLs.
    Empty: the one in redirectUrls of the skill file."""
    redirect_urls: tuple[Url, ...] = ()
    """The Alexa redirect URLs as the developer console shows them; they win over vendorId."""
    regions: Annotated[tuple[Region, ...], Field(min_length=1), AfterValidator(_unique)] = (Region.NA,)
    """The Alexa regions to link from: NA, EU, FE."""
    pkce: Annotated[bool, Field(strict=True)] = False
    """Whether PKCE is switched on for the skill."""
    skill_kind: SkillKind = SkillKind.CUSTOM
    """What the skill is."""
    locales: Annotated[
        tuple[Annotated[str, Field(pattern=_LOCALE_SCHEMA, description="Language and country, such as en-US.")], ...],
        Field(min_length=1),
        AfterValidator(_unique),
    ] = ("en-US",)
    """The skill's locales, such as "en-US" or "de-DE"; the first one is the customer's."""
    account: Account = Account()
    """The tester's account on the linking page."""
    second_account: Account | None = None
    """Another account of the tester, to see that no two people get the same tokens."""
    client_secret: SecretReference | None = None
    """Where the client secret is kept; it wins over one in the skill file."""
    login: Login = "auto"
    """How the tester logs in."""
    resource: Url | None = None
    """A URL on which an access token can be tried."""
    introspection: Url | None = None
    """The token introspection endpoint (RFC 7662). Amazon never calls it, so its certificate is not asked."""
    revocation: Url | None = None
    """The token revocation endpoint (RFC 7009). Amazon never calls it, so its certificate is not asked."""
    trust: tuple[WrittenPath, ...] = ()
    """PEM files of further root certificates to trust."""
    resolve: dict[HostName, WrittenAddress] = Field(default_factory=dict)
    """Host names and the address each is found at instead of in DNS."""
    limits: Limits = Limits()
    """The most that one run does on somebody's server."""
    thresholds: dict[str, Annotated[float, Field(strict=True, allow_inf_nan=False)]] = Field(default_factory=dict)
    """Thresholds of the audits that differ from their defaults, by name."""
    previous: tuple[Previous, ...] = ()
    """Earlier configurations of the skill whose tokens must keep working."""
    fault_hook: FaultHook | None = None
    """How to break and mend the user's backend."""
