"""Lists that are not what they should be: tampered, signed by others, missing, hostile."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import TessellaError
from tessella.trust import MAX_LIST_BYTES, TrustedLists
from tests.trust import lists as make
from tests.trust.lists import DAY, ISSUED
from tests.trust.pki import Authority

CA = Authority("Fjord Trust seals CA")
NO, SE, UNION = make.operator("NO"), make.operator("SE"), make.operator("Union")
TOP = make.top({"NO": [NO.der], "SE": [SE.der]})
LIST = make.listing("NO", make.provider(make.service(CA.der)))
NORWAY = NO.sign(LIST)
SWEDEN = SE.sign(make.listing("SE", make.provider(make.service(CA.der)), number=3))
GOOD = {"top.xml": TOP, "no.xml": NORWAY, "se.xml": SWEDEN}


def states(documents: dict[str, bytes], *signers: bytes) -> dict[str, str]:
    """Per territory: the number of its list, or the code of the problem; or the problem of the whole set."""
    known = TrustedLists(documents, signers or (UNION.der,))
    try:
        rows = list(known.rows())
    except TessellaError as error:
        return {"": error.code}
    return {
        row.territory: str(row.found.facts.sequence_number) if row.found else row.problem.code if row.problem else "?"
        for row in rows
    }  # fmt: skip


def test_all_lists_are_found_whatever_the_files_are_called() -> None:
    assert states(GOOD) == {"NO": "7", "SE": "3"}
    assert states({"a": SWEDEN, "b": TOP, "c": NORWAY, "d": b"not XML", "e": b"<a/>"}) == {
        "NO": "7",
        "SE": "3",
    }


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "a word changed": lambda data: data.replace(b"Fjord Trust AS", b"Fjord Trust SA"),
    "status changed": lambda data: data.replace(b"Svcstatus/granted", b"Svcstatus/granteD"),
    "number raised": lambda data: data.replace(b"Number>7<", b"Number>8<"),
    "renewal put off": lambda data: data.replace(b"2026-11-30", b"2099-11-30"),
    "signature removed": lambda data: re.sub(rb"<ds:Signature.*</ds:Signature>", b"", data, flags=re.DOTALL),
    "signed by another": lambda data: SE.sign(LIST),
    "signed by somebody with the same name": lambda data: make.Operator("NO").sign(LIST),
    "wrapped": lambda data: (
        LIST.replace("Fjord Trust AS", "Mallory").replace("</TrustServiceStatusList>", "").encode()
        + data.partition(b"?>")[2]
        + b"</TrustServiceStatusList>"
    ),
    "signature moved into a false list": lambda data: (
        LIST.replace("Fjord Trust AS", "Mallory")
        .encode()
        .replace(
            b"</TrustServiceStatusList>",
            re.findall(rb"<ds:Signature.*</ds:Signature>", data, re.DOTALL)[0] + b"</TrustServiceStatusList>",
        )
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_list_is_not_used_and_the_others_are(name: str) -> None:
    changed = BROKEN[name](NORWAY)
    assert changed != NORWAY
    found = states({**GOOD, "no.xml": changed})
    assert found == {"NO": "seal.trusted-list", "SE": "3"}


@pytest.mark.parametrize("name", [name for name in BROKEN if BROKEN[name](TOP) != TOP])
def test_broken_list_of_the_lists_stops_everything(name: str) -> None:
    found = states({**GOOD, "top.xml": BROKEN[name](TOP)})
    assert found[""] in ("seal.trusted-list", "access.trusted-list")


def test_list_of_the_lists_by_another_signer_is_not_used() -> None:
    assert states({**GOOD, "top.xml": make.top({"NO": [NO.der]}, by=SE)}) == {"": "seal.trusted-list"}
    assert states(GOOD, SE.der) == {"": "seal.trusted-list"}


def test_no_signer_at_all_trusts_nobody() -> None:
    known = TrustedLists(GOOD, [])
    with pytest.raises(TessellaError) as caught:
        known.top  # noqa: B018
    assert caught.value.code == "seal.trusted-list"


def test_missing_lists_are_said_to_be_missing() -> None:
    assert states({"top.xml": TOP, "se.xml": SWEDEN}) == {"NO": "access.trusted-list", "SE": "3"}
    assert states({"no.xml": NORWAY}) == {"": "access.trusted-list"}
    assert states({}) == {"": "access.trusted-list"}


def test_list_of_one_territory_does_not_stand_for_another() -> None:
    swapped = make.top({"SE": [NO.der]})
    assert states({"top.xml": swapped, "no.xml": NORWAY}) == {"SE": "access.trusted-list"}


def test_list_of_a_territory_is_not_taken_for_another_of_the_same_office() -> None:
    known = TrustedLists({"top": make.top({"NO": [NO.der], "SE": [NO.der]})}, [UNION.der])
    assert known.verified("NO", NORWAY).facts.territory == "NO"
    with pytest.raises(TessellaError) as caught:
        known.verified("SE", NORWAY)
    assert caught.value.code == "seal.trusted-list"


def test_list_that_only_contains_a_signed_one_is_not_used() -> None:
    """The signature is about an element inside; the list around it says something else."""
    outer = LIST.replace('Id="list"', "").replace("Number>7<", "Number>9<")
    whole = outer.replace("</TrustServiceStatusList>", LIST + "</TrustServiceStatusList>")
    assert states({**GOOD, "no.xml": NO.sign(whole, covers="#list")})["NO"] == "seal.trusted-list"


def test_signature_over_something_else_than_the_list_is_none() -> None:
    noted = LIST.replace("</TrustServiceStatusList>", '<Note Id="note">x</Note></TrustServiceStatusList>')
    assert states({**GOOD, "no.xml": NO.sign(noted, covers="#note")})["NO"] == "seal.trusted-list"


def test_latest_of_two_copies_counts_unless_it_is_broken() -> None:
    newer = NO.sign(make.listing("NO", make.provider(make.service(CA.der)), number=8))
    assert states({**GOOD, "new.xml": newer})["NO"] == "8"
    assert states({**GOOD, "new.xml": newer.replace(b"Fjord", b"Bjord")})["NO"] == "7"


# --- pivots: the signer of the list of the lists changes -----------------------------------------------

NEXT_SIGNER, LAST_SIGNER = make.operator("Union 2"), make.operator("Union 3")
FIRST_PIVOT = make.top({}, names=[UNION.der, NEXT_SIGNER.der], number=300)
SECOND_PIVOT = make.top({}, by=NEXT_SIGNER, names=[LAST_SIGNER.der], number=350)
LATEST = make.top({"NO": [NO.der]}, by=LAST_SIGNER, number=400)


def test_pivots_lead_to_a_new_signer() -> None:
    documents = {"z": LATEST, "b": SECOND_PIVOT, "a": FIRST_PIVOT, "no": NORWAY}
    assert states(documents) == {"NO": "7"}


@pytest.mark.parametrize(
    "documents",
    [
        {"z": LATEST},
        {"z": LATEST, "b": SECOND_PIVOT},
        {"z": LATEST, "a": FIRST_PIVOT},
        {"z": LATEST, "a": FIRST_PIVOT.replace(b"Operator of EU", b"Operator of UE"), "b": SECOND_PIVOT},
    ],
)
def test_missing_or_broken_pivot_leads_nowhere(documents: dict[str, bytes]) -> None:
    assert states({**documents, "no": NORWAY}) == {"": "seal.trusted-list"}


# --- hostile documents -------------------------------------------------------------------------------

ENTITY = b'<!DOCTYPE x [<!ENTITY a "b">]>' + LIST.encode()
DEEP = LIST.encode().replace(b"<SchemeInformation>", b"<SchemeInformation>" + b"<a>" * 5000 + b"</a>" * 5000)
BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 9))
    + b"]>"
    + LIST.encode().replace(b"Fjord Trust AS", b"&a8;")
)


@pytest.mark.parametrize(
    "data", [ENTITY, DEEP, BOMB, b"", b"\x00" * 100, b" " * (MAX_LIST_BYTES + 1), NORWAY[:-40]]
)
def test_hostile_document_is_left_out(data: bytes) -> None:
    assert states({**GOOD, "no.xml": data})["NO"] in ("access.trusted-list", "seal.trusted-list")
    assert states({**GOOD, "no.xml": data})["SE"] == "3"


@pytest.mark.parametrize(
    "change",
    [
        ("<TSLSequenceNumber>7</TSLSequenceNumber>", ""),
        ("<TSLSequenceNumber>7<", "<TSLSequenceNumber>seven<"),
        ("2026-06-01T10:00:00Z", "soon"),
        ("2026-11-30T10:00:00Z", "later"),
        ("SchemeInformation>", "Scheme>"),
    ],
)
def test_signed_list_without_its_own_facts_is_not_used(change: tuple[str, str]) -> None:
    assert states({**GOOD, "no.xml": NO.sign(LIST.replace(*change))})["NO"] == "access.trusted-list"


def test_damaged_certificate_does_not_cost_the_others() -> None:
    damaged = LIST.replace(
        "<X509Certificate>", "<X509Certificate>!</X509Certificate></DigitalId><DigitalId><X509Certificate>", 1
    )
    known = TrustedLists({**GOOD, "no.xml": NO.sign(damaged)}, [UNION.der])
    found = known.row("NO").found
    assert found is not None
    assert [one.certificates for one in found.services] == [(CA.der,)]


def test_expiry_is_told_by_the_list() -> None:
    known = TrustedLists(GOOD, [UNION.der])
    facts = known.top.facts
    assert (
        facts.expired_at(ISSUED + DAY),
        facts.expired_at(make.NEXT),
        facts.expired_at(make.NEXT + DAY),
    ) == (
        False,
        False,
        True,
    )
    assert facts.issued_at == dt.datetime(2026, 6, 1, 10, tzinfo=dt.UTC)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_byte_changes_nothing_or_costs_the_list(data: Any) -> None:
    place = data.draw(st.integers(0, len(NORWAY) - 1))
    value = data.draw(st.integers(0, 255))
    changed = NORWAY[:place] + bytes([value]) + NORWAY[place + 1 :]
    known = TrustedLists({**GOOD, "no.xml": changed}, [UNION.der])
    found = known.row("NO").found
    good = TrustedLists(GOOD, [UNION.der]).row("NO").found
    assert found is None or found == good
