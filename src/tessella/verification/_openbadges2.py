"""Open Badges 2.0: an award is true because its issuer publishes it, or because a key that the issuer publishes has signed it.

Nothing that the file says of its issuer counts: the profile is fetched from its own address, and so is a hosted assertion.
What a document says counts only under the host it came from.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from tessella.canonical import loads
from tessella.errors import SealError, TessellaError, UnsupportedError
from tessella.formats import openbadges2
from tessella.keys import Binding, PublicKey, ResolvedKey
from tessella.ports import VerifyingKey
from tessella.seals import jose
from tessella.status import interpret_revocation_list
from tessella.text import say
from tessella.trust import TrustLevel, look_up
from tessella.verdicts import Verdict
from tessella.verification._badge_documents import ACCEPT, Linked, fetched, id_of, published_assertion
from tessella.verification._identity import Issuer
from tessella.verification._outcome import Outcome, explain
from tessella.verification._sealing import Sealing, Signature, accepted, judge
from tessella.verification.envelopes import Envelope
from tessella.verification.policy import Policy
from tessella.verification.surroundings import Surroundings

if TYPE_CHECKING:
    from tessella.verification._case import Case

__all__ = ["Badge", "badge_of", "checks_of_badge", "sealing_of_badge"]

MAX_LIST_BYTES = 50_000_000
"""A revocation list of a million entries with short reasons."""

_GONE = "access.gone"
_WITHDRAWAL = ("revoked", "revocationReason")
"""What counts in an assertion that its issuer has withdrawn: the rest of it need not be published any more."""


class Badge(msgspec.Struct, frozen=True, kw_only=True):
    """An assertion with what its links lead to.

    ``envelope`` holds the assertion as its issuer publishes it, with everything embedded that could be had. ``profile`` is the
    issuer's as fetched and ``issuer_id`` the address that counts for it. ``missing`` says why there is no profile, ``unpublished`` why the
    hosted assertion does not hold; ``revoked`` that its issuer has withdrawn it.
    """

    envelope: Envelope
    hosted: bool
    profile: Mapping[str, Any] = {}
    issuer_id: str = ""
    missing: TessellaError | None = None
    unpublished: TessellaError | None = None
    revoked: bool = False

    @property
    def issuer(self) -> Issuer:
        """The issuer by the address of its profile and the name it gives there, else by the file's own words."""
        badge = self.envelope.document.get("badge")
        stated = badge if isinstance(badge, Mapping) else {}
        profile = self.profile or _object(stated.get("issuer"))
        name = profile.get("name")
        return Issuer(
            id=self.issuer_id or openbadges2.link(stated, "issuer"),
            names=(name,) if isinstance(name, str) and name else (),
        )


def badge_of(envelope: Envelope, around: Surroundings) -> Badge | None:
    """The badge with its linked documents fetched; None for anything but an assertion of Open Badges 2.0. Never raises."""
    given = envelope.document
    if (
        envelope.mechanism not in ("", "vc-jwt") or "credentialSubject" in given
    ):  # a W3C credential: the hot path
        return None
    if not openbadges2.is_assertion(given):
        return None
    verification = _object(given.get("verification"))
    hosted = not {"SignedBadge", "signed"}.intersection(_types(verification))
    assertion: Mapping[str, Any] = given
    unpublished: TessellaError | None = None
    revoked = given.get("revoked") is True
    if hosted:
        try:
            published = published_assertion(id_of(given), around)
            if published.get("revoked") is True:
                revoked = True
                assertion = {**given, **{name: published[name] for name in _WITHDRAWAL if name in published}}
            else:
                assertion = published
        except TessellaError as error:
            unpublished, revoked = error, revoked or error.code == _GONE
    pieces = Linked(assertion, around)
    if hosted and unpublished is None and not revoked:
        unpublished = _difference(given, assertion, pieces)
    opened = msgspec.structs.replace(
        envelope,
        document=pieces.document,
        mechanism="open-badge-hosted" if hosted else "open-badge-jws",
        notes=(*envelope.notes, *pieces.notes),
    )
    return Badge(
        envelope=opened,
        hosted=hosted,
        profile=pieces.profile,
        issuer_id=pieces.issuer_id,
        missing=pieces.missing,
        unpublished=unpublished,
        revoked=revoked,
    )


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _types(node: Mapping[str, Any]) -> list[str]:
    value = node.get("type")
    return [
        one.removeprefix("obi:")
        for one in (value if isinstance(value, list) else [value])
        if isinstance(one, str)
    ]


def _difference(
    given: Mapping[str, Any], published: Mapping[str, Any], pieces: Linked
) -> TessellaError | None:
    """The file must say what is published, in one document or in several."""
    badge = _object(given.get("badge"))
    issuer = _object(badge.get("issuer"))
    pairs = [(given, published)]
    pairs += [
        (one, other)
        for one, other in ((badge, pieces.badge), (issuer, pieces.profile))
        if len(one) > 1 and other
    ]
    names = sorted({name for said, source in pairs for name in openbadges2.differences(said, source)})
    if not names:
        return None
    return SealError(
        say("The file says something else than its issuer publishes (%(names)s).", names=", ".join(names)),
        code="openbadges2.changed",
        got=", ".join(names),
        hint=say("Open the address in the badge to see what the issuer says."),
    )


