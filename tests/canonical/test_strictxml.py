"""XML read strictly and written in canonical form."""

from __future__ import annotations

import pytest

from tessella.canonical.strictxml import canonical_xml, parse_xml, serialise_xml
from tessella.errors import DecodeError

PART = '<a xmlns="urn:d" xmlns:e="urn:e" xmlns:f="urn:f"><S xmlns="urn:s"><I f:x="1"><J><e:K b="2" a="1"/></J></I></S></a>'


def test_part_in_inclusive_form_has_all_namespaces_above_it() -> None:
    """Canonical XML 1.0 §2.4; the default namespace of the parent stays that of every child."""
    part = parse_xml(PART.encode())[0][0]
    assert canonical_xml(part).decode() == (
        '<I xmlns="urn:s" xmlns:e="urn:e" xmlns:f="urn:f" f:x="1"><J><e:K a="1" b="2"></e:K></J></I>'
    )


def test_part_in_exclusive_form_has_the_namespaces_it_uses() -> None:
    part = parse_xml(PART.encode())[0][0]
    assert canonical_xml(part, exclusive=True).decode() == (
        '<I xmlns="urn:s" xmlns:f="urn:f" f:x="1"><J><e:K xmlns:e="urn:e" a="1" b="2"></e:K></J></I>'
    )
    assert b'<I xmlns="urn:s" xmlns:e="urn:e" xmlns:f=' in canonical_xml(part, exclusive=True, prefixes=["e"])


def test_whole_document_has_instructions_before_it_and_no_comments() -> None:
    """Canonical XML 1.0 §3.1."""
    data = b'<?xml version="1.0"?><!-- c -->\n<?style x?>\n<a  b = "1"\r\n c=\'&quot;\'>&#13;<!-- c -->]]&gt;</a>\n'
    assert canonical_xml(parse_xml(data)) == b'<?style x?>\n<a b="1" c="&quot;">&#xD;]]&gt;</a>'
    assert canonical_xml(parse_xml(b"<a><!--x--></a>"), comments=True) == b"<a><!--x--></a>"


def test_bare_tree_has_text_in_one_piece() -> None:
    assert parse_xml(b"<a>on<!-- c -->e<?p?> text</a>", bare=True).text == "one text"
    assert parse_xml(b"<a>on<!-- c -->e</a>").text == "on"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_text_is_read_in_its_own_encoding_and_written_in_utf_8(encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?><a>å</a>'.encode(encoding)
    assert parse_xml(data).text == "å"
    assert serialise_xml(parse_xml(data)) == "<?xml version='1.0' encoding='UTF-8'?>\n<a>å</a>".encode()


def test_encoding_other_than_declared_is_refused() -> None:
    with pytest.raises(DecodeError) as caught:
        parse_xml('<?xml version="1.0" encoding="UTF-8"?><a>å</a>'.encode("iso-8859-1"))
    assert caught.value.code == "input.decode.xml"
