"""``tessella stack plan``: which offers to take, so that a wallet meets a rule."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import parse_description
from tessella.adapters.files import read_bytes, shown_name
from tessella.cli._app import Exit, JsonFlag, console, print_json, say_note
from tessella.cli.stack import OnOption, RuleArgument, VerifyFlag, read_items, read_rule, stack
from tessella.errors import ConfigError, InputError
from tessella.text import say

if TYPE_CHECKING:
    from tessella.stacking.planning import Answer, Plan

__all__ = ["plan_command"]


@stack.command("plan")
def plan_command(
    rule: RuleArgument,
    wallet: Annotated[
        list[str] | None,
        typer.Argument(
            help="Credentials in any format, folders, or lists of items (YAML); none: an empty wallet."
        ),
    ] = None,
    offers: Annotated[Path, typer.Option(help="The offers to choose from (YAML, JSON).")] = Path(
        "offers.yaml"
    ),
    least: Annotated[
        str, typer.Option(help="What the plan is to have least of: workload, price, time, providers.")
    ] = "workload",
    against: Annotated[
        str | None,
        typer.Option(help="Several plans, from the least of the one to the least of this: price, time, …"),
    ] = None,
    plans: Annotated[int, typer.Option(min=1, max=10, help="With --against, at most so many plans.")] = 4,
    not_before: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Begin on this day or later.")
    ] = None,
    finish_by: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Be finished on this day.")
    ] = None,
    weekly_hours: Annotated[str | None, typer.Option(help="At most so many hours in any week.")] = None,
    budget: Annotated[str | None, typer.Option(help="At most so much money in all.")] = None,
    currency: Annotated[
        str, typer.Option(help="The currency of the budget and of prices that are compared.")
    ] = "EUR",
    most_providers: Annotated[int | None, typer.Option(min=1, help="From at most so many providers.")] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Only in this language; several times for any of several.")
    ] = None,
    mode: Annotated[
        list[str] | None, typer.Option(help="Only so: online, on-site, blended …; several times for any.")
    ] = None,
    country: Annotated[
        list[str] | None, typer.Option(help="Only in this country; several times for any.")
    ] = None,
    place: Annotated[
        list[str] | None, typer.Option(help="Only at this place; several times for any.")
    ] = None,
    times: Annotated[
        list[str] | None, typer.Option(help="Only at these times: evening, weekend …; several times for any.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="What if: without this offer, course or provider; the difference is told."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="How long to look for each plan.")] = 10.0,
    on: OnOption = None,
    verified: VerifyFlag = False,
    as_json: JsonFlag = False,
) -> int:
    """The shortest, cheapest or soonest way from a wallet to what a rule leads to. Exits 0 with a plan, 1 when there is none, 3 when none was found in time."""
    planning = _planning()
    objective, other = _objective(least), _objective(against) if against else None
    published = read_rule(rule)
    held = read_items(wallet, verified=verified) if wallet else ()
    shown = shown_name(str(offers))
    listed = planning.load_offers(parse_description(read_bytes(offers), shown), place=shown)
    wishes = planning.Wishes(
        not_before=not_before.date() if not_before else None,
        finish_by=finish_by.date() if finish_by else None,
        weekly_hours=_number(weekly_hours, "--weekly-hours"),
        budget=_number(budget, "--budget"),
        currency=currency,
        most_providers=most_providers,
        languages=tuple(language or ()),
        modes=tuple(mode or ()),
        countries=tuple(country or ()),
        places=tuple(place or ()),
        only_times=tuple(times or ()),
        without=tuple(without or ()),
    )
    told: dict[str, Any] = {
        "on": on.date() if on else SystemClock().now().date(),
        "objective": objective,
        "seconds": seconds,
    }
    if other is not None:
        answer = planning.trade_off(published, held, listed, wishes, against=other, most=plans, **told)
    else:
        answer = planning.plan(published, held, listed, wishes, **told)
    changed: tuple[str, ...] = ()
    if without and answer.plans:
        before = planning.plan(published, held, listed, msgspec.structs.replace(wishes, without=()), **told)
        changed = planning.differences(before.plans[0], answer.plans[0]) if before.plans else ()
    if as_json:
        print_json({**_as_json(answer), "changed": list(changed)})
    else:
        _print(answer, changed)
    return {"impossible": Exit.NEGATIVE, "not-found": Exit.INDETERMINATE}.get(answer.reached, Exit.OK)


def _planning() -> Any:
    try:
        from tessella.stacking import planning
    except ImportError as error:
        raise ConfigError(
            say("Plans need the solver OR-Tools, which is not installed."), code="cli.no-solver",
            hint=say('Install it: pip install "tessella[plan]".'),
        ) from error  # fmt: skip
    return planning


def _objective(name: str) -> Any:
    known = _planning().Objective
    try:
        return known(name)
    except ValueError as error:
        raise InputError(
            say("A plan cannot have the least of “%(name)s”.", name=name), code="cli.objective", got=name,
            expected=", ".join(known), hint=say("Choose one of those."),
        ) from error  # fmt: skip


def _number(text: str | None, option: str) -> Decimal | None:
    if text is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(-1)
    if not (number.is_finite() and 0 <= number <= 10_000_000):
        raise InputError(
            say("%(option)s needs a number from 0.", option=option), code="cli.number", got=text,
            hint=say("Write it with a point: 7.5"),
        )  # fmt: skip
    return number


def _as_json(answer: Answer) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(answer)
    for one in made["plans"]:
        for grounds in ("sure", "possible", "lenient"):
            one["evaluation"].pop(grounds, None)
    return made


_STYLES = {"planned": "green", "nothing-needed": "green", "impossible": "red", "not-found": "yellow"}


def _print(answer: Answer, changed: tuple[str, ...]) -> None:
    style = _STYLES[answer.reached]
    console.print(
        f"[bold {style}]{answer.reached.replace('-', ' ')}[/bold {style}]  {escape(answer.message)}"
    )
    for text in answer.clash:
        console.print(f"[red]−[/red] {escape(text)}")
    for one in answer.plans:
        if one.steps:
            _print_plan(one)
    for text in changed:
        console.print(f"[yellow]≠[/yellow] {escape(text)}")
    for text in answer.assumptions:
        say_note(text)
    for left in answer.left_out:
        unknown = say(" (%(count)s of them do not say)", count=left.unknown) if left.unknown else ""
        say_note(say("Offers left out: %(count)s. %(wish)s", count=left.count, wish=left.message) + unknown)


def _print_plan(one: Plan) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    for step in one.steps:
        numbers = [say("%(hours)s hours", hours=f"{step.hours:f}")] if step.hours is not None else []
        numbers += [f"{step.price:f} {one.currency}"] if step.price is not None else []
        if not step.counts:
            numbers.append(say("needed for another"))
        table.add_row(
            f"{step.starts_on} – {step.ends_on}",
            escape(step.title),
            escape(step.provider),
            escape(", ".join(numbers)),
        )
    console.print(table)
    total = [say("finished on %(day)s", day=one.finish), say("providers: %(count)s", count=one.providers)]
    total += [say("%(hours)s hours", hours=f"{one.hours:f}")] if one.hours is not None else []
    total += [f"{one.price:f} {one.currency}"] if one.price is not None else []
    console.print(f"[bold]{escape('; '.join(total))}[/bold]")
    if one.held:
        console.print(escape(say("With what you hold: %(titles)s", titles=", ".join(one.held))))
