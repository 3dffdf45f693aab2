"""``tessella stack``: whether credentials combine into a larger one by a published rule, with a proof."""

from __future__ import annotations

import datetime as dt
import hashlib
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
from tessella.errors import ConfigError, DecodeError, InputError
from tessella.formats import stacking_proof
from tessella.model import Award
from tessella.stacking import (
    Evaluation,
    Item,
    Outcome,
    Rule,
    as_proved,
    changes_since,
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
from tessella.verification import Surroundings, open_credentials, verify

__all__ = [
    "EXITS",
    "Held",
    "as_json_answer",
    "print_answer",
    "read_items",
    "read_rule",
    "read_wallet",
    "stack",
]

stack = typer.Typer(
    name="stack",
    help="Whether credentials combine into a larger one by a published rule.",
    no_args_is_help=True,
)
"""The group of commands; other modules add theirs."""

app.add_typer(stack)

EXITS = {
    Outcome.MET: Exit.OK,
    Outcome.MISSING: Exit.NEGATIVE,
    Outcome.CANNOT_COUNT: Exit.NEGATIVE,
    Outcome.UNKNOWN: Exit.INDETERMINATE,
}
"""The exit code of each answer."""
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
OnlineFlag = Annotated[
    bool,
    typer.Option(
        "--online", help="Verify, and ask status lists and DID documents (https, public addresses only)."
    ),
]
PublishedOption = Annotated[
    Path | None,
    typer.Option(help="Verify with what issuers publish in this folder, laid out by their addresses."),
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
    since: Annotated[
        Path | None,
        typer.Option(
            help="A proof of before: what has changed since, credentials that were revoked among it."
        ),
    ] = None,
    verified: VerifyFlag = False,
    online: OnlineFlag = False,
    published: PublishedOption = None,
    as_json: JsonFlag = False,
) -> int:
    """Whether credentials meet a rule. Exits 0 when met, 1 when something is missing or cannot count, 3 when not known."""
    asked = read_rule(rule)
    items = read_items(wallet, look=_look(verified, online, published))
    before = _proof_in(since)[0] if since is not None else None
    found = evaluate(asked, items, on=on.date() if on else SystemClock().now().date())
    changed = [one.message for one in changes_since(before, found, items)] if before is not None else None
    if proof is not None:
        text = json.dumps(proof_of(found, asked, items), ensure_ascii=False, indent=1)
        write_bytes(proof, text.encode() + b"\n")
    if as_json:
        print_json(as_json_answer(found) | ({} if changed is None else {"changes": changed}))
    else:
        print_answer(found)
        for text in [say("Nothing has changed since.")] if changed == [] else changed or ():
            console.print(f"[bold]≠[/bold] {escape(text)}" if changed else escape(text))
        if proof is not None:
            say_note(
                say("The proof is in %(file)s. Anybody can check it: tessella stack verify-proof", file=proof)
            )
    return EXITS[found.outcome]


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
    proof: Annotated[Path, typer.Argument(help="The proof file; one that is signed carries its rule.")],
    rule: Annotated[
        str, typer.Argument(help="The rule file, or the name of an example; - takes that of a signed proof.")
    ] = "-",
    wallet: Annotated[
        list[str] | None,
        typer.Argument(help="The credentials; a signed proof may carry what was known of them."),
    ] = None,
    verified: VerifyFlag = False,
    online: OnlineFlag = False,
    published: PublishedOption = None,
    as_json: JsonFlag = False,
) -> int:
    """Check a proof without the engine that made it, and the seal of one that is signed. Exits 0 when it holds, 1 when not."""
    data, decision = _proof_in(proof)
    if rule == "-" and decision is None:
        raise ConfigError(
            say("The proof is not signed, so it carries no rule."),
            code="cli.no-rule",
            place=str(proof),
            hint=say("Give the rule after the proof, then the credentials."),
        )
    asked = decision.rule if decision is not None and rule == "-" else rule_data(read_rule(rule))
    look = _look(verified, online, published)
    faults = _seal_faults(proof, look) if decision is not None else []
    if wallet:
        items = checked(read_items(wallet, look=look))
        given = [item_data(one) for one in (items if look else as_proved(data, items))]
    elif decision is not None and decision.items is not None:
        given = list(decision.items)
    else:
        raise no_inputs()
    faults += check_proof(data, asked, given)
    outcome = str(data.get("outcome", "")) if isinstance(data, dict) else ""
    if as_json:
        print_json(
            {"holds": not faults, "outcome": outcome, "faults": faults, "signed": decision is not None}
        )
        return Exit.NEGATIVE if faults else Exit.OK
    for fault in faults:
        console.print(f"[red]{escape(say('The proof does not hold.'))}[/red] {escape(fault)}")
    if not faults:
        console.print(
            f"[green]{escape(say('The proof holds.'))}[/green] "
            + escape(say("Proved is: %(outcome)s, on %(day)s.", outcome=outcome, day=data["on"]))
        )
        if decision is not None:
            console.print(
                escape(
                    say(
                        "Its seal holds. Decided by %(who)s for “%(title)s” (%(award)s).",
                        who=decision.decided_by,
                        title=decision.title,
                        award=decision.award,
                    )
                )
            )
    return Exit.NEGATIVE if faults else Exit.OK


