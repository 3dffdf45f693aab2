"""Random rules and items, small enough to try everything."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec
from hypothesis import strategies as st

from tessella.errors import InputError
from tessella.stacking import Item, Rule, load_rule
from tessella.stacking.language import Where

ON = dt.date(2026, 6, 1)
BASE = {
    "id": "urn:example:rule",
    "version": "1",
    "title": "Rule",
    "receiver": "University of Twickel",
    "award": "Certificate",
    "decider": {"name": "University of Twickel", "role": "examination board"},
    "source": {"text": "invented"},
}
CATEGORIES = ("core", "practice")


@st.composite
def wheres(draw: st.DrawFn) -> dict[str, object]:
    made: dict[str, object] = {}
    kind = draw(st.integers(0, 6))
    if kind in (1, 6):
        made["category"] = [draw(st.sampled_from(CATEGORIES))]
    if kind in (2, 6):
        made["level"] = {"at_least": draw(st.integers(6, 7))}
    if kind == 3:
        made["route"] = "validation"
    if kind == 4:
        made["issuer"] = ["Twickel"]
    if kind == 5:
        made["not"] = {"category": [draw(st.sampled_from(CATEGORIES))]}
    return made


@st.composite
def rules(draw: st.DrawFn) -> Rule | None:
    data: dict[str, object] = dict(BASE)
    data["amounts"] = [
        {
            "id": f"a{n}",
            "where": draw(wheres()),
            **draw(bounds()),
            "of": draw(st.sampled_from(("credits", "credits", "count"))),
        }
        for n in range(draw(st.integers(0, 3)))
    ]
    data["groups"] = [
        {
            "id": f"g{n}",
            "slots": [{"id": f"g{n}s{m}", "where": draw(wheres())} for m in range(size)],
            "take": draw(st.integers(1, size)),
            "apart": draw(st.booleans()),
        }
        for n, size in enumerate(draw(st.lists(st.integers(1, 2), max_size=2)))
    ]
    if draw(st.booleans()):
        data["outcomes"] = [
            {
                "id": "o",
                "outcomes": draw(st.lists(st.sampled_from("xyz"), min_size=1, unique=True)),
                "where": draw(wheres()),
            }
        ]
    if draw(st.integers(0, 3)) == 0:
        data["overlap"] = {"id": "v", "at_most": draw(st.integers(0, 1))}
    if draw(st.integers(0, 3)) == 0:
        data["parts"] = [
            {"id": "p1", "where": draw(wheres())},
            {"id": "p2", "where": draw(wheres()), "needs": ["p1"]},
        ]
    if draw(st.integers(0, 3)) == 0:
        data["conditions"] = [{"id": "c", "where": draw(wheres()), "applies_to": draw(wheres())}]
    data["conversions"] = [
        {
            "from": "cats",
            "to": "ects",
            "factor": "0.5",
            "rounding": draw(st.sampled_from(("none", "down", "nearest"))),
            "step": draw(st.sampled_from(("0.5", "1"))),
        }
    ]
    data["selection"] = draw(st.sampled_from(("best", "best", "best", "whole")))
    try:
        return load_rule(data)
    except InputError:
        return None  # asks for nothing, or contradicts itself


@st.composite
def bounds(draw: st.DrawFn) -> dict[str, object]:
    number = st.integers(1, 12)
    made = draw(
        st.sampled_from(
            (
                {"at_least": None},
                {"at_most": None},
                {"at_least_share": None},
                {"at_most_share": None},
                {"at_least": None, "at_most_share": None},
            )
        )
    )
    return {
        name: draw(st.sampled_from((25, 50, 60))) if name.endswith("share") else draw(number) for name in made
    }


@st.composite
def items(draw: st.DrawFn) -> Item:
    return Item(
        id="",
        credential=draw(st.sampled_from(("", "", "m1", "m2"))),
        title=draw(st.sampled_from(("", "", "Welding", "Sewing"))),
        issuers=(draw(st.sampled_from(("Twickel", "Elsewhere"))),),
        credits={
            draw(st.sampled_from(("ects", "ects", "cats"))): Decimal(draw(st.sampled_from((0, 1, 2, 3, 5))))
            / draw(st.sampled_from((1, 2)))
        },
        levels={"eqf": (draw(st.sampled_from(("5", "6", "7"))),)},
        categories=(draw(st.sampled_from((*CATEGORIES, "other"))),),
        outcomes=tuple(draw(st.lists(st.sampled_from("xyzw"), min_size=1, max_size=3, unique=True))),
        route=draw(st.sampled_from(("course", "validation"))),
        awarded_on=dt.date(2020 + draw(st.integers(0, 2)), 1, 1),
        status="valid",
        used_in=draw(st.sampled_from(((), (), (), ("another award",)))),
    )


@st.composite
def wallets(draw: st.DrawFn, max_size: int = 5) -> tuple[Item, ...]:
    found = draw(st.lists(items(), max_size=max_size))
    if found and draw(st.integers(0, 3)) == 0:  # the same again, as learners repeat what must be renewed
        found = [*found, *(found[0] for _ in range(max_size - len(found)))]
    return tuple(msgspec.structs.replace(item, id=f"urn:item:{n}") for n, item in enumerate(found))


BLANKS = {
    "credits": (None, [{"ects": Decimal(n) / 2} for n in (0, 2, 5, 12, 40)]),
    "levels": ({}, [{"eqf": (n,)} for n in "567"]),
    "categories": (None, [(name,) for name in (*CATEGORIES, "other")]),
    "route": (None, ["course", "validation"]),
    "issuers": ((), [("Twickel",), ("Elsewhere",)]),
    "outcomes": (None, [tuple(word) for word in ("x", "xy", "xyz", "w")]),
    "awarded_on": (None, [dt.date(2019, 1, 1), dt.date(2022, 1, 1)]),
}
"""Fields that may be left blank, and what they may turn out to be."""


@st.composite
def doubtful(draw: st.DrawFn) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """A wallet with blanks, and one way in which they may be filled."""
    known = draw(wallets())
    blank, filled = [], []
    for item in known:
        names = draw(st.lists(st.sampled_from(sorted(BLANKS)), max_size=2, unique=True))
        blank.append(msgspec.structs.replace(item, **{name: BLANKS[name][0] for name in names}))
        filled.append(
            msgspec.structs.replace(item, **{name: draw(st.sampled_from(BLANKS[name][1])) for name in names})
        )
    return tuple(blank), tuple(filled)


@st.composite
def wheres_read(draw: st.DrawFn) -> Where:
    """A selection of items, as the language has it."""
    return msgspec.convert(draw(wheres()), Where, strict=False)
