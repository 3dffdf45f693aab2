"""The tile: the same picture everywhere, told apart without colour, the same in SVG and PNG."""

from __future__ import annotations

import hashlib
import io
import itertools
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tessella.errors import LimitError, SchemaError
from tessella.model import Credits, Levels, MicroCredential, Organisation, RecordType, Workload
from tessella.rendering import TileFacts, tile_alt, tile_facts, tile_png, tile_svg
from tessella.rendering._mosaic import density, tile_shapes
from tessella.rendering._palette import INK, PAPER, PIGMENTS, contrast, on_paper, reaching
from tessella.rendering._shapes import SIDE, Disc, Shape
from tessella.vocabulary import Concept, code_list
from tests.rendering.sheet import FILE, sheet

WATER = TileFacts(
    title="Sustainable Water Management",
    organisation="Westhaven Technical University",
    field="07",
    level=6,
    hours=Decimal(125),
)
FIELDS = [f"{number:02}" for number in range(11)]


def painted(shapes: list[Shape], x: float, y: float) -> str | None:
    """The colour of the last shape that covers the point; None when it is less than two units from an edge."""

    def near_edge(shape: Shape) -> bool:
        if isinstance(shape, Disc):
            return abs(math.dist(shape.centre, (x, y)) - shape.radius) < 2
        for (x1, y1), (x2, y2) in zip(shape.points, (*shape.points[1:], shape.points[0]), strict=True):
            along = max(
                0.0,
                min(
                    1.0,
                    ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / (math.dist((x1, y1), (x2, y2)) ** 2 or 1),
                ),
            )
            if math.dist((x, y), (x1 + along * (x2 - x1), y1 + along * (y2 - y1))) < 2:
                return True
        return False

    def covers(shape: Shape) -> bool:
        if isinstance(shape, Disc):
            return math.dist(shape.centre, (x, y)) <= shape.radius
        inside = False
        for (x1, y1), (x2, y2) in zip(shape.points, (*shape.points[1:], shape.points[0]), strict=True):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
        return inside

    if any(near_edge(shape) for shape in shapes):
        return None
    return next((shape.fill for shape in reversed(shapes) if covers(shape)), "")


@pytest.mark.parametrize("record_type", list(RecordType))
def test_tile_png_shows_the_shapes(record_type: RecordType) -> None:
    facts = TileFacts(title="A", field="10", level=3, hours=Decimal(30), record_type=record_type)
    picture = Image.open(io.BytesIO(tile_png(facts, size=1000, label=False))).convert("RGBA")
    shapes = tile_shapes(facts)
    seen = 0
    for x, y in itertools.product(range(13, 1000, 41), repeat=2):
        wanted = painted(shapes, x + 0.5, y + 0.5)
        if wanted is None:
            continue
        red, green, blue, alpha = picture.getpixel((x, y))
        assert (alpha == 0) if wanted == "" else (f"#{red:02x}{green:02x}{blue:02x}" == wanted), (x, y)
        seen += 1
    assert seen > 200


def test_tile_is_equal_in_another_process() -> None:
    script = (
        "import hashlib; from decimal import Decimal; from tessella.rendering import *;"
        f"f = TileFacts(title={WATER.title!r}, organisation={WATER.organisation!r}, field='07', level=6, hours=Decimal(125));"
        "print(hashlib.sha256(tile_png(f, size=300)).hexdigest(), hashlib.sha256(tile_svg(f).encode()).hexdigest())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    here = (tile_png(WATER, size=300), tile_svg(WATER).encode())
    assert run.stdout.split() == [hashlib.sha256(data).hexdigest() for data in here]


@pytest.mark.parametrize("label", [True, False])
@pytest.mark.parametrize("field", [*FIELDS, ""])
def test_tile_svg_is_well_formed_and_described(field: str, label: bool) -> None:
    facts = TileFacts(title='Law & <order> "now" \x00', organisation="O", field=field, level=4)
    root = ET.fromstring(tile_svg(facts, label=label))
    assert root.attrib["role"] == "img"
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == tile_alt(facts).replace("\x00", "")


def test_tiles_of_all_fields_levels_loads_and_types_differ() -> None:
    one = {"title": "A", "level": 5, "hours": Decimal(60), "field": "05"}
    sets = [
        [{**one, "field": field} for field in FIELDS],
        [{**one, "level": level} for level in (None, *range(1, 9))],
        [{**one, "hours": hours and Decimal(hours)} for hours in (None, 10, 30, 60, 100, 400)],
        [{**one, "record_type": record_type} for record_type in RecordType],
    ]
    for variants in sets:
        pictures = {tile_png(TileFacts(**facts), size=200, label=False) for facts in variants}  # type: ignore[arg-type] # any fact
        assert len(pictures) == len(variants)


def test_fields_differ_in_grey_at_48_pixels() -> None:
    greys = [
        Image.open(io.BytesIO(tile_png(TileFacts(title="A", field=field, level=5), size=48)))
        .convert("RGBA")
        .convert("L")
        .point(lambda value: 255 if value > 200 else 0)
        .tobytes()
        for field in FIELDS
    ]
    distances = [
        sum(a != b for a, b in zip(one, two, strict=True)) for one, two in itertools.combinations(greys, 2)
    ]
    assert min(distances) > 48


def test_outlines_differ_in_silhouette() -> None:
    silhouettes = [
        Image.open(io.BytesIO(tile_png(TileFacts(title="A", record_type=kind), size=48)))
        .getchannel("A")
        .tobytes()
        for kind in RecordType
    ]
    coverages = [
        sum(abs(a - b) > 128 for a, b in zip(one, two, strict=True))
        for one, two in itertools.combinations(silhouettes, 2)
    ]
    assert min(coverages) > 48


_LMS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def _oklab(colour: str, sight: str) -> tuple[float, float, float]:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (b / 255 for b in bytes.fromhex(colour[1:]))
    ]
    r, g, b = (min(1, max(0, sum(w * c for w, c in zip(row, linear, strict=True)))) for row in _LMS[sight])
    long, middle, short = (
        (x * r + y * g + z * b) ** (1 / 3)
        for x, y, z in (
            (0.4122214708, 0.5363325363, 0.0514459929),
            (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005),
        )
    )
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


