"""The credentials that the benchmarks sign and verify: Open Badges 3.0 of 4 to 5 KB, every one distinct."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tessella.keys import PrivateKey
from tessella.seals import jose
from tessella.seals.data_integrity import add_proof

AT = dt.datetime(2026, 9, 1, 12, 0, tzinfo=dt.UTC)

OUTCOMES = (
    ("Explain how irrigation, soil and climate act together in a terraced vineyard.", "S4.8.1"),
    ("Measure soil moisture with common sensors and judge how far the readings can be relied on.", "S5.2.3"),
    ("Draw up an irrigation plan for a season and adapt it to a forecast of drought.", "S4.1.2"),
    ("Document the use of water so that an auditor can follow it.", "S2.3.7"),
    ("Lead a team of three through the maintenance of a drip system.", "S4.6.0"),
    ("Choose cover crops that hold water and soil on a slope, and give reasons for the choice.", "S6.1.4"),
)


def badge(number: int, issuer: str) -> dict[str, Any]:
    """The unsigned credential of one learner; issuer, achievement and criteria are the same for all."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": f"urn:uuid:5f0c1d2e-0000-4000-8000-{number:012d}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Water-wise viticulture on terraces",
        "issuer": {
            "id": issuer,
            "type": ["Profile"],
            "name": "Ribeira Institute of Terraced Agriculture",
            "url": "https://ribeira.example",
            "email": "certificates@ribeira.example",
            "address": {
                "type": ["Address"],
                "addressCountry": "PT",
                "addressLocality": "Vila Exemplo",
                "streetAddress": "Rua das Oliveiras 12",
                "postalCode": "5000-000",
            },
        },
        "validFrom": "2026-07-01T09:00:00Z",
        "validUntil": "2031-07-01T09:00:00Z",
        "credentialSubject": {
            "id": f"urn:uuid:9a8b7c6d-0000-4000-8000-{number:012d}",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityHash": f"Learner Number {number}",
                    "identityType": "name",
                    "hashed": False,
                }
            ],
            "activityStartDate": "2026-03-02T08:00:00Z",
            "activityEndDate": "2026-06-26T16:00:00Z",
            "creditsEarned": 3,
            "licenseNumber": f"RI-2026-{number:06d}",
            "achievement": {
                "id": "https://ribeira.example/achievements/water-wise-viticulture",
                "type": ["Achievement"],
                "achievementType": "MicroCredential",
                "name": "Water-wise viticulture on terraces",
                "description": "A course of fifteen weeks for people who work in vineyards on steep slopes and "
                "want to use less water without losing quality. It is taught on site and in the field.",
                "fieldOfStudy": "Crop and livestock production",
                "inLanguage": "en",
                "creditsAvailable": 3,
                "criteria": {
                    "id": "https://ribeira.example/achievements/water-wise-viticulture/criteria",
                    "narrative": "Attendance at no less than twelve of fifteen sessions, a practical examination "
                    "in a vineyard of one hectare, and a written irrigation plan of about 2,000 words that two "
                    "examiners mark independently. Pass mark: 10 of 20.",
                },
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetCode": code,
                        "targetName": text,
                        "targetFramework": "Competences of the Ribeira Institute",
                        "targetType": "ceasn:Competency",
                        "targetUrl": f"https://ribeira.example/competences/{code}",
                    }
                    for text, code in OUTCOMES
                ],
                "resultDescription": [
                    {
                        "id": "https://ribeira.example/achievements/water-wise-viticulture/result",
                        "type": ["ResultDescription"],
                        "name": "Final mark",
                        "resultType": "RawScore",
                        "valueMin": "0",
                        "valueMax": "20",
                    }
                ],
            },
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": "https://ribeira.example/achievements/water-wise-viticulture/result",
                    "value": str(10 + number % 11),
                }
            ],
        },
    }


def proved(number: int, key: PrivateKey, cryptosuite: str) -> dict[str, Any]:
    """The credential with a Data Integrity proof."""
    did = key.verification_method.partition("#")[0]
    return add_proof(badge(number, did), key, cryptosuite=cryptosuite, created=AT)


def token(number: int, key: PrivateKey) -> bytes:
    """The credential as VC-JWT."""
    did = key.verification_method.partition("#")[0]
    return jose.sign_vc_jwt(badge(number, did), key).encode()
