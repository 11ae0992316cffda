"""Nobody reads at the desk what was written about herself."""


class NotAboutOneself:
    """Leaves out, from lists, pages, search and actions alike, what is about whoever asks."""

    about = "person"

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(**{self.about: request.user})
