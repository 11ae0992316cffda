"""Copying a call to next year: its address, its names and its first day are asked."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin_base import verb
from accounts.admin_base.fields import Day
from accounts.unasked import AsksOnly
from cops import copying
from cops.models import Cohort

A_YEAR = timedelta(weeks=52)


class CopyForm(AsksOnly, forms.ModelForm):
    """What tells the new call from the one that it begins as."""

    opens_on = forms.DateField(
        label=gettext_lazy("Applications open on"),
        help_text=gettext_lazy(
            "About: every date moves by as many whole weeks, and stays on its day of the week."
        ),
        widget=Day,
    )
    with_roles = forms.BooleanField(
        label=gettext_lazy("The same people review and interview"), required=False
    )

    field_order = ["name_en", "name_fr", "slug", "opens_on", "with_roles"]

    class Meta:
        model = Cohort
        fields = ["name_en", "name_fr", "slug"]
        help_texts = {"slug": gettext_lazy("The end of the page’s address.")}

    def __init__(self, data=None, *, cohort):
        self.copied = cohort
        opens_on = cohort.opens_at.astimezone(clock.ONTARIO).date() + A_YEAR
        super().__init__(data, initial={"opens_on": opens_on})

    def clean_opens_on(self):
        opens_on = self.cleaned_data["opens_on"]
        if copying.weeks_between(self.copied, opens_on) < 1:
            raise forms.ValidationError(_("The new call has to open after this one."))
        return opens_on


class CopiesCall:
    """For the ``ModelAdmin`` of a cohort."""

    def verb_form(self, request, cohort, method):
        if method.form is CopyForm:
            return CopyForm(request.POST or None, cohort=cohort)
        return super().verb_form(request, cohort, method)

    def consequence(self, cohort, method):
        if method.form is CopyForm:
            return _(
                "The texts, criteria, questions, webinars and email settings of this call are "
                "copied. Applications, groups and registrations stay here. Nobody sees the new "
                "call before you open it."
            )
        return super().consequence(cohort, method)

    @verb(gettext_lazy("Copy to next year"), form=CopyForm)
    def copy(self, request, cohort, facts):
        new = copying.copy(cohort, by=request.user, **facts)
        self.log_verb(request, cohort, self.copy)
        self.log_addition(request, new, [{"added": {}}])
        said = _(
            "Copied: this call opens on %(moment)s. The list below says what is still to mend."
        )
        messages.success(request, said % {"moment": clock.spoken(new.opens_at)})
        return redirect(self.record_url(new))
