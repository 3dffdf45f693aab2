"""Field maps: what is lost is found, and no field is forgotten."""

from __future__ import annotations

from decimal import Decimal

from tessella.model import Award, Learner, MicroCredential, Outcome, Result, Workload
from tessella.model.fieldmap import Carried, FieldRule, Loss, losses, uncovered

RULES = (
    FieldRule(record="learner", wire=("subject",), element="learner"),
    FieldRule(record="results.distribution", carried=Carried.NONE, note="No place for it.", element="grade"),
    FieldRule(
        record="micro_credential.workload.contact_hours",
        carried=Carried.PART,
        note="Rounded.",
        element="workload",
    ),
    FieldRule(record="micro_credential.leads_to_degree", carried=Carried.NONE, note="No place."),
)


def award(**changes: object) -> Award:
    base = {"micro_credential": MicroCredential(), "learner": Learner(full_name="Ada Nowak")}
    return Award(**{**base, **changes})  # type: ignore[arg-type]


def test_losses_name_each_place_that_has_a_value() -> None:
    record = award(
        micro_credential=MicroCredential(workload=Workload(contact_hours=Decimal(4))),
        results=(Result(grade="A"), Result(grade="B", distribution="top tenth")),
    )
    assert losses(record, RULES) == (
        Loss(element="grade", record="results[1].distribution", reason="No place for it."),
        Loss(element="workload", record="micro_credential.workload.contact_hours", reason="Rounded."),
    )


def test_losses_of_defaults_are_none() -> None:
    assert losses(award(results=(Result(),)), RULES) == ()


def test_losses_list_fields_of_extra_at_any_depth() -> None:
    record = award(
        micro_credential=MicroCredential(outcomes=(Outcome(title={"en": "x"}, extra={"hue": "blue"}),)),
        extra={"a": 1},
    )
    assert [loss.record for loss in losses(record, ())] == ["a", "micro_credential.outcomes[0].hue"]


def test_uncovered_names_fields_without_a_rule_and_respects_rules_on_whole_parts() -> None:
    missing = uncovered(Award, RULES)
    assert "learner" not in missing
    assert "results.distribution" not in missing
    assert "results.grade" in missing
    assert "micro_credential.workload.hours" in missing
    assert "micro_credential.title" in missing
    assert uncovered(Result, [FieldRule(record=name) for name in Result.__struct_fields__]) == ()
