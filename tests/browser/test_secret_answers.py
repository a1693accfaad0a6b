"""What a redirect hands to Alexa is secret, whatever it looks like."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

REDIRECT_URI = "https://pitangui.amazon.com/api/skill/link/M2AAAAAAAAAAAA"


@pytest.mark.parametrize("answer", ["?code=SplxlOBeZQQ&state=x", "#access_token=AbCdEfGhIjK&state=x"])
async def test_a_code_of_letters_alone_is_hidden(phone, site, answer):
    site.redirect("/authorize", REDIRECT_URI + answer)
    made = await phone.walk("/authorize", login=phone.waiting)
    (arrival,) = made.arrivals.value
    assert arrival.params[0].value in {"<code#1>", "<access_token#1>"}
    assert arrival.params[0].length == 11
    text = made.model_dump_json()
    assert "SplxlOBeZQQ" not in text
    assert "AbCdEfGhIjK" not in text
