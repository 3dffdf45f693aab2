"""Tags for templates, loaded in all of them."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from tessella.model import MicroCredential
from tessella.rendering import TileFacts, tile_alt, tile_facts, tile_svg, verdict_words
from tessella.verdicts import Verdict

register = template.Library()


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A date as people write it: 21 November 2026."""
    return date_format(value, "DATE_FORMAT") if value else ""


@register.filter
def errors_of(form: Any) -> list[tuple[str, str, str]]:
    """Id of the field, its label and the error, for the summary on top of a form."""
    return [
        (f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label, str(field.label), str(error))
        for field in form
        for error in field.errors
    ]


@register.filter
def beside(columns: Iterable[Any], cells: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Each column with its cell, for ``ui/table.html``."""
    return list(zip(columns, cells, strict=True))


@register.filter
def passkey_json(options: Any) -> str:
    """What the server asks of a passkey, for the attribute ``data-options`` that ``passkeys.js`` reads."""
    return json.dumps(options, cls=DjangoJSONEncoder)


@register.simple_tag
def tile(record: MicroCredential | TileFacts, size: int = 96, named: bool = True) -> SafeString:
    """The tile of a record as a picture of ``size`` pixels, with its description as alternative text.

    ``named=False`` where the title stands beside it: then the picture says nothing of its own.
    """
    facts = record if isinstance(record, TileFacts) else tile_facts(record)
    data = base64.b64encode(tile_svg(facts, size=size, label=False).encode()).decode()
    return format_html(
        '<img class="tile" src="data:image/svg+xml;base64,{}" width="{}" height="{}" alt="{}">',
        data,
        size,
        size,
        tile_alt(facts) if named else "",
    )


@register.simple_tag
def small_tile(facts: TileFacts, size: int = 64, named: bool = True) -> SafeString:
    """The tile of up to 96 pixels, from an address of its own: on a page with hundreds each kind is downloaded once."""
    address = reverse("tile-picture", args=[str(facts.record_type), facts.field or "none", facts.level or 0])
    return format_html(
        '<img class="tile" src="{}" width="{}" height="{}" alt="{}">',
        address, size, size, tile_alt(facts) if named else "",
    )  # fmt: skip


_WORDS = {
    Verdict.PASSED: gettext_lazy("Passed"),
    Verdict.FAILED: gettext_lazy("Failed"),
    Verdict.INDETERMINATE: gettext_lazy("Not established"),
    Verdict.NOT_APPLICABLE: gettext_lazy("Does not apply"),
}


@register.inclusion_tag("ui/verdict.html")
def verdict(value: Verdict | str, word: str = "", large: bool = False) -> dict[str, Any]:
    """A verdict as icon and word; another word than the usual one where the sentence needs it."""
    known = Verdict(value)
    icon = verdict_words(known).icon
    return {"verdict": known.value, "icon": icon, "word": word or _WORDS[known], "large": large}
