"""The proof of a decision: sealed with the organisation's key, and named in the award that it leads to."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella import typed
from tessella.errors import TessellaError
from tessella.issuing.proofs import seal_proof
from tessella.model import Award, AwardedPart, Learner, RuleApplied
from tessella.stacking import Item, item_data, proof_of, rule_data
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain.batches import MadeOf
from tessella_web.credentials.domain.sealers import issuer_of, record_to_award
from tessella_web.recognition.stacking.evaluating import Assessment
from tessella_web.recognition.stacking.models import Case, Part

__all__ = ["Proof", "prove"]


class Proof(NamedTuple):
    """The sealed proof as text, the items that it is about, and how the award names itself and the rule."""

    text: str
    items: Sequence[Mapping[str, Any]]
    award: str
    rule: RuleApplied

    def made_of(self, parts: Sequence[Part]) -> MadeOf:
        """What the award lists."""
        listed = [typed.convert(one.listed, AwardedPart, strict=False) for one in parts]
        return MadeOf(listed, self.rule, self.award)


def prove(*, case: Case, answer: Assessment, version: Version) -> Proof:
    """Prove an answer, with the rule and all that it is about, and seal that with the organisation's key.

    Raises:
        RefusedError: ``stacking.no-key``: it has no key that seals proofs.
    """
    rule, organisation = answer.version.rule, case.organisation
    items, now = _named(answer), timezone.now()
    larger = Award(
        id=uuid.uuid4().urn, micro_credential=record_to_award(version, organisation), learner=Learner(), awarded_on=answer.answer.on,
        rule=RuleApplied(
            id=rule.id, version=rule.version, title={organisation.language: rule.title}, url=rule.source.url,
            decided_by=_decider(case, answer),
        ),
    )  # fmt: skip
    try:
        award, data = seal_proof(
            larger, issuer_of(organisation, larger.micro_credential, purpose=f"case:{case.id}"),
            proof=proof_of(answer.answer, rule, items), rule=rule_data(rule), items=[item_data(one) for one in items], at=now,
        )  # fmt: skip
    except TessellaError as error:
        raise RefusedError(
            _("The proof cannot be sealed: %(why)s") % {"why": error.message}, code="stacking.no-key", field="decision",
            hint=_("Create a key for badges under “Keys”."),
        ) from error  # fmt: skip
    if award.rule is None:
        raise ValueError(case.pk)
    return Proof(data.decode(), [item_data(one) for one in items], award.id, award.rule)


def _named(answer: Assessment) -> list[Item]:
    """The items under the ids of their awards, as the larger award lists them; in the order of the answer."""
    taken: dict[str, str] = {}
    for one in answer.parts:
        id = str(one.part.listed.get("id", ""))
        taken[one.part.id] = id if id and id not in taken.values() else one.part.id
    return [
        msgspec.structs.replace(
            one, id=taken[one.id], parts=tuple(taken.get(part, part) for part in one.parts)
        )
        for one in answer.items
    ]


def _decider(case: Case, answer: Assessment) -> str:
    """As the rule names it: the award does not name a person. Discretion is said wherever the decision is."""
    decider = answer.version.rule.decider
    name = f"{decider.role}, {decider.name}" if decider.role else decider.name
    return _("%(name)s, by discretion") % {"name": name} if case.by_discretion else name
