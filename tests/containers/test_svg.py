"""Baking SVG pictures."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.containers import Carrier, bake_svg, read_svg
from tessella.errors import DecodeError, LimitError, UnsupportedError
from tests.support import shared

JWS = b"eyJhbGciOiJFZERTQSJ9.e30.c2ln"
SVG = b'<?xml version="1.0"?>\r\n<svg xmlns="http://www.w3.org/2000/svg" width="1"><!-- a --><g id=\'>\'/></svg>\n'
OB2 = b'<s:svg xmlns:s="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org">%s</s:svg>'

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=("Cs", "Cc"))),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(categories=("L", "N", "P"))), inner)
    ),
    max_leaves=8,
)


def test_official_sample_is_read() -> None:
    (baked,) = read_svg(shared("vc/1edtech/ob30/simple-jwt.svg").read_bytes())
    assert baked.carrier is Carrier.OPEN_BADGES_3
    assert baked.text.startswith(b"eyJhbGciOiJSUzI1NiIsImp3ayI6")


def test_rebaking_the_official_sample_changes_the_element_only() -> None:
    sample = shared("vc/1edtech/ob30/simple-jwt.svg").read_bytes()
    baked = bake_svg(sample, b"{}")
    element = b'<openbadges:credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><![CDATA[{}]]></openbadges:credential>'
    start = sample.index(b"<openbadges:credential")
    end = sample.index(b"<g>")
    assert baked.count(element) == 1
    assert baked.replace(element, b"").endswith(sample[end:])
    assert baked.startswith(sample[: sample.index(b'xml:space="preserve">')])
    assert b"verify" in sample[start:end] and b"verify" not in baked


@pytest.mark.parametrize("carrier", list(Carrier))
@given(value=json_values)
def test_baked_json_is_read_back(carrier: Carrier, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False).encode()
    (baked,) = read_svg(bake_svg(SVG, text, carrier=carrier))
    assert (baked.carrier, json.loads(baked.text)) == (carrier, value)


def test_end_of_a_cdata_section_in_json_is_kept() -> None:
    text = b'{"a": "]]>", "b": "]]]]>>"}'
    assert [b.text for b in read_svg(bake_svg(SVG, text))] == [text]


def test_compact_jws_goes_into_the_attribute() -> None:
    baked = bake_svg(SVG, JWS)
    assert b' verify="' + JWS + b'"/>' in baked
    assert [b.text for b in read_svg(baked)] == [JWS]


def test_baking_changes_nothing_else() -> None:
    element = b'<openbadges:credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><![CDATA[{}]]></openbadges:credential>'
    assert bake_svg(SVG, b"{}").replace(element, b"") == SVG


@pytest.mark.parametrize("image", [SVG, b"<svg/>", b"<svg  />", OB2 % b"", OB2 % b"<s:g/>"])
def test_baking_again_replaces(image: bytes) -> None:
    once, again = bake_svg(image, b'{"n":1}'), bake_svg(bake_svg(image, JWS), b'{"n":1}')
    assert again == once


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (b'<openbadges:assertion verify="https://school.example/a"/>', b"https://school.example/a"),
        (b"<openbadges:assertion><![CDATA[ {} ]]></openbadges:assertion>", b"{}"),
        (b'<openbadges:assertion verify="">{"a": "&amp;"}</openbadges:assertion>', b'{"a": "&"}'),
    ],
)
def test_open_badges_2_forms_are_read(inner: bytes, text: bytes) -> None:
    assert [(b.carrier, b.text) for b in read_svg(OB2 % inner)] == [(Carrier.OPEN_BADGES_2, text)]


def test_other_namespaces_are_not_credentials() -> None:
    assert read_svg(b'<svg><credential verify="x"/><o:credential xmlns:o="urn:o" verify="y"/></svg>') == ()


def test_two_credentials_of_one_kind_are_refused() -> None:
    with pytest.raises(DecodeError) as caught:
        read_svg(OB2 % (b'<openbadges:assertion verify="a"/>' * 2))
    assert caught.value.code == "container.several"


LAUGHS = b'<!DOCTYPE svg [<!ENTITY a "ha">%s]><svg>&z;</svg>' % b"".join(
    b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 10) for name in range(ord("b"), ord("z") + 1)
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (LAUGHS, "container.xml-entities"),
        (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>', "container.xml-entities"),
        (
            b'<!DOCTYPE svg [<!ENTITY % p SYSTEM "http://evil.example/x.dtd"> %p;]><svg/>',
            "container.xml-entities",
        ),
        (b"<!DOCTYPE svg []><svg/>", "container.xml-entities"),
        (b"<svg>&undeclared;</svg>", "container.xml"),
        (b"<svg><g></svg>", "container.xml"),
        (b"<html/>", "container.svg"),
        (b"<svg", "container.truncated"),
        (b"<svg><g>", "container.truncated"),
        (b"", "container.truncated"),
        (b'<?xml version="1.0" encoding="no-such"?><svg/>', "container.xml"),
    ],
)
def test_hostile_or_broken_xml_is_refused(data: bytes, code: str) -> None:
    for attempt in (read_svg, lambda image: bake_svg(image, b"{}")):
        with pytest.raises(DecodeError) as caught:
            attempt(data)
        assert caught.value.code == code


def test_deep_xml_is_refused() -> None:
    with pytest.raises(LimitError) as caught:
        read_svg(b"<svg>" + b"<g>" * 100_000)
    assert caught.value.code == "container.depth"


def test_public_document_type_is_passed_over() -> None:
    doctype = (
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    assert read_svg(doctype + b"<svg/>") == ()


def test_utf_16_picture_is_read_but_not_changed() -> None:
    image = SVG.decode().replace('<?xml version="1.0"?>', "").encode("utf-16")
    assert read_svg(image) == ()
    with pytest.raises(UnsupportedError) as caught:
        bake_svg(image, b"{}")
    assert caught.value.code == "container.xml-encoding"


def test_latin_1_picture_cannot_hold_other_letters() -> None:
    image = b'<?xml version="1.0" encoding="iso-8859-1"?><svg><text>\xfc</text></svg>'
    assert [b.text for b in read_svg(bake_svg(image, b'{"a": 1}'))] == [b'{"a": 1}']
    with pytest.raises(DecodeError) as caught:
        bake_svg(image, '{"a": "ü"}'.encode())
    assert caught.value.code == "container.text"
