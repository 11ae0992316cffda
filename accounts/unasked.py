"""What is sent to a form that does not ask for it: taken no notice of, and counted.

    class SectionForm(AsksOnly, forms.Form):
        model = Application

A browser sends the fields that its form shows. Whoever adds another fact of the same
record by its name, its status or whose it is, tries a door. The log ``security`` names
those facts once per request, and never what was to stand in them. Names that are no
fact of the record, as robots and scripts add them, make no noise.
"""

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

log = logging.getLogger("security")

_heard: ContextVar[set[str] | None] = ContextVar("unasked", default=None)


class AsksOnly:
    """Mixed into a form about a record of ``model``; a ``ModelForm`` says which by itself."""

    def full_clean(self):
        super().full_clean()
        heard = _heard.get()
        if self.is_bound and heard is not None:
            sent = set(self.data)
            facts = facts_of(self._meta.model if hasattr(self, "_meta") else self.model)
            # What it asks of others is no attack: she may have signed in since the page was made.
            heard |= {
                name
                for name in facts.difference(self.fields, self.base_fields)
                if self.add_prefix(name) in sent
            }


@cache
def facts_of(model) -> frozenset[str]:
    """Return every name under which a form could write a fact of a record of ``model``."""
    fields = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return frozenset(name for field in fields for name in (field.name, field.attname))


@contextmanager
def counted(request):
    """Log, when the block ends, what was sent with ``request`` to forms that do not ask for it."""
    heard = set()
    token = _heard.set(heard)
    try:
        yield
    finally:
        _heard.reset(token)
        if heard:
            match = request.resolver_match
            log.warning(
                "unasked fields: route=%s person=%s fields=%s",
                match.view_name if match else "",
                request.user.pk or "anonymous",
                ",".join(sorted(heard)),
            )
