"""Hostile XML and the signature of a list: only what a named certificate signed comes out of here."""

from __future__ import annotations

import base64
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from tessella.errors import DecodeError, LimitError, SealError
from tessella.text import say
from tessella.trust.trusted_lists._reading import TSL

__all__ = ["MAX_LIST_BYTES", "glance", "signed_content"]

MAX_LIST_BYTES = 32 * 1024 * 1024  # bytes
"""One list in XML. The largest of the Union are about 5 MB."""

_ROOT = f"{{{TSL}}}TrustServiceStatusList"
_SCHEME = f"{{{TSL}}}SchemeInformation"
_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
"""No entities, no network, no DTD, and the parser's own bounds on depth and length."""

_METHODS = frozenset(
    one
    for one in SignatureMethod
    if not one.name.startswith(("HMAC", "DSA")) and "SHA1" not in one.name and "SHA224" not in one.name
)
_DIGESTS = frozenset(one for one in DigestAlgorithm if one.name not in ("SHA1", "SHA224"))


def _parser() -> Any:
    return etree.XMLParser(**_SAFE)


def glance(data: bytes) -> Any:
    """The root with its scheme information only: a first look, before anything is verified.

    Raises:
        LimitError: larger than `MAX_LIST_BYTES`.
        DecodeError: ``input.decode.trusted-list``, no trusted list in XML.
    """
    if len(data) > MAX_LIST_BYTES:
        raise LimitError(
            say("The trusted list is larger than %(limit)s MB.", limit=MAX_LIST_BYTES // (1024 * 1024)),
            code="input.limit.trusted-list",
            got=len(data),
            expected=MAX_LIST_BYTES,
            hint=say("Get the list anew from where it is published."),
        )
    try:
        for _, node in etree.iterparse(io.BytesIO(data), events=("end",), tag=_SCHEME, **_SAFE):
            root = node.getparent()
            if root is None or root.tag != _ROOT or root.getroottree().docinfo.doctype:
                break
            return root
    except etree.LxmlError as error:
        raise _no_list() from error
    raise _no_list()


def signed_content(data: bytes, signers: Sequence[bytes], at: dt.datetime) -> tuple[Any, bytes]:
    """The root element as one of ``signers`` (DER) signed it, without anything unsigned, and that certificate.

    The signature is XAdES, enveloped, a child of the root (TS 119 612 §5.7.1). The certificate is trusted because it is
    named; it must have been valid at ``at``.

    Raises:
        SealError: ``seal.trusted-list``, none of them signed this.
    """
    why = ""
    for der in signers:
        try:
            results = XAdESVerifier().verify(
                data,
                x509_cert=base64.b64encode(der).decode(),
                parser=_parser(),
                expect_config=XAdESSignatureConfiguration(
                    require_x509=True,
                    location="./",
                    expect_references=True,
                    signature_methods=_METHODS,
                    digest_algorithms=_DIGESTS,
                    ignore_ambiguous_key_info=True,  # the key is the one of the named certificate, whatever else is said
                    verification_time=at,
                ),
            )
        except Exception as error:  # noqa: BLE001  # whatever it stumbles over: then the list is not used
            why = why or f"{type(error).__name__}: {error}"
            continue
        for result in results:
            if result.signed_xml is not None and result.signed_xml.tag == _ROOT:
                return result.signed_xml, der
        why = why or "the signature does not cover the list"
    raise SealError(
        say("The signature of the trusted list does not hold: the list is not used."),
        code="seal.trusted-list",
        got=why[:200] or "no certificate that may sign it is known",
        hint=say("Get the list anew from where it is published."),
    )


def _no_list() -> DecodeError:
    return DecodeError(
        say("This is not a trusted list in XML."),
        code="input.decode.trusted-list",
        expected="ETSI TS 119 612",
        hint=say("Get the list anew from where it is published."),
    )
