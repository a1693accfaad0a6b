"""What could never work is refused before a run, and what might is not."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from e2e_linker.config.linker import Linker, ResolvedAccount
from e2e_linker.config.login import PythonLogin
from e2e_linker.errors import ConfigurationError
from e2e_linker.run.plan_checks import require_login_function, require_seed


def by(function: str) -> Linker:
    return Linker(login=PythonLogin(python=function))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("no_such_module:log_in", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("json:no_such_function", "AttributeError: module 'json' has no attribute"),
        ("json:dumps", "TypeError: json:dumps is not an async function"),
        ("odd_syntax:log_in", "SyntaxError: "),
        ("odd_raises:log_in", "cannot be used: ValueError\n"),
        ("odd_script:log_in", "cannot be used: SystemExit\n"),
    ],
)
def test_a_login_by_what_is_no_function_is_refused(tmp_path, monkeypatch, function, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd_syntax.py").write_text("async def log_in(:\n")
    (tmp_path / "odd_raises.py").write_text("raise ValueError('hunter2-very-secret')\n")
    (tmp_path / "odd_script.py").write_text("async def log_in(page, credentials):\n    pass\n\n\nraise SystemExit(0)\n")
    with pytest.raises(ConfigurationError) as caught:
        require_login_function(by(function))
    text = str(caught.value)
    assert text.startswith(f"linker.login.python: {function} cannot be used: ")
    assert said in text
    assert "hunter2" not in text


def test_a_function_in_the_current_directory_is_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "login_of_ours.py").write_text("async def log_in(page, credentials):\n    pass\n")
    require_login_function(by("login_of_ours:log_in"))
    require_login_function(Linker())


def test_what_its_module_prints_is_no_result(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "login_that_prints.py").write_text("print('hello')\nasync def log_in(page, credentials):\n    pass\n")
    require_login_function(by("login_that_prints:log_in"))
    assert capsys.readouterr() == ("", "hello\n")


@pytest.mark.parametrize("seed", ["0189!!", "JBSWY3DPEHPK3PXPA", "jbswy3dp1", "sécret"])
def test_a_seed_that_is_no_base32_is_refused_without_being_told(seed):
    with pytest.raises(ConfigurationError) as caught:
        require_seed(ResolvedAccount(totp=SecretStr(seed)), "linker.secondAccount")
    assert str(caught.value).startswith("linker.secondAccount.totp: what it refers to is no base32")
    assert seed not in str(caught.value)


@pytest.mark.parametrize(
    "seed",
    ["JBSWY3DPEHPK3PXP", "jbsw y3dp-ehpk 3pxp", " JBSWY3DPEHPK3PXP\n", "MFRGGZDF====", "otpauth://totp/x?secret=1"],
)
def test_a_seed_is_taken_as_the_login_takes_it(seed):
    require_seed(ResolvedAccount(totp=SecretStr(seed)), "linker.account")


def test_no_seed_is_no_wrong_seed():
    require_seed(ResolvedAccount(), "linker.account")
