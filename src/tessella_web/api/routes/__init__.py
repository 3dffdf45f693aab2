"""The operations by subject, in the order in which the documentation shows them."""

from __future__ import annotations

from tessella_web.api.routes import (
    audit,
    awards,
    batches,
    bodies,
    catalogue,
    descriptions,
    keys,
    offers,
    organisation,
    participants,
    registers,
    reviews,
    versions,
    webhooks,
)

__all__ = ["TABLES"]

TABLES = (
    organisation.operation,
    descriptions.operation,
    reviews.operation,
    versions.operation,
    catalogue.operation,
    offers.operation,
    participants.operation,
    batches.operation,
    awards.operation,
    keys.operation,
    registers.operation,
    bodies.operation,
    webhooks.operation,
    audit.operation,
)
