"""Whole records are redacted without losing their shape."""

from __future__ import annotations

import time
from typing import Any

from e2e_linker.evidence.models import (
    CaseEvidence,
    Control,
    DomDigest,
    Param,
    Present,
    Rect,
    Screen,
    SetCookie,
)
from e2e_linker.evidence.redact import SecretRegistry

CODE = "SplxlOBeZQQYbYS6WxSbIA"
SESSION = "s%3Ajx8Kq0Zr7Ww1.Pv5t"


def case_with_secrets(build: Any) -> CaseEvidence:
    asked = build.authorization()
    answer = f"{asked.redirect_uri}?code={CODE}&state={asked.state}"
    login = build.post(
        f"{build.login}/login",
        {"user": "ada", "password": "password", "lang": "en"},
        location=answer,
        cookie=f"lang=en; sid={SESSION}; st={asked.state}",
        set_cookies=[
            SetCookie(name="sid", value=SESSION, size=24),
            SetCookie(name="lang", value="en", size=6),
            SetCookie(name="gone", value="", size=4),
        ],
        response_headers=[("Set-Cookie", f"sid={SESSION}; Path=/; Secure\nlang=en; Max-Age=5"), ("X-Lang", "en")],
        excerpt=f'<input type="password" value="password"><p lang="en">{CODE}</p>',
    )
    walk = build.walk([build.get(asked.url), login, build.get(answer)], asked=asked)
    digest = DomDigest(
        url=answer,
        title="Your password",
        lang="en",
        ready_state="complete",
        viewport_meta=None,
        text=f"code {CODE}",
        text_length=27,
        controls=(
            Control(
                kind="field", type="password", name="password", rect=Rect(x=0, y=0, width=1, height=1), visible=True
            ),
        ),
        headings=(),
        elements=3,
        visible_elements=3,
        scroll_width=1,
        client_width=1,
        client_height=1,
    )
    screen = Screen(
        n=1,
        at=1,
        label="login",
        window=0,
        url=answer,
        digest=Present(value=digest),
        picture={"kind": "failed", "error": CODE},
    )
    return build.case(walk.model_validate(dict(walk) | {"screens": Present(value=(screen,))}))


def redacted(build: Any) -> tuple[CaseEvidence, CaseEvidence, SecretRegistry]:
    registry = SecretRegistry()
    case = case_with_secrets(build)
    registry.public(case.walks[0].authorization.state)
    registry.register(CODE, "code")
    registry.register("password", "password")
    return case, registry.redact_record(case), registry


def test_no_secret_is_left_and_the_shape_is_kept(build: Any) -> None:
    case, hidden, registry = redacted(build)
    assert registry.find(case.model_dump_json())
    assert registry.find(hidden.model_dump_json()) is None
    assert CaseEvidence.model_validate(hidden.model_dump()) == hidden
    assert registry.redact_record(hidden) == hidden
    assert hidden.case is case.case
    assert hidden.walks[0].authorization == case.walks[0].authorization


def test_cookies_are_hidden_but_still_comparable(build: Any) -> None:
    case, hidden, _ = redacted(build)
    state = case.walks[0].authorization.state
    assert isinstance(hidden.walks[0].requests, Present)
    login = hidden.walks[0].requests.value[1]
    assert dict(login.headers)["Cookie"] == f"lang=<cookie#2>; sid=<cookie#1>; st={state}"
    assert [cookie.value for cookie in login.set_cookies] == ["<cookie#1>", "<cookie#2>", ""]
    assert login.response_headers[0][1] == "sid=<cookie#1>; Path=/; Secure\nlang=<cookie#2>; Max-Age=5"
    assert login.response_headers[1] == ("X-Lang", "en")
    assert login.excerpt == '<input type="<password#1>" value="<password#1>"><p lang="en"><code#1></p>'
    assert login.body
    assert login.body.fields[1:] == (
        Param(name="password", value="<password#1>", length=8, place="body"),
        Param(name="lang", value="en", length=2, place="body"),
    )


def test_vocabulary_is_not_taken_for_a_secret(build: Any) -> None:
    _, hidden, _ = redacted(build)
    assert isinstance(hidden.walks[0].screens, Present)
    digest = hidden.walks[0].screens.value[0].digest
    assert isinstance(digest, Present)
    control = digest.value.controls[0]
    assert (control.type, control.name) == ("password", "password")
    assert digest.value.text == "code <code#1>"


def test_a_record_without_secrets_is_given_back_as_it_is(build: Any) -> None:
    walk = build.walk([build.get("https://login.example.com/")])
    assert SecretRegistry().redact_record(walk) is walk


def test_keys_are_kept_and_values_in_dictionaries_hidden(build: Any) -> None:
    registry = SecretRegistry()
    registry.register(CODE, "code")
    run = build.run(options={"depth": "standard", CODE: [CODE, {"a": CODE}, 3]})
    assert registry.redact_record(run).options == {"depth": "standard", CODE: ["<code#1>", {"a": "<code#1>"}, 3]}


def test_two_thousand_requests_are_done_at_once(build: Any) -> None:
    registry = SecretRegistry()
    for n in range(30):
        registry.register(f"{CODE}-{n:02}", "token")
    headers = tuple((f"x-header-{n}", f"some value {n}") for n in range(25))
    plain = build.requests([build.sub("https://a.example/", headers=headers, response_headers=headers)])[0]
    cookie = ("Cookie", f"sid={SESSION}; lang=en")
    requests = tuple(
        plain.model_copy(update={"n": n, "url": f"https://a.example/{n}.js?v={n}", "headers": (*headers, cookie)})
        for n in range(1, 2001)
    )
    walk = build.walk([])
    case = build.case(walk.model_validate(dict(walk) | {"requests": Present(value=requests)}))
    began = time.process_time()
    hidden = registry.redact_record(case)
    # About a tenth of a second on one quiet core.
    assert time.process_time() - began < 2
    assert registry.find(hidden.model_dump_json()) is None
