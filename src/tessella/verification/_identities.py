"""Whose award two files name, when one of them hashes what the other writes plainly."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tessella.formats import openbadges3
from tessella.model import Identifier, Learner

__all__ = ["comparable"]

_EMAIL_TYPES = ("email", "emailaddress")


def comparable(left: Learner, right: Learner) -> tuple[Learner, Learner]:
    """The two learners so that identifiers can be compared value by value.

    A hashed identifier that is the hash of something the other side says becomes that. One that cannot be the hash of
    anything the other side says stays as it is where the other side has something of its kind (they differ); it is left out
    where there is nothing to compare it with. A pseudonym belongs to its copy: one that the other side does not have is left out.
    """
    found_left, found_right = _opened(left, right), _opened(right, left)
    return _without_pseudonyms(found_left, found_right), _without_pseudonyms(found_right, found_left)


def _hashed(identifier: Identifier) -> bool:
    return bool(identifier.extra.get("hashed"))


def _is_email(identifier: Identifier) -> bool:
    return identifier.scheme.lower() in _EMAIL_TYPES


def _plain(learner: Learner) -> list[Identifier]:
    return [one for one in learner.identifiers if not _hashed(one)]


def _opened(learner: Learner, other: Learner) -> Learner:
    hashed = [one for one in learner.identifiers if _hashed(one)]
    if not hashed:
        return learner
    kept = _plain(learner)
    matched: list[Identifier] = []
    unknown: list[Identifier] = []
    for one in hashed:
        if one in other.identifiers:  # the same hash with the same salt
            kept.append(one)
        elif other.email and openbadges3.identity_matches(one, other.email):
            learner = msgspec.structs.replace(learner, email=other.email)
        elif other.id and openbadges3.identity_matches(one, other.id):
            learner = msgspec.structs.replace(learner, id=other.id)
        elif (number := _match(one, _plain(other))) is not None:
            matched.append(number)
        elif _is_email(one):
            if other.email:
                learner = msgspec.structs.replace(learner, email=one.value)
        else:
            unknown.append(one)
    rest = [one for one in _plain(other) if one not in matched and not _is_pseudonym(one.value)]
    return msgspec.structs.replace(
        learner, identifiers=(*kept, *matched, *(unknown[: len(rest)] if rest else ()))
    )


def _match(hashed: Identifier, plain: Iterable[Identifier]) -> Identifier | None:
    return next((one for one in plain if openbadges3.identity_matches(hashed, one.value)), None)


def _without_pseudonyms(learner: Learner, other: Learner) -> Learner:
    theirs = {one.value for one in other.identifiers}
    kept = tuple(one for one in learner.identifiers if not _is_pseudonym(one.value) or one.value in theirs)
    own = learner.id != other.id and _is_pseudonym(learner.id) and _is_pseudonym(other.id)
    return msgspec.structs.replace(learner, identifiers=kept, id="" if own else learner.id)


def _is_pseudonym(value: str) -> bool:
    """A random UUID: names nobody, and whoever needs one for a copy makes one."""
    return value.lower().startswith("urn:uuid:")
