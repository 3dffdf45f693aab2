"""Django's settings: everything that differs between installations comes from `tessella_web.config.environment`."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from tessella_web.config import signing_in
from tessella_web.config.environment import Environment
from tessella_web.config.languages import available

ENVIRONMENT = Environment.read()

BASE = Path(__file__).resolve().parent.parent

SECRET_KEY = ENVIRONMENT.secret
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = [ENVIRONMENT.host, *(["localhost", "127.0.0.1", "[::1]"] if not ENVIRONMENT.is_https else [])]
BASE_URL = ENVIRONMENT.base_url
DATA_FOLDER = ENVIRONMENT.data
VERIFY_ONLINE = ENVIRONMENT.verify_online
KEK_FILE = ENVIRONMENT.kek_file
AUDIT_KEY_FILE = ENVIRONMENT.audit_key_file
ERASURES_FILE = ENVIRONMENT.data / "erasures.txt"
REPORT_KEY_FILE = ENVIRONMENT.report_key_file
SEARCH_ENGINE = ENVIRONMENT.search
SKILL_VECTORS = ENVIRONMENT.skill_vectors
KEK_TOKEN = ENVIRONMENT.kek_token
SIGNERS = ENVIRONMENT.signers
WEBHOOKS_TO_PRIVATE = ENVIRONMENT.webhooks_to_private

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "tessella_web.common",
    "tessella_web.ui",
    "tessella_web.accounts",
    "tessella_web.accounts.tokens",
    "tessella_web.accounts.webhooks",
    "tessella_web.accounts.letters",
    "tessella_web.accounts.holderkeys",
    "tessella_web.accounts.peers",
    "tessella_web.accounts.branding",
    "tessella_web.accounts.merging",
    "tessella_web.accounts.recovery",
    "tessella_web.accounts.leaving",
    "tessella_web.accounts.guardians",
    "tessella_web.registers",
    "tessella_web.catalogue",
    "tessella_web.catalogue.search",
    "tessella_web.catalogue.providers",
    "tessella_web.catalogue.esco",
    "tessella_web.catalogue.consultation",
    "tessella_web.catalogue.offers",
    "tessella_web.catalogue.pathways",
    "tessella_web.credentials",
    "tessella_web.credentials.mandates",
    "tessella_web.credentials.alliances",
    "tessella_web.credentials.receiving",
    "tessella_web.credentials.wallet",
    "tessella_web.credentials.verifying",
    "tessella_web.credentials.portfolio",
    "tessella_web.credentials.arriving",
    "tessella_web.credentials.noticing",
    "tessella_web.credentials.assessment",
    "tessella_web.credentials.activities",
    "tessella_web.credentials.retention",
    "tessella_web.credentials.paper",
    "tessella_web.credentials.carrying",
    "tessella_web.recognition.stacking",
    "tessella_web.credentials.planning",
    "tessella_web.guidance.skills",
    "tessella_web.guidance.entry",
    "tessella_web.guidance.funding",
    "tessella_web.guidance.demand",
    "tessella_web.guidance.options",
    "tessella_web.insight",
    "tessella_web.pages",
    "tessella_web.api",
    "tessella_web.config",
    "allauth",  # below ours: our templates come first
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "tessella_web.config.operations.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "tessella_web.ui.middleware.LibraryLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tessella_web.config.operations.middleware.PublicLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tessella_web.accounts.middleware.WorkspaceMiddleware",
    "tessella_web.accounts.middleware.AssuranceMiddleware",
    "tessella_web.pages.errors.DomainErrorMiddleware",
    "tessella_web.pages.account.minors.WaitingMiddleware",
]

ROOT_URLCONF = "tessella_web.config.urls"
WSGI_APPLICATION = "tessella_web.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Person"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tessella_web.ui.context.page",
            ],
            "builtins": ["tessella_web.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "tessella_web.ui.forms.Renderer"


def _database(url: str) -> dict[str, Any]:
    if url.startswith("postgres"):
        parts = urlsplit(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": url.removeprefix("sqlite:///") or str(ENVIRONMENT.data / "tessella.db"),
        "OPTIONS": {
            # One writer at a time, readers never wait: write locks are taken at the start and waited for.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
            "PRAGMA secure_delete=ON;",  # what is deleted is overwritten
        },
    }


DATABASES = {"default": _database(ENVIRONMENT.database_url)}
BROKER_URL = ENVIRONMENT.broker_url

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE / "locale"]
LANGUAGES = available(LOCALE_PATHS[0], testing=DEBUG)
FORMAT_MODULE_PATH = "tessella_web.config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

(ENVIRONMENT.data / "static").mkdir(parents=True, exist_ok=True)
STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENVIRONMENT.data / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MANIFEST_STRICT = False

# --- security ----------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
SECURE_SSL_REDIRECT = False  # the reverse proxy's work
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.is_https else None
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.is_https else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "tessella_web.pages.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- signing in ---------------------------------------------------------------------------------------

SECOND_FACTOR_REQUIRED = ENVIRONMENT.second_factor
SIGN_UP_OPEN = ENVIRONMENT.sign_up
RECOVERY_DELAY_DAYS = ENVIRONMENT.recovery_days
globals().update(signing_in.settings(ENVIRONMENT))

# Uploads stay in memory: what somebody has verified is never written to a disk. Larger ones are read and dropped.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 33_000_000  # bytes: many certificates at once
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000  # bytes: a class list of 100,000 rows

# --- mail --------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
BOUNCE_ADDRESS = ENVIRONMENT.bounce_address


def _mail(url: str) -> dict[str, Any]:
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+starttls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }


globals().update(_mail(ENVIRONMENT.mail_url))

# --- operation ---------------------------------------------------------------------------------------

METRICS_TOKEN = ENVIRONMENT.operations.metrics_token
PUBLIC_RATE = ENVIRONMENT.operations.public_rate
PROXIES = ENVIRONMENT.operations.proxies
CONTACT = ENVIRONMENT.operations.contact
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENVIRONMENT.operations.cache_url,
    }
    if ENVIRONMENT.operations.cache_url
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
PERMISSIONS_POLICY = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "tessella_web.config.operations.logs.JsonFormatter"},
        "plain": {"()": "tessella_web.config.operations.logs.PlainFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": ENVIRONMENT.operations.log}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # On a terminal the lines of requests would bury everything else.
    "loggers": {
        "tessella_web.requests": {"level": "INFO" if ENVIRONMENT.operations.log == "json" else "WARNING"},
        "django.request": {"level": "ERROR"},  # what was not found stands in our own lines
        "django.server": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
