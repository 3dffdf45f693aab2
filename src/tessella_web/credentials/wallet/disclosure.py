"""What a credential lets its holder leave out, in plain words, and the credential without it.

Two forms can: a badge with a base proof (``ecdsa-sd-2023``) and an SD-JWT. Everything else is shown whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tessella.errors import SealError, TessellaError
from tessella.issuing.disclosure import BadgeElement, badge_elements, disclose_badge
from tessella.seals import sd_jwt
from tessella.vocabulary import code_list
from tessella_web.common.errors import RefusedError

__all__ = ["Part", "file_name", "only", "parts_of"]

MAX_VALUE_CHARS = 160
"""What stands beside a check box; the whole stands in the preview."""

JOIN = "+"
"""Between the names of what can only be shown together; no claim has it in its name."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a credential says.

    ``may_withhold``: its holder may leave it out; ``partly``: a part of it is shown all the same. ``is_private``: nothing that others
    need as a rule, so it is left out unless it is chosen.
    """

    name: str
    label: str
    value: str
    may_withhold: bool
    partly: bool = False
    is_private: bool = False


def parts_of(data: bytes) -> tuple[Part, ...]:
    """Everything that it says, what is always shown first; empty for a form in which nothing can be left out."""
    try:
        if sd_jwt.detect(data):
            return _of_token(data)
        badge = _badge(data)
        return _of_badge(badge) if badge is not None else ()
    except TessellaError:
        return ()


def only(data: bytes, names: Collection[str]) -> bytes:
    """The credential with the named parts, and those that are always shown.

    Raises:
        RefusedError: ``wallet.parts``: nothing can be left out of it, or it has no part of that name.
    """
    known = {one.name for one in parts_of(data) if one.may_withhold}
    if not known or not set(names) <= known:
        raise _refused()
    wanted = [single for name in names for single in name.split(JOIN)]
    try:
        if sd_jwt.detect(data):
            return sd_jwt.present(data, [(name,) for name in wanted]).encode()
        badge = _badge(data) or {}
        return disclose_badge(badge, wanted)
    except TessellaError as error:
        raise _refused() from error


def file_name(data: bytes) -> str:
    """What a credential is called that is shown in part: the name of the whole file may say what was left out."""
    return "credential.sd-jwt" if sd_jwt.detect(data) else "credential.json"


def _refused() -> RefusedError:
    return RefusedError(
        _("This cannot be left out of it."), code="wallet.parts", field="parts",
        hint=_("Choose among what is offered, or show it in another form."),
    )  # fmt: skip


def _badge(data: bytes) -> Mapping[str, Any] | None:
    """The document of a badge whose parts can be chosen."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    try:
        badge_elements(document)
    except SealError:
        return None
    return document


def _of_token(data: bytes) -> tuple[Part, ...]:
    token = sd_jwt.parse(data)
    if token.key_binding:
        return ()  # somebody's presentation: it is shown as it is
    claims, paths = sd_jwt.claims_of(token)
    free = {path[0] for path in paths if path}
    found = [
        Part(
            name=name,
            label=_label(name),
            value=_named(name, value) or _words(value),
            may_withhold=name in free,
            partly=name in free and (name,) not in paths,
            is_private=name in _PRIVATE,
        )
        for name, value in claims.items()
        if name not in _ENVELOPE
    ]
    return tuple(sorted(found, key=lambda one: (one.may_withhold, _place(one.name)))) if free else ()


def _place(name: str) -> int:
    """Where it stands among the others: a token has them in an order that is meant to tell nothing."""
    return list(_LABELS).index(name) if name in _LABELS else len(_LABELS)


def _named(name: str, value: Any) -> str:
    """What a code stands for, in the reader's language."""
    if name not in _CODES:
        return ""
    listed = code_list(_CODES[name])
    codes = [str(one) for one in (value if isinstance(value, list) else [value])]
    found = [(code, listed.get(code)) for code in codes]
    return ", ".join(listed.label(one, get_language() or "en") if one else code for code, one in found)


def _of_badge(document: Mapping[str, Any]) -> tuple[Part, ...]:
    found = []
    for group in _together(badge_elements(document)):
        labels = dict.fromkeys([*(_label(one.name) for one in group), *_beside(group)])
        found.append(
            Part(
                name=JOIN.join(one.name for one in group),
                label=", ".join(labels),
                value=_words([one.value for one in group]),
                may_withhold=any(one.may_withhold for one in group),
                partly=any(one.partly for one in group),
                is_private=any(one.name in _PRIVATE for one in group),
            )
        )
    return tuple(found)


def _together(elements: Iterable[BadgeElement]) -> list[list[BadgeElement]]:
    """Elements that stand in one place of the badge can only be shown together."""
    groups: list[list[BadgeElement]] = []
    for one in elements:
        if one.name in _ENVELOPE:
            continue
        places = set(one.pointers)
        same = [group for group in groups if any(places & set(other.pointers) for other in group)]
        joined = [member for group in same for member in group] + [one]
        position = groups.index(same[0]) if same else len(groups)
        groups = [group for group in groups if group not in same]
        groups.insert(position, joined)
    return groups


