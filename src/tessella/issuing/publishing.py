"""Status lists as sealed credentials, to be published where the copies say they are."""

from __future__ import annotations

import datetime as dt

import msgspec

from tessella.issuing._badges import badge_contexts, suite_for
from tessella.issuing.issuer import Issuer
from tessella.seals import sd_jwt
from tessella.seals.data_integrity import add_proof
from tessella.status import StatusList, status_list_credential, token_status_list_claims

__all__ = ["LIST_TTL_S", "LIST_TYPE", "LIST_VALID_DAYS", "seal_status_list", "seal_token_status_list"]

LIST_VALID_DAYS = 30
"""A published list is good for a month: publish it anew before, even when nothing changed."""

LIST_TTL_S = 86_400
"""Verifiers ask for a Token Status List again after a day: so long may a revocation take to be seen everywhere."""

LIST_TYPE = "statuslist+jwt"
"""``typ`` of a Token Status List; served as ``application/statuslist+jwt`` (Token Status List §5.1)."""


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


def seal_token_status_list(
    status_list: StatusList,
    *,
    url: str,
    issuer: Issuer,
    at: dt.datetime,
    revocation: StatusList | None = None,
) -> bytes:
    """The list as a Token Status List (JWT), sealed with the key that seals attestations.

    Args:
        revocation: beside a list for suspension: which of the same copies are revoked, by the same indexes; none of them when omitted.

    Raises:
        ConfigError: the issuer has no badge key.
        SchemaError: ``input.schema.status-list``, the two lists do not belong together.
    """
    both = (
        (status_list, revocation)
        if status_list.purpose == "revocation"
        else (revocation or StatusList("revocation", entries=status_list.entries), status_list)
    )
    claims = token_status_list_claims(
        *both,
        list_url=url,
        issued_at=at,
        expires_at=at + dt.timedelta(days=LIST_VALID_DAYS),
        ttl_s=LIST_TTL_S,
    )
    return sd_jwt.issue(claims, issuer.badge_key(), typ=LIST_TYPE).removesuffix("~").encode()
