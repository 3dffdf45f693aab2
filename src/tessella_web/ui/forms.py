"""Forms as we show them: a label, a hint, the field, the error at the field and in a summary on top."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting

__all__ = ["Renderer"]


class Renderer(TemplatesSetting):
    """Every form and field through our templates."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
