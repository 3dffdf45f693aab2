"""The JSON of statuses: what goes into a credential, and the status list credential to seal and publish."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tessella.errors import SchemaError
from tessella.status.lists import StatusList, StatusPurpose
from tessella.text import say

__all__ = ["status_entry", "status_list_credential"]


def status_entry(list_url: str, index: int, purpose: StatusPurpose, *, elm: bool = False) -> dict[str, Any]:
    """A ``credentialStatus`` value for the copy at ``index`` (Bitstring Status List 1.0 §2.1).

    Args:
        list_url: where the status list credential is published.
        elm: in the form the European Learning Model accepts, with the type ``CredentialStatus`` added
            (Europass itself does not look at it).
    """
    entry_type = "BitstringStatusListEntry"
    return {
        "id": f"{list_url}#{index}",
        "type": ["CredentialStatus", entry_type] if elm else entry_type,
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def status_list_credential(
    status_list: StatusList,
    *,
    list_url: str,
    issuer: str | dict[str, Any],
    valid_from: dt.datetime,
    valid_until: dt.datetime | None = None,
    ttl_ms: int | None = None,
) -> dict[str, Any]:
    """The unsigned status list credential (§2.2), a W3C VC 2.0 that the caller seals and publishes.

    Args:
        list_url: where it will be published; the credential's ``id``.
        valid_from, valid_until: time-zone aware; publish anew before ``valid_until``.
        ttl_ms: milliseconds after which a verifier should fetch it again.

    Raises:
        SchemaError: ``input.schema.status-list``, ``valid_until`` or ``ttl_ms`` out of order.
    """
    if (valid_until is not None and valid_until <= valid_from) or (ttl_ms is not None and ttl_ms <= 0):
        raise SchemaError(
            say("The status list would never be valid."),
            code="input.schema.status-list",
            got=f"{valid_from} – {valid_until}, {ttl_ms} ms",
            hint=say("Let it be valid for at least some minutes."),
        )
    subject: dict[str, Any] = {
        "id": f"{list_url}#list",
        "type": "BitstringStatusList",
        "statusPurpose": status_list.purpose,
        "encodedList": status_list.encoded(),
    }
    if ttl_ms is not None:
        subject["ttl"] = ttl_ms
    credential: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": _stamp(valid_from),
    }
    if valid_until is not None:
        credential["validUntil"] = _stamp(valid_until)
    return credential | {"credentialSubject": subject}


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
