"""Where an application stands, in words its person understands: what comes next and by when."""

from django.core.exceptions import FieldDoesNotExist
from django.forms import ModelChoiceField
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from applications.models import Application, Interview, Offer, Status


def standing(application: Application) -> dict:
    """Return ``tone``, ``label``, ``sentence`` and ``next_step`` for ``_status.html``.

    Read from the status, what was released and the cohort's dates alone: a
    decision that is not released leaves no trace here.
    """
    if application.person.is_staff:
        return _words(
            "neutral",
            _("Closed"),
            _("You work for First Work now. This application is kept, and goes no further."),
        )
    return _STANDING[application.status](application, application.cohort)


def offer_standing(offer: Offer) -> dict:
    """The same for one offer."""
    cohort, until = offer.application.cohort, offer.deadline
    if offer.may_be_answered:
        return _words(
            "success",
            _("A place for you"),
            _("We offer you a place in %(community)s.") % {"community": offer.community},
            _("Please answer by %(when)s.") % {"when": clock.spoken(until.starts_at, until.zone)},
        )
    if offer.status == Offer.Status.ACCEPTED:
        return _words(
            "success",
            _("Accepted"),
            _("The place is yours. Welcome!"),
            _after_yes(cohort),
        )
    if offer.status == Offer.Status.TURNED_DOWN:
        return _words(
            "neutral",
            _("Turned down"),
            _("You turned this place down. Thank you for telling us."),
        )
    if offer.status == Offer.Status.WITHDRAWN:
        return _words(
            "neutral",
            _("Withdrawn"),
            _("This offer no longer stands."),
            _("Questions? Write to %(mailbox)s.") % {"mailbox": cohort.mailbox},
        )
    return _words(
        "attention",
        _("Time is over"),
        _("This offer could be answered until %(when)s.")
        % {"when": clock.spoken(until.starts_at, until.zone)},
        _(
            "If you still want the place, write to %(name)s at %(mailbox)s soon: "
            "it may still be free."
        )
        % {"name": cohort.contact_name, "mailbox": cohort.mailbox},
    )


def _after_yes(cohort) -> str:
    """Say when the group of somebody who accepted meets: it is to begin, meets, or has met."""
    today = _today()
    if today < cohort.meetings_from:
        return _(
            "Meetings start from %(day)s. Each date comes to you by email and stands on your "
            "community’s page."
        ) % {"day": clock.spoken_day(cohort.meetings_from)}
    until = {"day": clock.spoken_day(cohort.meetings_until)}
    if today <= cohort.meetings_until:
        return _("Your community meets until %(day)s. Its dates stand on its page.") % until
    return _("Your community met until %(day)s. Thank you for what you gave.") % until


def _draft(application, cohort):
    closes_at = clock.spoken(application.closes_at)
    if application.was_reopened:
        return _words(
            "attention",
            _("Yours to correct"),
            _("We gave your application back to you so that you can change it."),
            _("Send it again as soon as it is right. It keeps the time it was first sent."),
        )
    if application.is_being_entered:
        return _words(
            "info",
            _("Draft"),
            _("First Work writes this down, as it was told %(how)s.")
            % {"how": application.get_came_by_display()},
            _("A copy goes out by email once it is sent."),
        )
    if application.may_be_edited:
        return _words(
            "info",
            _("Draft"),
            _("You have started your application. Nobody reads it before you send it."),
            _("Send your application by %(time)s.") % {"time": closes_at},
        )
    return _words(
        "neutral",
        _("Not sent"),
        _("Applications closed on %(time)s. Your draft is kept, but cannot be sent.")
        % {"time": closes_at},
    )


def _submitted(application, cohort):
    if application.awaits_confirmation:
        return _words(
            "attention",
            _("Received, one step left"),
            _("Please confirm that the address is yours."),
            _("Open the link in our email by %(time)s. Your application then counts from %(sent)s.")
            % {
                "time": clock.spoken(application.confirm_by),
                "sent": clock.spoken(application.submitted_at),
            },
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
        _read_by(cohort),
    )


def _in_review(application, cohort):
    return _words(
        "info", _("Being read"), _("Reviewers are reading your application."), _read_by(cohort)
    )


