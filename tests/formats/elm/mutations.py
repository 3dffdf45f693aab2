"""Deterministic damage to credentials: what people and programs get wrong, one to three changes at a time."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

Spot = tuple[Any, Any]
"""A container and the key or index in it."""

SCALARS = (
    5,
    0,
    -3,
    2.5,
    True,
    "",
    "P60M",
    "PT60H",
    "2024-02-30T00:00:00Z",
    "2024-05-01",
    "yes",
    "0",
    "101",
    "urn:x:1",
)
CLASSES = (
    "Note", "Concept", "Organisation", "Person", "Claim", "Qualification", "LearningAchievementSpecification", "Identifier",
    "LegalIdentifier", "Agent", "ConceptScheme", "Nonsense", "elm:Note", "LearningAchievement",
)  # fmt: skip
SCHEMES = (
    "http://data.europa.eu/snb/eqf/25831c2",
    "http://publications.europa.eu/resource/authority/country",
    "urn:epass:conceptScheme:1",
    "relative",
)


def _spots(node: Any, root: bool = True) -> Iterator[Spot]:
    items: Any = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(items):
        if root and key == "@context":
            continue
        yield node, key
        if isinstance(value, dict | list):
            yield from _spots(value, root=False)


def _objects(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [document] + [
        box[key] for box, key in _spots(document) if isinstance(box[key], dict) and "type" in box[key]
    ]


def delete(document: dict[str, Any], rng: random.Random) -> None:
    box, key = rng.choice(list(_spots(document)))
    del box[key]


def duplicate(document: dict[str, Any], rng: random.Random) -> None:
    """A value twice, the second one changed a little or wholly."""
    box, key = rng.choice([spot for spot in _spots(document) if isinstance(spot[0], dict)])
    value = box[key]
    other = copy.deepcopy(value)
    if isinstance(other, dict) and rng.random() < 0.7:
        other["id"] = f"urn:epass:copy:{rng.randrange(9)}"
    elif isinstance(other, str):
        other += "x"
    box[key] = [value, other] if not isinstance(value, list) else [*value, other]


def retype_value(document: dict[str, Any], rng: random.Random) -> None:
    box, key = rng.choice(list(_spots(document)))
    box[key] = rng.choice([*SCALARS, {}, [], None, {"en": "text"}, {"id": "urn:x:2"}, [None], ["a", "b"]])


def reclass(document: dict[str, Any], rng: random.Random) -> None:
    node = rng.choice(_objects(document))
    other = rng.choice(CLASSES)
    node["type"] = other if rng.random() < 0.6 else [node.get("type"), other]
    if isinstance(node["type"], list):
        node["type"] = [
            name for item in node["type"] for name in (item if isinstance(item, list) else [item])
        ]


def change_scheme(document: dict[str, Any], rng: random.Random) -> None:
    concepts = [node for node in _objects(document) if "inScheme" in node]
    if not concepts:
        return
    node = rng.choice(concepts)
    scheme = {"id": rng.choice(SCHEMES), "type": "ConceptScheme"}
    choice = rng.randrange(4)
    if choice == 0:
        node["inScheme"] = scheme
    elif choice == 1:
        node["inScheme"] = [node["inScheme"], scheme]
    elif choice == 2:
        node["inScheme"] = scheme["id"]
    else:
        node["inScheme"] = [node["inScheme"], {"type": "ConceptScheme"}]


def break_id(document: dict[str, Any], rng: random.Random) -> None:
    """An id lost, relative, blank, or the same as another's."""
    nodes = [node for node in _objects(document) if "id" in node]
    if not nodes:
        return
    node = rng.choice(nodes)
    choice = rng.randrange(5)
    if choice == 0:
        del node["id"]
    elif choice == 1:
        node["id"] = rng.choice(["relative", "", "#frag", "a b:c"])
    elif choice == 2:
        node["id"] = f"_:b{rng.randrange(3)}"
    else:
        node["id"] = rng.choice(nodes)["id"]


def add_property(document: dict[str, Any], rng: random.Random) -> None:
    """A property from elsewhere in the document, perhaps where it does not belong, or an undefined one."""
    box, key = rng.choice([spot for spot in _spots(document) if isinstance(spot[0], dict)])
    node = rng.choice(_objects(document))
    node[rng.choice([key, key, key, "bogus", "dc:title", "https://schema.org/name"])] = copy.deepcopy(
        box[key]
    )


def break_text(document: dict[str, Any], rng: random.Random) -> None:
    texts = [(box, key) for box, key in _spots(document) if isinstance(box[key], dict) and "en" in box[key]]
    if not texts:
        return
    box, key = rng.choice(texts)
    text = box[key]["en"]
    box[key] = rng.choice(
        [
            text, [text], {"en": [text]}, {"en": text, "EN": "other"}, {"en": text, "lv": "cits"}, {"@none": text},
            {"en": [text, text]}, {"en": [text, "other"]}, {"en": None}, {"not a language": text}, {"en": 5},
            [{"en": text}], {"@value": text, "@language": "en"}, {},
        ]
    )  # fmt: skip


def to_reference(document: dict[str, Any], rng: random.Random) -> None:
    """An object replaced by its id alone: as a string or an object; right when it stands in full elsewhere."""
    spots = [
        (box, key)
        for box, key in _spots(document)
        if isinstance(box[key], dict) and isinstance(box[key].get("id"), str)
    ]
    if not spots:
        return
    box, key = rng.choice(spots)
    ident = box[key]["id"]
    box[key] = ident if rng.random() < 0.5 else {"id": ident}


def value_object(document: dict[str, Any], rng: random.Random) -> None:
    box, key = rng.choice(
        [
            s
            for s in _spots(document)
            if isinstance(s[0], dict) and isinstance(s[0][s[1]], str) and s[1] not in ("id", "type")
        ]
    )
    box[key] = rng.choice(
        [
            {"@value": box[key]},
            {"@value": box[key], "@type": "xsd:dateTime"},
            {"@value": box[key], "@type": "xsd:string"},
            {"@value": box[key], "@language": "en"},
            {"@value": 7},
            {"@value": None},
        ]
    )


MUTATIONS: tuple[Callable[[dict[str, Any], random.Random], None], ...] = (
    delete, delete, duplicate, retype_value, retype_value, reclass, change_scheme, break_id, break_id, add_property, break_text,
    to_reference, value_object,
)  # fmt: skip


def mutants(document: dict[str, Any], count: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """``count`` damaged copies and what was done to each; the same for the same seed."""
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        damaged = copy.deepcopy(document)
        done = []
        for _ in range(rng.choice([1, 1, 2, 3])):
            mutation = rng.choice(MUTATIONS)
            mutation(damaged, rng)
            done.append(mutation.__name__)
        yield f"{seed}/{number}:{'+'.join(done)}", damaged
