"""What is kept of a credential beside its file, so that lists, skills and rules need not read the file again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.model import MicroCredential, Outcome
from tessella.seals.sd_jwt import holder_key
from tessella.stacking import item_data, item_of
from tessella.text import pick
from tessella.verification import Opened
from tessella_web.common.addresses import parts_of
from tessella_web.credentials.wallet.entries import LONGEST, facts_of

__all__ = ["Skill", "facts_of_opened", "skills_of"]

MOST_SKILLS = 60
"""Outcomes kept of one credential: a description that lists more is not read by people either."""


class Skill(msgspec.Struct, frozen=True, kw_only=True):
    """A learning outcome, or a skill of ESCO that it is linked to (then ``uri`` is the concept's). ``kind`` is of the EQF."""

    title: str
    uri: str = ""
    kind: str = ""


def facts_of_opened(opened: Opened, languages: tuple[str, ...]) -> dict[str, Any]:
    """What is kept of a credential that was brought in; of one that is no award, what it calls itself."""
    document_id = opened.document.get("id")
    known = {"format": opened.format, "credential": document_id if isinstance(document_id, str) else ""}
    if isinstance(opened.document.get("cnf"), dict):
        known["bound_to"] = _bound_to(opened)
    award = opened.award
    if award is None:
        title = str(opened.facts.get("title") or _("Record of several credentials"))
        return {**known, "title": title[:LONGEST], "issuer": _issuer_name(opened)}
    facts = {**facts_of(award.micro_credential, languages), **known, "award": award.id}
    if not facts["title"]:
        facts |= _elsewhere(opened)
    facts["issuer"] = facts["issuer"] or _host_of_issuer(award.micro_credential, opened)
    if award.valid_until:
        facts["until"] = award.valid_until.date().isoformat()
    facts["skills"] = msgspec.to_builtins(skills_of(award.micro_credential, languages))
    facts["countable"] = msgspec.to_builtins(item_data(item_of(award, name=award.id or opened.where)))
    return facts


def _bound_to(opened: Opened) -> str:
    """The thumbprint of the key that its holder has to have; empty where that cannot be told."""
    try:
        return holder_key(opened.document).thumbprint
    except TessellaError:
        return ""


def _issuer_name(opened: Opened) -> str:
    issuer = opened.document.get("issuer")
    name = issuer.get("name") if isinstance(issuer, dict) else None
    return name[:LONGEST] if isinstance(name, str) else ""


def _host_of_issuer(record: MicroCredential, opened: Opened) -> str:
    """Of an issuer that is not named, the host of its address, or the identifier itself."""
    bodies = (*record.awarding_bodies, *record.providers, *filter(None, (record.technical_issuer,)))
    badge = opened.document.get("badge")
    linked = badge.get("issuer") if isinstance(badge, dict) else None
    stated = (*(one.homepage or one.id for one in bodies), linked if isinstance(linked, str) else "")
    found = next(filter(None, stated), "")
    return (parts_of(found).hostname or found)[:LONGEST]


def _elsewhere(opened: Opened) -> dict[str, str]:
    """An old badge gives only the address of its description."""
    badge = opened.document.get("badge")
    address = badge if isinstance(badge, str) else badge.get("id", "") if isinstance(badge, dict) else ""
    host = parts_of(address).hostname if isinstance(address, str) else ""
    said = _("Badge described at %(host)s") % {"host": host} if host else _("Badge without a name")
    return {"title": said[:LONGEST], "issuer": (host or "")[:LONGEST]}


def skills_of(record: MicroCredential, languages: Iterable[str]) -> list[Skill]:
    """The outcomes, and the ESCO skills that they are linked to, in their order; each skill once."""
    wanted = tuple(languages)
    found: dict[str, Skill] = {}
    for outcome in record.outcomes[:MOST_SKILLS]:
        for one in _of_outcome(outcome, wanted, record.language):
            found.setdefault(one.uri or one.title.casefold(), one)
    return [one for one in found.values() if one.title][:MOST_SKILLS]


def _of_outcome(outcome: Outcome, languages: tuple[str, ...], language: str) -> Iterable[Skill]:
    kind = outcome.kind.value if outcome.kind else ""
    for concept in outcome.esco:
        label = concept.label(*languages, language)
        yield Skill(title=label[:LONGEST], uri=concept.uri, kind="esco")
    yield Skill(title=pick(outcome.title, (*languages, language))[:LONGEST], kind=kind)
