"""Settings of those who run the installation: logs, metrics, limits, proxies; and names that nothing reads."""

from __future__ import annotations

import difflib
import ipaddress
import re
import sys
from collections.abc import Iterator, Mapping

import msgspec

from tessella_web.config.institutions import SettingsError

__all__ = ["OF_THE_LIBRARY", "Asked", "Operations", "read_operations"]

PREFIX = "TESSELLA_"

OF_THE_LIBRARY = (
    "TESSELLA_KEYS",
    "TESSELLA_PASSWORD",
    "TESSELLA_PKCS11_MODULE",
    "TESSELLA_PKCS11_PIN",
    "TESSELLA_PKCS12_PASSWORD",
    "TESSELLA_TRACE",
    "TESSELLA_TSA",
)
"""Read by the library's command line, which may have the same environment, and by its parts that talk to tokens."""

PUBLIC_RATE = 300
"""Requests a minute from one address: a school class behind one router reads, a program that copies everything does not."""

SHORTEST_TOKEN = 16

_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\Z")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Operations(msgspec.Struct, frozen=True, kw_only=True):
    """``log`` is ``json`` or ``plain``; ``metrics_token`` opens the metrics from elsewhere; ``public_rate`` are requests a minute for
    who is not signed in, 0 for no limit; ``proxies`` are believed when they say for whom they ask; ``cache_url`` is shared
    by processes; ``contact`` takes complaints about accessibility.
    """

    log: str = "json"
    metrics_token: str = ""
    public_rate: int = PUBLIC_RATE
    proxies: tuple[Network, ...] = ()
    cache_url: str = ""
    contact: str = ""


class Asked(Mapping[str, str]):
    """Variables that remember which of them were read."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self._asked.add(name)
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def doubts(self) -> tuple[str, ...]:
        """A sentence for each ``TESSELLA_`` name that nothing has read, with the nearest that something has; call it last."""
        known = sorted({name for name in self._asked if name.startswith(PREFIX)} | {*OF_THE_LIBRARY})
        found = sorted(name for name in self if name.startswith(PREFIX) and name not in known)
        return tuple(_doubt(name, known) for name in found)


def read_operations(variables: Mapping[str, str]) -> Operations:
    """The settings of operators, checked.

    Raises:
        SettingsError: a value that cannot be meant.
    """
    log = variables.get("TESSELLA_LOG", "") or (
        "plain" if sys.stderr is not None and sys.stderr.isatty() else "json"
    )
    if log not in ("json", "plain"):
        raise SettingsError(f"TESSELLA_LOG is {log!r}: write json or plain.")
    token = variables.get("TESSELLA_METRICS_TOKEN", "")
    if token and len(token) < SHORTEST_TOKEN:
        raise SettingsError(
            f"TESSELLA_METRICS_TOKEN is shorter than {SHORTEST_TOKEN} characters: it could be guessed."
        )
    rate = variables.get("TESSELLA_RATE", "") or str(PUBLIC_RATE)
    if not rate.isascii() or not rate.isdigit():
        raise SettingsError(f"TESSELLA_RATE is {rate!r}: write requests a minute, or 0 for no limit.")
    cache = variables.get("TESSELLA_CACHE_URL", "")
    if cache and not cache.startswith(("redis://", "rediss://", "unix://")):
        raise SettingsError("TESSELLA_CACHE_URL must begin with redis://, rediss:// or unix://")
    contact = variables.get("TESSELLA_CONTACT", "")
    if contact and not _ADDRESS.match(contact):
        raise SettingsError(f"TESSELLA_CONTACT is {contact!r}: write an e-mail address.")
    return Operations(
        log=log,
        metrics_token=token,
        public_rate=int(rate),
        proxies=_networks(variables.get("TESSELLA_PROXIES", "") or "127.0.0.0/8 ::1"),
        cache_url=cache,
        contact=contact,
    )


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(one) for one in text.replace(",", " ").split())
    except ValueError as error:
        raise SettingsError(
            f"TESSELLA_PROXIES: {error}. Write addresses or networks, such as 10.0.0.0/8."
        ) from error


def _doubt(name: str, known: list[str]) -> str:
    ends = [one.removeprefix(PREFIX) for one in known]
    nearest = difflib.get_close_matches(name.removeprefix(PREFIX), ends, n=1, cutoff=0.6)
    told = f"{name} is set, and nothing reads it."
    return f"{told} Is {PREFIX}{nearest[0]} meant?" if nearest else told
