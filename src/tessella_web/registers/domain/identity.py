"""Who is who: an organisation says whom it acts for, and it is shown by one of four ways.

A website that the body is known by carries our token; the keeper of an accepted register that lists the body confirms it; the
organisation holds a seal whose certificate carries the body's legal identifier; or a named reviewer looked at documents. A
name that could be taken for another body's is held, whatever was shown, until a reviewer has looked.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.ports import Fetcher
from tessella.trust import evaluate_chain
from tessella.verdicts import Verdict
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.keys.queries import keys_of
from tessella_web.accounts.models import KeyUse, Organisation, Person
from tessella_web.accounts.permissions import may, require, roles_of
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.registers.domain.bodies import attach_identifier, make_body, normalised
from tessella_web.registers.lookalikes import lookalikes
from tessella_web.registers.models import (
    Body,
    BodyKind,
    Claim,
    ClaimState,
    Dated,
    EntryStatus,
    IdentityReviewer,
    Method,
    Register,
    RegisterEntry,
    Scheme,
)
from tessella_web.registers.names import plain

__all__ = [
    "WELL_KNOWN",
    "accept_register",
    "check_seal",
    "check_website",
    "claim_body",
    "claim_new_body",
    "confirm_by_register",
    "decide",
    "name_reviewer",
    "proof_line",
    "require_reviewer_of",
    "withdraw",
]

WELL_KNOWN = "/.well-known/tessella.txt"
"""Where the proof lies on the body's website."""

MAX_PROOF_BYTES = 10_000  # bytes
"""A line for each organisation that acts for the body; a page that is not meant is larger."""


@transaction.atomic
def claim_body(*, by: Person, organisation: Organisation, body: Body) -> Claim:
    """The organisation acts for a body that is known already.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``registers.claimed``: there is a claim that is not settled or stands.
    """
    require(by, organisation, "identity.claim")
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if organisation.claims.filter(
        state__in=[ClaimState.OPEN, ClaimState.HELD, ClaimState.ESTABLISHED]
    ).exists():
        raise RefusedError(
            _("This organisation has said already whom it acts for."),
            code="registers.claimed",
            hint=_("Withdraw that first."),
        )
    claim = Claim.objects.create(
        organisation=organisation, body=body, asked_by=by, token=secrets.token_urlsafe(24)
    )
    _tell("identity.claimed", claim, by, body=body.id)
    return claim


@transaction.atomic
def claim_new_body(
    *,
    by: Person,
    organisation: Organisation,
    name: str,
    country: str,
    kind: BodyKind = BodyKind.OTHER,
    homepage: str = "",
    legal_id: str = "",
) -> Claim:
    """The organisation acts for a body that is not known yet; it is shown to nobody before it is established."""
    require(by, organisation, "identity.claim")
    body = make_body(name=name, kind=kind, country=country, homepage=homepage)
    claim = claim_body(by=by, organisation=organisation, body=body)
    claim.legal_id = normalised(Scheme.LEGAL, legal_id)
    claim.save(update_fields=["legal_id"])
    return claim


def proof_line(claim: Claim) -> str:
    """The line that the body's website shows at `WELL_KNOWN`."""
    return f"tessella-verification={claim.token}"


def check_website(*, claim: Claim, by: Person, fetcher: Fetcher) -> Claim:
    """Look for the proof on the website that the body is known by.

    The network is asked outside of any transaction: nobody waits for a slow server.

    Raises:
        RefusedError: ``registers.no-website``, ``registers.unreachable``, ``registers.elsewhere``, ``registers.no-proof``,
            ``registers.settled``.
    """
    require(by, claim.organisation, "identity.claim")
    _require_open(claim)
    host = (urlsplit(claim.body.homepage).hostname or "").lower()
    if not host:
        raise RefusedError(
            _("No website is known of this body."),
            code="registers.no-website",
            hint=_("Use another way, or ask a reviewer."),
        )
    try:
        answer = fetcher.fetch(f"https://{host}{WELL_KNOWN}", max_bytes=MAX_PROOF_BYTES, accept="text/plain")
    except TessellaError as error:
        raise RefusedError(
            str(error), code="registers.unreachable", hint=_("Put the file there and try again.")
        ) from error
    shown_by = (urlsplit(answer.url).hostname or "").lower()
    if _bare(shown_by) != _bare(host):
        raise RefusedError(
            _("The address leads to another website, %(host)s.") % {"host": shown_by},
            code="registers.elsewhere",
            hint=_("Put the file on %(host)s itself.") % {"host": host},
        )
    lines = [one.strip() for one in answer.body.decode("utf-8", "replace").splitlines()]
    if proof_line(claim) not in lines:
        raise RefusedError(
            _("The file is there, but not the line."),
            code="registers.no-proof",
            hint=_("Copy the whole line into the file, on a line of its own."),
        )
    return _shown(claim, Method.DOMAIN, by, {"host": host, "url": answer.url})


