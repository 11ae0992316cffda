"""What search engines may find: the public pages of every app that has some."""

from django.contrib.sitemaps import Sitemap

from cops.sitemaps import PublicPages
from outcomes.models import Outcome


class Outcomes(Sitemap):
    i18n = True
    alternates = True

    def items(self):
        return Outcome.objects.published().order_by("pk")


SITEMAPS = {"cops": PublicPages, "outcomes": Outcomes}
