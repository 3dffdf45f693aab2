"""Tessella: European micro-credentials, described, checked, awarded, sealed and verified.

    import tessella

    course = tessella.read_description("data-ethics.yaml").require()
    print(tessella.check(course, on=today).complete)
    sealed = tessella.seal(award, issuer, "openbadge", at=now)
    print(tessella.verify(sealed, surroundings=tessella.Surroundings(at=now)).verdict)

The names below are imported when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tessella.adapters.clock import SystemClock
    from tessella.adapters.descriptions import read_description, write_description
    from tessella.adapters.http import SafeFetcher
    from tessella.adapters.keystore import FileKeyStore
    from tessella.errors import TessellaError
    from tessella.issuing.sealing import FORMATS, Issuer, seal, seal_award, test_issuer
    from tessella.keys import PrivateKey, PublicKey
    from tessella.model import Award, Learner, MicroCredential, Organisation, describe, load
    from tessella.rendering import plain_words
    from tessella.standard import check
    from tessella.verdicts import Check, Finding, Report, Severity, Verdict
    from tessella.verification import POLICIES, Policy, Surroundings, read_credential, verify, verify_many

__version__ = "0.1.0"

_HOMES = {
    "Award": "model",
    "Check": "verdicts",
    "FORMATS": "issuing.sealing",
    "FileKeyStore": "adapters.keystore",
    "Finding": "verdicts",
    "Issuer": "issuing.sealing",
    "Learner": "model",
    "MicroCredential": "model",
    "Organisation": "model",
    "POLICIES": "verification",
    "Policy": "verification",
    "PrivateKey": "keys",
    "PublicKey": "keys",
    "Report": "verdicts",
    "SafeFetcher": "adapters.http",
    "Severity": "verdicts",
    "Surroundings": "verification",
    "SystemClock": "adapters.clock",
    "TessellaError": "errors",
    "Verdict": "verdicts",
    "check": "standard",
    "describe": "model",
    "load": "model",
    "plain_words": "rendering",
    "read_credential": "verification",
    "read_description": "adapters.descriptions",
    "seal": "issuing.sealing",
    "seal_award": "issuing.sealing",
    "test_issuer": "issuing.sealing",
    "verify": "verification",
    "verify_many": "verification",
    "write_description": "adapters.descriptions",
}

__all__ = [
    "FORMATS",
    "POLICIES",
    "Award",
    "Check",
    "FileKeyStore",
    "Finding",
    "Issuer",
    "Learner",
    "MicroCredential",
    "Organisation",
    "Policy",
    "PrivateKey",
    "PublicKey",
    "Report",
    "SafeFetcher",
    "Severity",
    "Surroundings",
    "SystemClock",
    "TessellaError",
    "Verdict",
    "check",
    "describe",
    "load",
    "plain_words",
    "read_credential",
    "read_description",
    "seal",
    "seal_award",
    "test_issuer",
    "verify",
    "verify_many",
    "write_description",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'tessella' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"tessella.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
