"""The forwarded PDF: whether the page that people read says what the credential in it says."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Any

import msgspec
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tessella.containers import pages_of
from tessella.errors import TessellaError
from tessella.issuing.sealing import seal
from tessella.model import Award, Learner
from tessella.rendering import CertificateStyle, SealerFacts, Signatory, certificate, edition_in
from tessella.seals import pades
from tessella.verdicts import Check, Report, Verdict
from tessella.verification import Surroundings, compare_pages, read_credential, verify
from tessella.verification._printed_text import is_spelt, key_of
from tests.issuing.support import AT, award, issuer
from tests.verification.doctoring import (
    added_later,
    annotated,
    doctored,
    flattened,
    overprinted,
    rewritten,
    stripped,
    unsealed,
    written,
)
from tests.verification.renderings import _able, awards
from tests.verification.support import sealed
from tests.verification.test_pdf_seals import E_SEAL, page

URL = "https://tessella.example/awards/a1b2c3"
FACES = ("en", "de", "fr", "nl", "es", "it", "ar", "el")
NAMES = (
    "Ελένη Παπαδοπούλου", "محمد عبد الله الشافعي", "فاطمة (Fatima) السيد 3", "Nguyễn Thị Ánh Tuyết",
    "İbrahim ŞAHİN-ßtraße", "आनंद कुमार", "สมชาย ใจดี", "ffi fl ﬁ of Offley", "María José de la Fuente y O’Neill " * 3,
)  # fmt: skip

WITHOUT_FONT = "אורי בן־דוד"
"""No Hebrew font is installed with the library."""


@lru_cache(maxsize=8)
def made(
    name: str = "Elena Papadaki", languages: tuple[str, ...] = ("en",), format: str = "openbadge"
) -> bytes:
    """A certificate as it is issued, without a seal of its own around the credential."""
    given = award(name)
    style = CertificateStyle(
        editions=tuple(edition_in(one) for one in languages),
        signatories=(Signatory(name="Prof. Ada Ruiz", function={"en": "Dean"}),),
    )
    return certificate(
        given,
        issued_at=AT,
        verify_url=URL,
        attachments={"credential.json": seal(given, issuer(), format, at=AT)},
        style=style,
        sealed_by=SealerFacts(name="University of Twickel", means="electronic seal on this file"),
    )


def report(data: bytes) -> Report:
    return verify(data, surroundings=Surroundings(at=AT + dt.timedelta(days=3)))


def checked(data: bytes) -> Check:
    found = report(data).check("page")
    assert found is not None
    return found


def place(data: bytes, text: str) -> Any:
    return next(line.box for line in pages_of(data)[0].lines if text in line.text)


# --- as it was made ----------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["edc", "openbadge"])
@pytest.mark.parametrize("languages", [("en",), ("de", "fr"), ("es", "it", "nl"), ("ar", "el")])
def test_certificate_as_made_agrees(languages: tuple[str, ...], format: str) -> None:
    found = checked(made(languages=languages, format=format))
    assert (found.verdict, found.evidence.get("added"), found.required) == (Verdict.PASSED, None, False)
    assert {one["agrees"] for one in found.evidence["compared"]} == {True}
    assert {one["element"] for one in found.evidence["compared"]} >= {
        "title",
        "learner",
        "grade",
        "awarded_on",
        "outcomes",
    }


@pytest.mark.parametrize("name", NAMES)
def test_names_in_many_scripts_agree(name: str) -> None:
    assert checked(made(name, ("de", "en"))).explanation == "24 values on the pages agree with it."


def test_a_name_that_no_font_has_is_on_no_page() -> None:
    with pytest.raises(TessellaError) as told:
        made(WITHOUT_FONT, ("de", "en"))
    assert told.value.code == "rendering.missing-glyph"


@pytest.mark.parametrize(
    "saving",
    [
        {},
        {"linearize": True},
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate, "recompress_flate": True},
    ],
    ids=["plain", "linearized", "packed"],
)
def test_certificate_saved_by_another_program_agrees(saving: dict[str, Any]) -> None:
    assert checked(doctored(made(), **saving)).verdict is Verdict.PASSED


def _is_falsely_failed(given: Award, format: str, languages: list[str], supplements: bool) -> bool | None:
    if any(one.grade and not re.search(r"\w", one.grade) for one in given.results):
        return None  # nobody is given a semicolon
    given = msgspec.structs.replace(given, issued_at=AT)
    editions = tuple(msgspec.structs.replace(edition_in(one), supplement=supplements) for one in languages)
    try:
        data = seal(given, _able(format), format, at=AT)
        pdf = certificate(
            given,
            issued_at=AT,
            verify_url=URL,
            attachments={"c.json": data},
            style=CertificateStyle(editions=editions),
        )
    except TessellaError:
        return None  # no font has its letters, or the format refuses it
    record = read_credential(pdf).award
    assert record is not None
    return compare_pages(pages_of(pdf), record).verdict is not Verdict.PASSED


_ANY = (
    awards(),
    st.sampled_from(["edc", "openbadge"]),
    st.lists(st.sampled_from(FACES), min_size=1, max_size=3, unique=True),
    st.booleans(),
)


def test_an_arabic_title_does_not_change_the_letters_of_the_name() -> None:
    """Heh and teh marbuta have one shape at the end of a word; the file states for it what came first."""
    given = award("محمد عبد الله الشافعي")
    title = msgspec.structs.replace(given.micro_credential, title={"ar": "بية في"})
    assert not _is_falsely_failed(
        msgspec.structs.replace(given, micro_credential=title), "openbadge", ["en"], supplements=False
    )


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("आनंद कुमार", True),
        ("สมชาย ใจดี", True),
        ("محمد", True),
        ("Nguyễn", True),
        ("cी", False),
        ("<ि", False),
        ("ी", False),
    ],
)
def test_a_mark_on_no_letter_of_its_own_is_not_compared(text: str, spelt: bool) -> None:
    assert is_spelt(text) is spelt


def test_brackets_may_be_turned_on_a_line_that_runs_to_the_left() -> None:
    assert key_of("Project )on site(") == key_of("Project (on site)")


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(*_ANY)
def test_no_certificate_of_ours_fails_falsely(
    given: Award, format: str, languages: list[str], all: bool
) -> None:
    assert not _is_falsely_failed(given, format, languages, all)


@pytest.mark.vectors
@pytest.mark.timeout(1200)
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(*_ANY, st.sampled_from(NAMES))
def test_no_certificate_of_ours_fails_falsely_of_many(
    given: Award, format: str, languages: list[str], all: bool, name: str
) -> None:
    learner = msgspec.structs.replace(given.learner, full_name=name, given_name="", family_name="")
    assert not _is_falsely_failed(msgspec.structs.replace(given, learner=learner), format, languages, all)


# --- doctored beside an intact attachment ------------------------------------------------------------

SAYS = "%(label)s: the page shows “%(page)s”, the credential says “%(credential)s”."

EDITS = {
    "name": ("Elena Papadaki", "Mallory Forger", ("Learner", "Mallory Forger", "Elena Papadaki")),
    "grade": ("Final grade: 8", "Final grade: 9", ("Grade achieved", "Final grade: 9", "Final grade: 8")),
    "digit": ("Final grade: 8", "Final grade: 86", ("Grade achieved", "Final grade: 86", "Final grade: 8")),
    "hours": (
        "84 hours", "48 hours",
        ("Notional workload", "48 hours; 3 ECTS credits", "84 hours; 3 ECTS credits"),
    ),
    "title": (
        "Data ethics in practice", "Data practice in ethics",
        ("Title", "Data practice in ethics", "Data ethics in practice"),
    ),
    "body": (
        "University of Twickel (fictitious)", "University of Twickel",
        ("Awarding body", "University of Twickel", "University of Twickel (fictitious)"),
    ),
    "outcome": (
        "Tests a data set", "Writes a data set",
        (
            "Learning outcomes",
            "2 Writes a data set and a model for bias and explains the result to people who are not engineers",
            "Tests a data set and a model for bias and explains the result to people who are not engineers",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("format", ["edc", "openbadge"])
def test_edited_text_fails_with_what_differs(edit: str, format: str) -> None:
    find, put, (label, shown, credential) = EDITS[edit]
    data = doctored(made(format=format), rewritten(find, put))
    found = checked(data)
    assert (report(data).verdict, found.verdict, found.required) == (Verdict.FAILED, Verdict.FAILED, True)
    assert found.explanation == SAYS % {"label": label, "page": shown, "credential": credential}
    assert [(one["page"], one["credential"]) for one in found.evidence["compared"] if not one["agrees"]] == [
        (shown, credential)
    ]


def test_edited_dates_fail_one_by_one() -> None:
    found = checked(doctored(made(), rewritten("2026", "2025")))
    assert [one["element"] for one in found.evidence["compared"] if not one["agrees"]] == [
        "assessed_on", "awarded_on", "issued_at",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["محمد عبد الله الشافعي", "ليلى الخطيب"])
def test_name_written_from_right_to_left_is_compared(name: str) -> None:
    found = checked(doctored(made(name), overprinted("Mallory Forger", place(made(name), name[:2]))))
    assert found.explanation == SAYS % {"label": "Learner", "page": "Mallory Forger", "credential": name}


def test_second_language_edited_alone_fails() -> None:
    data = made(languages=("en", "de"))
    found = checked(doctored(data, rewritten("Final grade: 8", "Final grade: 9", page=1)))
    assert found.verdict is Verdict.FAILED


def test_supplement_edited_alone_fails() -> None:
    found = checked(doctored(made(), rewritten("Elena Papadaki", "Mallory Forger", page=1)))
    assert found.verdict is Verdict.FAILED


def test_value_covered_by_a_rectangle_and_written_over_fails() -> None:
    data = made()
    found = checked(doctored(data, overprinted("Mallory Forger", place(data, "Elena"))))
    assert found.explanation == SAYS % {
        "label": "Learner",
        "page": "Mallory Forger",
        "credential": "Elena Papadaki",
    }


def test_value_covered_by_nothing_but_paper_fails() -> None:
    data = made()
    found = checked(doctored(data, overprinted("", place(data, "Final grade: 8"))))
    assert (found.verdict, "Final grade: 8" in found.explanation) == (Verdict.FAILED, True)


@pytest.mark.parametrize("drawn", [True, False])
def test_comment_box_over_a_value_fails(drawn: bool) -> None:
    data = made()
    found = checked(doctored(data, annotated("Mallory Forger", place(data, "Elena"), drawn=drawn)))
    assert (found.verdict, "Mallory Forger" in found.explanation) == (Verdict.FAILED, True)


def test_words_put_on_a_free_place_fail() -> None:
    found = checked(doctored(made(), written("with distinction", (400, 300))))
    assert found.explanation == "Added to the page: “with distinction”."


def test_update_at_the_end_of_the_file_is_told_line_by_line() -> None:
    """Also where the credential says nothing: who signed."""
    found = checked(added_later(made(), rewritten("Prof. Ada Ruiz", "Prof. Ana Diaz")))
    assert found.explanation == (
        "Gone from the page since it was made: “Prof. Ada Ruiz”. New on the page since it was made: “Prof. Ana Diaz”."
    )
    assert (found.evidence["gone"], found.evidence["new"]) == (["Prof. Ada Ruiz"], ["Prof. Ana Diaz"])


def test_seal_stripped_and_text_edited_fails() -> None:
    whole = pades.seal(made(), E_SEAL, at=AT)
    data = doctored(whole, unsealed, rewritten("Final grade: 8", "Final grade: 9"))
    assert (checked(doctored(whole, unsealed)).verdict, checked(data).verdict) == (
        Verdict.PASSED,
        Verdict.FAILED,
    )


def test_seal_broken_by_an_edit_tells_what_differs() -> None:
    data = added_later(pades.seal(made(), E_SEAL, at=AT), rewritten("Final grade: 8", "Final grade: 9"))
    found = report(data)
    assert (found.verdict, found.check("seal").verdict) == (Verdict.FAILED, Verdict.FAILED)  # type: ignore[union-attr]
    assert "the page shows “Final grade: 9”" in checked(data).explanation


def test_edited_and_sealed_again_by_somebody_else_fails() -> None:
    data = pades.seal(doctored(made(), rewritten("Final grade: 8", "Final grade: 9")), E_SEAL, at=AT)
    assert checked(data).verdict is Verdict.FAILED


def test_pages_sealed_by_the_issuer_are_not_compared() -> None:
    own = msgspec.structs.replace(issuer(), badge_signer=None, style=CertificateStyle())
    found = checked(seal(award("Elena Papadaki"), own, "pdf", at=AT))
    assert found.explanation == "The issuer has sealed the pages too, and nothing on them was changed since."


# --- what software cannot compare --------------------------------------------------------------------


def test_pages_as_pictures_are_indeterminate_though_the_attachment_is_intact() -> None:
    data = doctored(made(), flattened(bytes(60 * 80), (60, 80)))
    found = checked(data)
    assert (report(data).verdict, found.verdict, found.required) == (
        Verdict.INDETERMINATE, Verdict.INDETERMINATE, True,
    )  # fmt: skip


def test_printed_anew_without_attachment_leads_to_its_code() -> None:
    """Its code is drawn with lines, not a picture."""
    found = report(doctored(made(), stripped))
    assert (found.verdict, found.check("page")) == (Verdict.INDETERMINATE, None)
    assert found.check("format").evidence["got"] == URL  # type: ignore[union-attr]


def test_page_in_an_unknown_layout_is_never_failed() -> None:
    genuine = sealed()  # Water-wise viticulture, to nobody by name
    plain = page(genuine)
    assert checked(plain).verdict is Verdict.NOT_APPLICABLE
    named = doctored(plain, written("Water-wise viticulture", (10, 60)))
    other = doctored(plain, written("Wine-wise agriculture", (10, 60)))
    assert [checked(one).verdict for one in (named, other)] == [Verdict.PASSED, Verdict.INDETERMINATE]
    assert report(other).verdict is Verdict.INDETERMINATE
    assert (
        checked(other).explanation
        == "Not found on the pages: Title (“Water-wise viticulture”). Compare them yourself."
    )


def test_not_in_a_pdf_there_is_no_such_check() -> None:
    assert report(sealed()).check("page") is None


def test_codes_and_links_on_the_page_are_in_the_evidence() -> None:
    found = checked(made())
    assert (found.evidence["codes"], found.evidence["links"]) == ([URL], [URL])


def test_learner_without_name_is_not_looked_for() -> None:
    nameless = msgspec.structs.replace(award(), learner=Learner(email="a@example.org"))
    assert compare_pages(pages_of(made()), nameless).verdict is Verdict.PASSED
