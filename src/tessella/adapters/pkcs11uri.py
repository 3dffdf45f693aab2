"""``pkcs11:`` URIs (RFC 7512): which object of which token, and where its module and its PIN are."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

import msgspec

from tessella import typed
from tessella.errors import ConfigError
from tessella.text import say

__all__ = ["MAX_URI_CHARACTERS", "TokenUri"]

MAX_URI_CHARACTERS = 2_000
"""Labels of tokens have 32 characters, those of objects rarely 100."""

SCHEME = "pkcs11:"

_TEXTS = {
    "token": "token",
    "manufacturer": "manufacturer",
    "model": "model",
    "serial": "serial",
    "object": "object",
    "slot-description": "slot_description",
}
_QUERY = {"module-path": "module_path", "pin-source": "pin_source"}
_TYPES = ("private", "secret-key", "public", "cert", "data")


class TokenUri(msgspec.Struct, frozen=True, kw_only=True):
    """What a URI names; an empty member does not limit. ``pin_source`` is a file (RFC 7512 §2.4)."""

    token: str = ""
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    object: str = ""
    slot_description: str = ""
    id: bytes = b""
    slot_id: int | None = None
    module_path: str = ""
    pin_source: str = ""

    @classmethod
    def parse(cls, text: str) -> TokenUri:
        """Read a URI by the grammar of RFC 7512 §2.3.

        A PIN inside the URI is refused, since URIs stand in settings and process lists; so is an attribute that is not
        understood, since it would limit what is meant.

        Raises:
            ConfigError: ``config.pkcs11-uri``.
        """
        if not text.startswith(SCHEME) or len(text) > MAX_URI_CHARACTERS:
            raise _wrong(say("It does not begin with “pkcs11:”, or is too long."))
        path, _, query = text.removeprefix(SCHEME).partition("?")
        found: dict[str, object] = {}
        for name, raw in _pairs(path, ";"):
            if name == "id":
                found["id"] = _bytes(raw)
            elif name == "slot-id":
                found["slot_id"] = _number(raw)
            elif name == "type":
                if _text(raw) not in _TYPES:
                    raise _wrong(say("There is no object of the type %(type)s.", type=repr(raw)))
            elif name in _TEXTS:
                found[_TEXTS[name]] = _text(raw)
            else:
                raise _wrong(say("The attribute %(name)s is not understood.", name=repr(name)))
        for name, raw in _pairs(query, "&"):
            if name == "pin-value":
                raise _wrong(
                    say("A PIN does not belong into the address."),
                    hint=say(
                        "Set TESSELLA_PKCS11_PIN, or name a file that only you can read with pin-source=file:…"
                    ),
                )
            if name not in _QUERY:
                raise _wrong(say("The attribute %(name)s is not understood.", name=repr(name)))
            found[_QUERY[name]] = _text(raw)
        source = str(found.get("pin_source", ""))
        if source.startswith("|"):
            raise _wrong(say("A program is not run to get a PIN."))
        if source:
            found["pin_source"] = source.removeprefix("file://").removeprefix("file:")
        return typed.convert(found, cls)


def _pairs(text: str, separator: str) -> list[tuple[str, str]]:
    pairs = [tuple(part.partition("=")[::2]) for part in text.split(separator)] if text else []
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names) or not all(names):
        raise _wrong(say("An attribute has no name or stands twice."))
    return [(name, value) for name, value in pairs]


def _bytes(raw: str) -> bytes:
    if any(character.isspace() or not character.isascii() for character in raw):
        raise _wrong(say("Blanks and letters beyond ASCII are written with percent signs."))
    return unquote_to_bytes(raw)


def _text(raw: str) -> str:
    try:
        return _bytes(raw).decode()
    except UnicodeDecodeError:
        raise _wrong(say("A name in it is not UTF-8.")) from None


def _number(raw: str) -> int:
    if not raw.isascii() or not raw.isdigit() or len(raw) > 20:
        raise _wrong(say("The number of the slot is not a number."))
    return int(raw)


def _wrong(reason: str, hint: str = "") -> ConfigError:
    return ConfigError(
        say("This is not the address of a key in a token. %(reason)s", reason=reason),
        code="config.pkcs11-uri",
        hint=hint or say("Write it like pkcs11:token=Seals;object=eseal?module-path=/usr/lib/…/module.so"),
    )
