from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from cops.models import Cohort, Community, FocusArea, Webinar


class PublicPages(Sitemap):
    """The pages of this app that anybody may read, in both languages."""

    i18n = True
    alternates = True

    def items(self):
        published = Cohort.objects.published()
        return [
            None,
            *published.order_by("pk"),
            *FocusArea.objects.filter(versions__cohort__in=published).distinct(),
            *Community.objects.public().order_by("pk"),
            *Webinar.objects.filter(cohort__in=published).order_by("pk"),
        ]

    def location(self, item):
        return item.get_absolute_url() if item else reverse("cops:home")
