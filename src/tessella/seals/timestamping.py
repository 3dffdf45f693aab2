"""The time-stamp protocol (RFC 3161, RFC 5816): the question to an authority and what its answer must be like.

Pure: bytes in, bytes out. `tessella.adapters.timestamping` carries them over HTTP.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from asn1crypto import algos, cms, core, tsp

from tessella.errors import SealError
from tessella.seals._timestamps import MAX_TOKEN_BYTES, check_token
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["MAX_RESPONSE_BYTES", "TimestampRequest", "read_response", "timestamp_request"]

MAX_RESPONSE_BYTES = MAX_TOKEN_BYTES + 4096
"""A token and its envelope with a status text."""

_DIGESTS = ("sha256", "sha384", "sha512")
_GRANTED = ("granted", "granted_with_mods")
_UNREADABLE = (ValueError, TypeError, KeyError, LookupError, AttributeError, OverflowError, RecursionError)


class _Response(core.Sequence):  # type: ignore[misc]  # untyped base
    """TimeStampResp (RFC 3161 §2.4.2); a refusal has no token."""

    _fields = [("status", tsp.PKIStatusInfo), ("token", cms.ContentInfo, {"optional": True})]


class TimestampRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A TimeStampReq (RFC 3161 §2.4.1): ``der`` is what is sent; the rest is what the answer is compared with."""

    der: bytes
    message: bytes
    nonce: int
    algorithm: str = "sha256"
    policy: str = ""


def timestamp_request(
    message: bytes, *, nonce: int, algorithm: str = "sha256", policy: str = ""
) -> TimestampRequest:
    """The question for a time stamp on ``message``; only its digest is in it.

    Args:
        nonce: a random number, new for each question: it shows that the answer is not an old one.
        algorithm: ``sha256``, ``sha384`` or ``sha512``.
        policy: the object identifier of the authority's policy that is wanted; any when empty.

    Raises:
        SealError: ``seal.timestamp.algorithm``, another algorithm; ``seal.timestamp.policy``, not an object identifier.
    """
    if algorithm not in _DIGESTS:
        raise SealError(
            say("Time stamps are not asked for with %(name)s.", name=algorithm),
            code="seal.timestamp.algorithm",
            got=algorithm,
            expected=" | ".join(_DIGESTS),
            hint=say("Use SHA-256, SHA-384 or SHA-512."),
        )
    fields: dict[str, Any] = {
        "version": "v1",
        "message_imprint": {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}),
            "hashed_message": hashlib.new(algorithm, message).digest(),
        },
        "nonce": nonce,
        "cert_req": True,
    }
    try:
        if policy:
            fields["req_policy"] = tsp.ObjectIdentifier(policy)
        der = tsp.TimeStampReq(fields).dump()
    except _UNREADABLE as error:
        raise SealError(
            say("“%(policy)s” is not the identifier of a policy.", policy=policy),
            code="seal.timestamp.policy",
            got=policy,
            hint=say("Give numbers with dots between them, such as 0.4.0.2023.1.1."),
        ) from error
    return TimestampRequest(der=der, message=message, nonce=nonce, algorithm=algorithm, policy=policy)


def read_response(der: bytes, request: TimestampRequest) -> bytes:
    """The token (DER) in a TimeStampResp, if it answers the request and holds (RFC 3161 §2.4.2).

    Whether the authority deserves trust is for ``trust``.

    Raises:
        SealError: ``seal.timestamp.refused``, the authority says no; ``seal.timestamp.answer``, not an answer to this
            question; or what `check_token` finds wrong with the token.
    """
    try:
        return _token(der, request)
    except _UNREADABLE as error:
        raise _no_answer(say("What the time-stamping authority answered is no time stamp.")) from error


def _token(der: bytes, request: TimestampRequest) -> bytes:
    response = _Response.load(der, strict=True)
    status = response["status"]
    if status["status"].native not in _GRANTED:
        raise _refused(status)
    token: bytes = response["token"].dump()
    info = response["token"]["content"]["encap_content_info"]["content"].parsed
    if info["nonce"].native != request.nonce:
        raise _no_answer(say("The time-stamping authority answered another question than ours."))
    if request.policy and info["policy"].native != request.policy:
        raise _no_answer(
            say("The time stamp was made under the policy %(policy)s.", policy=info["policy"].native)
        )
    if info["message_imprint"]["hash_algorithm"]["algorithm"].native != request.algorithm:
        raise _no_answer(say("The time stamp uses another digest than was asked for."))
    found = check_token(token, request.message)
    if found.verdict is not Verdict.PASSED:
        raise found.problems[0]
    return token


def _refused(status: Any) -> SealError:
    """The authority's own words, cut to a line."""
    texts = (
        [] if isinstance(status["status_string"], core.Void) else list(status["status_string"].native or ())
    )
    failures = sorted(status["fail_info"].native or ())
    told = "; ".join([*texts, *failures]) or status["status"].native
    return SealError(
        say(
            "The time-stamping authority refused: %(reason)s.",
            reason=" ".join(told.split())[:200].rstrip("."),
        ),
        code="seal.timestamp.refused",
        got=status["status"].native,
        hint=say("Ask the authority, or use another one."),
    )


def _no_answer(message: str) -> SealError:
    return SealError(
        message,
        code="seal.timestamp.answer",
        hint=say("Check the address of the time-stamping authority, or use another one."),
    )
