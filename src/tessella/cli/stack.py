"""``tessella stack``: whether credentials combine into a larger one by a published rule, with a proof."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import parse_description
from tessella.adapters.files import expand_inputs, read_bytes, read_stdin, shown_name, write_bytes
from tessella.cli._app import Exit, JsonFlag, app, console, no_inputs, print_json, say_note
from tessella.cli.verify import surroundings
from tessella.errors import DecodeError, InputError
from tessella.stacking import (
    Evaluation,
    Item,
    Outcome,
    Rule,
    evaluate,
    explain,
    item_data,
    item_of,
    load_items,
    load_rule,
    proof_of,
    published_rule,
    published_rules,
    rule_data,
)
from tessella.stacking.checker import check_proof
from tessella.stacking.items import checked
from tessella.text import say
from tessella.verdicts import Verdict
from tessella.verification import open_credentials, verify

__all__ = ["read_items", "read_rule"]

stack = typer.Typer(
    name="stack",
    help="Whether credentials combine into a larger one by a published rule.",
    no_args_is_help=True,
)
app.add_typer(stack)

_EXITS = {
    Outcome.MET: Exit.OK,
    Outcome.MISSING: Exit.NEGATIVE,
    Outcome.CANNOT_COUNT: Exit.NEGATIVE,
    Outcome.UNKNOWN: Exit.INDETERMINATE,
}
_STYLES = {
    Outcome.MET: "green",
    Outcome.MISSING: "red",
    Outcome.CANNOT_COUNT: "red",
    Outcome.UNKNOWN: "yellow",
}
_STATUS = {Verdict.PASSED: "valid", Verdict.FAILED: "failed"}

RuleArgument = Annotated[
    str, typer.Argument(help="A rule file (YAML, JSON), or the name of an example: tessella stack rules.")
]
WalletArgument = Annotated[
    list[str],
    typer.Argument(
        help="Credentials in any format, folders, or lists of items (YAML); - reads standard input."
    ),
]
VerifyFlag = Annotated[
    bool,
    typer.Option(
        "--verify",
        help="Verify the credentials offline first; one that fails cannot count. Lists of items have no seal.",
    ),
]
OnOption = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to decide for; default today.")
]


@stack.command("check")
def check_command(
    rule: RuleArgument,
    wallet: WalletArgument,
    on: OnOption = None,
    proof: Annotated[
        Path | None, typer.Option(help="Write the proof of the answer to this file (JSON).")
    ] = None,
    verified: VerifyFlag = False,
    as_json: JsonFlag = False,
) -> int:
    """Whether credentials meet a rule. Exits 0 when met, 1 when something is missing or cannot count, 3 when not known."""
    published = read_rule(rule)
    items = read_items(wallet, verified=verified)
    found = evaluate(published, items, on=on.date() if on else SystemClock().now().date())
    if proof is not None:
        text = json.dumps(proof_of(found, published, items), ensure_ascii=False, indent=1)
        write_bytes(proof, text.encode() + b"\n")
    if as_json:
        print_json(_as_json(found))
    else:
        _print(found)
        if proof is not None:
            say_note(
                say("The proof is in %(file)s. Anybody can check it: tessella stack verify-proof", file=proof)
            )
    return _EXITS[found.outcome]


@stack.command("explain")
def explain_command(rule: RuleArgument, as_json: JsonFlag = False) -> int:
    """Read a rule back as plain sentences; a rule that contradicts itself is refused."""
    published = read_rule(rule)
    if as_json:
        print_json({"rule": rule_data(published), "sentences": list(explain(published))})
        return Exit.OK
    for sentence in explain(published):
        console.print(escape(sentence))
    return Exit.OK


@stack.command("rules")
def rules_command(
    copy_to: Annotated[Path | None, typer.Option(help="Copy the example files to this folder.")] = None,
    as_json: JsonFlag = False,
) -> int:
    """List the example rules that come with Tessella."""
    rows = []
    for name in published_rules():
        data = published_rule(name)
        if copy_to is not None:
            write_bytes(copy_to / f"{name}.yaml", data)
        found = load_rule(parse_description(data, name), place=name)
        rows.append({"name": name, "title": found.title, "receiver": found.receiver})
    if as_json:
        print_json(rows)
        return Exit.OK
    table = Table(box=None, show_header=False, pad_edge=False)
    for row in rows:
        table.add_row(row["name"], escape(row["receiver"]), escape(row["title"]))
    console.print(table)
    return Exit.OK


@stack.command("verify-proof")
def verify_proof_command(
    proof: Annotated[Path, typer.Argument(help="The proof file.")],
    rule: RuleArgument,
    wallet: WalletArgument,
    verified: VerifyFlag = False,
    as_json: JsonFlag = False,
) -> int:
    """Check a proof without the engine that made it. Exits 0 when it holds, 1 when not."""
    data = _json(proof)
    published = read_rule(rule)
    items = [item_data(item) for item in checked(read_items(wallet, verified=verified))]
    faults = check_proof(data, rule_data(published), items)
    outcome = str(data.get("outcome", "")) if isinstance(data, dict) else ""
    if as_json:
        print_json({"holds": not faults, "outcome": outcome, "faults": list(faults)})
    elif faults:
        for fault in faults:
            console.print(f"[red]{escape(say('The proof does not hold.'))}[/red] {escape(fault)}")
    else:
        console.print(
            f"[green]{escape(say('The proof holds.'))}[/green] "
            + escape(say("Proved is: %(outcome)s, on %(day)s.", outcome=outcome, day=data["on"]))
        )
    return Exit.NEGATIVE if faults else Exit.OK


def read_rule(name: str) -> Rule:
    """The rule in a file, or the example of that name.

    Raises:
        TessellaError: it cannot be read, or is no rule.
    """
    path = Path(name)
    if name in published_rules() and not path.exists():
        return load_rule(parse_description(published_rule(name), name), place=name)
    return load_rule(parse_description(read_stdin() if name == "-" else read_bytes(path), name), place=name)


def read_items(names: Iterable[str], *, verified: bool = False) -> tuple[Item, ...]:
    """The items in a wallet's files: one for each award, or those that a list names.

    Raises:
        TessellaError: a file cannot be read or holds no award. Leaving it out would change the answer.
    """
    found: list[Item] = []
    for name in expand_inputs(names):
        data = read_stdin() if name == "-" else read_bytes(Path(name))
        shown = shown_name(name)
        if name.lower().endswith((".yaml", ".yml")):
            found += load_items(parse_description(data, shown), place=shown)
            continue
        opened = open_credentials(data, shown)
        awards = [one.award for one in opened if one.award is not None]
        if not awards:
            raise next((one.problem for one in opened if one.problem), None) or InputError(
                say("The file holds no award that can be read."),
                code="cli.no-award",
                place=shown,
                hint=say("Give a European Digital Credential, an Open Badge or a list of items."),
            )
        status = _status(data, shown) if verified else "unverified"
        found += [
            msgspec.structs.replace(item_of(award, name=f"{shown}#{number}"), status=status)
            for number, award in enumerate(awards)
        ]
    if not found:
        raise no_inputs()
    return tuple(found)


def _status(data: bytes, name: str) -> str:
    report = verify(data, name=name, surroundings=surroundings(at=SystemClock().now()))
    return _STATUS.get(report.verdict, "unverified")


def _json(path: Path) -> Any:
    try:
        return json.loads(read_bytes(path))
    except (ValueError, RecursionError) as error:
        raise DecodeError(
            say("The proof is not JSON."),
            code="stacking.proof",
            place=str(path),
            hint=say("Give the file that tessella stack check --proof wrote."),
        ) from error


def _as_json(found: Evaluation) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(found)
    for grounds in ("sure", "possible", "lenient"):
        del made[grounds]
    return made


def _print(found: Evaluation) -> None:
    style = _STYLES[found.outcome]
    console.print(f"[bold {style}]{found.outcome.replace('-', ' ')}[/bold {style}]  {escape(found.message)}")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(width=1)
    table.add_column(max_width=44)
    table.add_column(overflow="fold")
    for counted in found.counted:
        words = [counted.amount]
        if counted.converted_from:
            words.append(
                say(
                    "converted from %(system)s. %(loss)s", system=counted.converted_from, loss=counted.loss
                ).rstrip()
            )
        if counted.alternatives:
            words.append(say("or instead: %(titles)s", titles=", ".join(counted.alternatives)))
        table.add_row("[green]✓[/green]", escape(counted.title), escape("; ".join(words)))
    for place in found.filled:
        others = say(" (or: %(titles)s)", titles=", ".join(place.alternatives)) if place.alternatives else ""
        table.add_row("→", escape(f"{place.group} / {place.place}"), escape(place.item + others))
    for kept_out in found.cannot_count:
        table.add_row("[red]✗[/red]", escape(kept_out.title), escape(f"{kept_out.reason} ({kept_out.rule})"))
    for title in found.left_over:
        table.add_row(
            "[dim]·[/dim]",
            escape(title),
            f"[dim]{escape(say('not needed; stays free for something else'))}[/dim]",
        )
    console.print(table)
    for missing in found.missing:
        console.print(f"[red]−[/red] {escape(missing.message)} [dim]({escape(missing.rule)})[/dim]")
    for question in found.questions:
        console.print(f"[yellow]?[/yellow] {escape(question.message)} [dim]({escape(question.rule)})[/dim]")
    for text in found.also:
        console.print(f"i {escape(say('Decided separately: %(text)s', text=text))}")
    for remark in found.remarks:
        say_note(remark)
