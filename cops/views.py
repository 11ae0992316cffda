from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import links
from accounts.lifecycle import InvalidTransition
from accounts.views import sign_in_first
from cops import services, timeline
from cops.consent import AGREE_TO_NEWS, agree
from cops.forms import RegistrationForm
from cops.models import Cohort, Community, FocusArea, FocusAreaVersion, Phase, Registration, Webinar
from notifications import ics
from notifications.models import Consent, Event, Invitee

OWNS_REGISTRATION = ("cops:registration", "cops:registration-cancel")
JUST_REGISTERED = "cops:just-registered"


@require_safe
@login_not_required
def home(request):
    living = sorted(Cohort.objects.living().with_webinars(), key=_urgency)
    lead = living[0] if living else None
    return render(
        request,
        "cops/home.html",
        {
            "lead": lead,
            "timeline": timeline.of(lead) if lead else None,
            "questions": FocusAreaVersion.objects.latest_of(lead) if lead else [],
            "others": [(cohort, timeline.of(cohort)) for cohort in living[1:]],
            "earlier": Cohort.objects.finished(),
        },
    )


@require_safe
@login_not_required
def cohort(request, slug):
    cohort = get_object_or_404(
        Cohort.objects.visible_to(request.user).with_webinars(),
        slug=slug,
    )
    return render(
        request,
        "cops/cohort.html",
        {
            "cohort": cohort,
            "sample": cohort.is_sample,
            "timeline": timeline.of(cohort),
            "criteria": cohort.criteria.all(),
            "questions": FocusAreaVersion.objects.latest_of(cohort),
            "communities": cohort.communities.select_related("focus_area"),
        },
    )


@require_safe
@login_not_required
def focus_area(request, slug):
    cohorts = Cohort.objects.visible_to(request.user)
    focus_area = get_object_or_404(FocusArea.objects.select_related("program"), slug=slug)
    versions = focus_area.versions.filter(cohort__in=cohorts).select_related("cohort")
    if not versions and not request.user.is_staff:
        raise Http404
    return render(
        request,
        "cops/focus_area.html",
        {
            "focus_area": focus_area,
            "versions": versions.order_by("-cohort__opens_at", "-number"),
            "communities": focus_area.communities.filter(cohort__in=cohorts).select_related(
                "cohort"
            ),
            "sample": any(version.cohort.is_sample for version in versions),
        },
    )


@require_safe
@login_not_required
def community(request, slug):
    community = get_object_or_404(
        Community.objects.visible_to(request.user).select_related("cohort", "focus_area"),
        slug=slug,
    )
    question = FocusAreaVersion.objects.latest_of(community.cohort).filter(
        focus_area=community.focus_area
    )
    is_inside = community.is_open_to(request.user)
    return render(
        request,
        "cops/community.html",
        {
            "community": community,
            "cohort": community.cohort,
            "sample": community.cohort.is_sample,
            "question": question.first(),
            "is_inside": is_inside,
            "people": community.memberships.current().with_people() if is_inside else [],
        },
    )


