"""Seals apart from what they seal: which of what was given beside a seal it is about, and files that are no credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tessella.keys import certificate_facts
from tessella.seals import jades
from tessella.text import say
from tessella.verdicts import Verdict
from tessella.verification._outcome import Outcome

if TYPE_CHECKING:
    from tessella.verification._case import Case

__all__ = ["CHECKS_OF_FILES", "sealed_objects"]


def sealed_objects(sealed: jades.JadesDocument, content: Mapping[str, bytes]) -> dict[str, bytes]:
    """What is given, by the names that the seals have for it (``pars`` of ``sigD``).

    Something belongs to a name that is its own, or that ends with it as an address ends with a file's name; and the only thing
    given to the only name. That it is what was sealed is told by the seal.
    """
    names = _names(sealed)
    found = {name: one for name in names if (one := _given(name, content)) is not None}
    if not found and len(names) == len(content) == 1:
        found = dict(zip(names, content.values(), strict=True))
    body = {"": content[""]} if "" in content else {}  # of an HTTP message
    return {**found, **body}


def _names(sealed: jades.JadesDocument) -> list[str]:
    described = [one.header.get("sigD") for one in sealed.signatures]
    listed = [one.get("pars") for one in described if isinstance(one, Mapping)]
    names = [name for one in listed if isinstance(one, list) for name in one if isinstance(name, str)]
    return list(dict.fromkeys(names))


def _given(name: str, content: Mapping[str, bytes]) -> bytes | None:
    return content.get(name, content.get(unquote(name.rpartition("/")[2]) or name))


def _format(case: Case) -> Outcome:
    names = ", ".join(name for name in case.envelope.objects if name)
    told = say(
        "What was sealed (%(names)s) is no credential that is read here: the seal was verified, but not what it says.",
        names=names or say("not at hand"),
    )
    meaning = say("Read it yourself; software cannot tell what it awards and to whom.")
    return Outcome(Verdict.INDETERMINATE, told, {"objects": list(case.envelope.objects)}, (), meaning)


def _binding(case: Case) -> Outcome:
    signature = case.signature
    if signature is None:
        told = say("There is no seal that holds, so nobody is known to stand behind this file.")
        return Outcome(Verdict.INDETERMINATE, told)
    facts = certificate_facts(signature.chain[0])
    told = say(
        "It is sealed by %(holder)s. Whether that is the issuer named in it is for you to compare.",
        holder=facts.organization or facts.common_name or facts.subject,
    )
    return Outcome(Verdict.INDETERMINATE, told, {"organization": facts.organization})


def _unread(case: Case) -> Outcome:
    return Outcome(Verdict.NOT_APPLICABLE, say("What was sealed is no credential."))


CHECKS_OF_FILES: Mapping[str, Callable[[Case], Outcome]] = {
    "format": _format,
    "binding": _binding,
    "status": _unread,
    "completeness": _unread,
    "audit": _unread,
}
"""Checks that sealed files which are no credentials answer in their own way."""
