"""A catalogue of made-up versions, past the reviews; both engines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.content import digest_of, plain
from tessella_web.catalogue.content import loaded as load
from tessella_web.catalogue.models import Description, Version
from tessella_web.catalogue.search import queries, snapshot
from tessella_web.catalogue.search.domain import index
from tests.web.catalogue.conftest import rita, version
from tests.web.catalogue.samples import COMPLETE

__all__ = ["rita", "version"]

PUBLISHED = dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC)

Make = Callable[..., Version]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """What this process remembers of other tests' databases."""
    snapshot.forget()
    queries._engine_matching.cache_clear()
    yield
    snapshot.forget()


@pytest.fixture(params=["database", "tantivy"])
def engine(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> str:
    settings.SEARCH_ENGINE = request.param
    settings.DATA_FOLDER = tmp_path
    return str(request.param)


@pytest.fixture
def make(organisation: Organisation, alice: Person) -> Make:
    """Publishes a version of a description with these elements, without the reviews that other tests are about."""

    def made(
        *, by: Organisation = organisation, of: Description | None = None, particulars: dict[str, Any] | None = None,
        published_at: dt.datetime = PUBLISHED, **content: Any,
    ) -> Version:  # fmt: skip
        whole = plain(load({**COMPLETE, **content}).record)
        description = of or Description.objects.create(organisation=by, content=whole, title="")
        version = Version.objects.create(
            description=description, organisation=by, number=description.versions.count() + 1, content=whole,
            particulars=particulars or {}, digest=digest_of(whole), title=str(next(iter(load(whole).record.title.values()), "")),
            record_type=str(load(whole).record.record_type), published_at=published_at, published_by=alice,
        )  # fmt: skip
        index(description)
        return version

    return made
