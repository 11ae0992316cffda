"""Records with a life: one table of moves, one private method that moves, one row per move."""

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.privacy import Privacy


class InvalidTransition(Exception):
    """A record was asked for a status it can no longer reach."""


class Moves(models.Model):
    """A record with a life: NEXT says where it may go, ``changes`` keep where it went.

    The model has a ``status`` field, and its change table is a ``StatusChange``
    whose foreign key is named ``record`` with ``related_name="changes"``.
    """

    NEXT: dict[str, set[str]] = {}

    class Meta:
        abstract = True

    def can_move_to(self, status) -> bool:
        return status in self.NEXT.get(self.status, ())

    def _move_to(self, status, *, by, reason="", **facts):
        """Change the status, the facts that come with it and the record of it, or nothing.

        The old status is part of the WHERE clause: when two people decide at
        once, the second gets InvalidTransition instead of the last word.
        """
        old = self.status
        with transaction.atomic():
            unchanged = type(self).objects.filter(pk=self.pk, status=old)
            if not self.can_move_to(status) or not unchanged.update(status=status, **facts):
                raise InvalidTransition(_("This can no longer be changed that way."))
            self.changes.create(old=old, new=status, by=by, reason=reason)
        self.refresh_from_db(fields=["status", *facts])


class StatusChange(models.Model):
    """Who moved a record, when, from where to where, and why. Never edited."""

    old = models.CharField(gettext_lazy("from"), max_length=20)
    new = models.CharField(gettext_lazy("to"), max_length=20)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=gettext_lazy("by"),
    )
    reason = models.TextField(gettext_lazy("reason"), blank=True)
    at = models.DateTimeField(gettext_lazy("when"), auto_now_add=True)

    # Who decided, and staff's reasons, are not told in the product.
    privacy = Privacy(
        personal="old new by at",
        sensitive="reason",
        withheld="by reason",
        told_as={"old": "old_in_words", "new": "new_in_words"},
    )

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.old} → {self.new}"

    @property
    def old_in_words(self) -> str:
        return self._in_words(self.old)

    @property
    def new_in_words(self) -> str:
        return self._in_words(self.new)

    def _in_words(self, status) -> str:
        record = self._meta.get_field("record").related_model
        return str(dict(record._meta.get_field("status").flatchoices).get(status, status))
