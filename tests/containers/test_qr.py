"""QR codes."""

import io
import sys

import pytest
from PIL import Image

from tessella.containers import make_qr, read_qr
from tessella.errors import DecodeError, LimitError, UnsupportedError

LINK = "https://badges.example/v/3f2a?lang=el"


def test_code_is_read_back() -> None:
    assert read_qr(make_qr(LINK, picture="png")) == (LINK,)


@pytest.mark.parametrize("text", ["Čeština ✓", "x" * 2000])
def test_other_texts_are_read_back(text: str) -> None:
    assert read_qr(make_qr(text, picture="png")) == (text,)


def test_svg_is_made() -> None:
    assert make_qr(LINK).startswith(b"<?xml")


def test_two_codes_come_top_to_bottom() -> None:
    page = Image.new("L", (600, 900), 255)
    for place, text in (((50, 500), "second"), ((250, 20), "first")):
        page.paste(Image.open(io.BytesIO(make_qr(text, picture="png", scale=8))).convert("L"), place)
    out = io.BytesIO()
    page.save(out, "JPEG")
    assert read_qr(out.getvalue()) == ("first", "second")


def test_picture_without_code_gives_nothing() -> None:
    out = io.BytesIO()
    Image.new("P", (50, 50)).save(out, "PNG")
    assert read_qr(out.getvalue()) == ()


def test_too_much_text_is_refused() -> None:
    with pytest.raises(LimitError) as caught:
        make_qr("x" * 3000)
    assert (caught.value.code, caught.value.got, caught.value.expected) == ("container.qr-size", 3000, 2953)


@pytest.mark.parametrize("length", [2331, 2332, 2953])
def test_code_takes_its_whole_capacity(length: int) -> None:
    assert read_qr(make_qr("x" * length, picture="png")) == ("x" * length,)


def test_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(UnsupportedError) as caught:
        read_qr(make_qr(LINK, picture="png"))
    assert (caught.value.code, "pip install zxing-cpp" in caught.value.hint) == ("unsupported.qr", True)


@pytest.mark.parametrize("side", [7_000, 14_000])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_too_many_pixels_are_refused_before_decoding(side: int) -> None:
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    with pytest.raises(LimitError) as caught:
        read_qr(out.getvalue())
    assert caught.value.code == "container.pixels"


@pytest.mark.parametrize("data", [b"", b"GIF89a", make_qr(LINK, picture="png")[:-40]])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        read_qr(data)
    assert caught.value.code == "container.picture"
