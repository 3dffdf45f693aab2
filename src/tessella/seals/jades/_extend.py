"""Adding evidence to a seal that exists: time stamps and validation data, so that it outlives its certificates.

What was sealed and what was added before stays, byte for byte: new items go to the end of ``etsiU`` (TS 119 182-1 §5.3).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from tessella.canonical import Limits, loads
from tessella.errors import KeyMaterialError, SealError, TessellaError, UnsupportedError
from tessella.keys import ordered_chain
from tessella.seals import _jws
from tessella.seals.jades import _etsi
from tessella.seals.jades._detached import resolve
from tessella.seals.jades._revocation import is_self_issued, speaks_about
from tessella.seals.jades._seal import stamped
from tessella.seals.jades._verify import SignatureResult, parse, verify
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["Extension", "extend"]

Stamp = Callable[[bytes], bytes]


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    """A seal with more evidence: the file (UTF-8 JSON), what was added by name, and what could not be."""

    data: bytes
    added: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def extend(
    sealed: bytes | str,
    *,
    level: Literal["B-T", "B-LT", "B-LTA"],
    timestamp: Stamp | None = None,
    certificates: Sequence[bytes] = (),
    crls: Sequence[bytes] = (),
    ocsps: Sequence[bytes] = (),
    detached: Mapping[str, bytes] | None = None,
    partial: bool = False,
) -> Extension:
    """The sealed file raised to ``level``, every signature in it (TS 119 182-1 V1.2.1 §6).

    - ``B-T``: a signature time stamp, where there is none;
    - ``B-LT``: also the certificates, CRLs and OCSP responses among those given that speak about the sealer
      (``xVals``, ``rVals``; later ones in ``anyValData``) and about the time-stamping authorities (``tstVD``);
    - ``B-LTA``: also an archive time stamp over all of it, with each call another one.

    Args:
        timestamp: from the bytes to be stamped to an RFC 3161 token in DER, which is checked.
        certificates, crls, ocsps: DER. What speaks about no certificate of the seal is left out.
        detached: as for `verify`.
        partial: archive also without revocation data on the sealer, which is no ``B-LTA`` then.

    Raises:
        SealError: a signature or what was added before does not hold; ``seal.timestamp``, a time stamp is needed and
            was not given, or does not hold; ``seal.revocation-data``, nothing says whether the sealer's certificate
            was revoked.
        UnsupportedError: ``unsupported.compact``, the compact form has no room; or as `verify` says.
        DecodeError, LimitError: not a sealed file.
    """
    document = parse(sealed)
    tree = _tree(sealed)
    rows = [tree] if "signature" in tree else tree["signatures"]
    result = verify(document, detached=detached)
    added: list[str] = []
    notes: list[str] = []
    for row, signature, found in zip(rows, document.signatures, result.signatures, strict=True):
        _check(found)
        work = _Work(document.jws, signature, found, detached or {}, timestamp)
        work.timestamp_signature()
        if level != "B-T":
            work.add_validation_data(certificates, crls, ocsps)
            if not work.can_be_validated():
                if not partial:
                    raise _no_revocation_data()
                notes.append(_no_revocation_data().message)
        if level == "B-LTA":
            work.archive()
        if work.new:
            header = dict(row.get("header", {}))
            header["etsiU"] = [*header.get("etsiU", ()), *work.new]
            row["header"] = header
            added += work.names
    data = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return Extension(data=data, added=tuple(added), notes=tuple(dict.fromkeys(notes)))


def _tree(sealed: bytes | str) -> dict[str, Any]:
    """The file's JSON, to be written again with more in it."""
    text = sealed.encode("utf-8") if isinstance(sealed, str) else bytes(sealed)
    plain = text.removeprefix(b"\xef\xbb\xbf").strip()
    if not plain.startswith(b"{"):
        raise UnsupportedError(
            say("A seal in compact form has no room for time stamps."),
            code="unsupported.compact",
            hint=say("Ask the issuer for the seal in JSON."),
        )
    tree: dict[str, Any] = loads(plain, limits=Limits(max_bytes=_jws.MAX_JWS_BYTES))
    return tree


def _check(found: SignatureResult) -> None:
    """Evidence on a seal that does not hold, or on evidence that does not, would prove nothing."""
    if found.verdict is not Verdict.PASSED:
        raise found.problems[0]
    for stamp in found.timestamps:
        if stamp.verdict is not Verdict.PASSED:
            problem: TessellaError | None = next(iter(stamp.problems), None)
            raise SealError(
                say("A time stamp in the seal does not hold, so nothing can be built on it."),
                code="seal.evidence",
                got=problem.message if problem else stamp.kind,
                hint=say("Go back to an earlier copy of the file."),
            )


