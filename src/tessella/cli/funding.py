"""``tessella guide funding``: which funding schemes somebody could get, and what would be left to pay."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import parse_description
from tessella.adapters.files import read_bytes, shown_name
from tessella.cli._app import Exit, JsonFlag, console, print_json, say_note
from tessella.cli.guide import guide
from tessella.errors import InputError
from tessella.guidance.funding import (
    Answer,
    Combination,
    Eligibility,
    Price,
    Reason,
    Scheme,
    assess,
    combinations,
    explain,
    load_scheme,
    published_scheme,
    published_schemes,
    questions,
    read_facts,
)
from tessella.text import pick, say

__all__ = ["funding_command"]

_STYLES = {
    Eligibility.ELIGIBLE: "green",
    Eligibility.NOT_ELIGIBLE: "red",
    Eligibility.UNKNOWN: "yellow",
}
_MARKS = {True: "[green]✓[/green]", False: "[red]✗[/red]", None: "[yellow]?[/yellow]"}


@guide.command("funding")
def funding_command(
    schemes: Annotated[
        list[str] | None,
        typer.Argument(help="Scheme files (YAML, JSON) or ids of those that come along; none: all of these."),
    ] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option(help="What is declared, as name=value; several times. Statements: yes or no."),
    ] = None,
    price: Annotated[str | None, typer.Option(help="What the course costs without help.")] = None,
    currency: Annotated[
        str, typer.Option(help="The currency of the price and of what was received.")
    ] = "EUR",
    received: Annotated[
        str | None, typer.Option(help="What the scheme has paid to this person before.")
    ] = None,
    read_back: Annotated[
        bool, typer.Option("--explain", help="Read the schemes back as plain sentences, and what they ask.")
    ] = False,
    print_file: Annotated[
        bool, typer.Option("--print", help="Print the file of a scheme that comes along, to start from.")
    ] = False,
    on: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to answer for; default today.")
    ] = None,
    language: Annotated[str, typer.Option(help="The language of the schemes' own texts.")] = "en",
    as_json: JsonFlag = False,
) -> int:
    """Whether funding schemes fit what somebody declares, and the price that is left; whoever runs a scheme decides. Exits 0 when one fits, 1 when none does, 3 when something is not declared."""
    if print_file:
        for name in schemes or published_schemes():
            sys.stdout.write(published_scheme(name).decode())
        return Exit.OK
    read = [_scheme(name) for name in schemes or published_schemes()]
    if read_back:
        _explain(read, language, as_json=as_json)
        return Exit.OK
    cost = None if price is None else Price(_amount(price, "--price"), currency)
    got = None if received is None else _amount(received, "--received")
    day = on.date() if on else SystemClock().now().date()
    facts = _facts(fact or (), read)
    answers = [assess(one, facts, on=day, price=cost, received=got, languages=(language,)) for one in read]
    together = combinations(read, answers, cost)
    if as_json:
        print_json({
            "answers": [msgspec.to_builtins(one) for one in answers],
            "combinations": [msgspec.to_builtins(one) for one in together],
        })  # fmt: skip
    else:
        _print(answers, together, cost)
    found = {one.eligibility for one in answers}
    if Eligibility.ELIGIBLE in found:
        return Exit.OK
    return Exit.INDETERMINATE if Eligibility.UNKNOWN in found else Exit.NEGATIVE


def _scheme(name: str) -> Scheme:
    if name in published_schemes():
        return load_scheme(parse_description(published_scheme(name), name), place=name)
    shown = shown_name(name)
    return load_scheme(parse_description(read_bytes(Path(name)), shown), place=shown)


def _facts(given: list[str] | tuple[str, ...], schemes: list[Scheme]) -> dict[str, Any]:
    pairs = dict(one.partition("=")[::2] for one in given)
    known = {one.key for one in questions(schemes)}
    stray = next((name for name in pairs if name not in known), None)
    if stray is not None:
        raise InputError(
            say("None of these schemes asks for “%(name)s”.", name=stray), code="cli.fact", got=stray,
            expected=", ".join(sorted(known)), hint=say("See what they ask: tessella guide funding --explain"),
        )  # fmt: skip
    return read_facts(pairs)


def _amount(text: str, option: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(-1)
    if not (number.is_finite() and 0 <= number <= 1_000_000):
        raise InputError(
            say("%(option)s needs a number from 0.", option=option), code="cli.number", got=text,
            hint=say("Write it with a point: 7.5"),
        )  # fmt: skip
    return number


def _explain(schemes: list[Scheme], language: str, *, as_json: bool) -> None:
    if as_json:
        told: dict[str, Any] = {
            "schemes": {one.id: list(explain(one, (language,))) for one in schemes},
            "questions": [msgspec.to_builtins(one) for one in questions(schemes, (language,))],
        }
        print_json(told)
        return
    for one in schemes:
        console.print(f"[bold]{escape(pick(one.names, (language,)))}[/bold]  {one.id}")
        for text in explain(one, (language,)):
            console.print(f"  {escape(text)}")
        for source in one.sources:
            say_note(f"{source.text}, {source.url} ({source.looked_at})")
    console.print(say("What is asked:"))
    for question in questions(schemes, (language,)):
        choices = f" ({', '.join(value for value, _words in question.choices)})" if question.choices else ""
        console.print(f"  --fact {question.key}=…  {escape(question.text)}{escape(choices)}")


def _print(answers: list[Answer], together: tuple[Combination, ...], cost: Price | None) -> None:
    for one in answers:
        style = _STYLES[one.eligibility]
        console.print(f"[bold]{escape(one.name)}[/bold]  {one.scheme}")
        console.print(
            f"[bold {style}]{one.eligibility.replace('-', ' ')}[/bold {style}]  {escape(one.message)}"
        )
        for reason in one.reasons:
            _print_reason(reason)
        for text in one.benefits:
            console.print(f"  {escape(text)}")
        if one.benefits and one.left_least is not None and one.left_most is not None and cost is not None:
            console.print(f"  [bold]{_left(one.left_least, one.left_most, cost.currency)}[/bold]")
        for text in one.cautions:
            say_note(text)
    for pair in together:
        console.print(f"{_MARKS[pair.allowed]} {escape(pair.message)}")
        if pair.left_least is not None and pair.left_most is not None and cost is not None:
            console.print(f"  {_left(pair.left_least, pair.left_most, cost.currency)}")


def _print_reason(reason: Reason) -> None:
    console.print(f"  {_MARKS[reason.holds]} {escape(reason.message)}")
    if reason.needs:
        say_note(say("    not declared: %(facts)s", facts=", ".join(reason.needs)))


def _left(least: Decimal, most: Decimal, currency: str) -> str:
    if least == most:
        return say(
            "If it is granted, %(amount)s %(currency)s are left to pay.", amount=least, currency=currency
        )
    return say("If it is granted, %(least)s to %(most)s %(currency)s are left to pay.", least=least, most=most, currency=currency)  # fmt: skip