# --- the seal ----------------------------------------------------------------------------------------


def sealing_of_badge(badge: Badge, around: Surroundings, policy: Policy) -> Sealing:
    """Being published, or the signature, in the shape of any seal."""
    if badge.hosted:
        error = badge.unpublished
        label = say("published at %(url)s", url=id_of(badge.envelope.document))
        signature = Signature(
            label=label, verdict=Verdict.PASSED if error is None else judge(error), error=error
        )
        return Sealing(verdict=signature.verdict, signatures=(signature,))
    if badge.envelope.sealed is None:
        error = SealError(
            say("The badge says it is signed, and there is no signature."),
            code="seal.none",
            hint=say("Ask the issuer for the signed file: anybody can have written this one."),
        )
        return Sealing(verdict=Verdict.FAILED, error=error)
    return _signed(badge, badge.envelope.sealed, around, policy)


def _signed(badge: Badge, token: jose.VcJwt, around: Surroundings, policy: Policy) -> Sealing:
    found: list[ResolvedKey] = []

    def resolve(header: Mapping[str, Any], assertion: Mapping[str, Any]) -> VerifyingKey:
        found.append(_key(badge, around))
        return found[0].key.for_algorithm(str(header.get("alg")))

    result = jose.verify(token, resolve)
    wrong = [problem for problem in result.problems if judge(problem) is Verdict.FAILED]
    error = next(iter((*wrong, *result.problems)), None) or accepted(result.key, policy)
    verdict = Verdict.PASSED if error is None else judge(error)
    signature = Signature(
        label=f"JWS {token.header.get('alg')}",
        verdict=verdict,
        key=found[0] if found else None,
        error=error,
    )
    return Sealing(
        verdict=verdict, signatures=(signature,), not_before=result.not_before, not_after=result.not_after
    )


def _key(badge: Badge, around: Surroundings) -> ResolvedKey:
    """The key that the badge names, when the issuer's profile lists it and it names the issuer as its owner.

    Raises:
        SealError: ``openbadges2.key``.
        UnsupportedError: ``seal.no-key``.
        AccessError, KeyMaterialError: the profile or key cannot be had, or is no key.
    """
    if badge.missing is not None:
        raise badge.missing
    listed = openbadges2.key_ids(badge.profile)
    creator = openbadges2.link(_object(badge.envelope.document.get("verification")), "creator")
    if not creator and len(listed) != 1:
        raise UnsupportedError(
            say("The badge does not say which of its issuer's keys has signed it."),
            code="seal.no-key",
            hint=say("Ask the issuer for a badge that names its key."),
        )
    address = creator or listed[0]
    if address not in listed:
        raise _not_the_issuers(say("The issuer does not list the key that signed the badge."), address)
    key = _embedded_key(badge.profile, address) or fetched(address, around)[0]
    if key.get("owner") not in (badge.issuer_id, badge.profile.get("id")):
        raise _not_the_issuers(say("The key that signed the badge belongs to somebody else."), address)
    return ResolvedKey(
        key=PublicKey.from_pem(str(key.get("publicKeyPem", ""))),
        controller=badge.issuer_id,
        binding=Binding.DID_WEB,
        verification_method=address,
    )


def _embedded_key(profile: Mapping[str, Any], address: str) -> Mapping[str, Any] | None:
    value = profile.get("publicKey")
    keys = value if isinstance(value, list) else [value]
    return next(
        (one for one in keys if isinstance(one, Mapping) and one.get("id") == address and len(one) > 1), None
    )


def _not_the_issuers(message: str, address: str) -> SealError:
    return SealError(
        message,
        code="openbadges2.key",
        got=address,
        hint=say("Ask the issuer whether the badge is its own."),
    )


# --- the checks that differ --------------------------------------------------------------------------


def checks_of_badge(badge: Badge) -> Mapping[str, Callable[[Case], Outcome]]:
    """The checks by id that are answered in another way for this badge than for other credentials."""
    table = _HOSTED if badge.hosted else _SIGNED
    return {id: functools.partial(check, badge) for id, check in table.items()}


def _check_seal(badge: Badge, case: Case) -> Outcome:
    if badge.unpublished is None:
        if badge.revoked:
            told = say("Its issuer publishes no more of it than that it was revoked.")
            return Outcome(Verdict.INDETERMINATE, told)
        told = say("Its issuer publishes the same content at the address of the badge.")
        return Outcome(Verdict.PASSED, told, {"seals": [one.label for one in case.sealing.signatures]})
    return Outcome(case.sealing.verdict, explain(badge.unpublished), {"codes": [badge.unpublished.code]})


