"""The tester's account and the one-time codes made from it. Each value is registered before it is handed out."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import math
import re
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import pyotp
from pydantic import SecretStr

from e2e_linker.browser.in_clear import InClear
from e2e_linker.browser.login.memory import Known
from e2e_linker.browser.login.one_time_codes import CodeTurn, TypedCodes
from e2e_linker.errors import LinkerError
from e2e_linker.evidence.needles import Strength, strength_of
from e2e_linker.evidence.token_looks import is_unguessable, is_wording
from e2e_linker.model import Fault

__all__ = ["Answers", "CodeUnavailable", "Credentials"]

_COMMAND_TIMEOUT_S = 30.0
_KILLED_S = 1.0
_TO_END_S = 3.0
"""Seconds before the deadline at which a command is given up, so that the walk can still end by itself."""
_FAIR_S = 5.0
"""Seconds that a command must have had to be blamed, where most of the time had gone by before it was run."""
_COMMAND_BYTES = 64 * 1024
"""The most that a command may print; one that never stops would fill the memory."""
_PROGRAM = re.compile(r"[\w./+ -]{1,200}")
_TOTP_HINT = (
    "linker.account.totp must refer to the base32 secret or the otpauth:// address that the server shows as a QR code"
)
_SLOW_HINT = "make linker.account.otpCommand answer sooner, or give the case more time with timeout"
_NO_SHELL_HINT = (
    "no shell runs linker.account.otpCommand: write `env NAME=value PROGRAM`, or `sh -c '…'` around the whole line"
)
_COMMAND_HINT = "run linker.account.otpCommand by hand: the last line it prints must be the code"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What ``linker.account`` holds, resolved. None where it holds nothing."""

    username: SecretStr | None = None
    password: SecretStr | None = None
    totp: SecretStr | None = None
    """A base32 secret or an ``otpauth://totp/…`` address."""
    otp_command: str | None = None
    """A command line; the last line it prints is the code. Split as a shell would, run without one."""
    turn: CodeTurn = field(default_factory=lambda: CodeTurn(TypedCodes()), repr=False, compare=False)
    """When the login may type a time-based code that other logins of the run may have typed."""


