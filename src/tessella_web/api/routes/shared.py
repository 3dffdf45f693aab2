"""What bodies of several subjects have in common."""

from __future__ import annotations

from typing import Annotated

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from pydantic import StringConstraints

from tessella_web.common.errors import RefusedError

__all__ = ["Language", "address"]

Language = Annotated[str, StringConstraints(strict=True, max_length=12, pattern=r"^[A-Za-z-]*$")]
"""A language tag (BCP 47); empty for the organisation's."""


def address(text: str) -> str:
    """A mail address, without spaces around it.

    Raises:
        RefusedError: ``enrolment.email``: mails cannot be sent there.
    """
    found = text.strip()
    try:
        validate_email(found)
    except ValidationError as error:
        raise RefusedError(
            _("This is not an e-mail address."), code="enrolment.email", field="email", hint=_("Correct it or leave it out.")
        ) from error  # fmt: skip
    return found
