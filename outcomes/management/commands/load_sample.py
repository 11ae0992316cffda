import time

from django.core.management.base import BaseCommand
from django.db import transaction

from cops.models import Cohort
from outcomes.sample import rounds
from outcomes.sample.people import People


class Command(BaseCommand):
    help = "Sample data: a finished round, one that meets now and one that is open. Runs once."

    @transaction.atomic
    def handle(self, **options):
        if Cohort.objects.filter(is_sample=True).exists():
            self.stdout.write("The sample data is there already.")
            return
        began = time.monotonic()
        people = People()
        people.make_sample_people()
        staff = people.one("staff@sample.example")
        self.stdout.write("Seven sample people to sign in as.")
        for make in (rounds.finished, rounds.meeting_now, rounds.open_now):
            this = make(people, staff)
            self.stdout.write(
                f"{this.cohort.name_en}: {this.cohort.applications.count()} applications, "
                f"{this.webinar.registrations.count()} registered for the webinar."
            )
        self.stdout.write(f"Loaded in {time.monotonic() - began:.0f} s.")
