"""A draft, of somebody who signed in or of a browser that started it."""

import pytest

from applications.models import Application
from tests.applications.applying import complete
from tests.factories import (
    ApplicationFactory,
    CohortFactory,
    FocusAreaVersionFactory,
)


@pytest.fixture
def draft(client, sign_in):
    """A draft of somebody who is signed in, in a call with three focus areas."""
    application = ApplicationFactory(mail_language="en", organization=None, organization_name="")
    FocusAreaVersionFactory.create_batch(3, cohort=application.cohort)
    sign_in(client, application.person)
    return application


@pytest.fixture
def started(client):
    """A draft that a browser started by typing an address, complete."""
    cohort = CohortFactory()
    FocusAreaVersionFactory(cohort=cohort)
    client.post(f"/apply/{cohort.slug}/start/", {"name": "Priya", "email": "priya@kenora.test"})
    return complete(Application.objects.get())
