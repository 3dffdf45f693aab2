"""How credentials are sealed: for each way the verification of the seal, whose it is, and the checks that it answers differently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from tessella.errors import SealError, TessellaError
from tessella.text import say
from tessella.verification._data_integrity import sealing_of_proofs
from tessella.verification._detached import CHECKS_OF_FILES
from tessella.verification._identity import Issuer, issuer_of
from tessella.verification._jades import sealing_of_jades
from tessella.verification._openbadges2 import badge_of, checks_of_badge, sealing_of_badge
from tessella.verification._outcome import Outcome
from tessella.verification._pades import CHECKS_OF_PDF, sealing_of_pdf
from tessella.verification._sd_jwt import CHECKS_OF_TOKEN, issuer_of_token, sealing_of_token
from tessella.verification._sealing import Sealing, judge
from tessella.verification._vc_jwt import sealing_of_vc_jwt
from tessella.verification._xmldsig import CHECKS_OF_ELMO, sealing_of_xml
from tessella.verification.envelopes import Envelope
from tessella.verification.policy import Policy
from tessella.verification.surroundings import Surroundings

if TYPE_CHECKING:
    from tessella.verification._case import Case

__all__ = ["MECHANISMS", "Mechanism", "mechanism_of", "sealing_of"]


class Mechanism(msgspec.Struct, frozen=True, kw_only=True):
    """One way to seal a credential.

    ``verify`` verifies every signature and may raise `TessellaError`; ``issuer`` tells whom the document names as its issuer;
    ``checks`` replace those of the catalogue with the same id.
    """

    verify: Callable[[Envelope, Surroundings, Policy], Sealing]
    issuer: Callable[[Mapping[str, Any]], Issuer] = issuer_of
    checks: Mapping[str, Callable[[Case], Outcome]] = {}


def _no_seal(envelope: Envelope, around: Surroundings, policy: Policy) -> Sealing:
    raise SealError(
        say("The file has no seal."),
        code="seal.none",
        hint=say("Ask the issuer for the sealed file: anybody can have written this one."),
    )


MECHANISMS: Mapping[str, Mechanism] = {
    "": Mechanism(verify=_no_seal),
    "data-integrity": Mechanism(verify=sealing_of_proofs),
    "vc-jwt": Mechanism(verify=sealing_of_vc_jwt),
    "jades": Mechanism(verify=sealing_of_jades),
    "jades-files": Mechanism(verify=sealing_of_jades, checks=CHECKS_OF_FILES),
    "xmldsig": Mechanism(verify=sealing_of_xml, checks=CHECKS_OF_ELMO),
    "pades": Mechanism(verify=sealing_of_pdf, checks=CHECKS_OF_PDF),
    "sd-jwt": Mechanism(verify=sealing_of_token, issuer=issuer_of_token, checks=CHECKS_OF_TOKEN),
}
"""By the id that envelopes carry. A badge of Open Badges 2.0 is no such thing: it counts by where it is published (`mechanism_of`)."""


def mechanism_of(envelope: Envelope, around: Surroundings) -> tuple[Envelope, Mechanism]:
    """How the credential is sealed; for an Open Badge 2.0 with the envelope of what its issuer publishes."""
    badge = badge_of(envelope, around)
    if badge is None:
        return envelope, MECHANISMS[envelope.mechanism]
    return badge.envelope, Mechanism(
        verify=lambda _, around, policy: sealing_of_badge(badge, around, policy),
        issuer=lambda _: badge.issuer,
        checks=checks_of_badge(badge),
    )


def sealing_of(envelope: Envelope, mechanism: Mechanism, around: Surroundings, policy: Policy) -> Sealing:
    """Verify every signature on the credential. Never raises for what is wrong with it."""
    try:
        return mechanism.verify(envelope, around, policy)
    except TessellaError as error:
        return Sealing(verdict=judge(error), error=error)
