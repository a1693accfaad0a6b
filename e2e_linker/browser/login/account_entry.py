"""What servers say where the password is right, and the account may still not use the application."""

from __future__ import annotations

import re
from typing import Final

from e2e_linker.browser.login.account_todo import ACTIVATION, Need

__all__ = ["BLOCKED", "ENTRY", "FULL", "PLAIN", "need_of_code"]

UNASSIGNED: Final = Need(
    "does not let the test account use this application",
    "that is not the password: assign the test account, or a group that it is in, to the application (Okta: "
    "Assignments; Microsoft Entra: Users and groups of the enterprise application; FusionAuth: Registrations of the "
    "user), or let linker.account name one that may use it; customers need the same",
)
RULE: Final = Need(
    "turned the login away by a rule of its own",
    "that need not be the password: see in what the server logs of logins which rule it is (Microsoft Entra: "
    "Conditional Access; Okta: authentication policies; Amazon Cognito: threat protection), and let the test account, "
    "or the address of this tester, through",
)
CONSENT: Final = Need(
    "wants an administrator to allow the application before anybody goes on",
    "that is not the password: let an administrator consent to the application (Microsoft Entra: API permissions, "
    "“Grant admin consent”); until then nobody in the same directory can link",
)
SUBSCRIPTION: Final = Need(
    "says that a subscription or a licence of the test account does not let it in",
    "that is not the password: renew it, or let linker.account name an account that has one",
)
BLOCKED: Final = Need(
    "has blocked the test account",
    "unblock the test account at the server (Auth0: its page in the list of users), and see that linker.account holds "
    "what it logs in with now: wrong passwords are what blocks an account; or let linker.account name another one",
)
FULL: Final = Need(
    "says that the test account has as many devices, sessions or profiles as it may have",
    "that is not the password, and waiting need not help: remove those that the test account does not need at the "
    "server, or let it have more of them; each login of this tester may count as one",
)
PLAIN: Final = frozenset({UNASSIGNED, RULE, CONSENT, FULL})
"""Those that no page says to somebody who may go on: they count in any line of a page without a form."""
ENTRY: Final = (
    ("unassigned", UNASSIGNED),
    ("entry_rule", RULE),
    ("consent_lacking", CONSENT),
    ("subscription_over", SUBSCRIPTION),
    ("account_full", FULL),
    ("account_blocked", BLOCKED),
)
"""The topics that say so, with what each wants."""

_CODE = re.compile(r"\bAADSTS(\d{5,7})\b")
_NEEDS = {
    50057: ACTIVATION,
    50105: UNASSIGNED,
    **dict.fromkeys((53000, 53001, 53002, 53003), RULE),
    **dict.fromkeys((65001, 90094), CONSENT),
}
"""By the numbers of Microsoft Entra, which stand beside words in any language."""


def need_of_code(line: str) -> Need | None:
    """What a number in ``line`` says that the server wants; None where there is none that says so."""
    found = _CODE.search(line)
    return _NEEDS.get(int(found[1])) if found else None
