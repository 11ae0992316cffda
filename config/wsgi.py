import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# Every view and every address: loaded before gunicorn (--preload) forks, so that its workers
# share them. Nothing here opens a connection, which could not be shared.
reverse("cops:home")