@require_safe
@login_not_required
def webinar(request, slug):
    webinar = _webinar(request, slug)
    return render(
        request, "cops/webinar.html", {"webinar": webinar, "sample": webinar.cohort.is_sample}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def webinar_register(request, slug):
    """Register without an account. A known and an unknown address get the same answer."""
    webinar = _webinar(request, slug)
    if not webinar.takes_registrations or webinar.is_full:
        return render(request, "cops/webinar_closed.html", {"webinar": webinar}, status=409)
    person = request.user if request.user.is_authenticated else None
    initial = {"name": person.name, "email": person.email} if person else {}
    form = RegistrationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            registration = services.register(webinar, by=person, **form.typed())
        except InvalidTransition:
            registration = None
        if registration is None:
            return render(request, "cops/webinar_closed.html", {"webinar": webinar}, status=409)
        expires = timezone.now() + timedelta(hours=1)
        links.grant(
            request,
            registration.person,
            JUST_REGISTERED,
            registration.uuid,
            int(expires.timestamp()),
        )
        messages.success(
            request,
            _("We have sent your confirmation to %(address)s.")
            % {"address": form.cleaned_data["email"]},
        )
        return redirect(registration)
    return render(request, "cops/webinar_register.html", {"webinar": webinar, "form": form})


@require_safe
@login_not_required
def webinar_calendar(request, slug):
    """The date for any calendar. The ways to join are for those who registered."""
    webinar = _webinar(request, slug)
    webinar.event.join_link = webinar.event.dial_in = ""
    return _calendar_file(webinar)


@never_cache
@require_safe
@login_not_required
def registration(request, uuid):
    """The confirmation. Who has only just typed an address sees nothing about its holder."""
    registration = _own_registration(request, uuid)
    is_hers = registration is not None
    if not is_hers:
        holder = links.acting_person(request, JUST_REGISTERED, uuid)
        registration = _registration_of(holder, uuid)
    if registration is None:
        return _not_here(request)
    news = Consent.objects.filter(
        person=registration.person, purpose=Consent.Purpose.NEWS, withdrawn_at=None
    )
    return render(
        request,
        "cops/registration.html",
        {
            "registration": registration,
            "webinar": registration.webinar,
            "is_hers": is_hers,
            "asks_for_news": is_hers and registration.wants_news and not news.exists(),
            "news_wording": AGREE_TO_NEWS,
            "sample": registration.webinar.cohort.is_sample,
        },
    )


@never_cache
@require_safe
@login_not_required
def registration_calendar(request, uuid):
    registration = _own_registration(request, uuid)
    return _calendar_file(registration.webinar) if registration else _not_here(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def registration_cancel(request, uuid):
    registration = _own_registration(request, uuid)
    if registration is None:
        return _not_here(request)
    if request.method == "POST":
        try:
            services.cancel_registration(registration)
            messages.success(request, _("Your registration is cancelled."))
        except InvalidTransition as error:
            messages.error(request, str(error))
        return redirect(registration)
    return render(
        request,
        "cops/registration_cancel.html",
        {"registration": registration, "webinar": registration.webinar},
    )


@require_POST
@login_not_required
def registration_news(request, uuid):
    """Let a known person confirm, from her own mail, that it was she who asked for news."""
    registration = _own_registration(request, uuid)
    if registration is None:
        return _not_here(request)
    agree(
        registration.person,
        Consent.Purpose.NEWS,
        str(AGREE_TO_NEWS),
        source=f"webinar {registration.webinar.slug}",
    )
    messages.success(request, _("We will write to you about new calls and outcomes."))
    return redirect(registration)


@never_cache
@require_safe
def board(request):
    """What staff look at first: where a cohort stands, its counts, and the next two weeks."""
    cohorts = list(Cohort.objects.with_webinars().order_by("-opens_at"))
    chosen = next((c for c in cohorts if c.slug == request.GET.get("cohort")), None)
    living = [cohort for cohort in cohorts if cohort.phase != Phase.CLOSED]
    living.sort(key=lambda cohort: not cohort.is_published)
    cohort = chosen or next(iter(living or cohorts), None)
    soon = timezone.now() + timedelta(days=14)
    events = Event.objects.none()
    invited = Prefetch("invitees", Invitee.objects.current().select_related("person"))
    if cohort:
        line = Q(series=cohort.series_id) | Q(series__parent=cohort.series_id)
        events = Event.objects.live().ahead().gatherings().filter(line, starts_at__lte=soon)
    return render(
        request,
        "cops/board.html",
        {
            "cohort": cohort,
            "cohorts": cohorts,
            "events": events.select_related("series__cohort", "series__community").prefetch_related(
                invited
            ),
        },
    )


def _urgency(cohort):
    """Open calls first, the one that closes first on top; then what is coming; then the rest."""
    phase = cohort.phase
    if phase == Phase.OPEN:
        return 0, cohort.closes_at.timestamp()
    if phase == Phase.UPCOMING:
        return 1, cohort.opens_at.timestamp()
    return 2, -cohort.closes_at.timestamp()


def _webinar(request, slug):
    return get_object_or_404(Webinar.objects.visible_to(request.user).with_events(), slug=slug)


def _calendar_file(webinar):
    return HttpResponse(
        ics.for_event(webinar.event, method="PUBLISH"),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{webinar.slug}.ics"'},
    )


def _own_registration(request, uuid):
    """Return the registration if its person is signed in or came by the link in her mail."""
    people = (links.acting_person(request, verb, uuid) for verb in OWNS_REGISTRATION)
    found = (_registration_of(person, uuid) for person in people)
    return next((registration for registration in found if registration), None)


def _registration_of(person, uuid):
    if person is None:
        return None
    registrations = Registration.objects.select_related(
        "person", "webinar__event", "webinar__cohort"
    )
    return registrations.filter(person=person, uuid=uuid).first()


def _not_here(request):
    if not request.user.is_authenticated:
        return sign_in_first(request)
    raise Http404
