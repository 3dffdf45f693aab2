"""Surroundings: what a verification knows of the world outside the file. All of it comes in as arguments."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from tessella.canonical import ContextStore, default_contexts
from tessella.errors import AccessError, ConfigError, UnsupportedError
from tessella.formats import openbadges3
from tessella.keys import Binding, KeyRecord, KeyRing, Purpose, ResolvedKey, resolve_verification_method
from tessella.ports import Fetched, Fetcher
from tessella.text import say
from tessella.trust import Registry, TrustedLists

__all__ = ["Cache", "Surroundings", "known_contexts"]

T = TypeVar("T")

CACHE_BYTES = 64_000_000
"""What is kept of fetched documents: 250 status lists for a million credentials each take 125 kB and grow in JSON."""

CACHE_AGE_S = 300
"""How long a fetched document is used again: one batch or one busy hour asks a server once in five minutes."""

MAX_DERIVED = 64
"""Status lists kept verified and parsed: a batch meets one or two per issuer."""

MAX_DID_DOCUMENT_BYTES = 1_000_000
"""A DID document with a thousand keys is a fifth of this."""

_DID_METHODS = ("did:key:", "did:jwk:", "did:web:")


class Cache:
    """What was fetched, kept for a while so that a batch asks each server once. Failures are kept too.

    Bounded by ``max_bytes``, oldest out first. One cache may serve many verifications; it holds public
    documents only.
    """

    def __init__(self, *, max_bytes: int = CACHE_BYTES, max_age_s: int = CACHE_AGE_S) -> None:
        self._max_bytes = max_bytes
        self._max_age = dt.timedelta(seconds=max_age_s)
        self._held: dict[str, tuple[dt.datetime, Fetched | AccessError]] = {}
        self._derived: dict[str, tuple[Fetched, Any]] = {}
        self._bytes = 0

    def fetch(
        self, fetcher: Fetcher, url: str, *, at: dt.datetime, max_bytes: int, accept: str = "*/*"
    ) -> Fetched:
        """The document at ``url``, from here if it was fetched less than ``max_age_s`` before ``at``.

        Raises:
            AccessError: as `tessella.ports.Fetcher.fetch`.
        """
        held = self._held.get(url)
        if held is None or not dt.timedelta(0) <= at - held[0] <= self._max_age:
            try:
                answer: Fetched | AccessError = fetcher.fetch(url, max_bytes=max_bytes, accept=accept)
            except AccessError as error:
                answer = error
            self._keep(url, at, answer)
        else:
            answer = held[1]
        if isinstance(answer, AccessError):
            raise answer
        return answer

    def _keep(self, url: str, at: dt.datetime, answer: Fetched | AccessError) -> None:
        old = self._held.pop(url, None)
        self._bytes += _size(answer) - (_size(old[1]) if old else 0)
        self._held[url] = (at, answer)
        while self._bytes > self._max_bytes and len(self._held) > 1:
            _, dropped = self._held.pop(next(iter(self._held)))
            self._bytes -= _size(dropped)

    def derived(self, url: str, source: Fetched, make: Callable[[], T]) -> T:
        """What ``make`` makes of the document fetched from ``url``, made once per copy of it.

        Kept for the `MAX_DERIVED` latest documents; errors of ``make`` are not kept.
        """
        held = self._derived.get(url)
        if held is None or held[0] is not source:
            held = (source, make())
            self._derived.pop(url, None)
            self._derived[url] = held
            if len(self._derived) > MAX_DERIVED:
                del self._derived[next(iter(self._derived))]
        value: T = held[1]
        return value

    def __len__(self) -> int:
        return len(self._held)


def _size(answer: Fetched | AccessError) -> int:
    """Bytes of the document, and something for the entry itself so that failures count."""
    return 1_000 + (len(answer.body) if isinstance(answer, Fetched) else 0)


@functools.cache
def known_contexts() -> ContextStore:
    """The pinned contexts and our own extension's; always the same object, so that what is compiled is kept."""
    return default_contexts().with_context(openbadges3.EXTENSION_CONTEXT_URL, openbadges3.extension_context())


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What is known around the credential.

    Args:
        at: the instant asked about (time-zone aware): dates, keys and certificates are judged as of it.
        fetcher: the way to the network; None keeps verification offline.
        anchors: trusted certificates (DER) that the chain of a seal may lead to.
        trusted_lists: the EU trusted lists: with them it is told whether a seal is qualified, and by whom.
        crls, ocsps: revocation data (DER) beside what a seal brings along.
        key_rings: own keys with their rotation and revocation.
        content: what seals are about that lie apart from it, by name (the ``pars`` of JAdES, or the end of such an address).
        documents: known DID documents by DID (or by URL without fragment).
        registries: issuer registers to consult.
        contexts: the JSON-LD contexts that may be used.
        profile: the rule pack for *completeness*.
        languages: wanted languages of names in the report, best first.
        challenge, audience: what a presentation must have been made for: the number given to the holder (``nonce``, ``challenge``)
            and who asked (``aud``, ``domain``); empty: nobody asked.
        allow_local: accept did:web hosts inside a network (development only).

    Raises:
        ConfigError: ``config.time``, ``at`` has no time zone.
    """

    at: dt.datetime
    fetcher: Fetcher | None = None
    anchors: tuple[bytes, ...] = ()
    trusted_lists: TrustedLists | None = None
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    key_rings: tuple[KeyRing, ...] = ()
    content: Mapping[str, bytes] = {}
    documents: Mapping[str, bytes] = {}
    registries: tuple[Registry, ...] = ()
    contexts: ContextStore = msgspec.field(default_factory=known_contexts)
    profile: str = "eu-2022"
    languages: tuple[str, ...] = ("en",)
    challenge: str = ""
    audience: str = ""
    allow_local: bool = False
    cache: Cache = msgspec.field(default_factory=Cache)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ConfigError(
                say("The time of verification has no time zone."),
                code="config.time",
                got=self.at,
                hint=say("Give a time-zone aware datetime, for example in UTC."),
            )

    @property
    def asks_holder(self) -> bool:
        """Whether somebody asked the holder to present the credential."""
        return bool(self.challenge or self.audience)

    def offline(self) -> Surroundings:
        """The same without network."""
        return msgspec.structs.replace(self, fetcher=None)

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        """The document at ``url``, through the cache.

        Raises:
            AccessError: ``access.offline`` without a fetcher; or as the fetcher says.
        """
        if self.fetcher is None:
            raise AccessError(
                say("%(url)s was not fetched: the network is off.", url=url),
                code="access.offline",
                got=url,
                hint=say("Allow network access and verify again."),
            )
        return self.cache.fetch(self.fetcher, url, at=self.at, max_bytes=max_bytes, accept=accept)

    def resolve(self, method: str, purpose: str = "assertionMethod") -> ResolvedKey:
        """The key of a verification method: from the key rings, the known documents, or the network.

        Raises:
            UnsupportedError: ``unsupported.did``, a DID method that is not known here.
            KeyMaterialError, AccessError: as `tessella.keys.resolve_verification_method`.
        """
        if method.startswith(("did:key:", "did:jwk:")):
            return resolve_verification_method(method, purpose=_purpose(purpose))
        if method.startswith("did:") and not method.startswith(_DID_METHODS):
            name = ":".join(method.split(":")[:2])
            raise UnsupportedError(
                say("Keys of the method %(name)s cannot be looked up here.", name=name[:40]),
                code="unsupported.did",
                got=method[:200],
                expected=" | ".join(_DID_METHODS),
                hint=say("Ask the issuer for a credential sealed with a did:web or did:key."),
            )
        if (found := self.key_record(method)) is not None:
            ring, record = found
            return ResolvedKey(
                key=record.public_key,
                controller=ring.controller,
                binding=Binding.DID_WEB,
                verification_method=method,
            )
        return resolve_verification_method(
            method,
            purpose=_purpose(purpose),
            documents=self.documents,
            fetch=self.did_document if self.fetcher is not None else None,
            allow_local=self.allow_local,
        )

    def key_record(self, method: str) -> tuple[KeyRing, KeyRecord] | None:
        """The own key with this verification method, with its ring; None when it is not an own key."""
        for ring in self.key_rings:
            if (record := ring.find_method(method)) is not None:
                return ring, record
        return None

    def did_document(self, url: str) -> bytes:
        """The document that publishes keys at ``url``: a DID document or an issuer's metadata."""
        accept = "application/did+json, application/did+ld+json, application/json"
        return self.fetch(url, max_bytes=MAX_DID_DOCUMENT_BYTES, accept=accept).body


def _purpose(name: str) -> Purpose:
    """`resolve_verification_method` refuses any other text; the type is only narrowed here."""
    purpose: Any = name
    return purpose  # type: ignore[no-any-return]
