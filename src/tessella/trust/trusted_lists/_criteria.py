"""Criteria by which a list picks certificates of a service (ETSI TS 119 612 §5.5.9.2.2)."""

from __future__ import annotations

from typing import Any

import msgspec
from asn1crypto import x509

__all__ = ["Criteria", "matches"]


class Criteria(msgspec.Struct, frozen=True, kw_only=True):
    """A list of criteria and how they combine: ``all``, ``atLeastOne`` or ``none``.

    ``key_usage`` are sets of bits with the value they must have; ``policies``, ``subject`` and ``purposes`` are sets
    of identifiers of which every one must be in the certificate. ``unknown`` names a criterion that is not understood.
    """

    combine: str
    key_usage: tuple[tuple[tuple[str, bool], ...], ...] = ()
    policies: tuple[frozenset[str], ...] = ()
    subject: tuple[frozenset[str], ...] = ()
    purposes: tuple[frozenset[str], ...] = ()
    lists: tuple[Criteria, ...] = ()
    unknown: str = ""


def matches(criteria: Criteria, certificate: x509.Certificate) -> bool | None:
    """Whether the certificate meets the criteria; None where that depends on one that is not understood.

    No criteria at all match nothing: empty is not success.
    """
    usage = _names(certificate.key_usage_value)
    have: tuple[tuple[tuple[frozenset[str], ...], set[str]], ...] = (
        (criteria.policies, _policies(certificate)),
        (criteria.subject, {pair["type"].dotted for rdn in certificate.subject.chosen for pair in rdn}),
        (criteria.purposes, _purposes(certificate)),
    )
    answers: list[bool | None] = [
        all((bit.lower() in usage) is value for bit, value in bits) for bits in criteria.key_usage
    ]
    answers += [wanted <= found for sets, found in have for wanted in sets]
    answers += [matches(one, certificate) for one in criteria.lists]
    if criteria.unknown:
        answers.append(None)
    if not answers:
        return False
    return _COMBINE.get(criteria.combine, _undecided)(answers)


def _all(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def _any(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False


def _none(answers: list[bool | None]) -> bool | None:
    found = _any(answers)
    return None if found is None else not found


def _undecided(answers: list[bool | None]) -> bool | None:
    return None


_COMBINE = {"all": _all, "atLeastOne": _any, "none": _none}


def _names(usage: Any) -> set[str]:
    """The set bits of key usage as the lists spell them, in lower case: ``digitalsignature``."""
    return set() if usage is None else {name.replace("_", "") for name in usage.native}


def _policies(certificate: x509.Certificate) -> set[str]:
    found = certificate.certificate_policies_value
    return set() if found is None else {one["policy_identifier"].dotted for one in found}


def _purposes(certificate: x509.Certificate) -> set[str]:
    found = certificate.extended_key_usage_value
    return set() if found is None else {one.dotted for one in found}
