"""The page in real browsers: offline, under its own policy, with hostile content, without script."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from e2e_linker.browser.engines import Browsers, find_engine
from e2e_linker.report.compare import compare, side_by_side
from e2e_linker.report.compare_text import compare_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SECTIONS = (
    "What to do",
    "Devices and regions",
    "Findings",
    "Cases",
    "Token calls",
    "Domains",
    "Audits of the whole run",
    "Not determined",
    "Skill configuration",
    "Environment",
)


@dataclass
class Opened:
    """A page and everything it did that a report must not do."""

    page: Page
    requests: list[str] = field(default_factory=list)
    noises: list[str] = field(default_factory=list)


Open = Callable[..., Awaitable[Opened]]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["chromium", "firefox"])
async def running(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    engine = find_engine(request.param)
    if engine is None:
        pytest.skip(f"no {request.param} on this machine")
    async with Browsers() as browsers:
        yield await browsers.get(engine)


@pytest_asyncio.fixture(loop_scope="module")
async def opened(running: Browser, tmp_path: Path) -> AsyncIterator[Open]:
    contexts = []

    async def open_page(text: str, *, width: int = 1280, **more: Any) -> Opened:
        path = tmp_path / "report.html"
        path.write_text(text, encoding="utf-8")
        context = await running.new_context(viewport={"width": width, "height": 900}, offline=True, **more)
        contexts.append(context)
        found = Opened(await context.new_page())

        async def refuse(route: Any) -> None:
            url = route.request.url
            if url == path.as_uri():
                await route.continue_()
            else:
                found.requests.append(url)
                await route.abort()

        await context.route("**/*", refuse)
        found.page.on("console", lambda message: found.noises.append(f"console: {message.text}"))
        found.page.on("pageerror", lambda error: found.noises.append(f"error: {error}"))

        async def dismiss(dialog: Any) -> None:
            found.noises.append(f"dialog: {dialog.message}")
            await dialog.dismiss()

        found.page.on("dialog", dismiss)
        await found.page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.log('violation ' + e.violatedDirective))"
        ) if more.get("java_script_enabled", True) else None
        await found.page.goto(path.as_uri())
        return found

    yield open_page
    for context in contexts:
        await context.close()


@pytest.mark.parametrize("name", ["sick", "healthy", "empty", "hostile"])
async def test_opens_offline_without_any_request_or_violation(opened: Open, samples: Any, name: str) -> None:
    seen = await opened(samples.page(name))
    assert seen.requests == []
    assert seen.noises == []
    assert (
        await seen.page.evaluate("performance.getEntriesByType('resource').filter(e => !e.name.startsWith('data:'))")
        == []
    )


async def test_the_policy_is_in_force(opened: Open, samples: Any) -> None:
    seen = await opened(samples.page("healthy"))
    await seen.page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.owned = 1';
            const style = document.createElement('style');
            style.textContent = 'body { display: none }';
            const image = document.createElement('img');
            image.src = 'https://192.0.2.1/pixel.png';
            document.body.append(script, style, image);
        }"""
    )
    await seen.page.wait_for_function("() => document.images[0].complete")
    assert await seen.page.evaluate("window.owned") is None
    assert await seen.page.evaluate("getComputedStyle(document.body).display") == "block"
    assert seen.requests == []
    assert len(seen.noises) >= 3


async def test_what_a_hostile_site_says_stays_text(opened: Open, samples: Any) -> None:
    seen = await opened(samples.page("hostile"))
    page = seen.page
    assert await page.evaluate("window.owned") is None
    assert await page.locator("script").count() == 1
    assert await page.locator("style").count() == 1
    assert await page.locator("img, iframe, object, embed, form, base, link").count() == 0
    assert await page.locator("svg [onload], [onerror], [onclick], [style]").count() == 0
    hrefs = await page.evaluate("Array.from(document.querySelectorAll('[href]'), e => e.getAttribute('href'))")
    assert all(
        href.startswith(("#", "https://developer.amazon.com/", "https://github.com/", "https://www.rfc-editor.org/"))
        for href in hrefs
    )
    text = await page.locator("body").inner_text()
    assert "<script>window.owned=1;alert(1)</script>" in text
    assert "{{ 7*7 }}" in text
    assert "[U+202E]gnp.exe[U+2066] ␀␛[31m" in text
    assert "\u202e" not in text
    assert seen.noises == []


