"""``tessella guide gap`` and ``tessella guide entry``: what a wallet lacks for an occupation, and which studies it opens."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import parse_description
from tessella.adapters.esco import EscoFolder, read_occupation, read_skills
from tessella.adapters.files import expand_inputs, read_bytes, shown_name, write_bytes
from tessella.adapters.vectors import read_vectors
from tessella.cli._app import Exit, JsonFlag, console, no_inputs, print_json, say_note
from tessella.cli.stack import OnOption, VerifyFlag, WalletArgument, read_items
from tessella.errors import ConfigError, InputError, SchemaError
from tessella.guidance.entry import (
    Answer,
    EntryRule,
    Opened,
    entry_rule_data,
    from_prerequisites,
    load_entry_rules,
    opens,
)
from tessella.guidance.gap import (
    Evidence,
    Gap,
    Match,
    Occupation,
    Offered,
    Stand,
    Standing,
    gap,
    goal_rule,
    load_confirmed,
    load_occupation,
)
from tessella.guidance.suggesting import LexicalSuggester, Suggester, VectorSuggester, unlinked
from tessella.model import MicroCredential, load
from tessella.stacking import Item, load_items, rule_data
from tessella.text import pick, say

__all__ = ["entry_command", "gap_command"]


def gap_command(
    occupation: Annotated[
        str,
        typer.Argument(
            help="A file with the skills of an occupation or any goal (YAML, JSON); with --esco the name or URI of one of ESCO's."
        ),
    ],
    wallet: WalletArgument,
    esco: Annotated[
        Path | None,
        typer.Option(help="The folder of ESCO's official CSV download: skills, hierarchy, names."),
    ] = None,
    language: Annotated[str, typer.Option(help="The language of ESCO's names.")] = "en",
    offers: Annotated[
        Path | None, typer.Option(help="What is offered: which of it brings what is missing.")
    ] = None,
    planned: Annotated[
        list[str] | None, typer.Option("--plan", help="What if: as if this offer were passed. Several times.")
    ] = None,
    confirmed: Annotated[
        Path | None, typer.Option(help="What a person says that words of credentials mean (YAML, JSON).")
    ] = None,
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest", help="Suggest skills for credentials that name none; nothing of it counts."
        ),
    ] = False,
    vectors: Annotated[
        Path | None,
        typer.Option(help="Suggest by meaning, with the word vectors in this file (text format)."),
    ] = None,
    as_rule: Annotated[
        Path | None,
        typer.Option(help="Write the essential skills as a rule (JSON), to plan with: tessella stack plan."),
    ] = None,
    on: OnOption = None,
    verified: VerifyFlag = False,
    as_json: JsonFlag = False,
) -> int:
    """What a wallet lacks for an occupation. Exits 0 when every essential skill is held or planned, 1 when one is missing, 3 when one is only near."""
    skills = read_skills(esco, language=language) if esco else None
    goal = _goal(occupation, esco, skills, language)
    items = read_items(wallet, verified=verified)
    offered = _offered(offers) if offers else ()
    statements = (
        load_confirmed(parse_description(read_bytes(confirmed), str(confirmed)), place=str(confirmed))
        if confirmed
        else ()
    )
    found = gap(
        items, goal, skills.relations if skills else None, on=on.date() if on else SystemClock().now().date(),
        confirmed=statements, offers=offered, planned=_chosen(offered, planned or ()),
    )  # fmt: skip
    suggestions = (
        _suggestions(items, goal, skills, vectors, {one.text for one in statements})
        if suggest or vectors
        else {}
    )
    if as_rule is not None:
        text = json.dumps(rule_data(goal_rule(goal)), ensure_ascii=False, indent=1)
        write_bytes(as_rule, text.encode() + b"\n")
    if as_json:
        print_json({**msgspec.to_builtins(found), "suggestions": msgspec.to_builtins(suggestions)})
    else:
        _print_gap(found, suggestions)
    if found.count(Standing.MISSING):
        return Exit.NEGATIVE
    return Exit.INDETERMINATE if found.count(Standing.NEAR) else Exit.OK


def entry_command(
    programmes: Annotated[
        str,
        typer.Argument(help="Entry requirements (YAML, JSON), a description, or a folder with either."),
    ],
    wallet: WalletArgument,
    on: OnOption = None,
    verified: VerifyFlag = False,
    as_json: JsonFlag = False,
) -> int:
    """Which further studies a wallet opens, the nearest first. Exits 0 when one is met, 3 when none is but something is not known, else 1."""
    rules = _programmes(programmes)
    items = read_items(wallet, verified=verified)
    found = opens(items, rules, on=on.date() if on else SystemClock().now().date())
    if as_json:
        print_json(
            [
                {**msgspec.to_builtins(one), "rule": entry_rule_data(one.rule), "lacking": one.lacking}
                for one in found
            ]
        )
    else:
        _print_opened(found, items)
    answers = {one.answer for one in found}
    if Answer.MET in answers:
        return Exit.OK
    return Exit.INDETERMINATE if answers - {Answer.MISSING} else Exit.NEGATIVE


def _goal(name: str, esco: Path | None, skills: EscoFolder | None, language: str) -> Occupation:
    path = Path(name)
    if path.is_file() or esco is None or skills is None:
        return load_occupation(parse_description(read_bytes(path), name), place=name)
    return read_occupation(name, esco, skills, language=language)


def _offered(path: Path) -> tuple[Offered, ...]:
    """The offers of a plan's file, or a list of items: what is learned in each."""
    data = parse_description(read_bytes(path), str(path))
    listed = data.get("offers") if isinstance(data, Mapping) and "offers" in data else data
    providers: dict[str, str] = {}
    if isinstance(data, Mapping) and "offers" in data and isinstance(listed, list):
        for one in listed:
            if not (isinstance(one, Mapping) and isinstance(one.get("award"), Mapping)):
                raise SchemaError(
                    say("An offer has no award."), code="guidance.offers", place=str(path),
                    hint=say("Say in award what is learned: title and outcomes."),
                )  # fmt: skip
            providers[str(one.get("id", ""))] = str(one.get("provider") or "")
        listed = [{**one["award"], "id": str(one.get("id", ""))} for one in listed]
    return tuple(
        Offered(id=one.id, title=one.name, provider=providers.get(one.id, ""), outcomes=one.outcomes or ())
        for one in load_items(listed, place=str(path))
    )