def check_seal(*, claim: Claim, by: Person, anchors: Sequence[bytes]) -> Claim:
    """Look whether a seal that the organisation holds here is the body's.

    Its private key was handed in with a password, so that it is held, not only shown; its certificate must lead to an
    accepted authority and carry the body's legal identifier (organizationIdentifier, ETSI EN 319 412-1 §5.1.4).

    Raises:
        RefusedError: ``registers.no-legal-id``, ``registers.no-seal``, ``registers.settled``.
    """
    require(by, claim.organisation, "identity.claim")
    _require_open(claim)
    known = set(claim.body.identifiers.filter(_now(), scheme=Scheme.LEGAL).values_list("value", flat=True))
    if claim.legal_id and not claim.body.is_confirmed:
        known.add(claim.legal_id)
    if not known:
        raise RefusedError(
            _("No legal identifier is known of this body."),
            code="registers.no-legal-id",
            hint=_("Use another way, or ask a reviewer."),
        )
    now = timezone.now()
    for key in keys_of(claim.organisation):
        if key.use != KeyUse.SEAL or not key.is_active or not key.public.certificates:
            continue
        found = evaluate_chain(key.public.certificates, anchors, at=now, now=now)
        own = normalised(Scheme.LEGAL, found.certificate.organization_identifier if found.certificate else "")
        if own in known and found.path and found.verdict is not Verdict.FAILED:
            return _shown(
                claim, Method.CERTIFICATE, by, {"legal_id": own, "path": list(found.path), "key": key.id}
            )
    raise RefusedError(
        _("No seal of this organisation carries %(ids)s and leads to an accepted authority.")
        % {"ids": ", ".join(sorted(known))},
        code="registers.no-seal",
        hint=_("Add the seal with its certificates under keys, or use another way."),
    )


@transaction.atomic
def confirm_by_register(*, claim: Claim, by: Person, register: Register) -> Claim:
    """The keeper of an accepted register that lists the body says that this organisation acts for it.

    Raises:
        NotAllowedError: ``accounts.not-allowed``, ``registers.own-claim``.
        RefusedError: ``registers.not-accepted``, ``registers.not-listed``, ``registers.settled``.
    """
    require(by, register.organisation, "register.manage")
    _require_open(claim)
    _require_other(by, claim)
    if not register.is_accepted:
        raise RefusedError(
            _("This register is not one whose word is accepted here."),
            code="registers.not-accepted",
            hint=_("Ask the reviewers of this installation."),
        )
    listed = register.entries.filter(_now(), body=claim.body, status=EntryStatus.LISTED).first()
    if listed is None:
        raise RefusedError(
            _("The register does not list this body."),
            code="registers.not-listed",
            hint=_("Enter it first, if it belongs there."),
        )
    return _shown(
        claim, Method.REGISTER, by, {"register": register.id, "entry": listed.id, "number": listed.number}
    )


@transaction.atomic
def decide(*, claim: Claim, by: Person, accept: bool, review: str) -> Claim:
    """A named reviewer looked at documents, or at a name that was held, and says what was decided on.

    Raises:
        NotAllowedError: ``registers.no-reviewer``, ``registers.own-claim``.
        RefusedError: ``registers.no-review``, ``registers.settled``.
    """
    _require_reviewer(by)
    claim = _locked(claim)
    _require_open(claim, also_held=True)
    _require_other(by, claim)
    if not review.strip():
        raise RefusedError(
            _("Say what you looked at."),
            code="registers.no-review",
            hint=_("It stays readable."),
            field="review",
        )
    claim.review = review.strip()
    if accept:
        method = Method(claim.method) if claim.method else Method.REVIEWER
        return _establish(claim, method, by)
    return _settle(claim, ClaimState.REFUSED, by, "identity.refused")


@transaction.atomic
def withdraw(*, claim: Claim, by: Person) -> Claim:
    """The organisation, or a reviewer, takes it back; from then on everything issued is a test."""
    if not _is_reviewer(by):
        require(by, claim.organisation, "identity.claim")
    claim = _locked(claim)
    if not claim.is_live:
        raise _settled()
    if claim.state == ClaimState.ESTABLISHED:
        accounts.unestablish(organisation=claim.organisation, actor_id=by.id)
    return _settle(claim, ClaimState.WITHDRAWN, by, "identity.withdrawn")


@transaction.atomic
def name_reviewer(*, person: Person) -> IdentityReviewer:
    """The operator names somebody who looks at who is who."""
    found, made = IdentityReviewer.objects.get_or_create(person=person)
    if made:
        audit.record("identity.reviewer-named", f"person:{audit.reference_of(person.id)}")
    return found


