"""Mistakes of the configuration that can be told before a run: what contradicts itself, what could never work."""

from __future__ import annotations

import base64
import re
import sys
from contextlib import redirect_stdout

from e2e_linker.config.linker import Linker, ResolvedAccount
from e2e_linker.config.login import PythonLogin
from e2e_linker.config.skill import Skill
from e2e_linker.config.written import shown
from e2e_linker.errors import ConfigurationError

__all__ = ["require_login_function", "require_own_vendor", "require_seed"]


def require_own_vendor(linker: Linker, skill: Skill) -> None:
    """Refuse a vendor id that the skill's own redirect URLs contradict: a healthy server would refuse the request."""
    theirs = skill.vendor_ids
    if linker.redirect_urls or not linker.vendor_id or not theirs or linker.vendor_id in theirs:
        return
    raise ConfigurationError(
        f"is {shown(linker.vendor_id)}, but redirectUrls in the skill file end with {' and '.join(map(shown, theirs))}",
        where="linker.vendorId",
        hint=f'write "vendorId": "{shown(theirs[0])}", or leave it out; where the file is of another developer '
        "account, write linker.redirectUrls, which win over both",
    )


def require_login_function(linker: Linker) -> None:
    """Refuse a login by a function that there is not. Importing its module is what the run does first, too."""
    if not isinstance(linker.login, PythonLogin):
        return
    from e2e_linker.browser.login.own_function import function_of

    try:
        with redirect_stdout(sys.stderr):  # stdout is the report's
            function_of(linker.login.python)
    except (Exception, SystemExit) as error:  # whatever the tester's module raises; a script ends the program
        # Only these are certain to speak of code: a module of the tester's own may quote a secret.
        speaks = isinstance(error, ImportError | AttributeError | SyntaxError | TypeError)
        said = f": {shown(str(error).partition(chr(10))[0])}" if speaks and str(error) else ""
        raise ConfigurationError(
            f"{shown(linker.login.python)} cannot be used: {type(error).__name__}{said}",
            where="linker.login.python",
            hint="name an async function of a module that is installed or lies in the current directory",
        ) from None


def require_seed(account: ResolvedAccount, where: str) -> None:
    """Refuse a TOTP secret that is no base32; an ``otpauth`` address is read where it is used."""
    given = account.totp.get_secret_value().strip() if account.totp else ""
    if given.startswith("otpauth:"):
        return
    bare = re.sub(r"[\s=-]", "", given).upper()
    try:
        base64.b32decode(bare + "=" * (-len(bare) % 8))
    except ValueError:  # its text may quote the secret
        raise ConfigurationError(
            "what it refers to is no base32, so no code can be made of it",
            where=f"{where}.totp",
            hint="take the secret, or the otpauth:// address, that the server shows beside its QR code; leave "
            "totp out where no code is asked for",
        ) from None
