"""What a record would say in a format: written and read again, or without what the format's field map leaves out.

So that one award in two formats can be compared by what both can say. Writers fill gaps and shorten by rules of their own (the
first of several, one language, a day for an instant); nothing knows these rules better than they do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tessella.canonical import claims
from tessella.errors import TessellaError
from tessella.formats import attestation, elm, elmo, openbadges2, openbadges3
from tessella.model import Award, Image, Learner, Organisation
from tessella.model.fieldmap import Carried, FieldRule
from tessella.text import pick

__all__ = ["Speech", "speech_of"]

_AT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_MOMENTS = ("2000-01-01T00:00:00Z", "2000-01-01")
_GAP = "https://gap.invalid/"
"""Stands where a writer demands what the record does not say; taken out again."""


class Speech(msgspec.Struct, frozen=True, kw_only=True):
    """A format as the one file of it has it.

    ``again`` gives the award as the format would say it, or raises; ``tidy`` takes out what only looks like a claim, ``unfold``
    takes apart what the format joins. ``silent`` are fields that its reader fills without being told, ``conditional`` those
    that it carries in full or not depending on what they say, ``in_parts`` lists of which the holder may show a part. ``withholds``:
    the holder may have left out claims. ``tongue``: it says in which languages its texts are. ``elsewhere``: why
    it says nothing of the micro-credential, when that stands in another document.
    """

    field_map: tuple[FieldRule, ...] = ()
    again: Callable[[Award], Award] = lambda award: award
    tidy: Callable[[Award], Award] = lambda award: award
    unfold: Callable[[Award], Award] = lambda award: award
    silent: frozenset[str] = frozenset()
    conditional: frozenset[str] = frozenset()
    in_parts: frozenset[str] = frozenset()
    withholds: bool = False
    tongue: bool = True
    elsewhere: str = ""

    def claims(self, award: Award) -> dict[str, Any]:
        """What the award says, as far as this format can say it."""
        return {
            path: value
            for path, value in claims(self.tidy(award)).items()
            if path not in self.silent and not self._has_no_place(path)
        }

    def translated(self, award: Award) -> dict[str, Any]:
        """What the award would say in this format; of a record that lacks what the writer demands, what has a place in it."""
        try:
            made = self.claims(self.again(award))
        except TessellaError:
            return self.claims(award)
        if award.issued_at is None:  # writers were given a moment in its place
            made = {path: value for path, value in made.items() if value not in _MOMENTS}
        return made

    def full(self, path: str) -> bool:
        """Whether the format carries the claim as it is: a list also when every field of its items is carried in full."""
        if path in self.conditional or path in self.in_parts:
            return False
        rule = self.rule(path)
        if rule is not None:
            return rule.carried is Carried.FULL
        below = [one for one in self.field_map if one.record.startswith(f"{path}.")]
        return all(one.carried is Carried.FULL for one in below)

    def rule(self, path: str) -> FieldRule | None:
        """The row of the field map that speaks about a claim: of the field, else of what it lies in."""
        rules = {one.record: one for one in self.field_map}
        while path:
            if path in rules:
                return rules[path]
            path = path.rpartition(".")[0]
        return None

    def _has_no_place(self, path: str) -> bool:
        rule = self.rule(path)
        return rule is not None and rule.carried is Carried.NONE and not rule.wire


def _issuer(award: Award) -> Organisation:
    course = award.micro_credential
    return course.technical_issuer or next(iter(course.awarding_bodies), Organisation(name={}))


def _again_edc(award: Award) -> Award:
    document = elm.write(
        award,
        credential_id=award.id or f"{_GAP}credential",
        issued_at=award.issued_at or _AT,
        issuer=_issuer(award),
        image=Image(content=b"\x89PNG\r\n\x1a\n", media_type="image/png"),
    )
    return msgspec.structs.replace(elm.read(document).award, learner=award.learner)


def _again_attestation(profile: attestation.Profile) -> Callable[[Award], Award]:
    def again(award: Award) -> Award:
        written = attestation.write(
            award,
            issuer=_issuer(award),
            issuer_id="",
            issued_at=award.issued_at or _AT,
            credential_id="",
            profile=profile,
            matching=True,
            allow_incomplete=True,
        )
        return attestation.read(written.claims).award

    return again


def _again_openbadges2(award: Award) -> Award:
    issuer = _issuer(award)
    gaps = {name: value for name, value in (("homepage", _GAP), ("email", _GAP)) if not getattr(issuer, name)}
    made = openbadges2.write(
        msgspec.structs.replace(award, learner=Learner(email=_GAP)),
        assertion_id=f"{_GAP}assertion",
        badge_id=f"{_GAP}badge",
        issuer=msgspec.structs.replace(issuer, **gaps),
        issuer_id=f"{_GAP}issuer",
        issued_at=award.issued_at or _AT,
        image=f"{_GAP}image.png",
        salt=_GAP,
    )
    read = openbadges2.read(made.embedded()).award
    body = msgspec.structs.replace(read.micro_credential.awarding_bodies[0], **dict.fromkeys(gaps, ""))
    return msgspec.structs.replace(
        read,
        learner=_first_identity(award.learner),
        micro_credential=msgspec.structs.replace(read.micro_credential, awarding_bodies=(body,)),
    )


def _tidy_openbadges2(award: Award) -> Award:
    """The profile's address is no id of the organisation, and the name of an aligned skill a label, not an outcome's title."""
    micro = award.micro_credential
    return msgspec.structs.replace(
        award,
        micro_credential=msgspec.structs.replace(
            micro,
            awarding_bodies=tuple(msgspec.structs.replace(body, id="") for body in micro.awarding_bodies),
            outcomes=tuple(msgspec.structs.replace(one, title={}) for one in micro.outcomes),
        ),
    )


def _with_issuer(award: Award, document: Mapping[str, Any]) -> Award:
    """Formats without awarding body name the issuer instead: so it has to be known who that is."""
    micro = award.micro_credential
    issuer = openbadges3.read(document).issuer
    known = {pick(body.name, (micro.language,)) for body in micro.awarding_bodies}
    if micro.technical_issuer or not micro.awarding_bodies or pick(issuer.name, (micro.language,)) in known:
        return award
    return msgspec.structs.replace(
        award, micro_credential=msgspec.structs.replace(micro, technical_issuer=issuer)
    )


def _first_identity(learner: Learner) -> Learner:
    if learner.email:
        return Learner(email=learner.email)
    return Learner(id=learner.id) if learner.id else Learner(identifiers=learner.identifiers[:1])


def _unfold_edc(award: Award) -> Award:
    """Quality assurance that stands in words: title, body and scheme are joined there."""
    quality = tuple(
        msgspec.structs.replace(
            one, title={tag: text.partition(_JOINED)[0] for tag, text in one.title.items()}
        )
        if one.type is None and one.body is None
        else one
        for one in award.micro_credential.quality
    )
    micro = msgspec.structs.replace(award.micro_credential, quality=quality)
    return msgspec.structs.replace(award, micro_credential=micro)


_JOINED = " · "
_OWN_ADDRESSES = frozenset(("id", "micro_credential.id", "micro_credential.record_type"))
_LINKED = "Stands in a document that the badge names by its address; it was not looked up."
_BADGE_DEFAULTS = {"micro_credential.version": "version", "micro_credential.language": "@language"}


def _attestation(document: Mapping[str, Any]) -> Speech:
    profile = attestation.profile_of(document) or attestation.EUDI
    return Speech(
        field_map=attestation.field_map(profile),
        again=_again_attestation(profile),
        silent=frozenset(("id", "micro_credential.language")),
        in_parts=frozenset(path for rule in profile.rules if rule.elements for path in rule.record),
        withholds=True,
        tongue=False,
    )


def _openbadges2(document: Mapping[str, Any]) -> Speech:
    """What the badge class says is unknown where it is only linked."""
    badge = document.get("badge")
    stated = badge if isinstance(badge, Mapping) else {}
    said = stated.keys() | (document.keys() & {"@language"})
    unsaid = {path for path, member in _BADGE_DEFAULTS.items() if member not in said}
    return Speech(
        field_map=openbadges2.FIELD_MAP,
        again=_again_openbadges2,
        tidy=_tidy_openbadges2,
        silent=_OWN_ADDRESSES | unsaid,
        elsewhere="" if stated.keys() - {"id"} else _LINKED,
    )


_SPEECHES: Mapping[str, Callable[[Mapping[str, Any]], Speech]] = {
    "attestation": _attestation,
    "clr": lambda document: Speech(field_map=openbadges3.FIELD_MAP),
    "edc": lambda document: Speech(
        field_map=elm.FIELD_MAP, again=_again_edc, unfold=_unfold_edc, conditional=elm.CONDITIONAL
    ),
    "elmo": lambda document: Speech(field_map=elmo.FIELD_MAP),
    "openbadges3": lambda document: Speech(
        field_map=openbadges3.FIELD_MAP, tidy=lambda award: _with_issuer(award, document)
    ),
    "openbadges2": _openbadges2,
}
"""By the format's id in `FORMATS`."""


def speech_of(format: str, document: Mapping[str, Any]) -> Speech:
    """How the file speaks; a format without a row is taken to be able to say everything."""
    made = _SPEECHES.get(format)
    return made(document) if made else Speech()
