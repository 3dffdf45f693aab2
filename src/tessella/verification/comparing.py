"""Whether two files say the same of an award: per element of the European standard equal, contradictory, or not carried.

Both contents are read into the record and brought into normal form (`tessella.canonical.claims`); digests that the files carry
are ignored. What only one of the formats can say is not held against the other: a claim counts as said by both only when each
format, by its own writer and field map, would have said it. The steps:

1. Identities: what one file hashes is compared with what the other writes plainly by hashing that.
2. Each record is put into the words of the other file's format (`_projections`).
3. A claim is *equal* when the two agree, as they stand or in the words of either format; *contradictory* when both
   formats can say it, both files do, and they never agree; else *not carried*, with the reason.

The seals are not looked at: that two files agree does not make them genuine.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tessella.canonical import COPY_FACTS, ELEMENTS, claims, element_of
from tessella.errors import InputError
from tessella.model import Award, Learner, MicroCredential
from tessella.model.fieldmap import Carried, stated
from tessella.text import say
from tessella.verification._agreement import Agreement, agree
from tessella.verification._identities import comparable
from tessella.verification._projections import Speech, speech_of
from tessella.verification.opening import Opened

__all__ = ["Answer", "ClaimAnswer", "CopyFact", "ElementAnswer", "Equivalence", "Side", "equivalence"]


class Answer(enum.StrEnum):
    """What comparing gives: for a claim, for an element, and for two files."""

    EQUAL = "equal"
    CONTRADICTORY = "contradictory"
    NOT_CARRIED = "not-carried"


class ClaimAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One claim. ``left`` and ``right`` are the normal forms, None where a file does not say it; ``differs`` what exactly differs
    (place, left, right); ``missing_in`` who does not carry it (``left``, ``right``, ``both``, or empty), ``reason`` why."""

    path: str
    answer: Answer
    left: Any = None
    right: Any = None
    differs: tuple[tuple[str, Any, Any], ...] = ()
    missing_in: str = ""
    reason: str = ""


class ElementAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One element: contradictory if any claim is, else equal if any is, else not carried. ``partly``: some of it is not carried."""

    element: str
    title: str
    annex: str = ""
    answer: Answer
    partly: bool = False
    claims: tuple[ClaimAnswer, ...] = ()


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the files: its name, where in it the credential was, and its format."""

    name: str
    where: str = ""
    format: str = ""
    title: str = ""
    sealed: str = ""


class CopyFact(msgspec.Struct, frozen=True, kw_only=True):
    """What each copy may say for itself without saying anything else of the award."""

    fact: str
    left: Any = None
    right: Any = None


