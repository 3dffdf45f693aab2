"""How fast are attestations? SD-JWT VC with thirteen disclosures, beside the raw primitive and the package ``sd-jwt``.

Measured as in `benchmarks.verify_bench`, without key binding: ``verify(bytes, policy=PROOF_ONLY)``, every credential distinct.

    python -m benchmarks.sd_jwt_bench
"""

from __future__ import annotations

import sys

from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from benchmarks.badges import OUTCOMES
from benchmarks.verify_bench import AT, BATCH, ROUNDS, Case, measure, raw_job, signer
from tessella.keys import PrivateKey, base64url_decode
from tessella.seals import sd_jwt

WITHHELD = (
    "family_name", "given_name", "learner_identification", "learning_outcomes", "assessment_grade",
    "expected_study_time", "level_of_learning_experience", "form_of_participation", "types_of_quality_assurance",
    "prerequisites_to_enroll", "evaluator_verification", "integration_stackability_options", "sub",
)  # fmt: skip


def attestation(number: int, key: PrivateKey) -> bytes:
    """The attestation of one learner, with everything disclosed."""
    seconds = int(AT.timestamp())
    claims = {
        "vct": "urn:eu.europa.ec.eudi:learning:credential:1",
        "jti": f"urn:uuid:5f0c1d2e-0000-4000-8000-{number:012d}",
        "iss": key.verification_method.partition("#")[0],
        "iat": seconds,
        "nbf": seconds,
        "exp": seconds + 150_000_000,
        "sub": f"urn:uuid:9a8b7c6d-0000-4000-8000-{number:012d}",
        "issuing_authority": "Ribeira Institute of Terraced Agriculture",
        "issuing_country": "PT",
        "date_of_issuance": "2026-07-01",
        "achievement_title": "Water-wise viticulture on terraces",
        "language_of_classes": ["en"],
        "family_name": "Figueiredo",
        "given_name": f"Learner {number}",
        "learner_identification": f"RI-2026-{number:06d}",
        "learning_outcomes": [text for text, _ in OUTCOMES],
        "assessment_grade": str(10 + number % 11),
        "expected_study_time": "84 hours, 3 ECTS",
        "level_of_learning_experience": 5,
        "form_of_participation": "Presential",
        "types_of_quality_assurance": ["Institutional Quality Assurance"],
        "prerequisites_to_enroll": ["Two seasons of work in a vineyard"],
        "evaluator_verification": ["Identity proofing: Supervised with no Identity Verification"],
        "integration_stackability_options": True,
    }
    return sd_jwt.issue(claims, key, disclosable=[(name,) for name in WITHHELD]).encode()


def case(algorithm: str, target: float, count: int = ROUNDS * BATCH) -> Case:
    """The peer checks the signature and unpacks the disclosures."""
    key = signer(algorithm)
    sealed = [attestation(number, key) for number in range(count)]
    raw = []
    for one in sealed:
        message, _, signature = one.decode().partition("~")[0].rpartition(".")
        raw.append(raw_job(key, base64url_decode(signature), message.encode()))
    public = JWK(**{name: value for name, value in key.public_jwk.items() if name != "alg"})

    def peer(data: bytes) -> None:
        SDJWTVerifier(data.decode(), lambda issuer, header: public).get_verified_payload()

    name = "EdDSA" if algorithm == "Ed25519" else algorithm
    return Case(f"SD-JWT {name}", target, sealed, raw, "sd-jwt", peer, 20)


def main() -> int:
    """Print the table."""
    for algorithm, target in (("Ed25519", 0.55), ("ES256", 0.45)):
        sys.stdout.write(f"{measure(case(algorithm, target))}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