def _check_binding(badge: Badge, case: Case) -> Outcome:
    address = id_of(badge.envelope.document)
    evidence = {"issuer": badge.issuer_id, "how": "hosted", "address": address}
    if badge.missing is not None:
        return Outcome(judge(badge.missing), explain(badge.missing), evidence)
    if not openbadges2.in_scope(address, badge.issuer_id, badge.profile):
        told = say(
            "The issuer %(issuer)s does not publish its badges at %(url)s.",
            issuer=badge.issuer_id,
            url=address,
        )
        return Outcome(Verdict.FAILED, told, evidence)
    told = say("The badge is published where its issuer %(issuer)s publishes badges.", issuer=badge.issuer_id)
    return Outcome(Verdict.PASSED, told, evidence)


def _check_key_status(badge: Badge, case: Case) -> Outcome:
    return Outcome(Verdict.NOT_APPLICABLE, say("The badge is published and not sealed: there is no key."))


def _check_hosted_status(badge: Badge, case: Case) -> Outcome:
    """Open Badges 2.0: HTTP 410, or ``revoked``."""
    if badge.revoked:
        reason = case.document.get("revocationReason")
        given = reason if isinstance(reason, str) else ""
        told = say("The issuer has revoked the credential.")
        told += " " + say("It says: %(reason)s", reason=given) if given else ""
        return Outcome(Verdict.FAILED, told, {"reason": given} if given else {})
    if badge.unpublished is not None and judge(badge.unpublished) is Verdict.INDETERMINATE:
        return Outcome(Verdict.INDETERMINATE, explain(badge.unpublished))
    return Outcome(Verdict.PASSED, say("Its issuer publishes it without saying that it was revoked."))


def _check_signed_status(badge: Badge, case: Case) -> Outcome:
    """Open Badges 2.0, RevocationList: by id or uid; what vouches for the list is the profile that names it."""
    if badge.revoked:
        return Outcome(Verdict.FAILED, say("The issuer has revoked the credential."))
    if badge.missing is not None:
        return Outcome(judge(badge.missing), explain(badge.missing))
    address = openbadges2.link(badge.profile, "revocationList")
    if not address:
        return Outcome(Verdict.NOT_APPLICABLE, say("The issuer declares no way to revoke this credential."))
    try:
        answer = case.around.fetch(address, max_bytes=MAX_LIST_BYTES, accept=ACCEPT)
        published = case.around.cache.derived(address, answer, lambda: loads(answer.body))
    except TessellaError as error:
        return Outcome(Verdict.INDETERMINATE, explain(error), {"list": address})
    entries = _object(published).get("revokedAssertions")
    if isinstance(entries, list):
        entries = [_by_id(one) for one in entries]
    outcomes = [
        interpret_revocation_list(name, {"revokedAssertions": entries})
        for name in (case.document.get("id"), case.document.get("uid"))
        if isinstance(name, str) and name
    ]
    checks = [one.check for one in outcomes]
    worst = next((one for one in checks if one.verdict is not Verdict.PASSED), checks[0] if checks else None)
    if worst is None:
        told = say("The credential has no id that a revocation list could name.")
        return Outcome(Verdict.INDETERMINATE, told, {"list": address})
    return Outcome(
        worst.verdict, worst.explanation, {**worst.evidence, "list": address}, worst.notes, worst.meaning
    )


def _by_id(entry: Any) -> Any:
    return (
        {**entry, "id": entry["uid"]}
        if isinstance(entry, Mapping) and "uid" in entry and "id" not in entry
        else entry
    )


def _check_trust(badge: Badge, case: Case) -> Outcome:
    """A hosted badge is worth what the name of its host is worth."""
    if _is_proven(badge, case):
        told = say("The badge is published at the issuer's domain (%(issuer)s).", issuer=badge.issuer_id)
        meaning = say("Whoever controls the issuer's web domain published it; nobody checked who that is.")
        return Outcome(Verdict.PASSED, told, {"level": str(TrustLevel.DOMAIN_KEY)}, (), meaning)
    return Outcome(Verdict.INDETERMINATE, _unproven(), {"level": ""})


def _check_registry(badge: Badge, case: Case) -> Outcome:
    """A register is asked only about an issuer that is known to publish the badge."""
    if not case.around.registries:
        return Outcome(Verdict.NOT_APPLICABLE, say("No register was consulted."))
    names = ", ".join(one.name for one in case.around.registries)
    if not _is_proven(badge, case):
        return Outcome(Verdict.INDETERMINATE, _unproven(), {"registers": names})
    result = look_up(badge.issuer_id, case.around.registries)
    matches = [{"register": register.name, "name": entry.name} for register, entry in result.matches]
    return Outcome(result.verdict, result.explanation, {"registers": names, "matches": matches})


def _is_proven(badge: Badge, case: Case) -> bool:
    bound = _check_binding(badge, case).verdict
    return bound is Verdict.PASSED and case.sealing.verdict is Verdict.PASSED


def _unproven() -> str:
    return say("It is not established that its issuer publishes this badge.")


_SIGNED: Mapping[str, Callable[[Badge, Case], Outcome]] = {"status": _check_signed_status}
_HOSTED: Mapping[str, Callable[[Badge, Case], Outcome]] = {
    "seal": _check_seal,
    "binding": _check_binding,
    "key-status": _check_key_status,
    "status": _check_hosted_status,
    "trust": _check_trust,
    "registry": _check_registry,
}
