"""Asking to be told of the next call: an address, a mail to it, a button."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import links, office, once
from accounts.views import keep_what_was_typed, sign_in_first
from cops import news
from cops.forms import TRAP, NewsForm
from notifications.consent import AGREE_TO_NEWS, agree_to_news, agrees_to_news

SOURCE = "news-form"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@once.only
@login_not_required
def ask(request):
    """A known and an unknown address get the same answer; who is signed in agrees at once."""
    person = request.user if request.user.is_authenticated else None
    form = NewsForm(request.POST or None, person=person)
    if request.method == "POST" and request.POST.get(TRAP):
        return redirect("cops:news-sent")
    if request.method == "POST" and form.is_valid():
        if person:
            agree_to_news(person, source=SOURCE)
            messages.success(request, _("We will write to you about new calls and outcomes."))
            return redirect("notifications:my-mail")
        try:
            news.ask(form.cleaned_data["email"], name=form.cleaned_data["name"])
            return redirect("cops:news-sent")
        except news.Flooded:
            words = _("Too many requests arrive right now. Please write to %(mailbox)s.")
            form.add_error(None, words % {"mailbox": office.current().mailbox})
    return render(request, "cops/news.html", {"form": form, "trap": TRAP})


@require_safe
@login_not_required
def sent(request):
    return render(request, "cops/news_sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def confirm(request, uuid):
    """Where the link in the mail leads: only its reader agrees, in the words she reads there."""
    person = links.holder(request, news.CONFIRM, uuid)
    if person is None:
        return keep_what_was_typed(request) if request.method == "POST" else sign_in_first(request)
    if request.method == "POST":
        agree_to_news(person, source=SOURCE)
        return redirect("cops:news-confirm", uuid)
    context = {
        "person": person,
        "gets_news": agrees_to_news(person),
        "wording": AGREE_TO_NEWS,
    }
    return render(request, "cops/news_confirm.html", context)
