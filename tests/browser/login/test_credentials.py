"""The one-time codes that a command prints, and how long it may take for them."""

from __future__ import annotations

import math

import pytest

from e2e_linker.browser.login.credentials import Answers, CodeUnavailable, Credentials

pytestmark = pytest.mark.asyncio
CODE = "482913"


def answers(script: str, *, deadline_s: float = math.inf, gone_s: float = 0.0) -> Answers:
    """An account whose command is ``script``, asked ``gone_s`` seconds after its walk began."""
    account = Credentials(otp_command=f"sh -c '{script}'")
    return Answers(account, lambda value, kind: None, clock=lambda: gone_s, deadline_s=deadline_s)


@pytest.mark.parametrize(
    ("deadline_s", "gone_s", "had"),
    [(0.4, 0.0, "0.2 s that the case's deadline of 0.4 s"), (6.0, 2.9, "1.55 s that the case's deadline of 6 s")],
)
async def test_a_command_is_given_up_before_the_deadline_that_it_would_miss(deadline_s, gone_s, had):
    slow = answers("echo geheim; exec sleep 60", deadline_s=deadline_s, gone_s=gone_s)
    with pytest.raises(CodeUnavailable) as told:
        await slow.otp()
    assert told.value.message == f"The OTP command sh is too slow: it did not end within the {had} left for it"
    assert "linker.account.otpCommand" in told.value.hint
    assert "timeout" in told.value.hint


@pytest.mark.parametrize("gone_s", [0.0, 58.9])
async def test_a_command_is_not_blamed_for_the_time_that_others_took(gone_s):
    assert await answers(f"sleep 0.7; echo {CODE}", deadline_s=60, gone_s=gone_s).otp() == CODE


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("fetch-otp-codes-2024", " fetch-otp-codes-2024"),
        ("/no/such/dir/fetch --token hunter2Zx9Qq7LmP0", " fetch"),
        ("MAILBOX_TOKEN=hunter2Zx9Qq7LmP0 python3 -c 1", ""),
        ("T=hunter2 sh", ""),
        ("/nonexistent/imap://joe:hunter2Zx9Qq7LmP0@mail/hunter2", ""),
        ("hunter2Zx9Qq7LmP0", ""),
        ("JBSWY3DPEHPK3PXP", ""),
    ],
)
async def test_a_command_that_cannot_be_run_is_named_without_its_secrets(command, named):
    account = Answers(Credentials(otp_command=command), lambda value, kind: None)
    with pytest.raises(CodeUnavailable) as told:
        await account.otp()
    assert told.value.message == f"The OTP command{named} cannot be run: No such file or directory"
    assert ("env NAME=value" in told.value.hint) is ("=" in command)
    assert "hunter2" not in told.value.hint
