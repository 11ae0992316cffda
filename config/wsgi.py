import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# What is loaded here stays. To look through it for garbage costs every start and every worker
# time, and the worker a copy of it: https://docs.python.org/3/library/gc.html#gc.freeze
gc.disable()

application = get_wsgi_application()

# Every view and every address: loaded before gunicorn (--preload) forks, so that its workers
# share them. Nothing here opens a connection, which could not be shared.
reverse("cops:home")

gc.freeze()
gc.enable()
