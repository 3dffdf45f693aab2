"""Who seals for an organisation, with which of its keys, and which formats that allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.errors import KeyMaterialError
from tessella.issuing.sealing import FORMATS, Issuer, formats_for
from tessella.keys import KeyRecord
from tessella.model import MicroCredential, Organisation, Place
from tessella.ports import Signer
from tessella.vocabulary import code_list
from tessella_web.accounts import models as accounts
from tessella_web.accounts.keys import queries as keys
from tessella_web.accounts.keys.domain import private_key
from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.catalogue.models import Version

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


def choices(version: Version) -> list[FormatChoice]:
    """The formats an organisation has the keys for, and why the others cannot be made."""
    organisation = version.organisation
    record = record_to_award(version)
    shown = {use: key.public for use in KeyUse if (key := keys.active_key(organisation, use))}
    possible, lacking = formats_for(
        _issuer(organisation, record, {use: _Shown(one) for use, one in shown.items()}), record
    )
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
        FormatChoice(
            name=name,
            title=FORMATS[name].title,
            is_usual=False,
            reason=str(REMEDIES.get(error.code, "")) or f"{error.message} {error.hint}".strip(),
        )
        for name, error in lacking.items()
    ]


def issuer_of(organisation: accounts.Organisation, record: MicroCredential, *, purpose: str) -> Issuer:
    """The issuer with its private keys, each opened once for ``purpose``."""
    found = {use: key for use in KeyUse if (key := keys.active_key(organisation, use))}
    return _issuer(
        organisation,
        record,
        {use: private_key(key=key, purpose=purpose) for use, key in found.items()},
    )


def list_issuer(key: OrganisationKey, *, purpose: str) -> Issuer:
    """Who seals a status list."""
    signer = private_key(key=key, purpose=purpose, also_retired=True)
    return Issuer(organisation=Organisation(name={}), badge_signer=signer)


def record_to_award(version: Version) -> MicroCredential:
    """The published record; where it is not established who stands behind the organisation, every name says TEST."""
    record = version.record()
    if version.organisation.is_established:
        return record
    return msgspec.structs.replace(
        record, awarding_bodies=tuple(_marked(one) for one in record.awarding_bodies), technical_issuer=None
    )


def _issuer(
    organisation: accounts.Organisation, record: MicroCredential, signers: Mapping[KeyUse, Signer]
) -> Issuer:
    return Issuer(
        organisation=_body(organisation, record),
        badge_signer=signers.get(KeyUse.BADGE),
        seal_signer=signers.get(KeyUse.SEAL),
        selective_signer=signers.get(KeyUse.SELECTIVE),
        test=not organisation.is_established,
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
