"""The ``link_account`` fixture: a call that blocks, and one that can be awaited."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from e2e_linker.config.load import LoadedConfig
from e2e_linker.errors import LinkerError, UsageError
from e2e_linker.model import Depth, slug
from e2e_linker.pytest_plugin.again import again_by_pytest
from e2e_linker.pytest_plugin.forwarding import Forwarded, into, one_case
from e2e_linker.pytest_plugin.recordings import Recorded
from e2e_linker.pytest_plugin.result import LinkResult, names_of
from e2e_linker.pytest_plugin.session import LinkerSession, Part
from e2e_linker.pytest_plugin.wording import in_pytest
from e2e_linker.run.linked import Linked, link_case, taping
from e2e_linker.run.options import RunOptions

__all__ = ["LinkAccount", "Wanted"]


def _short(item: pytest.Item) -> str:
    return f"{item.path.stem}::{item.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a call or the marker asks for; None leaves it to the marker, the options or the configuration."""

    device: str | None = None
    project: str | None = None
    region: str | None = None
    depth: str | None = None
    only: str | Iterable[str] | None = None
    skip: str | Iterable[str] | None = None

    def over(self, below: Mapping[str, Any]) -> Wanted:
        """These wishes on top of those of a marker. Raises :class:`UsageError` for one that does not exist."""
        known = [field.name for field in fields(self)]
        unknown = [name for name in below if name not in known]
        if unknown:
            raise UsageError(
                f"there is no {unknown[0]!r} to ask for",
                where="@pytest.mark.linker",
                hint=f"there are: {', '.join(known)}",
            )
        own = {name: value for name in known if (value := getattr(self, name)) is not None}
        if "device" in own or "project" in own:
            below = {name: value for name, value in below.items() if name not in {"device", "project"}}
        return Wanted(**{**below, **own})

    def options(self) -> RunOptions:
        """The options of the run. Raises :class:`UsageError` for a depth that does not exist."""
        # One link, as one customer makes it: tests are many, and what they get must still be good afterwards.
        depth = self.depth or Depth.PASSIVE
        if depth not in set(Depth):
            raise UsageError(f"there is no depth {depth!r}", where="depth", hint=f"there are: {', '.join(Depth)}")
        return RunOptions(depth=Depth(depth), only=names_of(self.only), skip=names_of(self.skip))


@dataclass(frozen=True, slots=True)
class _Prepared:
    loaded: LoadedConfig
    options: RunOptions
    part: Part
    tapes: Path


class LinkAccount:
    """Links accounts for one test. Each call is a case of its own in the report; a rerun of the test, an attempt."""

    def __init__(self, request: pytest.FixtureRequest, session: LinkerSession) -> None:
        self._request = request
        self._session = session
        self._forwarded = Forwarded.of(request)
        self._calls = 0

    def __call__(
        self,
        *,
        device: str | None = None,
        project: str | None = None,
        region: str | None = None,
        depth: str | None = None,
        only: str | Iterable[str] | None = None,
        skip: str | Iterable[str] | None = None,
    ) -> LinkResult:
        """Link once: on ``device`` (Playwright's name), on a ``project`` of the configuration, or on its first one.

        ``region`` is NA, EU or FE; ``depth`` says how much is tried (``passive`` unless said otherwise); ``only`` and
        ``skip`` name rules or audits. The test fails, with a sentence, where a link cannot even be tried.
        """
        __tracebackhide__ = True
        wanted = Wanted(device=device, project=project, region=region, depth=depth, only=only, skip=skip)
        try:
            prepared = self._prepared(wanted)
            linked = self._session.engine.call(self._work(prepared))
        except LinkerError as error:
            raise pytest.fail.Exception(in_pytest(error), pytrace=False) from None
        return self._result(prepared, linked)

    async def aio(
        self,
        *,
        device: str | None = None,
        project: str | None = None,
        region: str | None = None,
        depth: str | None = None,
        only: str | Iterable[str] | None = None,
        skip: str | Iterable[str] | None = None,
    ) -> LinkResult:
        """As calling it, without holding up the event loop of the test."""
        __tracebackhide__ = True
        wanted = Wanted(device=device, project=project, region=region, depth=depth, only=only, skip=skip)
        try:
            prepared = self._prepared(wanted)
            linked = await asyncio.wrap_future(self._session.engine.submit(self._work(prepared)))
        except LinkerError as error:
            raise pytest.fail.Exception(in_pytest(error), pytrace=False) from None
        return self._result(prepared, linked)

    def _prepared(self, wanted: Wanted) -> _Prepared:
        self._calls += 1
        markers = reversed(list(self._request.node.iter_markers("linker")))
        below: dict[str, Any] = {}
        for marker in markers:
            below |= marker.kwargs
        wanted = wanted.over(below)
        loaded = one_case(
            self._request,
            self._session.config_path,
            self._forwarded,
            device=wanted.device,
            project=wanted.project,
            region=wanted.region,
            name=self._name(),
        )
        part = self._session.part(self._session.config_path, loaded)
        loaded = into(loaded, part.folder)
        tapes = part.folder / "tapes" / secrets.token_hex(6)
        again = again_by_pytest(self._request.config, self._request.node.nodeid)
        return _Prepared(loaded, wanted.options().model_copy(update={"again": again}), part, tapes)

    def _name(self) -> str:
        """What the case is called: as the test, as shortly as no other test is, and which call of it."""
        node = self._request.node
        name = _short(node)
        # What is told apart by signs alone, as parameters may be, has one slug and would be one case.
        alike = [item for item in self._request.session.items if slug(_short(item)) == slug(name)]
        if len(alike) > 1:
            name = str(node.nodeid)
            alike = [item for item in alike if slug(item.nodeid) == slug(name)]
            name += f" no {alike.index(node) + 1}" * (len(alike) > 1)
        return name if self._calls == 1 else f"{name} ({self._calls})"

    def _work(self, prepared: _Prepared) -> Callable[[Any], Awaitable[Linked]]:
        kept = self._session.recordings
        tape = taping(prepared.tapes, trace=kept.trace, video=kept.video)
        return lambda browsers: link_case(prepared.loaded, prepared.options, browsers=browsers, taping=tape)

    def _result(self, prepared: _Prepared, linked: Linked) -> LinkResult:
        path = self._session.shown(prepared.part.report)
        result = LinkResult(**{field.name: getattr(linked, field.name) for field in fields(Linked)}, report_path=path)
        for notice in linked.notices:
            self._session.note(notice)
        recorded = Recorded(result.told(), linked.case, linked.folder, prepared.tapes)
        self._session.recordings.add(self._request.node, recorded)
        return result
