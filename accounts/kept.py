"""Public pages, made once for all the strangers of the next seconds.

    @kept_for_strangers
    @login_not_required
    def home(request): ...

Whoever carries no cookie of ours but the form token is nobody in particular: she gets
what was made for the one before her, no older than ``PAGES_KEPT_SECONDS``, with a token
of her own. Who is signed in, came by a link or has a message waiting has her page made
anew; so has an address with a question in it.
"""

import re
from functools import wraps

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import patch_vary_headers

TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")\w+(?=")')


def kept_for_strangers(view):
    @wraps(view)
    def kept(request, *args, **kwargs):
        if not (settings.PAGES_KEPT_SECONDS and _is_stranger(request)):
            return view(request, *args, **kwargs)
        key = f"{request.scheme}://{request.get_host()}{request.path}"
        page = caches["pages"].get(key)
        if page is None:
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and list(response.headers) == ["Content-Type"]:
                if not getattr(response, "is_rendered", True):
                    response.render()
                page = response["Content-Type"], response.content
                caches["pages"].set(key, page, settings.PAGES_KEPT_SECONDS)
            return response
        return _as_hers(request, *page)

    return kept


def _is_stranger(request) -> bool:
    return (
        request.method == "GET"
        and not request.META["QUERY_STRING"]
        and set(request.COOKIES) <= {settings.CSRF_COOKIE_NAME}
    )


def _as_hers(request, content_type, content) -> HttpResponse:
    if TOKEN.search(content):
        content = TOKEN.sub(get_token(request).encode(), content)
    response = HttpResponse(content, content_type=content_type)
    patch_vary_headers(response, ["Cookie"])
    return response
