"""``tessella new``: a guided start of a description file."""

from __future__ import annotations

import math
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import write_description
from tessella.adapters.files import write_bytes
from tessella.cli._app import Exit, JsonFlag, app, console, print_json, say_note
from tessella.errors import InputError, StateError, VocabularyError
from tessella.model import MicroCredential, load
from tessella.standard import check
from tessella.text import say
from tessella.verdicts import Severity
from tessella.vocabulary import code_list

COMMENTS = {
    "id": "Stays the same for every version of this micro-credential.",
    "language": "The language of plain texts below (BCP 47). For more languages write title: {en: …, nl: …}.",
    "title": "What the learner can show it under; no words like degree or diploma.",
    "awarding_bodies": "Who awards it. legal_id is the identifier in your e-seal certificate, like NTRNL-12345678.",
    "fields": "ISCED-F field of study; search with: tessella vocabulary isced-f WORDS",
    "outcomes": "What the learner can do afterwards. Start each with an active verb. Keep the ids for ever.\n"
    "kind: knowledge, skill, responsibility-autonomy or attitude.",
    "workload": "All learning time in hours, not only contact hours; credits if you may award them.",
    "levels": "Level of the learning. For learning outside frameworks write: not_applicable: {en: the reason}",
    "participation": "modes: online, on-site, blended, work-based, project-based, research-lab.",
    "assessments": "How outcomes are assessed and which (covers). See: tessella vocabulary assessment",
    "quality": "Who assures quality, inside (side: internal) and outside (side: external), decided when.",
    "prerequisites": "What is needed to enrol; none_needed: true when nothing is.",
    "stackability": "stackable: true needs targets with a title; otherwise it stands alone.",
}


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="The description file to write.")] = Path(
        "micro-credential.yaml"
    ),
    title: Annotated[str, typer.Option(help="Title.")] = "",
    organisation: Annotated[str, typer.Option(help="Awarding body.")] = "",
    country: Annotated[str, typer.Option(help="Its country (two letters).")] = "",
    hours: Annotated[str, typer.Option(help="Workload in hours.")] = "",
    credits: Annotated[str, typer.Option(help="ECTS credits; leave out when none are awarded.")] = "",
    level: Annotated[str, typer.Option(help="EQF level 1–8; leave out when levels do not apply.")] = "",
    mode: Annotated[str, typer.Option(help="online, on-site, blended …")] = "",
    assessment: Annotated[str, typer.Option(help="Type of assessment, e.g. written-exam.")] = "",
    language: Annotated[str, typer.Option(help="Language of the texts.")] = "en",
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Ask nothing; leave gaps to be filled in the file.")
    ] = False,
    as_json: JsonFlag = False,
) -> int:
    """Write a description file to edit: asks a few questions, explains every field, says what is still missing."""
    if file.exists():
        raise StateError(
            say("The file is already there."),
            code="cli.exists",
            place=str(file),
            hint=say("Choose another name, or edit it and run: tessella check %(file)s", file=file),
        )
    ask = _silent if no_input or as_json else _ask
    answers = {
        "title": title or ask(say("Title of the micro-credential")),
        "organisation": organisation or ask(say("Who awards it (legal name)")),
        "country": _coded("country", country)
        or ask(say("Country of the awarding body (two letters)"), "country"),
        "hours": hours or ask(say("Workload in hours (all learning time)")),
        "credits": credits or ask(say("ECTS credits (empty if none)")),
        "level": _coded("eqf", level) or ask(say("EQF level 1 to 8 (empty if levels do not apply)"), "eqf"),
        "mode": _coded("mode", mode) or ask(say("Form of participation (online, on-site, blended)"), "mode"),
        "assessment": _coded("assessment", assessment) or ask(say("Type of assessment"), "assessment"),
        "outcomes": [] if no_input or as_json else _outcomes(),
    }
    plain = _description(answers, language)
    write_bytes(file, write_description(plain, comments=COMMENTS))
    record: MicroCredential = load(plain).record
    result = check(record, on=SystemClock().now().date())
    missing = sum(1 for finding in result.findings if finding.severity is Severity.ERROR)
    if as_json:
        print_json({"file": str(file), "complete": result.complete, "missing": missing})
        return Exit.OK
    console.print(say("Wrote [bold]%(file)s[/bold].", file=escape(str(file))))
    if missing:
        say_note(
            say("%(count)s things are still missing. Edit the file, then run: tessella check %(file)s",
                count=missing, file=file)
        )  # fmt: skip
    return Exit.OK


def _ask(question: str, list_name: str = "") -> str:
    while True:
        answer = str(typer.prompt(question, default="", show_default=False)).strip()
        if not answer or not list_name:
            return answer
        try:
            return code_list(list_name).require(answer).code
        except VocabularyError as error:
            console.print(f"{error.message} {error.hint}", markup=False)


def _silent(question: str, list_name: str = "") -> str:
    return ""


def _coded(list_name: str, value: str) -> str:
    return code_list(list_name).require(value).code if value else ""


def _outcomes() -> list[str]:
    console.print(say("What can the learner do afterwards? One outcome per line; an empty line ends."))
    found: list[str] = []
    while answer := _ask(say("Outcome %(number)s", number=len(found) + 1)):
        found.append(answer)
    return found


def _description(answers: dict[str, Any], language: str) -> dict[str, Any]:
    outcomes = answers["outcomes"] or [""]
    ids = [f"lo-{number}" for number in range(1, len(outcomes) + 1)]
    workload: dict[str, Any] = {"hours": _number(answers["hours"])}
    if answers["credits"]:
        workload["credits"] = {"points": _number(answers["credits"]), "system": "ects"}
    return {
        "id": uuid.uuid4().urn,
        "version": "1",
        "language": language,
        "title": answers["title"],
        "awarding_bodies": [
            {"name": answers["organisation"], "legal_id": "", "places": answers["country"] or []}
        ],
        "fields": [],
        "outcomes": [
            {"id": id, "title": text, "kind": "skill"} for id, text in zip(ids, outcomes, strict=True)
        ],
        "workload": workload,
        "levels": {"eqf": answers["level"]} if answers["level"] else {},
        "participation": {"modes": answers["mode"] or [], "languages": [language]},
        "assessments": [
            {"id": "assessment-1", "type": answers["assessment"], "covers": ids, "criteria": ""}
            if answers["assessment"]
            else {"id": "assessment-1", "covers": ids}
        ],
        "quality": [{"side": "internal", "title": ""}],
        "prerequisites": {"text": ""},
        "stackability": {"stackable": False},
    }  # fmt: skip


def _number(text: str) -> int | float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise InputError(
            say("“%(text)s” is not a number of hours or credits.", text=text[:40]),
            code="cli.number",
            hint=say("Write a number like 25 or 7.5, or leave it out."),
        )
    return int(value) if value.is_integer() else value
