"""Asking for a plan, what if, forgetting it; and working it out beside the pages."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from importlib.util import find_spec
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.vocabulary import code_list
from tessella_web.accounts.models import Person
from tessella_web.catalogue.offers.models import Mode, Times
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.common.waking import Step, wake
from tessella_web.credentials.planning.catalogue import chances, fitting, sketch_ahead
from tessella_web.credentials.planning.models import Least, Plan, PlanState
from tessella_web.credentials.wallet.counting import countables, known_rule
from tessella_web.credentials.wallet.entries import entries_of
from tessella_web.ui.middleware import library_language

__all__ = ["MOST_WAITING", "ask", "can_plan", "remove", "tidy", "what_if", "work"]

MOST_WAITING = 5
"""Plans of one person that wait to be worked out; each takes a worker some seconds."""

MOST_KEPT = 50
"""Plans of one person; the oldest make room."""

KEPT = dt.timedelta(days=90)
"""A plan rests on offers and their days: after a quarter of a year it is an old timetable."""

LEASE = dt.timedelta(minutes=5)
"""Several times what the solver may take for four plans."""

MOST_ATTEMPTS = 2
"""A plan at which two workers died is not tried a third time."""

LONGEST_NAME = 300
"""Characters of something that is left out, or of a place."""

MOST_NAMES = 20
"""Places, languages, or things left out: more is a search, not a wish."""

_NUMBERS: Mapping[str, Decimal] = {"weekly_hours": Decimal(100), "budget": Decimal(1_000_000), "most_providers": Decimal(50)}  # fmt: skip
_DAYS = ("not_before", "finish_by")
_LISTS: Mapping[str, frozenset[str] | None] = {
    "languages": None, "modes": frozenset(Mode.values), "places": None, "only_times": frozenset(Times.values), "without": None,
}  # fmt: skip


def can_plan() -> bool:
    """Whether the solver is installed here (the extra ``plan``)."""
    return find_spec("ortools") is not None


def ask(
    *,
    by: Person,
    rule: str,
    wishes: Mapping[str, Any],
    least: Least,
    language: str,
    against: Least | None = None,
    before: Plan | None = None,
) -> Plan:
    """Have a way to the goal of a rule worked out, from the person's wallet and what is offered; its page says how far it is.

    ``wishes`` by the library's names: ``not_before``, ``finish_by``, ``weekly_hours``, ``budget``, ``currency``, ``most_providers``,
    ``languages``, ``modes``, ``places``, ``only_times``, ``without`` (offers, micro-credentials, providers).

    Raises:
        RefusedError: ``plan.no-solver``; ``plan.rule``, there is no such rule; ``plan.wish`` at the field that is wrong; ``plan.waiting``.
    """
    if not can_plan():
        raise RefusedError(
            _("Plans cannot be worked out here: the solver is not installed."), code="plan.no-solver",
            hint=_("Ask whoever runs this platform to install the extra “plan”."),
        )  # fmt: skip
    known = known_rule(rule)
    if known is None:
        raise RefusedError(
            _("There is no such rule."), code="plan.rule", field="rule",
            hint=_("Choose one from the list of what you can count towards."),
        )  # fmt: skip
    read = _wishes(wishes)
    with transaction.atomic():
        own = Plan.objects.select_for_update().filter(holder=by)
        if own.filter(state=PlanState.WAITING).count() >= MOST_WAITING:
            raise RefusedError(
                _("Several of your plans are still being worked out."), code="plan.waiting",
                hint=_("Wait until they are there."),
            )  # fmt: skip
        old = own.exclude(state=PlanState.WAITING).values_list("pk", flat=True)[MOST_KEPT - 1 :]
        Plan.objects.filter(pk__in=list(old)).delete()
        made = Plan.objects.create(
            holder=by, rule=known.key, goal=known.rule.award[:300], receiver=known.rule.receiver[:300], on=timezone.localdate(),
            language=language, wishes=read, least=least, against=against if against and against != least else "", before=before,
        )  # fmt: skip
        audit.record("plan.asked", f"plan:{made.id}", actor_id=by.id, facts={})
        wake(Step.PLAN)
    return made


def what_if(
    *, by: Person, plan: Plan, changes: Mapping[str, Any], language: str, least: Least | None = None
) -> Plan:
    """The same question with other wishes, or another aim. ``without`` adds to what was left out before; everything else takes the place
    of what stood there.

    Raises as `ask`.
    """
    wishes = {**plan.wishes, **changes}
    if "without" in changes:
        wishes["without"] = [*plan.wishes.get("without", []), *changes["without"]]
    return ask(
        by=by, rule=plan.rule, wishes=wishes, least=least or Least(plan.least), language=language,
        against=Least(plan.against) if plan.against else None, before=plan,
    )  # fmt: skip


@transaction.atomic
def remove(*, by: Person, plan: Plan) -> None:
    """Forget a plan; the person's own only."""
    Plan.objects.filter(pk=plan.pk, holder=by).delete()
    audit.record("plan.removed", f"plan:{plan.id}", actor_id=by.id, facts={})


