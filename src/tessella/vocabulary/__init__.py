"""The EU code lists as typed look-ups: levels, fields, assessment, mode, quality assurance, countries."""

from tessella.vocabulary.concept import Concept

__all__ = ["Concept"]
