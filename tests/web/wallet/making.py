"""Files as other platforms give them out: badges of invented issuers, alone, in pictures, in archives, in records."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any

from PIL import Image

import tessella
from tessella.containers import bake_png
from tessella.seals.jose import sign_vc_jwt
from tests.verification.support import KEY, did_of

__all__ = ["AT", "archive", "badge", "baked", "course", "picture", "presentation", "record_of"]

AT = dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC)


def course(
    title: str = "Beekeeping",
    *,
    issuer: str = "Hive Academy",
    field: str = "0811",
    level: str = "4",
    hours: int = 50,
    **more: Any,
) -> tessella.MicroCredential:
    """A micro-credential of an invented school."""
    ects = {"points": str(hours // 25 or 1), "system": "ects"}
    return tessella.load(
        {
            "id": f"https://{issuer.split()[0].lower()}.example/courses/{title.lower().replace(chr(32), chr(45))}",
            "title": title, "language": "en", "fields": [field], "levels": {"eqf": [level]},
            "workload": {"hours": hours, "credits": [ects]},
            "awarding_bodies": [{"name": issuer, "countries": ["NLD"], "homepage": f"https://{issuer.split()[0].lower()}.example"}],
            "outcomes": [{"title": f"Can do {title.lower()}", "kind": "skill"}],
            **more,
        }
    ).require()  # fmt: skip


def badge(
    about: tessella.MicroCredential | None = None,
    *,
    format: str = "openbadge",
    on: dt.date = dt.date(2026, 5, 4),
    until: dt.datetime | None = None,
    **award: Any,
) -> bytes:
    """A sealed credential of an issuer that nobody here knows."""
    record = about or course()
    made = tessella.Award(
        micro_credential=record, learner=tessella.Learner(full_name="Dana Alder"), awarded_on=on, valid_until=until, **award
    )  # fmt: skip
    issuer = tessella.test_issuer(record.awarding_bodies[0], at=AT)
    return bytes(tessella.seal(made, issuer, format, at=AT))


def picture() -> bytes:
    """A plain picture."""
    made = io.BytesIO()
    Image.new("RGB", (64, 64), "#0b5c66").save(made, "PNG")
    return made.getvalue()


def baked(credential: bytes) -> bytes:
    """A badge picture, as badge platforms give it out."""
    return bake_png(picture(), credential)


def archive(**files: bytes) -> bytes:
    """A ZIP; names with a dot for each double underscore."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(name.replace("__", "."), data)
    return made.getvalue()


def presentation(*credentials: bytes) -> bytes:
    """What a wallet on a phone exports."""
    return json.dumps(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"],
            "verifiableCredential": [json.loads(one) for one in credentials],
        }
    ).encode()  # fmt: skip


def record_of(
    *credentials: bytes, name: str = "Everything from the Hive", issuer: str = "Hive Academy"
) -> bytes:
    """A Comprehensive Learner Record 2.0 around credentials, sealed by its own key."""
    record = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:7a0e0c56-2f3c-4b9f-93cf-5f8f43a1d9d1", "type": ["VerifiableCredential", "ClrCredential"],
        "name": name, "issuer": {"id": did_of(KEY), "type": ["Profile"], "name": issuer},
        "validFrom": "2026-05-04T10:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:1f0c1d2e-0000-4000-8000-00000000000d", "type": ["ClrSubject"],
            "verifiableCredential": [json.loads(one) for one in credentials],
        },
    }  # fmt: skip
    return sign_vc_jwt(record, KEY).encode()
