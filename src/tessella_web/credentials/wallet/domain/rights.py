"""Whose wallet it is."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError

__all__ = ["not_yours", "own"]


def own(by: Person, holder_id: str | None) -> None:
    """Refuse what belongs to somebody else."""
    if by.id != holder_id:
        raise not_yours()


def not_yours() -> RefusedError:
    """The refusal of what is somebody else's, or nobody's."""
    return RefusedError(
        _("This is not in your wallet."), code="wallet.not-yours", hint=_("Choose from what you have.")
    )
