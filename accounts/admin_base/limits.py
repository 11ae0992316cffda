class NoDelete:
    """For records with a life: they end by a verb, never by deletion."""

    def has_delete_permission(self, request, obj=None):
        return False


class NoAdd(NoDelete):
    """For records that come from an act on another page."""

    def has_add_permission(self, request, obj=None):
        return False


class ReadOnly(NoAdd):
    """For history: seen, never written by hand."""

    def has_change_permission(self, request, obj=None):
        return False
