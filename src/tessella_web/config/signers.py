"""The file that assigns keys in tokens and at signing services to organisations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tessella.adapters.descriptions import parse_description
from tessella.adapters.pkcs11uri import TokenUri
from tessella.adapters.signers import KeyPlace, place_from
from tessella.errors import TessellaError
from tessella_web.config.institutions import SettingsError

__all__ = ["AssignedKey", "read_signers"]

MAX_NAME = 80


class AssignedKey(msgspec.Struct, frozen=True):
    """A key and the short name of the organisation that may seal with it."""

    organisation: str
    place: KeyPlace


def read_signers(path: str) -> Mapping[str, AssignedKey]:
    """The keys by name; none without a file.

    Raises:
        SettingsError: the file cannot be read, or does not say where a key is or whose it is.
    """
    if not path:
        return {}
    try:
        data: Any = parse_description(Path(path).read_bytes(), path)
    except (OSError, TessellaError) as error:
        raise SettingsError(f"TESSELLA_SIGNERS: {path} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise SettingsError(f"TESSELLA_SIGNERS: {path} does not name keys.")
    return {str(name): _assigned(str(name), one, path) for name, one in data.items()}


def _assigned(name: str, data: Any, path: str) -> AssignedKey:
    if not isinstance(data, dict) or not isinstance(data.get("organisation"), str) or len(name) > MAX_NAME:
        raise SettingsError(f"TESSELLA_SIGNERS: {path}: “{name}” needs organisation (its short name).")
    try:
        place = place_from({key: value for key, value in data.items() if key != "organisation"}, path)
        if place.pkcs11:
            TokenUri.parse(place.pkcs11)
    except TessellaError as error:
        raise SettingsError(f"TESSELLA_SIGNERS: {path}: “{name}”: {error.message} {error.hint}") from error
    if place.pkcs12:
        raise SettingsError(
            f"TESSELLA_SIGNERS: {path}: “{name}”: a .p12 file is uploaded by the organisation itself, not assigned."
        )
    return AssignedKey(data["organisation"], place)
