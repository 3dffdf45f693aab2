"""Who seals for an organisation, with which of its keys, and which formats that allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.errors import KeyMaterialError, TessellaError
from tessella.issuing.sealing import FORMATS, Issuer, formats_for
from tessella.keys import KeyRecord
from tessella.model import MicroCredential, Organisation, Place
from tessella.ports import Signer
from tessella.rendering import CertificateStyle
from tessella.vocabulary import code_list
from tessella_web.accounts import models as accounts
from tessella_web.accounts.branding.queries import style_of
from tessella_web.accounts.keys import queries as keys
from tessella_web.accounts.keys.domain import private_key
from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.catalogue.models import Version
from tessella_web.credentials.mandates.models import Way
from tessella_web.credentials.mandates.queries import Sealing, mandate_facts, sealing_of

__all__ = ["MEDIA_TYPES", "USUAL", "FormatChoice", "choices", "issuer_of", "list_issuer", "record_to_award"]

USUAL = ("edc", "openbadge", "attestation", "pdf")
"""Ticked to begin with: Europass, badges, wallets and paper."""

MEDIA_TYPES = tuple(sorted({spec.media_type for spec in FORMATS.values()}))
"""Of the files that are sealed."""

TEST_SUFFIX = " (TEST)"

REMEDIES: Mapping[str, object] = {
    "issuing.no-seal": gettext_lazy(
        "It needs an electronic seal with a certificate. Add one under “Keys”; Europass takes seals of trust service providers."
    ),
    "issuing.no-key": gettext_lazy("It needs a key for badges. Create one under “Keys”."),
    "issuing.no-selective-key": gettext_lazy(
        "It needs a second key, for badges that show parts of themselves. Create one under “Keys”."
    ),
    "issuing.no-badges-url": gettext_lazy(
        "Open Badges 2.0 are an older standard. Badges are made in version 3.0 here."
    ),
}
"""By error code of the library: what to do here. Other errors speak for themselves."""


EXPLANATIONS: Mapping[str, object] = {
    "edc": gettext_lazy(
        "For Europass, in all EU countries. Europass takes it when the seal is from a trust service provider."
    ),
    "openbadge": gettext_lazy(
        "The badge of the newest standard: badge wallets and social networks for work take it."
    ),
    "openbadge-jwt": gettext_lazy("The same badge as a signed token, for programs that ask for it."),
    "openbadge-sd": gettext_lazy("A badge from which its holder shows only parts. Few programs read it yet."),
    "attestation": gettext_lazy(
        "For European digital identity wallets. Its holder decides which facts to show."
    ),
    "elmo": gettext_lazy("For the student systems of universities (EMREX)."),
    "png": gettext_lazy("A picture that carries the badge: it can be looked at, sent and checked."),
    "svg": gettext_lazy("The same as a drawing that stays sharp at any size."),
    "pdf": gettext_lazy(
        "A certificate to print, with the files above inside it and a code that leads to its page."
    ),
}
"""By format: who takes it, in words for people who have never heard of it."""


class FormatChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A format as it is offered: or why it cannot be made."""

    name: str
    title: str
    is_usual: bool
    explanation: str = ""
    reason: str = ""


class _Shown(msgspec.Struct, frozen=True):
    """A key as others see it (implements `ports.Signer`): enough to tell what it could seal, without opening it."""

    record: KeyRecord

    @property
    def algorithm(self) -> str:
        return self.record.algorithm

    @property
    def public_jwk(self) -> Mapping[str, str]:
        return self.record.public_key.to_jwk()

    @property
    def verification_method(self) -> str:
        return self.record.verification_method

    @property
    def certificate_chain(self) -> tuple[bytes, ...]:
        return self.record.certificates

    def sign(self, data: bytes) -> NoReturn:
        raise KeyMaterialError(_("This key is shown only."), code="key.private")


def choices(version: Version, organisation: accounts.Organisation | None = None) -> list[FormatChoice]:
    """The formats an organisation has the keys for, and why the others cannot be made; the version's own without one."""
    organisation = organisation or version.organisation
    return _choices(organisation, record_to_award(version, organisation))


def general_choices(organisation: accounts.Organisation) -> list[FormatChoice]:
    """The same before anything is described: what the keys allow."""
    return _choices(organisation, None)


