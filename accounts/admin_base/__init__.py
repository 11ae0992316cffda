"""What all pages of the admin share."""

from accounts.admin_base.fields import NO_CHOICE, Day, Fields, RecordForm
from accounts.admin_base.limits import NoAdd, NoDelete, ReadOnly
from accounts.admin_base.pages import KEPT, IsSet, ModelAdmin
from accounts.admin_base.rows import HistoryInline, StackedInline, TabularInline
from accounts.admin_base.verbs import TOO_LATE, ReasonForm, always, verb

__all__ = [
    "KEPT", "NO_CHOICE", "TOO_LATE", "Day", "Fields", "HistoryInline", "IsSet", "ModelAdmin",
    "NoAdd", "NoDelete", "ReadOnly", "ReasonForm", "RecordForm", "StackedInline", "TabularInline",
    "always", "verb",
]  # fmt: skip
