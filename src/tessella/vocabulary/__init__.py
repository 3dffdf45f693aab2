"""The EU code lists as typed look-ups: levels, fields, assessment, mode, quality assurance, countries."""

from tessella.vocabulary.codelist import CodeList
from tessella.vocabulary.concept import Concept
from tessella.vocabulary.lists import by_uri, code_list, code_lists, list_of

__all__ = ["CodeList", "Concept", "by_uri", "code_list", "code_lists", "list_of"]
