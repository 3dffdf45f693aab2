"""The pages that somebody put together, and the files that are only on them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.parts import Leaver, Part, delete_file
from tessella_web.credentials.portfolio.models import Piece, Portfolio

__all__ = ["PART"]


def _forget(leaver: Leaver) -> Mapping[str, int]:
    pages = Portfolio.objects.filter(holder=leaver.person)
    files = Piece.objects.filter(portfolio__in=pages).exclude(file="")
    counts = {"portfolios": pages.count(), "portfolio-files": files.count()}
    for path in files.values_list("file", flat=True):
        delete_file(path)
    pages.delete()
    return counts


PART = Part(
    forget=_forget,
    labels={"portfolios": _("Pages you put together"), "portfolio-files": _("Files that were only on them")},
)