# --- wishes ------------------------------------------------------------------------------------------


def _wishes(values: Mapping[str, Any]) -> dict[str, Any]:
    """The library's wishes as plain data; what is empty is not wished."""
    found: dict[str, Any] = {}
    for name, most in _NUMBERS.items():
        number = _number(name, values.get(name), most)
        if number is not None:
            found[name] = str(number) if name != "most_providers" else int(number)
    for name in _DAYS:
        if values.get(name):
            found[name] = _day(name, values[name]).isoformat()
    if found.get("not_before", "") > found.get("finish_by", "9999"):
        raise _wrong(
            "finish_by", _("It would be finished before it begins."), _("Correct one of the two days.")
        )
    for name, choices in _LISTS.items():
        if listed := _names(name, values.get(name), choices):
            found[name] = listed
    currency = str(values.get("currency") or "").strip().upper()
    if currency:
        if code_list("currency").get(currency) is None:
            raise _wrong(
                "currency", _("This currency is not known."), _("Write its three letters, such as EUR.")
            )
        found["currency"] = currency
    return found


def _number(name: str, value: Any, most: Decimal) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    is_whole = name == "most_providers"
    least = 1 if is_whole else 0
    if (
        not found.is_finite()
        or not least <= found <= most
        or found != found.quantize(Decimal(1) if is_whole else Decimal("0.01"))
    ):
        raise _wrong(name, _("This number cannot be right."), _("Write a number such as 8 or 250."))
    return found


def _day(name: str, value: Any) -> dt.date:
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise _wrong(name, _("This is no date."), _("Write it as year-month-day.")) from None


def _names(name: str, value: Any, choices: frozenset[str] | None) -> list[str]:
    found = list(dict.fromkeys(text for one in value or () if (text := str(one).strip())))
    if len(found) > MOST_NAMES or any(len(one) > LONGEST_NAME for one in found):
        raise _wrong(
            name, _("These are too many, or too long."), _("Name up to twenty, each in a few words.")
        )
    if choices is not None and not choices.issuperset(found):
        raise _wrong(name, _("This is not one of the choices."), _("Choose one of those that are offered."))
    return found


def _wrong(field: str, message: str, hint: str) -> RefusedError:
    return RefusedError(message, code="plan.wish", field=field, hint=hint)


# --- the work ----------------------------------------------------------------------------------------


def work() -> bool:
    """Work out the plan that has waited longest; False when none waits."""
    plan = _claimed()
    if plan is None:
        return False
    began = time.monotonic()
    with translation.override(plan.language), library_language():
        try:
            if plan.attempts > MOST_ATTEMPTS:
                raise RefusedError(
                    _("This plan could not be worked out: the work stopped twice."), code="plan.given-up",
                    hint=_("Ask for less at once: fewer wishes, or only one plan."),
                )  # fmt: skip
            _work_out(plan)
            plan.state = PlanState.DONE
        except (TessellaError, RefusedError) as error:
            plan.state, plan.code, plan.message, plan.hint = (
                PlanState.FAILED,
                error.code,
                error.message,
                error.hint or "",
            )
    plan.seconds, plan.done_at = round(time.monotonic() - began, 2), timezone.now()
    fields = ("state", "answer", "code", "message", "hint", "offers", "seconds", "done_at")
    Plan.objects.filter(pk=plan.pk, state=PlanState.WAITING).update(
        **{name: getattr(plan, name) for name in fields}
    )
    return True


def _work_out(plan: Plan) -> None:
    from tessella_web.credentials.planning import solving

    known = known_rule(plan.rule)
    if known is None:
        raise RefusedError(
            _("The rule is not here any more."), code="plan.rule", hint=_("Choose another goal.")
        )
    entries = entries_of(plan.holder, (plan.language, "en"))
    offered = chances(plan.holder, on=plan.on)
    plan.offers = len(offered)
    answer = solving.answer_to(
        known.rule, countables(entries, known.rule), fitting(known.rule, offered), plan.wishes, on=plan.on,
        least=plan.least, against=plan.against,
    )  # fmt: skip
    if plan.before is not None and plan.before.answer:
        answer["changes"] = solving.changed(plan.before.answer, answer)
    plan.answer = answer


@transaction.atomic
def _claimed() -> Plan | None:
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    found = (
        Plan.objects.filter(free, state=PlanState.WAITING)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("holder", "before")
        .order_by("made_at", "pk")
        .first()
    )
    if found is not None:
        found.leased_until, found.attempts = now + LEASE, found.attempts + 1
        found.save(update_fields=["leased_until", "attempts"])
    return found


def tidy() -> bool:
    """Forget old plans, and read what is newly offered before somebody waits for it; whether there was anything."""
    old = Plan.objects.filter(made_at__lt=timezone.now() - KEPT).exclude(state=PlanState.WAITING)
    gone = Plan.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:100])).delete()[0]
    return sketch_ahead() or bool(gone)
