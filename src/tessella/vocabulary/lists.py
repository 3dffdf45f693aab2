"""All code lists: by name, by scheme, and across lists by URI."""

from __future__ import annotations

from tessella.errors import VocabularyError
from tessella.text import say
from tessella.vocabulary._matching import near
from tessella.vocabulary._tables import index, tables_by_base, tables_by_scheme
from tessella.vocabulary.codelist import CodeList, same_uri
from tessella.vocabulary.concept import Concept

__all__ = ["by_uri", "code_list", "code_lists", "list_of", "list_with"]


def code_lists() -> tuple[str, ...]:
    """The names of all lists, in alphabetical order."""
    return tuple(sorted(index()))


def code_list(name: str) -> CodeList:
    """The list with this name, read on first use and kept.

    Raises:
        VocabularyError: there is no such list (``input.vocabulary.no-list``).
    """
    if name not in index():
        meant = near(name, code_lists(), limit=3)
        raise VocabularyError(
            say("There is no code list “%(list)s”.", list=name),
            code="input.vocabulary.no-list",
            got=name,
            expected=", ".join(code_lists()),
            hint=say("Did you mean %(suggestions)s?", suggestions=", ".join(f"“{other}”" for other in meant))
            if meant
            else say("See all lists with “tessella vocabulary”."),
        )
    return CodeList.named(name)


def list_of(scheme: str) -> CodeList | None:
    """The list whose concept scheme has this URI; None if it is none of ours."""
    name = tables_by_scheme().get(same_uri(scheme))
    return CodeList.named(name) if name else None


def list_with(uri: str) -> CodeList | None:
    """The list that has a concept with this URI; None if none has. Reads one list at most."""
    uri = same_uri(uri)
    name = tables_by_base().get(uri[: max(uri.rfind("/"), uri.rfind(":")) + 1])
    codes = CodeList.named(name) if name else None
    return codes if codes is not None and codes.in_list(uri) else None


def by_uri(uri: str) -> Concept | None:
    """The concept with this URI, in whichever list it is; None if no list has it. Reads one list at most."""
    codes = list_with(uri)
    return codes.get(uri) if codes is not None else None
