from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.lifecycle import InvalidTransition
from accounts.typed import refuse
from accounts.views import way_back
from meetings.models import ActionItem


@require_POST
def action_done(request, uuid):
    actions = ActionItem.objects.may_be_done_by(request.user).with_deadlines()
    action = get_object_or_404(actions, uuid=uuid)
    led_to = way_back(request) or action.meeting
    try:
        action.finish()
    except InvalidTransition as error:
        return refuse(request, str(error), led_to)
    messages.success(request, _("Done: %(item)s") % {"item": action.text})
    return redirect(led_to)
