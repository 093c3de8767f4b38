"""HTML mail as its reader sees it: without quotations, hidden parts and layout."""

from __future__ import annotations

import pytest

from bot.adapters.email.html_text import html_to_text

QUOTE = "<blockquote>old words</blockquote>"


@pytest.mark.parametrize(
    "quoted",
    [
        f'<div class="gmail_quote">On Monday you wrote:{QUOTE}</div>',
        f'<div class="x yahoo_quoted y">{QUOTE}</div>',
        '<div class="moz-cite-prefix">You wrote:</div>'
        '<blockquote type="cite">old words</blockquote>',
        f'<div class="protonmail_quote">{QUOTE}</div>',
        '<div id="divRplyFwdMsg"><b>From:</b> INSOP</div><div>old words</div><p>old words</p>',
        '<div id="appendonsend"></div><hr><div>old words</div>',
    ],
    ids=["Gmail", "Yahoo", "Thunderbird", "Proton", "Outlook", "Outlook on the web"],
)
def test_what_mail_programs_mark_as_quoted_is_left_out(quoted: str) -> None:
    html = f"<html><body><p>The <b>answer</b>.</p>{quoted}</body></html>"
    assert html_to_text(html) == "The answer."
    assert "old words" in html_to_text(html, with_quotes=True)


def test_words_behind_a_quotation_stay_in_their_place() -> None:
    html = '<p>Before</p><div>one <span class="gmail_quote">old</span> two</div><p>After</p>'
    assert html_to_text(html) == "Before\n\none two\n\nAfter"
    assert html_to_text('<div><span class="gmail_quote">old</span> new</div>') == "new"
    assert html_to_text('<div>a<b>b</b><i class="gmail_quote">old</i> c</div>') == "ab c"


def test_a_quotation_by_hand_is_the_writers_own() -> None:
    assert "old words" in html_to_text(f"<p>You said:</p>{QUOTE}<p>No.</p>")


def test_what_no_reader_sees_is_no_text() -> None:
    html = (
        "<html><head><title>T</title><style>p{}</style></head><body><!-- c --><script>x()</script>"
        "<p>Seen</p><template>t</template><svg><text>s</text></svg></body></html>"
    )
    assert html_to_text(html) == "Seen"


def test_layout_becomes_lines_and_cells_stay_apart() -> None:
    html = (
        "<table><tr><td>Lead</td><td>120</td></tr><tr><td>Zinc</td><td>80</td></tr></table>"
        "<ul><li>one</li><li>two</li></ul>a&nbsp;&amp;&nbsp;b<br>c"
    )
    lines = html_to_text(html).splitlines()
    assert lines[:2] == ["Lead 120", "Zinc 80"]
    assert "* one" in lines
    assert lines[-2:] == ["a & b", "c"]


def test_styles_ask_for_no_room() -> None:
    assert html_to_text('<p style="margin-top:9999em">a</p><p>b</p>') == "a\n\nb"


def test_arabic_and_signs_that_cannot_be_written_are_survived() -> None:
    assert html_to_text("<p>الرصاص في التربة</p>") == "الرصاص في التربة"
    assert html_to_text("<p>a\x00b\ud800c</p>").startswith("ab")


@pytest.mark.parametrize(("html", "text"), [("", ""), ("<>", "<>"), ("<p></p>", ""), ("x", "x")])
def test_next_to_nothing(html: str, text: str) -> None:
    assert html_to_text(html) == text
