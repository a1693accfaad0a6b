from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.config.linker import Account
from e2e_linker.config.secrets import reference_problem, resolve_secret
from e2e_linker.errors import SecretError


def read(reference: str, base_dir: Path, **environ: str) -> str:
    return resolve_secret(reference, environ=environ, base_dir=base_dir).get_secret_value()


def refused(reference: str, base_dir: Path, **environ: str) -> str:
    with pytest.raises(SecretError) as caught:
        read(reference, base_dir, **environ)
    return str(caught.value)


def test_an_environment_variable_is_read(tmp_path: Path) -> None:
    assert read("env:PW", tmp_path, PW=" s p a c e ") == " s p a c e "


ADDED = pytest.mark.parametrize(
    ("content", "secret"),
    [
        ("hunter2", "hunter2"),
        ("hunter2\n", "hunter2"),
        ("hunter2\r\n", "hunter2"),
        ("\ufeffhunter2\r\n", "hunter2"),
        ("\ufeffhunter2", "hunter2"),
        ("hunter\ufeff2", "hunter\ufeff2"),
        ("a\n\n", "a\n"),
        (" a ", " a "),
        ("a\r", "a\r"),
    ],
)
"""What editors and shells add to a secret is no part of it; nothing else is lost."""


@pytest.mark.parametrize(
    ("environ", "state"), [({}, "not set"), ({"PW": ""}, "empty"), ({"PW": "\n"}, "empty"), ({"PW": "\ufeff"}, "empty")]
)
def test_a_variable_without_value_is_named_with_what_to_do(tmp_path: Path, environ: dict[str, str], state: str) -> None:
    text = refused("env:PW", tmp_path, **environ)
    assert f"PW is {state}" in text
    assert "export PW" in text


@ADDED
def test_a_file_loses_its_byte_order_mark_and_one_newline(tmp_path: Path, content: str, secret: str) -> None:
    (tmp_path / "pw").write_bytes(content.encode())
    assert read("file:pw", tmp_path / ".", X="") == secret
    assert read(f"file:{tmp_path / 'pw'}", Path("/nowhere")) == secret


@ADDED
def test_so_does_a_variable(tmp_path: Path, content: str, secret: str) -> None:
    assert read("env:PW", tmp_path, PW=content) == secret


@ADDED
def test_so_does_an_entry_of_a_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, secret: str
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=lambda service, user: content))
    assert read("keyring:a/b", tmp_path) == secret


def test_a_file_in_the_home_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "pw").write_text("hunter2")
    assert read("file:~/pw", Path("/nowhere")) == "hunter2"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing", None, "cannot be read"),
        ("empty", b"\n", "is empty"),
        ("marked", b"\xef\xbb\xbf\r\n", "is empty"),
        ("wide", "hunter2".encode("utf-16"), "not text"),
        ("binary", b"\xff\xfe\xfd", "not text"),
        ("large", b"x" * 70_000, "too large"),
    ],
)
def test_a_file_that_is_no_secret_is_refused(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert said in refused(f"file:{name}", tmp_path)


def test_a_folder_and_an_unknown_home_are_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refused("file:.", tmp_path)
    assert "cannot be read" in refused("file:~no-such-user-here/pw", tmp_path)


class Ring:
    """A keyring with one entry."""

    def get_password(self, service: str, user: str) -> str | None:
        if service == "locked":
            raise OSError("the literal hunter2 in a back end's words")
        return "hunter2" if (service, user) == ("https://login.example.com/x", "jane") else None


def test_the_keyring_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=Ring().get_password))
    assert read("keyring:https://login.example.com/x/jane", tmp_path) == "hunter2"
    assert "keyring set svc joe" in refused("keyring:svc/joe", tmp_path)
    locked = refused("keyring:locked/joe", tmp_path)
    assert "OSError" in locked
    assert "hunter2" not in locked


class NoKeyringError(Exception):
    """As the package calls it."""


class Bare:
    """No keyring at all."""

    def get_password(self, service: str, user: str) -> str | None:
        raise NoKeyringError(service, user)


def test_a_machine_without_a_keyring_is_not_told_to_unlock_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=Bare().get_password))
    said = refused("keyring:svc/joe", tmp_path)
    assert "this machine has no keyring" in said
    assert "use env: or file:" in said
    assert "unlock" not in said


def test_without_the_keyring_package_the_hint_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "e2e-linker[keyring]" in refused("keyring:svc/joe", tmp_path)


@pytest.mark.parametrize(
    "literal",
    [
        "hunter2",
        "",
        "env",
        "env:",
        "env:hunter-2",
        "env:1hunter2",
        "file:",
        "keyring:hunter2",
        "keyring:/x",
        "vault:hunter2",
    ],
)
def test_what_is_no_reference_is_refused_and_not_repeated(tmp_path: Path, literal: str) -> None:
    text = refused(literal, tmp_path)
    assert "hunter" not in text


LITERALS = st.text(alphabet="abcXYZ019!$%:/-_ ", min_size=1).map(lambda text: f"qq{text}qq")


@given(LITERALS)
def test_no_literal_is_ever_repeated(literal: str) -> None:
    assert literal not in refused(literal, Path())
    assert literal not in (reference_problem(literal) or "")
    with pytest.raises(ValueError) as caught:
        Account(password=literal)
    assert literal not in str(caught.value)


def test_the_account_reads_what_is_configured_and_names_the_key_that_fails(tmp_path: Path) -> None:
    account = Account(username="env:U", password="env:P", otp_command="env:O")
    environ = {"U": "jane", "P": "hunter2", "O": "pass otp jane"}
    resolved = account.resolve(environ=environ, base_dir=tmp_path)
    assert resolved.username is not None
    assert resolved.username.get_secret_value() == "jane"
    assert resolved.otp_command is not None
    assert resolved.otp_command.get_secret_value() == "pass otp jane"
    assert resolved.totp is None
    assert "hunter2" not in repr(resolved)
    with pytest.raises(SecretError, match=r"linker\.account\.otpCommand"):
        account.resolve(environ={"U": "jane", "P": "hunter2"}, base_dir=tmp_path)
