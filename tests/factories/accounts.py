"""People, organizations and regions."""

import factory
from allauth.account.models import EmailAddress
from factory import Sequence, SubFactory
from factory.django import DjangoModelFactory

from accounts.models import Organization, Region, User


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ["key"]

    key = Sequence("region-{}".format)
    name_en = Sequence("Region {}".format)
    name_fr = Sequence("Région {}".format)


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name_en = Sequence("Agency {}".format)
    name_fr = Sequence("Agence {}".format)


class PersonFactory(DjangoModelFactory):
    """A person with a verified address; ``verified=False`` makes it unverified."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = Sequence("person@workplace-{}.test".format)
    name = Sequence("Person {}".format)
    organization = SubFactory(OrganizationFactory)

    @factory.post_generation
    def verified(self, create, extracted, **kwargs):
        if create:
            EmailAddress.objects.create(
                user=self, email=self.email, primary=True, verified=extracted is not False
            )


class StaffFactory(PersonFactory):
    email = Sequence("staff{}@firstwork.test".format)
    is_staff = True