def _chosen(offers: Sequence[Offered], ids: Sequence[str]) -> tuple[Offered, ...]:
    known = {one.id: one for one in offers}
    for id in ids:
        if id not in known:
            raise InputError(
                say("There is no offer “%(id)s”.", id=id), code="guidance.no-offer", got=id,
                expected=", ".join(sorted(known)[:10]) or None, hint=say("Name one of the offers of --offers by its id."),
            )  # fmt: skip
    return tuple(known[id] for id in ids)


def _suggestions(
    items: Sequence[Item],
    goal: Occupation,
    skills: EscoFolder | None,
    vectors: Path | None,
    settled: set[str],
) -> dict[str, list[dict[str, Any]]]:
    """By the words of credentials the skills that they may mean; words that somebody has settled are left out."""
    labels: Mapping[str, Sequence[str]] = skills.labels if skills else {one.skill: (one.title,) for one in goal.needs if one.title}  # fmt: skip
    if not labels:
        raise ConfigError(
            say("Nothing says what the skills are called."), code="guidance.no-labels",
            hint=say("Give ESCO's folder with --esco, or a title with each skill."),
        )  # fmt: skip
    suggester: Suggester = VectorSuggester(read_vectors(vectors), labels) if vectors else LexicalSuggester(labels)  # fmt: skip
    wanted = [
        (item, text)
        for item, texts in unlinked(items, {*labels, *(one.skill for one in goal.needs)}).items()
        for text in texts
        if text not in settled
    ]
    found: dict[str, list[dict[str, Any]]] = {}
    for (item, text), several in zip(
        wanted, suggester.suggest([text for _item, text in wanted]), strict=True
    ):
        if several:
            found[text] = [{"item": item, **msgspec.to_builtins(one)} for one in several]
    return found


_STYLES = {
    Standing.HELD: "[green]✓[/green]", Standing.PLANNED: "[cyan]→[/cyan]", Standing.NEAR: "[yellow]~[/yellow]",
    Standing.MISSING: "[red]−[/red]",
}  # fmt: skip


