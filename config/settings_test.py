"""The same settings as the demo's, and tasks that run where they are called."""

import os

os.environ.setdefault("DEMO", "1")

from config.settings import *

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
RING = False
# Each client of a test would look up every static file; the live server finds them by itself.
WHITENOISE_USE_FINDERS = False
# It does so where this app has the name that Django gave it.
INSTALLED_APPS[INSTALLED_APPS.index("config.apps.StaticFilesConfig")] = "django.contrib.staticfiles"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and a live server share it without lock errors.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
STORAGES["private"]["OPTIONS"]["location"] = VAR_DIR / "test-private"
