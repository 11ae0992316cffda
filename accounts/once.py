"""A form that is sent twice counts once: a double click, a page gone back to and sent again.

    @once.only
    def feedback(request, slug): ...

Each page is served with a token of its own (``{% csrf_token %}`` is masked anew every time), so
the same words under the same token are the same form. Its second sending waits for the first and
goes where that one went; after a minute it is told so, because what the first did may be undone by
then. If it cannot wait, ``accounts.trouble`` hands it back. Only what led somewhere counts as sent:
a page that comes back with errors may be sent as often as she likes. A request without a token (a
script) is not compared.

Going back, a browser may fetch the page anew, with another token. So the same words by the same
person at the same address, within five minutes, are asked: she sees what she sent, and sends it
once more if she means it.
"""

from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.db import IntegrityError, models, transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.privacy import Privacy
from accounts.typed import typed

TOKEN = "csrfmiddlewaretoken"
KEPT = timedelta(days=7)
DOUBLE_CLICK = timedelta(minutes=1)
SAME_WORDS = timedelta(minutes=5)
ONCE_MORE = "once_more"  # the mark of who was asked, and means it


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
            form, words = _digest(request), _words(request)
            known, new = _noted(filter(None, (form, words)))
            answer = None
            if form in known:
                answer = _sent_already(request, known[form], again)
            elif words in known:
                answer = _ask(request, known[words], again)
            if answer is None:
                answer = view(request, *args, **kwargs)
                if answer.status_code == 302 and not getattr(request, "may_be_sent_again", False):
                    kept = SentForm.objects.filter(key__in=[form, words])
                    kept.update(led_to=answer.url, at=timezone.now())
                    return answer
            SentForm.objects.filter(key__in=new).delete()
            return answer

    return seen_once


def _sent_already(request, sent, again):
    is_double_click = timezone.now() - sent.at < DOUBLE_CLICK
    if is_double_click and (again is None or again(request, sent.led_to)):
        return redirect(sent.led_to)
    messages.warning(request, _("This was sent already. To send it again, open the page anew."))
    return redirect(request.get_full_path() if again else sent.led_to)


def _noted(keys) -> tuple[dict[str, SentForm], set[str]]:
    """Note ``keys``; return those noted before and the new ones. Waits for who notes the same."""
    keys = list(keys)
    try:
        with transaction.atomic():
            SentForm.objects.bulk_create(SentForm(key=key) for key in keys)
        return {}, set(keys)
    except IntegrityError:
        found = [SentForm.objects.get_or_create(key=key) for key in keys]
        known = {each.key: each for each, is_new in found if not is_new}
        return known, set(keys) - set(known)


def _words(request) -> str | None:
    """Return a name of her words as those of this address; None without any."""
    who = request.user.pk or request.META.get("CSRF_COOKIE")
    return _digest(request, who) if who and typed(request)["fields"] else None


def _ask(request, said, again):
    """Return the page that asks whether she means it, None if nothing is to be asked."""
    if ONCE_MORE in request.POST or timezone.now() - said.at >= SAME_WORDS:
        return None
    if again and again(request, said.led_to):
        return redirect(said.led_to)
    if again:
        return None
    found = typed(request)
    context = {**found, "marks": [*found["marks"], (ONCE_MORE, "1")], "led_to": said.led_to}
    return render(request, "accounts/sent_before.html", context, status=409)


def may_be_sent_again(request) -> None:
    """Say that nothing was done, though the answer leads to another page."""
    request.may_be_sent_again = True


def forget() -> None:
    """Drop what nobody goes back to any more."""
    SentForm.objects.filter(at__lt=timezone.now() - KEPT).delete()


def _digest(request, who=None) -> str:
    """Return a name of what was sent: from this very page, or by ``who`` from any."""
    own = {TOKEN, ONCE_MORE} if who else set()
    words = sorted(pair for pair in request.POST.lists() if pair[0] not in own)
    files = [(name, file.name, file.size) for name, each in request.FILES.lists() for file in each]
    sent = repr((who, request.get_full_path(), words, sorted(files)))
    return salted_hmac(__name__, sent.encode("utf-8", "surrogatepass")).hexdigest()[:32]
