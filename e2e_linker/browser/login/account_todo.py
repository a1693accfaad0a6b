"""What servers want done about an account before they let it in, and how it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "ACTIVATION",
    "BAN",
    "CONFIRMATION",
    "CONFIRMATION_BY_CODE",
    "FROM_ANYWHERE",
    "NEW_PASSWORD",
    "NO_SESSION",
    "PROFILE",
    "SECOND_FACTOR",
    "UNLOCKING",
    "Need",
]


@dataclass(frozen=True, slots=True)
class Need:
    """What the server wants (a clause after its host), and what to do about it."""

    wants: str
    todo: str


UNLOCKING: Final = Need(
    "has locked the test account",
    "unlock the test account at the server, and see that linker.account holds what it logs in with now: wrong "
    "passwords are what locks an account; where the server counts good logins too, lower linker.limits.logins",
)
SECOND_FACTOR: Final = Need(
    "wants a second factor to be set up for the test account before it goes on",
    "set it up once by hand with the test account and keep its secret: linker.account.totp takes a reference to it; "
    "or exempt the test account from it at the server",
)
CONFIRMATION: Final = Need(
    "wants the test account to be confirmed before it goes on",
    "log in once by hand with the test account and do what the server asks of it, such as opening the e-mail that it "
    "sends; or confirm the account in the server's list of users",
)
CONFIRMATION_BY_CODE: Final = Need(
    "asks for a code by which the account, or its e-mail address, is to be confirmed",
    f"{CONFIRMATION.todo}; where each login asks for a code, set linker.account.totp to a reference to the secret, or "
    "linker.account.otpCommand to a command that prints the code",
)
ACTIVATION: Final = Need(
    "says that the test account is not active",
    "switch the test account on in the server's list of users (Django: is_active; Home Assistant: “Active”, among the "
    "settings of the user), or let linker.account name one that may log in",
)
BAN: Final = Need(
    "has banned the test account",
    "that is not the password: lift the ban in the server's list of users, or let linker.account name one that may "
    "log in",
)
FROM_ANYWHERE: Final = Need(
    "lets the test account log in from its own network only",
    "customers log in from anywhere: allow it to the test account (Home Assistant: “Can only log in from the local "
    "network”, among the settings of the user), or let linker.account name one that may",
)
NEW_PASSWORD: Final = Need(
    "wants a new password for the test account before it goes on",
    "log in once by hand with the test account, set its new password, and let linker.account.password refer to that; "
    "or keep the test account's password from expiring at the server",
)
PROFILE: Final = Need(
    "wants the profile of the test account to be completed before it goes on",
    "log in once by hand with the test account and fill in what the page asks for, or complete the account in the "
    "server's list of users",
)
NO_SESSION: Final = Need(
    "does not let the test account open a session",
    "that need not be the password: see which rule of the server says who may log in (LemonLDAP::NG: "
    "grantSessionRules), and let this account in, or let linker.account name one that may",
)
