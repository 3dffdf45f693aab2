"""A list of options that is being put together, one that was sent, and one in the wallet of the holder."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from tessella_web.accounts.models import Organisation, Person
from tessella_web.guidance.options import domain
from tessella_web.guidance.options.models import Option, OptionList

__all__ = ["counselled"]


def counselled(organisation: Organisation, counsellor: Person, holder: Person) -> dict[str, dict[str, Any]]:
    """What stands behind the addresses; the counsellor alone has made all of it."""

    def made(title: str) -> tuple[OptionList, Option]:
        found = domain.start(
            by=counsellor, organisation=organisation, client_name="Ona K", title=title,
            ends_at=timezone.now() + dt.timedelta(30),
        )  # fmt: skip
        values = {"title": "Evening school", "why": "Near your home.", "url": "https://example.org/evening"}
        return found, domain.put_option(by=counsellor, option_list=found, values=values)

    draft, option = made("Ways into beekeeping")
    sent, shown = made("Ways into law")
    kept, own = made("Ways into boats")
    secret = domain.send_link(by=counsellor, option_list=sent)
    domain.send_link(by=counsellor, option_list=kept)
    domain.keep(by=holder, option_list=kept)
    return {
        "option-list-withdraw": {"id": sent.id},
        "option-.*": {"id": draft.id, "option": option.id},
        "options-.*": {"secret": secret, "option": shown.id},
        "my-option-.*": {"id": kept.id, "option": own.id},
        "funding-scheme": {"key": "ie-hci-learner-fee-subsidy"},
    }
