"""Signed verification reports: what was found, as data under the installation's signature and as a page to keep on file.

Nothing is stored here: a report is made from an answer and given to who asked. A page is made again only of a report that this
installation has signed itself.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

import tessella
from tessella.canonical import jcs
from tessella.errors import TessellaError
from tessella.formats import verification_report as reports
from tessella.formats.verification_report import Verification
from tessella.rendering import ReportedCheck, ReportedCredential, report_text, verdict_words, verification_pdf
from tessella.seals import pades
from tessella.seals.data_integrity import add_proof
from tessella.verdicts import Report, Verdict
from tessella.verification import DEFAULT, Policy, Surroundings, verify
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.verifying.answers import fact_rows, leaves
from tessella_web.credentials.verifying.signing import SUITES, platform
from tessella_web.credentials.verifying.surroundings import around

__all__ = [
    "MAX_REPORT_BYTES",
    "as_json",
    "as_pdf",
    "digest_of",
    "is_ours",
    "own_report",
    "signed_report",
    "sources",
]

MAX_REPORT_BYTES = 8_000_000
"""A report about two hundred credentials is about 2 MB."""

NAME = "verification-report.json"
"""The data in the PDF."""


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sources(at: dt.datetime) -> reports.Sources:
    """What the installation knows of the world at an instant, as a report names it."""
    known = around(at, ("en",))
    lists = known.trusted_lists.copies() if known.trusted_lists else ()
    return reports.Sources(
        network=settings.VERIFY_ONLINE,
        anchors=tuple(map(digest_of, known.anchors)),
        trusted_lists=tuple(
            reports.TrustedList(territory=one.territory, number=one.sequence_number, issued=one.issued_at)
            for one in lists
        ),
        registers=tuple(
            reports.Register(name=one.name, url=one.url, updated=one.updated, issuers=len(one.entries))
            for one in known.registries
        ),
    )


def signed_report(
    report: Report,
    *,
    name: str,
    sha256: str,
    size: int,
    policy: Policy = DEFAULT,
    known: reports.Sources | None = None,
) -> dict[str, Any]:
    """The report on a file, signed by the installation now.

    Args:
        sha256: of the bytes that were verified.
        known: the sources, where they are at hand already.
    """
    now = timezone.now().replace(microsecond=0)
    at = report.at or now
    found = Verification(
        verdict=report.verdict,
        file=reports.VerifiedFile(name=name, sha256=sha256, size=size),
        as_of=at,
        checked_at=now,
        policy=msgspec.to_builtins(policy),
        software=reports.Software(name="tessella", version=tessella.__version__),
        sources=known or sources(at),
        report=report,
        notice=_personal(),
    )
    own = platform()
    document = reports.build(
        found, id=uuid.uuid4().urn, issuer=own.did, name=urlsplit(settings.BASE_URL).netloc
    )
    return add_proof(document, own.signer, cryptosuite=SUITES[own.signer.algorithm], created=now)


def as_json(document: dict[str, Any]) -> bytes:
    """The report as a file: JSON that people can read too."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def own_report(data: bytes) -> dict[str, Any] | None:
    """The report in ``data``, when this installation has signed it and nothing was changed; else None."""
    if len(data) > MAX_REPORT_BYTES:
        return None
    own = platform()
    published = own.did_document()
    known = {own.did: jcs(published)} if published else {}
    checked = verify(data, surroundings=Surroundings(at=timezone.now(), documents=known))
    if not is_ours(checked):
        return None
    document: dict[str, Any] = json.loads(data)
    return document


def is_ours(report: Report) -> bool:
    """Whether what was verified is a report that this installation has signed, and unchanged."""
    genuine = (report.verdict, report.format) == (Verdict.PASSED, "verification-report")
    return genuine and report.subject.get("issuer_id") == platform().did


def as_pdf(document: dict[str, Any]) -> bytes:
    """The report as a page, with the signed data attached; sealed where the installation has a certificate, and said plainly else.

    Raises:
        RefusedError: ``verify.report-seal``, the certificate cannot be used.
    """
    own, found, now = platform(), reports.read(document), timezone.now()
    view = report_text(found.report)
    made = verification_pdf(
        file=found.file.name,
        verdict=found.verdict,
        word=view.word,
        headline=view.headline,
        rows=_rows(document, found),
        credentials=[_credential(one) for one in leaves(found.report)],
        notices=(_personal(), _sealed(own.sealer is not None, own.did)),
        made_at=now,
        attachments={NAME: as_json(document)},
        language=(get_language() or "en")[:2],
    )
    if own.sealer is None:
        return made
    try:
        return pades.seal(made, own.sealer, at=now)
    except TessellaError as error:
        raise RefusedError(
            _("The page cannot be sealed: %(reason)s") % {"reason": error.message},
            code="verify.report-seal",
            hint=_("Take the report as data: it is signed all the same. Tell who runs this installation."),
        ) from error


def _personal() -> str:
    return _(
        "This report holds what the credential says about a person. Keep it only as long as you need it, and show it to nobody who does not."
    )


def _sealed(is_sealed: bool, did: str) -> str:
    where = settings.BASE_URL + reverse("verify")
    if is_sealed:
        return _("This page is sealed, and the data attached to it is signed by %(did)s. Hand the file in at %(url)s to have both checked.") % {"did": did, "url": where}  # fmt: skip
    return _(
        "The data attached to this page is signed by %(did)s. The page itself carries no seal, because this installation has no certificate for one: what counts is the data. Hand the file in at %(url)s to have it checked."
    ) % {"did": did, "url": where}


def _rows(document: dict[str, Any], found: Verification) -> list[tuple[str, str]]:
    known, policy = found.sources, found.policy
    return [
        (_("File"), found.file.name),
        (_("SHA-256 of the file"), found.file.sha256),
        (_("Size"), _("%(n)s bytes") % {"n": found.file.size}),
        (_("Judged as of"), _moment(found.as_of)),
        (_("Checked"), _moment(found.checked_at)),
        (_("Policy"), f"{policy.get('name', '')}: {', '.join(policy.get('required', ()))}"),
        (_("Software"), f"{found.software.name} {found.software.version}"),
        (_("Other servers"), _("asked where the credential names them") if known.network else _("not asked")),
        (_("Registers"), "; ".join(map(_register, known.registers)) or _("none")),
        (_("Trusted lists"), ", ".join(f"{one.territory} {one.number}" for one in known.trusted_lists) or _("none")),
        (_("Trusted certificates"), str(len(known.anchors))),
        (_("Number of this report"), str(document["id"])),
        (_("Signed by"), f"{document['issuer']['name']}, {document['issuer']['id']}"),
    ]  # fmt: skip


def _register(one: reports.Register) -> str:
    return f"{one.name} ({_moment(one.updated)})" if one.updated else one.name


def _moment(at: dt.datetime) -> str:
    return date_format(at.astimezone(dt.UTC), "j F Y, H:i") + " UTC"


def _credential(report: Report) -> ReportedCredential:
    view = report_text(report)
    facts = {check.id: check.evidence for check in report.checks}
    return ReportedCredential(
        title=str(report.subject.get("title", "")) or view.input,
        verdict=report.verdict,
        word=verdict_words(report.verdict).word,
        facts=view.facts,
        checks=tuple(
            ReportedCheck(view=one, evidence=tuple(fact_rows(facts.get(one.id, {})))) for one in view.checks
        ),
    )
