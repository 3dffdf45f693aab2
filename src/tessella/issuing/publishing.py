"""Status lists as sealed credentials, to be published where the copies say they are."""

from __future__ import annotations

import datetime as dt

import msgspec

from tessella.issuing._badges import badge_contexts, suite_for
from tessella.issuing.issuer import Issuer
from tessella.seals.data_integrity import add_proof
from tessella.status import StatusList, status_list_credential

__all__ = ["LIST_VALID_DAYS", "seal_status_list"]

LIST_VALID_DAYS = 30
"""A published list is good for a month: publish it anew before, even when nothing changed."""


def seal_status_list(status_list: StatusList, *, url: str, issuer: Issuer, at: dt.datetime) -> bytes:
    """The list as a `BitstringStatusListCredential`, sealed with the issuer's badge key (JSON, UTF-8).

    Raises:
        ConfigError: the issuer has no badge key.
    """
    signer = issuer.badge_key()
    document = status_list_credential(
        status_list,
        list_url=url,
        issuer=issuer.id,
        valid_from=at,
        valid_until=at + dt.timedelta(days=LIST_VALID_DAYS),
    )
    return msgspec.json.encode(
        add_proof(document, signer, cryptosuite=suite_for(signer), created=at, contexts=badge_contexts())
    )
