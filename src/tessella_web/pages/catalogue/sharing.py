"""What other programs and social networks read of a version's page: schema.org, Open Graph, a picture."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from PIL import Image

from tessella.errors import TessellaError
from tessella.model import MicroCredential, Organisation
from tessella.rendering import tile_alt, tile_facts, tile_png
from tessella.text import pick
from tessella.vocabulary import Concept, code_list
from tessella_web.catalogue import queries
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers.models import Offer
from tessella_web.catalogue.search.facets import hours_of

__all__ = ["about", "picture", "structured"]

WIDTH, HEIGHT = 1200, 630
"""Pixels: the shape that social networks show whole."""

TILE = 590
PAPER = (251, 250, 247)
KEPT_S = 86_400
"""The picture of a version never changes."""

DESCRIPTION_LENGTH = 300
"""Characters of the description that search engines and social networks show at most."""


def about(version: Version, record: MicroCredential, offers: Sequence[Offer] = ()) -> dict[str, Any]:
    """For ``pages/catalogue/sharing.html``: what stands in the head of the page of a version."""
    languages = (get_language() or "en", record.language)
    address = settings.BASE_URL + reverse("version", args=[version.description_id, version.number])
    description = " ".join(pick(record.description, languages).split())
    return {
        "title": pick(record.title, languages) or version.title,
        "description": description
        if len(description) <= DESCRIPTION_LENGTH
        else description[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …",
        "url": address,
        "picture": f"{address}/picture.png",
        "width": WIDTH,
        "height": HEIGHT,
        "alt": tile_alt(tile_facts(record)),
        "data": _script(structured(version, record, offers)),
    }


def structured(version: Version, record: MicroCredential, offers: Sequence[Offer] = ()) -> dict[str, Any]:
    """The version in the words of schema.org: a course with the credential it leads to, or that credential alone where it is no
    micro-credential. Only what the record states; nothing about people.
    """
    base = settings.BASE_URL
    address = base + reverse("version", args=[version.description_id, version.number])
    languages = (record.language,)
    bodies = [_organisation(one, languages) for one in record.awarding_bodies or record.providers]
    credential = _stated({
        "@type": "EducationalOccupationalCredential",
        "name": pick(record.title, languages),
        "credentialCategory": record.record_type.value.replace("-", " ").capitalize(),
        "educationalLevel": [_term("European Qualifications Framework", one, "eqf") for one in record.levels.eqf] if record.levels else [],
        "competencyRequired": [pick(one.title, languages) for one in record.outcomes],
        "recognizedBy": bodies,
        "validFor": f"P{record.valid_for_months}M" if record.valid_for_months else "",
        "url": address,
    })  # fmt: skip
    common = {
        "@context": "https://schema.org",
        "@id": address,
        "url": address,
        "image": f"{address}/picture.png",
        "description": pick(record.description, languages),
        "inLanguage": record.language,
        "version": str(version.number),
        "dateModified": version.published_at.date().isoformat(),
        "creativeWorkStatus": "Withdrawn" if version.is_withdrawn else "Published",
    }
    if not record.is_micro_credential:
        return _stated({**credential, **common})
    hours = hours_of(record)
    return _stated({
        **common,
        "@type": "Course",
        "name": pick(record.title, languages),
        "provider": [_organisation(one, languages) for one in record.providers] or bodies,
        "about": [_term("ISCED-F 2013", one, "isced-f") for one in record.fields],
        "teaches": [pick(one.title, languages) for one in record.outcomes],
        "timeRequired": _duration(hours),
        "numberOfCredits": [
            _stated({"@type": "StructuredValue", "value": _number(one.points), "name": one.system.label("en") if one.system else ""})
            for one in (record.workload.credits if record.workload else ())
        ],
        "educationalLevel": credential.get("educationalLevel", []),
        "coursePrerequisites": pick(record.prerequisites.text, languages) if record.prerequisites else "",
        "availableLanguage": [_code("language", one) for one in record.participation.languages] if record.participation else [],
        "educationalCredentialAwarded": credential,
        "isAccessibleForFree": True if record.cost and record.cost.price == 0 else None,
        "hasCourseInstance": [_instance(record, one, hours) for one in offers] or [_instance(record, None, hours)],
        "offers": [found for one in offers if (found := _offer(one))] or _price(record),
    })  # fmt: skip


@require_safe
def picture(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """The picture that social networks show: the tile with its title, painted once for each content."""
    version = queries.version_at(id, number)
    if version is None:
        raise Http404
    name = f"pictures/{version.digest}.png"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(_painted(version.record())))
    with default_storage.open(name) as file:
        response = HttpResponse(file.read(), content_type="image/png")
    response["Cache-Control"] = f"public, max-age={KEPT_S}"
    return response


def _painted(record: MicroCredential) -> bytes:
    facts = tile_facts(record)
    try:
        tile = tile_png(facts, size=TILE)
    except TessellaError:  # its title has signs that no font here shows
        tile = tile_png(facts, size=TILE, label=False)
    canvas = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    with Image.open(io.BytesIO(tile)) as opened:
        middle = opened.convert("RGBA")
    with Image.open(io.BytesIO(_ornament(record))) as opened:
        side = opened.convert("RGBA")
    for place in range(-1, WIDTH // side.width + 1):
        for row in (0, 1, 2):
            left = place * side.width + (row % 2) * side.width // 2
            canvas.paste(
                side, (left, row * side.height), side.getchannel("A").point(lambda alpha: alpha // 9)
            )
    canvas.paste(middle, ((WIDTH - TILE) // 2, (HEIGHT - TILE) // 2), middle)
    written = io.BytesIO()
    canvas.save(written, "PNG", optimize=True)
    return written.getvalue()


def _ornament(record: MicroCredential) -> bytes:
    return tile_png(tile_facts(record), size=HEIGHT // 3, label=False)


def _script(data: Mapping[str, Any]) -> SafeString:
    """JSON that can stand in a ``script`` element: no sign of it ends one or begins a comment."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=False)
    for sign, escaped in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(sign, escaped)
    return mark_safe(text)  # noqa: S308 - every sign of markup was replaced above


