"""Awards that every format can carry something of, and their copies in all of them. Everybody is invented."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import strategies as st

from tessella.formats import attestation, openbadges2
from tessella.issuing.sealing import FORMATS, Issuer, seal, test_issuer
from tessella.keys import PrivateKey
from tessella.model import (
    Award,
    Identifier,
    Levels,
    MicroCredential,
    Outcome,
    Participation,
    RecordType,
    Workload,
)
from tessella.verification import Opened, read_credential
from tessella.vocabulary import Concept, code_list, list_with
from tests.formats.elm import strategies as elm
from tests.formats.openbadges2.sample import IDS
from tests.issuing.support import AT, course

ISSUER = msgspec.structs.replace(
    test_issuer(course().awarding_bodies[0], at=AT - dt.timedelta(days=1)),
    badges_url="https://twickel.example/badges",
)
_P256 = PrivateKey.generate("ES256")
ISSUERS = (
    ISSUER,
    msgspec.structs.replace(
        ISSUER, badge_signer=_P256.with_verification_method(_P256.public_key.did_key_url)
    ),
)
"""With an Ed25519 key and with a P-256 key for badges: some formats need one, some the other."""

SLOW = frozenset(("pdf", "png", "svg"))
"""Badges in pictures and documents, which take long to draw."""

MADE_UNSEALED = ("attestation-rulebook", "openbadges2")
"""Renderings that are written here without a seal, which comparing does not need."""


def copies(award: Award, formats: Iterable[str] = FORMATS) -> dict[str, Opened]:
    """The award in these formats, sealed and opened again."""
    return {name: read_credential(seal(award, _able(name), name, at=AT), name) for name in formats}


def _able(format: str) -> Issuer:
    return next(one for one in ISSUERS if FORMATS[format].lacks(one) is None)


def unsealed(award: Award) -> dict[str, Opened]:
    """The same in formats that have no maker yet."""
    rulebook = attestation.write(
        award,
        issuer=ISSUER.organisation,
        issuer_id=ISSUER.id,
        issued_at=AT,
        credential_id=uuid.uuid4().urn,
        profile=attestation.RULEBOOK,
        allow_incomplete=True,
    )
    badge = openbadges2.write(
        award,
        assertion_id=IDS["assertion_id"],
        badge_id=IDS["badge_id"],
        issuer=ISSUER.organisation,
        issuer_id=IDS["issuer_id"],
        issued_at=AT,
        image="https://a.example/badge.png",
        salt="a salt of its own",
    )
    documents = {"attestation-rulebook": rulebook.claims, "openbadges2": badge.embedded()}
    return {
        name: read_credential(msgspec.json.encode(document), name) for name, document in documents.items()
    }


def every(award: Award, *, slow: bool = False) -> dict[str, Opened]:
    """All copies there can be."""
    return copies(award, [name for name in FORMATS if slow or name not in SLOW]) | unsealed(award)


def _typesettable(part: Any) -> Any:
    """Without the script for which no font need be installed."""
    text = msgspec.json.encode(part).decode().replace("漢", "z").replace("字", "y")
    return msgspec.json.decode(text, type=type(part))


def _completed(micro: MicroCredential) -> MicroCredential:
    """With everything that the attestations demand."""
    participation = micro.participation or Participation()
    levels, workload = micro.levels or Levels(), micro.workload or Workload()
    return msgspec.structs.replace(
        micro,
        record_type=RecordType.MICRO_CREDENTIAL,
        awarding_bodies=(ISSUER.organisation, *micro.awarding_bodies[1:]),
        id=micro.id or "https://a.example/mc/1",
        homepage=micro.homepage or "https://a.example/mc/1",
        outcomes=micro.outcomes or (Outcome(id="lo-1", title={micro.language: "Reads maps"}),),
        workload=workload
        if workload.hours or workload.credits
        else msgspec.structs.replace(workload, hours=Decimal(30)),
        levels=levels
        if levels.eqf
        else msgspec.structs.replace(levels, eqf=(code_list("eqf").require("5"),)),
        participation=participation
        if participation.languages
        else msgspec.structs.replace(participation, languages=(code_list("language").require("nl"),)),
    )


@st.composite
def awards(draw: st.DrawFn) -> Award:
    """Awards with much or little in them that all formats take."""
    made = _typesettable(draw(elm.awards()))
    quality = draw(elm.qualities) if not made.micro_credential.quality else None
    micro = _completed(made.micro_credential)
    if quality is not None:
        micro = msgspec.structs.replace(micro, quality=(_typesettable(quality),))
    learner = made.learner
    number = (Identifier(value="S-4711"),) if draw(st.booleans()) else ()
    return msgspec.structs.replace(
        made,
        micro_credential=micro,
        learner=msgspec.structs.replace(
            learner,
            full_name=learner.full_name or "Ada Voorbeeld",
            identifiers=learner.identifiers or number,
            email=learner.email or draw(st.sampled_from(["", "ada@Post.example"])),
            id=learner.id or "urn:example:learner:1",
        ),
    )


# --- one change ------------------------------------------------------------------------------------------

UNTOUCHED = frozenset(
    ("extra", "record_type", "status", "technical_issuer", "issued_at", "labels", "scheme", "code", "broader")
)
"""Fields that are no claims, or not of the award: the moment of issuing is that of each copy."""


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value in a record that can be changed, with the way to it."""
    if isinstance(value, Concept):
        yield at, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            if name not in UNTOUCHED:
                yield from _places(getattr(value, name), (*at, name))
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _places(item, (*at, number))
    elif isinstance(value, dict):
        for tag, text in value.items():
            yield (*at, tag), text
    elif value not in (None, ""):
        yield at, value


def _changed(value: Any) -> Any:
    if isinstance(value, Concept):
        codes = list_with(value.uri)
        others = [one for one in codes or () if one.uri != value.uri]
        return others[0] if others else msgspec.structs.replace(value, uri=f"{value.uri}x")
    if isinstance(value, bool):
        return not value
    if isinstance(value, enum.Enum):
        return next(one for one in type(value) if one is not value)
    if isinstance(value, str):
        return f"x{value}" if value.endswith(".example") or "@" in value else f"{value}x"
    if isinstance(value, dt.date):  # and instants
        return value + dt.timedelta(days=40)
    return value + 1


def _replaced(value: Any, way: tuple[Any, ...], new: Any) -> Any:
    if not way:
        return new
    step, *rest = way
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(value, **{step: _replaced(getattr(value, step), tuple(rest), new)})
    if isinstance(value, tuple):
        return tuple(
            _replaced(item, tuple(rest), new) if number == step else item for number, item in enumerate(value)
        )
    return value | {step: new}


@st.composite
def changes(draw: st.DrawFn, award: Award) -> tuple[str, Award]:
    """The award with one claim changed, and where."""
    way, value = draw(st.sampled_from(list(_places(award))))
    return ".".join(map(str, way)), _replaced(award, way, _changed(value))
