"""The reference page of all rules, written from the packs themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tessella.standard._view import all_facts
from tessella.standard.known_definitions import all_definitions
from tessella.standard.rulepack import Element, Pack, Rule, compiled, country_packs, pack, profiles
from tessella.standard.ten_principles import principle_questions

__all__ = ["rules_markdown"]

_INTRODUCTION = """\
# Rules of the European standard

Every rule that `tessella check` can report, by rule pack. An **error** makes a record incomplete; a **warning** or
**info** does not. *Basis* says what a rule rests on: a text that was read (*confirmed*), *general knowledge* of
the field, or a decision of this *project*. This page is generated from the packs.
"""


def _cell(text: str) -> str:
    """Text for a table cell: placeholders in words, no line breaks or bars."""
    plain = re.sub(r"%\((\w+)\)s", r"*\1*", text.replace("\n", " "))
    return plain.replace("|", "\\|").replace("%%", "%")


def rules_markdown() -> str:
    """All packs, their elements and rules, the ten principles and the derived facts, as one Markdown page."""
    lines = [_INTRODUCTION]
    for name in (*profiles(), *country_packs()):
        lines += _pack_lines(pack(name))
    lines += _principle_lines()
    lines += _definition_lines()
    lines += _fact_lines()
    return "\n".join(lines).rstrip() + "\n"


def _pack_lines(p: Pack) -> Iterator[str]:
    yield f"## {p.title} (`{p.id}`)\n"
    yield f"{p.about}\n"
    notes = [f"Version {p.version}."]
    if p.extends:
        notes.append(f"Extends `{p.extends}`.")
    if p.replaces:
        notes.append("Replaces " + ", ".join(f"`{id}`" for id in p.replaces) + ".")
    yield " ".join(notes) + "\n"
    if p.country and p.country.nqf:
        yield from _framework_lines(p)
    if p.elements:
        yield "| no. | element | kind | clause | basis |\n|---|---|---|---|---|"
        for element in p.elements:
            clause = p.sources[element.source].clause
            yield f"| {element.number} | {_cell(element.name)} | {element.kind} | {_cell(clause)} | {element.basis} |"
        yield ""
    yield "| rule | severity | element | says | remedy | clause | basis |\n|---|---|---|---|---|---|---|"
    yield from _rule_lines(p)
    yield ""


def _framework_lines(p: Pack) -> Iterator[str]:
    nqf = p.country.nqf if p.country else None
    if nqf is None:
        return
    for what, link in (("EQF", nqf.referenced), ("QF-EHEA", nqf.self_certified)):
        since = f" since {link.since}" if link.since else ""
        done = "linked" if link.done else "not linked"
        source = f" Source: {link.source}." if link.source else ""
        yield f"* {nqf.name} and the {what}: {done}{since} ({link.basis}).{source}"
    table = ", ".join(f"{level} → {eqf}" for level, eqf in nqf.eqf.items())
    yield f"* {nqf.name} → EQF levels: {table} ({nqf.eqf_basis}).\n"


def _rule_lines(p: Pack) -> Iterator[str]:
    home = next((name for name in profiles() if name == p.id), "eu-2022")
    ready = compiled(home, () if home == p.id else (p.id,))
    own = {rule.id for rule in p.rules} | {e.missing.id for e in p.elements if e.missing}
    for item in ready.rules:
        if item.rule.id in own:
            yield _rule_line(item.rule, item.element, item.clause)


def _rule_line(rule: Rule, element: Element, clause: str) -> str:
    cells = (
        f'<a id="{rule.id.lower()}"></a>`{rule.id}`',
        rule.severity,
        _cell(element.name),
        _cell(rule.message),
        _cell(rule.remedy),
        _cell(clause),
        rule.basis,
    )
    return "| " + " | ".join(cells) + " |"


def _principle_lines() -> Iterator[str]:
    yield "## The ten principles (`principles`)\n"
    yield "What the record shows counts as *met (checked)*; the other questions are stated by people.\n"
    yield "| question | asks | answered by | basis |\n|---|---|---|---|"
    for principle in principle_questions():
        yield f"| **{principle.number}** | **{principle.title}** ({_cell(principle.clause)}) |  | {principle.basis} |"
        for question in principle.questions:
            how = "the record" if question.require else "a statement"
            yield f"| `{question.id}` | {_cell(question.text)} | {how} | {question.basis} |"
    yield ""


def _definition_lines() -> Iterator[str]:
    yield "## Definitions in use (`definitions`)\n"
    yield "A record may meet several of them; the standard elements are another matter.\n"
    yield "| definition | conditions | source | basis |\n|---|---|---|---|"
    for definition in all_definitions():
        conditions = " ".join(_cell(condition.text) for condition in definition.conditions)
        source = _cell(definition.clause)
        yield f"| `{definition.id}` {definition.title} | {conditions} | {source} | {definition.basis} |"
    yield ""


def _fact_lines() -> Iterator[str]:
    yield "## Derived facts\n"
    yield "Facts that predicates of rules use beside the fields of the record.\n"
    yield "| fact | gives |\n|---|---|"
    for name, function in sorted(all_facts().items()):
        yield f"| `@{name}` | {_cell((function.__doc__ or '').strip())} |"
