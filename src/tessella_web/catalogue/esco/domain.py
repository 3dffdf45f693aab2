"""Loading a release: file by file, in pieces, so that it can be stopped at any moment and goes on where it was."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.catalogue.esco import files, graph, tables
from tessella_web.catalogue.esco.index import terms_of
from tessella_web.catalogue.esco.models import (
    LABEL_LENGTH,
    URI_LENGTH,
    Concept,
    Kind,
    Label,
    Link,
    Release,
    Term,
)
from tessella_web.catalogue.esco.rows import ConceptRow, LabelRow, LinkRow, Row
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = ["EXCERPT_VERSION", "Loaded", "load", "load_excerpt"]

EXCERPT_VERSION = "0 (fictitious)"
"""The version of the invented excerpt that comes with the samples."""

BATCH = 5000
"""Rows in one transaction: other writers wait less than a second."""

INDEXED = (Kind.SKILL, Kind.OCCUPATION)
"""What people search for."""


class Loaded(NamedTuple):
    """What a loading did: the release, files read and skipped because they were loaded before, and rows that were of no use."""

    release: Release
    read: tuple[str, ...]
    skipped: tuple[str, ...]
    unusable: int


def load(
    path: Path,
    *,
    version: str = "",
    is_fictitious: bool = False,
    say: Callable[[str], None] = lambda _text: None,
) -> Loaded:
    """Load an official download and make it the release that is searched.

    Running it again loads nothing twice; after it was stopped it goes on. Another language of the same version is added.
    Concepts that a newer version no longer has are retired: records may name them.

    Args:
        path: the folder, ZIP or file.
        version: of ESCO, where the name of the download does not carry it.
        say: told what is being done.

    Raises:
        RefusedError: ``esco.file``, ``esco.table``, ``esco.graph``, ``esco.no-reader``; ``esco.version``: no version is known;
            ``esco.older``: a newer one is loaded already.
    """
    chosen = [one for one in files.members(path) if tables.is_known(one.name) or _is_graph(one.name)]
    version = version or files.version_in(path)
    release = _begun(version, is_fictitious=is_fictitious)
    read, skipped, unusable = [], [], 0
    for member in sorted(chosen, key=lambda one: (tables.rank(one.name), one.name)):
        digest = member.digest()
        if release.files.get(member.name) == digest:
            skipped.append(member.name)
            continue
        say(_("Reading %(name)s") % {"name": member.name})
        unusable += _ingest(release, _rows_of(member))
        release.files = {**release.files, member.name: digest}
        release.indexed = []
        release.save(update_fields=["files", "indexed"])
        read.append(member.name)
    if not chosen:
        raise RefusedError(
            _("There is no file of ESCO in %(path)s.") % {"path": path.name},
            code="esco.file", hint=_("Give the folder, the ZIP or the file of the official download (CSV or RDF)."),
        )  # fmt: skip
    _take_over(release)
    _index(release, say)
    if read:
        with transaction.atomic():
            audit.record(
                "esco.loaded", f"esco:{release.version}", facts={"files": len(read), **release.counts}
            )
    return Loaded(release, tuple(read), tuple(skipped), unusable)


def load_excerpt() -> Loaded | None:
    """The invented excerpt, when nothing is loaded; an official release is never replaced by it."""
    if Release.objects.filter(is_current=True).exists():
        return None
    with resources.as_file(resources.files(__package__) / "excerpt") as path:
        return load(path, version=EXCERPT_VERSION, is_fictitious=True)


def _begun(version: str, *, is_fictitious: bool) -> Release:
    if not version:
        raise RefusedError(
            _("It is not known which version of ESCO this is."), code="esco.version",
            hint=_("Say it with --esco-version, such as 1.2.0."),
        )  # fmt: skip
    current = Release.objects.filter(is_current=True, is_fictitious=False).first()
    if current and (is_fictitious or _parts(version) < _parts(current.version)):
        raise RefusedError(
            _("Version %(version)s is loaded already, which is newer.") % {"version": current.version},
            code="esco.older", hint=_("Keep the newer one."),
        )  # fmt: skip
    return Release.objects.get_or_create(version=version[:40], defaults={"is_fictitious": is_fictitious})[0]


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in version.split(".") if one.isdigit())


def _is_graph(name: str) -> bool:
    return Path(name).suffix.lower() in graph.SUFFIXES


def _rows_of(member: files.Member) -> Iterator[Row]:
    if _is_graph(member.name):
        yield from graph.read_graph(member)
        return
    with member.open() as stream:
        yield from tables.read_table(member.name, stream)


def _ingest(release: Release, rows: Iterable[Row]) -> int:
    """Write the rows in pieces; returns how many were of no use."""
    unusable = 0
    keys: dict[str, int] = {}
    for piece in _pieces(rows):
        usable = [row for row in piece if _is_usable(row)]
        unusable += len(piece) - len(usable)
        with transaction.atomic():
            _write_concepts(release, [row for row in usable if isinstance(row, ConceptRow)], keys)
            unusable += _write_labels(release, [row for row in usable if isinstance(row, LabelRow)], keys)
            unusable += _write_links(release, [row for row in usable if isinstance(row, LinkRow)], keys)
    return unusable


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    stream = iter(rows)
    while piece := list(itertools.islice(stream, BATCH)):
        yield piece


def _is_usable(row: Row) -> bool:
    if isinstance(row, LinkRow):
        return bool(row.source and row.target)
    named = not isinstance(row, LabelRow) or 0 < len(row.preferred) <= LABEL_LENGTH
    return 0 < len(row.uri) <= URI_LENGTH and ":" in row.uri and named


def _write_concepts(release: Release, rows: list[ConceptRow], keys: dict[str, int]) -> None:
    unique = {row.uri: row for row in rows}
    Concept.objects.bulk_create(
        [
            Concept(uri=row.uri, kind=row.kind, skill_type=row.skill_type[:20], reuse=row.reuse[:30], code=row.code[:40], release=release)
            for row in unique.values()
        ],
        update_conflicts=True, unique_fields=["uri"],
        update_fields=["kind", "skill_type", "reuse", "code", "release", "is_retired"],
    )  # fmt: skip
    _remember(set(unique), keys)


def _remember(uris: set[str], keys: dict[str, int]) -> None:
    """The keys of concepts, looked up once."""
    wanted = sorted(uris - set(keys))
    for start in range(0, len(wanted), 500):
        keys.update(Concept.objects.filter(uri__in=wanted[start : start + 500]).values_list("uri", "pk"))


def _write_labels(release: Release, rows: list[LabelRow], keys: dict[str, int]) -> int:
    _remember({row.uri for row in rows}, keys)
    unique = {(keys[row.uri], row.language): row for row in rows if row.uri in keys}
    Label.objects.bulk_create(
        [
            Label(concept_id=key, language=language[:12], preferred=row.preferred, release=release,
                  others="\n".join(one for one in row.others if len(one) <= LABEL_LENGTH and "\n" not in one))
            for (key, language), row in unique.items()
        ],
        update_conflicts=True, unique_fields=["concept", "language"], update_fields=["preferred", "others", "release"],
    )  # fmt: skip
    return sum(row.uri not in keys for row in rows)


def _write_links(release: Release, rows: list[LinkRow], keys: dict[str, int]) -> int:
    _remember({uri for row in rows for uri in (row.source, row.target)}, keys)
    known = {row for row in rows if row.source in keys and row.target in keys}
    Link.objects.bulk_create(
        [Link(kind=row.kind, source_id=keys[row.source], target_id=keys[row.target], release=release) for row in sorted(known)],
        update_conflicts=True, unique_fields=["source", "target", "kind"], update_fields=["release"],
    )  # fmt: skip
    return sum(row not in known for row in rows)


@transaction.atomic
def _take_over(release: Release) -> None:
    """From now on this release is searched; what only older ones had is retired."""
    counts = Counter(Concept.objects.filter(release=release).values_list("kind", flat=True))
    Concept.objects.exclude(release=release).filter(kind__in=list(counts), is_retired=False).update(
        is_retired=True
    )
    if Link.objects.filter(release=release).exists():
        Link.objects.exclude(release=release).delete()
    Release.objects.exclude(pk=release.pk).update(is_current=False)
    release.counts, release.is_current = dict(counts), True
    release.finished_at = release.finished_at or timezone.now()
    release.save(update_fields=["counts", "is_current", "finished_at"])


def _index(release: Release, say: Callable[[str], None]) -> None:
    """Build the index of each language that is not built yet; each is replaced in one go."""
    for language in Label.objects.order_by("language").values_list("language", flat=True).distinct():
        if language in release.indexed:
            continue
        say(_("Indexing %(language)s") % {"language": language})
        with transaction.atomic():
            for kind in INDEXED:
                labels = Label.objects.filter(
                    language=language, concept__kind=kind, concept__is_retired=False
                )
                rows = labels.values_list("concept", "preferred", "others").iterator()
                Term.objects.filter(kind=kind, language=language).delete()
                Term.objects.bulk_create(terms_of(kind, language, rows), batch_size=BATCH)
            release.indexed = [*release.indexed, language]
            release.save(update_fields=["indexed"])
