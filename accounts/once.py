"""A form that is sent twice counts once: a double click, a page gone back to and sent again.

    @once.only
    def feedback(request, slug): ...

Each page is served with a token of its own (``{% csrf_token %}`` is masked anew every time), so
the same words under the same token are the same form. Its second sending waits for the first and
goes where that one went. Only what led somewhere counts as sent: a page that comes back with
errors may be sent as often as she likes. A request without a token (a script) is not compared.
"""

from datetime import timedelta
from functools import wraps
from hashlib import blake2b

from django.db import models, transaction
from django.shortcuts import redirect
from django.utils import timezone

from accounts.privacy import Privacy

TOKEN = "csrfmiddlewaretoken"
KEPT = timedelta(days=7)


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

    ``again(request, address)`` runs before who sends a form twice is led to that address.
    """

    @wraps(view)
    def seen_once(request, *args, **kwargs):
        if request.method != "POST" or not request.POST.get(TOKEN):
            return view(request, *args, **kwargs)
        with transaction.atomic():
            sent, is_new = SentForm.objects.get_or_create(key=_digest(request))
            if not is_new:
                if again:
                    again(request, sent.led_to)
                return redirect(sent.led_to)
            answer = view(request, *args, **kwargs)
            if answer.status_code == 302 and not getattr(request, "may_be_sent_again", False):
                sent.led_to = answer.url
                sent.save(update_fields=["led_to"])
            else:
                sent.delete()
            return answer

    return seen_once


def may_be_sent_again(request) -> None:
    """Say that nothing was done, though the answer leads to another page."""
    request.may_be_sent_again = True


def forget() -> None:
    """Drop what nobody goes back to any more."""
    SentForm.objects.filter(at__lt=timezone.now() - KEPT).delete()


def _digest(request) -> str:
    sent = repr((request.get_full_path(), sorted(request.POST.lists())))
    return blake2b(sent.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
