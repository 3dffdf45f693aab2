"""Policies: which checks decide, and what may be done to answer them.

A policy is data. The built-in ones are in `POLICIES`; one of your own comes from a mapping (a JSON or YAML
file) through `Policy.from_mapping`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from tessella import typed
from tessella.errors import ConfigError, TessellaError
from tessella.keys import algorithm_named
from tessella.text import say
from tessella.trust import TrustLevel
from tessella.verdicts import Verdict

__all__ = ["CHECK_IDS", "DEFAULT", "FORMAT_IDS", "FULL", "POLICIES", "PROOF_ONLY", "Policy"]

CHECK_IDS = (
    "format",
    "seal",
    "binding",
    "key-status",
    "validity",
    "status",
    "trust",
    "registry",
    "timestamp",
    "completeness",
    "audit",
    "holder",
    "page",
)
"""The ids of all checks in the order of their numbers; an id is never given to another check."""

FORMAT_IDS = (
    "attestation",
    "elmo",
    "edc",
    "clr",
    "verification-report",
    "stacking-proof",
    "openbadges3",
    "openbadges2",
)
"""The ids of the formats that are read, as ``required_for`` names them."""

_PLACE = re.compile(r" - at `([^`]+)`")
"""Where a value of the wrong type stands, as msgspec tells it."""


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a verification demands.

    ``required`` are the ids of the checks that decide the verdict, ``required_for`` more of them by format id.
    With ``inform`` the other checks run too and only inform. ``fetch`` allows to get DID documents and status
    lists, if a fetcher is given. ``key_only`` is the verdict on *binding* when nothing ties the key to the
    issuer. ``algorithms`` are the signature algorithms accepted, None for all that the library knows, but for
    ``refused_algorithms``. ``max_status_age_s`` is the age in seconds at which a copy of a status list counts as stale.
    ``trust_level`` is the weakest level at which the check *trust* passes, None for any.

    Raises:
        ConfigError: ``config.policy``; a policy that requires nothing is one.
    """

    name: str
    required: tuple[str, ...]
    required_for: Mapping[str, tuple[str, ...]] = {}
    inform: bool = True
    fetch: bool = True
    key_only: Verdict = Verdict.INDETERMINATE
    algorithms: tuple[str, ...] | None = None
    refused_algorithms: tuple[str, ...] = ()
    max_status_age_s: int | None = None
    trust_level: TrustLevel | None = None

    def __post_init__(self) -> None:
        if not self.required:
            raise _bad(
                say("The policy requires no check, so everything would pass."),
                got="required: []",
                at="required",
            )
        _all_known(self.required, CHECK_IDS, "required", _no_check)
        for format, ids in self.required_for.items():
            _all_known((format,), FORMAT_IDS, "required_for", _no_format)
            _all_known(ids, CHECK_IDS, f"required_for.{format}", _no_check)
        if self.algorithms is not None and not self.accepted_algorithms():
            raise _bad(
                say("The policy accepts no algorithm, so nothing would pass."),
                got="algorithms: []",
                at="algorithms",
            )
        for member in ("algorithms", "refused_algorithms"):
            for number, name in enumerate(getattr(self, member) or ()):
                _known_algorithm(name, f"{member}[{number}]")
        if self.max_status_age_s is not None and self.max_status_age_s < 0:
            raise _bad(
                say("An age is not negative."),
                got=self.max_status_age_s,
                at="max_status_age_s",
                hint=say("Give seconds; 86400 is a day."),
            )

    def accepted_algorithms(self) -> tuple[str, ...] | None:
        """The algorithms that a seal may use; None for all but `refused_algorithms`."""
        if self.algorithms is None:
            return None
        return tuple(name for name in self.algorithms if name not in self.refused_algorithms)

    def accepts(self, algorithm: str) -> bool:
        """Whether a seal may use this signature algorithm."""
        accepted = self.accepted_algorithms()
        return algorithm not in self.refused_algorithms and (accepted is None or algorithm in accepted)

    def required_on(self, format: str) -> tuple[str, ...]:
        """The ids of the checks that decide the verdict on a credential of this format."""
        return (*self.required, *self.required_for.get(format, ()))

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Policy:
        """The policy written in ``data`` (the fields of this class; ``name`` and ``required`` are needed).

        Raises:
            ConfigError: ``config.policy``, an unknown field, format, check or algorithm, a wrong type, or an empty policy; its
                ``place`` is where (``$.required[2]``).
        """
        unknown = next((name for name in data if name not in cls.__struct_fields__), None)
        if unknown is not None:
            raise _bad(
                say("A policy has no field “%(name)s”.", name=unknown),
                got=unknown,
                hint=_nearest(str(unknown), cls.__struct_fields__),
            )
        try:
            return typed.convert(dict(data), cls)
        except msgspec.ValidationError as error:
            told = str(error)
            place = _PLACE.search(told)
            raise _bad(
                say("The policy cannot be read: %(reason)s.", reason=_PLACE.sub("", told)),
                got=told,
                at=place.group(1).removeprefix("$.") if place else "",
                hint=say("Fields: %(names)s.", names=", ".join(cls.__struct_fields__)),
            ) from error


def _all_known(names: Iterable[str], known: Sequence[str], at: str, told: Callable[[str], str]) -> None:
    for number, name in enumerate(names):
        if name not in known:
            place = f"{at}.{name}" if known is FORMAT_IDS else f"{at}[{number}]"
            raise _bad(told(name), got=name, at=place, hint=_nearest(name, known))


def _no_check(name: str) -> str:
    return say("There is no check “%(id)s”.", id=name)


def _no_format(name: str) -> str:
    return say("There is no format “%(id)s”.", id=name)


def _nearest(name: str, known: Sequence[str]) -> str:
    """The remedy for a name that is not known: the one that was probably meant, and all that there are."""
    near = difflib.get_close_matches(name, known, n=1)
    listed = ", ".join(known)
    if near:
        return say("Perhaps “%(near)s” is meant; there are: %(names)s.", near=near[0], names=listed)
    return say("There are: %(names)s.", names=listed)


def _known_algorithm(name: str, at: str) -> None:
    try:
        algorithm_named(name)
    except TessellaError as error:
        raise _bad(error.message, got=name, at=at, hint=error.hint) from error


def _bad(message: str, *, got: object, at: str = "", hint: str = "") -> ConfigError:
    return ConfigError(
        message,
        code="config.policy",
        got=got,
        place=f"$.{at}" if at else "$",
        hint=hint or say("Name at least one in the policy."),
    )


DEFAULT = Policy(
    name="default",
    required=("format", "seal", "binding", "key-status", "validity", "status"),
    required_for={"edc": ("trust",)},
)
"""What anybody asks of a credential; that its key was in good standing belongs to the binding. For European Digital
Credentials also trust in the certificate, since their issuer is named by nothing else."""

PROOF_ONLY = Policy(name="proof-only", required=("seal",), inform=False)
"""Is the content intact? Nothing else is looked at: not who sealed it, not whether it is valid."""

FULL = Policy(
    name="full",
    required=(
        "format",
        "seal",
        "binding",
        "key-status",
        "validity",
        "status",
        "trust",
        "registry",
        "completeness",
    ),
)
"""Everything that can speak for a credential. Checks without an object (no register consulted) do not count."""

POLICIES: Mapping[str, Policy] = MappingProxyType(
    {policy.name: policy for policy in (DEFAULT, PROOF_ONLY, FULL)}
)
"""The built-in policies by name."""
