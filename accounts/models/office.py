from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.organization import Organization
from accounts.phones import check_phone
from accounts.privacy import Privacy


class Office(models.Model):
    """Who runs the site: what mail is signed with and every page's foot shows. One row.

    What is empty here, the environment says; read it by ``accounts.office.current``.
    """

    name = models.CharField(_("name of your organization"), max_length=200)
    convenor = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who convenes the calls"),
    )
    postal_address = models.TextField(_("postal address"), max_length=500, blank=True)
    mailbox = models.EmailField(_("mailbox that a person reads"))
    phone = models.CharField(_("phone"), max_length=40, blank=True, validators=[check_phone])
    mail_arrived_at = models.DateTimeField(_("test email arrived"), null=True, editable=False)

    privacy = Privacy(
        person_path=None,
        because="The organization that runs the site.",
        public="name convenor postal_address mailbox phone",
        internal="mail_arrived_at",
    )

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_office")]

    def __str__(self):
        return self.name
