"""``tessella stack award``: from a wallet that meets a rule to the larger credential, with its parts and the signed proof."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import read_description
from tessella.adapters.files import read_bytes, write_bytes
from tessella.adapters.keystore import FileKeyStore
from tessella.adapters.ledger import Ledger
from tessella.adapters.statusbook import StatusBook
from tessella.cli import plan  # registers its command beside this one
from tessella.cli._app import Exit, JsonFlag, KeysOption, console, password, print_json, say_note
from tessella.cli.issue import (
    OutOption,
    check_list_keys,
    chosen_formats,
    issuer_from,
    require_complete,
    writer,
)
from tessella.cli.stack import (
    EXITS,
    Held,
    Look,
    OnlineFlag,
    OnOption,
    PublishedOption,
    RuleArgument,
    WalletArgument,
    as_json_answer,
    print_answer,
    read_rule,
    read_wallet,
    stack,
)
from tessella.errors import ConfigError, TessellaError
from tessella.formats import stacking_proof
from tessella.issuing.batch import AlreadyIssued, IssuedAward, issue_entry
from tessella.issuing.classlist import ClassListEntry
from tessella.issuing.proofs import seal_proof
from tessella.issuing.sealing import ALL_FORMATS, FORMATS, Issuer, StatusEntry
from tessella.model import Award, Learner, MicroCredential, part_of
from tessella.stacking import Combined, Item, Outcome, Rule, combine, evaluate, item_data, rule_data
from tessella.text import say

__all__ = ["PROOF_FOLDER", "plan"]

PROOF_FOLDER = "proof"
"""Where the signed proofs lie, below the folder that was issued into."""


@stack.command("award")
def award_command(
    rule: RuleArgument,
    wallet: WalletArgument,
    keys_folder: KeysOption,
    description: Annotated[
        Path, typer.Option(help="The description of the larger credential (YAML or JSON).")
    ],
    decided_by: Annotated[
        str, typer.Option(help="Who took the decision: a role or a name; it stands in the award.")
    ],
    out: OutOption = Path("out"),
    formats: Annotated[
        str, typer.Option(help=f"all ({', '.join(ALL_FORMATS)}), or some of: {', '.join(FORMATS)}.")
    ] = "all",
    learner: Annotated[
        str, typer.Option(help="The learner's name, where the credentials do not tell it or tell several.")
    ] = "",
    learner_id: Annotated[
        str, typer.Option(help="Your number for the learner, which tells people of one name apart.")
    ] = "",
    badge_key: Annotated[str, typer.Option(help="Key for badges and the proof; default as for issue.")] = "",
    seal_key: Annotated[
        str, typer.Option(help="E-seal for European credentials; default as for issue.")
    ] = "",
    status_url: Annotated[
        str, typer.Option(help="Where you will publish the status lists; enables revocation.")
    ] = "",
    with_items: Annotated[
        bool,
        typer.Option(
            "--with-items", help="Put into the proof what was known of the credentials (personal data)."
        ),
    ] = False,
    online: OnlineFlag = False,
    published: PublishedOption = None,
    even_incomplete: Annotated[
        bool, typer.Option("--even-incomplete", help="Award although the standard misses something.")
    ] = False,
    on: OnOption = None,
    as_json: JsonFlag = False,
) -> int:
    """Award the larger credential when a wallet meets the rule. Exits 0 when awarded, else as stack check, and awards nothing."""
    asked = read_rule(rule)
    record = read_description(description).require()
    if not even_incomplete:
        require_complete(record, description)
    held = _free(read_wallet(wallet, look=Look(online=online, published=published)), out)
    day = on.date() if on else SystemClock().now().date()
    found = evaluate(asked, [one.item for one in held], on=day)
    if found.outcome is not Outcome.MET:
        if as_json:
            print_json(as_json_answer(found))
        else:
            print_answer(found)
            say_note(say("Nothing was awarded."))
        return EXITS[found.outcome]
    issuer = issuer_from(
        FileKeyStore(keys_folder), record, badge_key=badge_key, seal_key=seal_key, secret=password
    )
    issuer.proof_key()
    names = chosen_formats(formats, issuer, record)
    counted = {one.item for one in found.counted}
    who = _learner([one for one in held if one.item.id in counted], learner)

    def combined(award_id: str) -> Combined:
        return combine(
            Award(id=award_id, micro_credential=record, learner=who, awarded_on=day),
            asked,
            [one.item for one in held],
            on=day,
            decided_by=decided_by,
            parts={one.item.id: part_of(one.award, sha256=one.sha256) for one in held if one.award},
        )

    combined(uuid.uuid4().urn)  # refuses a loop before anything is written down
    made, proof = _award(
        record, issuer, names, who, learner_id, combined, asked,
        [one.item for one in held] if with_items else None, out=out, status_url=status_url,
    )  # fmt: skip
    return _told(made, proof, out, as_json=as_json)


def _award(
    record: MicroCredential,
    issuer: Issuer,
    formats: Sequence[str],
    who: Learner,
    learner_id: str,
    combined: Callable[[str], Combined],
    rule: Rule,
    items: Sequence[Item] | None,
    *,
    out: Path,
    status_url: str,
) -> tuple[IssuedAward | AlreadyIssued, Path]:
    """Through the ledger, as awards of a class list: what was awarded before is left as it is."""
    at = SystemClock().now().replace(microsecond=0)
    if status_url:
        check_list_keys(issuer, formats)
    with Ledger(out / "ledger.db") as ledger:
        book = StatusBook(out / "status", status_url, used=ledger.status_places())

        def status_for(format: str, credential_id: str) -> StatusEntry | None:
            if not status_url:
                return None
            if known := ledger.status_of(credential_id):
                return StatusEntry(list_url=known[0], index=known[1])
            return book.allocate("revocation", token=FORMATS[format].token_status)

        key = learner_id.strip() or f"{who.display_name} {who.birth_date or ''}".strip()
        award_id, done = ledger.start(person=key, subject=f"{record.id} {record.version}", at=at)
        file = out / PROOF_FOLDER / f"{award_id.rpartition(':')[2]}.json"
        if done:
            return AlreadyIssued(row=1, award_id=award_id), file
        made = combined(award_id)
        award, proof = seal_proof(
            made.award,
            issuer,
            proof=made.proof,
            rule=rule_data(rule),
            at=at,
            items=None if items is None else map(item_data, items),
        )
        write_bytes(file, proof)
        entry = ClassListEntry(
            row=1, key=key, learner=who, awarded_on=award.awarded_on, parts=award.parts, rule=award.rule
        )
        event = issue_entry(
            entry,
            record,
            issuer,
            formats=formats,
            at=at,
            ledger=ledger,
            write=writer(out, issuer),
            status_for=status_for,
        )
        if status_url:
            book.save()
            book.publish(issuer, at=at)
    return event, file


def _free(held: Sequence[Held], out: Path) -> tuple[Held, ...]:
    """The wallet, with what was counted in awards made into this folder before marked as used."""
    used: dict[str, str] = {}
    files = sorted((out / PROOF_FOLDER).glob("*.json"))
    if files:
        with Ledger(out / "ledger.db") as ledger:
            for file in files:
                decision, counted = _used(file)
                if ledger.is_issued(decision.award):  # not one that a killed run left: it is made again
                    used |= dict.fromkeys(counted, decision.title)
    return tuple(
        msgspec.structs.replace(
            one, item=msgspec.structs.replace(one.item, used_in=(*one.item.used_in, used[one.item.id]))
        )
        if one.item.id in used
        else one
        for one in held
    )


def _used(file: Path) -> tuple[stacking_proof.StackingDecision, list[str]]:
    """An earlier decision, and the ids of what it counted. A damaged proof must not set its parts free: it stops everything."""
    try:
        decision = stacking_proof.read(json.loads(read_bytes(file)))
        listed = [str(one["id"]) for one in decision.proof["items"]]
        return decision, [listed[n] for n in decision.proof["sure"]["counted"]]
    except (TessellaError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise ConfigError(
            say("The proof of an earlier award cannot be read, so nobody knows which credentials it took."),
            code="cli.proof",
            place=str(file),
            hint=say("Put the file back as it was made."),
        ) from error


def _learner(counted: Sequence[Held], name: str) -> Learner:
    """Who the parts were awarded to.

    Raises:
        ConfigError: ``cli.learner``, the parts name nobody or several people.
    """
    if name.strip():
        return Learner(full_name=name.strip())
    people = [one.award.learner for one in counted if one.award and one.award.learner.display_name]
    names = {" ".join(one.display_name.split()).casefold(): one for one in people}
    if len(names) == 1:
        (one,) = names.values()
        return Learner(
            full_name=one.full_name,
            given_name=one.given_name,
            family_name=one.family_name,
            birth_date=one.birth_date,
        )
    raise ConfigError(
        say(
            "The credentials name several people: %(names)s.",
            names=", ".join(o.display_name for o in names.values()),
        )
        if names
        else say("The credentials do not say whose they are."),
        code="cli.learner",
        hint=say("Make sure that all are the same person's, and give the name with --learner."),
    )


def _told(made: IssuedAward | AlreadyIssued, proof: Path, out: Path, *, as_json: bool) -> int:
    if isinstance(made, AlreadyIssued):
        if as_json:
            print_json(
                {"award": made.award_id, "already": True, "proof": str(proof), "files": [], "parts": []}
            )
        else:
            console.print(escape(say("Awarded before, and left as it is. Its proof: %(file)s", file=proof)))
        return Exit.OK
    files = [str(out / one.file) for one in made.copies]
    parts = [{"id": one.id, "title": one.title} for one in made.award.parts]
    if as_json:
        print_json(
            {"award": made.award.id, "already": False, "proof": str(proof), "files": files, "parts": parts}
        )
        return Exit.OK
    console.print(
        f"[bold green]{escape(say('awarded'))}[/bold green]  "
        + escape(
            say(
                "%(count)s parts, decided by %(who)s",
                count=len(parts),
                who=made.award.rule.decided_by if made.award.rule else "",
            )
        )
    )
    for part in made.award.parts:
        console.print(f"[green]✓[/green] {escape(next(iter(part.title.values()), part.id))}")
    for file in files:
        console.print(f"→ {escape(file)}")
    say_note(
        say("The signed proof is in %(file)s. Anybody can check it: tessella stack verify-proof", file=proof)
    )
    return Exit.OK
