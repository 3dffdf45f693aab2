"""Keys in a token (HSM, smart card) through its PKCS #11 module: the sessions, and private keys that sign.

A module is used by one thread at a time and keeps one session for each token: modules are initialised without locking of their
own (PKCS #11 v3.1 §5.4, ``pInitArgs`` NULL). A session that is lost, because the token was taken out or restarted, is opened anew
once; signing again does no harm. After a fork the child begins with a session of its own.
"""

from __future__ import annotations

import functools
import hashlib
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from tessella.adapters.files import read_bytes
from tessella.adapters.outside import OutsideSigner
from tessella.adapters.pkcs11uri import TokenUri
from tessella.errors import AccessError, ConfigError, KeyMaterialError, TessellaError
from tessella.keys import PublicKey, base64url_encode, ordered_chain
from tessella.text import say

__all__ = ["Token", "attribute", "driver", "open_token_signer"]

MAX_PIN_BYTES = 1_024
"""PINs have at most 255 characters in every token known to us."""

_T = TypeVar("_T")

_LOST = [
    "CryptokiNotInitialized",
    "DeviceError",
    "DeviceMemory",
    "DeviceRemoved",
    "FunctionFailed",
    "GeneralError",
    "KeyHandleInvalid",
    "NoSuchToken",
    "ObjectHandleInvalid",
    "OperationNotInitialized",
    "PKCS11Error",
    "SessionClosed",
    "SessionHandleInvalid",
    "TokenNotPresent",
    "TokenNotRecognised",
    "UserNotLoggedIn",
    "WrappingKeyHandleInvalid",
    "UnwrappingKeyHandleInvalid",
]
"""Return codes after which a new session may work."""

_PIN = ("PinIncorrect", "PinLocked", "PinExpired", "PinInvalid", "PinLenRange", "UserPinNotInitialized")

_EC_CURVES = {
    bytes.fromhex("06082a8648ce3d030107"): ("P-256", 32),
    bytes.fromhex("06052b81040022"): ("P-384", 48),
}
"""``CKA_EC_PARAMS``: the DER of the curve's object identifier (RFC 5480 §2.1.1.1)."""


_PACKED_POINTS = (34, 67, 99)
"""Bytes of an octet string with a point of Ed25519, P-256 or P-384."""


class _Way(NamedTuple):
    """How a token signs for an algorithm: its mechanism, and the digest where the mechanism takes digests."""

    mechanism: str
    digest: str = ""


_WAYS = {
    "ES256": _Way("ECDSA", "sha256"),
    "ES384": _Way("ECDSA", "sha384"),
    "RS256": _Way("SHA256_RSA_PKCS"),
    "Ed25519": _Way("EDDSA"),
}
"""ECDSA over a digest made here: every token has it, those with hashing inside are few."""


@functools.cache
def driver() -> Any:
    """The package that talks to modules; raises `ConfigError` where it is not installed."""
    try:
        import pkcs11
    except ImportError as error:
        raise ConfigError(
            say("Keys in tokens need the package python-pkcs11."),
            code="config.pkcs11",
            hint=say("Install it with: pip install tessella[hsm]"),
        ) from error
    return pkcs11


class _Module:
    """A loaded module with the sessions of its tokens; every use holds the lock."""

    def __init__(self, path: str) -> None:
        self.lock = threading.RLock()
        self.sessions: dict[tuple[object, ...], Any] = {}
        self._path = path
        self._pid = os.getpid()
        try:
            self.library = driver().lib(path)
        except (driver().PKCS11Error, RuntimeError) as error:
            raise ConfigError(
                say("The module %(path)s cannot be used.", path=path),
                code="config.pkcs11",
                got=path,
                hint=say(
                    "Name the shared library of your token with module-path= or TESSELLA_PKCS11_MODULE."
                ),
            ) from error

    def fresh(self) -> None:
        """Forget sessions that a parent process made."""
        if self._pid != os.getpid():
            self.sessions.clear()
            self.library.reinitialize()
            self._pid = os.getpid()

    def restart(self) -> None:
        """Begin anew after a loss, so that the module looks at its slots again."""
        self.sessions.clear()
        try:
            self.library.reinitialize()
        except driver().PKCS11Error:
            self.library.initialize()


_modules: dict[str, _Module] = {}
_modules_lock = threading.Lock()


def _module(path: str) -> _Module:
    with _modules_lock:
        if path not in _modules:
            _modules[path] = _Module(path)
        return _modules[path]


