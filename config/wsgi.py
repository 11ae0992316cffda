import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from django.utils import translation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# Every view, and every address in both languages: loaded before gunicorn (--preload) forks, so
# that its workers share them. Nothing here opens a connection, which could not be shared.
for language, _name in settings.LANGUAGES:
    with translation.override(language):
        reverse("cops:home")
