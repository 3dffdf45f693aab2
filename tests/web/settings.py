"""The platform's settings for tests: an SQLite database, mail kept in memory, a folder of its own."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("TESSELLA_DATA", tempfile.mkdtemp(prefix="tessella-web-test-"))
os.environ.setdefault("TESSELLA_SECRET", "only for tests")

from tessella_web.config.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
ALLOWED_HOSTS = ["testserver"]
