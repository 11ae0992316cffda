"""Organizations and people of the sample data."""

import re
from datetime import datetime
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Organization, Region, User, Zone
from applications.models import CONSENTS
from notifications.models import Consent
from outcomes.models.search import folded
from outcomes.sample import rows
from outcomes.sample.chance import Deck
from outcomes.sample.texts import read

# name, organization, town, language; the addresses are those of accounts.sample_people
SAMPLE_PEOPLE = {
    "staff@sample.example": ("Dana Whitfield", "First Work", "Toronto", "en"),
    "reviewer@sample.example": ("Olivier Gagnon", "First Work", "Ottawa", "en"),
    "interviewer@sample.example": ("Rosa Menendez", "Purpose Co.", "Toronto", "en"),
    "facilitator@sample.example": ("Thandiwe Maseko", "First Work", "Toronto", "en"),
    "cofacilitator@sample.example": ("Graham Ellsworth", "Purpose Co.", "Toronto", "en"),
    "member@sample.example": (
        "Jolene Kakegamic", "Lake of the Woods Job Centre", "Sioux Lookout", "en",
    ),
    "applicant@sample.example": ("Sofia Petrovic", "Bluewater Span Employment", "Sarnia", "en"),
}  # fmt: skip

# Letters and digits of references: none is mistaken for another, read over the phone.
LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", folded(text)).strip("-")


class People:
    """Finds or makes the organizations and people that the texts name."""

    def __init__(self):
        facts = read("people")
        self.roles, self.zones = facts["roles"], facts["zones"]
        self.home_addresses = facts["home_addresses"]
        self.phones = Deck(Random("phones"))
        self.organizations = {each.name_en: each for each in Organization.objects.all()}
        new = rows.insert(
            Organization(
                name_en=name,
                name_fr=name_fr,
                size=size,
                mail_domain=f"{slug(name)}.example",
            )
            for name, (name_fr, size) in facts["organizations"].items()
            if name not in self.organizations
        )
        self.know(new)
        self._region_of_place = {
            place: region for region in Region.objects.all() for place in region.places
        }
        self._by_email = {}
        self._references = set()
        self._agreed = set()

    def know(self, organizations) -> None:
        self.organizations |= {each.name_en: each for each in organizations}

    @property
    def towns(self) -> list[str]:
        return list(self._region_of_place)

    def organization(self, name: str) -> Organization:
        return self.organizations[name]

    def region(self, town: str) -> Region:
        return self._region_of_place[town]

    def job(self, role: str, language: str) -> str:
        english, french = self.roles[role]
        return french if language == "fr" else english

    def address(self, name: str, organization: str) -> str:
        for email, (sample_name, *_rest) in SAMPLE_PEOPLE.items():
            if sample_name == name:
                return email
        if name in self.home_addresses:
            return self.home_addresses[name]
        local = slug(name).replace("-", ".")
        return f"{local}@{self.organization(organization).mail_domain}"

    def make_sample_people(self) -> None:
        """Make the seven people whom anyone may be in the demo."""
        self.make(SAMPLE_PEOPLE.values(), since=timezone.now())
        User.objects.filter(email="staff@sample.example").update(is_staff=True)

    def make(self, wanted, *, since: datetime) -> list[User]:
        """Return one person per (name, organization, town, language), made where missing."""
        wanted = list(wanted)
        emails = [self.address(name, organization) for name, organization, *_rest in wanted]
        self._by_email |= {
            person.email: person
            for person in User.objects.filter(email__in=set(emails) - set(self._by_email))
        }
        fresh = {
            email: User(
                email=email,
                password=make_password(None),
                name=name,
                language=language,
                organization=self.organization(organization),
                region=self.region(town) if town else None,
                time_zone=self.zones.get(town, Zone.TORONTO),
                joined_at=since,
            )
            for email, (name, organization, town, language) in zip(emails, wanted, strict=True)
            if email not in self._by_email
        }
        rows.insert(fresh.values())
        rows.insert(
            EmailAddress(user=person, email=email, primary=True, verified=True)
            for email, person in fresh.items()
        )
        self._by_email |= fresh
        return [self._by_email[email] for email in emails]

    def one(self, email: str) -> User:
        return self._by_email[email]

    def forget(self) -> None:
        """Let go of the people made so far: whoever is wanted again is looked up."""
        self._by_email.clear()

    def reference(self, rng) -> str:
        """Draw a reference that no other application of the sample has."""
        while (drawn := "".join(rng.choices(LETTERS, k=6))) in self._references:
            pass
        self._references.add(drawn)
        return drawn

    def agree(self, pile, person, purpose, *, wording: str, source: str, when: datetime) -> None:
        """Note what ``person`` agreed to, the first time she did."""
        if (person.pk, purpose) not in self._agreed:
            self._agreed.add((person.pk, purpose))
            pile.add(
                [
                    Consent(
                        person=person,
                        purpose=purpose,
                        wording=wording,
                        language=person.language,
                        source=source,
                        given_at=when,
                    )
                ]
            )


def wording(purpose, language: str) -> str:
    """Return what somebody who reads ``language`` agrees to."""
    with override(language):
        return str(CONSENTS[purpose])