class Equivalence(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. ``answer`` is *not carried* when nothing could be compared; ``seals_checked`` is always false.

    ``same_learner``: both name the learner by something that is equal. Where it is false without a contradiction, one of them names
    nobody, or each by a hash of its own: whose award it is cannot be compared.
    """

    left: Side
    right: Side
    answer: Answer
    elements: tuple[ElementAnswer, ...]
    copies: tuple[CopyFact, ...] = ()
    same_learner: bool = False
    seals_checked: bool = False

    def of(self, answer: Answer) -> tuple[ElementAnswer, ...]:
        """The elements with this answer."""
        return tuple(one for one in self.elements if one.answer is answer)


class _Voice(msgspec.Struct, frozen=True, kw_only=True):
    """One side while comparing: what it says, and what it would say in the other's format (as it stands, and unfolded)."""

    name: str
    speech: Speech
    says: Mapping[str, Any]
    translated: tuple[Mapping[str, Any], ...]


def equivalence(left: Opened, right: Opened) -> Equivalence:
    """Compare what two opened credentials say (`read_credential` opens a file). Looks at no seal, asks nobody.

    Raises:
        InputError: ``equivalence.no-award``, one of them is not about an award.
    """
    one, other = _award(left), _award(right)
    learners = comparable(one.learner, other.learner)
    one, other = (
        msgspec.structs.replace(award, learner=learner)
        for award, learner in zip((one, other), learners, strict=True)
    )
    speeches = _speech(left), _speech(right)
    a = _voice("left", one, speeches)
    b = _voice("right", other, speeches[::-1])
    separate = _separate(a, b, left, right)
    paths = [path for path in (*a.says, *(p for p in b.says if p not in a.says)) if path not in separate]
    answers: dict[str, list[ClaimAnswer]] = {element.id: [] for element in ELEMENTS}
    for path in paths:
        element = element_of(path)
        if element is not None:
            answers[element.id].append(_claim(path, a, b))
    if not answers[_LEARNER] and (_award(left).learner, _award(right).learner) != (Learner(), Learner()):
        answers[_LEARNER].append(_incomparable_learners())
    elements = tuple(
        _element_answer(element.id, element.title, element.annex, answers[element.id])
        for element in ELEMENTS
        if answers[element.id]
    )
    return Equivalence(
        left=_side(left),
        right=_side(right),
        answer=_overall(elements),
        elements=elements,
        copies=tuple(_copies(a, b, left, right, separate)),
        same_learner=any(one.answer is Answer.EQUAL and one.path in _IDENTITIES for one in answers[_LEARNER]),
    )


_LEARNER = "learner"
_IDENTITIES = frozenset(
    f"learner.{name}"
    for name in ("id", "full_name", "given_name", "family_name", "email", "identifiers", "national_id")
)
"""The fields that tell whom an award is about."""


def _incomparable_learners() -> ClaimAnswer:
    """Two learners of whom nothing is left to compare."""
    return ClaimAnswer(
        path=_LEARNER,
        answer=Answer.NOT_CARRIED,
        missing_in="both",
        reason=say("Each names the learner by a hash or a pseudonym of its own, which cannot be compared."),
    )


def _award(opened: Opened) -> Award:
    if opened.award is None:
        raise opened.problem or InputError(
            say("The file holds no award that can be read."),
            code="equivalence.no-award",
            place=opened.name,
            hint=say("Give credentials that are about an award to a learner."),
        )
    return opened.award


def _side(opened: Opened) -> Side:
    return Side(
        name=opened.name,
        where=opened.where,
        format=opened.format,
        title=opened.title,
        sealed=opened.sealed,
    )


def _speech(opened: Opened) -> Speech:
    speech = speech_of(opened.format, opened.document)
    return msgspec.structs.replace(speech, withholds=True) if _is_derived(opened) else speech


def _is_derived(opened: Opened) -> bool:
    """A presentation from which the holder may have left out statements."""
    proofs = opened.document.get("proof")
    values = [
        one.get("proofValue")
        for one in (proofs if isinstance(proofs, list) else [proofs])
        if isinstance(one, Mapping)
    ]
    return any(isinstance(value, str) and value.startswith(_DERIVED) for value in values)


_DERIVED = "u2V0B"
"""How derived proofs of ecdsa-sd-2023 begin: 0xd95d01 in base64url (VC-DI-ECDSA 1.0 §3.5.7)."""


def _voice(name: str, award: Award, speeches: tuple[Speech, Speech]) -> _Voice:
    own, other = speeches
    tidied = own.tidy(award)
    forms = [tidied] if (unfolded := own.unfold(tidied)) == tidied else [unfolded, tidied]
    return _Voice(
        name=name,
        speech=own,
        says=own.claims(award),
        translated=tuple(other.translated(one) for one in forms),
    )


_DECISION, _MADE_OUT = "awarded_on", "issued_at"


def _separate(a: _Voice, b: _Voice, left: Opened, right: Opened) -> frozenset[str]:
    """Claims that are facts of each copy here.

    The moment a copy was made out, where both say when the award was decided; an id that is only the document's own.
    """
    separate = set()
    if _DECISION in a.says and _DECISION in b.says:
        separate.add(_MADE_OUT)
    ids = (a.says.get("id"), left), (b.says.get("id"), right)
    if len({id for id, _ in ids}) == 2 and any(id == opened.document.get("id") for id, opened in ids):
        separate.add("id")
    return frozenset(separate)


def _copies(
    a: _Voice, b: _Voice, left: Opened, right: Opened, separate: frozenset[str]
) -> Iterator[CopyFact]:
    for path in sorted(separate):
        if a.says.get(path) != b.says.get(path):
            yield CopyFact(fact=path, left=a.says.get(path), right=b.says.get(path))
    for path in COPY_FACTS:
        said = [
            next((msgspec.to_builtins(value) for _, value in stated(_award(one), path)), None)
            for one in (left, right)
        ]
        if said[0] != said[1]:
            yield CopyFact(fact=path, left=said[0], right=said[1])


# --- one claim ---------------------------------------------------------------------------------------


def _claim(path: str, a: _Voice, b: _Voice) -> ClaimAnswer:
    """Step 3 for one claim."""
    said = a.says.get(path), b.says.get(path)
    may_show_parts = [one.name for one in (a, b) if _in_parts(path, one.speech)]
    found = [
        agree(one, other, parts_of=may_show_parts)
        for one, other in _words(path, a, b)
        if one is not None and other is not None
    ]
    holding = [agreement for agreement in found if agreement.holds]
    if holding:
        return _equal(path, said, max(holding, key=lambda one: one.same), a, b)
    differing = next((agreement for agreement in found if agreement.different), None)
    if differing is not None and path in a.translated[0] and path in b.translated[0]:
        return ClaimAnswer(
            path=path,
            answer=Answer.CONTRADICTORY,
            left=said[0],
            right=said[1],
            differs=tuple(differing.different),
        )
    return _not_carried(path, said, a, b)


def _words(path: str, a: _Voice, b: _Voice) -> tuple[tuple[Any, Any], ...]:
    """What to compare with what.

    A file whose format carries the claim in full must come to what the other says when it is put into the other's words; so must
    one that is compared with a file that does not say in which language it is. Else any words will do in which they agree.
    """
    said = a.says.get(path), b.says.get(path)
    in_words_of_b = tuple((one.get(path), said[1]) for one in a.translated)
    in_words_of_a = tuple((said[0], one.get(path)) for one in b.translated)
    if a.speech.tongue != b.speech.tongue:
        return in_words_of_b if a.speech.tongue else in_words_of_a
    match a.speech.full(path), b.speech.full(path):
        case True, True:
            return (said,)
        case True, False:
            return in_words_of_b
        case False, True:
            return in_words_of_a
    both = tuple((one.get(path), other.get(path)) for one in a.translated for other in b.translated)
    return (said, *in_words_of_b, *in_words_of_a, *both)


def _in_parts(path: str, speech: Speech) -> bool:
    return path in speech.in_parts or (speech.withholds and not speech.in_parts)


def _equal(path: str, said: tuple[Any, Any], best: Agreement, a: _Voice, b: _Voice) -> ClaimAnswer:
    missing = "both" if best.only_left and best.only_right else ""
    missing = missing or ("right" if best.only_left else "left" if best.only_right else "")
    if not missing and said[0] != said[1]:  # one of the formats shortens it
        missing = next((one.name for one in (b, a) if not one.speech.full(path)), "")
    reason = ""
    if missing in ("left", "right"):
        reason = _why(path, a.speech if missing == "left" else b.speech)
    return ClaimAnswer(
        path=path, answer=Answer.EQUAL, left=said[0], right=said[1], missing_in=missing, reason=reason
    )


def _not_carried(path: str, said: tuple[Any, Any], a: _Voice, b: _Voice) -> ClaimAnswer:
    if said[0] is not None and said[1] is not None:
        missing, reason = "both", say("Each says it in a way that cannot be compared with the other.")
    else:
        silent = a if said[0] is None else b
        missing, reason = silent.name, _why(path, silent.speech)
    return ClaimAnswer(
        path=path,
        answer=Answer.NOT_CARRIED,
        left=said[0],
        right=said[1],
        missing_in=missing,
        reason=reason,
    )


def _why(path: str, speech: Speech) -> str:
    """Why a file does not say something: its format has no place, or has one only for a part, or it was left out."""
    rule = speech.rule(path)
    if speech.elsewhere and path.startswith("micro_credential."):
        return say(speech.elsewhere)
    if rule is not None and rule.carried is not Carried.FULL and rule.note:
        return say(rule.note)
    if speech.withholds:
        return say("Left out or withheld: the format could carry it.")
    return say("Left out: the format could carry it.")


# --- elements and the whole --------------------------------------------------------------------------


def _element_answer(id: str, title: str, annex: str, found: list[ClaimAnswer]) -> ElementAnswer:
    answers = {one.answer for one in found}
    order = (Answer.CONTRADICTORY, Answer.EQUAL, Answer.NOT_CARRIED)
    answer = next(one for one in order if one in answers)
    partly = answer is Answer.EQUAL and any(
        one.answer is Answer.NOT_CARRIED or one.missing_in for one in found
    )
    return ElementAnswer(
        element=id, title=say(title), annex=annex, answer=answer, partly=partly, claims=tuple(found)
    )


_SAID_BY_SILENCE = claims(Award(micro_credential=MicroCredential(), learner=Learner()))
"""What a record says that says nothing: that the route was a course, and so on."""


def _overall(elements: tuple[ElementAnswer, ...]) -> Answer:
    """Two files agree when no claim is contradictory and at least one that somebody made is equal."""
    found = [one for element in elements for one in element.claims]
    if any(one.answer is Answer.CONTRADICTORY for one in found):
        return Answer.CONTRADICTORY
    told = (one for one in found if one.answer is Answer.EQUAL and _SAID_BY_SILENCE.get(one.path) != one.left)
    return Answer.EQUAL if any(told) else Answer.NOT_CARRIED
