"""The learner's side: putting together what is asked on, asking, adding, withdrawing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.catalogue.pathways.models import PathwayVersion
from tessella_web.catalogue.pathways.queries import in_force
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.receiving.models import Policy
from tessella_web.credentials.receiving.queries import open_policy
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.credentials.wallet.counting import countable
from tessella_web.credentials.wallet.entries import entry_of
from tessella_web.credentials.wallet.models import Share
from tessella_web.recognition.stacking.domain.common import locked_live, locked_open, own, tell, told
from tessella_web.recognition.stacking.evaluating import assess, kept
from tessella_web.recognition.stacking.evidence import add_parts, erase
from tessella_web.recognition.stacking.models import OPEN, Case, CaseState

__all__ = ["add", "ask", "policy_for", "prepare", "withdraw"]


def prepare(
    *, by: Person, version: PathwayVersion, keys: Sequence[str], keep_days: int, languages: tuple[str, ...]
) -> Share:
    """Freeze what is asked on, as when something is handed in; nobody else sees it before `ask`.

    Raises:
        RefusedError: ``stacking.not-in-force``, ``stacking.not-taken``, ``stacking.open-case``, ``stacking.unreadable``; and as
            for `wallet.domain.prepare`.
    """
    policy = _ready(by, version)
    _require_countable(by, keys, languages)
    return wallet.prepare(
        by=by, keys=keys, languages=languages, policy=policy, keep_days=keep_days, shown_as=by.name, may_keep=True,
        purpose=_purpose(version),
    )  # fmt: skip


def ask(
    *,
    by: Person,
    version: PathwayVersion,
    share: Share,
    name: str,
    languages: tuple[str, ...],
    message: str = "",
) -> Case:
    """Ask the organisation of the pathway to decide on what was put together.

    Args:
        name: as it stands on the award, if there is one.

    Raises:
        RefusedError: ``stacking.name``; as for `prepare`, and as for `wallet.domain.send`.
    """
    if not name.strip():
        raise RefusedError(
            _("It does not say in whose name."), code="stacking.name", field="name",
            hint=_("Write your name as it shall stand on the award."),
        )  # fmt: skip
    _ready(by, version)
    if share.organisation_id != version.pathway.organisation_id:
        raise RefusedError(
            _("It was put together for somebody else."), code="stacking.other-share", hint=_("Start again.")
        )
    try:
        with transaction.atomic():
            wallet.send(by=by, share=share, languages=languages)
            share.taken_at = timezone.now()
            share.save(update_fields=["taken_at"])
            case = Case.objects.create(
                organisation=version.pathway.organisation, pathway=version.pathway, version=version, learner=by,
                name=name.strip()[:200], message=message.strip(), kept_until=share.ends_at,
            )  # fmt: skip
            parts = add_parts(case, share.files.select_related("award"), by, languages)
            case.asked = kept(assess(case, languages=languages, version=version).answer)
            case.save(update_fields=["asked"])
            tell("asked", case, by, parts=len(parts), version=version.id)
            told(case, staff="asked")
    except IntegrityError as error:
        raise _open_case() from error
    return case


@transaction.atomic
def add(
    *, by: Person, case: Case, languages: tuple[str, ...], keys: Sequence[str] = (), text: str = ""
) -> Case:
    """Add credentials, or an answer in words, to a case that is open, or on whose award something has fallen.

    Raises:
        RefusedError: ``stacking.not-yours``, ``stacking.closed-case``, ``stacking.nothing``, and as for `prepare`.
    """
    own(by, case)
    found = locked_live(case)
    if not keys and not text.strip():
        raise RefusedError(
            _("There is nothing in it."), code="stacking.nothing", field="text", hint=_("Choose a credential, or write something.")
        )  # fmt: skip
    if keys:
        _hand_in(by, found, keys, languages)
    found.requests.filter(answered_at=None).update(answer=text.strip(), answered_at=timezone.now())
    if text.strip() and not found.requests.filter(answer=text.strip()).exists():
        found.message = f"{found.message}\n\n{text.strip()}".strip()
    if found.state == CaseState.WAITING:
        found.state = CaseState.ASKED
    found.save(update_fields=["message", "state", "kept_until"])
    tell("added", found, by, parts=len(keys))
    told(found, staff="added")
    return found


def _hand_in(by: Person, case: Case, keys: Sequence[str], languages: tuple[str, ...]) -> None:
    policy = policy_for(case.version)
    _require_countable(by, keys, languages)
    days = max(1, min((case.kept_until - timezone.now()) // dt.timedelta(days=1), policy.most_days))
    share = wallet.prepare(
        by=by, keys=keys, languages=languages, policy=policy, keep_days=days, shown_as=by.name, may_keep=True,
        purpose=_purpose(case.version),
    )  # fmt: skip
    wallet.send(by=by, share=share, languages=languages)
    share.taken_at = timezone.now()
    share.save(update_fields=["taken_at"])
    case.kept_until = max(case.kept_until, share.ends_at)
    add_parts(case, share.files.select_related("award"), by, languages)


@transaction.atomic
def withdraw(*, by: Person, case: Case) -> Case:
    """Ask no more: what was handed in for it is deleted at once.

    Raises:
        RefusedError: ``stacking.not-yours``, ``stacking.closed-case``.
    """
    own(by, case)
    found = locked_open(case)
    found.state = CaseState.WITHDRAWN
    found.save(update_fields=["state"])
    erase(list(found.parts.select_related("shared__share")))
    tell("withdrawn", found, by)
    return found


def policy_for(version: PathwayVersion) -> Policy:
    """What the organisation of a pathway promises now.

    Raises:
        RefusedError: ``stacking.not-taken``: it takes nothing here.
    """
    organisation = version.pathway.organisation
    policy = open_policy(organisation.slug)
    if policy is None:
        raise RefusedError(
            _("%(name)s does not take credentials here.") % {"name": organisation.name}, code="stacking.not-taken",
            hint=_("Ask them how they decide; the rule shows what they ask for."),
        )  # fmt: skip
    return policy


def _ready(by: Person, version: PathwayVersion) -> Policy:
    found = in_force(version.pathway, on=timezone.localdate())
    if found is None or found.pk != version.pk:
        raise RefusedError(
            _("This version of the rule is not in force today."), code="stacking.not-in-force",
            hint=_("Look at the version that is."),
        )  # fmt: skip
    policy = policy_for(version)
    if Case.objects.filter(learner=by, pathway=version.pathway, state__in=OPEN).exists():
        raise _open_case()
    return policy


def _open_case() -> RefusedError:
    return RefusedError(
        _("You have asked this already, and it is not decided yet."), code="stacking.open-case",
        hint=_("Add to that case, or withdraw it first."),
    )  # fmt: skip


def _purpose(version: PathwayVersion) -> str:
    return _("Decision on “%(award)s”") % {"award": version.award[:200]}


def _require_countable(by: Person, keys: Sequence[str], languages: tuple[str, ...]) -> None:
    for key in keys:
        entry = entry_of(by, key, languages)
        if entry is not None and countable(entry) is None:
            raise RefusedError(
                _("“%(title)s” does not say what a rule asks about.") % {"title": entry.title},
                code="stacking.unreadable", field="keys", hint=_("Leave it out."),
            )  # fmt: skip
