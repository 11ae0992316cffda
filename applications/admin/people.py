"""What an applicant is found by besides her own record: her reference, and what she typed."""

from django.db.models import Q

from accounts import people, search
from applications import desk
from applications.models import Application


@people.found_by
def by_application(text, viewer) -> Q:
    """Those who have applied under this reference, or wrote this name, number or town.

    Nothing that is concealed from ``viewer`` helps to find anybody.
    """
    number = search.phone_pattern(text)
    typed = (
        Q(phone__regex=number)
        if number
        else Q(reference__iexact=text.strip())
        | search.every_word(text, "name", "organization_name", "town")
    )
    told = Application.objects.filter(typed).exclude(pk__in=desk.concealed_from(viewer))
    return Q(pk__in=told.values("person"))
