"""The index: a listing for each micro-credential of the catalogue, an entry for each language it speaks, and what changed when."""

from __future__ import annotations

from typing import Any

from django.db import models

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import Description, Version
from tessella_web.common.ids import ID_LENGTH, new_id

__all__ = ["LANGUAGES_MOST", "Change", "Entry", "Listing"]

LANGUAGES_MOST = 32
"""Languages in which one description is found: the 24 of the European Union and more. An entry's id is its listing's number
times this, plus its place."""


class Change(models.Model):
    """One change of the index, numbered without gaps or repetition of ``number``; ``token`` tells histories apart that were rolled back or
    restored. Whoever has followed up to a token needs only what came after it; whose token is not there reads everything.

    A listing gets the number of the change that made it, so the newest has the highest.
    """

    number = models.BigIntegerField(primary_key=True)
    token = models.CharField(max_length=ID_LENGTH, default=new_id, unique=True)
    removed = models.BigIntegerField(null=True)


class Listing(models.Model):
    """The newest version of a description that was not withdrawn, as the catalogue counts and shows it.

    ``facets`` are codes by facet; ``field`` the subject in full; ``hours`` the workload; ``starts`` days on which one can begin;
    ``card`` what a result shows (`content.Card`).
    """

    number = models.BigIntegerField(primary_key=True)
    description = models.OneToOneField(Description, on_delete=models.CASCADE, related_name="listing")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="listings")
    published_at = models.DateTimeField(db_index=True)
    facets: Any = models.JSONField()
    field = models.CharField(max_length=8, blank=True)
    hours = models.FloatField(null=True)
    starts: Any = models.JSONField(default=list)
    card: Any = models.JSONField()

    class Meta:
        ordering = ("-number",)


class Entry(models.Model):
    """The words of a listing in one language, as tokens separated by spaces: stems of the title and of the rest, and all words as
    they stand. The database's full text is made of them, by triggers on SQLite and in a column of its own on PostgreSQL.
    """

    id = models.BigIntegerField(primary_key=True)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="entries")
    language = models.CharField(max_length=12)
    title = models.TextField()
    body = models.TextField()
    words = models.TextField()
