"""An Open Badges 3.0 credential of usual size (about 4.5 KB), of invented people and institutions."""

from __future__ import annotations

from typing import Any

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
SITE = "https://credentials.uni-hafenstadt.example"


def credential(number: int) -> dict[str, Any]:
    """The award of one micro-credential to learner ``number``: issuer and achievement are always the same."""
    salt = f"{number * 2654435761 % 2**32:08x}"
    return {
        "@context": CONTEXTS,
        "id": f"{SITE}/awards/2026/{number:08d}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Micro-credential: Water Quality Monitoring",
        "description": "Awarded for completing a micro-credential of 4 ECTS in water quality monitoring, offered by "
        "Hafenstadt University together with the regional water board.",
        "issuer": {
            "id": "did:web:credentials.uni-hafenstadt.example",
            "type": ["Profile"],
            "name": "Hafenstadt University",
            "url": "https://www.uni-hafenstadt.example",
            "email": "registry@uni-hafenstadt.example",
            "description": "Hafenstadt University is a public university of applied sciences on the coast.",
            "image": {"id": f"{SITE}/logo.png", "type": "Image", "caption": "Logo of Hafenstadt University"},
        },
        "validFrom": "2026-07-01T09:00:00Z",
        "validUntil": "2036-07-01T09:00:00Z",
        "credentialSubject": {
            "id": f"did:key:z6Mk{salt}{number:034d}",
            "type": ["AchievementSubject"],
            "activityStartDate": "2026-02-09T00:00:00Z",
            "activityEndDate": "2026-06-19T00:00:00Z",
            "creditsEarned": 4.0,
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityHash": f"sha256${salt * 8}",
                    "identityType": "emailAddress",
                    "hashed": True,
                    "salt": salt,
                },
                {
                    "type": "IdentityObject",
                    "identityHash": f"Ægir Þórsdóttir-Çelik {number}",
                    "identityType": "name",
                    "hashed": False,
                    "salt": "not-used",
                },
            ],
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": f"{SITE}/water-quality#mark",
                    "value": str(50 + number % 50),
                }
            ],
            "achievement": {
                "id": f"{SITE}/water-quality",
                "type": ["Achievement"],
                "achievementType": "MicroCredential",
                "name": "Water Quality Monitoring",
                "humanCode": "WQM-204",
                "fieldOfStudy": "0521 Environmental sciences",
                "inLanguage": "en",
                "version": "2026.1",
                "creditsAvailable": 4.0,
                "description": "Participants plan a sampling campaign, measure chemical and biological indicators of "
                "rivers and lakes, judge them by the Water Framework Directive and report to the public.",
                "criteria": {
                    "id": f"{SITE}/water-quality/criteria",
                    "narrative": "Learners hand in **three field reports** (50 %) and defend a monitoring plan in an "
                    "oral examination (50 %). 50 of 100 points are needed.\n\n* notional workload of 100 hours\n"
                    "* EQF level 5\n* supervised on site with verification of identity",
                },
                "creator": {"id": "did:web:credentials.uni-hafenstadt.example", "type": ["Profile"]},
                "image": {"id": f"{SITE}/water-quality/image.png", "type": "Image"},
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetCode": f"S1.{code}",
                        "targetName": name,
                        "targetFramework": "ESCO 1.2",
                        "targetType": "ceterms:Competency",
                        "targetUrl": f"https://frameworks.example/esco/skill/{code}",
                        "targetDescription": f"To {name} in a professional setting, alone and with others.",
                    }
                    for code, name in ((31, "measure water quality"), (47, "interpret scientific data"))
                ],
                "resultDescription": [
                    {
                        "id": f"{SITE}/water-quality#mark",
                        "type": ["ResultDescription"],
                        "name": "Final mark",
                        "requiredValue": "50",
                        "resultType": "RawScore",
                        "valueMax": "100",
                        "valueMin": "0",
                    }
                ],
                "tag": ["water", "environment", "micro-credential"],
            },
        },
        "evidence": [
            {
                "id": f"{SITE}/evidence/{number:08d}",
                "type": ["Evidence"],
                "name": "Monitoring plan",
                "genre": "Report",
                "narrative": "Monitoring plan for a lake of the learner's choice, with oral defence.",
            }
        ],
        "credentialSchema": [
            {
                "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
                "type": "1EdTechJsonSchemaValidator2019",
            }
        ],
        "credentialStatus": {
            "id": f"{SITE}/status/7#{number % 131072}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(number % 131072),
            "statusListCredential": f"{SITE}/status/7",
        },
    }


def leaf(document: Any, pointer: str) -> Any:
    """The value at a JSON pointer."""
    for step in pointer[1:].split("/"):
        document = document[int(step) if isinstance(document, list) else step]
    return document
