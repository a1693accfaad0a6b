from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from e2e_linker.config import Address, Config
from e2e_linker.config.login import Check, Click, Fill, Pause, PythonLogin, Wait
from e2e_linker.config.models import REPORT_FORMATS
from e2e_linker.model import Region, Surface


def written(**value: Any) -> Config:
    return Config.model_validate(value, by_alias=True, by_name=False)


def linker(**value: Any) -> Any:
    return written(linker=value).linker


def test_an_empty_file_means_the_defaults() -> None:
    config = written()
    assert len(config.projects) == 8
    assert (config.timeout, config.retries, config.workers) == (60_000, 0, None)
    assert config.reporter == REPORT_FORMATS
    assert str(config.output_dir) == "reports"
    assert config.linker.regions == (Region.NA,)
    assert (config.linker.login, config.linker.limits.logins, config.linker.pkce) == ("auto", 20, False)


def test_use_is_merged_option_by_option_as_playwright_does() -> None:
    config = written(
        timeout=1000,
        retries=2,
        use={
            "locale": "de-DE",
            "headless": False,
            "launchOptions": {"slowMo": 5, "args": ["--x"]},
            "surface": "webview",
        },
        projects=[
            {"name": "a", "timeout": 5, "retries": 0, "use": {"locale": "fr-FR", "launchOptions": {"args": []}}},
            {"name": "b", "use": {"surface": "browser", "locale": None}},
        ],
    )
    first, second = config.resolved_projects()
    assert (first.timeout, first.retries, second.timeout, second.retries) == (5, 0, 1000, 2)
    assert (first.use.locale, first.use.headless, first.use.surface) == ("fr-FR", False, Surface.WEBVIEW)
    assert (first.use.launch_options.args, first.use.launch_options.slow_mo) == ((), None)
    assert (second.use.locale, second.use.surface) == (None, Surface.BROWSER)
    assert second.use.launch_options.slow_mo == 5


@pytest.mark.parametrize(
    ("linker", "use", "takes_any"),
    [
        ({}, {}, False),
        ({}, {"ignoreHTTPSErrors": True}, True),
        ({"trust": ["ca.pem"]}, {}, False),
        ({"trust": ["ca.pem"]}, {"ignoreHTTPSErrors": True}, True),
    ],
)
def test_a_private_root_does_not_say_that_every_certificate_is_taken(linker, use, takes_any) -> None:
    (project,) = written(projects=[{"name": "a", "use": use}], linker=linker).resolved_projects()
    assert project.use.ignore_https_errors is takes_any


def test_every_option_of_use_has_playwrights_name() -> None:
    use = {
        "device": "Pixel 7",
        "surface": "custom-tab",
        "browserName": ["webkit", "chromium"],
        "channel": "chrome",
        "cdpEndpoint": "ws://127.0.0.1:9222/devtools/browser/1",
        "launchOptions": {"executablePath": "x", "args": ["--y"], "slowMo": 1.5},
        "headless": True,
        "viewport": {"width": 1, "height": 2},
        "userAgent": "UA",
        "locale": "en-GB",
        "timezoneId": "Europe/London",
        "deviceScaleFactor": 2,
        "isMobile": True,
        "hasTouch": False,
        "colorScheme": "dark",
        "storageState": "warm.json",
        "ignoreHTTPSErrors": True,
        "actionTimeout": 10,
        "navigationTimeout": 20,
    }
    dumped = written(projects=[{"name": "a", "use": use}]).projects[0].use.model_dump(mode="json", by_alias=True)
    assert dumped == use


@pytest.mark.parametrize("value", ["127.0.0.1:9222", "ftp://phone", "http://", "http://phone:0", "http://a b", 9222])
def test_an_endpoint_is_the_address_of_devtools(value: Any) -> None:
    with pytest.raises(ValidationError, match=r"DevTools, such as http://127.0.0.1:9222|valid string"):
        written(use={"cdpEndpoint": value})


@pytest.mark.parametrize(
    ("value", "engines"), [("firefox", ("firefox",)), (["webkit", "chromium"], ("webkit", "chromium"))]
)
def test_browser_name_is_an_engine_or_a_list(value: Any, engines: tuple[str, ...]) -> None:
    use = written(use={"browserName": value}).use
    assert use.browser_name == engines
    assert use.model_dump(mode="json", by_alias=True)["browserName"] == value


@pytest.mark.parametrize(
    "value",
    ["html", ["html"], [["html"]], [["html", {}]], ["html", "html"], [["html", {"open": "never"}]], [["html", None]]],
)
def test_playwrights_spellings_of_reporter(value: Any) -> None:
    assert written(reporter=value).reporter == ("html",)


@pytest.mark.parametrize(
    "value",
    [[], [[]], [[1]], [{"html": {}}], ["htlm"], 5, [["html", {"open": "always"}]], [["html", {}, 1]], [["html", 5]]],
)
def test_what_is_no_reporter_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        written(reporter=value)


