"""The check of the page around a credential (number 13): whether people read on it what the credential says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tessella.containers import PdfPage
from tessella.errors import TessellaError
from tessella.text import say
from tessella.verdicts import Verdict
from tessella.verification._carrier import Carrier
from tessella.verification._outcome import Outcome, explain
from tessella.verification._pades import is_issuers
from tessella.verification.printed import PrintedField, PrintedPages, compare_pages

if TYPE_CHECKING:
    from tessella.verification._case import Case

__all__ = ["check_page"]

_TOLD = 5
"""Differences named in the explanation; all are in the evidence."""

_LISTED = 60
"""Texts listed in the evidence."""


def check_page(case: Case) -> Outcome:
    """Do the pages of the PDF say what the credential in it says?

    A page that its issuer sealed is proven and not compared. What was edited fails, whatever the policy requires; what cannot be
    compared is for the reader to compare, and nothing passes until they have.
    """
    carrier, award = case.envelope.carrier, case.opened.award
    if carrier is None or award is None:
        return Outcome(Verdict.NOT_APPLICABLE, say("It is not in a PDF, so there is no page to compare."))
    if is_issuers(case, carrier):
        told = say("The issuer has sealed the pages too, and nothing on them was changed since.")
        return Outcome(Verdict.PASSED, told, {"codes": _codes(carrier)})
    pages = carrier.pages
    if isinstance(pages, TessellaError):
        told = say("The pages could not be compared with it. %(reason)s", reason=explain(pages))
        return Outcome(Verdict.INDETERMINATE, told, {"code": pages.code}, decides=True)
    found = compare_pages(pages, award)
    changes = _changes(carrier.first_pages, pages)
    return _outcome(found, changes, _evidence(found, changes, carrier, pages))


def _outcome(found: PrintedPages, changes: dict[str, list[str]], evidence: dict[str, Any]) -> Outcome:
    changed = any(changes.values())
    if found.verdict is Verdict.NOT_APPLICABLE:
        return Outcome(Verdict.NOT_APPLICABLE, say("The pages of the PDF show nothing."), evidence)
    if found.verdict is Verdict.FAILED or (found.is_certificate and changed):
        return Outcome(Verdict.FAILED, _differences(found, changes), evidence, decides=True)
    if found.only_pictures:
        told = say(
            "The pages of the PDF are pictures, which software cannot read. Compare them with what the credential says."
        )
        return Outcome(Verdict.INDETERMINATE, told, evidence, decides=True)
    if found.verdict is Verdict.INDETERMINATE or changed:
        told = _differences(found, changes) if changed else _missing(found)
        return Outcome(Verdict.INDETERMINATE, told, evidence, decides=True)
    if found.is_certificate:
        told = say("%(count)s values on the pages agree with it.", count=len(found.fields))
    else:
        told = say(
            "Title and name on the pages agree with it; the layout is not one whose other values are known."
        )
    return Outcome(Verdict.PASSED, told, evidence)


def _missing(found: PrintedPages) -> str:
    if not found.fields:
        return say("The credential states neither title nor name that could be looked for on the pages.")
    lacking = [f"{one.label} (“{one.credential}”)" for one in found.differing]
    return say("Not found on the pages: %(what)s. Compare them yourself.", what=", ".join(lacking))


def _differences(found: PrintedPages, changes: dict[str, list[str]]) -> str:
    told = [_difference(one) for one in found.differing]
    told += [say("Added to the page: “%(text)s”.", text=text) for text in found.added]
    if not told:
        told += [
            say("Gone from the page since it was made: “%(text)s”.", text=text) for text in changes["gone"]
        ]
        told += [say("New on the page since it was made: “%(text)s”.", text=text) for text in changes["new"]]
    return " ".join(dict.fromkeys(told[:_TOLD]))


def _difference(one: PrintedField) -> str:
    if not one.shown:
        if one.hidden:
            return say(
                "%(label)s: “%(value)s” is covered up on the page.", label=one.label, value=one.credential
            )
        return say(
            "%(label)s: the credential says “%(value)s”, the page does not.",
            label=one.label,
            value=one.credential,
        )
    return say(
        "%(label)s: the page shows “%(shown)s”, the credential says “%(value)s”.",
        label=one.label,
        shown=one.shown,
        value=one.credential,
    )


def _changes(before: tuple[PdfPage, ...] | None, now: tuple[PdfPage, ...]) -> dict[str, list[str]]:
    """The lines that went and came when the file was saved on top of itself."""
    if before is None:
        return {"gone": [], "new": []}
    then, today = ([line.text for page in pages for line in page.visible] for pages in (before, now))
    return {
        "gone": [text for text in dict.fromkeys(then) if then.count(text) > today.count(text)][:_LISTED],
        "new": [text for text in dict.fromkeys(today) if today.count(text) > then.count(text)][:_LISTED],
    }


def _evidence(
    found: PrintedPages, changes: dict[str, list[str]], carrier: Carrier, pages: tuple[PdfPage, ...]
) -> dict[str, Any]:
    links = (link for page in pages for link in page.links)
    listed: dict[str, Any] = {
        "layout": "certificate" if found.is_certificate else "other",
        "compared": [
            {
                "element": one.element,
                "label": one.label,
                "credential": one.credential,
                "page": one.shown,
                "agrees": one.agrees,
            }
            for one in found.fields
        ],
        "added": list(found.added[:_LISTED]),
        **changes,
        "codes": _codes(carrier),
        "links": list(dict.fromkeys(links))[:_LISTED],
    }
    return {name: value for name, value in listed.items() if value}


def _codes(carrier: Carrier) -> list[str]:
    return [one[:2000] for one in carrier.codes if one.lower().startswith(("http://", "https://"))]
