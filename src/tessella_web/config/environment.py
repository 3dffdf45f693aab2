"""What the environment says, read in one place and refused loudly when it is wrong.

Everything has a default that is safe on one machine: a data folder with an SQLite file, keys made at the first start,
mail to the console. Nothing here is a secret that stands in the source.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tessella.adapters.pkcs11uri import TokenUri
from tessella.errors import ConfigError
from tessella_web.config.institutions import Institution, SettingsError, read_institutions
from tessella_web.config.operating import Asked, Operations, read_operations
from tessella_web.config.signers import AssignedKey, read_signers

__all__ = ["Environment", "SettingsError"]

BROKERS = ("redis://", "rediss://", "amqp://", "amqps://")
"""What Celery is tried with: Redis and RabbitMQ."""

_PLAIN_ADDRESS = re.compile(r"[^@+\s<>]+@[^@\s<>]+")
"""Without a “+”: what stands behind one names the mail that comes back."""

SECRET_BYTES = 50

RECOVERY_DAYS = 7
"""A week: whoever still reads one of the account's addresses has a working day and a weekend to say no."""

FEWEST_RECOVERY_DAYS = 2
"""Less is no time to read a mail."""

MOST_DAYS = 90
"""Whoever waits longer for their own account has none."""

SEARCH_ENGINES = ("database", "tantivy")
"""What the catalogue can be searched with."""


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of this installation, checked.

    ``data`` is the folder for database, files and keys; ``base_url`` the address under which people reach the platform;
    ``database_url`` empty for SQLite in the data folder; ``broker_url`` empty for the platform's own worker;
    ``bounce_address`` the mailbox for mail that comes back, empty for none;
    ``mail_url`` empty for mail to the console; ``debug`` shows technical detail to everybody: only while developing;
    ``search`` is what finds words in the catalogue: the database's full text or tantivy;
    ``skill_vectors`` holds word vectors, by which skills are suggested by meaning;
    ``kek_file`` holds the key-encryption key, better not in the folder of the database;
    ``verify_online`` lets the verifier ask other servers (HTTPS, public addresses) for keys and status lists; ``second_factor`` whether sealing,
    revoking and managing keys ask for one; ``sign_up`` whether anybody may make an account, or only who was invited;
    ``recovery_days`` how long an account that an organisation has checked can still refuse a new address;
    ``institutions`` where people sign in with the account of their institution; ``webhooks_to_private`` whether webhooks may lead
    into the operator's own network, and without encryption; ``kek_token`` the address of the key-encryption key in a token;
    ``signers`` the keys in tokens and at signing services that are assigned to organisations; ``audit_key_file`` holds the key that
    signs heads of the audit trail; ``report_key_file`` the one that signs verification reports; ``operations`` is for who runs the installation; ``doubts`` names variables that nothing reads.
    """

    data: Path
    base_url: str
    secret: str
    database_url: str = ""
    broker_url: str = ""
    mail_url: str = ""
    mail_from: str = ""
    bounce_address: str = ""
    debug: bool = False
    kek_file: Path = Path("data/kek")
    audit_key_file: Path = Path("data/audit-key.pem")
    report_key_file: Path = Path("data/report-key.pem")
    search: str = "database"
    skill_vectors: Path | None = None
    verify_online: bool = False
    second_factor: bool = False
    sign_up: bool = True
    recovery_days: int = RECOVERY_DAYS
    institutions: tuple[Institution, ...] = ()
    kek_token: str = ""
    signers: Mapping[str, AssignedKey] = {}
    webhooks_to_private: bool = False
    operations: Operations = Operations()
    doubts: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The name that requests must be made to."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_https(self) -> bool:
        """Whether people reach the platform over HTTPS; then cookies are never sent without it."""
        return self.base_url.startswith("https://")

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Environment:
        """Read ``TESSELLA_*`` and ``DATABASE_URL``; makes the data folder and the secret at the first start.

        Raises:
            SettingsError: a value that cannot be meant.
        """
        variables = Asked(variables)
        data = Path(variables.get("TESSELLA_DATA", "data")).absolute()
        base_url = variables.get("TESSELLA_URL", "http://127.0.0.1:8000").rstrip("/")
        address = urlsplit(base_url)
        if address.scheme not in ("http", "https") or not address.hostname or address.path:
            raise SettingsError(
                f"TESSELLA_URL is {base_url!r}: write the address people use, such as https://credentials.example.org"
            )
        debug = _switch(variables, "TESSELLA_DEBUG")
        if debug and address.scheme == "https":
            raise SettingsError(
                "TESSELLA_DEBUG is on for a public address: it shows technical detail to everybody. Unset it."
            )
        database = variables.get("DATABASE_URL", "")
        if database and not database.startswith(("postgres://", "postgresql://", "sqlite:///")):
            raise SettingsError("DATABASE_URL must begin with postgresql:// or sqlite:///")
        broker = variables.get("TESSELLA_BROKER_URL", "")
        if broker and not broker.startswith(BROKERS):
            raise SettingsError(f"TESSELLA_BROKER_URL must begin with one of {', '.join(BROKERS)}")
        bounces = variables.get("TESSELLA_BOUNCE_ADDRESS", "")
        if bounces and not _PLAIN_ADDRESS.fullmatch(bounces):
            raise SettingsError(
                f"TESSELLA_BOUNCE_ADDRESS is {bounces!r}: write a plain address, such as bounces@credentials.example.org"
            )
        return cls(
            data=data,
            base_url=base_url,
            secret=variables.get("TESSELLA_SECRET") or _made_once(data / "secret"),
            database_url=database,
            broker_url=broker,
            bounce_address=bounces,
            mail_url=variables.get("TESSELLA_MAIL_URL", ""),
            mail_from=variables.get("TESSELLA_MAIL_FROM", f"Tessella <no-reply@{address.hostname}>"),
            debug=debug,
            verify_online=_switch(variables, "TESSELLA_VERIFY_ONLINE"),
            kek_file=Path(variables.get("TESSELLA_KEK_FILE") or data / "kek").absolute(),
            audit_key_file=Path(
                variables.get("TESSELLA_AUDIT_KEY_FILE") or data / "audit-key.pem"
            ).absolute(),
            report_key_file=Path(
                variables.get("TESSELLA_REPORT_KEY_FILE") or data / "report-key.pem"
            ).absolute(),
            search=_search(variables),
            skill_vectors=_file(variables, "TESSELLA_SKILL_VECTORS"),
            second_factor=_one_of(
                variables,
                "TESSELLA_SECOND_FACTOR",
                {"required": True, "optional": False},
                default=address.scheme == "https",
            ),
            sign_up=_one_of(variables, "TESSELLA_SIGN_UP", {"open": True, "invited": False}, default=True),
            recovery_days=_days(variables, "TESSELLA_RECOVERY_DAYS", RECOVERY_DAYS, FEWEST_RECOVERY_DAYS),
            institutions=read_institutions(variables.get("TESSELLA_INSTITUTIONS", "")),
            kek_token=_kek_token(variables.get("TESSELLA_KEK", "")),
            signers=read_signers(variables.get("TESSELLA_SIGNERS", "")),
            webhooks_to_private=_switch(variables, "TESSELLA_WEBHOOKS_TO_PRIVATE"),
            operations=read_operations(variables),
            doubts=variables.doubts(),  # the last: it names what nothing before has read
        )


def _days(variables: Mapping[str, str], name: str, default: int, least: int) -> int:
    value = variables.get(name) or str(default)
    if not value.isascii() or not value.isdecimal() or not least <= int(value) <= MOST_DAYS:
        raise SettingsError(f"{name} is {value!r}: write days, from {least} to {MOST_DAYS}.")
    return int(value)


def _kek_token(text: str) -> str:
    if not text:
        return ""
    try:
        uri = TokenUri.parse(text)
    except ConfigError as error:
        raise SettingsError(f"TESSELLA_KEK: {error.message} {error.hint}") from error
    if not uri.object or uri.id:
        raise SettingsError(
            "TESSELLA_KEK: name the label of the key (object=…) and no id: it changes with each rotation."
        )
    return text


def _one_of(variables: Mapping[str, str], name: str, meanings: Mapping[str, bool], *, default: bool) -> bool:
    value = variables.get(name, "")
    if not value:
        return default
    if value not in meanings:
        raise SettingsError(f"{name} is {value!r}: write {' or '.join(meanings)}.")
    return meanings[value]


def _file(variables: Mapping[str, str], name: str) -> Path | None:
    value = variables.get(name, "")
    if not value:
        return None
    path = Path(value).absolute()
    if not path.is_file():
        raise SettingsError(f"{name} is {value!r}: there is no such file.")
    return path


def _search(variables: Mapping[str, str]) -> str:
    value = variables.get("TESSELLA_SEARCH") or "database"
    if value not in SEARCH_ENGINES:
        raise SettingsError(f"TESSELLA_SEARCH is {value!r}: write {' or '.join(SEARCH_ENGINES)}.")
    return value


def _switch(variables: Mapping[str, str], name: str) -> bool:
    value = variables.get(name, "").lower()
    if value in ("", "0", "no", "false", "off"):
        return False
    if value in ("1", "yes", "true", "on"):
        return True
    raise SettingsError(f"{name} is {value!r}: write 1 or 0.")


def _made_once(path: Path) -> str:
    """The secret of this installation: made at the first start, readable by its owner only."""
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:  # another process was faster
        return path.read_text()
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written: {error.strerror}. Set TESSELLA_DATA to a folder that can."
        ) from error
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with os.fdopen(handle, "w") as file:
        file.write(secret)
    return secret
