"""Looking into the European classification of skills and occupations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Shape, Table
from tessella_web.api.paging import whole
from tessella_web.catalogue.esco import queries

operation = Table("Skills")


class SkillShape(Shape):
    """A skill or an occupation."""

    uri: str
    label: str
    language: str = Field(description="Of the label.")
    skill_type: str = Field(description="skill or knowledge; empty for occupations.")
    reuse: str = Field(
        description="transversal, cross-sector, sector-specific or occupation-specific; may be empty."
    )


class Skills(Shape):
    """What was found, best first."""

    release: str = Field(description="The release that was searched; empty when none is loaded.")
    items: list[SkillShape]


class SkillQuery(BaseModel):
    """What is looked for."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")] = Field(
        description="Words of a label; the last one may be unfinished, one may have a slip."
    )
    language: Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2,3})?$")] = Field(
        default="",
        description="Looked through first, besides English; that of the organisation or the person when left out.",
    )
    kind: Literal["skill", "occupation"] = "skill"
    limit: Annotated[int, Field(ge=1, le=50), whole] = Field(default=10, description="How many at most.")


class OutcomeQuery(BaseModel):
    """An outcome."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=600, pattern=r"^[^\x00]*$")] = Field(
        description="The outcome, whole."
    )
    language: Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2,3})?$")] = Field(
        default="", description="Looked through first, besides English."
    )


@operation("GET", "/skills", {200: Skills})
def search_skills(request: HttpRequest, query: Query[SkillQuery]) -> Skills:
    """Skills or occupations of the European classification (ESCO) whose labels have all the words. Any token may ask."""
    who = caller(request)
    language = query.language or (who.place or who.person).language
    found = queries.search(query.text, languages=[language], kind=query.kind, limit=query.limit)
    return _skills(found)


@operation("GET", "/skills/suggestions", {200: Skills})
def suggest_skills(request: HttpRequest, query: Query[OutcomeQuery]) -> Skills:
    """Skills of the European classification (ESCO) that a whole outcome speaks of, for whoever writes one. Any token may ask."""
    languages = [*filter(None, [query.language]), "en"]
    return _skills(queries.suggest([query.text], languages=languages)[0])


def _skills(found: Iterable[queries.Found]) -> Skills:
    release = queries.current_release()
    return Skills(
        release=str(release) if release else "",
        items=[
            SkillShape(uri=one.uri, label=one.label, language=one.language, skill_type=one.skill_type, reuse=one.reuse)
            for one in found
        ],
    )  # fmt: skip
