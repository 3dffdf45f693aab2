"""PAdES: the seals of a PDF, alone or around the credentials in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tessella.errors import KeyMaterialError, TessellaError
from tessella.keys import ResolvedKey, certificate_facts, key_from_certificates
from tessella.seals import pades
from tessella.text import say
from tessella.trust import compare_issuer
from tessella.verdicts import Verdict, combine
from tessella.verification._carrier import Carrier
from tessella.verification._identity import trust_in, trusted_time
from tessella.verification._outcome import Outcome, explain
from tessella.verification._sealing import Sealing, Signature, accepted, judge
from tessella.verification.envelopes import Envelope, no_credential
from tessella.verification.policy import Policy
from tessella.verification.surroundings import Surroundings

if TYPE_CHECKING:
    from tessella.verification._case import Case

__all__ = ["CHECKS_OF_PDF", "is_issuers", "sealing_of_pdf", "with_carrier"]


def sealing_of_pdf(envelope: Envelope, around: Surroundings, policy: Policy) -> Sealing:
    """The seals of a PDF without a credential in it. All count: one that fails fails the file."""
    sealing = _sealing(envelope.sealed, policy)
    if sealing.verdict is Verdict.NOT_APPLICABLE:
        raise no_credential()
    return sealing


def _sealing(carrier: Carrier, policy: Policy) -> Sealing:
    result = carrier.result
    if isinstance(result, TessellaError):
        return Sealing(verdict=judge(result), error=result)
    if not result.signatures and not result.removed:
        return Sealing(verdict=result.verdict, error=next(iter(result.problems), None))
    signatures = tuple(_signature(one, policy) for one in result.signatures)
    error = result.problems[-1] if result.removed else None
    verdicts = [one.verdict for one in signatures] + [result.verdict]
    return Sealing(verdict=combine(verdicts), signatures=signatures, error=error)


def _signature(result: pades.SignatureResult, policy: Policy) -> Signature:
    key: ResolvedKey | None = None
    error = result.problems[0] if result.problems else None
    if result.certificate_chain:
        try:
            key = key_from_certificates(result.certificate_chain)
        except KeyMaterialError as unreadable:
            error = error or unreadable
    error = error or accepted(key.key if key else None, policy)
    verdict = result.verdict
    if verdict is Verdict.PASSED and error is not None:
        verdict = Verdict.FAILED
    return Signature(
        label=f"PAdES {result.baseline}".strip() + f" {result.algorithm}",
        verdict=verdict,
        key=key,
        signed_at=result.signing_time,
        chain=result.certificate_chain,
        stamps=result.timestamps,
        stamped=result.timestamp,
        stamped_at=result.stamped_at,
        crls=result.extras.crls,
        ocsps=result.extras.ocsps,
        error=error,
        notes=result.notes,
    )


# --- around a credential -----------------------------------------------------------------------------


def with_carrier(case: Case, outcome: Outcome) -> Outcome:
    """The outcome of the check *seal* with what is known of the PDF around the credential.

    A credential in a PDF that was changed after it was sealed fails: people read the page, not the file inside.
    """
    carrier = case.envelope.carrier
    if carrier is None or not carrier.is_sealed:
        return outcome
    sealing = _sealing(carrier, case.policy)
    if sealing.verdict is Verdict.NOT_APPLICABLE:
        return outcome
    errors = [one for one in (sealing.error, *(one.error for one in sealing.signatures)) if one is not None]
    reason = explain(errors[0]) if errors else ""
    evidence = {
        **outcome.evidence,
        "pdf": {
            "verdict": str(sealing.verdict),
            "seals": [one.label for one in sealing.signatures],
            "sealed_by": [_holder(one) for one in sealing.signatures],
        },
    }
    if sealing.verdict is Verdict.FAILED:
        if outcome.verdict is not Verdict.PASSED:
            return Outcome(Verdict.FAILED, f"{outcome.explanation} {reason}", evidence, outcome.notes)
        told = say(
            "The credential in the PDF is as it was sealed, but not the PDF around it: %(reason)s",
            reason=reason,
        )
        meaning = say(
            "The data in this report are what was sealed; the PDF, with the page that people read, is not."
        )
        return Outcome(Verdict.FAILED, told, evidence, outcome.notes, meaning)
    if sealing.verdict is Verdict.PASSED:
        note = _surrounding(case, sealing)
    else:
        note = say("Whether the PDF around it was changed is not known: %(reason)s", reason=reason)
    return outcome._replace(evidence=evidence, notes=(*outcome.notes, note))


def _surrounding(case: Case, sealing: Sealing) -> str:
    """Who vouches for what is printed around a credential, and how that is known."""
    own = {one.chain[0] for one in case.sealing.holding if one.chain}
    shown = {"holder": ", ".join(dict.fromkeys(_holder(one) for one in sealing.holding))}
    if any(one.chain[0] in own for one in sealing.holding):
        return say(
            "The PDF around it is sealed too, by the same certificate (%(holder)s): what is printed was not changed since.",
            **shown,
        )
    trusted = [
        one
        for one in sealing.holding
        if (trust := trust_in(one, case.around, trusted_time(one, case.around))) is not None
        and trust.verdict is Verdict.PASSED
    ]
    if not trusted:
        return say(
            "The PDF around it has a seal in the name of %(holder)s and was not changed since; but nobody that you trust "
            "says whose that seal is, so what is printed is not proven by it.",
            **shown,
        )
    compared = [_compared(one, case) for one in trusted]
    if Verdict.PASSED in compared:
        return say(
            "The PDF around it is sealed by %(holder)s, the issuer: what is printed was not changed since.",
            **shown,
        )
    shown["issuer"] = next(iter(case.issuer.names), case.issuer.id)
    if Verdict.INDETERMINATE in compared:
        return say(
            "The PDF around it is sealed by %(holder)s and was not changed since; whether that is the issuer, "
            "%(issuer)s, is for you to compare.",
            **shown,
        )
    return say(
        "The PDF around it is sealed by %(holder)s, not by the issuer, %(issuer)s: what is printed is their word.",
        **shown,
    )


def is_issuers(case: Case, carrier: Carrier) -> bool:
    """Whether the issuer has sealed the PDF around a credential, as it now is: with the same certificate, or as one that is trusted."""
    if not carrier.is_sealed or (sealing := _sealing(carrier, case.policy)).verdict is not Verdict.PASSED:
        return False
    own = {one.chain[0] for one in case.sealing.holding if one.chain}
    return any(one.chain[0] in own or _is_trusted_issuers(one, case) for one in sealing.holding)


def _is_trusted_issuers(signature: Signature, case: Case) -> bool:
    trust = trust_in(signature, case.around, trusted_time(signature, case.around))
    trusted = trust is not None and trust.verdict is Verdict.PASSED
    return trusted and _compared(signature, case) is Verdict.PASSED


def _compared(signature: Signature, case: Case) -> Verdict:
    """Whether the sealer of the PDF is the issuer of the credential."""
    facts = certificate_facts(signature.chain[0])
    return compare_issuer(facts, case.issuer.names, case.issuer.legal_ids)[0]


def _holder(signature: Signature) -> str:
    """The holder as the certificate has the name."""
    try:
        facts = certificate_facts(signature.chain[0])
    except (IndexError, KeyMaterialError):
        return say("somebody unknown")
    return facts.organization or facts.common_name or facts.subject


# --- alone -------------------------------------------------------------------------------------------


def _format(case: Case) -> Outcome:
    told = say(
        "This is a sealed PDF without a credential in it: its seal was verified, but not what it says."
    )
    meaning = say("Read the document itself; software cannot tell what it awards and to whom.")
    return Outcome(Verdict.INDETERMINATE, told, {"format": "pdf"}, case.envelope.notes, meaning)


def _binding(case: Case) -> Outcome:
    """A PDF names its issuer in print alone."""
    signature = case.signature
    if signature is None:
        told = say("There is no seal that holds, so nobody is known to stand behind this file.")
        return Outcome(Verdict.INDETERMINATE, told)
    facts = certificate_facts(signature.chain[0])
    told = say(
        "It is sealed by %(holder)s %(id)s. Whether that is the issuer named in print is for you to compare.",
        holder=_holder(signature),
        id=f"({facts.organization_identifier})" if facts.organization_identifier else "",
    ).replace(" .", ".")
    found = {
        "organization": facts.organization,
        "organization_identifier": facts.organization_identifier,
    }
    return Outcome(Verdict.INDETERMINATE, told, found)


def _unread(case: Case) -> Outcome:
    return Outcome(Verdict.NOT_APPLICABLE, say("There is no credential in the PDF."))


CHECKS_OF_PDF = {
    "format": _format,
    "binding": _binding,
    "status": _unread,
    "completeness": _unread,
    "audit": _unread,
}
"""Checks that a sealed PDF without a credential answers in its own way."""
