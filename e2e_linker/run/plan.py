"""What will be run: every project in every region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from e2e_linker.alexa.client_address import fits
from e2e_linker.alexa.facts import REDIRECT_HOSTS, REGION_HOSTS, redirect_url, region_of_host
from e2e_linker.config.linker import Linker
from e2e_linker.config.load import LoadedConfig
from e2e_linker.config.nearest import offer
from e2e_linker.config.projects import Project
from e2e_linker.config.secrets import UNSENT_SECRET
from e2e_linker.config.skill import Skill
from e2e_linker.config.written import shown
from e2e_linker.errors import ConfigurationError, UsageError
from e2e_linker.evidence.models import SkillFacts
from e2e_linker.model import Grant, Region, slug
from e2e_linker.run.options import RunOptions, Shard
from e2e_linker.run.plan_checks import require_login_function, require_own_vendor, require_seed
from e2e_linker.run.selection import require_selection, require_thresholds

__all__ = ["CasePlan", "case_ids", "further_regions", "plan_cases", "planned", "redirect_uris", "skill_facts"]


_UNSENT = (UNSENT_SECRET, "is not set: the exchange is made without a client secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePlan:
    """One case: a project linking from a region."""

    id: str
    project: Project
    region: Region
    redirect_uri: str


def planned(loaded: LoadedConfig, options: RunOptions) -> tuple[SkillFacts, tuple[CasePlan, ...]]:
    """What to run. Everything the user may have got wrong is refused here, before a run folder exists."""
    require_selection(options.only, options.skip)
    require_thresholds(loaded.config.linker.thresholds)
    linker = loaded.config.linker
    require_seed(loaded.account(), "linker.account")
    secret = loaded.client_secret()
    if second := loaded.second_account():
        require_seed(second, "linker.secondAccount")
    loaded.earlier()
    require_own_vendor(linker, loaded.skill)
    require_login_function(linker)
    uris = redirect_uris(linker, loaded.skill.grant)
    plans = plan_cases(
        loaded.config.resolved_projects(), linker.regions, uris, wanted=options.cases, shard=options.shard
    )
    facts = skill_facts(loaded.skill, linker, uris)
    if secret is None and facts.grant is Grant.AUTH_CODE:
        facts = facts.model_copy(update={"problems": (*facts.problems, _UNSENT)})
    return facts, plans


def of_all_shards(loaded: LoadedConfig, options: RunOptions) -> list[str]:
    """The ids of the cases that the shards of the run have together; none where it is not split into shards."""
    return [] if options.shard is None else case_ids(loaded, wanted=options.cases)


def case_ids(loaded: LoadedConfig, *, wanted: Sequence[str] = ()) -> list[str]:
    """The ids of all cases, or of those that are ``wanted``. Raises as :func:`planned` does."""
    linker = loaded.config.linker
    uris = redirect_uris(linker, loaded.skill.grant)
    return [plan.id for plan in plan_cases(loaded.config.resolved_projects(), linker.regions, uris, wanted=wanted)]


def plan_cases(
    projects: Sequence[Project],
    regions: Sequence[Region],
    uris: Mapping[Region, str],
    *,
    wanted: Sequence[str] = (),
    shard: Shard | None = None,
) -> tuple[CasePlan, ...]:
    """The cases in the order of the configuration, narrowed to ``wanted`` ids or patterns and to ``shard``.

    Raises :class:`UsageError` where a wanted case does not exist.
    """
    cases = [
        CasePlan(id=f"{slug(project.name)}-{region.lower()}", project=project, region=region, redirect_uri=uris[region])
        for project in projects
        for region in regions
    ]
    cases = _distinct(cases)
    ids = [case.id for case in cases]
    for name in wanted:
        if not any(fnmatchcase(case, name) for case in ids):
            raise UsageError(f"there is no case {name!r}", hint=offer(name, ids))
    chosen = [case for case in cases if not wanted or any(fnmatchcase(case.id, name) for name in wanted)]
    return tuple(chosen[shard.index - 1 :: shard.count] if shard else chosen)


def _distinct(cases: list[CasePlan]) -> list[CasePlan]:
    seen: dict[str, int] = {}
    result = []
    for case in cases:
        seen[case.id] = seen.get(case.id, 0) + 1
        number = seen[case.id]
        unique = case.id if number == 1 else f"{case.id}-{number}"
        result.append(CasePlan(id=unique, project=case.project, region=case.region, redirect_uri=case.redirect_uri))
    return result


def redirect_uris(linker: Linker, grant: Grant) -> dict[Region, str]:
    """The redirect URI of every region that is known, from ``redirectUrls`` or the vendor id.

    Raises :class:`ConfigurationError` where neither is given, or a region to be run has none.
    """
    uris: dict[Region, str] = {}
    for url in linker.redirect_urls:
        region = region_of_host(urlsplit(url).hostname or "")
        if region is not None:
            uris.setdefault(region, url)
    if not linker.redirect_urls and linker.vendor_id:
        uris = {region: redirect_url(region, grant, linker.vendor_id) for region in Region}
    lacking = [region for region in linker.regions if region not in uris]
    if lacking and linker.redirect_urls:
        raise _no_redirect_url(linker.redirect_urls, lacking)
    hint = (
        'set "linker": {"vendorId": "M..."} or "redirectUrls": the developer console shows them under '
        "Build > Account Linking > Alexa Redirect URLs"
    )
    if lacking:
        regions = ", ".join(lacking)
        raise ConfigurationError(f"no Alexa redirect URL is known for {regions}", where="linker.vendorId", hint=hint)
    return uris


def further_regions(skill: SkillFacts, own: Region) -> tuple[Region, ...]:
    """The regions to try besides ``own``, in the order of their redirect URIs.

    One that is not tested is left alone where the client id is the address of another one: a server that goes by the
    address would rightly refuse it, and some shut out whom they refused a few times.
    """
    known = ((Region(name), uri) for name, uri in skill.redirect_uris.items())
    owed = [region for region, uri in known if region in skill.regions or fits(skill.client_id, uri)]
    return tuple(region for region in owed if region is not own)


def _no_redirect_url(urls: Sequence[str], lacking: Sequence[Region]) -> ConfigurationError:
    """That none of ``urls`` is Alexa's address for the regions ``lacking``."""
    strange = [shown(url) for url in urls if (urlsplit(url).hostname or "").lower() not in REDIRECT_HOSTS]
    verb = "is" if len(strange) == 1 else "are"
    said = f": {', '.join(strange)} {verb} on none of Alexa's redirect hosts" if strange else ""
    hosts = " and ".join(f"one on {REGION_HOSTS[region]}" for region in lacking)
    return ConfigurationError(
        f"no Alexa redirect URL for {', '.join(lacking)} is among them{said}",
        where="linker.redirectUrls",
        hint=f"add {hosts}, as the developer console shows it under Build > Account Linking > Alexa Redirect URLs; or "
        "leave redirectUrls out and set vendorId",
    )


def skill_facts(skill: Skill, linker: Linker, uris: Mapping[Region, str]) -> SkillFacts:
    """What the configuration says of the skill, as evidence: without any secret."""
    return SkillFacts(
        raw=skill.document,
        problems=tuple((problem.path, problem.message) for problem in skill.problems),
        grant=skill.grant,
        authorization_url=skill.authorization_url,
        client_id=skill.client_id,
        scopes=skill.scopes,
        domains=skill.domains,
        access_token_url=skill.access_token_url,
        access_token_scheme=skill.access_token_scheme,
        default_expiry_s=skill.default_token_expiration_in_seconds,
        literal_secret=skill.literal_secret,
        skill_kind=str(linker.skill_kind),
        regions=linker.regions,
        redirect_uris={str(region): uri for region, uri in uris.items()},
        pkce=linker.pkce,
        locales=linker.locales,
        trusts_private_roots=bool(linker.trust),
    )
