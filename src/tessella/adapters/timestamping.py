"""Time stamps from an authority on the network (RFC 3161 §3.4: over HTTP)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from tessella.adapters.http import SafeFetcher
from tessella.errors import AccessError, ConfigError
from tessella.ports import Clock
from tessella.seals.timestamping import MAX_RESPONSE_BYTES, read_response, timestamp_request
from tessella.text import say

__all__ = ["TimestampAuthority"]

PAUSES_S = (1.0, 3.0)
"""Before the second and the third attempt: a batch should not end for one lost packet."""

_NONCE_BITS = 64
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_PASSING = ("access.network", "access.time", "access.status")


class TimestampAuthority:
    """Calls a time-stamping authority: ``authority(message)`` is an RFC 3161 token in DER.

    The operator names the address, so plain HTTP and hosts of the own network are allowed: a token is signed, and its
    nonce, digest and signature are checked. Redirects are not followed.

    Args:
        url: http or https, without user name.
        clock: for the limit on time.
        policy: the object identifier of the policy to ask for; the authority's own when empty.
        algorithm: the digest: ``sha256``, ``sha384`` or ``sha512``.
        fetcher, pause: for tests.

    Raises:
        ConfigError: ``config.tsa``, not an address of the web.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        policy: str = "",
        algorithm: str = "sha256",
        fetcher: SafeFetcher | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ConfigError(
                say("“%(url)s” is not the address of a time-stamping authority.", url=url),
                code="config.tsa",
                got=url,
                hint=say("Give an http or https address."),
            )
        self._url = url
        self._fetcher = fetcher or SafeFetcher(clock, allow_private=True)
        self._policy = policy
        self._algorithm = algorithm
        self._pause = pause

    @property
    def url(self) -> str:
        """Where it is asked."""
        return self._url

    def __call__(self, message: bytes) -> bytes:
        """A token on ``message``, checked.

        Raises:
            AccessError: ``access.tsa``, the authority cannot be reached, in three attempts.
            SealError: as `tessella.seals.timestamping.read_response`.
        """
        request = timestamp_request(
            message, nonce=secrets.randbits(_NONCE_BITS), policy=self._policy, algorithm=self._algorithm
        )
        return read_response(self._answer(request.der), request)

    def _answer(self, question: bytes) -> bytes:
        pauses = iter(PAUSES_S)
        while True:
            try:
                return self._fetcher.post(
                    self._url, question, content_type=_QUERY, accept=_REPLY, max_bytes=MAX_RESPONSE_BYTES
                ).body
            except AccessError as error:
                pause = next(pauses, None)
                if pause is None or error.code not in _PASSING:
                    raise AccessError(
                        say(
                            "The time-stamping authority gives no time stamp: %(reason)s",
                            reason=error.message,
                        ),
                        code="access.tsa",
                        got=self._url,
                        hint=say(
                            "Try again later, or name another one with --tsa. What was made so far is kept."
                        ),
                    ) from error
            self._pause(pause)