def _print_gap(found: Gap, suggestions: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    goal = found.occupation
    version = say(", version %(version)s", version=goal.version) if goal.version else ""
    console.print(
        f"[bold]{escape(goal.title)}[/bold]  "
        + escape(f"{goal.classification}{version}, {say('names in: %(language)s', language=goal.language)}")
    )
    for title, stands in (
        (say("Essential skills"), found.essential),
        (say("Optional skills"), found.optional),
    ):
        if not stands:
            continue
        held = sum(one.standing is Standing.HELD for one in stands)
        console.print(f"[bold]{escape(title)}[/bold]  " + escape(say("%(held)s of %(all)s held", held=held, all=len(stands))))  # fmt: skip
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
        table.add_column(width=1)
        table.add_column(max_width=44)
        table.add_column(overflow="fold")
        for one in stands:
            table.add_row(_STYLES[one.standing], escape(one.need.name), escape(_stand_words(one)))
        console.print(table)
    for offer in found.offers:
        brings = len(offer.skills) + len(offer.narrower)
        console.print("[cyan]+[/cyan] " + escape(say("%(title)s (%(id)s) %(provider)s: brings %(count)s of what is missing", title=offer.title, id=offer.id, provider=offer.provider, count=brings)))  # fmt: skip
    for title in found.left_out:
        say_note(say("“%(title)s” is not valid and is no evidence.", title=title))
    for text, several in suggestions.items():
        for each in several:
            console.print("[dim]?[/dim] " + escape(say("“%(text)s”: perhaps %(title)s <%(skill)s>, suggested (%(method)s, %(score)s). It counts when a person confirms it.", text=text, **{k: each[k] for k in ("title", "skill", "method", "score")})))  # fmt: skip


def _stand_words(one: Stand) -> str:
    return "; ".join(map(_evidence_words, one.evidence)) or say("nothing")


_STRENGTHS = {
    "assessed": "assessed", "stated": "stated, assessment not said", "lapsed": "no longer valid", "planned": "planned",
}  # fmt: skip
_MATCHES = {
    Match.NARROWER: "says something narrower: %(said)s",
    Match.BROADER: "says something broader: %(said)s",
    Match.CONFIRMED: "“%(said)s”, by the word of %(by)s on %(day)s",
}


def _evidence_words(one: Evidence) -> str:
    words = [say(_STRENGTHS[one.strength])]
    if one.match in _MATCHES:
        words.append(say(_MATCHES[one.match], said=one.said, by=one.confirmed_by, day=one.confirmed_on))
    if not one.is_verified and one.strength in ("assessed", "stated"):
        words.append(say("not verified"))
    return f"{one.title} ({', '.join(words)})"


def _programmes(name: str) -> tuple[EntryRule, ...]:
    found: list[EntryRule] = []
    for one in expand_inputs([name]):
        shown = shown_name(one)
        data = parse_description(read_bytes(Path(one)), shown)
        if isinstance(data, list) or (isinstance(data, Mapping) and "programmes" in data):
            found += load_entry_rules(data, place=shown)
            continue
        record: MicroCredential = load(data, place=shown).require()
        bodies = record.providers or record.awarding_bodies
        provider = pick(bodies[0].name, (record.language,)) if bodies else say("the provider")
        found.append(
            from_prerequisites(
                record.prerequisites, id=record.id or shown, title=pick(record.title, (record.language,)) or shown,
                provider=provider, language=record.language,
            )
        )  # fmt: skip
    if not found:
        raise no_inputs()
    return tuple(found)


_ANSWERS = {
    Answer.MET: ("✓", "green"), Answer.IN_WORDS: ("i", "cyan"), Answer.UNKNOWN: ("?", "yellow"), Answer.MISSING: ("−", "red"),
}  # fmt: skip


def _print_opened(found: Sequence[Opened], items: Sequence[Item]) -> None:
    for one in found:
        sign, style = _ANSWERS[one.answer]
        head = f"{one.rule.title} · {one.rule.provider}"
        console.print(f"[{style}]{sign}[/{style}] [bold]{escape(head)}[/bold]  {escape(one.message)}")
        for each in one.judgements:
            sign, style = _ANSWERS[each.answer]
            console.print(
                f"  [{style}]{sign}[/{style}] {escape(each.sentence)}. [dim]{escape(each.why)}[/dim]"
            )
    say_note(
        say("Met is met as published, with %(count)s credentials; who provides it decides.", count=len(items))
    )
