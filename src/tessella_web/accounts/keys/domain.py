"""The verbs about keys. Every one is audited, and so is every use of a private part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.adapters.outside import OutsideSigner
from tessella.errors import AccessError, KeyMaterialError, StateError
from tessella.keys import (
    KeyRecord,
    KeyStatus,
    PrivateKey,
    certificate_facts,
    did_web,
    new_key_record,
    retire_key,
    revoke_key,
)
from tessella.keys.testca import TestCertificateAuthority
from tessella.ports import Signer
from tessella_web.accounts.holderkeys import domain as holderkeys
from tessella_web.accounts.keys.keychain import keychain
from tessella_web.accounts.keys.models import KeyKind, KeyUse, OrganisationKey
from tessella_web.accounts.keys.places import assigned, kind_of
from tessella_web.accounts.keys.places import opened as opened_place
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.accounts.webhooks import domain as webhooks
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = [
    "create_key",
    "did_of",
    "private_key",
    "revoke",
    "rewrap_all",
    "rotate",
    "upload_seal",
    "use_place",
]

MAX_PKCS12_BYTES = 256 * 1024  # bytes
"""An RSA-8192 key with a long chain is about 20 KB."""

ALGORITHMS = {KeyUse.BADGE: "Ed25519", KeyUse.SELECTIVE: "ES256"}
"""Of new keys. Ed25519: fast, read by every badge verifier. P-256 is what ecdsa-sd-2023 takes."""

REWRAP_CHUNK = 100
"""Keys re-wrapped by one statement: SQLite takes a bounded number of variables."""


def did_of(organisation: Organisation) -> str:
    """The did:web of an organisation whose identity is established, where this installation is reached over https; else empty.

    Without one, each key is its own did:key: nothing is claimed about who holds it.
    """
    address = urlsplit(settings.BASE_URL)
    if not organisation.is_established or address.scheme != "https" or not address.hostname:
        return ""
    return did_web(address.hostname, "o", organisation.slug, port=address.port or 0)


@transaction.atomic
def create_key(*, by: Person, organisation: Organisation, use: KeyUse, name: str = "") -> OrganisationKey:
    """A new key; an electronic seal made here is a test certificate and only for organisations not established yet.

    Raises:
        RefusedError: ``keys.seal-needs-upload``, a real seal comes from a trust service provider; ``keys.selective-needs-did``.
    """
    require(by, organisation, "key.manage")
    made = _stored(by, organisation, use, name or str(use.label), _generated(organisation, use))
    _tell("key.created", made, by)
    return made


@transaction.atomic
def upload_seal(
    *, by: Person, organisation: Organisation, data: bytes, password: str, name: str = ""
) -> OrganisationKey:
    """Take an electronic seal from a PKCS #12 file. The password is used once and not kept.

    Raises:
        RefusedError: at the field ``file`` or ``password``, it does not open, or its certificate has ended.
    """
    require(by, organisation, "key.manage")
    if len(data) > MAX_PKCS12_BYTES:
        raise RefusedError(
            _("The file is too large to be a key with its certificate."),
            code="keys.too-large",
            field="file",
            hint=_("Export the seal again, with its chain only."),
        )
    try:
        key = PrivateKey.from_pkcs12(data, password)
        facts = certificate_facts(key.certificate_chain[0])
    except KeyMaterialError as error:
        field = "password" if error.code == "key.password" else "file"
        raise RefusedError(error.message, code=error.code, hint=error.hint, field=field) from error
    if facts.not_after < timezone.now():
        raise _ended("file")
    name = name or facts.organization or facts.common_name
    made = _stored(by, organisation, KeyUse.SEAL, name, key, kind=KeyKind.UPLOADED)
    _tell("key.uploaded", made, by, certificate=made.public.algorithm)
    return made


@transaction.atomic
def use_place(
    *, by: Person, organisation: Organisation, place: str, use: KeyUse, name: str = ""
) -> OrganisationKey:
    """Seal with a key in a token or at a signing service that the operator assigned to the organisation.

    Raises:
        RefusedError: ``keys.not-assigned``, ``keys.away``; ``keys.unsuited``, the key is not of the kind that this use needs;
            ``keys.ended``; ``keys.taken``, it is in use already.
    """
    require(by, organisation, "key.manage")
    signer = opened_place(organisation, place)
    _check_suited(signer, use)
    if signer.certificate_chain and certificate_facts(signer.certificate_chain[0]).not_after < timezone.now():
        raise _ended("place")
    active = OrganisationKey.objects.filter(
        organisation=organisation, state=KeyStatus.ACTIVE, place=place, use=use
    )
    if active.exists():
        raise RefusedError(
            _("This key is in use already."), code="keys.taken", field="place", hint=_("Choose another one.")
        )
    kind = kind_of(assigned(organisation)[place])
    made = _stored(by, organisation, use, name or place, signer, kind=kind, place=place)
    _tell("key.taken-into-use", made, by, kind=str(kind))
    return made


def _check_suited(signer: PrivateKey | OutsideSigner, use: KeyUse) -> None:
    wrong = {
        KeyUse.SEAL: not signer.certificate_chain and _("An electronic seal has a certificate; this key has none."),
        KeyUse.BADGE: signer.algorithm == "RS256" and _("Badges are not sealed with RSA keys."),
        KeyUse.SELECTIVE: signer.algorithm != ALGORITHMS[KeyUse.SELECTIVE] and _("Such badges need a key on P-256."),
    }[use]  # fmt: skip
    if wrong:
        raise RefusedError(
            wrong,
            code="keys.unsuited",
            field="use",
            hint=_("Choose another use, or have another key assigned."),
        )


def _ended(field: str) -> RefusedError:
    return RefusedError(
        _("The certificate has ended."),
        code="keys.ended",
        field=field,
        hint=_("Ask your trust service provider for a new one."),
    )


@transaction.atomic
def rotate(*, by: Person, key: OrganisationKey) -> OrganisationKey:
    """Put a new key in the place of one: what the old one sealed stays good, it seals no more.

    Raises:
        RefusedError: ``keys.seal-needs-upload``, a seal of a trust service provider is replaced by uploading the next;
            ``keys.outside``, the successor of a key that is elsewhere is made there; ``state.key``, it is not in use.
    """
    require(by, key.organisation, "key.manage")
    if key.is_outside:
        raise RefusedError(
            _("The key “%(name)s” is not kept here, so its successor is not made here.") % {"name": key},
            code="keys.outside",
            hint=_("Have a new one assigned by the operator and take it into use; then revoke this one or let its certificate end."),
        )  # fmt: skip
    old = OrganisationKey.objects.select_for_update().select_related("organisation").get(pk=key.pk)
    _change(old, lambda record: retire_key(record, at=timezone.now()))
    made = _stored(
        by, old.organisation, KeyUse(old.use), str(old), _generated(old.organisation, KeyUse(old.use))
    )
    _tell("key.rotated", old, by, successor=made.id)
    return made


@transaction.atomic
def revoke(
    *, by: Person, key: OrganisationKey, reason: str, compromised_at: dt.datetime | None = None
) -> OrganisationKey:
    """Withdraw a key. What it sealed is no longer believed without a time stamp from before; its private part is destroyed."""
    require(by, key.organisation, "key.manage")
    if not reason.strip():
        raise RefusedError(
            _("Say why the key is revoked."),
            code="keys.no-reason",
            field="reason",
            hint=_("One sentence is enough; it stays with the key."),
        )
    found = OrganisationKey.objects.select_for_update().select_related("organisation").get(pk=key.pk)
    at = timezone.now()
    _change(
        found, lambda record: revoke_key(record, at=at, compromised_at=compromised_at, reason=reason.strip())
    )
    found.wrapped = ""
    found.save(update_fields=["wrapped"])
    _tell("key.revoked", found, by, compromised=bool(compromised_at))
    return found


def private_key(*, key: OrganisationKey, purpose: str, by_id: str = "", also_retired: bool = False) -> Signer:
    """The private part, for one use that the audit trail tells; or the way to it, when it is in a token or at a service.

    Args:
        purpose: what is sealed, such as ``batch:Xk3…``; never a name.
        also_retired: for status lists: who has only replaced a key must still be able to revoke what it sealed.

    Raises:
        RefusedError: ``keys.not-active``; ``keys.locked``, the key-encryption key of this installation does not open it;
            ``keys.away``, ``keys.not-assigned``, ``keys.exchanged``, a key that is elsewhere cannot be used.
    """
    if not (key.wrapped or key.is_outside) or not (
        key.is_active or (also_retired and key.state == KeyStatus.RETIRED)
    ):
        raise RefusedError(
            _("The key “%(name)s” seals no more.") % {"name": key},
            code="keys.not-active",
            hint=_("Create a new one."),
        )
    opened = _outside(key) if key.is_outside else _opened(key)
    _tell("key.used", key, by_id, purpose=purpose)
    return opened


def rewrap_all() -> int:
    """Rotate the key-encryption key: a new one wraps every private key, the old ones are forgotten. Returns how many keys.

    Can be run again after it was killed.

    Raises:
        RefusedError: ``keys.locked``, a key does not open; the old key-encryption keys are kept then.
    """
    current = keychain().begin_rotation()
    with transaction.atomic():
        list(Organisation.objects.select_for_update().values_list("pk"))  # nobody makes a key meanwhile
        found = list(OrganisationKey.objects.exclude(kek=current.id).exclude(wrapped=""))
        for key in found:
            key.wrapped = current.wrap(_opened(key), bound_to=key.bound_to).decode()
            key.kek = current.id
        OrganisationKey.objects.bulk_update(found, ["wrapped", "kek"], batch_size=REWRAP_CHUNK)
        others = webhooks.rewrap()
        held = holderkeys.rewrap(current)
        audit.record(
            "keys.rewrapped",
            f"kek:{current.id}",
            facts={"keys": len(found), "webhooks": others, "holders": held},
        )
    keychain().end_rotation()
    return len(found)


def _opened(key: OrganisationKey) -> PrivateKey:
    try:
        kek = keychain().find(key.kek)
        if kek is not None:
            return kek.unwrap(key.wrapped.encode(), bound_to=key.bound_to)
    except KeyMaterialError:
        pass  # told like a key-encryption key that is not there: the remedy is the same
    except AccessError as error:
        raise RefusedError(error.message, code="keys.locked", hint=error.hint) from error
    raise RefusedError(
        _("The key “%(name)s” cannot be opened here.") % {"name": key},
        code="keys.locked",
        hint=_("The operator has to restore the key-encryption key."),
    )


def _outside(key: OrganisationKey) -> Signer:
    signer = opened_place(key.organisation, key.place)
    if signer.public_key.to_spki_der() != key.public.public_key.to_spki_der():
        raise RefusedError(
            _("Where the key “%(name)s” should be is another one.") % {"name": key},
            code="keys.exchanged",
            hint=_("Take the new one into use as a key of its own."),
        )
    method = key.public.verification_method
    return signer.with_verification_method(method) if method else signer


def _generated(organisation: Organisation, use: KeyUse) -> PrivateKey:
    if use is KeyUse.SEAL:
        if organisation.is_established:
            raise RefusedError(
                _("An electronic seal comes with a certificate of a trust service provider."),
                code="keys.seal-needs-upload",
                hint=_("Upload the file (.p12 or .pfx) that you got from it."),
            )
        return TestCertificateAuthority(timezone.now()).issue_seal(
            organisation.name, organization_identifier=organisation.legal_id or "NTRXX-00000000"
        )
    if use is KeyUse.SELECTIVE and not did_of(organisation):
        raise RefusedError(
            _("Such badges need an address at which all keys of the organisation are published."),
            code="keys.selective-needs-did",
            hint=_("Have the organisation's identity established first."),
        )
    return PrivateKey.generate(ALGORITHMS[use])


def _stored(
    by: Person,
    organisation: Organisation,
    use: KeyUse,
    name: str,
    key: PrivateKey | OutsideSigner,
    *,
    kind: KeyKind = KeyKind.MADE,
    place: str = "",
) -> OrganisationKey:
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # numbers are given one after the other
    last = OrganisationKey.objects.filter(organisation=organisation).order_by("-number").first()
    made = OrganisationKey(
        organisation=organisation,
        number=last.number + 1 if last else 1,
        use=use,
        is_test=not organisation.is_established,
        kind=kind,
        place=place,
    )
    if use is not KeyUse.SEAL:
        did = did_of(organisation)
        key = key.with_verification_method(f"{did}#k{made.number}" if did else key.public_key.did_key_url)
    record = new_key_record(key, id=f"k{made.number}", name=name, created=timezone.now())
    made.record = msgspec.to_builtins(record)
    if isinstance(key, PrivateKey):
        try:
            current = keychain().current
            made.kek, made.wrapped = current.id, current.wrap(key, bound_to=made.bound_to).decode()
        except (AccessError, KeyMaterialError) as error:
            raise RefusedError(error.message, code="keys.locked", hint=error.hint) from error
    made.save(force_insert=True)
    return made


def _change(key: OrganisationKey, change: Callable[[KeyRecord], KeyRecord]) -> None:
    try:
        record = change(key.public)
    except StateError as error:
        raise RefusedError(error.message, code=error.code, hint=error.hint) from error
    key.record, key.state = msgspec.to_builtins(record), record.status.value
    key.save(update_fields=["record", "state"])


def _tell(verb: str, key: OrganisationKey, by: Person | str, **facts: object) -> None:
    audit.record(
        verb,
        f"key:{key.id}",
        actor_id=by if isinstance(by, str) else by.id,
        organisation=key.organisation_id,
        facts={"use": key.use, "test": key.is_test, **facts},
    )
