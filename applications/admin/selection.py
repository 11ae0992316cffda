from django.contrib import admin, messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import (
    HistoryInline,
    IsSet,
    ModelAdmin,
    NoAdd,
    NoDelete,
    ReadOnly,
    ReasonForm,
    TabularInline,
    verb,
)
from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from applications.admin.oneself import NotAboutOneself
from applications.forms.selection import ComposeForm
from applications.models import Offer, OfferChange, Placement, Proposal
from applications.services import asked, groups, selection


class PlacementInline(ReadOnly, TabularInline):
    model = Placement
    fields = readonly_fields = ["community", "application", "person", "reason"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("community", "application__person")

    @admin.display(description=_("person"))
    def person(self, placement):
        return placement.application.person


@admin.register(Proposal)
class ProposalAdmin(NoDelete, ModelAdmin):
    desk = ("groups", 1)
    list_display = ["name", "cohort", "placed", "made_by", "created_at", "accepted_at"]
    list_filter = ["cohort", ("accepted_at", IsSet)]
    search_fields = ["name", "note"]
    search_help_text = _("A word of the name or the note")
    empty_words = _("A proposal says who would be in which group, before anybody is told.")
    list_select_related = ["cohort", "created_by"]
    fields = ["cohort", "name", "note", "made_by", "accepted_at"]
    verbs = ["compose", "accept"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(placed_count=Count("placements"))

    @admin.display(description=_("created by"), ordering="created_by__name")
    def made_by(self, proposal):
        return proposal.created_by

    def get_inlines(self, request, obj):
        return [PlacementInline] if obj else []

    def get_readonly_fields(self, request, obj=None):
        fixed = ["made_by", "accepted_at"]
        return [*fixed, "cohort", *(["name"] if obj.is_accepted else [])] if obj else fixed

    def get_urls(self):
        view = self.admin_site.admin_view(self.compose_view)
        return [
            path("<int:pk>/groups/", view, name="applications_proposal_compose"),
            *super().get_urls(),
        ]

    def save_model(self, request, proposal, form, change):
        if not change:
            proposal.created_by = request.user
        super().save_model(request, proposal, form, change)

    def response_add(self, request, proposal, post_url_continue=None):
        return redirect("admin:applications_proposal_compose", proposal.pk)

    @admin.display(description=_("people placed"), ordering="placed_count")
    def placed(self, proposal):
        return proposal.placed_count

    @verb(
        _("Compose groups"),
        when=lambda proposal: not proposal.is_accepted,
        is_next=lambda proposal: not proposal.placed_count,
    )
    def compose(self, request, proposal):
        return redirect("admin:applications_proposal_compose", proposal.pk)

    @verb(
        _("Accept the proposal"),
        danger=True,
        when=lambda proposal: not proposal.is_accepted,
        is_next=lambda proposal: proposal.placed_count,
        done=_("Accepted. The decisions wait to be released in the list of applications."),
    )
    def accept(self, request, proposal):
        groups.accept(proposal, by=request.user)

    def compose_view(self, request, pk):
        """Everybody who can be placed, one select each, and how the groups look."""
        proposal = get_object_or_404(self.get_queryset(request), pk=pk)
        if proposal.is_accepted:
            why = _t("This proposal is accepted: its groups can no longer be changed.")
            return refuse(request, why, self.record_url(proposal))
        cohort = proposal.cohort
        form = ComposeForm(
            request.POST or None,
            candidates=groups.compared(cohort),
            communities=cohort.communities.all(),
            placed=dict(proposal.placements.values_list("application", "community")),
        )
        if request.method == "POST" and form.is_valid():
            try:
                groups.place(proposal, form.chosen())
            except InvalidTransition as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _t("Saved."))
                return redirect("admin:applications_proposal_compose", proposal.pk)
        return render(
            request,
            "applications/admin_compose.html",
            {
                **self.admin_site.each_context(request),
                "title": _t("Compose groups"),
                "subtitle": str(proposal),
                "opts": self.opts,
                "record": proposal,
                "record_url": self.record_url(proposal),
                "cohort": cohort,
                "groups": groups.of(proposal),
                "form": form,
            },
        )


class OfferHistory(HistoryInline):
    model = OfferChange


@admin.register(Offer)
class OfferAdmin(NotAboutOneself, NoAdd, ModelAdmin):
    desk = ("groups", 2)
    view_on_site = False  # the page is the applicant's
    about = "application__person"
    list_display = ["application", "person", "community", "status", "answer_by", "answered_at"]
    list_filter = ["community__cohort", "status", "community"]
    tones = {"status": {Offer.Status.OPEN: "info", Offer.Status.ACCEPTED: "success"}}
    search_help_text = _("Reference, name or address of the applicant")
    empty_words = _("Offers are made when accepted groups are released.")
    list_select_related = ["application__person", "community", "deadline"]
    search_fields = ["application__reference", "application__name", "application__person__email"]
    fields = readonly_fields = [
        "application", "person", "community", "status", "made_at", "answer_by", "answered_at",
    ]  # fmt: skip
    inlines = [OfferHistory]
    verbs = ["send_again", "withdraw"]

    @verb(
        _("Send the offer again"),
        when=asked.may_send_offer,
        done=_("The letter is on its way to the applicant."),
    )
    def send_again(self, request, offer):
        asked.send_offer(offer, by=request.user)

    @admin.display(description=_("person"), ordering="application__person__name")
    def person(self, offer):
        return offer.application.person

    @admin.display(description=_("answer by"), ordering="deadline__starts_at")
    def answer_by(self, offer):
        return offer.deadline.local_on

    @verb(
        _("Withdraw the offer"),
        form=ReasonForm,
        danger=True,
        when=lambda offer: offer.status == Offer.Status.OPEN,
        done=_("The offer is withdrawn. No email goes out: please tell the applicant yourself."),
    )
    def withdraw(self, request, offer, facts):
        selection.withdraw_offer(offer, by=request.user, reason=facts["reason"])
