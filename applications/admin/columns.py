"""What the desk shows of an application: in its list, and on its page, concealed or not."""

from django.contrib import admin
from django.db.models import Case, Value, When
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.columns import chip
from accounts.phrases import labelled
from applications.admin.decided import waits
from applications.blind import projection
from applications.services import review as reviews

CONCEALED = gettext_lazy("concealed until your review is in")


def _unless_blind(column):
    """Sort by ``column``, but for rows whose place on the list would tell what is concealed."""
    return Case(When(is_blind=True, then=Value("")), default=column)


class Columns:
    """For the ``ModelAdmin`` of applications: columns of the list, boxes of the page."""

    facts = [
        "reference", "cohort", "status", "submitted_at", "is_confirmed", "came_by", "entered_by",
        "access_code", "imported", "result", "pending_status", "pending_by", "pending_at",
        "pending_reason",
    ]  # fmt: skip
    answers = [
        (
            gettext_lazy("About the applicant"),
            [
                "name", "address", "phone", "organization_name", "organization", "job", "town",
                "region", "mail_language",
            ],
        ),
        (gettext_lazy("Experience"), ["level", "authority", "programs"]),
        (gettext_lazy("Ideas"), ["wishes", "motivation", "trial_idea", "hours_plan"]),
        (
            gettext_lazy("Meeting"),
            ["half_days", "interview_language", "meeting_language", "access_needs"],
        ),
        (gettext_lazy("Consent"), ["agrees_to_use", "wants_news"]),
    ]  # fmt: skip

    labels = {
        "name": gettext_lazy("name"),
        "job": pgettext_lazy("at work", "role"),
        "town": gettext_lazy("town"),
        "authority": gettext_lazy("When the team tries something new"),
        "motivation": gettext_lazy("What to change, and why now"),
        "trial_idea": gettext_lazy("Something to try"),
        "hours_plan": gettext_lazy("How the hours are found"),
        "access_needs": gettext_lazy("What to arrange"),
        "agrees_to_use": gettext_lazy("Agrees that we use the answers"),
        "wants_news": gettext_lazy("Wants our news by email"),
    }

    def get_fieldsets(self, request, obj=None):
        facts = self.facts
        if not waits(obj):
            facts = [name for name in facts if not name.startswith("pending_")]
        # How it came says little about most, and nothing to who reads it blind.
        how = ("came_by", "entered_by", "access_code", "imported")
        facts = [
            name for name in facts if name not in how or (getattr(obj, name) and not obj.is_blind)
        ]
        if obj.is_blind:
            answers = [(_("Answers"), {"fields": ["blind_answers"]})]
        else:
            answers = [(title, {"fields": fields}) for title, fields in self.answers]
            if obj.answers.exists():
                answers.append((_("Further questions"), {"fields": ["further_answers"]}))
            if obj.form_read and obj.form_read.core:
                box = {"fields": ["form_then"], "classes": ["collapse"]}
                answers.append((_("The form as it was when it was sent"), box))
        return [(None, {"fields": facts}), *answers]

    def get_readonly_fields(self, request, obj=None):
        return [name for _title, box in self.get_fieldsets(request, obj) for name in box["fields"]]

    @admin.display(description=gettext_lazy("applicant"), ordering=_unless_blind("name"))
    def applicant(self, application):
        return CONCEALED if application.is_blind else application.name or application.person

    @admin.display(
        description=gettext_lazy("organization"), ordering=_unless_blind("organization_name")
    )
    def employer(self, application):
        return CONCEALED if application.is_blind else application.organization_name

    @admin.display(
        description=gettext_lazy("decision to release"), ordering=_unless_blind("pending_status")
    )
    def decision(self, application):
        if application.is_blind:
            return CONCEALED
        decided = application.pending_status
        return chip(application.get_pending_status_display(), "attention") if decided else ""

    @admin.display(description=gettext_lazy("reviews"))
    def result(self, application):
        if application.is_blind:
            return CONCEALED
        result = reviews.result(application.reviews.all())
        if not result.count:
            return "–"
        return ngettext(
            "%(mean)s (%(count)s review)",
            "%(mean)s (%(count)s reviews, %(spread)s apart)",
            result.count,
        ) % {
            "mean": number_format(result.mean, 1),
            "count": result.count,
            "spread": number_format(result.spread, 1),
        }

    @admin.display(
        description=gettext_lazy("address confirmed"), boolean=True, ordering="awaits_confirmation"
    )
    def is_confirmed(self, application):
        """Of one that came by a file: whether its person has shown since that it is hers."""
        vouched_for = application.imported_id is None or application.person.is_verified
        return vouched_for and not application.awaits_confirmation

    @admin.display(description=gettext_lazy("email address"))
    def address(self, application):
        return application.person.email

    @admin.display(description=gettext_lazy("programs"))
    def programs(self, application):
        return _lines(application.programs)

    @admin.display(description=gettext_lazy("focus areas, by wish"))
    def wishes(self, application):
        return _lines(application.wishes)

    @admin.display(description=gettext_lazy("half-days"))
    def half_days(self, application):
        return ", ".join(application.half_days)

    @admin.display(description=gettext_lazy("answers"))
    def further_answers(self, application):
        answers = application.answers.with_questions()
        read = application.form_read.labels if application.form_read else {}
        return _lines(
            labelled(read.get(each.question.field_name) or each.question.text, each.told)
            for each in answers
        )

    @admin.display(description=gettext_lazy("what every call asks"))
    def form_then(self, application):
        return format_html_join(
            "",
            "<p><strong>{}</strong> {} {}</p>",
            (
                (each["label"], each["help"], " · ".join(each["options"]))
                for each in application.form_read.read
            ),
        )

    @admin.display(description=gettext_lazy("what you may read"))
    def blind_answers(self, application):
        told = projection(application)
        return _lines(labelled(row["label"], row["value"]) for row in told["facts"] + told["texts"])


def _lines(texts):
    return format_html_join("", "<p>{}</p>", ((text,) for text in texts)) or "–"
