"""What the pages about cases share."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Organisation
from tessella_web.pages.wallet.holding import download
from tessella_web.pages.wallet.shown import private
from tessella_web.recognition.stacking.models import Case

__all__ = ["proof_file", "staff_crumbs", "wallet_crumbs"]


def proof_file(case: Case) -> HttpResponse:
    """The sealed proof, to keep: it is about credentials by their names, and about nobody."""
    if not case.proof or case.award is None:
        raise Http404
    return private(download(case.proof.encode(), f"proof-{case.award.id}.json"))


def wallet_crumbs(*others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the wallet."""
    return [(_("Wallet"), reverse("wallet")), (_("Your cases"), reverse("stacking-cases")), *others]


def staff_crumbs(organisation: Organisation, *others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the workspace."""
    here = (_("Decisions on stacks"), reverse("stacking", args=[organisation.slug]))
    return [(organisation.name, reverse("workspace", args=[organisation.slug])), here, *others]