class Token:
    """One token, as a URI names it."""

    def __init__(self, uri: TokenUri, pin: Callable[[], str] | None) -> None:
        path = uri.module_path or os.environ.get("TESSELLA_PKCS11_MODULE", "")
        if not path:
            raise ConfigError(
                say("It is not said which PKCS #11 module to use."),
                code="config.pkcs11",
                hint=say(
                    "Name the shared library of your token with module-path= or TESSELLA_PKCS11_MODULE."
                ),
            )
        self.uri = uri
        self._module = _module(path)
        self._pin = pin or (lambda: _pin(uri))

    def run(self, work: Callable[[Any], _T]) -> _T:
        """What ``work`` makes of a session that is logged in; done again, once, when the session was lost.

        Raises:
            AccessError: ``access.token``, the token is not there or refuses.
            KeyMaterialError: ``key.pin``, it does not take the PIN.
        """
        with self._module.lock:
            self._module.fresh()
            for attempt in range(2):
                try:
                    return work(self._session())
                except driver().PKCS11Error as error:
                    name = type(error).__name__
                    if name in _PIN:
                        raise _refused_pin(name) from error
                    if attempt or name not in _LOST:
                        raise _refused(name) from error
                    self._module.restart()
        raise _refused("")  # unreachable: the second attempt returns or raises

    def _session(self) -> Any:
        uri = self.uri
        key = (uri.token, uri.serial, uri.manufacturer, uri.model, uri.slot_description, uri.slot_id)
        found = self._module.sessions.get(key)
        if found is None:
            token = self._found()
            try:
                found = token.open(rw=True, user_pin=self._pin())
            except driver().UserAlreadyLoggedIn:  # another address of the same token was here before
                found = token.open(rw=True)
            self._module.sessions[key] = found
        return found

    def _found(self) -> Any:
        tokens = [one for one in self._module.library.get_tokens() if self._is_meant(one)]
        if len(tokens) == 1:
            return tokens[0]
        if not tokens:
            raise driver().NoSuchToken(self.uri.token)
        raise KeyMaterialError(
            say("The address fits %(count)s tokens.", count=len(tokens)),
            code="key.token",
            got=len(tokens),
            hint=say("Name one with token= and serial=."),
        )

    def _is_meant(self, token: Any) -> bool:
        uri = self.uri
        wanted = (
            (uri.token, token.label),
            (uri.serial, token.serial.decode(errors="replace")),
            (uri.manufacturer, token.manufacturer_id),
            (uri.model, token.model),
            (uri.slot_description, token.slot.slot_description),
        )
        if uri.slot_id is not None and uri.slot_id != token.slot.slot_id:
            return False
        named = all(not want or want == have.rstrip() for want, have in wanted)
        # An empty slot of a module is a token that nobody has set up.
        return named and bool(token.flags & driver().constants.TokenFlag.TOKEN_INITIALIZED)


def _pin(uri: TokenUri) -> str:
    if uri.pin_source:
        return (
            read_bytes(Path(uri.pin_source), max_bytes=MAX_PIN_BYTES).decode(errors="replace").strip("\r\n")
        )
    if found := os.environ.get("TESSELLA_PKCS11_PIN"):
        return found
    raise KeyMaterialError(
        say("The PIN of the token is not known."),
        code="key.pin",
        hint=say("Set TESSELLA_PKCS11_PIN, or name a file that only you can read with pin-source=file:…"),
    )


def _refused_pin(name: str) -> KeyMaterialError:
    locked = name == "PinLocked"
    return KeyMaterialError(
        say("The token's PIN is locked.") if locked else say("The token does not take the PIN."),
        code="key.pin",
        got=name,
        hint=say("Have the token's administrator reset it.")
        if locked
        else say("Check the PIN before the token locks itself."),
    )


def _refused(name: str) -> AccessError:
    return AccessError(
        say("The token does not do it (%(reason)s).", reason=name),
        code="access.token",
        got=name,
        hint=say(
            "Check that it is plugged in, running and set up for this key. What was made so far is kept."
        ),
    )


# --- private keys that sign ---------------------------------------------------------------------------


def open_token_signer(uri: str, *, pin: Callable[[], str] | None = None) -> OutsideSigner:
    """The private key that a ``pkcs11:`` URI (RFC 7512) names, with its certificate chain as far as the token holds it.

    The key is found by ``object`` and ``id``; its certificates by the same id. ECDSA on P-256 and P-384, RSA (PKCS #1 v1.5 with
    SHA-256), and Ed25519 where the token has EDDSA. The key stays in the token.

    Args:
        uri: with ``module-path``, or the module in ``TESSELLA_PKCS11_MODULE``.
        pin: gives the PIN; else from ``pin-source`` or ``TESSELLA_PKCS11_PIN``.

    Raises:
        ConfigError: ``config.pkcs11-uri``, ``config.pkcs11``, the address or the module is unusable.
        KeyMaterialError: ``key.token``, no such key there, or several; ``key.pin``.
        AccessError: ``access.token``, the token is not there.
    """
    token = Token(TokenUri.parse(uri), pin)
    public, chain = token.run(lambda session: _described(session, token.uri))
    way = _WAYS.get(public.algorithm)

    def make(data: bytes) -> bytes:
        if way is None:
            raise _refused(public.algorithm)
        message = hashlib.new(way.digest, data).digest() if way.digest else data
        mechanism = getattr(driver().Mechanism, way.mechanism)
        return bytes(
            token.run(lambda session: _private(session, token.uri).sign(message, mechanism=mechanism))
        )

    return OutsideSigner(public, make, certificates=chain)


