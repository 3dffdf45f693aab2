"""What a token may be limited to: groups of capabilities, in words for people who make tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.permissions import SENSITIVE

__all__ = ["NOT_FOR_PROGRAMS", "PERSONAL", "SCOPES", "Scope", "scope_of"]


class Scope(NamedTuple):
    """A group of capabilities (see `accounts.permissions`), what it is called, and what it lets a program do.

    One without capabilities is for what people do for themselves, whatever their roles; with ``decides`` others go by their word.
    """

    title: Any
    text: Any
    capabilities: frozenset[str] = frozenset()
    decides: bool = False

    @property
    def is_sensitive(self) -> bool:
        """Whether it seals, takes back or lets others do so: making a token with it takes a fresh second factor."""
        return self.decides or bool(self.capabilities & (SENSITIVE | {"organisation.manage"}))

    @property
    def is_personal(self) -> bool:
        """Whether it is about the person's own things, not about those of an organisation."""
        return not self.capabilities


SCOPES: Mapping[str, Scope] = {
    "organisation:read": Scope(
        _("Read the organisation"), _("Name, people and their roles, statistics."),
        frozenset({"organisation.view", "statistics.view"}),
    ),
    "organisation:manage": Scope(
        _("Manage the organisation"), _("Give and take roles, set rules."),
        frozenset({"organisation.manage", "role.delegate", "identity.claim", "shared.manage"}),
    ),
    "descriptions:read": Scope(
        _("Read descriptions"), _("Descriptions in work, what they miss, their reviews."),
        frozenset({"description.view"}),
    ),
    "descriptions:write": Scope(
        _("Write descriptions"), _("Start and change descriptions, hand them in for review."),
        frozenset({"description.edit", "description.submit", "peer.ask"}),
    ),
    "quality:write": Scope(
        _("Review quality"), _("Comment, answer the checklist, decide; keep the own checklist."),
        frozenset({"quality.comment", "quality.decide", "checklist.edit"}),
    ),
    "versions:publish": Scope(
        _("Publish"), _("Publish and withdraw versions."),
        frozenset({"version.publish"}),
    ),
    "rules:write": Scope(
        _("Write rules"), _("By which rules others' credentials count towards larger awards of yours."),
        frozenset({"rule.edit"}),
    ),
    "rules:publish": Scope(
        _("Publish rules"), _("Publish rules for larger awards, and end them."),
        frozenset({"rule.publish"}),
    ),
    "offers:write": Scope(
        _("Offer"), _("Say when, where and for how much something is offered."),
        frozenset({"offer.edit"}),
    ),
    "participants:read": Scope(
        _("Read who takes part"), _("The people of an offer, with what assessors recorded."),
        frozenset({"participant.view"}),
    ),
    "participants:write": Scope(
        _("Manage who takes part"), _("List people, decide on applications, record what assessors found."),
        frozenset({"participant.manage", "outcome.record"}),
    ),
    "needs:write": Scope(
        _("Know what people need in assessment"), _("Read and write down what participants need: this can tell of their health."),
        frozenset({"accommodation.view"}),
    ),
    "awards:read": Scope(
        _("Read awards"), _("Batches and awards with the learners’ data, and the files."),
        frozenset({"batch.view"}),
    ),
    "awards:write": Scope(
        _("Prepare awards"), _("Prepare and start batches, correct awards."),
        frozenset({"activity.run", "batch.prepare", "award.correct"}),
    ),
    "awards:seal": Scope(
        _("Seal and take back"), _("Approve batches, suspend and revoke awards."),
        frozenset({"batch.approve", "award.revoke"}),
    ),
    "shared:read": Scope(
        _("Read what was handed in"), _("What learners showed to the organisation, with the files where they allow it."),
        frozenset({"shared.read"}),
    ),
    "stacks:decide": Scope(
        _("Decide on stacks"), _("What learners ask you to decide by your rules: read it, ask back, decide."),
        frozenset({"stack.decide"}), decides=True,
    ),
    "advice:write": Scope(
        _("Advise"), _("The lists of options that you make for clients, and what they answer."),
        frozenset({"advise"}),
    ),
    "keys:manage": Scope(
        _("Manage keys"), _("List, make, replace and revoke keys; never their secret parts."),
        frozenset({"key.manage"}),
    ),
    "registers:write": Scope(
        _("Keep registers"), _("Enter bodies and reports, import files, take snapshots."),
        frozenset({"register.manage", "register.import"}),
    ),
    "audit:read": Scope(
        _("Read the audit trail"), _("Entries about this organisation, and the head of the chain."),
        frozenset({"audit.view"}),
    ),
    "webhooks:manage": Scope(
        _("Manage webhooks"), _("Where events are sent, and what was delivered."),
        frozenset({"webhook.manage"}),
    ),
    "wallet:read": Scope(
        _("Read your wallet"), _("Everything you hold, the files, and what you show to whom."),
    ),
    "wallet:write": Scope(
        _("Keep your wallet"), _("Claim, bring in, write down and take out; show things to others and end that."),
    ),
    "wallet:present": Scope(
        _("Present as you"), _("Make and destroy your keys, and answer verifiers with them."),
        decides=True,
    ),
    "courses:read": Scope(
        _("Read your courses"), _("Where you take part or applied, what you handed in, what was recorded of you."),
    ),
    "courses:write": Scope(
        _("Take part for you"), _("Enrol, apply, hand in evidence, say what you need, withdraw."),
    ),
    "peers:answer": Scope(
        _("Answer for you as an outside view"), _("Accept or decline when another organisation asks you to look, and approve its batch."),
        decides=True,
    ),
    "organisations:found": Scope(
        _("Found organisations"), _("Found an organisation of which you are the owner."),
    ),
    "identity:review": Scope(
        _("Review who is who"), _("What a named reviewer of the installation decides."),
        decides=True,
    ),
    "bodies:write": Scope(
        _("Keep what is known of bodies"), _("Names, identifiers and relations of bodies that you may describe."),
    ),
}  # fmt: skip
"""By name; a capability is in one scope only."""

PERSONAL = frozenset(name for name, scope in SCOPES.items() if scope.is_personal)
"""The scopes that a token without an organisation can have."""

NOT_FOR_PROGRAMS: Mapping[str, str] = {
    "recovery.view": "Somebody looks at another person's papers, face to face.",
    "recovery.check": "Somebody looks at another person's papers, face to face.",
    "token.make": "A token that makes tokens would outlive its own end and its revocation.",
}
"""Capabilities that are in no scope, and why."""

_SCOPE_OF = {capability: name for name, scope in SCOPES.items() for capability in scope.capabilities}


def scope_of(capability: str) -> str:
    """The scope that a token needs for a capability.

    Raises:
        KeyError: no scope has it: programs cannot do this.
    """
    return _SCOPE_OF[capability]
