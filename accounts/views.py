from django.shortcuts import render


def keep_what_was_typed(request, reason=""):
    return render(request, "403_csrf.html", status=403)