def _stated(members: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


def _organisation(body: Organisation, languages: Sequence[str]) -> dict[str, Any]:
    return _stated({
        "@type": "Organization",
        "name": pick(body.name, languages),
        "url": body.homepage,
        "identifier": body.legal_id or (body.id if body.id.startswith("http") else ""),
        "address": [{"@type": "PostalAddress", "addressCountry": _code("country", one)} for one in body.countries],
    })  # fmt: skip


def _term(set_name: str, concept: Concept, list_name: str) -> dict[str, Any]:
    return _stated({
        "@type": "DefinedTerm",
        "name": concept.label("en"),
        "termCode": _code(list_name, concept),
        "url": concept.uri if concept.uri.startswith("http") else "",
        "inDefinedTermSet": set_name,
    })  # fmt: skip


def _code(list_name: str, concept: Concept) -> str:
    found = code_list(list_name).get(concept.uri)
    return found.code if found else concept.code


def _number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def _duration(hours: Decimal | None) -> str:
    """ISO 8601, in hours and minutes."""
    if hours is None:
        return ""
    minutes = int(hours * 60)
    return f"PT{minutes // 60}H" + (f"{minutes % 60}M" if minutes % 60 else "")


_COURSE_MODES = {"online": "online", "on-site": "onsite", "blended": "blended", "hybrid": "blended"}


def _instance(record: MicroCredential, offer: Offer | None, hours: Decimal | None) -> dict[str, Any]:
    """A run of the course; schema.org asks for the mode and the workload of each."""
    participation = record.participation
    modes = (
        [offer.mode]
        if offer and offer.mode
        else [_code("mode", one) for one in participation.modes]
        if participation
        else []
    )
    starts = offer.starts_on if offer else participation.starts_on if participation else None
    ends = offer.ends_on if offer else participation.ends_on if participation else None
    place = (
        offer.place if offer else pick(participation.location, (record.language,)) if participation else ""
    )
    return _stated({
        "@type": "CourseInstance",
        "courseMode": [_COURSE_MODES.get(one, one) for one in modes],
        "courseWorkload": _duration(hours),
        "startDate": starts.isoformat() if starts else "",
        "endDate": ends.isoformat() if ends else "",
        "location": {"@type": "Place", "name": place} if place else None,
        "inLanguage": offer.languages if offer else [],
        "url": settings.BASE_URL + reverse("offer", args=[offer.id]) if offer else "",
        "maximumAttendeeCapacity": offer.places if offer else None,
        "offers": _offer(offer) if offer else None,
    })  # fmt: skip


def _offer(offer: Offer) -> dict[str, Any]:
    if not offer.is_free and offer.price is None:
        return {}
    return _stated({
        "@type": "Offer",
        "category": "Free" if offer.is_free else "Paid",
        "price": str(offer.price or 0),
        "priceCurrency": offer.currency,
        "validFrom": offer.enrol_from.isoformat() if offer.enrol_from else "",
        "validThrough": offer.enrol_until.isoformat() if offer.enrol_until else "",
    })  # fmt: skip


def _price(record: MicroCredential) -> list[dict[str, Any]]:
    cost = record.cost
    if cost is None or cost.price is None:
        return []
    return [{
        "@type": "Offer", "category": "Paid" if cost.price else "Free", "price": str(cost.price), "priceCurrency": cost.currency,
    }]  # fmt: skip
