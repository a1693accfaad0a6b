"""The report as one HTML file that needs nothing else: no network, no script, no other file.

Everything a tested server said is text. Templates escape by themselves, strange characters are made visible on every
output, and a strict Content-Security-Policy stands behind both.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from e2e_linker.alexa.facts import TOKEN_SECONDS
from e2e_linker.audits.domain_list import WHERE
from e2e_linker.model import Surface
from e2e_linker.report import probe_words, texts, time_line, words
from e2e_linker.report.anchors import OF_RUN, Anchors, anchor, evidence_words, sightings
from e2e_linker.report.compare import told
from e2e_linker.report.compiled import compiled_templates
from e2e_linker.report.curl import curl, curl_request
from e2e_linker.report.differences import walk_screens
from e2e_linker.report.domain_map import HOST_WORDS, domain_map, host_sign
from e2e_linker.report.effects import Effects, why_failed
from e2e_linker.report.exhibits import Exhibits
from e2e_linker.report.fate import fate
from e2e_linker.report.film import TONE_WORDS, film
from e2e_linker.report.fixes import blamed, doubts, following, leads, obstacles, remedies
from e2e_linker.report.headroom import tightest
from e2e_linker.report.ladder_picture import ladder_picture, narrow_ladder
from e2e_linker.report.matrix import SIGN_WORDS, matrix
from e2e_linker.report.model import CaseReport, FindingReport, RunReport
from e2e_linker.report.pictures import Album, album
from e2e_linker.report.rungs import drawing
from e2e_linker.report.tally import tally
from e2e_linker.report.walk_words import link_words, walk_words
from e2e_linker.report.waterfall import PHASE_NAMES, bars, call_phases, choices, lasting, status_class, waterfall
from e2e_linker.report.words import failed_titles, standing

__all__ = ["html_page", "render_page"]

# Where a long address may go on in the next line rather than in the middle of a word.
_BREAKS: Final = re.compile(r"(?<=[/?&=.])(?=\w)")
_SURFACES: Final = {
    Surface.BROWSER: "a browser",
    Surface.CUSTOM_TAB: "a browser tab over the Alexa app",
    Surface.WEBVIEW: "a web view inside the app",
}


def html_page(report: RunReport, folder: Path) -> str:
    """The page. ``folder`` is the run folder, from which the screenshots are taken."""
    pictures = album(folder, (screen.picture for case in report.cases for screen in case.screens if screen.picture))
    unsure = doubts(report)
    return render_page(
        "page.html",
        report=report,
        album=pictures,
        anchors=Anchors(report),
        remedies=remedies(report.findings),
        leads=leads(report),
        obstacles=obstacles(report),
        blamed=blamed(report),
        following=len(following(report)),
        doubts=unsure,
        doubtful=len({audit for doubt in unsure for audit in doubt.audits}),
        requirements=tally(report),
        matrix=matrix(report.cases, report.findings),
        effect=Effects(report.cases, report.findings).of,
        exhibit=Exhibits(report).of,
        riddle=why_failed(report),
    )


def render_page(template: str, **context: Any) -> str:
    """The page that ``template`` makes of ``context``, with our style and script and the policy that allows them."""
    style, script = _asset("page.css"), _asset("page.js")
    given = {
        "album": Album((), {}, {}),
        "style": Markup(style),  # noqa: S704 - our own file
        "script": Markup(script),  # noqa: S704 - our own file
        "policy": _policy(style, script),
        **context,
    }
    return _environment().get_template(template).render(given)


def _policy(style: str, script: str) -> str:
    """The page may run these two texts and show pictures that it holds itself; it may do nothing else."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("e2e_linker.report", "templates"),
        bytecode_cache=compiled_templates(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= _filters()
    environment.globals |= _globals()
    return environment


def _filters() -> dict[str, Any]:
    return {
        "body": lambda text: _long(text, texts.BODY),
        "line": lambda text: _long(text, texts.LINE),
        "embedded": Markup,
        "json": texts.json_text,
        "size": texts.size,
        "brief": _brief,
        "ms": texts.milliseconds,
        "prose": _prose,
        "seconds": texts.seconds,
        "standing": standing,
        "utc": texts.utc,
        "terse": texts.terse,
        "trusted": texts.trusted_url,
        "bare": lambda url: url.removeprefix("https://"),
        "upper_first": lambda text: text[:1].upper() + text[1:],
    }


def _words() -> dict[str, Any]:
    return {
        "host_words": HOST_WORDS,
        "link_words": link_words,
        "phase_names": PHASE_NAMES,
        "probe_words": probe_words,
        "sign_words": SIGN_WORDS,
        "surfaces": _SURFACES,
        "tone_words": TONE_WORDS,
        "walk_words": walk_words,
        "words": words,
    }


def _globals() -> dict[str, Any]:
    return _words() | {
        "anchor": anchor,
        "domain_list_place": WHERE,
        "drawing": drawing,
        "evidence_words": evidence_words,
        "fate": fate,
        "sides": _sides,
        "sightings": sightings,
        "of_case": _of_case,
        "of_run": OF_RUN,
        "walk_screens": walk_screens,
        "standing": standing,
        "token_limit_ms": TOKEN_SECONDS * 1000,
        "bars": bars,
        "batches": time_line.batches,
        "brought": time_line.brought,
        "call_phases": call_phases,
        "choices": choices,
        "curl": curl,
        "curl_request": curl_request,
        "domain_map": domain_map,
        "failed_titles": failed_titles,
        "film": film,
        "host_sign": host_sign,
        "ladder_picture": ladder_picture,
        "lasting": lasting,
        "lifetimes": time_line.lifetimes,
        "narrow_ladder": narrow_ladder,
        "links_made": time_line.links_made,
        "reproduce": texts.reproduce_command,
        "spent": time_line.spent,
        "status_class": status_class,
        "tally": time_line.tally,
        "tightest": tightest,
        "time_line": time_line.time_line,
        "url": _url,
        "effects": _effects,
        "waterfall": waterfall,
    }


def _finalize(value: Any) -> Any:
    """What every output of a template goes through, so that no template can forget it."""
    if value is None:
        return "–"
    # Text that is markup already is of a class of its own.
    return texts.shown(value) if type(value) is str else value


def _long(text: str, most: int) -> Markup:
    return escape(texts.shown(text, most))


def _prose(text: str) -> Markup:
    """Sentences in which code stands between backticks."""
    code, parts = Markup("<code>{}</code>"), texts.shown(text).split("`")
    if len(parts) % 2 == 0:
        return escape("`".join(parts))
    return Markup("").join(code.format(part) if n % 2 else escape(part) for n, part in enumerate(parts))


def _url(text: str) -> Markup:
    """A tested address, as text. Never a link: the reader should not be one click away from it."""
    parts = _BREAKS.split(texts.shown(text, texts.LINE))
    return Markup('<bdi class="url">{}</bdi>').format(Markup("<wbr>").join(parts))


def _brief(text: str) -> Markup:
    return _url(texts.short_url(text))


def _effects(report: RunReport) -> Effects:
    return Effects(report.cases, report.findings)


def _of_case(report: RunReport, case: CaseReport) -> tuple[FindingReport, ...]:
    return tuple(found for found in report.findings if case.id in found.cases)


def _sides(case: CaseReport, findings: Sequence[FindingReport]) -> Markup:
    """What the script needs to hold ``case`` against another one, as the text of an attribute."""
    pairs = [(texts.shown(label, texts.LINE), texts.shown(text, texts.LINE)) for label, text in told(case, findings)]
    return escape(json.dumps(pairs, ensure_ascii=False, separators=(",", ":")))
