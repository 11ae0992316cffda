"""What the tests of requests for access ask, type and read."""

from applications.models import Status
from cops import access
from cops.models import AccessRequest
from notifications.models import Message
from tests.factories import ApplicationFactory, PersonFactory

State, Wish, Source = AccessRequest.Status, AccessRequest.Kind, AccessRequest.Source

TYPED = {
    "kind": "format",
    "words": "Large print, please",
    "about": "The call of 2021",
    "name": "Noor Example",
    "email": "noor@agency.test",
}


def page(response):
    return response.content.decode()


def owing(request):
    return set(request.deadline.invitees.current().values_list("person__email", flat=True))


def mails(kind):
    return list(
        Message.objects.filter(kind=kind).order_by("pk").values_list("recipient__email", flat=True)
    )


def ask(person=None, **facts):
    return access.ask(person or PersonFactory(), "Captions", source=Source.OWN_PAGE, **facts)


def reviewed(**facts):
    return ApplicationFactory(
        status=Status.SUBMITTED, access_needs="Large print", agrees_to_use=True, **facts
    )


def outcomes_of(results):
    return sorted("refused" if isinstance(r, Exception) else "done" for r in results)
