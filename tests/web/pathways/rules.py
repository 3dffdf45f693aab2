"""Rules for tests: any that the language can write, and one that can be published."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

__all__ = ["CERTIFICATE", "any_rule"]

CERTIFICATE: dict[str, Any] = {
    "title": "Certificate in river care",
    "award": "Certificate of river care",
    "decider": {"name": "University of Twickel", "role": "examination board"},
    "source": {"text": "Study regulations, section 12"},
    "amounts": [{"id": "total", "title": "Volume", "at_least": "6"}],
    "groups": [
        {
            "id": "core",
            "title": "Core",
            "slots": [
                {"id": "ethics", "title": "Ethics", "where": {"credential": ["Data ethics in practice"]}},
                {"id": "water", "title": "Water", "where": {"field": ["052"]}},
            ],
        }
    ],
}
"""What can be published as it is."""

_words = st.text("abcdefghij ÄßñΩ.,:;'\"<>&%()-/0123456789", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip
_ids = st.text("abcdef-", min_size=1, max_size=8)
_numbers = st.decimals(0, 500, places=1).map(str)
_days = st.dates().map(str)
_some = st.lists(_words, min_size=1, max_size=3, unique=True)


def _maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


_range = _maybe(at_least=_numbers, at_most=_numbers, below=_numbers)
_level = _maybe(framework=st.sampled_from(("nqf-nl", "hkqf")), at_least=_numbers, at_most=_numbers)


def _where(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    inner: dict[str, Any] = {}
    if depth:
        inner = {"any_of": st.lists(_where(depth - 1), min_size=1, max_size=2), "not": _where(depth - 1)}
    return _maybe(
        credential=_some, category=_some, issuer=_some, provider=_some, kind=_some, outcome=_some,
        country=st.lists(st.sampled_from(("NL", "DE", "Atlantis")), min_size=1, unique=True),
        field=st.lists(st.sampled_from(("05", "0521", "0619")), min_size=1, unique=True),
        mode=st.lists(st.sampled_from(("online", "blended")), min_size=1, unique=True),
        language=st.lists(st.sampled_from(("nl", "en", "xx")), min_size=1, unique=True),
        level=_level, credits=_range, hours=_range, route=st.sampled_from(("course", "validation")), grade_at_least=_words,
        assessed=st.booleans(), supervised=st.booleans(), quality_assured=st.booleans(), max_age_months=st.integers(1, 999),
        awarded_from=_days, awarded_until=_days, **inner,
    )  # fmt: skip


_wheres = _where(2)


def _entries(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    made = st.fixed_dictionaries({"id": _ids, "where": _wheres}, optional={"title": _words, **optional})
    return st.lists(made, min_size=1, max_size=2)


any_rule: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "id": _words, "version": _words, "title": _words, "receiver": _words, "award": _words,
        "decider": st.fixed_dictionaries({"name": _words}, optional={"role": _words}),
        "source": st.fixed_dictionaries({"text": _words}, optional={"url": _words, "confirmed": st.just(False)}),
    },
    optional={
        "about": st.lists(_words, min_size=1, max_size=3).map("\n".join), "published": st.just(False), "valid_from": _days, "valid_until": _days, "unit": _words,
        "conversions": st.lists(st.fixed_dictionaries({"from": _words, "to": _words, "factor": _numbers}, optional={
            "rounding": st.sampled_from(("down", "nearest")), "step": _numbers, "loss": _words, "source": _words}), min_size=1, max_size=2),
        "categories": st.dictionaries(_words, _wheres, min_size=1, max_size=2), "grades": _some,
        "selection": st.just("whole"), "without_credits": st.just("zero"), "double_use": st.just("allowed"),
        "repeats": st.just("allowed"), "expired_by_issuer": st.just("accepted"),
        "conditions": _entries(applies_to=_wheres.filter(bool)), "advice": _entries(applies_to=_wheres.filter(bool)),
        "amounts": st.lists(st.fixed_dictionaries({"id": _ids}, optional={
            "title": _words, "of": st.sampled_from(("count", "hours")), "where": _wheres.filter(bool), "at_least": _numbers,
            "at_most": _numbers, "at_least_share": _numbers, "at_most_share": _numbers}), min_size=1, max_size=2),
        "groups": st.lists(st.fixed_dictionaries({"id": _ids, "slots": _entries()}, optional={
            "title": _words, "take": st.integers(1, 9), "apart": st.just(True)}), min_size=1, max_size=2),
        "capstone": _entries().map(lambda found: found[0]),
        "outcomes": st.lists(st.fixed_dictionaries({"id": _ids, "outcomes": _some}, optional={
            "title": _words, "where": _wheres.filter(bool)}), min_size=1, max_size=2),
        "overlap": st.fixed_dictionaries({"id": _ids}, optional={"at_most": st.integers(1, 9), "title": _words}),
        "parts": _entries(needs=st.lists(_ids, min_size=1, max_size=2, unique=True)), "also": _some, "title_below": _words,
    },
)  # fmt: skip
"""Any rule that the language can write, contradictions and all, with texts as people write them."""
