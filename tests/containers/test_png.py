"""Baking PNG pictures."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tessella.containers import Carrier, bake_png, read_png
from tessella.errors import DecodeError, InputError, LimitError, TessellaError, UnsupportedError
from tests.support import shared

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*between: bytes) -> bytes:
    """A grey pixel with chunks between its header and its data."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixel = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return SIGNATURE + header + b"".join(between) + pixel + chunk(b"IEND", b"")


def itxt(keyword: bytes, text: bytes, compressed: bytes = b"\0") -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + compressed + b"\0\0\0" + text)


def test_official_sample_is_read() -> None:
    (baked,) = read_png(shared("vc/1edtech/ob30/simple-json.png").read_bytes())
    assert baked.carrier is Carrier.OPEN_BADGES_3
    assert baked.text.startswith(b'{  "@context": [')


def test_official_open_badges_2_sample_is_read() -> None:
    (baked,) = read_png(shared("vc/1edtech/ob20/simple-badge.png").read_bytes())
    assert baked.carrier is Carrier.OPEN_BADGES_2


def test_picture_without_credential_gives_nothing() -> None:
    assert read_png(png(itxt(b"Comment", b"hello"))) == ()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))), st.sampled_from(Carrier))
def test_baked_text_is_read_back(text: str, carrier: Carrier) -> None:
    (baked,) = read_png(bake_png(png(), text.encode(), carrier=carrier))
    assert (baked.carrier, baked.text) == (carrier, text.encode().strip())


def test_baking_changes_nothing_else() -> None:
    image = (
        png(itxt(b"Comment", b"hello"), chunk(b"tIME", b"\x07\xea\x01\x01\x00\x00\x00")) + b"after the end"
    )
    baked = bake_png(image, b"{}")
    assert baked.replace(itxt(b"openbadgecredential", b"{}"), b"") == image


def test_baking_replaces_every_earlier_credential_of_the_kind() -> None:
    twice = png(
        itxt(b"openbadgecredential", b"1"), itxt(b"openbadges", b"2"), itxt(b"openbadgecredential", b"3")
    )
    assert {b.carrier: b.text for b in read_png(bake_png(twice, b"4"))} == {
        Carrier.OPEN_BADGES_3: b"4",
        Carrier.OPEN_BADGES_2: b"2",
    }


def test_legacy_text_chunk_is_read_as_latin_1() -> None:
    (baked,) = read_png(png(chunk(b"tEXt", b"openbadges\0https://schule.example/\xfc")))
    assert baked.text.decode() == "https://schule.example/ü"


def test_two_credentials_of_one_kind_are_refused() -> None:
    with pytest.raises(DecodeError) as caught:
        read_png(png(itxt(b"openbadgecredential", b"1"), itxt(b"openbadgecredential", b"2")))
    assert caught.value.code == "container.several"


@pytest.mark.parametrize(
    "bad",
    [
        itxt(b"openbadgecredential", zlib.compress(b"{}"), compressed=b"\1"),
        chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(b"{}" * 10_000_000)),
    ],
)
def test_compressed_credential_is_refused_unopened(bad: bytes) -> None:
    with pytest.raises(UnsupportedError) as caught:
        read_png(png(bad))
    assert caught.value.code == "container.compressed"


def test_wrong_checksum_is_named() -> None:
    image = png(itxt(b"openbadgecredential", b"{}"))
    with pytest.raises(DecodeError) as caught:
        read_png(image.replace(b"{}", b"[]"))
    assert (caught.value.code, "iTXt" in str(caught.value)) == ("container.checksum", True)


@given(st.data())
def test_any_cut_is_named(data: st.DataObject) -> None:
    image = png(itxt(b"openbadgecredential", b"{}"))
    with pytest.raises(DecodeError) as caught:
        read_png(image[: data.draw(st.integers(1, len(image) - 1))])
    assert caught.value.code == "container.truncated"


@given(st.integers(0, 100), st.integers(0, 255))
def test_any_changed_byte_is_read_the_same_or_refused(at: int, value: int) -> None:
    image = bytearray(png(itxt(b"openbadgecredential", b"{}")))
    image[at] = value
    try:
        found = [baked.text for baked in read_png(bytes(image))]
    except TessellaError:
        return
    assert found == [b"{}"]


def test_huge_length_field_is_refused() -> None:
    with pytest.raises(DecodeError) as caught:
        read_png(SIGNATURE + b"\xff\xff\xff\xffIHDR" + b"\0" * 100)
    assert caught.value.code == "container.truncated"


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", SIGNATURE + chunk(b"IDAT", b""), SIGNATURE + chunk(b"IHDR", b"1")]
)
def test_what_is_no_png_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        read_png(data)
    assert caught.value.code == "container.png"


@pytest.mark.parametrize("text", [b"\xff", b"a\0b"])
def test_text_a_chunk_cannot_hold_is_refused(text: bytes) -> None:
    for attempt in (lambda: bake_png(png(), text), lambda: read_png(png(itxt(b"openbadges", text)))):
        with pytest.raises(InputError) as caught:
            attempt()
        assert caught.value.code == "container.text"


@pytest.mark.parametrize("rest", [b"", b"\0", b"\0\0", b"\0\0en", b"\0\0en\0x", b"\2\0\0\0{}"])
def test_malformed_text_chunk_is_refused(rest: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        read_png(png(chunk(b"iTXt", b"openbadges\0" + rest)))
    assert caught.value.code == "container.text"


def test_too_large_credential_is_refused() -> None:
    with pytest.raises(LimitError) as caught:
        bake_png(png(), b" " * 10_000_001)
    assert caught.value.code == "container.size"
    with pytest.raises(LimitError) as caught:
        read_png(png(itxt(b"openbadges", b"x" * 10_000_001)))
    assert caught.value.code == "container.size"


KEYWORDS = {carrier.keyword for carrier in Carrier}
CHUNKS = st.lists(
    st.tuples(
        st.sampled_from([b"tIME", b"tEXt", b"iTXt", b"zTXt", b"gAMA", b"prIv", b"eXIf"]),
        st.binary(max_size=40),
    ).filter(lambda one: one[1].partition(b"\0")[0] not in KEYWORDS),
    max_size=5,
)


@given(
    CHUNKS,
    st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))),
    st.sampled_from(Carrier),
)
def test_any_picture_keeps_its_chunks_and_pixels(
    chunks: list[tuple[bytes, bytes]], text: str, carrier: Carrier
) -> None:
    image = png(*(chunk(kind, data) for kind, data in chunks))
    baked = bake_png(image, text.encode(), carrier=carrier)
    ours = itxt(carrier.keyword, text.encode())
    assert baked.count(ours) >= 1
    assert baked.replace(ours, b"", 1) == image
    again = bake_png(baked, b"{}", carrier=carrier)
    assert again == bake_png(image, b"{}", carrier=carrier)


def test_pixels_are_the_same_after_baking() -> None:
    picture = Image.effect_noise((40, 30), 80).convert("RGBA")
    out = io.BytesIO()
    picture.save(out, "PNG")
    baked = Image.open(io.BytesIO(bake_png(out.getvalue(), b'{"a": 1}')))
    assert baked.tobytes() == picture.tobytes()
    assert baked.info["openbadgecredential"] == '{"a": 1}'
