"""Entry requirements as data: what providers say is needed, and what one's wallet opens."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from tessella.guidance.entry import Opened
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed, whole
from tessella_web.catalogue.models import Description
from tessella_web.guidance.entry import domain, queries
from tessella_web.guidance.entry.models import EntryRule

operation = Table("Guidance")

MADE = {name: {"id": "$response.body#/id"} for name in ("read_entry_rule", "change_entry_rule", "remove_entry_rule")}  # fmt: skip

Title = Annotated[str, StringConstraints(strict=True, max_length=300, pattern=r"^[^\x00]*$")]


class RequirementShape(Shape):
    """One thing that somebody must have."""

    title: str = ""
    where: dict[str, Any] | None = Field(
        default=None,
        description="Which credentials fit, in the rule language of stacking; null: in words only.",
    )
    of: str = "count"
    at_least: str = "1"
    words: str = ""


class EntryRuleShape(Shape):
    """What is needed to enter something: all requirements; none: nothing is needed."""

    id: str
    organisation: str
    micro_credential: str = Field(description="Its id, or empty for another programme.")
    title: str
    url: str
    source: str
    requirements: list[RequirementShape]


class RequirementGiven(Given):
    """Credentials that fit ``where``, so much of them; or words that only people can judge."""

    title: Title = ""
    where: dict[str, Any] | None = Field(default=None, description="As in the rule language of stacking.")
    of: Literal["count", "credits", "hours"] = "count"
    at_least: Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9]{1,5}(\.[0-9]{1,2})?$")] = "1"
    words: Annotated[str, StringConstraints(strict=True, max_length=500, pattern=r"^[^\x00]*$")] = ""


class EntryRuleGiven(Given):
    """What is needed; what is left out stays, or is not stated."""

    title: Title | None = None
    url: Annotated[str, StringConstraints(strict=True, max_length=500, pattern=r"^[^\x00]*$")] | None = None
    source: Title | None = None
    requirements: Annotated[list[RequirementGiven], Field(max_length=20)] | None = None


class NewEntryRule(EntryRuleGiven):
    """The same of something new."""

    micro_credential: Id | None = Field(
        default=None,
        description="One of the organisation's; null for another programme, which needs a title.",
    )


class TestedShape(Shape):
    """The answer to one requirement."""

    answer: str = Field(description="met, in-words, unknown or missing.")
    sentence: str
    why: str
    keys: list[str] = Field(description="Entries of the wallet that meet it, or may.")
    ask: str


class OpenedShape(Shape):
    """Something one could begin, and what of it is met. It is no admission: whoever provides it decides."""

    id: str = Field(description="Of the micro-credential, or of the entry requirements.")
    title: str
    provider: str
    url: str
    answer: str = Field(description="met, in-words, unknown or missing.")
    message: str
    requirements: list[TestedShape]


class OpenedList(Shape):
    """What was found, the nearest first."""

    total: int
    items: list[OpenedShape]


class OpensQuery(BaseModel):
    """Which, and how many."""

    answer: Literal["", "met", "in-words", "unknown", "missing"] = Field(
        default="", description="Only those; empty: those of which one's wallet meets a part."
    )
    limit: Annotated[int, Field(ge=1, le=200), whole] = Field(default=20, description="How many at most.")


@operation("GET", "/wallet-opens", {200: OpenedList}, personal="wallet:read")
def read_opened(request: HttpRequest, query: Query[OpensQuery]) -> OpenedList:
    """What one's wallet opens: entry requirements of the catalogue and of other programmes, tested, the nearest first."""
    languages = (get_language() or "en", "en")
    found, _entries = queries.opened(caller(request).person, languages=languages, on=timezone.localdate())
    shown = [one for one in found if (one.answer == query.answer if query.answer else one.is_touched)]
    return OpenedList(total=len(shown), items=[_opened(one) for one in shown[: query.limit]])


@operation("GET", "/entry-rules", {200: Listing[EntryRuleShape]}, capability="organisation.view",
           links={"read_entry_rule": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_entry_rules(request: HttpRequest, query: Query[PageQuery]) -> Listing[EntryRuleShape]:
    """What the organisation says is needed for what."""
    return listed(request, queries.rules_of(caller(request).organisation), query, _shape)


@operation("POST", "/entry-rules", {201: EntryRuleShape}, capability="offer.edit", links=MADE,
           example={"title": "Master of data", "requirements": [{"where": {"level": {"at_least": 6}}}, {"words": "A letter of motivation"}]})  # fmt: skip
def create_entry_rule(request: HttpRequest, body: NewEntryRule) -> Answer:
    """Say what is needed to enter one of the organisation's micro-credentials, or another programme. It is public at once."""
    organisation = caller(request).organisation
    description = None
    if body.micro_credential is not None:
        description = Description.objects.filter(pk=body.micro_credential, organisation=organisation).first()
        if description is None:
            raise Http404
    made = domain.create(
        by=caller(request).person, organisation=organisation, description=description, **_values(body)
    )
    return Answer(_shape(made), {"Location": f"/api/v1/entry-rules/{made.id}"})


@operation("GET", "/entry-rules/{id}", {200: EntryRuleShape}, capability="organisation.view")
def read_entry_rule(request: HttpRequest, id: Id) -> EntryRuleShape:
    """What is needed for one thing."""
    return _shape(_own(request, id))


@operation("PATCH", "/entry-rules/{id}", {200: EntryRuleShape}, capability="offer.edit", example={"source": "Admission regulations, article 3"})  # fmt: skip
def change_entry_rule(request: HttpRequest, id: Id, body: EntryRuleGiven) -> EntryRuleShape:
    """Say it otherwise; what is left out stays."""
    return _shape(domain.change(by=caller(request).person, rule=_own(request, id), values=_values(body)))


@operation("DELETE", "/entry-rules/{id}", {204: None}, capability="offer.edit")
def remove_entry_rule(request: HttpRequest, id: Id) -> Answer:
    """Say nothing any more; for a micro-credential its description counts again."""
    domain.remove(by=caller(request).person, rule=_own(request, id))
    return Answer()


def _own(request: HttpRequest, id: str) -> EntryRule:
    found = queries.rules_of(caller(request).organisation).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _values(body: EntryRuleGiven) -> dict[str, Any]:
    """What the request says; of a requirement only what it says, so that words stay words."""
    given = body.model_dump(include={"title", "url", "source"}, exclude_unset=True)
    made: dict[str, Any] = {name: value or "" for name, value in given.items()}
    if "requirements" in body.model_fields_set:
        made["requirements"] = [
            one.model_dump(exclude_unset=True, exclude_none=True) for one in body.requirements or ()
        ]
    return made


def _shape(one: EntryRule) -> EntryRuleShape:
    return EntryRuleShape(
        id=one.id, organisation=one.organisation.slug, micro_credential=one.description_id or "", title=one.title,
        url=one.url, source=one.source,
        requirements=[RequirementShape(**msgspec.to_builtins(each)) for each in one.rule().requirements],
    )  # fmt: skip


def _opened(one: Opened) -> OpenedShape:
    return OpenedShape(
        id=one.rule.id, title=one.rule.title, provider=one.rule.provider, url=one.rule.url, answer=one.answer.value,
        message=one.message,
        requirements=[
            TestedShape(answer=each.answer.value, sentence=each.sentence, why=each.why, keys=list(each.items), ask=each.ask)
            for each in one.judgements
        ],
    )  # fmt: skip