class CodeUnavailable(Exception):  # noqa: N818 - says what is missing
    """No value can be had for a field. Carries no secret and none of a command's output."""

    def __init__(self, message: str, hint: str, exposed: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exposed = exposed
        """Where it would have gone out in clear: that is the server's fault."""
        self.fault = Fault.IDENTITY_PROVIDER if exposed else Fault.TESTER


@dataclass(frozen=True, slots=True)
class Answers:
    """Hands out the values to type. ``register`` is called with value and kind before each is returned.

    ``clock`` gives seconds since the start of the walk, which is ended from outside at ``deadline_s``.
    """

    credentials: Credentials
    register: Callable[[str, str], object]
    clock: Callable[[], float] = time.monotonic
    deadline_s: float = math.inf
    in_clear: InClear = field(default_factory=InClear)

    @property
    def has_code(self) -> bool:
        """Whether one-time codes can be made."""
        return self.credentials.totp is not None or self.credentials.otp_command is not None

    def known(self, *, by_steps: bool) -> Known:
        """What can be answered, without its secrets."""
        name, password = self.credentials.username, self.credentials.password is not None
        return Known(name.get_secret_value() if name else None, password, self.has_code, by_steps, self.in_clear)

    def username(self) -> str:
        """The user name. Raises :class:`CodeUnavailable` where none is configured."""
        return self._plain(self.credentials.username, "username")

    def password(self) -> str:
        """The password. Raises :class:`CodeUnavailable` where none is configured."""
        value = self._plain(self.credentials.password, "password")
        # A page may tell what its field holds before the last key.
        if strength_of(value[:-1]) is Strength.UNIQUE:
            self.register(value[:-1], "password")
        return value

    async def code(self, *, sent: bool, boxes: int | None = None) -> tuple[str, str]:
        """A one-time code, and ``totp`` or ``otp``. ``sent`` says that the page has sent it by message or mail.

        ``boxes``: how many there are for its characters. Raises :class:`CodeUnavailable` where it has more or less.
        """
        by_command = self.credentials.otp_command is not None and (sent or self.credentials.totp is None)
        code, kind = (await self.otp(), "otp") if by_command else (await self.totp(), "totp")
        if boxes is not None:
            if len(code) != boxes:
                said = f"The page has {boxes} boxes for a one-time code, and the code has {len(code)} characters"
                raise CodeUnavailable(said, "write the steps under linker.login if the boxes are for something else")
            for apart in (" ", "\n"):  # a page may draw them beside its boxes
                self._hide(apart.join(code), kind)
        return code, kind

    async def totp(self) -> str:
        """The time-based code of the moment at which the login may type it.

        Raises :class:`CodeUnavailable` where the secret is unusable.
        """
        given = self._plain(self.credentials.totp, "totp_secret").strip()
        try:
            maker = _maker_of(given)
            maker.now()
        except ValueError:  # its text may quote the secret
            raise CodeUnavailable("The TOTP secret is not usable", _TOTP_HINT) from None
        self._hide(maker.secret, "totp_secret")
        code = await self.credentials.turn.take(maker)
        self._hide(code, "totp")
        return code

    async def otp(self) -> str:
        """The last line that the OTP command prints. Raises :class:`CodeUnavailable`, which names a program at most."""
        words = _split(self.credentials.otp_command or "")
        if not words:
            raise CodeUnavailable("No OTP command is configured", _COMMAND_HINT)
        name, hint = _command_named(words[0]), _COMMAND_HINT if "=" not in words[0] else _NO_SHELL_HINT
        try:
            process = await asyncio.create_subprocess_exec(
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise CodeUnavailable(f"{name} cannot be run: {error.strerror or type(error).__name__}", hint) from None
        output = await _output_of(process, name, *self._time_for_command())
        if process.returncode:
            raise CodeUnavailable(f"{name} ended with status {process.returncode}", _COMMAND_HINT)
        lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
        if not lines:
            raise CodeUnavailable(f"{name} printed nothing", _COMMAND_HINT)
        self._hide(lines[-1], "otp")
        return lines[-1]

    def _time_for_command(self) -> tuple[float, str, str]:
        """Seconds the OTP command may take, the same in words, and what to do where that is too little."""
        left = self.deadline_s - self.clock()
        most = max(left - _TO_END_S, left / 2)
        if most >= _COMMAND_TIMEOUT_S or left < min(_FAIR_S, self.deadline_s / 2):
            return _COMMAND_TIMEOUT_S, f"{_COMMAND_TIMEOUT_S:g} s", _COMMAND_HINT
        return most, f"the {most:.3g} s that the case's deadline of {self.deadline_s:g} s left for it", _SLOW_HINT

    def _hide(self, value: str, kind: str) -> None:
        try:
            self.register(value, kind)
        except LinkerError as error:
            if kind != "username":  # a name too short to be hidden is no secret
                raise CodeUnavailable(error.message, error.hint or "use another test account") from None

    def _plain(self, value: SecretStr | None, kind: str) -> str:
        if value is None:
            raise CodeUnavailable(f"No {kind.replace('_', ' ')} is configured", "set it under linker.account")
        plain = value.get_secret_value()
        self._hide(plain, kind)
        return plain


class _AnyLength(pyotp.TOTP):
    """Newer versions of pyotp refuse secrets under 112 bits, but servers still hand out shorter ones."""

    def byte_secret(self) -> bytes:
        return base64.b32decode(self.secret + "=" * (-len(self.secret) % 8))


def _maker_of(given: str) -> pyotp.TOTP:
    """What makes the codes for a base32 secret or an ``otpauth`` address. Raises :class:`ValueError`."""
    if not given.startswith("otpauth:"):
        return _AnyLength(_bare(given))
    address = urlsplit(given)
    fields = dict(parse_qsl(address.query))
    digest = getattr(hashlib, fields.get("algorithm", "sha1").lower(), None)
    if address.netloc != "totp" or digest is None or not fields.get("secret"):
        raise ValueError(address.netloc)
    digits, period = int(fields.get("digits", 6)), int(fields.get("period", 30))
    return _AnyLength(_bare(fields["secret"]), digits=digits, digest=digest, interval=period)


def _bare(secret: str) -> str:
    return re.sub(r"[\s=-]", "", secret).upper()


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise CodeUnavailable(f"The OTP command cannot be read: {error}", _COMMAND_HINT) from None


def _command_named(word: str) -> str:
    """The OTP command, with the name of its program where ``word`` is the path of one and not, by its looks, a secret.

    What stands first may be anything: an assignment, as before a command in a shell, an address, or the secret itself.
    """
    name = word.rpartition("/")[2]
    plain = _PROGRAM.fullmatch(word) is not None and (is_wording(name) or not is_unguessable(name))
    return f"The OTP command {name}" if plain else "The OTP command"


async def _output_of(
    process: asyncio.subprocess.Process, name: str, most_s: float, in_words: str, slow_hint: str
) -> bytes:
    output, printed = b"", process.stdout
    assert printed is not None
    try:
        async with asyncio.timeout(most_s):
            while len(output) <= _COMMAND_BYTES and (data := await printed.read(_COMMAND_BYTES)):
                output += data
            if len(output) > _COMMAND_BYTES:
                raise CodeUnavailable(f"{name} prints without end", _COMMAND_HINT)
            await process.wait()
    except TimeoutError:
        raise CodeUnavailable(f"{name} is too slow: it did not end within {in_words}", slow_hint) from None
    finally:
        if process.returncode is None:
            process.kill()
            # What it started itself may hold the pipe open for ever.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_KILLED_S):
                    await process.communicate()
    return output
