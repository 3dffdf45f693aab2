"""``tessella convert``: what a file says in another format, with a report of what is lost."""

from __future__ import annotations

import enum
import secrets
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import write_description
from tessella.adapters.files import write_bytes
from tessella.canonical import element_of
from tessella.cli._app import Exit, JsonFlag, app, console, errors, print_json, say_note
from tessella.cli.check import read_subject
from tessella.errors import ConfigError
from tessella.formats import attestation, elm, elmo, openbadges3
from tessella.model import Award, Image, MicroCredential, Organisation
from tessella.model.fieldmap import Loss
from tessella.rendering import tile_facts, tile_png
from tessella.text import say


class Target(enum.StrEnum):
    """What a file can be converted to."""

    EDC = "edc"
    OPENBADGE = "openbadge"
    ATTESTATION = "attestation"
    ELMO = "elmo"
    DESCRIPTION = "description"


@app.command()
def convert(
    file: Annotated[str, typer.Argument(help="A credential; - reads standard input.")],
    to: Annotated[Target, typer.Option(help="The format wanted.")],
    out: Annotated[Path | None, typer.Option(help="Where to write it; default standard output.")] = None,
    as_json: JsonFlag = False,
) -> int:
    """Convert a credential's content and report what the other format cannot carry. The result is not sealed:
    only the issuer can seal it again."""
    subject = read_subject(file, prefer=(_READ_AS.get(to, "edc"), "edc"))
    made, lost = _CONVERSIONS[to](subject.record)
    if out is not None:
        write_bytes(out, made)
    if as_json:
        report: dict[str, Any] = {
            "input": file,
            "from": subject.format,
            "to": to.value,
            "output": str(out) if out else None,
            "notes": list(subject.notes),
            "losses": [msgspec.to_builtins(loss) for loss in lost],
        }
        if out is None:
            report["document"] = made.decode()
        print_json(report)
        return Exit.OK
    if out is None:
        console.print(made.decode(), markup=False, soft_wrap=True)
    for note in subject.notes:
        say_note(note)
    for loss in lost:
        errors.print(
            f"[yellow]![/yellow] {escape(loss.element or _element(loss.record))}: {escape(loss.reason)} "
            f"[dim]({escape(loss.record)})[/dim]"
        )
    errors.print(_count(len(lost)))
    say_note(say("The result has no seal. The original stays the proof: keep it."))
    return Exit.OK


_READ_AS = {Target.OPENBADGE: "openbadges3", Target.ATTESTATION: "attestation", Target.ELMO: "elmo"}
"""Of several credentials in a file, the one that needs no converting is taken; else the European one, which says most."""


def _element(path: str) -> str:
    """What a path of the record is about, in the words of the standard."""
    found = element_of(path.partition("[")[0])
    return say(found.title) if found else path


def _count(losses: int) -> str:
    if not losses:
        return say("Nothing is lost.")
    if losses == 1:
        return say("One thing is lost or carried in part.")
    return say("%(count)s things are lost or carried in part.", count=losses)


def _award(record: MicroCredential | Award) -> Award:
    if isinstance(record, MicroCredential):
        raise ConfigError(
            say("A description is not an award: nobody has achieved it yet."),
            code="cli.convert",
            hint=say("Award it with: tessella issue"),
        )
    return record


def _issuer(award: Award) -> Organisation:
    course = award.micro_credential
    return course.technical_issuer or next(iter(course.awarding_bodies), Organisation(name={}))


def _to_edc(record: MicroCredential | Award) -> tuple[bytes, list[Loss]]:
    award = _award(record)
    document = elm.write(
        award,
        credential_id=award.id or uuid.uuid4().urn,
        issued_at=award.issued_at or SystemClock().now(),
        issuer=_issuer(award),
        image=Image(content=tile_png(tile_facts(award.micro_credential)), media_type="image/png"),
        seal=None,
        status=None,
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=1), elm.losses(award)


def _to_openbadge(record: MicroCredential | Award) -> tuple[bytes, list[Loss]]:
    award = _award(record)
    issuer = _issuer(award)
    document = openbadges3.write(
        award,
        credential_id=award.id or uuid.uuid4().urn,
        issued_at=award.issued_at or SystemClock().now(),
        issuer=issuer,
        issuer_id=issuer.id or issuer.homepage or uuid.uuid4().urn,
        status=None,
        salt=secrets.token_urlsafe(16),
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=1), list(openbadges3.losses(award))


def _to_attestation(record: MicroCredential | Award) -> tuple[bytes, list[Loss]]:
    award = _award(record)
    issuer = _issuer(award)
    made = attestation.write(
        award,
        credential_id=award.id or uuid.uuid4().urn,
        issued_at=award.issued_at or SystemClock().now(),
        issuer=issuer,
        issuer_id=issuer.id or issuer.homepage,
    )
    return msgspec.json.format(msgspec.json.encode(made.claims), indent=1), list(attestation.losses(award))


def _to_elmo(record: MicroCredential | Award) -> tuple[bytes, list[Loss]]:
    award = _award(record)
    made = elmo.write(
        award,
        credential_id=award.id or uuid.uuid4().urn,
        issued_at=award.issued_at or SystemClock().now(),
        issuer=_issuer(award),
    )
    return made, list(elmo.losses(award))


def _to_description(record: MicroCredential | Award) -> tuple[bytes, list[Loss]]:
    if isinstance(record, MicroCredential):
        return write_description(record), []
    lost = [
        Loss(
            element=name, record=name, reason=say("A description is about the course, not about one learner.")
        )
        for name in ("learner", "awarded_on", "results")
        if getattr(record, name)
    ]
    return write_description(record.micro_credential), lost


_CONVERSIONS: dict[Target, Callable[[MicroCredential | Award], tuple[bytes, list[Loss]]]] = {
    Target.EDC: _to_edc,
    Target.OPENBADGE: _to_openbadge,
    Target.ELMO: _to_elmo,
    Target.ATTESTATION: _to_attestation,
    Target.DESCRIPTION: _to_description,
}
