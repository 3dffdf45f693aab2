"""The numbered checks as data: id, title, what each verdict means for the reader, the clause, and the function."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from tessella.text import say
from tessella.verdicts import Verdict
from tessella.verification._case import Case
from tessella.verification._checks import (
    check_binding,
    check_format,
    check_holder,
    check_key_status,
    check_seal,
)
from tessella.verification._content import check_audit, check_completeness
from tessella.verification._outcome import Outcome
from tessella.verification._page import check_page
from tessella.verification._status import check_status
from tessella.verification._time import check_timestamp, check_validity
from tessella.verification._trust import check_registry, check_trust
from tessella.verification.policy import CHECK_IDS, POLICIES

__all__ = ["CHECKS", "CheckKind", "checks_markdown"]

_PASSED, _FAILED, _OPEN, _NONE = (
    Verdict.PASSED,
    Verdict.FAILED,
    Verdict.INDETERMINATE,
    Verdict.NOT_APPLICABLE,
)


class CheckKind(msgspec.Struct, frozen=True, kw_only=True):
    """One check: its number and stable id, its question as title, and per verdict what it means for the reader.

    Texts are English templates for `tessella.text.say`.
    """

    number: int
    id: str
    title: str
    meaning: Mapping[Verdict, str]
    clause: str
    run: Callable[[Case], Outcome]


CHECKS: tuple[CheckKind, ...] = (
    CheckKind(
        number=1,
        id="format",
        title="Is it a well-formed credential?",
        meaning={
            _PASSED: "Any software that knows the format can read it.",
            _FAILED: "The file is damaged or was made wrongly; other software may read something else in it.",
            _OPEN: "It may be in order, but this software does not know its format.",
            _NONE: "Nothing was read.",
        },
        clause="European Learning Model 3.2; Open Badges 3.0 and 2.0; CLR 2.0; SD-JWT VC; ELMO; RFC 7493",
        run=check_format,
    ),
    CheckKind(
        number=2,
        id="seal",
        title="Is it unchanged since it was sealed?",
        meaning={
            _PASSED: "Nobody has changed the content. This alone does not say who sealed it.",
            _FAILED: "The content is not protected: it was changed, or never sealed. Do not rely on it.",
            _OPEN: "Whether it was changed could not be established.",
            _NONE: "Nothing was checked.",
        },
        clause="VC Data Integrity 1.0 §4; VC-JOSE-COSE; RFC 7515 §5.2; RFC 9901 §7.1; ETSI TS 119 182-1; XML Signature 1.1 §3.2; "
        "ETSI EN 319 142-1",
        run=check_seal,
    ),
    CheckKind(
        number=3,
        id="binding",
        title="Is the key the issuer's?",
        meaning={
            _PASSED: "The one who sealed it is the one it names as issuer. How well that one is known is another check.",
            _FAILED: "Somebody else than the issuer it names has sealed it.",
            _OPEN: "It may come from somebody else than the issuer it names.",
            _NONE: "There is no key to compare.",
        },
        clause="VCDM 2.0 §4.7; VC Data Integrity 1.0 §4.4; ETSI EN 319 412-1 §5.1.4",
        run=check_binding,
    ),
    CheckKind(
        number=4,
        id="key-status",
        title="Was the key in good standing?",
        meaning={
            _PASSED: "The key had not been withdrawn when it was used.",
            _FAILED: "The key had been withdrawn or was in other hands: the seal proves nothing.",
            _OPEN: "Whether the seal is older than the withdrawal of its key is not known.",
            _NONE: "Nothing is published about this key.",
        },
        clause="Controlled Identifiers 1.0 §2.2.1",
        run=check_key_status,
    ),
    CheckKind(
        number=5,
        id="validity",
        title="Is it valid at this time?",
        meaning={
            _PASSED: "It is within the dates that the issuer set.",
            _FAILED: "By its own dates it is not valid now. The achievement itself may be real all the same.",
            _OPEN: "Its dates cannot be read.",
            _NONE: "It states no dates.",
        },
        clause="VCDM 2.0 §4.9; VCDM 1.1 §4.6; RFC 7519 §4.1",
        run=check_validity,
    ),
    CheckKind(
        number=6,
        id="status",
        title="Is it neither revoked nor suspended?",
        meaning={
            _PASSED: "The issuer has not withdrawn it.",
            _FAILED: "The issuer has withdrawn it, or its status cannot be relied on. Ask the issuer.",
            _OPEN: "Whether the issuer has withdrawn it is not known.",
            _NONE: "The issuer cannot withdraw it; ask the issuer if it matters.",
        },
        clause="Bitstring Status List 1.0 §3.2; Token Status List §8.3; 1EdTech Revocation List Status Method 1.0; Open Badges 2.0",
        run=check_status,
    ),
    CheckKind(
        number=7,
        id="trust",
        title="Who stands behind the key?",
        meaning={
            _PASSED: "Somebody that you chose to trust says who holds the key.",
            _FAILED: "The certificate cannot be relied on.",
            _OPEN: "Nobody that you trust says who holds the key.",
            _NONE: "There is no key.",
        },
        clause="ETSI EN 319 102-1 §5.2.6; RFC 5280 §6; ETSI TS 119 615 (with trusted lists)",
        run=check_trust,
    ),
    CheckKind(
        number=8,
        id="registry",
        title="Is the issuer in a register?",
        meaning={
            _PASSED: "A register that you consulted knows this issuer by the name it gives.",
            _FAILED: "A register speaks against this issuer.",
            _OPEN: "Not being in a register says nothing against an issuer.",
            _NONE: "No register was asked.",
        },
        clause="",
        run=check_registry,
    ),
    CheckKind(
        number=9,
        id="timestamp",
        title="Do its time stamps hold?",
        meaning={
            _PASSED: "Somebody other than the issuer has recorded that this content existed at that time.",
            _FAILED: "The recorded time cannot be relied on; the seal may hold nonetheless.",
            _OPEN: "Whether the recorded time can be relied on is not known.",
            _NONE: "Its time rests on the issuer's word.",
        },
        clause="RFC 3161; ETSI TS 119 182-1 §5.3; ETSI EN 319 142-1 §5",
        run=check_timestamp,
    ),
    CheckKind(
        number=10,
        id="completeness",
        title="Is it a complete micro-credential by the European standard?",
        meaning={
            _PASSED: "It says all that others need to recognise it.",
            _FAILED: "It may be genuine; but who wants to recognise it will have to ask for what is missing.",
            _OPEN: "Whether it is complete could not be established.",
            _NONE: "The standard is not about a credential of this kind.",
        },
        clause="Council Recommendation 2022/C 243/02, Annex I",
        run=check_completeness,
    ),
    CheckKind(
        number=11,
        id="audit",
        title="Does its content make sense?",
        meaning={
            _PASSED: "Terms and values are used as they are meant.",
            _FAILED: "The content contradicts itself.",
            _OPEN: "Some of the content may not say what the issuer meant.",
            _NONE: "The content was not looked at.",
        },
        clause="",
        run=check_audit,
    ),
    CheckKind(
        number=12,
        id="holder",
        title="Does it belong to the person presenting it?",
        meaning={
            _PASSED: "The person presenting it holds the key it was issued to.",
            _FAILED: "Somebody else than the person it was issued to presents it.",
            _OPEN: "Compare the name in it with the person, or ask for a presentation from a wallet.",
            _NONE: "Compare the name in it with the person, or ask for a presentation from a wallet.",
        },
        clause="VCDM 2.0 §4.13; VC Data Integrity 1.0 §4.4; RFC 9901 §7.3",
        run=check_holder,
    ),
    CheckKind(
        number=13,
        id="page",
        title="Do the pages say what it says?",
        meaning={
            _PASSED: "What people read on the pages is what the credential says.",
            _FAILED: "Somebody has changed what people read. Rely on the credential, not on the page.",
            _OPEN: "The credential in the PDF counts. What is printed around it is not proven.",
            _NONE: "There is nothing to compare.",
        },
        clause="ISO 32000-1 §7.11.4, §9.10",
        run=check_page,
    ),
)
"""All checks in the order of their numbers."""


def checks_markdown() -> str:
    """The reference page of the checks and the built-in policies, in Markdown."""
    lines = [
        "# The checks of a verification",
        "",
        say(
            "A report lists every check that was run, with one of four verdicts: `passed`, `failed`, `indeterminate` "
            "(could not be established) and `not_applicable`. The policy names the checks that decide the verdict of "
            "the report: one `failed` makes it `failed`, else one `indeterminate` makes it `indeterminate`; "
            "`not_applicable` never counts. The others inform."
        ),
        "",
        "## Policies",
        "",
        "| policy | required | beside these |",
        "|---|---|---|",
    ]
    for policy in POLICIES.values():
        more = [f"`{one}` ({format})" for format, ids in policy.required_for.items() for one in ids]
        others = say("the others inform") if policy.inform else say("nothing else is looked at")
        required = ", ".join([*(f"`{one}`" for one in policy.required), *more])
        lines.append(f"| `{policy.name}` | {required} | {others} |")
    for kind in CHECKS:
        lines += ["", f"## {kind.number}. `{kind.id}`: {say(kind.title)}", ""]
        if kind.clause:
            lines += [kind.clause, ""]
        lines += ["| verdict | what it means |", "|---|---|"]
        lines += [f"| `{verdict}` | {say(kind.meaning[verdict])} |" for verdict in Verdict]
    return "\n".join(lines) + "\n"


if tuple(kind.id for kind in CHECKS) != CHECK_IDS:
    raise RuntimeError("the checks and their ids differ")
