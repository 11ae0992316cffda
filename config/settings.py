"""One settings file: what differs between machines comes from the environment.

``DEMO=1`` is the embedded mode of ``make demo``: SQLite, no Redis, mail in a
folder, sample people to sign in as. Outside it, what is required has no default.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
DEMO = env.bool("DEMO", default=False)


def required(name: str, demo: str) -> str:
    """Return the variable ``name``; without it only the demo starts, with its own value."""
    return env(name, default=demo) if DEMO else env(name)


# Where we are
SITE_URL = required("SITE_URL", demo="http://127.0.0.1:8000").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname
IS_HTTPS = SITE_URL.startswith("https://")
DEBUG = False
SECRET_KEY = required(
    "SECRET_KEY", demo="sample-only-key-that-never-guards-anything-real-0123456789"
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", SITE_HOST])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

if DEMO and SITE_HOST not in {"127.0.0.1", "localhost"}:
    raise ImproperlyConfigured(
        "DEMO=1 lets anybody sign in as anybody: it starts on this machine's own address only."
    )

# Who we are: what mail is signed with and the footer shows
ORGANIZATION_NAME = env("ORGANIZATION_NAME", default="First Work")
POSTAL_ADDRESS = env("POSTAL_ADDRESS", default="")
MAILBOX = env("MAILBOX", default=f"cops@{SITE_HOST}" if not DEMO else "cops@sample.example")

# Our own apps, from the ground up: each imports only from those before it
OUR_APPS = ["accounts", "notifications", "cops", "applications", "meetings", "outcomes"]
INSTALLED_APPS = [
    *OUR_APPS,
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.apps.StaticFilesConfig",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.trouble.TroubleMiddleware",
    "accounts.middleware.CleanInputMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.AsOfMiddleware",
    "accounts.middleware.UnaskedMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Data: PostgreSQL is the reference, SQLite the embedded default
DATABASE_URL = env("DATABASE_URL", default="")
if not (DATABASE_URL or DEMO):
    raise ImproperlyConfigured("Set the DATABASE_URL environment variable")
DATABASES = {"default": env.db_url_config(DATABASE_URL or f"sqlite:///{VAR_DIR / 'cops.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        ),
    }
else:
    _database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    _database["OPTIONS"] = {
        "options": (
            "-c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"
        )
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    },
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
}
# How old a public page may be that a stranger gets (accounts.kept); 0 makes each anew.
PAGES_KEPT_SECONDS = env.int("PAGES_KEPT_SECONDS", default=0 if DEMO else 10)

# Who may: nobody has a password, a code by mail signs in, staff add a second factor
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:me"
LOGOUT_REDIRECT_URL = "cops:home"
ACCOUNT_ADAPTER = "notifications.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "request_login_code": "accounts.forms.AskForCodeForm",
    "confirm_login_code": "accounts.forms.TypeCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_SESSION_REMEMBER = True
# Besides allauth's own: how often somebody may try a code that lets her into a closed call.
ACCOUNT_RATE_LIMITS = {"access_code": "10/10m/ip"}
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondStepForm",
    "reauthenticate": "accounts.forms.SecondStepAgainForm",
    "activate_totp": "accounts.forms.SetUpAppForm",
    "add_webauthn": "accounts.forms.KeyForm",
    "authenticate_webauthn": "accounts.forms.AskForKeyForm",
    "login_webauthn": "accounts.forms.SignInByKeyForm",
    "reauthenticate_webauthn": "accounts.forms.AskAgainForKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Communities of Practice"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = timedelta(days=30)
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
STAFF_IDLE_HOURS = env.int("STAFF_IDLE_HOURS", default=8)
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# Safe by default
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^healthz/mail$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
CSRF_FAILURE_VIEW = "accounts.views.keep_what_was_typed"
if IS_HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# A megabyte of text, percent-encoded and then some: the field refuses it and keeps it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8_388_608
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
# A file that may be imported is never written to a disk: it has 5 MB at most.
FILE_UPLOAD_MAX_MEMORY_SIZE = 6_291_456

# Two languages, one province
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "America/Toronto"

# Files
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
if DEMO:  # nothing is collected then, and WhiteNoise warns of a missing folder
    (VAR_DIR / "static").mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Of applicants: no address leads here but that of a view that asks who reads.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.path("PRIVATE_FILES", default=str(VAR_DIR / "private")),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEMO
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEMO
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Mail leaves through the outbox (notifications); this is its last step
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=MAILBOX)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
MAIL_FOLDER = VAR_DIR / "mail"
# The name under which django-anymail knows the provider, its keys, and WEBHOOK_SECRET: the
# "user:password" with which the provider tells us of mail that came back.
MAIL_PROVIDER = env("MAIL_PROVIDER", default="")
ANYMAIL = env.json("ANYMAIL", default={})
if MAIL_PROVIDER and not ANYMAIL.get("WEBHOOK_SECRET"):
    raise ImproperlyConfigured("MAIL_PROVIDER needs a WEBHOOK_SECRET among the keys of ANYMAIL.")
if DEMO and not env("EMAIL_URL", default=""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_FOLDER
elif MAIL_PROVIDER and not env("EMAIL_URL", default=""):
    EMAIL_BACKEND = f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
else:
    email = env.email("EMAIL_URL")
    if email["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        email["EMAIL_BACKEND"] = "notifications.server.EmailBackend"
    vars().update(email)

# The doorbell. Rows in the database say what is to be done; tasks only look sooner.
RING = env.bool("RING", default=True)
CELERY_BROKER_URL = required("REDIS_URL", demo="memory://localhost/")
if not DEMO and CELERY_BROKER_URL.startswith("memory:"):
    raise ImproperlyConfigured("REDIS_URL=memory:// reaches no other process: name a Redis server.")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {}
    if CELERY_BROKER_URL.startswith("memory:")
    else {
        "visibility_timeout": 600,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        "max_retries": 0,
    }
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
TICK_SECONDS = env.float("TICK_SECONDS", default=60.0)
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS * 0.9}}
    for name in (
        "accounts.tasks.forget_sent_forms",
        "notifications.tasks.plan_reminders",
        "notifications.tasks.deliver_due",
        "meetings.tasks.pass_on_missing_notes",
        "applications.tasks.renew_days",
        "applications.tasks.lapse_offers",
        "applications.tasks.settle_needs",
        "applications.tasks.delete_outlived_answers",
        "applications.tasks.sweep_files",
        "applications.tasks.forget_imports",
        "outcomes.tasks.publish_scheduled",
    )
}
CELERY_BEAT_SCHEDULE["notifications.tasks.audit_duties"] = {
    "task": "notifications.tasks.audit_duties",
    "schedule": 86_400.0,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