@transaction.atomic
def accept_register(*, register: Register, by: Person, accept: bool = True) -> None:
    """From now on this installation takes the keeper's word on who acts for a listed body, or not any more.

    Raises:
        NotAllowedError: ``registers.no-reviewer``, ``registers.own-claim``: the reviewer works for the keeper.
        RefusedError: ``registers.keeper``: the keeper's own identity is not established.
    """
    _require_reviewer(by)
    if roles_of(by, register.organisation):
        raise _own()
    if accept and not register.organisation.is_established:
        raise RefusedError(
            _("It is not established yet who keeps this register."),
            code="registers.keeper",
            hint=_("Look at the keeper first."),
        )
    register.may_establish = accept
    register.save(update_fields=["may_establish"])
    if accept:
        # What another register described stays open: its website would be anybody's word.
        others = Body.objects.filter(entries__in=RegisterEntry.objects.exclude(register=register))
        own = Body.objects.filter(entries__register=register, is_confirmed=False)
        own.exclude(pk__in=others.values("pk")).update(is_confirmed=True)
    audit.record(
        "register.accepted" if accept else "register.not-accepted", f"register:{register.id}",
        actor_id=by.id, organisation=register.organisation_id,
    )  # fmt: skip


def _shown(claim: Claim, method: Method, by: Person, evidence: dict[str, Any]) -> Claim:
    """Something was shown: established, or held when the name needs a second look."""
    with transaction.atomic():
        claim = _locked(claim)
        _require_open(claim)
        claim.method, claim.evidence = method, evidence
        claim.reasons = _reasons(claim)
        if not claim.reasons:
            return _establish(claim, method, by)
        claim.state = ClaimState.HELD
        claim.save()
        _tell("identity.held", claim, by, method=str(method))
        return claim


def _reasons(claim: Claim) -> list[dict[str, Any]]:
    """Why a reviewer must look, though something was shown."""
    own = {plain(one.name) for one in claim.body.names.filter(_now())}
    reasons: list[dict[str, Any]] = []
    if plain(claim.organisation.name) not in own:
        reasons.append({"reason": "name-differs"})
    names = {claim.organisation.name}
    if not claim.body.is_confirmed:
        names |= {one.name for one in claim.body.names.all()}
    elif not reasons:
        return []
    alike = lookalikes(sorted(names), besides=claim.body)
    if alike:
        reasons.append({"reason": "looks-like", "bodies": [one.id for one in alike]})
    return reasons


def _establish(claim: Claim, method: Method, by: Person) -> Claim:
    claim.method = method
    if claim.legal_id and method in (Method.CERTIFICATE, Method.REVIEWER):
        attach_identifier(claim.body, Scheme.LEGAL, claim.legal_id)
    legal = claim.body.identifiers.filter(_now(), scheme=Scheme.LEGAL).first()
    accounts.establish(
        organisation=claim.organisation,
        by_method=str(method),
        legal_id=legal.value if legal else "",
        actor_id=by.id,
    )
    if not claim.body.is_confirmed:
        claim.body.is_confirmed = True
        claim.body.save(update_fields=["is_confirmed"])
    return _settle(claim, ClaimState.ESTABLISHED, by, "identity.established")


def _settle(claim: Claim, state: ClaimState, by: Person, verb: str) -> Claim:
    claim.state = state
    claim.decided_by, claim.decided_by_name, claim.decided_at = by, by.name, timezone.now()
    claim.save()
    _tell(verb, claim, by, method=claim.method)
    return claim


def _locked(claim: Claim) -> Claim:
    return (
        Claim.objects.select_for_update(of=("self",)).select_related("organisation", "body").get(pk=claim.pk)
    )


def _require_open(claim: Claim, *, also_held: bool = False) -> None:
    if claim.state != ClaimState.OPEN and not (also_held and claim.state == ClaimState.HELD):
        raise _settled()


def _settled() -> RefusedError:
    return RefusedError(
        _("This was settled meanwhile."),
        code="registers.settled",
        hint=_("Look at the page again."),
    )


def _is_reviewer(by: Person) -> bool:
    return IdentityReviewer.objects.filter(person=by).exists()


def _require_reviewer(by: Person) -> None:
    if not _is_reviewer(by):
        raise NotAllowedError(
            _("Only named reviewers decide who is who."),
            code="registers.no-reviewer",
            hint=_("Ask the operator of this installation."),
        )


def require_reviewer_of(by: Person, organisation: Organisation) -> None:
    """Go on only for a named reviewer who does not work there.

    Raises:
        NotAllowedError: ``registers.no-reviewer``, ``registers.own-claim``.
    """
    _require_reviewer(by)
    if may(by, organisation, "organisation.view"):
        raise _own()


def _require_other(by: Person, claim: Claim) -> None:
    """Nobody vouches for the organisation they work for."""
    if may(by, claim.organisation, "organisation.view"):
        raise _own()


def _own() -> NotAllowedError:
    return NotAllowedError(
        _("Nobody vouches for the organisation they work for."),
        code="registers.own-claim",
        hint=_("Ask another reviewer."),
    )


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _now() -> Any:
    return Dated.on(timezone.localdate())


def _tell(verb: str, claim: Claim, by: Person, **facts: object) -> None:
    audit.record(verb, f"claim:{claim.id}", actor_id=by.id, organisation=claim.organisation_id, facts=facts)