def test_login_steps_become_what_they_do() -> None:
    steps = [
        {"fill": "#user", "with": "username"},
        {"fill": "#shop", "with": "42"},
        {"click": "text=Next"},
        {"check": "#agree"},
        {"wait": "#done"},
        {"pause": "solve it"},
    ]
    login = linker(login=steps).login
    assert [type(step) for step in login] == [Fill, Fill, Click, Check, Wait, Pause]
    assert [step.account_field for step in login[:2]] == ["username", None]
    assert written(linker={"login": steps}).model_dump(mode="json", by_alias=True)["linker"]["login"] == steps


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("usernme", "username"),
        ("usernaem", "username"),
        ("Usename", "username"),
        ("pasword", "password"),
        ("passsword", "password"),
        ("passwrod", "password"),
    ],
)
def test_a_slip_in_a_name_is_not_typed(typed: str, meant: str) -> None:
    with pytest.raises(ValidationError, match=f"did you mean {meant}"):
        linker(login=[{"fill": "#user", "with": typed}])


@pytest.mark.parametrize(
    "text",
    [
        "Password",
        "user name",
        "Passwort",
        "passord",
        "passwords",
        "username1",
        "name",
        "pass",
        "top",
        "otps",
        "opt",
        "",
    ],
)
def test_any_other_text_is_typed_as_it_stands(text: str) -> None:
    (step,) = linker(login=[{"fill": "#user", "with": text}]).login
    assert (step.value, step.account_field) == (text, None)


def test_login_by_a_function_of_the_users_own() -> None:
    login = linker(login={"python": "my.site:log_in"}).login
    assert isinstance(login, PythonLogin)
    assert login.python == "my.site:log_in"


@pytest.mark.parametrize("value", ["my.site", "my.site:", ":f", "a b:f", "a:f()", "a..b:f", 5])
def test_what_names_no_function_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        linker(login={"python": value})


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1", Address("127.0.0.1")),
        ("127.0.0.1:8443", Address("127.0.0.1", 8443)),
        ("::1", Address("::1")),
        ("[::1]:8443", Address("::1", 8443)),
        ("localhost:1", Address("localhost", 1)),
    ],
)
def test_addresses_are_read_and_written(text: str, address: Address) -> None:
    resolve = linker(resolve={"Login.Example.com": text}).resolve
    assert resolve == {"login.example.com": address}
    assert str(address) == text


@pytest.mark.parametrize(
    "text", ["", ":1", "a:", "a:b", "a:0", "a:65536", "a:123456", "[::1", "[x]:1", "http://a", "a b", "a:1:2", 5, None]
)
def test_what_is_no_address_is_refused(text: Any) -> None:
    with pytest.raises(ValidationError):
        linker(resolve={"host": text})


@pytest.mark.parametrize("host", ["", "a b", "https://a", "a/b", "*.a"])
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(ValidationError):
        linker(resolve={host: "127.0.0.1"})


def test_the_rest_of_the_linker_block_is_carried() -> None:
    block = linker(
        vendorId="M1ABC",
        redirectUrls=["https://pitangui.amazon.com/api/skill/link/M1ABC"],
        regions=["NA", "FE", "NA"],
        locales=["de-DE", "en-GB"],
        skillKind="smart_home",
        pkce=True,
        resource="https://api.example.com/me",
        introspection="https://login.example.com/introspect",
        revocation="https://login.example.com/revoke",
        thresholds={"code-bytes": 512},
        previous=[{"skill": "old.json", "refreshToken": "env:OLD", "clientSecret": "env:OLD_SECRET"}],
        faultHook={"break": "./break.sh", "mend": "https://ops.example.com/mend"},
        limits={"logins": 3},
    )
    assert block.regions == (Region.NA, Region.FE)
    assert (block.fault_hook.break_, block.fault_hook.mend) == ("./break.sh", "https://ops.example.com/mend")
    assert (block.previous[0].refresh_token, block.limits.logins) == ("env:OLD", 3)
    assert block.thresholds == {"code-bytes": 512}


def test_an_empty_vendor_id_is_an_unknown_one() -> None:
    assert linker(vendorId="").vendor_id is None


@pytest.mark.parametrize(
    "block",
    [
        {"resource": "api.example.com"},
        {"resource": "ftp://api.example.com/"},
        {"resource": "https://api.example.com:99999/"},
        {"resource": "https://api.example.com/\x1b[31m"},
        {"redirectUrls": ["https://"]},
        {"regions": []},
        {"regions": "NA"},
        {"locales": ["english"]},
        {"limits": {"logins": 0}},
        {"limits": {"logins": True}},
        {"pkce": "true"},
        {"pkce": 1},
        {"trust": [""]},
        {"previous": [{"skill": "x"}]},
        {"login": []},
        {"login": "automatic"},
        {"login": [{"click": "a", "wait": "b"}]},
        {"login": [{}]},
    ],
)
def test_wrong_values_of_the_linker_block_are_refused(block: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        linker(**block)


def test_snake_case_is_for_code_only() -> None:
    assert Config(output_dir="x").output_dir.name == "x"
    with pytest.raises(ValidationError):
        written(output_dir="x")


def test_an_inline_skill_keeps_its_secret_out_of_the_configuration() -> None:
    skill = {"authorizationUrl": "https://login.example.com/", "clientSecret": "hunter2"}
    config = written(linker={"skill": skill})
    assert config.linker.skill.client_secret.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(config) + config.model_dump_json()
