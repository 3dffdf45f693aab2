"""Bodies, registers and reports for tests; all invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tessella.errors import AccessError
from tessella.ports import Fetched
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person
from tessella_web.registers.domain import bodies, registers
from tessella_web.registers.models import Body, Decision, QualityReport, Register

DAY = dt.date(2026, 3, 1)


class Web:
    """A simulator of the network: what stands at which address; anything else is not there."""

    def __init__(self, **answers: str) -> None:
        self.texts: dict[str, str] = {}
        self.leads_to: dict[str, str] = {}
        self.asked: list[str] = []

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        self.asked.append(url)
        url = self.leads_to.get(url, url)
        if url not in self.texts:
            raise AccessError(f"{url} was not fetched: the server answered 404.", code="access.status")
        body = self.texts[url].encode()
        if len(body) > max_bytes:
            raise AccessError("too large", code="access.size")
        return Fetched(
            url=url, body=body, media_type="text/plain", fetched_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
        )


def body(name: str, **more: Any) -> Body:
    return bodies.make_body(name=name, country="NL", **{"confirmed": True, **more})


def agency_organisation(person: Person, *, slug: str = "agency", established: bool = True) -> Organisation:
    """An organisation that keeps registers; ``person`` owns it."""
    organisation = accounts.found_organisation(
        founder=person, name="Quality Agency of the Low Lands", slug=slug, country="NLD"
    )
    if established:
        accounts.establish(organisation=organisation, by_method="reviewer")
    return organisation


def report(
    register: Register, by: Person, about: Body, agency: Body, number: str = "R-1", **more: Any
) -> QualityReport:
    return registers.record_report(
        by=by,
        register=register,
        body=about,
        agency=agency,
        number=number,
        **{"decision": Decision.POSITIVE, "decided_on": dt.date(2024, 1, 1), **more},
    )