def _choices(organisation: accounts.Organisation, record: MicroCredential | None) -> list[FormatChoice]:
    sealing = sealing_now(organisation)
    shown = {use: _Shown(key.public) for use, key in _keys(organisation, sealing).items()}
    issuer = _issuer(organisation, record or MicroCredential(), shown, sealing, shown=True)
    possible, lacking = formats_for(issuer, record)
    made = [
        FormatChoice(
            name=name,
            title=FORMATS[name].title,
            is_usual=name in USUAL,
            explanation=str(EXPLANATIONS.get(name, "")),
        )
        for name in possible
    ]
    return made + [
        FormatChoice(name=name, title=FORMATS[name].title, is_usual=False, reason=_reason(error, sealing))
        for name, error in lacking.items()
    ]


def _reason(error: TessellaError, sealing: Sealing) -> str:
    if error.code == "issuing.no-seal":
        if sealing.way is Way.BADGES:
            return _("You chose Open Badges only. Change that under “How you seal”.")
        if sealing.lapsed:
            return _("The mandate does not hold any more, or the other body has no seal in use. Look under “How you seal”.")  # fmt: skip
    return str(REMEDIES.get(error.code, "")) or f"{error.message} {error.hint}".strip()


def sealing_now(organisation: accounts.Organisation) -> Sealing:
    """Who seals for it at this moment."""
    return sealing_of(organisation, timezone.now().date())


def issuer_of(
    organisation: accounts.Organisation,
    record: MicroCredential,
    *,
    purpose: str,
    sealing: Sealing | None = None,
) -> Issuer:
    """The issuer with its private keys, each opened once for ``purpose``; under a mandate the seal is another body's."""
    sealing = sealing or sealing_now(organisation)
    signers = {
        use: private_key(
            key=key,
            purpose=f"{purpose} mandate:{sealing.mandate.id}"
            if sealing.mandate and use is KeyUse.SEAL
            else purpose,
        )
        for use, key in _keys(organisation, sealing).items()
    }
    return _issuer(organisation, record, signers, sealing)


def _keys(organisation: accounts.Organisation, sealing: Sealing) -> dict[KeyUse, OrganisationKey]:
    found: dict[KeyUse, OrganisationKey | None] = {
        use: keys.active_key(organisation, use) for use in KeyUse if use is not KeyUse.SEAL
    }
    found[KeyUse.SEAL] = sealing.seal
    return {use: key for use, key in found.items() if key is not None}


def list_issuer(key: OrganisationKey, *, purpose: str) -> Issuer:
    """Who seals a status list."""
    signer = private_key(key=key, purpose=purpose, also_retired=True)
    return Issuer(organisation=Organisation(name={}), badge_signer=signer)


def record_to_award(version: Version, organisation: accounts.Organisation | None = None) -> MicroCredential:
    """The published record; where it is not established who stands behind who awards it, every name says TEST."""
    record = version.record()
    if (organisation or version.organisation).is_established:
        return record
    return msgspec.structs.replace(
        record, awarding_bodies=tuple(_marked(one) for one in record.awarding_bodies), technical_issuer=None
    )


def _issuer(
    organisation: accounts.Organisation,
    record: MicroCredential,
    signers: Mapping[KeyUse, Signer],
    sealing: Sealing,
    *,
    shown: bool = False,
) -> Issuer:
    """``shown``: only to tell what could be made; documents and pictures are not read then."""
    mandate = sealing.mandate
    return Issuer(
        organisation=_body(organisation, record),
        badge_signer=signers.get(KeyUse.BADGE),
        seal_signer=signers.get(KeyUse.SEAL),
        selective_signer=signers.get(KeyUse.SELECTIVE),
        test=not organisation.is_established,
        sealing_body=_body(mandate.mandated, MicroCredential()) if mandate else None,
        mandate=mandate_facts(mandate) if mandate and not shown else None,
        style=CertificateStyle() if shown else style_of(organisation),
    )


def _body(organisation: accounts.Organisation, record: MicroCredential) -> Organisation:
    """The awarding body that is the organisation itself; a description cannot make it another one."""
    names = {organisation.name.casefold(), (organisation.name + TEST_SUFFIX).casefold()}
    for one in (record.technical_issuer, *record.awarding_bodies):
        if one is None:
            continue
        same_id = bool(one.legal_id) and one.legal_id == organisation.legal_id
        if same_id or names & {name.casefold() for name in one.name.values()}:
            return one
    country = code_list("country").get(organisation.country)
    body = Organisation(
        name={organisation.language: organisation.name},
        legal_id=organisation.legal_id,
        homepage=organisation.website,
        places=(Place(country=country),) if country else (),
    )
    return body if organisation.is_established else _marked(body)


def _marked(body: Organisation) -> Organisation:
    names = {
        language: name if name.endswith(TEST_SUFFIX) else name + TEST_SUFFIX
        for language, name in body.name.items()
    }
    return msgspec.structs.replace(body, name=names or {"en": TEST_SUFFIX.strip()})
