"""A skill's account linking as SMAPI describes it.

Amazon's own tools print string booleans, string numbers and keys that no schema lists, so reading is lenient: what a
reader would stumble over is kept as a :class:`SkillProblem` for the configuration audits, and only what cannot be used
at all is refused (see :mod:`e2e_linker.config.smapi`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import Field, SecretStr

from e2e_linker.config.nearest import nearest
from e2e_linker.config.vendor import vendor_ids
from e2e_linker.model import Grant, Record

__all__ = [
    "MAX_DOMAINS",
    "MAX_SCOPES",
    "WRAPPERS",
    "ClientAuthentication",
    "PlatformUrl",
    "Skill",
    "SkillForm",
    "SkillProblem",
]

MAX_DOMAINS = 15
"""The most entries of a Domain List (SMAPI account linking schema, v1)."""

MAX_SCOPES = 15
"""The most scopes (SMAPI account linking schema, v1)."""

SkillForm = Literal["response", "request", "bare"]
"""How the file wraps the object: as ``get-account-linking-info`` prints it, as an update sends it, or not at all."""


WRAPPERS: dict[SkillForm, str] = {"request": "accountLinkingRequest", "response": "accountLinkingResponse"}
"""The key that wraps the object in each form; where both are there, the request counts."""


class ClientAuthentication(StrEnum):
    """How the client proves itself at the token endpoint, by SMAPI's names."""

    HTTP_BASIC = "HTTP_BASIC"
    REQUEST_BODY_CREDENTIALS = "REQUEST_BODY_CREDENTIALS"


class SkillProblem(Record):
    """Something in the skill file that SMAPI would refuse or that Alexa could not use."""

    path: str
    """Where, inside the account linking object: ``domains[3]``."""
    message: str
    """What is wrong, as the rest of a sentence that begins with the path."""


class PlatformUrl(Record):
    """The authorization URL of one platform, for app-to-app linking."""

    platform_type: str
    url: str


class Skill(Record):
    """The account linking of a skill. ``document`` is the object as written, without any secret."""

    authorization_url: str
    """Where the customer logs in; surrounding blanks removed."""
    type: str | None = None
    """The account linking type as written; see :attr:`grant`."""
    authorization_urls_by_platform: tuple[PlatformUrl, ...] = ()
    domains: tuple[str, ...] = ()
    """The Domain List as written, entries that are no strings left out."""
    client_id: str = ""
    client_secret: SecretStr | None = Field(default=None, repr=False, exclude=True)
    """A literal secret in the file. It is in no dump and in no representation."""
    scopes: tuple[str, ...] = ()
    access_token_url: str | None = None
    access_token_scheme: str | None = None
    """The client authentication scheme as written; see :attr:`client_authentication`."""
    default_token_expiration_in_seconds: int | None = None
    reciprocal_access_token_url: str | None = None
    redirect_urls: tuple[str, ...] = ()
    skip_on_enablement: bool | None = None
    voice_forward_account_linking: str | None = None
    extras: dict[str, Any] = Field(default_factory=dict)
    """Keys that the published schema does not know, unchanged."""
    literal_secret: bool = False
    """Whether the file held a client secret in plain text."""
    problems: tuple[SkillProblem, ...] = ()
    form: SkillForm = "bare"
    document: dict[str, Any] = Field(default_factory=dict, repr=False)
    """The account linking object as written, without secrets."""
    envelope: dict[str, Any] = Field(default_factory=dict, repr=False)
    """What stood beside the wrapped object in the file, without secrets."""

    @property
    def grant(self) -> Grant:
        """The grant that :attr:`type` means. Nonsense is implicit only where no token endpoint is named."""
        meant = nearest(self.type or "", Grant)
        if meant:
            return Grant(meant)
        return Grant.AUTH_CODE if self.access_token_url else Grant.IMPLICIT

    @property
    def client_authentication(self) -> ClientAuthentication:
        """How the client authenticates; HTTP Basic, the console's default, where the file names none."""
        meant = nearest(self.access_token_scheme or "", ClientAuthentication)
        return ClientAuthentication(meant) if meant else ClientAuthentication.HTTP_BASIC

    @property
    def vendor_ids(self) -> tuple[str, ...]:
        """The vendor ids that :attr:`redirect_urls` end with, each once."""
        return vendor_ids(self.redirect_urls)

    @property
    def vendor_id(self) -> str | None:
        """The one vendor id that they agree on; None where they tell none, or several."""
        return self.vendor_ids[0] if len(self.vendor_ids) == 1 else None

    def to_smapi(self) -> dict[str, Any]:
        """The file's JSON in the form it came in, every key kept, without secrets."""
        return dict(self.document) if self.form == "bare" else {WRAPPERS[self.form]: self.document, **self.envelope}
