"""What a case runs on, as evidence."""

from __future__ import annotations

from e2e_linker.browser.engines import Engine
from e2e_linker.browser.settings import DeviceSettings
from e2e_linker.evidence.models import CaseFacts
from e2e_linker.model import EngineName
from e2e_linker.run.plan import CasePlan

__all__ = ["case_facts"]


def case_facts(
    plan: CasePlan,
    engine: Engine | None,
    asked: tuple[EngineName, ...],
    version: str | None,
    settings: DeviceSettings | None,
) -> CaseFacts:
    """The facts of ``plan`` on ``engine``, as far as they are known: None for an engine or settings that are not."""
    use = plan.project.use
    width, height = settings.viewport if settings and settings.viewport else (None, None)
    return CaseFacts(
        id=plan.id,
        project=plan.project.name,
        device=use.device,
        surface=use.surface,
        asked_engines=asked,
        engine=engine.name if engine else None,
        engine_version=version,
        engine_kind=engine.kind if engine else None,
        substitute=engine is not None and engine.name != asked[0],
        region=plan.region,
        locale=settings.locale if settings else None,
        viewport_width=width,
        viewport_height=height,
        is_mobile=settings.is_mobile if settings else False,
        user_agent=settings.user_agent if settings else None,
        traits=settings.traits if settings else (),
    )
