"""A form that is sent twice counts once: a double click, a page gone back to and sent again.

    @once.only
    def feedback(request, slug): ...

Each page is served with a token of its own (``{% csrf_token %}`` is masked anew every time), so
the same words under the same token are the same form. Its second sending waits for the first and
goes where that one went; after a minute it is told so, because what the first did may be undone by
then. If it cannot wait, ``accounts.trouble`` hands it back. Only what led somewhere counts as sent:
a page that comes back with errors may be sent as often as she likes. A request without a token (a
script) is not compared.
"""

from datetime import timedelta
from functools import wraps
from hashlib import blake2b

from django.contrib import messages
from django.db import models, transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.privacy import Privacy

TOKEN = "csrfmiddlewaretoken"
KEPT = timedelta(days=7)
DOUBLE_CLICK = timedelta(minutes=1)


class SentForm(models.Model):
    """That a form has been sent, by a digest of what was in it, and where it led."""

    key = models.CharField(max_length=32, unique=True)
    led_to = models.TextField()
    at = models.DateTimeField(default=timezone.now, db_index=True)

    privacy = Privacy(
        person_path=None,
        because="A digest that names nobody; forgotten after a week.",
        internal="key led_to at",
    )

    def __str__(self):
        return self.key


def only(view, again=None):
    """Let ``view``, in one transaction, see each form once; what it answers by a redirect is done.

    ``again(request, address)`` lets who clicks twice see that address, and tells whether she
    may. If not, and when the click is over, the form is left to her.
    """

    @wraps(view)
    def seen_once(request, *args, **kwargs):
        if request.method != "POST" or not request.POST.get(TOKEN):
            return view(request, *args, **kwargs)
        with transaction.atomic():
            sent, is_new = SentForm.objects.get_or_create(key=_digest(request))
            if not is_new:
                return _sent_already(request, sent, again)
            answer = view(request, *args, **kwargs)
            if answer.status_code == 302 and not getattr(request, "may_be_sent_again", False):
                sent.led_to = answer.url
                sent.save(update_fields=["led_to"])
            else:
                sent.delete()
            return answer

    return seen_once


def _sent_already(request, sent, again):
    is_double_click = timezone.now() - sent.at < DOUBLE_CLICK
    if is_double_click and (again is None or again(request, sent.led_to)):
        return redirect(sent.led_to)
    messages.warning(request, _("This was sent already. To send it again, open the page anew."))
    return redirect(request.get_full_path() if again else sent.led_to)


def may_be_sent_again(request) -> None:
    """Say that nothing was done, though the answer leads to another page."""
    request.may_be_sent_again = True


def forget() -> None:
    """Drop what nobody goes back to any more."""
    SentForm.objects.filter(at__lt=timezone.now() - KEPT).delete()


def _digest(request) -> str:
    files = [(name, file.name, file.size) for name, each in request.FILES.lists() for file in each]
    sent = repr((request.get_full_path(), sorted(request.POST.lists()), sorted(files)))
    return blake2b(sent.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
