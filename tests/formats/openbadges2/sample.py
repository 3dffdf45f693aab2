"""One invented micro-credential, award and issuer, and the badge of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tessella.formats.openbadges2 import Badge, write
from tessella.model import (
    Award,
    Evidence,
    Image,
    Learner,
    Levels,
    Link,
    MicroCredential,
    Organisation,
    Outcome,
)
from tessella.vocabulary import Concept, code_list

ISSUED_AT = dt.datetime(2026, 6, 3, 9, 30, tzinfo=dt.UTC)
SITE = "https://harbour.example"
IDS = {
    "assertion_id": f"{SITE}/badges/a/17.json",
    "badge_id": f"{SITE}/badges/tides.json",
    "issuer_id": f"{SITE}/badges/issuer.json",
}
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
SKILL = Concept(uri="http://data.europa.eu/esco/skill/0000-tides", labels={"en": "read tide tables"})
HARBOUR = Organisation(
    id=IDS["issuer_id"],
    name={"en": "Harbour College"},
    homepage=f"{SITE}/",
    email="registry@harbour.example",
    logo=Image(content=PICTURE, media_type="image/svg+xml"),
)
MICRO = MicroCredential(
    id=IDS["badge_id"],
    version="3",
    language="en",
    title={"en": "Reading the tides", "pt": "Ler as marés"},
    description={"en": "Tables, charts and what the wind does to both."},
    criteria={"en": "A passage plan that would have arrived."},
    homepage=f"{SITE}/courses/tides",
    awarding_bodies=(HARBOUR,),
    levels=Levels(eqf=(code_list("eqf").require("5"),)),
    fields=(code_list("isced-f").require("0611"),),
    outcomes=(Outcome(title={"en": "read tide tables"}, esco=(SKILL,)),),
)
AWARD = Award(
    id=IDS["assertion_id"],
    micro_credential=MICRO,
    learner=Learner(full_name="Inês Exemplo", email="ines@post.example"),
    valid_until=dt.datetime(2029, 6, 3, tzinfo=dt.UTC),
    evidence=(
        Evidence(
            title={"en": "Passage plan"},
            description={"en": "From the mole to the island."},
            type="Report",
            links=(Link(url="https://plans.example/17"),),
        ),
    ),
)


def written(award: Award = AWARD, **changes: Any) -> Badge:
    """The sample as a badge."""
    arguments: dict[str, Any] = {
        **IDS,
        "issuer": HARBOUR,
        "issued_at": ISSUED_AT,
        "image": PICTURE,
        "salt": "k3-w9-salt",
    }
    return write(award, **(arguments | changes))
