"""Forms as we show them: a label, a hint, the field, the error at the field and in a summary on top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.forms.widgets import CheckboxSelectMultiple, ChoiceWidget, RadioSelect

__all__ = ["ChoiceCards", "MultipleChoiceCards", "Renderer"]


class Renderer(TemplatesSetting):
    """Every form and field through our templates."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


class _Explained(ChoiceWidget):
    """A widget that says under each choice what choosing it means; ``explanations`` by value."""

    def __init__(self, *args: Any, explanations: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.explanations = explanations or {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        option["explanation"] = self.explanations.get(str(value), "")
        return option


class ChoiceCards(_Explained, RadioSelect):
    """One of a few, each explained."""

    template_name = "ui/widgets/choice_cards.html"


class MultipleChoiceCards(_Explained, CheckboxSelectMultiple):
    """Some of a few, each explained."""

    template_name = "ui/widgets/choice_cards.html"
