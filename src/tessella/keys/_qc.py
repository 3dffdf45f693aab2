"""The QcStatements extension (RFC 3739 §3.2.6, ETSI EN 319 412-5), read and written."""

from __future__ import annotations

from asn1crypto import core

__all__: list[str] = []

EXTENSION = "1.3.6.1.5.5.7.1.3"
COMPLIANCE = "0.4.0.1862.1.1"  # EN 319 412-5 §4.2.1: issued as an EU qualified certificate
SSCD = "0.4.0.1862.1.4"  # §4.2.2: the key is in a qualified device
TYPE = "0.4.0.1862.1.6"  # §4.2.3
TYPES = {"0.4.0.1862.1.6.1": "esign", "0.4.0.1862.1.6.2": "eseal", "0.4.0.1862.1.6.3": "web"}


class _Statement(core.Sequence):  # type: ignore[misc]  # asn1crypto is untyped
    _fields = [
        ("statementId", core.ObjectIdentifier),
        ("statementInfo", core.Any, {"optional": True}),
    ]


class _Statements(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Statement


class _Identifiers(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.ObjectIdentifier


def read_statements(der: bytes) -> dict[str, tuple[str, ...]]:
    """The ids of the statements; for QcType with the types stated. Raises ValueError or TypeError."""
    found: dict[str, tuple[str, ...]] = {}
    for statement in _Statements.load(der, strict=True):
        name = statement["statementId"].dotted
        types: tuple[str, ...] = ()
        if name == TYPE:
            identifiers = statement["statementInfo"].parse(_Identifiers)
            types = tuple(TYPES.get(one.dotted, one.dotted) for one in identifiers)
        found[name] = types
    return found


def write_statements(*, compliance: bool, sscd: bool, types: tuple[str, ...]) -> bytes:
    """The DER of the extension's value."""
    statements = [
        {"statementId": name} for name, stated in ((COMPLIANCE, compliance), (SSCD, sscd)) if stated
    ]
    if types:
        oids = {name: oid for oid, name in TYPES.items()}
        info = core.Any(_Identifiers([oids[name] for name in types]))
        statements.append({"statementId": TYPE, "statementInfo": info})
    return bytes(_Statements(statements).dump())
