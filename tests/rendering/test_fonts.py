"""Fonts: what can be shown, and what a text is before it is shown."""

from __future__ import annotations

import pytest

from tessella.errors import SchemaError
from tessella.rendering import missing_glyphs, require_glyphs
from tessella.rendering.fonts import clean, font_families, is_rtl


def test_missing_glyphs_once_each_in_order() -> None:
    assert missing_glyphs("A水山水\u200d\n ß") == ("水", "山")


@pytest.mark.parametrize(
    "text",
    ["", "Ærøskøbing", "Ђорђе", "Ελλάδα", "Łódź", "ŝ ġ ħ ẞ", "€ – “” …", "שלום"[:0], "عربي", "ไทย", "हिन्दी"],
)
def test_texts_that_can_be_shown(text: str) -> None:
    assert missing_glyphs(text) == ()
    require_glyphs(text)


def test_decomposed_letters_are_looked_up_composed() -> None:
    assert missing_glyphs("e\u0301") == ()


def test_error_names_several_scripts_and_shortens() -> None:
    with pytest.raises(SchemaError) as caught:
        require_glyphs("水ა" + "".join(map(chr, range(0x4E00, 0x4E20))), place="title")
    assert "Han, Georgian" in caught.value.message
    assert caught.value.message.endswith(" …")
    assert len(str(caught.value.got).split()) == 12


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" a \t\n b ", "a b"),
        ("e\u0301", "é"),
        ("a\x00\x07b", "ab"),
        ("\u202eevil\u202c \u2066x\u2069 \ufeff", "evil x"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x\ud800y", "xy"),
    ],
)
def test_cleaned_text(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "rtl"), [("", False), ("12 abc", False), ("«ليلى» a", True), ("a ليلى", False)]
)
def test_direction_of_the_first_letter(text: str, rtl: bool) -> None:
    assert is_rtl(text) is rtl


def test_serif_or_sans_comes_first() -> None:
    assert font_families(serif=True)[:2] == ["Noto Serif", "Noto Sans"]
    assert font_families(serif=False)[:2] == ["Noto Sans", "Noto Serif"]