async def test_ten_million_letters_are_cut_and_counted(opened: Open, samples: Any) -> None:
    seen = await opened(samples.page("hostile"))
    content = await seen.page.content()
    assert "[cut, 10,000,000 characters in all]" in content
    assert len(content) < 400_000


async def test_pictures_that_are_none_are_named_not_shown(opened: Open, samples: Any) -> None:
    seen = await opened(samples.page("hostile"))
    told = await seen.page.locator(".noshot").all_inner_texts()
    assert [" ".join(text.split()) for text in told] == [
        "No picture: the picture is damaged: UnidentifiedImageError",
        "No picture: the picture cannot be read: it lies outside the run folder",
    ]


async def needs_no_script(page: Page) -> None:
    """Skip where the browser runs scripts although it was told not to: a stock Firefox does."""
    if await page.locator(".paste button").count():
        pytest.skip("this browser cannot be told to run no script")


async def test_without_script_nothing_is_lost(opened: Open, samples: Any) -> None:
    page = samples.page("sick")
    plain, full = await opened(page, java_script_enabled=False), await opened(page)
    await needs_no_script(plain.page)
    with_script = [
        await full.page.locator(f"{tag}:visible").all_inner_texts() for tag in ("h1", "h2", "h3", "summary", "pre")
    ]
    without = [
        await plain.page.locator(f"{tag}:visible").all_inner_texts() for tag in ("h1", "h2", "h3", "summary", "pre")
    ]
    assert without == with_script
    assert tuple(without[1]) == SECTIONS
    assert await plain.page.locator("details.case").count() == len(samples.report("sick").cases)


@pytest.mark.parametrize("name", ["sick", "hostile"])
@pytest.mark.parametrize("width", [360, 3840])
async def test_never_scrolls_sideways(opened: Open, samples: Any, name: str, width: int) -> None:
    seen = await opened(samples.page(name), width=width)
    await seen.page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert await seen.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["sick", "hostile", "empty"])
async def test_every_link_leads_somewhere_and_ids_are_unique(opened: Open, samples: Any, name: str) -> None:
    page = (await opened(samples.page(name))).page
    dangling, doubled, links = await page.evaluate(
        """() => {
            const ids = Array.from(document.querySelectorAll('[id]'), e => e.id);
            const hrefs = Array.from(document.querySelectorAll('[href^="#"]'), e => e.getAttribute('href').slice(1));
            return [hrefs.filter(h => !ids.includes(h)), ids.filter((id, n) => ids.indexOf(id) !== n), hrefs.length];
        }"""
    )
    assert (dangling, doubled) == ([], [])
    assert links > 10