def _proof_in(path: Path) -> tuple[Any, stacking_proof.StackingDecision | None]:
    """The proof in a file, and the decision around it where it is signed."""
    data = _json(path)
    if isinstance(data, dict) and stacking_proof.detect(data):
        decision = stacking_proof.read(data)
        return decision.proof, decision
    return data, None


def _seal_faults(path: Path, look: Look | None) -> list[str]:
    """What is wrong with the seal and structure of a signed proof."""
    report = verify(read_bytes(path), name=str(path), surroundings=_around(look or Look()))
    if report.verdict is not Verdict.FAILED:
        return []
    return [one.explanation for one in report.checks if one.verdict is Verdict.FAILED]


def read_rule(name: str) -> Rule:
    """The rule in a file, or the example of that name.

    Raises:
        TessellaError: it cannot be read, or is no rule.
    """
    path = Path(name)
    if name in published_rules() and not path.exists():
        return load_rule(parse_description(published_rule(name), name), place=name)
    return load_rule(parse_description(read_stdin() if name == "-" else read_bytes(path), name), place=name)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An item of a wallet, with the award and the digest of the file that it was read from; a list has neither."""

    item: Item
    award: Award | None = None
    sha256: str = ""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How credentials are verified before they count: ``online`` or with a folder of what issuers publish, their revocation is seen."""

    online: bool = False
    published: Path | None = None


def _look(verified: bool, online: bool, published: Path | None) -> Look | None:
    return Look(online=online, published=published) if verified or online or published is not None else None


def _around(look: Look) -> Surroundings:
    return surroundings(at=SystemClock().now(), online=look.online, published=look.published)


def read_items(names: Iterable[str], *, verified: bool = False, look: Look | None = None) -> tuple[Item, ...]:
    """The items in a wallet's files. Raises as `read_wallet`."""
    return tuple(one.item for one in read_wallet(names, look=look or (Look() if verified else None)))


def read_wallet(names: Iterable[str], *, look: Look | None = None) -> tuple[Held, ...]:
    """What a wallet's files hold: one item for each award, or those that a list names.

    Raises:
        TessellaError: a file cannot be read or holds no award. Leaving it out would change the answer.
    """
    found: list[Held] = []
    for name in expand_inputs(names):
        data = read_stdin() if name == "-" else read_bytes(Path(name))
        shown = shown_name(name)
        if name.lower().endswith((".yaml", ".yml")):
            found += [Held(item=one) for one in load_items(parse_description(data, shown), place=shown)]
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
        status = _status(data, shown, look) if look else "unverified"
        found += [
            Held(
                item=msgspec.structs.replace(item_of(award, name=f"{shown}#{number}"), status=status),
                award=award,
                sha256=hashlib.sha256(data).hexdigest(),
            )
            for number, award in enumerate(awards)
        ]
    if not found:
        raise no_inputs()
    return tuple(found)


def _status(data: bytes, name: str, look: Look) -> str:
    report = verify(data, name=name, surroundings=_around(look))
    withdrawn = any(one.id == "status" and one.verdict is Verdict.FAILED for one in report.checks)
    return "revoked" if withdrawn else _STATUS.get(report.verdict, "unverified")


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


def as_json_answer(found: Evaluation) -> dict[str, Any]:
    """The answer for programs: everything but the grounds that the proof is made of."""
    made: dict[str, Any] = msgspec.to_builtins(found)
    for grounds in ("sure", "possible", "lenient"):
        del made[grounds]
    return made


def print_answer(found: Evaluation) -> None:
    """The answer for people."""
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
