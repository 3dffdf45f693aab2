"""The proof of a decision: sealed with the organisation's key, and named in the award that it leads to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.model import AwardedPart, RuleApplied
from tessella.seals.jose import sign_token
from tessella.stacking import item_data, proof_of, rule_data
from tessella_web.accounts.keys.domain import private_key
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.keys.queries import active_key
from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain.batches import MadeOf
from tessella_web.recognition.stacking.evaluating import Assessment
from tessella_web.recognition.stacking.models import Case, Part

__all__ = ["Proof", "prove"]

TYPE = "tessella-stacking-proof+jwt"


class Proof(NamedTuple):
    """The sealed proof as text, the items that it is about, and the rule as it is named in the award."""

    text: str
    items: Sequence[Mapping[str, Any]]
    rule: RuleApplied

    def made_of(self, parts: Sequence[Part]) -> MadeOf:
        """What the award lists."""
        return MadeOf([msgspec.convert(one.listed, AwardedPart, strict=False) for one in parts], self.rule)


def prove(*, case: Case, answer: Assessment, by: Person) -> Proof:
    """Prove an answer, with the rule and all that it is about, and seal that with the organisation's key.

    Raises:
        RefusedError: ``stacking.no-key``: it has no key for badges in use.
    """
    rule, organisation = answer.version.rule, case.organisation
    key = active_key(organisation, KeyUse.BADGE)
    if key is None:
        raise RefusedError(
            _("There is no key to seal the proof with."), code="stacking.no-key", field="decision",
            hint=_("Create a key for badges under “Keys”."),
        )  # fmt: skip
    items = [item_data(one) for one in answer.items]
    claims = {
        "iss": key.did,
        "iat": int(timezone.now().timestamp()),
        "proof": proof_of(answer.answer, rule, answer.items),
        "rule": rule_data(rule),
        "items": items,
        "decision": {
            "granted": True,
            "by_discretion": case.by_discretion,
            "on": timezone.localdate().isoformat(),
        },
    }
    try:
        text = sign_token(claims, private_key(key=key, purpose=f"case:{case.id}", by_id=by.id), typ=TYPE)
    except TessellaError as error:
        raise RefusedError(
            error.message, code="stacking.no-key", hint=error.hint, field="decision"
        ) from error
    applied = RuleApplied(
        id=rule.id, version=rule.version, title={organisation.language: rule.title}, url=rule.source.url,
        decided_by=_decider(case), proof_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
    return Proof(text, items, applied)


def _decider(case: Case) -> str:
    """As the rule names it: the award does not name a person."""
    decider = case.version.rule.decider
    return f"{decider.role}, {decider.name}" if decider.role else decider.name
