"""Writes the reference pages of the documentation from the code itself.

    python -m tools.reference            write the pages that changed into docs/reference/
    python -m tools.reference --check    write nothing; exit 1 when a page is stale

One function per page; `PAGES` names them. What cannot be read off the code (the meaning of each error code) stands in
``docs/reference/error-codes.toml``.
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import itertools
import pkgutil
import re
import sys
import tomllib
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.command_line import command_line
from tools.markdown import plain, table
from tools.platform_codes import platform_codes
from tools.stacking_rules import stacking_rules

import tessella
from tessella.errors import TessellaError
from tessella.issuing.classlist import COLUMNS, NOT_PASSED, PASSED
from tessella.model import Award
from tessella.model.fieldmap import Carried, FieldRule
from tessella.standard import rules_markdown
from tessella.verification import checks_markdown
from tessella.vocabulary import code_list, code_lists

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "tessella"
REFERENCE = ROOT / "docs" / "reference"
CODES = REFERENCE / "error-codes.toml"
PLATFORM_CODES = REFERENCE / "platform-codes.toml"

MOST_MESSAGES = 2
"""Of the texts that one code comes with, those that its row shows."""

GENERATED = "<!-- Written by tools/reference.py: change the code it is made from, then run python -m tools.reference. -->\n"


def _rooms(name: str) -> list[str]:
    """The public packages in a room such as `formats`, as they are."""
    room = importlib.import_module(f"tessella.{name}")
    return [
        f"{name}.{one.name}"
        for one in pkgutil.iter_modules(room.__path__)
        if one.ispkg and one.name[0] != "_"
    ]


PACKAGES = (
    "model", "standard", "vocabulary", *_rooms("formats"), "issuing.sealing", "issuing.batch", "issuing.classlist",
    "verification", "stacking", "stacking.checker", "stacking.planning",
    "guidance.gap", "guidance.entry", "guidance.suggesting", "guidance.funding", "guidance.demand", "verdicts", "keys", *_rooms("seals"), "status", "trust", "trust.trusted_lists", "containers", "rendering", "canonical",
    "adapters.descriptions", "adapters.keystore", "adapters.ledger", "adapters.http", "adapters.files",
    "adapters.published", "adapters.trusted_lists", "adapters.clock", "ports", "text", "errors",
)  # fmt: skip
"""The packages a program may build on; what is not here may change without notice."""

FORMAT_TITLES = {
    "formats.elm": "European Digital Credential",
    "formats.openbadges3": "Open Badge 3.0",
    "formats.openbadges2": "Open Badge 2.0",
    "formats.attestation": "Attestation (SD-JWT VC)",
    "formats.elmo": "ELMO",
}

SETTINGS = {
    "TESSELLA_KEYS": "The folder of the key store; the same as `--keys`. Default: `keys` in the current folder.",
    "TESSELLA_PASSWORD": "The key store's password. Without it, a terminal is asked; a script gets the error `cli.password`.",
    "TESSELLA_PKCS12_PASSWORD": "The password of the .p12 file that `tessella keys create --pkcs12` takes the e-seal from.",
    "TESSELLA_PKCS11_MODULE": "The shared library of the token, where a `pkcs11:` address does not name it with `module-path=`.",
    "TESSELLA_PKCS11_PIN": "The PIN of the token, where a `pkcs11:` address does not name a file with `pin-source=`.",
    "TESSELLA_TSA": "The address of the time-stamping authority for seals; the same as `--tsa`.",
    "TESSELLA_TRACE": "With any value, an error that would be one sentence is a Python traceback.",
    "TESSELLA_DATA": "Platform: the folder for database, files and keys. Default: `data` in the current folder.",
    "TESSELLA_URL": "Platform: the address people use. Default: `http://127.0.0.1:8000`.",
    "TESSELLA_SECRET": "Platform: the secret that signs cookies. Default: made at the first start, kept in the data folder.",
    "TESSELLA_KEK_FILE": "Platform: the file with the key-encryption key, which opens the private keys in the database. Default: `kek` in the data folder, made at the first start. Keep its backup apart from the database's.",
    "TESSELLA_VERIFY_ONLINE": "Platform: `1` lets the verifier's page ask other servers (HTTPS, public addresses only) for keys and status lists. Default: off; then only what stands on this platform is looked up.",
    "TESSELLA_SEARCH": "Platform: what finds words in the catalogue: `database`, its full text, or `tantivy`, faster with many thousand micro-credentials, with files in the data folder. Default: `database`.",
    "TESSELLA_KEK": "Platform: the key-encryption key in a token instead, such as `pkcs11:token=Keys;object=tessella-kek?module-path=/usr/lib/module.so`. `rotate_kek` moves all keys there.",
    "TESSELLA_SIGNERS": "Platform: the YAML file that assigns keys in tokens and at signing services to organisations; see [Seal with an HSM or a remote service](../how-to/hsm.md).",
    "TESSELLA_BROKER_URL": "Platform: the broker that workers get their work from: Redis (`redis://…`) or RabbitMQ (`amqp://…`). Default: none, workers ask the database.",
    "TESSELLA_MAIL_URL": "Platform: the mail server, such as `smtp+starttls://user:password@mail.example:587`. Default: the console.",
    "TESSELLA_MAIL_FROM": "Platform: the sender of mails.",
    "TESSELLA_BOUNCE_ADDRESS": "Platform: the mailbox for mails that come back, such as `bounces@credentials.example.org`, see [Run with PostgreSQL and Celery](../how-to/grow.md). Default: none.",
    "TESSELLA_SECOND_FACTOR": "Platform: `required` or `optional`: whether sealing, revoking and managing keys ask for a passkey or an app. Default: `required` for an https address, else `optional`.",
    "TESSELLA_SIGN_UP": "Platform: `open` (the default) or `invited`: whether anybody makes an account, or only who was invited.",
    "TESSELLA_RECOVERY_DAYS": "Platform: how many days an account has to refuse a new address that an organisation has confirmed, see [claim and recover](../how-to/claim-and-recover.md). From 2 to 90, default: 7.",
    "TESSELLA_INSTITUTIONS": "Platform: a TOML file that names where people sign in with the account of their institution, see [institutional login](../how-to/institutional-login.md). Default: none.",
    "TESSELLA_SKILL_VECTORS": "Platform: a file with word vectors (text format, one word a line), by which skills are also suggested by meaning. Default: by words only.",
    "TESSELLA_AUDIT_KEY_FILE": "Platform: the file with the key that signs heads of the audit trail. Default: `audit-key.pem` in the data folder, made at the first need.",
    "TESSELLA_REPORT_KEY_FILE": "Platform: the file with the key that signs verification reports, in PEM, with its certificates behind it where PDFs are to be sealed, and public keys of earlier ones. Default: `report-key.pem` in the data folder, made at the first need.",
    "TESSELLA_LOG": "Platform: `json` or `plain`. Default: plain on a terminal, else JSON.",
    "TESSELLA_METRICS_TOKEN": "Platform: opens `/metrics` for programs elsewhere (`Authorization: Bearer …`). Default: none, for programs on the same machine only.",
    "TESSELLA_RATE": "Platform: requests a minute from one address for who is not signed in; `0` for no limit. Default: 300.",
    "TESSELLA_PROXIES": "Platform: addresses or networks of reverse proxies, which are believed when they say for whom they ask. Default: this machine.",
    "TESSELLA_CACHE_URL": "Platform: a Redis (`redis://…`) in which several processes count requests together. Default: each by itself.",
    "TESSELLA_WEBHOOKS_TO_PRIVATE": "Platform: `1` lets webhooks lead into your own network, and go without encryption. Default: off.",
    "TESSELLA_CONTACT": "Platform: the mail address that the accessibility statement names.",
    "TESSELLA_DEBUG": "Platform: `1` shows technical detail to everybody; only while developing.",
    "DATABASE_URL": "Platform: `postgresql://…`. Default: SQLite in the data folder.",
    "COLUMNS": "The width of tables, when the output is not a terminal. Default: 80.",
    "NO_COLOR": "With any value, output has no colours.",
}
"""Environment variables: what each does. A test compares the names with those the code reads."""


# Python


def python_interface() -> str:
    """The public names of `tessella` and of the packages below it."""
    rows = [
        (f"`{name}`", f"`tessella.{home}`", plain(inspect.getdoc(getattr(tessella, name))))
        for name, home in sorted(tessella._HOMES.items())
        if not isinstance(getattr(tessella, name), Mapping)
    ]
    data = [
        (f"`{name}`", f"`tessella.{home}`", ", ".join(f"`{key}`" for key in getattr(tessella, name)))
        for name, home in sorted(tessella._HOMES.items())
        if isinstance(getattr(tessella, name), Mapping)
    ]
    parts = [
        "# Python interface\n",
        "A public name stands in `__all__` and below; what begins with an underscore is not promised. Times are always arguments "
        "and have a time zone. Errors are subclasses of `tessella.errors.TessellaError` with a stable "
        "[code](error-codes.md). See [use from Python](../how-to/python.md) for how the names go together.\n",
        "## tessella\n",
        "`import tessella` gives these names; each is loaded when it is first used.\n",
        table(("name", "home", "what it is"), rows),
        table(("data", "home", "keys"), data),
    ]
    for name in PACKAGES:
        parts += _package(f"tessella.{name}")
    return "\n".join(parts)


def _package(name: str) -> Iterator[str]:
    module = importlib.import_module(name)
    yield f"## {name}\n"
    yield plain(module.__doc__) + "\n"
    for public in module.__all__:
        value = getattr(module, public)
        if inspect.isroutine(value):
            yield f"**`{public}{_signature(value)}`**{{ #{name}.{public} }}\n\n:   {plain(inspect.getdoc(value))}\n"
        elif inspect.isclass(value):
            yield f"**class `{public}`**{{ #{name}.{public} }}\n\n:   {plain(inspect.getdoc(value))}\n"
            yield from _methods(value, f"{name}.{public}")


def _methods(owner: type, name: str) -> Iterator[str]:
    for method, value in vars(owner).items():
        if method.startswith("_"):
            continue
        function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if inspect.isfunction(function) and function.__doc__:
            yield f"    * `.{method}{_signature(function, skip_first=not isinstance(value, staticmethod))}` {plain(function.__doc__)}\n"
        elif isinstance(value, property) and value.__doc__:
            yield f"    * `.{method}` {plain(value.__doc__)}\n"


def _signature(function: Any, *, skip_first: bool = False) -> str:
    """The signature as it is written in the source; defaults that are no plain values are only hinted at."""
    try:
        signature = inspect.signature(function)
    except ValueError:
        return "(…)"
    plain_parameters = [
        one.replace(annotation=_Bare(one.annotation), default=_bare(one.default))
        for one in list(signature.parameters.values())[1 if skip_first else 0 :]
    ]
    returned = signature.return_annotation
    return str(signature.replace(parameters=plain_parameters, return_annotation=_Bare(returned))).replace(
        "`", ""
    )


class _Bare:
    """An annotation that prints as it stands in the source, without quotes and module paths."""

    def __new__(cls, annotation: Any) -> Any:
        return annotation if annotation is inspect.Signature.empty else super().__new__(cls)

    def __init__(self, annotation: Any) -> None:
        text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
        self.text = re.sub(r"(?:[a-z_]+\.)+([A-Z]\w*)", r"\1", text)

    def __repr__(self) -> str:
        return self.text


def _bare(default: Any) -> Any:
    if default is inspect.Parameter.empty or isinstance(default, str | int | float | bytes | None | tuple):
        return default.value if isinstance(default, enum.Enum) else default
    return typing.cast(Any, _Bare("…"))


# Error codes


def documented_codes() -> dict[str, str]:
    """The codes with their meaning, as written in the data file."""
    return {
        code: text
        for codes in tomllib.loads(CODES.read_text(encoding="utf-8")).values()
        for code, text in codes.items()
    }


def platform_words() -> dict[str, tuple[str, str]]:
    """The codes of the platform with meaning and remedy: as the source says them, else as the data file does; empty where neither does.

    Codes that the library has too are left to its own page.
    """
    written = {
        code: (words["meaning"], words["remedy"])
        for codes in tomllib.loads(PLATFORM_CODES.read_text(encoding="utf-8")).values()
        for code, words in codes.items()
    }
    library = documented_codes()
    return {
        code: written.get(code)
        or (
            " ".join(_plain(one.message) for one in said[:MOST_MESSAGES]),
            _plain(next((one.hint for one in said if one.hint), "")),
        )
        for code, said in platform_codes().items()
        if code not in library
    }


def _plain(message: str) -> str:
    return " ".join(re.sub(r"%\(\w+\)[sd]", "…", message).split())


def platform_error_codes() -> str:
    """What the platform refuses: code, meaning, remedy."""
    words = platform_words()
    families = sorted({code.partition(".")[0] for code in words})
    lines = [
        "# Error codes of the platform\n",
        "Where a rule of the platform says no, the page shows one sentence with its remedy, and the interface for programs answers with "
        "[problem details](rest.md) that carry the code. Codes stay; the words may get better, and are in the reader's language. "
        "… stands for what is filled in. Codes of files and seals are those of [the library](error-codes.md).\n",
    ]
    for family in families:
        rows = [(f"`{code}`", *text) for code, text in words.items() if code.partition(".")[0] == family]
        lines += [f"## {family}\n", table(("code", "what it says", "what to do"), rows)]
    return "\n".join(lines)


def error_codes() -> str:
    """The page of error codes, by family."""
    classes = {one.default_code: one for one in _all_subclasses(TessellaError)}
    parts = [
        "# Error codes\n",
        "Every error has a stable code, a message of one sentence and, where there is one, a remedy. Programs compare the code: "
        'with `--json`, an error is `{"error": {"code", "title", "place", "hint", "got", "expected"}}`; in Python it is '
        "`error.code`. A code that is refined keeps its beginning: `input.limit.cells` is an `input.limit`.\n",
    ]
    for family, codes in tomllib.loads(CODES.read_text(encoding="utf-8")).items():
        parts.append(f"## {family}\n")
        if family in classes:
            parts.append(f"Class `{classes[family].__name__}`.\n")
        parts.append(table(("code", "meaning"), [(f"`{code}`", text) for code, text in codes.items()]))
    return "\n".join(parts)


def _all_subclasses(root: type[TessellaError]) -> Iterator[type[TessellaError]]:
    yield root
    for one in root.__subclasses__():
        yield from _all_subclasses(one)


# Formats, columns, lists, limits


CARRIED = {Carried.FULL: "yes", Carried.PART: "in part", Carried.NONE: "no"}


def formats() -> str:
    """What each format can carry of the record."""
    maps: dict[str, Sequence[FieldRule]] = {
        title: importlib.import_module(f"tessella.{name}").FIELD_MAP
        for name, title in FORMAT_TITLES.items()
        if name in PACKAGES
    }
    parts = [
        "# What each format can carry\n",
        "The record is the centre; every format is written from it and read back into it. These are the field maps that the code "
        "itself uses: `tessella convert` makes its report of losses from them. A field that is carried *in part* or *not* says "
        "why. A row stands for everything below its field that has no row of its own.\n",
    ]
    fields = dict.fromkeys(rule.record for rules in maps.values() for rule in rules)
    rows = []
    for field in sorted(fields, key=_record_order):
        rules = [_rule_for(field, one) for one in maps.values()]
        rows.append([f"`{field}`", *(CARRIED[rule.carried] if rule else "" for rule in rules)])
    parts += ["## At a glance\n", table(("field of the record", *maps), rows)]
    for title, rules in maps.items():
        parts.append(f"## {title}\n")
        parts.append(
            table(
                ("field of the record", "carried", "where", "note"),
                [
                    (
                        f"`{rule.record}`",
                        CARRIED[rule.carried],
                        ", ".join(f"`{one}`" for one in rule.wire),
                        _words(rule.note),
                    )
                    for rule in rules
                ],
            )
        )
    return "\n".join(parts)


def _words(template: str) -> str:
    return re.sub(r"%\((\w+)\)s", r"*\1*", template)


def _rule_for(field: str, rules: Sequence[FieldRule]) -> FieldRule | None:
    """The rule of this field, or of the nearest field above it."""
    known = {rule.record: rule for rule in rules}
    while field:
        if field in known:
            return known[field]
        field = field.rpartition(".")[0]
    return None


def _record_order(path: str) -> tuple[int, str]:
    names = Award.__struct_fields__
    first = path.partition(".")[0]
    return (names.index(first) if first in names else len(names), path)


def class_list() -> str:
    """The columns of a class list."""
    return "\n".join(
        [
            "# Columns of a class list\n",
            "Headings are compared without case, spaces and punctuation; the order of columns does not matter; columns with other "
            "headings are left alone. A name column is needed, everything else is optional. See "
            "[the class list](../how-to/class-list.md).\n",
            table(
                ("column", "headings it is known by"),
                [(f"`{name}`", ", ".join(aliases)) for name, aliases in COLUMNS.items()],
            ),
            "In a result column, these words mean that the learner passed: "
            + ", ".join(sorted(PASSED))
            + "; and these that the learner did not: "
            + ", ".join(sorted(NOT_PASSED))
            + ". Without such a column everybody on the list passed.\n",
        ]
    )


def vocabularies() -> str:
    """The code lists that descriptions use."""
    lists = [code_list(name) for name in code_lists()]
    return "\n".join(
        [
            "# Code lists\n",
            "The lists of the EU that a description may use, in 24 languages where the publisher has them. Search one with "
            "`tessella vocabulary LIST WORDS`.\n",
            table(
                ("list", "entries", "what it is", "scheme"),
                [
                    (f"`{one.name}`", str(len(one)), one.title, f"<{one.scheme}>" if one.scheme else "")
                    for one in lists
                ],
            ),
        ]
    )


_LIMIT = re.compile(r"(?:MAX|MIN)_\w+|\w+_(?:BYTES|CHARACTERS|S|DEPTH|ROWS|DAYS|ENTRIES|PIXELS|BITS)|DECOYS")


def named_limits() -> list[tuple[str, str, str, str]]:
    """Every public limit in the source: name, value, module and reason (the text below it)."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        module = ".".join(("tessella", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(
            ".__init__"
        )
        for node, after in itertools.pairwise(body):
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if not (isinstance(target, ast.Name) and _LIMIT.fullmatch(target.id)) or target.id.startswith(
                "_"
            ):
                continue
            value = getattr(importlib.import_module(module), target.id)
            reason = (
                after.value.value
                if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                else ""
            )
            if isinstance(value, int | float):
                found.append((target.id, f"{value:,}".replace(",", " "), module, plain(str(reason))))
    return found


