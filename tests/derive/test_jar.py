import pytest

from e2e_linker.derive import jar
from e2e_linker.derive.jar import JarTotal, carried, growth, places
from e2e_linker.evidence.models import JarCookie


def row(*sizes, count=None):
    return [
        JarTotal(count or i + 1, size, tuple(f"nonce.{j:06d}" for j in range(i + 1))) for i, size in enumerate(sizes)
    ]


def test_a_cookie_per_login_is_linear_growth():
    found = growth(row(*range(100, 2100, 100)))
    assert found is not None
    assert found.bytes_per_login == 100
    assert found.cookies_per_login == 1
    assert found.families == ("nonce.*",)


@pytest.mark.parametrize(
    "sizes",
    [
        (100,) * 20,
        (100, 103, 99, 101, 104, 98, 102, 100),
        (100, 200, 300, 400, 500, 500, 500, 500, 500, 500),
        (0, 900, 900, 900, 900, 900),
        (900, 600, 300, 100),
        (100, 200, 300),
    ],
    ids=["steady", "noisy", "capped", "first only", "shrinking", "too few"],
)
def test_a_jar_that_does_not_keep_growing_is_healthy(sizes):
    assert growth(row(*sizes)) is None


@pytest.mark.parametrize(
    ("sizes", "grows"),
    [((4000, 8000), True), ((900, 1900, 2900), True), ((900, 900), False), ((900,), False), ((300, 360), False)],
)
def test_where_the_next_login_is_refused_two_show_growth(sizes, grows):
    assert (growth(row(*sizes), refused=True) is not None) is grows
    assert growth(row(*sizes)) is None


def test_one_cookie_that_swells_is_growth_too():
    totals = [JarTotal(1, 200 + 150 * n, ("session",)) for n in range(8)]
    found = growth(totals)
    assert found is not None
    assert found.cookies_per_login == 0
    assert found.families == ()


@pytest.mark.parametrize(
    ("domain", "path", "to", "goes"),
    [
        ("a.test", "/", ("a.test", "/login"), True),
        ("a.test", "/", ("sub.a.test", "/login"), False),
        (".a.test", "/", ("sub.a.test", "/login"), True),
        (".a.test", "/", ("a.test", "/"), True),
        (".a.test", "/", ("bada.test", "/"), False),
        ("a.test", "/auth", ("a.test", "/auth"), True),
        ("a.test", "/auth", ("a.test", "/auth/1"), True),
        ("a.test", "/auth/", ("a.test", "/auth/1"), True),
        ("a.test", "/auth", ("a.test", "/author"), False),
        ("a.test", "/auth/1", ("a.test", "/auth/2"), False),
    ],
)
def test_a_cookie_goes_where_its_domain_and_path_send_it(domain, path, to, goes):
    cookie = JarCookie(name="n", domain=domain, path=path, size=9, secure=True, http_only=True, same_site=None)
    assert carried([cookie], [to]) == (JarTotal(1, 9, ("n",)) if goes else JarTotal(0, 0, ()))


def kept(name, path="/", *, domain="a.test", size=9):
    return JarCookie(name=name, domain=domain, path=path, size=size, secure=True, http_only=True, same_site=None)


def test_of_requests_that_carry_as_much_the_first_by_host_and_path_is_told():
    held = [kept("last", "/z"), kept("first", "/b"), kept("elsewhere", "/b", domain="b.test")]
    ways = [("b.test", "/b"), ("a.test", "/z"), ("a.test", "/b"), ("a.test", "/")]
    for order in (ways, ways[::-1], frozenset(ways)):
        assert carried(held, order) == JarTotal(1, 9, ("first",))


def test_the_request_that_carries_most_is_told_with_its_cookies_in_the_order_of_the_jar():
    held = [kept("deep", "/a/b"), kept("root"), kept("other", "/c", size=10), kept("wide", "/a", domain=".a.test")]
    assert carried(held, [("a.test", "/c"), ("a.test", "/a/b/c"), ("x.a.test", "/a")]).names == ("deep", "root", "wide")
    assert carried(held, []) == JarTotal(0, 0, ())


def test_images_and_styles_are_no_places_of_a_login(build):
    steps = [build.get("https://a.test/login"), *(build.sub(f"https://a.test/{kind}", kind) for kind in KINDS)]
    assert places(build.requests(steps)) == {("a.test", "/login"), ("a.test", "/xhr"), ("a.test", "/fetch")}


KINDS = ("image", "stylesheet", "script", "font", "xhr", "fetch")


def test_many_addresses_cost_little(monkeypatch):
    compared = []
    monkeypatch.setattr(jar, "is_within", lambda path, within: compared.append(path) or True)
    carried([kept(f"n{n}") for n in range(80)], [("a.test", f"/{n}") for n in range(50)])
    assert len(compared) <= 50 + 80
