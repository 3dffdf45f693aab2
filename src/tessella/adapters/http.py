"""The network, safely: HTTPS only, public addresses only, few redirects, capped bodies and time.

The guard against server-side request forgery: the host is resolved once, every address it has must be public,
and the connection goes to the address that was checked (so that a second DNS answer cannot move it). Each redirect is
checked again.
"""

from __future__ import annotations

import datetime as dt
import functools
import ipaddress
import socket
import ssl
from collections.abc import Callable, Mapping
from urllib.parse import urljoin, urlsplit

import httpx

from tessella.errors import AccessError
from tessella.ports import Clock, Fetched
from tessella.text import say

__all__ = ["NoFetcher", "SafeFetcher"]

TIMEOUT_S = 10.0
"""For connecting and for each read; a status list or DID document is small."""

TOTAL_TIMEOUT_S = 30.0
"""For one document with all redirects: a slow drip must not hold a verifier."""

MAX_REDIRECTS = 3
"""Permanent identifiers (purl, w3id) need two."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Resolver = Callable[[str, int], list[str]]


def _resolve(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@functools.cache
def _tls() -> ssl.SSLContext:
    """The trusted roots, read once: that takes longer than most requests."""
    return httpx.create_ssl_context(trust_env=False)


def _client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False, verify=_tls())


class NoFetcher:
    """Refuses every fetch: verification without network, the default."""

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        raise AccessError(
            say("%(url)s was not fetched: the network is off.", url=url),
            code="access.offline",
            got=url,
            hint=say("Allow it with --online."),
        )


class SafeFetcher:
    """Fetches over HTTPS from public addresses.

    Args:
        clock: tells when a document was fetched.
        resolve: host name resolution; tests pass their own.
        allow_private: for tests and closed networks, or for an address that the operator named: also loopback,
            private addresses and plain HTTP.
        allow_http: also plain HTTP, for what is signed itself (revocation lists, RFC 5280 §4.2.1.13).
    """

    def __init__(
        self,
        clock: Clock,
        *,
        resolve: Resolver = _resolve,
        allow_private: bool = False,
        allow_http: bool = False,
    ) -> None:
        self._clock = clock
        self._resolve = resolve
        self._allow_private = allow_private
        self._allow_http = allow_private or allow_http

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        """See `tessella.ports.Fetcher`; the answer's ``url`` is where the last redirect led."""
        deadline = self._clock.now() + dt.timedelta(seconds=TOTAL_TIMEOUT_S)
        with _client() as client:
            for _ in range(MAX_REDIRECTS + 1):
                answer = self._once(client, "GET", url, max_bytes, {"accept": accept}, deadline)
                if isinstance(answer, Fetched):
                    return answer
                url = urljoin(url, answer)
        raise self._refused(url, "access.redirects", say("it redirects too often"))

    def post(
        self,
        url: str,
        content: bytes,
        *,
        content_type: str,
        max_bytes: int,
        accept: str = "*/*",
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """The answer to a POST, with ``headers`` besides those it takes; a redirect is not followed.

        Raises:
            AccessError: as `tessella.ports.Fetcher.fetch`.
        """
        deadline = self._clock.now() + dt.timedelta(seconds=TOTAL_TIMEOUT_S)
        sent = {**(headers or {}), "accept": accept, "content-type": content_type}
        with _client() as client:
            answer = self._once(client, "POST", url, max_bytes, sent, deadline, content)
        if isinstance(answer, Fetched):
            return answer
        raise self._refused(url, "access.redirects", say("it redirects, which a question does not follow"))

    def _once(
        self,
        client: httpx.Client,
        method: str,
        url: str,
        max_bytes: int,
        headers: Mapping[str, str],
        deadline: dt.datetime,
        content: bytes | None = None,
    ) -> Fetched | str:
        address, host, netloc = self._checked(url)
        target = httpx.URL(url).copy_with(host=address)
        headers = {**headers, "host": netloc, "user-agent": "tessella"}
        extensions = {"sni_hostname": host}
        try:
            with client.stream(
                method, target, headers=headers, extensions=extensions, content=content
            ) as response:
                if response.is_redirect:
                    return str(response.headers.get("location", ""))
                if not response.is_success:
                    raise self._refused(
                        url,
                        "access.gone" if response.status_code == 410 else "access.status",
                        say("the server answered %(status)s", status=response.status_code),
                    )
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > max_bytes:
                        raise self._refused(
                            url, "access.size", say("it is larger than %(limit)s bytes", limit=max_bytes)
                        )
                    if self._clock.now() > deadline:
                        raise self._refused(url, "access.time", say("it takes too long"))
                media_type = response.headers.get("content-type", "").split(";")[0].strip()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise self._refused(url, "access.network", type(error).__name__) from error
        return Fetched(url=url, body=bytes(body), media_type=media_type, fetched_at=self._clock.now())

    def _checked(self, url: str) -> tuple[str, str, str]:
        """The address to connect to, the host name for TLS and the ``Host`` header."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise self._refused(url, "access.address", say("it is not a valid address")) from error
        if parts.scheme != "https" and not (self._allow_http and parts.scheme == "http"):
            raise self._refused(url, "access.scheme", say("only https addresses are fetched"))
        if not host or parts.username is not None:
            raise self._refused(url, "access.address", say("it is not a plain web address"))
        try:
            addresses = self._resolve(host, port)
        except OSError as error:
            raise self._refused(url, "access.network", say("the host is not known")) from error
        if not addresses:
            raise self._refused(url, "access.network", say("the host is not known"))
        if not self._allow_private:
            for address in addresses:
                if not _is_public(address):
                    raise self._refused(url, "access.private", say("it leads into a private network"))
        netloc = parts.netloc.rpartition("@")[2]
        return addresses[0], host, netloc

    @staticmethod
    def _refused(url: str, code: str, reason: str) -> AccessError:
        return AccessError(
            say("%(url)s was not fetched: %(reason)s.", url=url, reason=reason), code=code, got=url
        )


def _is_public(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return ip.is_global and not ip.is_multicast
