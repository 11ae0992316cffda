import time

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import office
from cops.models import Cohort
from outcomes.sample import needs, rounds
from outcomes.sample.crowd import Crowd
from outcomes.sample.people import People

OUR_APPS = ("accounts", "notifications", "cops", "applications", "meetings", "outcomes")


class Command(BaseCommand):
    help = "Sample data: a finished round, one that meets now and one that is open. Runs once."

    def add_arguments(self, parser):
        parser.add_argument(
            "--scale",
            type=int,
            default=1,
            metavar="N",
            help="About N times as much of everything, the same at every run.",
        )

    @transaction.atomic
    def handle(self, *, scale=1, **options):
        if scale < 1:
            raise CommandError("The scale is 1 or more.")
        if Cohort.objects.filter(is_sample=True).exists():
            self.stdout.write("The sample data is there already.")
            return
        began = time.monotonic()
        people = People()
        people.make_sample_people()
        staff = people.one("staff@sample.example")
        self.stdout.write("Seven sample people to sign in as.")
        office.write(
            convenor=people.organization("First Work"),
            postal_address="100 Sample Street, Suite 1\nToronto, Ontario  M5V 0A0",
            phone="416 555-0100",
        )
        made = []
        for make in (rounds.finished, rounds.meeting_now, rounds.open_now):
            this = make(people, staff)
            made.append(this)
            self.stdout.write(
                f"{this.cohort.name_en}: {this.cohort.applications.count()} applications, "
                f"{this.webinar.registrations.count()} registered for the webinar."
            )
        if scale > 1:
            self._crowd(people, staff, scale, *made[1:])
        needs.load(staff)
        self.stdout.write(f"Loaded in {time.monotonic() - began:.0f} s.")

    def _crowd(self, people, staff, scale, meeting, opened):
        """Load the rest of ``scale``, and say how many rows there are of each model."""
        cohort = None
        for this in Crowd(people, staff, scale).fill(meeting, opened):
            if this.cohort != cohort:
                cohort = this.cohort
                self.stdout.write(f"{cohort.name_en} …")
        for app in OUR_APPS:
            for model in apps.get_app_config(app).get_models():
                self.stdout.write(f"{model._base_manager.count():>9,}  {model._meta.label}")
