from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.lifecycle import InvalidTransition
from accounts.views import way_back
from meetings.models import ActionItem


@require_POST
def action_done(request, uuid):
    actions = ActionItem.objects.may_be_done_by(request.user).with_deadlines()
    action = get_object_or_404(actions, uuid=uuid)
    try:
        action.finish()
        messages.success(request, _("Done: %(item)s") % {"item": action.text})
    except InvalidTransition as error:
        messages.error(request, str(error))
    return redirect(way_back(request) or action.meeting)