def _words(value: Any) -> str:
    """What people would read in it, on one line."""
    found = list(dict.fromkeys(_texts(value)))
    text = "; ".join(found)
    return text if len(text) <= MAX_VALUE_CHARS else text[: MAX_VALUE_CHARS - 1].rstrip() + "…"


def _beside(group: list[BadgeElement]) -> Iterator[str]:
    """What else is shown with elements that stand in several places, where that has a word of its own."""
    members = (
        pointer.rsplit("/", 1)[-1] for one in group if len(one.pointers) > 1 for pointer in one.pointers
    )
    yield from (
        str(_LABELS[member])
        for member in members
        if member in _LABELS and member not in ("name", "description")
    )


_TEXT_MEMBERS = (
    "identityHash",
    "name",
    "titleText",
    "targetName",
    "narrative",
    "workloadHours",
    "creditPoints",
    "prerequisiteText",
)


_DAY = re.compile(r"(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])(?:T[\d:.]+Z)?")
"""A date, or an instant of which people read the date. Days that not every month has are shown as they stand."""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, bool):
        yield _("yes") if value else _("no")
    elif isinstance(value, str):
        if _DAY.fullmatch(value):
            yield date_format(dt.date.fromisoformat(value[:10]), "DATE_FORMAT")
        elif not value.startswith(("data:", "http:", "https:", "urn:", "did:")):
            yield value.strip()
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict) and not value.get("hashed"):
        named = [value[name] for name in _TEXT_MEMBERS if name in value]
        if named:
            yield from _texts(named)
        elif value and all(re.fullmatch(r"[a-z]{2,3}(-\w+)?", name) for name in value):
            yield from _texts(next(iter(value.values())))  # the same in several languages


def _label(name: str) -> str:
    known = _LABELS.get(name.removeprefix("achievement."))
    if known:
        return str(known)
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name).strip().lower()
    return plain[:1].upper() + plain[1:]


_ENVELOPE = frozenset(
    ("vct", "vct#integrity", "jti", "sub", "iss", "iat", "nbf", "exp", "cnf", "status", "aka_vcts", "credentialStatus", "credentialSchema", "inLanguage", "version", "achievementType")
)  # fmt: skip
"""What makes it work: always there, and nothing that people ask about."""

_PRIVATE = frozenset(
    ("email", "date_of_birth", "birth_date", "birthdate", "dateOfBirth", "learner_identification", "personalIdentifier",
     "nationalIdentificationNumber", "nationalId", "national_id", "address", "place_of_birth", "phone", "telephone", "ext:nationalId", "sourcedId", "awardId")
)  # fmt: skip

_CODES: Mapping[str, str] = {"issuing_country": "country", "language_of_classes": "language"}
"""By claim the list of the codes that stand in it."""

_LABELS: Mapping[str, Any] = {
    "issuing_authority": gettext_lazy("Who awarded it"),
    "issuing_country": gettext_lazy("Country of who awarded it"),
    "date_of_issuance": gettext_lazy("When it was awarded"),
    "date_of_expiry": gettext_lazy("Until when it is valid"),
    "validFrom": gettext_lazy("From when it is valid"),
    "validUntil": gettext_lazy("Until when it is valid"),
    "achievement_title": gettext_lazy("Title"),
    "achievement_description": gettext_lazy("What it is about"),
    "name": gettext_lazy("Title"),
    "full_name": gettext_lazy("Your name"),
    "given_name": gettext_lazy("Your given names"),
    "family_name": gettext_lazy("Your family name"),
    "email": gettext_lazy("Your e-mail address"),
    "learner_identification": gettext_lazy("The number you are known by"),
    "date_of_birth": gettext_lazy("Your date of birth"),
    "birth_date": gettext_lazy("Your date of birth"),
    "dateOfBirth": gettext_lazy("Your date of birth"),
    "criteria": gettext_lazy("What had to be shown"),
    "language_of_classes": gettext_lazy("Language"),
    "form_of_participation": gettext_lazy("How it was taught"),
    "activityStartDate": gettext_lazy("When it began"),
    "activityEndDate": gettext_lazy("When it ended"),
    "assessedOn": gettext_lazy("When you were assessed"),
    "awardId": gettext_lazy("The number of the award"),
    "grade": gettext_lazy("Your grade"),
    "assessment_grade": gettext_lazy("Your grade"),
    "result": gettext_lazy("Your result"),
    "evidence": gettext_lazy("Your evidence"),
    "learning_outcomes": gettext_lazy("What you can do now"),
    "level_of_learning_experience": gettext_lazy("Level"),
    "fieldOfStudy": gettext_lazy("Field of study"),
    "expected_study_time": gettext_lazy("How much work it was"),
    "image": gettext_lazy("The picture"),
    "opportunityType": gettext_lazy("What kind of learning it was"),
    "evaluator_verification": gettext_lazy("How you were assessed, and your identity checked"),
    "types_of_quality_assurance": gettext_lazy("How its quality is assured"),
    "prerequisites_to_enroll": gettext_lazy("What was needed to take part"),
    "integration_stackability_options": gettext_lazy("What it can become part of"),
    "furtherInformation": gettext_lazy("Where there is more about it"),
    "creditBearing": gettext_lazy("Whether it gives credit"),
    "relevanceText": gettext_lazy("What it is good for at work"),
}
"""By claim or element what its holder calls it, in the order in which they are offered."""