class _Work:
    """One signature on its way to a higher level."""

    def __init__(
        self,
        jws: _jws.Jws,
        signature: _jws.JwsSignature,
        found: SignatureResult,
        detached: Mapping[str, bytes],
        timestamp: Stamp | None,
    ) -> None:
        header = signature.header
        self._payload = resolve(header, detached).archived if "sigD" in header else jws.signed_payload
        self._signature = signature
        self._found = found
        self._items = list(_etsi.items(signature.unprotected))
        self._clear = any(not item.text for item in self._items)
        self._timestamp = timestamp
        self.names: list[str] = []
        self.new: list[Any] = []

    def timestamp_signature(self) -> None:
        if not any(stamp.kind == "sigTst" for stamp in self._found.timestamps):
            token = self._stamped(self._signature.signature_text.encode("ascii"), "sigTst")
            self._add("sigTst", _etsi.timestamp_value(token))

    def archive(self) -> None:
        canonical = _etsi.JCS if self._clear else ""
        message = _etsi.archived(self._payload, self._signature, self._items, canonical)
        if message is None:
            raise _unusable_evidence()
        self._add("arcTst", _etsi.timestamp_value(self._stamped(message, "arcTst"), canonical=canonical))

    def add_validation_data(
        self, certificates: Sequence[bytes], crls: Sequence[bytes], ocsps: Sequence[bytes]
    ) -> None:
        """The sealer's in ``xVals`` and ``rVals``, or in ``anyValData`` when those are taken; the authorities' in ``tstVD``."""
        sealer, authorities = self._chains(certificates)
        present = {*self._found.certificate_chain, *self._extras().certificates}
        present |= {der for stamp in self._stamps() for der in stamp}
        known = self._revocation_data(sealer, crls, ocsps, newer=False)
        values = _etsi.validation_data(
            [one for one in sealer if one not in present],
            [one for one in crls if one in known],
            [one for one in ocsps if one in known],
        )
        if values and {item.name for item in self._items} & {"xVals", "rVals", "arcTst"}:
            self._add("anyValData", values)
        else:
            for name, value in values.items():
                self._add(name, value)
        about = self._revocation_data(authorities, crls, ocsps, newer=True) - known
        values = _etsi.validation_data(
            [one for one in authorities if one not in present and one not in sealer],
            [one for one in crls if one in about],
            [one for one in ocsps if one in about],
        )
        if values:
            self._add("tstVD", values)

    def can_be_validated(self) -> bool:
        """Whether something in the seal says if the sealer's certificate was revoked."""
        extras = self._extras()
        return bool(speaks_about(self._found.certificate_chain[0], extras.crls, extras.ocsps))

    def _chains(self, certificates: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
        """The sealer's certificates up to the root as far as known, and those of the authorities."""
        others = [*self._found.certificate_chain, *self._extras().certificates, *certificates]
        sealer = _chain(self._found.certificate_chain[0], others)
        authorities: list[bytes] = []
        for stamp in self._stamps():
            authorities += _chain(stamp[0], [*stamp[1:], *others])
        return sealer, list(dict.fromkeys(authorities))

    def _stamps(self) -> list[tuple[bytes, ...]]:
        """The certificates of each time stamp, those made just now too."""
        checked = _etsi.check_timestamps(None, self._signature, self._items, self._extras().certificates)
        return [stamp.certificates for stamp in checked if stamp.certificates]

    def _revocation_data(
        self, chain: Iterable[bytes], crls: Sequence[bytes], ocsps: Sequence[bytes], *, newer: bool
    ) -> set[bytes]:
        """What speaks about the chain where the seal says nothing yet, or with ``newer`` nothing as recent."""
        extras = self._extras()
        wanted: set[bytes] = set()
        for certificate in chain:
            if is_self_issued(certificate):
                continue
            held = speaks_about(certificate, extras.crls, extras.ocsps)
            given = speaks_about(certificate, crls, ocsps)
            for der, time in given.items():
                if der not in held and (not held or (newer and time > max(held.values()))):
                    wanted.add(der)
        return wanted

    def _extras(self) -> _etsi.Extras:
        return _etsi.extras(self._items)

    def _stamped(self, message: bytes, kind: str) -> bytes:
        if self._timestamp is None:
            raise SealError(
                say("This needs a time stamp, and no time-stamping authority was given."),
                code="seal.timestamp",
                hint=say("Give one with --tsa, or as timestamp."),
            )
        return stamped(self._timestamp, message, kind)

    def _add(self, name: str, value: Any) -> None:
        item = _etsi.written(name, value, clear=self._clear)
        self._items.append(_etsi.Item(name=name, value=value, text="" if self._clear else item))
        self.new.append(item)
        self.names.append(name)


def _chain(certificate: bytes, others: Sequence[bytes]) -> list[bytes]:
    readable = []
    for der in dict.fromkeys(others):
        try:
            ordered_chain(der, ())
        except KeyMaterialError:
            continue
        readable.append(der)
    return list(ordered_chain(certificate, readable))


def _no_revocation_data() -> SealError:
    return SealError(
        say("Nothing says whether the sealer's certificate was revoked, so the seal cannot reach B-LT."),
        code="seal.revocation-data",
        hint=say(
            "Give the authority's revocation list (--crl) or an OCSP response (--ocsp), or fetch them (--online)."
        ),
    )


def _unusable_evidence() -> SealError:
    return SealError(
        say("What was added to the seal before has no canonical form, so nothing can be built on it."),
        code="seal.evidence",
        hint=say("Go back to an earlier copy of the file."),
    )
