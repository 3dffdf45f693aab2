"""What is said at the start about settings that are no mistakes, but probably not meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

__all__ = ["settings_are_known"]


@register()
def settings_are_known(app_configs: Any = None, **options: Any) -> Sequence[CheckMessage]:
    """``tessella.W001``: a variable that nothing reads, with the name that may have been meant."""
    return [Warning(doubt, id="tessella.W001") for doubt in settings.ENVIRONMENT.doubts]
