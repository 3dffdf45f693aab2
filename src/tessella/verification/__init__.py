"""Verification: from any file to one report, in numbered checks with four verdicts.

::

    verify, verify_many     a file, or many, against a policy
    verify_archive          very many, by any executor
    Policy, POLICIES        which checks decide
    Surroundings, Cache     what is known around the file: time, anchors, registers, the way to the network
    compare_pages           whether the pages of a PDF say what the credential in it says
    equivalence             whether two files say the same, element by element
    read_credential         the same reading path, for showing, checking and converting
    CHECKS                  the checks as data

Pure: bytes, time, policy and surroundings are arguments. Trust logic is here and nowhere else.
"""

from tessella.verification._badge_documents import with_linked
from tessella.verification._mandates import carries_mandate
from tessella.verification.archives import verify_archive
from tessella.verification.catalogue import CHECKS, CheckKind, checks_markdown
from tessella.verification.comparing import (
    Answer,
    ClaimAnswer,
    CopyFact,
    ElementAnswer,
    Equivalence,
    Side,
    equivalence,
)
from tessella.verification.opening import FORMATS, Format, Opened, open_credentials, read_credential
from tessella.verification.policy import CHECK_IDS, DEFAULT, FULL, POLICIES, PROOF_ONLY, Policy
from tessella.verification.printed import PrintedField, PrintedPages, compare_pages, stands_on
from tessella.verification.reports import verify, verify_many
from tessella.verification.surroundings import Cache, Surroundings, known_contexts

__all__ = [
    "CHECKS",
    "CHECK_IDS",
    "DEFAULT",
    "FORMATS",
    "FULL",
    "POLICIES",
    "PROOF_ONLY",
    "Answer",
    "Cache",
    "CheckKind",
    "ClaimAnswer",
    "CopyFact",
    "ElementAnswer",
    "Equivalence",
    "Format",
    "Opened",
    "Policy",
    "PrintedField",
    "PrintedPages",
    "Side",
    "Surroundings",
    "carries_mandate",
    "checks_markdown",
    "compare_pages",
    "equivalence",
    "known_contexts",
    "open_credentials",
    "read_credential",
    "stands_on",
    "verify",
    "verify_archive",
    "verify_many",
    "with_linked",
]
