"""The frame: calls, focus areas, communities, webinars."""

from datetime import timedelta

from factory import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from cops.models import (
    AccessRequest,
    Anchor,
    Cohort,
    CohortRole,
    Community,
    Criterion,
    Extension,
    FocusArea,
    FocusAreaVersion,
    Membership,
    Program,
    Registration,
    Webinar,
)
from notifications.models import Kind, Role
from tests.factories.accounts import OrganizationFactory, PersonFactory
from tests.factories.moments import days
from tests.factories.notifications import EventFactory, deadline_factory


class ProgramFactory(DjangoModelFactory):
    class Meta:
        model = Program
        django_get_or_create = ["key"]

    key = Sequence("program-{}".format)
    name_en = Sequence("Program {}".format)
    name_fr = Sequence("Programme {}".format)


class CohortFactory(DjangoModelFactory):
    """A published call that is open: it opened ten days ago and closes in ten."""

    class Meta:
        model = Cohort
        skip_postgeneration_save = True

    slug = Sequence("cohort-{}".format)
    name_en = Sequence("Cohort {}".format)
    name_fr = Sequence("Cohorte {}".format)
    headline_en = "Join a Community of Practice"
    headline_fr = "Joignez une communauté de pratique"
    convenor = SubFactory(OrganizationFactory)
    opens_at = LazyFunction(lambda: days(-10))
    closes_at = LazyAttribute(lambda cohort: cohort.opens_at + timedelta(days=20))
    reviews_due_on = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=7))
    interviews_from = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=8))
    interviews_until = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=28))
    groups_on = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=35))
    meetings_from = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=40))
    meetings_until = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=200))
    publishing_until = LazyAttribute(lambda cohort: cohort.closes_at.date() + timedelta(days=230))
    published_at = SelfAttribute("opens_at")
    mailbox = "cops@firstwork.test"
    contact_name = "Robin Sample"


class ExtensionFactory(DjangoModelFactory):
    """The bare row; a test about what moves calls ``cops.deadline.extend`` instead."""

    class Meta:
        model = Extension

    cohort = SubFactory(CohortFactory)
    was_until = LazyAttribute(lambda extension: extension.until - timedelta(days=7))
    until = SelfAttribute("cohort.closes_at")


class CohortRoleFactory(DjangoModelFactory):
    class Meta:
        model = CohortRole

    cohort = SubFactory(CohortFactory)
    person = SubFactory(PersonFactory)
    role = CohortRole.Role.REVIEWER
    organization = SelfAttribute("person.organization")


def give_role(person, cohort, role):
    """Let ``person`` review or interview in ``cohort``, if she does not yet."""
    organization = person.organization or OrganizationFactory()
    CohortRole.objects.get_or_create(
        cohort=cohort, person=person, role=role, defaults={"organization": organization}
    )


class CriterionFactory(DjangoModelFactory):
    class Meta:
        model = Criterion

    cohort = SubFactory(CohortFactory)
    number = Sequence(lambda number: number + 1)
    text_en = "Eager to collaborate"
    text_fr = "Désir de collaborer"
    question_en = "How eager?"
    question_fr = "À quel point?"


class AnchorFactory(DjangoModelFactory):
    class Meta:
        model = Anchor

    criterion = SubFactory(CriterionFactory)
    value = 3
    sentence_en = "Somewhat"
    sentence_fr = "Assez"


class FocusAreaFactory(DjangoModelFactory):
    class Meta:
        model = FocusArea

    slug = Sequence("focus-{}".format)
    name_en = Sequence("Focus {}".format)
    name_fr = Sequence("Domaine {}".format)
    problem_en = "how to better support laid off workers"
    problem_fr = "comment mieux soutenir les personnes licenciées"


class FocusAreaVersionFactory(DjangoModelFactory):
    class Meta:
        model = FocusAreaVersion

    focus_area = SubFactory(FocusAreaFactory)
    cohort = SubFactory(CohortFactory)
    number = 1
    question_en = "How can practitioners help?"
    question_fr = "Comment aider?"


class CommunityFactory(DjangoModelFactory):
    class Meta:
        model = Community

    cohort = SubFactory(CohortFactory)
    focus_area = SubFactory(FocusAreaFactory)
    slug = Sequence("community-{}".format)
    name_en = Sequence("Community {}".format)
    name_fr = Sequence("Communauté {}".format)


class MembershipFactory(DjangoModelFactory):
    """The bare row; a test about invitations calls ``cops.services.join`` instead."""

    class Meta:
        model = Membership

    community = SubFactory(CommunityFactory)
    person = SubFactory(PersonFactory)
    role = Role.MEMBER
    organization = SelfAttribute("person.organization")


class WebinarFactory(DjangoModelFactory):
    class Meta:
        model = Webinar

    cohort = SubFactory(CohortFactory)
    event = SubFactory(
        EventFactory, kind=Kind.WEBINAR, minutes=60, series=SelfAttribute("..cohort.series"),
        title_en="Webinar", title_fr="Webinaire", join_link="https://meet.example/webinar",
    )  # fmt: skip
    slug = Sequence("webinar-{}".format)
    title_en = "About the Communities of Practice"
    title_fr = "Les communautés de pratique"


class RegistrationFactory(DjangoModelFactory):
    class Meta:
        model = Registration

    webinar = SubFactory(WebinarFactory)
    person = SubFactory(PersonFactory)
    name = SelfAttribute("person.name")


class AccessRequestFactory(DjangoModelFactory):
    """A bare row; a test about who owes the answer calls ``cops.access.ask`` instead."""

    class Meta:
        model = AccessRequest

    person = SubFactory(PersonFactory)
    words = "Captions, please"
    source = AccessRequest.Source.FORM
    language = "en"
    deadline = deadline_factory(Kind.ACCESS_DUE)
