"""National qualifications frameworks as country packs state them."""

from __future__ import annotations

import enum

import msgspec

__all__ = ["Basis", "Framework", "Referencing"]


class Basis(enum.StrEnum):
    """What a rule rests on: a text that was read, general knowledge of the field, or a decision of this project."""

    CONFIRMED = "confirmed"
    GENERAL_KNOWLEDGE = "general-knowledge"
    PROJECT = "project"


class Referencing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a national framework is linked with a European one: ``since`` is the year (0: not seen)."""

    done: bool
    basis: Basis
    since: int = 0
    source: str = ""

    def holds(self, year: int) -> bool:
        """Whether the link stood in a year."""
        return self.done and year >= self.since


class Framework(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A national qualifications framework: its codes begin with ``prefix``; ``eqf`` maps its levels to EQF levels."""

    prefix: str
    name: str
    referenced: Referencing
    self_certified: Referencing
    eqf: dict[str, int] = {}
    eqf_basis: Basis = Basis.GENERAL_KNOWLEDGE

    def eqf_of(self, code: str) -> int | None:
        """The EQF level of a national level's code such as ``mt-5``; None when it is not one of this framework."""
        prefix, _, level = code.partition("-")
        return self.eqf.get(level) if prefix == self.prefix else None
