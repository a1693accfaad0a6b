"""How the tester logs in: found automatically, by declared steps, or by a function of the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema

from e2e_linker.config.nearest import nearest
from e2e_linker.config.written import Text, Written, complaint

__all__ = ["Check", "Click", "Fill", "Login", "Pause", "PythonLogin", "Step", "Wait"]

AccountField = Literal["username", "password", "totp", "otp"]

_ACCOUNT_FIELDS: tuple[AccountField, ...] = ("username", "password", "totp", "otp")


def _slips(word: str) -> Iterator[str]:
    """``word`` with one letter left out, doubled, or in the place of the next."""
    for n in range(len(word)):
        yield word[:n] + word[n + 1 :]
        yield word[: n + 1] + word[n:]
        yield word[:n] + word[n + 1 : n + 2] + word[n] + word[n + 2 :]


_SLIPS = {slip: word for word in ("username", "password") for slip in _slips(word) if slip not in {word, "passord"}}
"""What nobody means but one of these two, by slip: the word of another language may be the option of a select.

Slips of the short names are words of their own."""


def _typed(value: str) -> str:
    meant = _SLIPS.get(value.lower())
    if meant:
        raise complaint(f"did you mean {meant}? As it stands, the word itself would be typed")
    return value


class Fill(Written):
    """Type something into a field, or choose an option of a select."""

    fill: Text
    """A Playwright selector of the field."""
    value: Annotated[str, AfterValidator(_typed)] = Field(alias="with")
    """One of username, password, totp (the code of the moment) and otp (what otpCommand prints), or the text itself;
    for a select, the value of an option or else its text."""

    @property
    def account_field(self) -> AccountField | None:
        """Which value of the account is typed, or None where ``value`` is the text itself."""
        return next((name for name in _ACCOUNT_FIELDS if name == self.value), None)


class Click(Written):
    """Press a button or follow a link."""

    click: Text
    """A Playwright selector."""


class Check(Written):
    """Tick a box, or choose a radio button."""

    check: Text
    """A Playwright selector of the box or button."""


class Wait(Written):
    """Wait until something is visible."""

    wait: Text
    """A Playwright selector."""


class Pause(Written):
    """Stop until the tester goes on by hand."""

    pause: Text
    """What to tell the tester."""


def _function(text: str) -> str:
    module, colon, name = text.partition(":")
    if not colon or not name.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        raise complaint('must name an async function as "package.module:function"')
    return text


class PythonLogin(Written):
    """An async function of the user's own logs in."""

    python: Annotated[str, AfterValidator(_function), WithJsonSchema({"type": "string", "pattern": "^[^:]+:[^:]+$"})]
    """The function, as package.module:function."""


_STEPS: dict[str, type[Written]] = {"fill": Fill, "click": Click, "check": Check, "wait": Wait, "pause": Pause}


def _step_kind(value: Any) -> str | None:
    """The tag of the one verb in ``value``, also where it is misspelled, so that the error can name the right one."""
    if isinstance(value, Written):
        return next((f"‹{verb}›" for verb, kind in _STEPS.items() if isinstance(value, kind)), None)
    if not isinstance(value, Mapping):
        return None
    verbs = [verb for verb in _STEPS if verb in value]
    if not verbs:
        guesses = (nearest(str(key), _STEPS) for key in value)
        verbs = ["fill"] if "with" in value else [guess for guess in guesses if guess][:1]
    return f"‹{verbs[0]}›" if len(verbs) == 1 else None


def _login_kind(value: Any) -> str | None:
    if value == "auto":
        return "‹auto›"
    if isinstance(value, list | tuple):
        return "‹steps›"
    return "‹python›" if isinstance(value, Mapping | PythonLogin) else None


# The tags are in angle quotes so that a complaint's path can leave them out: they are not keys of the file.
Step = Annotated[
    Annotated[Fill, Tag("‹fill›")]
    | Annotated[Click, Tag("‹click›")]
    | Annotated[Check, Tag("‹check›")]
    | Annotated[Wait, Tag("‹wait›")]
    | Annotated[Pause, Tag("‹pause›")],
    Discriminator(
        _step_kind,
        custom_error_type="step",
        custom_error_message="must be an object with exactly one of fill, click, check, wait, pause",
    ),
]
"""One step of a login."""

Login = Annotated[
    Annotated[Literal["auto"], Tag("‹auto›")]
    | Annotated[tuple[Step, ...], Field(min_length=1), Tag("‹steps›")]
    | Annotated[PythonLogin, Tag("‹python›")],
    Discriminator(
        _login_kind,
        custom_error_type="login",
        custom_error_message='must be "auto", a list of steps, or an object with the key python',
    ),
]
"""How the tester logs in."""
