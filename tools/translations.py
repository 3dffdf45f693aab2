"""``python -m tools.translations``: bring the catalogues of the platform up to date; needs GNU gettext.

Every language's ``django.po`` gets the texts that were added and loses those that are gone; then all are compiled. What
has no translation yet is listed. The pseudo-locale is written from the English texts; it is for developing only and not kept.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PLATFORM = Path(__file__).parent.parent / "src/tessella_web"
LOCALE = PLATFORM / "locale"
PSEUDO = "en_XA"

MSGFMT = shutil.which("msgfmt") or "msgfmt"

SAID = (
    "canonical", "containers", "formats", "guidance", "issuing", "keys", "model", "rendering", "seals", "stacking", "standard", "status", "trust",
    "verification", "vocabulary",
)  # fmt: skip
"""The packages of the library whose words (``say``) people read on the platform's pages: not the command line and its files."""

PACKS = "../tessella/standard/packs"
"""Where the rule packs are: what they say stands in data, which no tool of translators reads."""

_PACK_WORDS = "words_of_the_packs.py"

_HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Tessella\\n"
"Language: %(language)s\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: %(plural)s\\n\""""

_KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd]|\{\{?[^}]*\}\}?|<[^>]+>|&\w+;|\n)")
"""Placeholders, tags and line breaks stay as they are."""

_ACCENTS = str.maketrans("aeiouycnsrztdlgAEIOUYCNSRZTDLG", "áéíóúýçñšřžťďľğÁÉÍÓÚÝÇÑŠŘŽŤĎĽĞ")


def pseudo(text: str) -> str:
    """The text with accents, a third longer, in brackets that show where it is cut off."""
    parts = _KEPT.split(text)
    letters = sum(len(part) for part in parts[::2])
    changed = "".join(part if at % 2 else part.translate(_ACCENTS) for at, part in enumerate(parts))
    filler = "·" * (letters // 3)
    start, end = ("\n" if text.startswith("\n") else ""), ("\n" if text.endswith("\n") else "")
    return f"{start}⟦{changed.strip(chr(10))}{filler}⟧{end}"


def pack_words() -> list[str]:
    """What the rule packs say to people: messages, remedies, and the names of countries."""
    from tessella.standard import country_packs, pack, profiles

    found: dict[str, None] = {}
    for one in [pack(name) for name in (*profiles(), *country_packs())]:
        found |= dict.fromkeys([one.title] if one.country else [])
        for said in [*(element.missing for element in one.elements), *one.rules]:
            found |= dict.fromkeys([said.message, said.remedy] if said else [])
    return list(found)


def extract(languages: list[str]) -> None:
    """Read the texts out of Python, templates and rule packs, and what the library says, into each catalogue."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tessella_web.config.settings")  # noqa: TID251 -- a tool's own
    import django
    from django.core.management import call_command
    from django.core.management.commands import makemessages

    class Command(makemessages.Command):
        msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]
        xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=say"]

        def find_files(self, root: str) -> list[makemessages.TranslatableFile]:
            found: list[makemessages.TranslatableFile] = super().find_files(root)
            paths = [
                path for one in SAID for path in sorted((PLATFORM.parent / "tessella" / one).rglob("*.py"))
            ]
            return found + [
                makemessages.TranslatableFile(os.path.relpath(path.parent, PLATFORM), path.name, str(LOCALE))
                for path in [*paths, packs]
            ]

    django.setup()
    os.chdir(PLATFORM)
    with tempfile.TemporaryDirectory() as folder:
        packs = Path(folder).resolve() / _PACK_WORDS
        packs.write_text("".join(f"gettext_noop({text!r})\n" for text in pack_words()), "utf-8")
        call_command(
            Command(), locale=languages, no_wrap=True, add_location="file", no_obsolete=True, verbosity=0,
            ignore_patterns=["static/*"],
        )  # fmt: skip


def with_plain_header(po: Path, language: str) -> None:
    """Only the header lines that mean something, so that extracting anew changes nothing else."""
    header, _blank, rest = po.read_text("utf-8").partition("\n\n")
    found = re.search(r'"Plural-Forms: (nplurals=\d[^"\\]*)', header)
    plural = found[1] if found else "nplurals=2; plural=(n != 1);"
    rest = re.sub(rf"(?<=^#: )\S*{_PACK_WORDS}", PACKS, rest, flags=re.MULTILINE)
    po.write_text(f"{_HEADER % {'language': language, 'plural': plural}}\n\n{rest}", "utf-8")


def entries(po: Path) -> list[tuple[str, str]]:
    """Message and translation of a catalogue; the translation is empty where a part is missing or unsure."""
    from babel.messages.pofile import read_po

    with po.open("rb") as file:
        return [
            (
                str(one.id),
                ""
                if one.fuzzy or not all([one.string] if isinstance(one.string, str) else one.string)
                else str(one.string),
            )
            for one in read_po(file)
            if one.id
        ]


def write_pseudo(po: Path) -> None:
    """Give every text its pseudo-translation."""
    from babel.messages.pofile import read_po, write_po

    text = po.read_text("utf-8").replace(
        "nplurals=INTEGER; plural=EXPRESSION;", "nplurals=2; plural=(n != 1);"
    )
    po.write_text(text, "utf-8")
    with po.open("rb") as file:
        catalogue = read_po(file)
    for one in catalogue:
        if one.id:
            one.string = (
                tuple(pseudo(part) for part in one.id) if isinstance(one.id, tuple) else pseudo(str(one.id))
            )
            one.flags.discard("fuzzy")
    with po.open("wb") as file:
        write_po(file, catalogue, width=0, include_lineno=False)


def main() -> int:
    """Extract, merge, compile; exit 1 when a text has no translation."""
    languages = sorted(
        {path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/*.po")} | {PSEUDO, "de"}
    )
    extract(languages)
    missing = 0
    for language in languages:
        po = LOCALE / language / "LC_MESSAGES/django.po"
        with_plain_header(po, language)
        if language == PSEUDO:
            write_pseudo(po)
        else:
            for text, translation in entries(po):
                if not translation:
                    missing += 1
                    print(f"{language}: {text!r}")
        compiled = [MSGFMT, "--check-format", "-o", str(po.with_suffix(".mo")), str(po)]
        subprocess.run(compiled, check=True)  # noqa: S603 -- our own files
    return 1 if missing else 0


if __name__ == "__main__":
    folder = os.open(LOCALE, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # two runs at once would write into one another's catalogue
    sys.exit(main())
