from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("application", "draft")
    SUBMITTED = "submitted", _("received")
    IN_REVIEW = "in-review", _("in review")
    INTERVIEW = "interview", _("invited to an interview")
    WAITLISTED = "waitlisted", _("on the waitlist")
    OFFERED = "offered", _("offered a place")
    DECLINED = "declined", _("not selected")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "withdrawn")
