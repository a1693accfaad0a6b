"""The names that a command line may use for rules, audits and devices, and a configuration for thresholds."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from e2e_linker.alexa.rules import rules
from e2e_linker.browser.settings import offer_device
from e2e_linker.config.nearest import nearest, offer
from e2e_linker.config.written import shown
from e2e_linker.errors import ConfigurationError, UsageError

__all__ = ["require_audits", "require_devices", "require_selection", "require_thresholds"]


def require_audits(names: Collection[str], *, option: str) -> None:
    """Raise :class:`UsageError` where one of ``names`` is neither an audit nor a rule that an audit covers."""
    if not names:
        return
    # All audits are a fifth of a second to load, which an ordinary run does while the browser is busy.
    from e2e_linker.audits.registry import audits

    covered = {name for audit in audits().values() for name in (audit.id, *audit.rules)}
    for name in names:
        if name in covered:
            continue
        if name in rules():
            raise UsageError(f"no audit covers the rule {name}", where=option, hint=f"e2e-linker explain {name}")
        near = nearest(name, covered)
        hint = f"did you mean {near}?" if near else "`e2e-linker rules` lists all of them"
        raise UsageError(f"there is no rule or audit {name!r}", where=option, hint=hint)


def require_selection(only: Collection[str], skip: Collection[str]) -> None:
    """Raise :class:`UsageError` where ``--only`` or ``--skip`` names what is none, or both leave nothing to judge."""
    require_audits(only, option="--only")
    require_audits(skip, option="--skip")
    if not only or not skip:
        return
    from e2e_linker.audits.runner import selected

    if not selected(only, skip):
        raise UsageError("--skip leaves out all that --only asks for: nothing would be judged", where="--only, --skip")


def require_devices(names: Iterable[str | None], known: Collection[str]) -> None:
    """Raise :class:`UsageError` where one of ``names`` is not in ``known``, Playwright's devices; None is none."""
    for name in names:
        if name is None or name in known:
            continue
        raise UsageError(
            f'Playwright knows no device "{name}"', where="--device or use.device", hint=offer_device(name, known)
        )


def require_thresholds(names: Iterable[str]) -> None:
    """Raise :class:`ConfigurationError` where one of ``names`` is no threshold: it would tune nothing."""
    for name in names:
        from e2e_linker.audits.base import THRESHOLDS

        if name not in THRESHOLDS:
            raise ConfigurationError(
                f"there is no threshold {shown(name)}", where="linker.thresholds", hint=offer(name, sorted(THRESHOLDS))
            )
