"""Looking afterwards whether anything of a person is left: in every text column of every table (one reading of each), and among the files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Count, Q, TextField
from django.db.models.functions import Cast

__all__ = ["files_left", "places"]

_TEXT = (models.CharField, models.TextField, models.JSONField)


def places(needles: Iterable[str]) -> dict[str, int]:
    """By ``app.Model.field`` in how many rows any of ``needles`` stands, as it is written or as JSON writes it."""
    wanted = {form for one in needles if one for form in (one, json.dumps(one)[1:-1])}
    return dict(_found(wanted)) if wanted else {}


def _found(wanted: set[str]) -> Iterator[tuple[str, int]]:
    for model in apps.get_models():
        names = [
            one.attname
            for one in model._meta.concrete_fields
            if isinstance(one, _TEXT) and not one.is_relation and not one.choices
        ]
        if not names:
            continue
        rows = model._base_manager.annotate(
            **{f"said_{name}": Cast(name, TextField()) for name in names}
        ).order_by()
        counts = rows.aggregate(
            **{f"in_{name}": Count("pk", filter=_any(f"said_{name}", wanted)) for name in names}
        )
        for name in names:
            if counts[f"in_{name}"]:
                yield f"{model._meta.app_label}.{model.__name__}.{name}", counts[f"in_{name}"]


def _any(column: str, wanted: set[str]) -> Q:
    condition = Q()
    for one in wanted:
        condition |= Q(**{f"{column}__icontains": one})
    return condition


def files_left(paths: Iterable[str]) -> int:
    """How many of these files are still stored."""
    return sum(default_storage.exists(path) for path in paths)
