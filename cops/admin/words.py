from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models

from accounts.admin_base import Fields


class Words:
    """Pages with a text in two languages: boxes low enough to see both at once."""

    formfield_overrides = {
        **Fields.formfield_overrides,
        models.TextField: {
            **Fields.formfield_overrides[models.TextField],
            "widget": AdminTextareaWidget(attrs={"rows": 4}),
        },
    }