def _interview(application, cohort):
    interview = getattr(application, "interview", None)
    if interview and interview.status == Interview.Status.HELD:
        return _words(
            "info",
            _("Interviewed"),
            _("Your interview took place. Thank you."),
            _("The groups are composed now. You hear from us by %(day)s.")
            % {"day": clock.spoken_day(cohort.groups_on)},
        )
    if interview and interview.status == Interview.Status.MISSED:
        return _words(
            "attention",
            _("Interview missed"),
            _("We missed you at your interview."),
            _("Please write to %(mailbox)s: we can invite you again.")
            % {"mailbox": cohort.mailbox},
        )
    if interview and interview.is_ahead:
        return _words(
            "success",
            _("Interview booked"),
            _("We talk on %(when)s.")
            % {"when": clock.spoken(interview.slot.starts_at, interview.slot.zone)},
            _zone_of(application, interview),
        )
    if interview and interview.status == Interview.Status.BOOKED:
        return _words(
            "info",
            _("Interview"),
            _("Your interview was on %(when)s.")
            % {"when": clock.spoken(interview.slot.starts_at, interview.slot.zone)},
            _("The groups are composed now. You hear from us by %(day)s.")
            % {"day": clock.spoken_day(cohort.groups_on)},
        )
    return _words(
        "success",
        _("Invited to an interview"),
        _("We would like to talk with you about your work and the focus areas."),
        _("Interviews take place from %(first)s to %(last)s.")
        % {
            "first": clock.spoken_day(cohort.interviews_from),
            "last": clock.spoken_day(cohort.interviews_until),
        },
    )


def _zone_of(application, interview) -> str:
    """Say when that is on the clock she goes by, where it is another."""
    slot, zone = interview.slot, application.person.time_zone
    if zone == slot.zone:
        return ""
    return _("On your clock: %(when)s.") % {"when": clock.spoken(slot.starts_at, zone)}


def _waitlisted(application, cohort):
    return _words(
        "attention",
        _("On the waitlist"),
        _("The groups are full for now. If a place becomes free, you hear from us."),
        (
            _("Groups start on %(day)s; places can still change until then.")
            if _today() < cohort.meetings_from
            else _("The groups have been meeting since %(day)s.")
        )
        % {"day": clock.spoken_day(cohort.meetings_from)},
    )


def _offered(application, cohort):
    return offer_standing(application.last_offer)


def _declined(application, cohort):
    return _words(
        "neutral",
        _("Not selected this time"),
        _("More people applied than there are places. Thank you for the time you gave."),
        _("Write to %(mailbox)s if you would like to talk about it.") % {"mailbox": cohort.mailbox},
    )


def _withdrawn(application, cohort):
    return _words(
        "neutral",
        _("Withdrawn"),
        _("You have withdrawn this application."),
        _("The call is open until %(time)s: you may apply again.")
        % {"time": clock.spoken(cohort.closes_at)}
        if cohort.is_open
        else "",
    )


_STANDING = {
    Status.DRAFT: _draft,
    Status.SUBMITTED: _submitted,
    Status.IN_REVIEW: _in_review,
    Status.INTERVIEW: _interview,
    Status.WAITLISTED: _waitlisted,
    Status.OFFERED: _offered,
    Status.DECLINED: _declined,
    Status.WITHDRAWN: _withdrawn,
}


def _read_by(cohort) -> str:
    if _today() > cohort.reviews_due_on:
        return _("We write to you once it is read, whatever the answer is.")
    return _("Reading is done by %(day)s. We write to you then, whatever the answer is.") % {
        "day": clock.spoken_day(cohort.reviews_due_on)
    }


def _today():
    return clock.now().astimezone(clock.ONTARIO).date()


def _words(tone, label, sentence, next_step="") -> dict:
    return {"tone": tone, "label": label, "sentence": sentence, "next_step": next_step}


def answers(application: Application, sections, *, form_url=None) -> list[dict]:
    """Return the answers section by section, as rows for ``_summary_list.html``.

    ``form_url`` is a function from a section's key to the address where it is changed. What was
    sent stands under the questions as they were read then.
    """
    read = application.form_read.labels if application.form_read else {}
    return [
        {
            "key": key,
            "title": title,
            "url": form_url and form_url(key),
            "rows": [
                {
                    "name": field.name,
                    "label": read.get(field.name) or short_label(field),
                    "value": field_value(field),
                    "url": getattr(field.value(), "url", ""),
                }
                for field in form(application=application).shown()
            ],
        }
        for key, (title, form) in sections.items()
    ]


def short_label(field) -> str:
    """Return what a field asks for in two or three words, where the application has them."""
    try:
        return capfirst(Application._meta.get_field(field.name).verbose_name)
    except FieldDoesNotExist:
        return field.label


def field_value(field) -> str:
    """Return what a bound field holds, in the words of its choices."""
    value = field.value()
    choices = getattr(field.field, "choices", None)
    if type(field.field) is ModelChoiceField:
        record = getattr(field.form.application, field.name)
        if record and record.pk == value:
            return str(record)
    if choices is not None:
        chosen = {str(item) for item in (value if isinstance(value, list | tuple) else [value])}
        return ", ".join(str(label) for key, label in choices if str(key) and str(key) in chosen)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)
