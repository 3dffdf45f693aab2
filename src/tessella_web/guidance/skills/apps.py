"""Django's name for this part."""

from __future__ import annotations

from django.apps import AppConfig


class SkillsConfig(AppConfig):
    """What a wallet lacks for an occupation, and what people say that words of their credentials mean."""

    name = "tessella_web.guidance.skills"
    label = "guidance_skills"
