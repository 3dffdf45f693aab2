"""The operations by subject, in the order in which the documentation shows them."""

from __future__ import annotations

from tessella_web.api.routes import (
    activities,
    activity_tasks,
    alliances,
    audit,
    awards,
    batches,
    bodies,
    branding,
    catalogue,
    consultations,
    descriptions,
    keys,
    mandates,
    offers,
    organisation,
    participants,
    people,
    policies,
    registers,
    reviews,
    skills,
    versions,
    webhooks,
)

__all__ = ["TABLES"]

TABLES = (
    organisation.operation,
    people.operation,
    policies.operation,
    descriptions.operation,
    reviews.operation,
    consultations.operation,
    versions.operation,
    catalogue.operation,
    skills.operation,
    offers.operation,
    participants.operation,
    batches.operation,
    awards.operation,
    activities.operation,
    activity_tasks.operation,
    keys.operation,
    mandates.operation,
    alliances.operation,
    branding.operation,
    registers.operation,
    bodies.operation,
    webhooks.operation,
    audit.operation,
)
