"""Turn every .po file into the .mo file that is read at run time."""

from django.core.management.base import BaseCommand

from accounts import catalogues


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        for catalogue in catalogues.all_catalogues():
            if catalogue.path.exists():
                catalogue.compile()
                self.stdout.write(f"{catalogue.name}: compiled")
        catalogues.compile_file(catalogues.in_our_english())
        self.stdout.write("our English: compiled")
