"""Where an application stands, in words its person understands: what comes next and by when."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from applications.models import Application, Offer, Status


def standing(application: Application) -> dict:
    """Return ``tone``, ``label``, ``sentence`` and ``next_step`` for ``_status.html``.

    Read from the status, the offer's answer and the cohort's dates alone: a
    decision that is not released leaves no trace here.
    """
    cohort = application.cohort
    read_by = clock.spoken_day(cohort.reviews_due_on)
    interviews = {
        "first": clock.spoken_day(cohort.interviews_from),
        "last": clock.spoken_day(cohort.interviews_until),
    }
    groups_on = clock.spoken_day(cohort.groups_on)
    closes_at = clock.spoken(cohort.closes_at)

    if application.status == Status.DRAFT:
        if application.was_reopened:
            return _words(
                "attention",
                _("Yours to correct"),
                _("We gave your application back to you so that you can change it."),
                _("Send it again as soon as it is right. It keeps the time it was first sent."),
            )
        if cohort.is_open:
            return _words(
                "info",
                _("Draft"),
                _("You have started your application. Nobody reads it before you send it."),
                _("Send it by %(time)s.") % {"time": closes_at},
            )
        return _words(
            "neutral",
            _("Not sent"),
            _("Applications closed on %(time)s. Your draft is kept, but cannot be sent.")
            % {"time": closes_at},
            "",
        )
    if application.status == Status.SUBMITTED:
        if application.awaits_confirmation:
            return _words(
                "attention",
                _("Received, one step left"),
                _(
                    "Your application counts from %(time)s. We do not know yet that the address "
                    "is yours."
                )
                % {"time": clock.spoken(application.submitted_at)},
                _("Open the link in our mail and confirm your address by %(time)s.")
                % {"time": clock.spoken(application.confirm_by)},
            )
        return _words(
            "success",
            _("Received"),
            ngettext(
                "We have your application. %(count)s person reads it.",
                "We have your application. %(count)s people read it, each on their own.",
                cohort.reviews_each,
            )
            % {"count": cohort.reviews_each},
            _("Reading is done by %(day)s. We write to you then, whatever the answer is.")
            % {"day": read_by},
        )
    if application.status == Status.IN_REVIEW:
        return _words(
            "info",
            _("Being read"),
            _("Reviewers are reading your application."),
            _("Reading is done by %(day)s. We write to you then, whatever the answer is.")
            % {"day": read_by},
        )
    if application.status == Status.INTERVIEW:
        return _words(
            "success",
            _("Invited to an interview"),
            _("We would like to talk with you about your work and the focus areas."),
            _("Interviews take place from %(first)s to %(last)s.") % interviews,
        )
    if application.status == Status.WAITLISTED:
        return _words(
            "attention",
            _("On the waitlist"),
            _("The groups are full for now. If a place becomes free, you hear from us."),
            _("Groups start on %(day)s; places can still change until then.")
            % {"day": clock.spoken_day(cohort.meetings_from)},
        )
    if application.status == Status.OFFERED:
        answer = application.offers.values_list("status", flat=True).first()
        if answer == Offer.Status.ACCEPTED:
            return _words(
                "success",
                _("Accepted"),
                _("The place is yours. Welcome!"),
                _("Meetings start from %(day)s. Your dates come by mail as soon as they are set.")
                % {"day": clock.spoken_day(cohort.meetings_from)},
            )
        if answer and answer != Offer.Status.OPEN:
            return _words(
                "neutral",
                Offer.Status(answer).label.capitalize(),
                _("This offer no longer stands."),
                _("Questions? Write to %(mailbox)s.") % {"mailbox": cohort.mailbox},
            )
        return _words(
            "success",
            _("A place for you"),
            _("We offer you a place in a Community of Practice."),
            _("Groups are known on %(groups)s. Meetings begin on %(meetings)s.")
            % {"groups": groups_on, "meetings": clock.spoken_day(cohort.meetings_from)},
        )
    if application.status == Status.DECLINED:
        return _words(
            "neutral",
            _("Not selected this time"),
            _("More people applied than there are places. Thank you for the time you gave."),
            _("Write to %(mailbox)s if you would like to talk about it.")
            % {"mailbox": cohort.mailbox},
        )
    return _words(
        "neutral",
        _("Withdrawn"),
        _("You have withdrawn this application."),
        _("The call is open until %(time)s: you may apply again.") % {"time": closes_at}
        if cohort.is_open
        else "",
    )


def _words(tone, label, sentence, next_step) -> dict:
    return {"tone": tone, "label": label, "sentence": sentence, "next_step": next_step}


def answers(application: Application, sections, *, form_url=None) -> list[dict]:
    """Return the answers section by section, as rows for ``_summary_list.html``.

    ``form_url`` is a function from a section's key to the address where it is changed.
    """
    return [
        {
            "key": key,
            "title": title,
            "rows": [
                {
                    "label": field.label,
                    "value": field_value(field),
                    "url": form_url and form_url(key),
                }
                for field in form(application=application)
            ],
        }
        for key, (title, form) in sections.items()
    ]


def field_value(field) -> str:
    """Return what a bound field holds, in the words of its choices."""
    value = field.value()
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        chosen = {str(item) for item in (value if isinstance(value, list | tuple) else [value])}
        return ", ".join(str(label) for key, label in choices if str(key) and str(key) in chosen)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)
