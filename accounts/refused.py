"""A save in the admin that cannot be done comes back with all that was typed, and says why."""

from django.core.exceptions import ValidationError

from accounts.lifecycle import InvalidTransition


class RefusedForm:
    """Mixed into a form that is right by itself and still cannot be saved."""

    why = ""

    def clean(self):
        super().clean()
        raise ValidationError(self.why, code="refused")


def refused(form_class, why):
    return type(form_class)(form_class.__name__, (RefusedForm, form_class), {"why": why})


class KeepsWhatIsRefused:
    """For a ``ModelAdmin`` whose save calls a verb: ``InvalidTransition`` stands above the form."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        why = getattr(request, "refused", "")
        return refused(form, why) if why else form

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except InvalidTransition as error:
            request.refused = str(error)
        answer = super().changeform_view(request, *args, **kwargs)
        answer.status_code = 409
        return answer