def _private(session: Any, uri: TokenUri) -> Any:
    objects = driver().constants
    wanted = {objects.Attribute.CLASS: objects.ObjectClass.PRIVATE_KEY}
    if uri.object:
        wanted[objects.Attribute.LABEL] = uri.object
    if uri.id:
        wanted[objects.Attribute.ID] = uri.id
    found = list(session.get_objects(wanted))
    if len(found) == 1:
        return found[0]
    message = (
        say("The address fits %(count)s private keys of the token.", count=len(found))
        if found
        else say("The token has no such private key.")
    )
    raise KeyMaterialError(
        message,
        code="key.token",
        got=len(found),
        hint=say("Name one with object= and id=, as your token's tools list them."),
    )


def _described(session: Any, uri: TokenUri) -> tuple[PublicKey, tuple[bytes, ...]]:
    """The public half and the certificate chain of a private key."""
    names = driver().constants
    private = _private(session, uri)
    own = attribute(private, names.Attribute.ID)
    certificates: list[tuple[bytes, bytes]] = [
        (attribute(one, names.Attribute.ID), bytes(one[names.Attribute.VALUE]))
        for one in session.get_objects({names.Attribute.CLASS: names.ObjectClass.CERTIFICATE})
    ]
    ends = [der for id, der in certificates if own and id == own]
    publics = session.get_objects(
        {names.Attribute.CLASS: names.ObjectClass.PUBLIC_KEY, names.Attribute.ID: own}
    )
    public = _public_key([*publics, private], ends)
    for end in ends:
        if PublicKey.from_certificate_der(end).to_spki_der() == public.to_spki_der():
            return public, ordered_chain(end, _readable(der for _, der in certificates))
    return public, ()


def _readable(certificates: Iterable[bytes]) -> list[bytes]:
    """Those that are certificates: tokens hold other things under that name, too."""
    found = []
    for der in certificates:
        try:
            PublicKey.from_certificate_der(der)
        except TessellaError:
            continue
        found.append(der)
    return found


def attribute(thing: Any, name: Any) -> bytes:
    """An attribute of an object in a token; empty where it has none, or does not tell."""
    try:
        return bytes(thing[name])
    except (driver().PKCS11Error, KeyError, NotImplementedError):
        return b""


def _public_key(objects: list[Any], certificates: list[bytes]) -> PublicKey:
    """From the public object, else from what the private one tells, else from the certificate."""
    names = driver().constants
    for thing in objects:
        if (modulus := attribute(thing, names.Attribute.MODULUS)) and (
            exponent := attribute(thing, names.Attribute.PUBLIC_EXPONENT)
        ):
            return PublicKey.from_jwk(
                {
                    "kty": "RSA",
                    "n": base64url_encode(modulus.lstrip(b"\0")),
                    "e": base64url_encode(exponent.lstrip(b"\0")),
                }
            )
        point = _unpacked(attribute(thing, names.Attribute.EC_POINT))
        if not point:
            continue
        if len(point) == 32:
            return PublicKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(point)})
        curve, size = _EC_CURVES.get(attribute(thing, names.Attribute.EC_PARAMS), ("", 0))
        if curve and point[:1] == b"\x04" and len(point) == 1 + 2 * size:
            x, y = point[1 : 1 + size], point[1 + size :]
            return PublicKey.from_jwk(
                {"kty": "EC", "crv": curve, "x": base64url_encode(x), "y": base64url_encode(y)}
            )
    for der in certificates:
        return PublicKey.from_certificate_der(der)
    raise KeyMaterialError(
        say("The token does not tell the public half of the key, or it is of a kind that is not used here."),
        code="key.token",
        hint=say("Put its public key or its certificate into the token, under the same id."),
    )


def _unpacked(point: bytes) -> bytes:
    """``CKA_EC_POINT``: an octet string in DER; the point itself in some tokens."""
    is_packed = len(point) in _PACKED_POINTS and point[0] == 0x04 and point[1] == len(point) - 2
    return point[2:] if is_packed else point
