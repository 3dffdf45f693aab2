"""The platform's settings for tests: an SQLite database, mail kept in memory, a folder of its own.

``TESSELLA_TEST_DATABASE=postgresql`` runs all of them on a PostgreSQL that is started for them.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import tempfile

os.environ.setdefault("TESSELLA_DATA", tempfile.mkdtemp(prefix="tessella-web-test-"))
os.environ.setdefault("TESSELLA_SECRET", "only for tests")

from tessella_web.config.settings import *  # noqa: F403
from tessella_web.config.settings import _database

if os.environ.get("TESSELLA_TEST_DATABASE") == "postgresql":
    from tests.web.servers import postgresql_server

    if "TESSELLA_TEST_SERVER" not in os.environ:  # the processes of xdist inherit it
        _server = contextlib.ExitStack()
        os.environ["TESSELLA_TEST_SERVER"] = _server.enter_context(postgresql_server())
        atexit.register(_server.close)
    DATABASES = {"default": _database(os.environ["TESSELLA_TEST_SERVER"] + "postgres")}
    DATABASES["default"]["CONN_MAX_AGE"] = 0

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
ALLOWED_HOSTS = ["testserver"]
PUBLIC_RATE = 0  # one test alone asks more often than a person would
