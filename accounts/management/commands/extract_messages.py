"""Collect the texts to translate into one catalogue per app and one for the rest."""

from django.core.management.base import BaseCommand

from accounts import catalogues


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        for catalogue in catalogues.all_catalogues():
            changed = catalogue.update()
            left = len(catalogue.unfinished())
            state = "written" if changed else "unchanged"
            self.stdout.write(f"{catalogue.name}: {state}, {left} to translate")
