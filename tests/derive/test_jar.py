import pytest

from e2e_linker.derive.jar import JarTotal, growth


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


def test_one_cookie_that_swells_is_growth_too():
    totals = [JarTotal(1, 200 + 150 * n, ("session",)) for n in range(8)]
    found = growth(totals)
    assert found is not None
    assert found.cookies_per_login == 0
    assert found.families == ()
