"""Policies: which checks decide, and what may be done to answer them.

A policy is data. The built-in ones are in `POLICIES`; one of your own comes from a mapping (a JSON or YAML
file) through `Policy.from_mapping`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from tessella.errors import ConfigError, TessellaError
from tessella.keys import algorithm_named
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["CHECK_IDS", "DEFAULT", "FULL", "POLICIES", "PROOF_ONLY", "Policy"]

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
)
"""The ids of all checks in the order of their numbers; an id is never given to another check."""


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a verification demands.

    ``required`` are the ids of the checks that decide the verdict, ``required_for`` more of them by format id.
    With ``inform`` the other checks run too and only inform. ``fetch`` allows to get DID documents and status
    lists, if a fetcher is given. ``key_only`` is the verdict on *binding* when nothing ties the key to the
    issuer. ``algorithms`` are the signature algorithms accepted, None for all that the library knows.
    ``max_status_age_s`` is the age in seconds at which a copy of a status list counts as stale.

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
    max_status_age_s: int | None = None

    def __post_init__(self) -> None:
        if not self.required:
            raise _bad(say("The policy requires no check, so everything would pass."), got="required: []")
        if self.algorithms is not None:
            if not self.algorithms:
                raise _bad(
                    say("The policy accepts no algorithm, so nothing would pass."), got="algorithms: []"
                )
            for name in self.algorithms:
                _known_algorithm(name)
        named = {*self.required, *(one for ids in self.required_for.values() for one in ids)}
        if unknown := sorted(named.difference(CHECK_IDS)):
            raise _bad(
                say("There is no check “%(id)s”.", id=unknown[0]),
                got=unknown[0],
                hint=say("Name checks from: %(ids)s.", ids=", ".join(CHECK_IDS)),
            )

    def required_on(self, format: str) -> tuple[str, ...]:
        """The ids of the checks that decide the verdict on a credential of this format."""
        return (*self.required, *self.required_for.get(format, ()))

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Policy:
        """The policy written in ``data`` (the fields of this class; ``name`` and ``required`` are needed).

        Raises:
            ConfigError: ``config.policy``, an unknown field or check, a wrong type, or an empty policy.
        """
        try:
            return msgspec.convert(dict(data), cls)
        except msgspec.ValidationError as error:
            raise _bad(
                say("The policy cannot be read."),
                got=str(error),
                hint=say("Fields: %(names)s.", names=", ".join(cls.__struct_fields__)),
            ) from error


def _known_algorithm(name: str) -> None:
    try:
        algorithm_named(name)
    except TessellaError as error:
        raise _bad(error.message, got=name, hint=error.hint) from error


def _bad(message: str, *, got: object, hint: str = "") -> ConfigError:
    return ConfigError(
        message, code="config.policy", got=got, hint=hint or say("Name at least one in the policy.")
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
