"""Remote signing services: keys of a trust service provider, used over the API of the Cloud Signature Consortium (CSC).

Version 2 and the same calls of version 1.0.4: ``credentials/info`` tells the certificate, ``credentials/authorize`` gives the
signature activation data for one hash, ``signatures/signHash`` signs it. Only hashes leave this machine.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from tessella.adapters.outside import OutsideSigner
from tessella.errors import AccessError, ConfigError, KeyMaterialError
from tessella.keys import PublicKey, ecdsa_joined, ordered_chain
from tessella.text import say

__all__ = ["SigningService", "open_service_signer"]

TIMEOUT_S = 10.0
"""For connecting."""

READ_TIMEOUT_S = 45.0
"""For an answer: services wait for their hardware."""

MAX_ANSWER_BYTES = 512 * 1024  # bytes
"""A chain of RSA certificates in base64 is about 20 KB."""

PAUSES_S = (1.0, 4.0)
"""Before the second and the third attempt. Each asks for a new activation: a hash that was signed and whose answer was lost is
signed again, which makes nothing but a second signature that nobody sees."""

TOKEN_MARGIN_S = 30.0
"""An access token is renewed so long before it ends."""

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

_SHA256, _SHA384 = "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2"
_RSA = "1.2.840.113549.1.1.1"


class _Way(msgspec.Struct, frozen=True):
    digest: str
    digest_oid: str
    signature_oid: str


_WAYS = {
    "ES256": _Way("sha256", _SHA256, "1.2.840.10045.4.3.2"),
    "ES384": _Way("sha384", _SHA384, "1.2.840.10045.4.3.3"),
    "RS256": _Way("sha256", _SHA256, "1.2.840.113549.1.1.11"),
}
"""RFC 3279 and RFC 5758. Ed25519 signs whole messages (RFC 8032), which a service for hashes never sees."""

Secret = Callable[[], str]


class SigningService(msgspec.Struct, frozen=True, kw_only=True):
    """Where a key is, and how one may use it.

    ``url`` is the address up to the version (``https://…/csc/v2``), ``credential`` the service's id of the key. Access: ``token``
    gives an access token, or ``client_id`` and ``client_secret`` get one at ``token_url`` (OAuth 2.0 client credentials, RFC 6749
    §4.4). ``pin`` and ``otp`` authorise the key where it asks for them. ``ca_file`` names the roots to trust instead of the system's;
    ``client_certificate`` is a PEM file with certificate and key for mutual TLS.
    """

    url: str
    credential: str
    token: Secret | None = None
    token_url: str = ""
    client_id: str = ""
    client_secret: Secret | None = None
    pin: Secret | None = None
    otp: Secret | None = None
    ca_file: str = ""
    client_certificate: str = ""


def open_service_signer(
    service: SigningService, *, pause: Callable[[float], None] = time.sleep
) -> OutsideSigner:
    """The key at a signing service, with its certificate chain. The key stays there.

    Args:
        pause: for tests.

    Raises:
        ConfigError: ``config.signing-service``: an address that is not https (plain http: this machine only), or a way to authorise
            that needs a person's browser.
        AccessError: ``access.signing-service``: it cannot be reached, or refuses.
        KeyMaterialError: ``key.signing-service``: the key is disabled, its certificate is not valid any more, or it is of a kind
            that does not sign hashes.
    """
    client = _Client(service, pause)
    info = client.call(
        "credentials/info",
        {"credentialID": service.credential, "certificates": "chain", "certInfo": True, "authInfo": True},
    )
    chain = _chain(info)
    public = PublicKey.from_certificate_der(chain[0])
    way = _way(info, public)
    client.check_authorisation(info)
    return OutsideSigner(public, lambda data: client.signature(data, public, way), certificates=chain)


class _Client:
    """Talks to one service; used by any number of threads."""

    def __init__(self, service: SigningService, pause: Callable[[float], None]) -> None:
        address = urlsplit(service.url)
        plain = address.scheme == "http" and address.hostname in _LOOPBACK
        if (address.scheme != "https" and not plain) or not address.hostname or address.username is not None:
            raise _misconfigured(say("“%(url)s” is not an https address.", url=service.url))
        self._service = service
        self._pause = pause
        self._base = service.url.rstrip("/")
        self._is_v1 = self._base.endswith(("/v1", "/v0"))
        self._lock = threading.Lock()
        self._access = ("", 0.0)
        self._http = httpx.Client(
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=TIMEOUT_S),
            follow_redirects=False,
            trust_env=False,
            verify=_tls(service),
            headers={"user-agent": "tessella", "accept": "application/json"},
        )

    def check_authorisation(self, info: Mapping[str, Any]) -> None:
        """That the key is authorised without a person's browser."""
        auth = info.get("auth")
        mode = auth.get("mode") if isinstance(auth, Mapping) else info.get("authMode")
        if mode not in (None, "implicit", "explicit"):
            raise _misconfigured(
                say("The key “%(id)s” is authorised in a browser (%(mode)s).", id=self._service.credential, mode=str(mode)[:40]),
                hint=say("Ask the service for a key for seals, which is authorised by a PIN or by the access token."),
            )  # fmt: skip

    def signature(self, data: bytes, public: PublicKey, way: _Way) -> bytes:
        """The signature over ``data``, in the JOSE form: authorised and made in one go, begun anew when an answer is lost."""
        hashed = base64.b64encode(hashlib.new(way.digest, data).digest()).decode()
        answer = self._lasting(lambda: self._signed(hashed, way))
        signatures = answer.get("signatures")
        if not isinstance(signatures, list) or len(signatures) != 1 or not isinstance(signatures[0], str):
            raise _strange("signatures/signHash")
        raw = _decoded(signatures[0], "signatures/signHash")
        return ecdsa_joined(raw, public.algorithm) if public.algorithm.startswith("ES") else raw

    def _signed(self, hashed: str, way: _Way) -> dict[str, Any]:
        hashes = (
            {"hash": [hashed]} if self._is_v1 else {"hashes": [hashed], "hashAlgorithmOID": way.digest_oid}
        )
        asked: dict[str, Any] = {"credentialID": self._service.credential, "numSignatures": 1, **hashes}
        given = {
            name: secret()
            for name, secret in (("PIN", self._service.pin), ("OTP", self._service.otp))
            if secret is not None
        }
        if given and self._is_v1:
            asked.update(given)
        elif given:
            asked["authData"] = [{"id": name, "value": value} for name, value in given.items()]
        activation = self._once("credentials/authorize", asked).get("SAD")
        if not isinstance(activation, str) or not activation:
            raise _strange("credentials/authorize")
        algorithm = {"hashAlgo": way.digest_oid, **hashes} if self._is_v1 else hashes
        return self._once(
            "signatures/signHash",
            {
                "credentialID": self._service.credential,
                "SAD": activation,
                "signAlgo": way.signature_oid,
                **algorithm,
            },
        )

    def call(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one call that changes nothing, asked again when the service is away."""
        return self._lasting(lambda: self._once(name, body))

    def _lasting(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        pauses = iter(PAUSES_S)
        while True:
            try:
                return work()
            except _PassingError as error:
                pause = next(pauses, None)
                if pause is None:
                    raise _away(error.reason) from error
            self._pause(pause)

    def _once(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        status, answer = self._posted(f"{self._base}/{name}", {"json": body}, self._headers())
        if status == 401:  # the access token ended early: once more with a new one
            with self._lock:
                self._access = ("", 0.0)
            status, answer = self._posted(f"{self._base}/{name}", {"json": body}, self._headers())
        return self._understood(name, status, answer)

    def _headers(self) -> dict[str, str]:
        token = self._service.token() if self._service.token else self._granted()
        return {"authorization": f"Bearer {token}"} if token else {}

    def _granted(self) -> str:
        service = self._service
        if not service.token_url:
            return ""
        with self._lock:
            token, until = self._access
            if token and time.monotonic() < until:
                return token
            secret = service.client_secret() if service.client_secret else ""
            status, answer = self._posted(
                service.token_url,
                {"data": {"grant_type": "client_credentials", "scope": "service"}, "auth": (service.client_id, secret)},
                {},
            )  # fmt: skip
            found = self._understood("oauth2/token", status, answer)
            granted, seconds = found.get("access_token"), found.get("expires_in", 300)
            if not isinstance(granted, str) or not isinstance(seconds, int | float):
                raise _strange("oauth2/token")
            self._access = (granted, time.monotonic() + max(0.0, seconds - TOKEN_MARGIN_S))
            return granted

    def _posted(self, url: str, content: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, bytes]:
        try:
            with self._http.stream("POST", url, headers=headers, **content) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MAX_ANSWER_BYTES:
                        raise _away(say("its answer is too large"))
                return response.status_code, bytes(body)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise _PassingError(type(error).__name__) from error

    def _understood(self, name: str, status: int, body: bytes) -> dict[str, Any]:
        if status in _PASSING:
            raise _PassingError(str(status))
        try:
            answer: Any = msgspec.json.decode(body)
        except msgspec.DecodeError:
            answer = None
        if status != 200:
            code = answer.get("error") if isinstance(answer, dict) else None
            reason = f"{name}: {status} {str(code or '')[:60]}".strip()
            raise AccessError(
                say("The signing service refuses (%(reason)s).", reason=reason),
                code="access.signing-service",
                got=reason,
                hint=say(
                    "Check the credential's id, the access token and the PIN. What was made so far is kept."
                ),
            )
        if not isinstance(answer, dict):
            raise _strange(name)
        return answer


class _PassingError(Exception):
    """A failure that may be over in a moment."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _tls(service: SigningService) -> ssl.SSLContext:
    try:
        context = (
            ssl.create_default_context(cafile=service.ca_file)
            if service.ca_file
            else httpx.create_ssl_context(trust_env=False)
        )
        if service.client_certificate:
            context.load_cert_chain(service.client_certificate)
    except (OSError, ssl.SSLError) as error:
        raise _misconfigured(say("The certificates for TLS cannot be read.")) from error
    return context


def _chain(info: Mapping[str, Any]) -> tuple[bytes, ...]:
    key, certificate = info.get("key"), info.get("cert")
    if not isinstance(key, Mapping) or not isinstance(certificate, Mapping):
        raise _strange("credentials/info")
    for what, good in ((key, ("enabled",)), (certificate, ("valid", None))):
        if what.get("status") not in good:
            raise _unusable(
                say("The key or its certificate is %(state)s there.", state=str(what.get("status"))[:40])
            )
    listed = certificate.get("certificates")
    if not isinstance(listed, list) or not listed or not all(isinstance(one, str) for one in listed):
        raise _strange("credentials/info")
    end, *rest = (_decoded(one, "credentials/info") for one in listed)
    return ordered_chain(end, rest)


def _way(info: Mapping[str, Any], public: PublicKey) -> _Way:
    way = _WAYS.get(public.algorithm)
    if way is None:
        raise _unusable(say("Keys for %(name)s do not sign hashes.", name=public.algorithm))
    offered = info["key"].get("algo")
    names = offered if isinstance(offered, list) else []
    if way.signature_oid not in names and _RSA in names and public.algorithm == "RS256":
        return msgspec.structs.replace(
            way, signature_oid=_RSA
        )  # the padding alone, over the digest that is named
    return way


def _decoded(text: str, name: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _strange(name) from error


def _strange(name: str) -> AccessError:
    return AccessError(
        say("The signing service gives an answer that is not understood (%(name)s).", name=name),
        code="access.signing-service",
        got=name,
        hint=say("Check that the address is that of a CSC API of version 1 or 2."),
    )


def _away(reason: str) -> AccessError:
    return AccessError(
        say("The signing service cannot be reached: %(reason)s.", reason=reason),
        code="access.signing-service",
        got=reason,
        hint=say("Try again later. What was made so far is kept."),
    )


def _misconfigured(message: str, hint: str = "") -> ConfigError:
    return ConfigError(
        message,
        code="config.signing-service",
        hint=hint or say("Give the address as your provider has it, such as https://…/csc/v2."),
    )


def _unusable(message: str) -> KeyMaterialError:
    return KeyMaterialError(
        message,
        code="key.signing-service",
        hint=say("Ask the service for a key on P-256 or RSA that is enabled, with a valid certificate."),
    )
