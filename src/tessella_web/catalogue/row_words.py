"""What the library calls the elements, where the tools of translators find it; a test compares the two."""

from __future__ import annotations

from django.utils.translation import gettext_noop

__all__ = ["WORDS"]

WORDS = (
    gettext_noop("Learner"),
    gettext_noop("Title"),
    gettext_noop("Country or region of the issuer"),
    gettext_noop("Awarding body"),
    gettext_noop("Date of issuing"),
    gettext_noop("Learning outcomes"),
    gettext_noop("Notional workload"),
    gettext_noop("Level"),
    gettext_noop("Type of assessment"),
    gettext_noop("Form of participation"),
    gettext_noop("Quality assurance"),
    gettext_noop("Prerequisites to enrol"),
    gettext_noop("Supervision and identity verification"),
    gettext_noop("Grade achieved"),
    gettext_noop("Integration and stackability"),
    gettext_noop("Further information"),
)
