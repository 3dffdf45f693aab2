"""The European classification of skills and occupations as it was loaded, and the index that is searched while one types."""

from __future__ import annotations

from typing import Any

from django.db import models

__all__ = ["Concept", "Kind", "Label", "Link", "LinkKind", "Release", "Term"]

URI_LENGTH = 300
LABEL_LENGTH = 500
"""Characters; the longest label of ESCO has about 250."""


class Release(models.Model):
    """One version of the classification, loaded in steps: what is done is kept, so a loading that was stopped goes on.

    ``files`` holds by name of each file that is loaded its SHA-256, ``indexed`` the languages whose index is built,
    ``counts`` how many concepts of each kind there are. Only the current release is searched.
    """

    version = models.CharField(max_length=40, unique=True)
    is_fictitious = models.BooleanField(default=False)
    is_current = models.BooleanField(default=False)
    files: Any = models.JSONField(default=dict)
    indexed: Any = models.JSONField(default=list)
    counts: Any = models.JSONField(default=dict)
    began_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="one_current_release"
            )
        ]

    def __str__(self) -> str:
        return self.version


class Kind(models.TextChoices):
    """What a concept is."""

    SKILL = "skill"
    SKILL_GROUP = "skill-group"
    OCCUPATION = "occupation"
    OCCUPATION_GROUP = "occupation-group"


class Concept(models.Model):
    """A skill, an occupation or a group of them. One that a later release no longer has is retired, never deleted: records name it.

    ``skill_type`` is ``skill`` or ``knowledge``; ``reuse`` one of ESCO's levels of reuse; ``code`` that of the
    classification of occupations.
    """

    uri = models.CharField(max_length=URI_LENGTH, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    skill_type = models.CharField(max_length=20, blank=True)
    reuse = models.CharField(max_length=30, blank=True)
    code = models.CharField(max_length=40, blank=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="concepts")
    is_retired = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["kind", "code"], name="esco_concept_code")]

    def __str__(self) -> str:
        return self.uri


class Label(models.Model):
    """What a concept is called in one language: the preferred label, and others, one a line."""

    concept = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="labels")
    language = models.CharField(max_length=12)
    preferred = models.CharField(max_length=LABEL_LENGTH)
    others = models.TextField(blank=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concept", "language"], name="one_label_each")]
        indexes = [models.Index(fields=["language"], name="esco_label_language")]


class LinkKind(models.TextChoices):
    """How two concepts belong together: from an occupation (or skill) to a skill it needs, from a concept to a broader one."""

    ESSENTIAL = "essential"
    OPTIONAL = "optional"
    BROADER = "broader"


class Link(models.Model):
    """One relation, from ``source`` to ``target``."""

    kind = models.CharField(max_length=12, choices=LinkKind.choices)
    source = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="links")
    target = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="linked_by")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target", "kind"], name="one_link_each")]
        indexes = [models.Index(fields=["target", "kind"], name="esco_link_target")]


class Term(models.Model):
    """The index: one word of one language with the concepts whose labels have it.

    ``word`` is folded and in UTF-8, so that databases sort it byte by byte and a prefix is a range whatever their
    collation. ``tail`` is its end, for words that are mistyped in front. ``found`` holds the concepts; see
    `tessella_web.catalogue.esco.index`.
    """

    kind = models.CharField(max_length=20, choices=Kind.choices)
    language = models.CharField(max_length=12)
    word = models.BinaryField()
    length = models.PositiveSmallIntegerField()
    tail = models.CharField(max_length=3)
    found = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "language", "word"], name="one_term_each")]
        indexes = [models.Index(fields=["kind", "language", "tail", "length"], name="esco_term_tail")]
