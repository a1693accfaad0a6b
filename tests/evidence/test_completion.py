"""Requests of windows that were announced late, or never, and what those windows are then said to be."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.completion import complete_requests, complete_windows
from e2e_linker.evidence.models import Window

LOGIN = "https://login.example.com"
FIRST = Window(n=0, at=0.1, url=f"{LOGIN}/authorize", opener=None)


def opened(url, n=1):
    return Window(n=n, at=6.8, url=url, opener=0)


def walked(build, *, window=None):
    """The page, and the form that it sends in a window of which no request was told when it was made."""
    steps = [build.get(f"{LOGIN}/authorize"), build.post(f"{LOGIN}/consent", {}, location=build.redirect_uri())]
    first, *others = build.requests([*steps, build.get(build.redirect_uri())])
    return first, *(one.model_copy(update={"window": window, "main_frame": True}) for one in others)


def told(requests, *announced):
    requests = complete_requests(requests, announced)
    windows = complete_windows(announced, requests)
    return [request.window for request in requests], [(one.n, one.url) for one in windows], windows


@pytest.mark.parametrize("url", ["chrome-error://chromewebdata/", "about:blank"])
def test_a_window_announced_after_its_requests_has_their_address_and_time(build, url):
    requests = walked(build)
    numbers, addresses, windows = told(requests, FIRST, opened(url))
    assert numbers == [0, 1, 1]
    assert addresses == [(0, f"{LOGIN}/authorize"), (1, f"{LOGIN}/consent")]
    assert windows[1].at == requests[1].at
    assert windows[1].opener == 0


def test_one_that_was_never_announced_is_one_more(build):
    numbers, addresses, _ = told(walked(build), FIRST)
    assert numbers == [0, 1, 1]
    assert addresses == [(0, f"{LOGIN}/authorize"), (1, f"{LOGIN}/consent")]


def test_where_it_could_be_either_of_two_windows_it_is_none_of_them(build):
    numbers, addresses, _ = told(walked(build), FIRST, opened("about:blank"), opened("about:blank", 2))
    assert numbers == [0, 3, 3]
    assert addresses[1:] == [(1, "about:blank"), (2, "about:blank"), (3, f"{LOGIN}/consent")]


def test_a_window_with_an_address_keeps_it(build):
    numbers, addresses, _ = told(walked(build, window=1), FIRST, opened(f"{LOGIN}/help"))
    assert numbers == [0, 1, 1]
    assert addresses[1] == (1, f"{LOGIN}/help")


def test_what_an_empty_window_loads_is_not_its_address(build):
    page, *_ = walked(build)
    picture = build.requests([build.sub(f"{LOGIN}/logo.svg")])[0].model_copy(update={"window": 1, "n": 2})
    assert told([page, picture], FIRST, opened("about:blank"))[1][1] == (1, "about:blank")
