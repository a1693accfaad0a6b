"""Reading the beginning of a document without a browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2e_linker.derive.markup import read_markup


def test_title_headings_and_text_are_read():
    page = read_markup(
        "<!doctype html><html><head><title> Sign&nbsp;in &amp; go </title></head>"
        "<body><h1>Hello <em>you</em></h1><h4>Small</h4><p>A &lt;b&gt;</p></body></html>"
    )
    assert page.title == "Sign in & go"
    assert page.headings == ("Hello you",)
    assert page.text == "Hello you Small A <b>"
    assert not page.password_field


@pytest.mark.parametrize("tag", ["script", "style", "noscript", "template", "svg"])
def test_what_nobody_sees_is_left_out(tag):
    page = read_markup(f"<p>a</p><{tag}><p>Unsupported browser</p></{tag}><!-- error --><p>b</p>")
    assert page.text == "a b"


def test_plain_text_and_json_are_text():
    assert read_markup('{"error": "x"}').text == '{"error": "x"}'
    assert read_markup("").text == ""


@pytest.mark.parametrize(
    "cut", ["<p>seen</p><scr", "<p>seen</p><script>var a = '", "<p>seen</p><!-- ", "<p>seen</p><![if"]
)
def test_a_document_that_breaks_off_is_read_as_far_as_it_goes(cut):
    assert read_markup(cut).text.startswith("seen")


def test_policies_of_the_document_are_found_and_others_are_not():
    page = read_markup(
        '<meta http-equiv="Content-Security-Policy" content="form-action a"/>'
        '<meta http-equiv="refresh" content="0"><meta name="viewport" content="x">'
        '<template><meta http-equiv="Content-Security-Policy" content="form-action b"></template>'
    )
    assert page.policies == ("form-action a",)


def test_the_title_of_a_drawing_is_not_that_of_the_document():
    assert read_markup("<svg><title>Logo</title></svg><title>Sign in</title>").title == "Sign in"


@given(st.text(alphabet=st.sampled_from("<>/![]-=\"' abhtmlscriptinput&;#0"), max_size=80))
def test_nothing_is_too_broken_to_be_read(text):
    page = read_markup(text)
    assert page.text == page.text.strip()


def test_of_an_endless_text_the_beginning_is_read():
    page = read_markup(f"<title>Gone</title>{'a ' * 40_000}<h1>Late</h1>{'<a' * 400_000}")
    assert (page.title, page.headings) == ("Gone", ())
    assert len(page.text) < 70_000
