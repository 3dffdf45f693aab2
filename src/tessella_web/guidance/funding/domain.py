"""Adding and withdrawing funding schemes, and keeping one's own answers: the only code that changes either."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from tessella.adapters.descriptions import parse_description
from tessella.adapters.files import read_bytes
from tessella.errors import TessellaError
from tessella.guidance.funding import load_scheme, published_schemes, read_facts, scheme_data
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.guidance.funding.models import KeptFacts, StoredScheme

__all__ = ["MOST_FACTS", "Loaded", "forget_facts", "keep_facts", "load", "withdraw"]

MOST_FACTS = 200
"""Facts somebody keeps: schemes ask for a dozen each."""

SUFFIXES = frozenset({".yaml", ".yml", ".json"})

Loaded = tuple[list[str], list[TessellaError]]
"""The ids that were taken over, and what is wrong with the files that were not."""


def load(path: Path) -> Loaded:
    """Take over the schemes of a file, or of the files of a folder; one that cannot be used stops no other. Twice does what once does."""
    files = sorted(one for one in path.iterdir() if one.suffix in SUFFIXES) if path.is_dir() else [path]
    done: list[str] = []
    wrong: list[TessellaError] = []
    for file in files:
        try:
            scheme = load_scheme(parse_description(read_bytes(file), file.name), place=file.name)
        except TessellaError as error:
            wrong.append(error)
            continue
        with transaction.atomic():
            StoredScheme.objects.update_or_create(
                key=scheme.id, defaults={"data": scheme_data(scheme), "is_withdrawn": False}
            )
            audit.record("funding.loaded", f"funding:{scheme.id}", facts={"version": scheme.version})
        done.append(scheme.id)
    return done, wrong


@transaction.atomic
def withdraw(key: str) -> None:
    """Show a scheme no more, whether it was added or comes along.

    Raises:
        RefusedError: ``funding.unknown``.
    """
    if key not in published_schemes() and not StoredScheme.objects.filter(key=key).exists():
        raise RefusedError(
            _("There is no funding scheme “%(key)s”.") % {"key": key}, code="funding.unknown",
            hint=_("The page about funding shows their ids."),
        )  # fmt: skip
    StoredScheme.objects.update_or_create(key=key, defaults={"is_withdrawn": True})
    audit.record("funding.withdrawn", f"funding:{key}")


@transaction.atomic
def keep_facts(*, by: Person, facts: Mapping[str, str]) -> None:
    """Keep what somebody declared, in place of what was kept before; nothing when all is empty.

    Raises:
        RefusedError: ``funding.too-many``. InputError: ``funding.fact``.
    """
    said = {name: str(text).strip() for name, text in facts.items() if str(text).strip()}
    if len(said) > MOST_FACTS:
        raise RefusedError(_("These are more facts than schemes ask for."), code="funding.too-many", hint=_("Keep only what is asked."))  # fmt: skip
    read_facts(said)
    KeptFacts.objects.update_or_create(person=by, defaults={"facts": said})


@transaction.atomic
def forget_facts(*, by: Person) -> None:
    """Keep nothing any more."""
    KeptFacts.objects.filter(person=by).delete()