@pytest.mark.parametrize("sight", list(_LMS))
def test_field_colours_can_be_told_apart(sight: str) -> None:
    colours = [_oklab(PIGMENTS[field].base, sight) for field in FIELDS]
    assert min(math.dist(one, two) for one, two in itertools.combinations(colours, 2)) > 0.09


@pytest.mark.parametrize("field", [*FIELDS, ""])
def test_motifs_stand_out_from_paper(field: str) -> None:
    pigment = on_paper(PIGMENTS[field])
    assert contrast(pigment.base, PAPER) >= 3
    assert contrast(pigment.deep, PAPER) >= 4.5
    assert contrast(reaching(7, pigment.deep, INK), PAPER) >= 7
    assert round(contrast("#000000", "#ffffff"), 3) == 21


@pytest.mark.parametrize("level", range(1, 9))
def test_level_is_the_number_of_frames(level: int) -> None:
    shapes = tile_shapes(TileFacts(title="A", field="03", level=level), joints=False)
    downwards = [painted(shapes, 500.3, y + 0.4) for y in range(SIDE // 2)]
    runs = [colour for colour, _ in itertools.groupby(colour for colour in downwards if colour)]
    assert runs.index(PAPER) - 1 == level


@pytest.mark.parametrize(
    ("hours", "step"), [(None, 0), (0, 1), (13, 1), (14, 2), (38, 2), (75, 3), (76, 4), (150, 4), (151, 5)]
)
def test_density_of_hours(hours: int | None, step: int) -> None:
    assert density(None if hours is None else Decimal(hours)) == step


def test_tile_facts_of_a_record() -> None:
    record = MicroCredential(
        title={"fi": "Vesihuolto", "en": "Water"},
        language="fi",
        awarding_bodies=(Organisation(name={"fi": "Länsisatama"}),),
        fields=(code_list("isced-f").require("0732"),),
        levels=Levels(eqf=(code_list("eqf").require("5"), code_list("eqf").require("6"))),
        workload=Workload(
            credits=(Credits(points=Decimal(5), system=code_list("credit-system").require("ects")),)
        ),
    )
    assert tile_facts(record) == TileFacts(
        title="Vesihuolto",
        organisation="Länsisatama",
        field="07",
        level=6,
        hours=Decimal(125),
        credits=Decimal(5),
    )


def test_tile_facts_of_an_empty_record() -> None:
    assert tile_facts(MicroCredential()) == TileFacts()


def test_tile_facts_take_the_level_from_the_cycle() -> None:
    levels = Levels(qf_ehea=code_list("qf-ehea").require("second"))
    assert tile_facts(MicroCredential(levels=levels)).level == 7


def test_tile_facts_ignore_foreign_and_unknown_fields() -> None:
    fields = (Concept(uri="urn:example:alchemy"), code_list("isced-f").require("0732"))
    assert tile_facts(MicroCredential(fields=fields)).field == "07"
    assert tile_facts(MicroCredential(fields=fields[:1])).field == ""


def test_alt_text_says_what_the_tile_shows() -> None:
    assert tile_alt(WATER) == (
        "Micro-credential “Sustainable Water Management”, Westhaven Technical University. A mosaic tile: "
        "field: Engineering, manufacturing and construction; level: EQF 6; workload: 125 hours."
    )
    assert tile_alt(TileFacts(title="Fire watch", record_type=RecordType.PARTICIPATION)) == (
        "Certificate of participation “Fire watch”. A mosaic tile: field not stated; level not stated; workload not stated."
    )


def test_label_with_characters_no_font_has() -> None:
    with pytest.raises(SchemaError) as caught:
        tile_svg(TileFacts(title="水 management"))
    assert (caught.value.code, caught.value.got, caught.value.place) == (
        "rendering.missing-glyph",
        "U+6C34",
        "title",
    )
    assert tile_svg(TileFacts(title="水 management"), label=False).startswith("<svg")


@pytest.mark.parametrize("size", [0, 7, 4097])
def test_size_out_of_bounds(size: int) -> None:
    with pytest.raises(LimitError):
        tile_svg(WATER, size=size)


@settings(max_examples=25, deadline=None)
@given(
    title=st.text(st.characters(codec="latin-1"), max_size=300),
    field=st.sampled_from([*FIELDS, ""]),
    level=st.one_of(st.none(), st.integers(1, 8)),
    hours=st.one_of(st.none(), st.decimals(0, 3000, places=1)),
    record_type=st.sampled_from(list(RecordType)),
)
def test_any_facts_give_a_tile(
    title: str, field: str, level: int | None, hours: Decimal | None, record_type: RecordType
) -> None:
    facts = TileFacts(title=title, field=field, level=level, hours=hours, record_type=record_type)
    svg = tile_svg(facts)
    ET.fromstring(svg)
    assert not re.search(r"nan|inf|None", re.sub(r"<title>.*?</title>", "", svg, flags=re.S))


def test_documentation_shows_the_tiles_as_they_are() -> None:
    assert FILE.read_text(encoding="utf-8") == sheet()
