"""The pages by reader: everybody, people who sign in, people who work in an organisation."""

from __future__ import annotations

from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from tessella_web.pages import about, entry, examples, pictures, workspace

urlpatterns = [
    path("", include("tessella_web.pages.award.urls")),
    path("", entry.home, name="home"),
    path("language", require_POST(set_language), name="set_language"),
    path("accessibility", about.accessibility, name="accessibility"),
    path("tile/<slug:kind>-<str:field>-<int:level>.svg", pictures.tile, name="tile-picture"),
    path("ui/", examples.components, name="ui"),
    path("ui/confirmation", examples.confirmation, name="ui-confirmation"),
    path("", include("tessella_web.pages.account.urls")),
    path("", include("tessella_web.pages.recovery.urls")),
    path("", include("tessella_web.pages.organisation.urls")),
    path("o/<slug:slug>/", workspace.overview, name="workspace"),
    path("", include("tessella_web.pages.sealing.urls")),
    path("", include("tessella_web.pages.alliance.urls")),
    path("", include("tessella_web.pages.branding.urls")),
    path("", include("tessella_web.pages.describe.urls")),
    path("", include("tessella_web.pages.offers.urls")),
    path("", include("tessella_web.pages.quality.urls")),
    path("", include("tessella_web.pages.consultation.urls")),
    path("", include("tessella_web.pages.activities.urls")),
    path("", include("tessella_web.pages.audit.urls")),
    path("", include("tessella_web.pages.programs.urls")),
    path("", include("tessella_web.pages.versions")),
    path("", include("tessella_web.pages.catalogue.urls")),
    path("", include("tessella_web.pages.pathways.urls")),
    path("", include("tessella_web.pages.registers.urls")),
    path("", include("tessella_web.pages.verify.urls")),
    path("", include("tessella_web.pages.paper.urls")),
    path("", include("tessella_web.pages.stacking.urls")),
    path("", include("tessella_web.pages.wallet.urls")),
    path("", include("tessella_web.pages.guidance.urls")),
]
