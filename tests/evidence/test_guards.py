"""What a guard against robots says of itself, and what others say of robots."""

from __future__ import annotations

import pytest

from e2e_linker.evidence.guards import asks_for_human, challenge_in


@pytest.mark.parametrize(
    ("name", "value", "guard"),
    [
        ("cf-mitigated", "challenge", "Cloudflare"),
        ("X-Amzn-Waf-Action", "captcha", "AWS WAF"),
        ("x-amzn-waf-action", "challenge", "AWS WAF"),
        ("X-DD-B", "2", "DataDome"),
        ("x-vercel-mitigated", "challenge", "Vercel"),
    ],
)
def test_a_challenge_is_known_by_its_header(name: str, value: str, guard: str) -> None:
    headers = [("server", "cloudflare"), (name, value)]
    assert challenge_in(headers) == (guard, f"{name.lower()}: {value}")


def test_of_a_header_only_so_much_is_quoted() -> None:
    assert challenge_in([("cf-mitigated", "challenge\n" + "x" * 9999)]) == (
        "Cloudflare",
        f"cf-mitigated: challenge {'x' * 50}",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("server", "cloudflare"), ("cf-ray", "8c1"), ("x-datadome", "protected"), ("x-amzn-waf-action", "count")],
)
def test_what_guards_add_to_every_answer_is_no_challenge(name: str, value: str) -> None:
    assert challenge_in([("content-type", "text/html"), (name, value)]) is None


@pytest.mark.parametrize(
    "line",
    [
        "Verify you are human",
        "Please verify that you are a human.",
        "Verifying you are human. This may take a few seconds.",
        "Let's confirm you are human",
        "Press & Hold to confirm you are a human (and not a bot).",
        "Bestätigen Sie, dass Sie ein Mensch sind",
        "Überprüfung, ob Sie ein Mensch sind.",
        "Vérifiez que vous êtes humain",
        "Verifique que usted es un ser humano",
        "Verifica di essere umano",
        "Confirme que você é humano",
        "あなたが人間であることを確認します",
        "続行するには、人間であることを確認してください。",
        "正在验证您是否是真人。这可能需要几秒钟时间。",
        "사람인지 확인하는 중입니다.",
        "Verifieer dat u een mens bent",
        "请验证您是真人",
    ],
)
def test_a_demand_for_a_proof_of_humanity_is_known(line: str) -> None:
    assert asks_for_human(line)


@pytest.mark.parametrize(
    "line",
    [
        "This site is protected by reCAPTCHA to verify you are human",
        "このサイトはreCAPTCHAで人間であることを確認しています",
        "人間であることを確認するため、reCAPTCHAを使用しています",
        "あなたが人間であることを確認できました",
        "사람인지 확인되었습니다",
        "Verify your identity",
        "Verify you are at home",
        "Confirm you are 18 or older",
        "Just a moment...",
        "Our robot vacuums know you",
        "Human resources",
        "Verify you are human " + "and so on " * 40,
    ],
)
def test_who_only_speaks_of_humans_and_robots_asks_for_no_proof(line: str) -> None:
    assert not asks_for_human(line)