async def test_evidence_links_reach_the_hop_the_screen_and_the_host(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"))).page
    for text, target in {
        "request 6": "#request-iphone-na-measured-6",
        "screen 1": "#screen-iphone-na-measured-0",
        "host idp.example.org": "#host-idp.example.org",
    }.items():
        link = page.locator(".finding").get_by_role("link", name=text, exact=True).first
        assert await link.get_attribute("href") == target
    await page.locator("#case-iphone-na").evaluate("e => { e.open = false }")
    await page.locator(".finding").get_by_role("link", name="request 6", exact=True).first.click()
    await page.locator("#request-iphone-na-measured-6").wait_for(state="visible")


async def test_headings_descend_one_level_at_a_time(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"))).page
    levels = await page.evaluate("Array.from(document.querySelectorAll('h1,h2,h3,h4,h5,h6'), e => +e.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


async def test_names_for_those_who_do_not_see(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"))).page
    for role in ("banner", "navigation", "main", "contentinfo"):
        assert await page.get_by_role(role).count() == 1  # type: ignore[arg-type]
    assert await page.locator("table:not(:has(caption))").count() == 0
    assert await page.locator("thead th:not([scope])").count() == 0
    assert await page.locator("svg:not([aria-hidden] svg, [aria-hidden], [role=img][aria-label])").count() == 0
    assert await page.locator(".scroller:not([tabindex='0'][aria-label])").count() == 0
    first = page.get_by_role("img", name="Screenshot: authorization page, Sign in, step 0").first
    assert await first.evaluate("e => e.getBoundingClientRect().height") > 100


async def test_a_case_is_one_cell_one_glyph_one_link(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"))).page
    rows = await page.locator(".matrix tbody tr").all_inner_texts()
    cells = {row.split()[0]: " ".join(row.split()) for row in rows}
    assert cells["iphone"].startswith(
        "iphone iPhone 15, chromium in place of webkit does not link, would arrive at Alexa, 3 breaking"
    )
    assert cells["iphone"].endswith("links")
    assert cells["fire-tablet"].endswith("not determined, captcha, 1 degrading · not run")
    assert "no engine not determined, engine missing" in cells["desktop-firefox"]
    cell = page.locator(".matrix a").first
    assert await cell.get_attribute("href") == "#case-iphone-na"
    assert await cell.locator("svg").count() == 1
    assert await page.locator(".matrix tr:not(.of-run) a").count() == len(samples.report("sick").cases)
    assert await page.locator(".matrix .of-run a[href^='#finding-']").count() == 1


async def test_failing_cases_stand_open_and_paper_opens_the_rest(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"), java_script_enabled=False)).page
    closed = page.locator("#case-iphone-eu .ladder")
    assert await page.locator("#case-iphone-na .ladder").is_visible()
    assert not await closed.evaluate("e => e.checkVisibility({contentVisibilityAuto: true})")
    await page.emulate_media(media="print")
    if not await page.evaluate("matchMedia('print').matches"):
        pytest.skip("this browser cannot be asked to draw for paper")
    assert not await page.locator("nav").is_visible()
    assert await closed.evaluate("e => e.checkVisibility({contentVisibilityAuto: true})")


async def test_buttons_copy_and_unfold(opened: Open, samples: Any) -> None:
    seen = await opened(samples.page("sick"))
    page = seen.page
    button = page.get_by_role("button", name="Copy").first
    await button.click()
    await page.wait_for_function(
        "() => ['Copied', 'Selected'].includes(document.querySelector('.paste button').textContent)"
    )
    await page.get_by_role("button", name="Open all cases").click()
    assert await page.locator("details.case:not([open])").count() == 0
    await page.get_by_role("button", name="Close all cases").click()
    assert await page.locator("details.case[open]").count() == 0
    assert seen.noises == []


async def test_findings_lead_to_the_probes_call_and_back(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"))).page
    link = page.locator("#findings .finding a[href^='#call-']").first
    target = (await link.get_attribute("href") or "").removeprefix("#")
    assert not await page.locator(f"[id='{target}']").is_visible()
    await link.click()
    await page.locator(f"[id='{target}']").wait_for(state="visible")
    # The box that the link leads to stands open: nobody came for its heading alone.
    assert await page.locator(f"[id='{target}'] > details").get_attribute("open") is not None
    back = page.locator(f"[id='{target}'] a[href^='#finding-']").first
    await back.click()
    assert "#finding-" in page.url


async def test_fifty_token_calls_stay_short_until_they_are_opened(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"), java_script_enabled=False)).page
    story = page.locator("#tokens")
    calls = story.locator("li[id^='call-']")
    assert await calls.count() > 50
    assert await calls.locator("visible=true").count() == 0
    rows = await story.locator(".timeline svg[role=img]").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert any("Two refreshes at the same moment: 6 granted, 3 refused, 3 failed" in row for row in rows)
    await page.locator("#probe-burst > summary").click()
    assert await page.locator("#probe-burst").locator("li[id^='call-'] >> visible=true").count() == 3
    assert await page.locator("#probe-burst").get_by_text("18 more with the same answer").is_visible()


@pytest.mark.parametrize("width", [390, 1280])
async def test_marks_keep_their_place_in_any_width(opened: Open, samples: Any, width: int) -> None:
    page = (await opened(samples.page("sick"), width=width)).page
    spans = await page.locator("#tokens .timeline svg.row").evaluate_all(
        """all => all.flatMap(svg => {
            const box = svg.getBoundingClientRect();
            return Array.from(svg.querySelectorAll('rect'), e => e.getBoundingClientRect())
                .map(e => [e.left - box.left, box.right - e.right, e.width]);
        })"""
    )
    assert len(spans) > 50
    assert all(left >= -1 and right >= -1 and wide > 0 for left, right, wide in spans)


async def test_findings_lead_to_the_request_and_back(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"))).page
    rows = page.locator(".requests tr:has(a[href^='#finding-'])")
    assert await rows.count() > 0
    target = await rows.first.get_attribute("id")
    assert target
    back = await rows.first.locator("a[href^='#finding-']").first.get_attribute("href")
    assert await page.locator(f"[id='{(back or '')[1:]}']").count() == 1
    rung = page.locator(".rung:has(a[href^='#finding-'])").first
    await rung.locator("a[href^='#traffic-']").first.click()
    assert "#traffic-" in page.url


async def test_requests_filter_by_host_type_and_status(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"))).page
    case = page.locator("#case-iphone-na")
    rows = case.locator(".requests tbody > tr[data-host]")
    every = await rows.count()
    await case.locator("[data-filter=host]").select_option("cdn.example.com")
    assert await rows.locator("visible=true").count() == 1
    assert await case.get_by_role("status").inner_text() == f"1 of {every} requests"
    await case.locator("[data-filter=type]").select_option("font")
    assert await rows.locator("visible=true").count() == 0
    hidden = await rows.nth(0).get_attribute("id")
    await page.evaluate("id => { location.hash = id }", hidden)
    await rows.nth(0).wait_for(state="visible")
    assert await rows.locator("visible=true").count() == every


async def test_without_script_there_is_no_filter_but_every_request(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"), java_script_enabled=False)).page
    await needs_no_script(page)
    case = page.locator("#case-iphone-na")
    assert await case.locator("[data-filters]").is_hidden()
    count = len(samples.report("sick").requests["iphone-na"].rows)
    assert await case.locator(".requests tbody > tr[data-host] >> visible=true").count() == count


async def test_the_command_to_run_a_case_again_can_be_copied(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"))).page
    figure = page.locator("#case-iphone-na .command").first
    text = await figure.locator("pre").inner_text()
    assert text == "e2e-linker reproduce 20261120-120000-sample iphone-na"
    assert await figure.get_by_role("button", name="Copy").count() == 1


async def test_two_cases_stand_side_by_side_what_differs_first(opened: Open, samples: Any) -> None:
    seen = await opened(samples.page("sick"))
    area = seen.page.locator("[data-compare]")
    assert await area.locator("table").is_hidden()
    await area.get_by_label("Right").select_option("iphone-eu")
    rows = await area.locator("tbody tr").all_inner_texts()
    assert rows[0].split("\t") == ["result", "does not link", "links"]
    assert await area.locator("tbody tr:first-child").get_attribute("class") == "differs"
    differing = await area.locator("tbody tr.differs").count()
    assert 0 < differing < len(rows)
    cases = {case.id: case for case in samples.report("sick").cases}
    for other in ("iphone-eu", "fire-tablet-na", "desktop-firefox-na"):
        await area.get_by_label("Right").select_option(label=other)
        labels = await area.locator("tbody th").all_inner_texts()
        assert labels == [side.label for side in side_by_side(cases["iphone-na"], cases[other])]
    await area.get_by_label("Right").select_option("iphone-eu")
    assert await area.get_by_role("status").inner_text() == f"{differing} of {len(rows)} differ"
    assert seen.noises == []


async def test_times_stand_in_utc_and_in_the_readers_zone(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("healthy"), timezone_id="Asia/Tokyo", locale="en-US")).page
    started = page.locator("header time").first
    assert (await started.inner_text()).endswith("UTC")
    assert "GMT+9" in await started.locator("xpath=following-sibling::span").first.inner_text()


async def test_who_reads_in_utc_sees_each_time_once(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("healthy"), timezone_id="UTC")).page
    assert (await page.locator("header time").first.inner_text()).endswith("UTC")
    assert await page.locator("time + span").count() == 0


async def test_on_a_phone_head_and_contents_leave_half_the_screen_to_what_to_do(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"), width=390)).page
    nav = await page.locator("nav").bounding_box()
    todo = await page.locator("#fixes").bounding_box()
    assert nav is not None
    assert todo is not None
    assert nav["height"] < 60
    assert todo["y"] < 450
    assert await page.locator("details.case[open]").count() == 1


async def test_on_a_phone_rows_of_events_and_certificates_are_stacked(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("sick"), width=390)).page
    await page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    for table in ("table.stack.tls", "details table.stack:not(.tls)", "table.hosts.stack"):
        cells = (
            await page.locator(table)
            .first.locator("tbody tr:first-child > *")
            .evaluate_all(
                "all => all.map(e => { const box = e.getBoundingClientRect(); return [box.left, box.right, box.top]; })"
            )
        )
        assert len(cells) > 3
        assert len({round(left) for left, *_ in cells}) == 1
        assert all(right <= 390 for _, right, _ in cells)
        assert all(later[2] > earlier[2] for earlier, later in pairwise(cells))


@pytest.mark.parametrize("width", [390, 1280])
async def test_no_status_is_cut_or_broken(opened: Open, samples: Any, width: int) -> None:
    page = (await opened(samples.page("sick"), width=width)).page
    pills = await page.locator(".requests .status:visible").evaluate_all(
        """all => all.map(e => {
            const [own, cell] = [e.getBoundingClientRect(), e.closest('td').getBoundingClientRect()];
            const size = parseFloat(getComputedStyle(e).fontSize);
            return [e.textContent, own.height < 2.5 * size, own.left >= cell.left - 1 && own.right <= cell.right + 1,
                    own.left >= 0 && own.right <= innerWidth];
        })"""
    )
    assert {"to Alexa", "200", "303"} <= {text for text, *_ in pills}
    assert [pill for pill in pills if not all(pill[1:])] == []


@pytest.mark.parametrize("width", [390, 1280])
async def test_what_a_request_unfolds_has_room_and_covers_nothing(opened: Open, samples: Any, width: int) -> None:
    page = (await opened(samples.page("sick"), width=width)).page
    row = page.locator("#case-iphone-na .requests tbody > tr:has(.message)").first
    scrolls = "e => e.closest('.scroller').scrollWidth"
    before = await row.evaluate(scrolls)
    await row.locator("summary").first.click()
    assert await row.evaluate(scrolls) == before
    message = row.locator(".message").first
    own, scroller = await message.bounding_box(), await row.locator("xpath=ancestor::div[1]").bounding_box()
    assert own
    assert scroller
    assert own["width"] > 0.75 * min(scroller["width"], 1000)
    assert own["x"] + own["width"] <= scroller["x"] + scroller["width"] + 1
    for pill in await row.locator("xpath=./td//*[contains(@class, 'status')]").all():
        box = await pill.bounding_box()
        assert box is None or box["y"] + box["height"] <= own["y"] or width == 390


async def test_of_many_sightings_the_first_stands_open(opened: Open, samples: Any) -> None:
    page = (await opened(samples.page("many"))).page
    card = page.locator("#findings .finding").filter(has_text="domains-complete").first
    assert await card.locator("ul.seen").first.locator("a[href^='#case-']:visible").count() == 1
    assert await card.get_by_text("and 7 more").first.is_visible()


async def test_two_runs_compared_are_a_page_like_the_report(opened: Open, samples: Any) -> None:
    seen = await opened(compare_page(compare(samples.report("healthy"), samples.report("hostile"))))
    assert await seen.page.evaluate("window.owned") is None
    assert await seen.page.locator("script").count() == 1
    assert seen.requests == []
    assert seen.noises == []
    assert await seen.page.get_by_role("heading", level=1).inner_text() != ""
    assert await seen.page.locator("tr.differs").count() > 0


@pytest.mark.parametrize("name", ["sick", "hostile"])
async def test_a_sheet_of_paper_is_wide_enough(opened: Open, samples: Any, name: str) -> None:
    page = (await opened(samples.page(name), width=720)).page
    await page.emulate_media(media="print")
    if not await page.evaluate("matchMedia('print').matches"):
        pytest.skip("this browser cannot be asked to draw for paper")
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 720
    cut = await page.locator(".scroller").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_a_ladder_is_drawn_for_the_screen_that_shows_it(opened: Open, samples: Any, width: int) -> None:
    page = (await opened(samples.page("sick"), width=width)).page
    await page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    drawn = page.locator(".sequence:visible")
    ladders = await page.locator(".roomy").count()
    assert await drawn.count() == ladders > 0
    for n in range(ladders):
        box = await drawn.nth(n).bounding_box()
        assert box is not None
        if width < 640:
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            right = "svg => Math.max(...[...svg.querySelectorAll('text')].map(t => t.getBBox().x + t.getBBox().width))"
            assert await drawn.nth(n).evaluate(right) <= 330
    assert await page.locator(".roomy:visible").count() == (0 if width < 640 else ladders)