def limits() -> str:
    """All named limits with their reasons."""
    rows = [(f"`{name}`", value, f"`{module}`", reason) for name, value, module, reason in named_limits()]
    return "\n".join(
        [
            "# Limits\n",
            "What is larger, deeper or costlier is refused with a code that begins with `input.limit`, `container.` or `canonical.`. "
            "Each limit is a constant with a reason. Sizes are in bytes, times in seconds, unless the name says otherwise.\n",
            table(("limit", "value", "module", "reason"), rows),
        ]
    )


def settings() -> str:
    """Environment variables."""
    return "\n".join(
        [
            "# Environment variables\n",
            table(("variable", "meaning"), [(f"`{name}`", text) for name, text in SETTINGS.items()]),
            "The library itself reads none of them: time, keys, network and files come in as arguments.\n",
        ]
    )


PAGES: Mapping[str, Callable[[], str]] = {
    "command-line": command_line,
    "python": python_interface,
    "error-codes": error_codes,
    "platform-codes": platform_error_codes,
    "formats": formats,
    "class-list": class_list,
    "code-lists": vocabularies,
    "limits": limits,
    "settings": settings,
    "checks": checks_markdown,
    "rules": rules_markdown,
    "stacking-rules": stacking_rules,
}


WHOLE = ("checks", "rules")
"""Pages that a function of the library writes whole; it says so itself."""


def page(name: str) -> str:
    """The whole text of one page."""
    text = PAGES[name]()
    if name in WHOLE:
        return text
    title, _, rest = text.partition("\n")
    return f"{title}\n\n{GENERATED}{rest.rstrip()}\n"


def stale() -> list[str]:
    """The pages that differ from what the code says now."""
    return [
        name
        for name in PAGES
        if not (path := REFERENCE / f"{name}.md").exists() or path.read_text(encoding="utf-8") != page(name)
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the stale pages, or with ``--check`` only name them."""
    names = stale()
    for name in names:
        print(f"{'stale' if '--check' in arguments else 'wrote'}: docs/reference/{name}.md")
        if "--check" not in arguments:
            (REFERENCE / f"{name}.md").write_text(page(name), encoding="utf-8")
    return 1 if names and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
