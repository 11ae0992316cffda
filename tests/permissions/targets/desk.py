"""What staff do at the desk with people, mail and settings."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from notifications import mails, rewording
from notifications.models import Message
from tests.factories import BounceFactory, MailTemplateFactory
from tests.permissions.targets.aim import Aim
from tests.permissions.targets.pages import from_desk

WORDS = "event-cancelled"


def app_label(world, person, own):
    return Aim(["cops"])


def autocomplete(world, person, own):
    asks = "app_label=cops&model_name=cohort&field_name=convenor&term=a"
    return Aim([], query=asks)


def on_site(world, person, own):
    return Aim([ContentType.objects.get_for_model(world.call).pk, world.call.pk])


def another_day(world, person, own):
    return Aim([], {"day": "2021-02-01"})


def promotion(world, person, own):
    typed = from_desk(world, "accounts_user", world.stranger, column="Sup").data
    return Aim([world.stranger.pk], typed | {"is_staff": "on", "is_superuser": "on"})


def mail_to_cancel(world, person, own):
    return Aim([world.link_mail.pk, "cancel"])


def mail_to_send_again(world, person, own):
    Message.objects.filter(pk=world.link_mail.pk).update(state=Message.State.SENT)
    return Aim([world.link_mail.pk, "send_again"])


def bounce_to_settle(world, person, own):
    return Aim([BounceFactory(person=world.stranger).pk, "settle"])


def mail_to_release(world, person, own):
    Message.objects.filter(pk=world.link_mail.pk).update(state=Message.State.DRAFT)
    return Aim([world.link_mail.pk, "release"])


def mail_to_take_back(world, person, own):
    Message.objects.filter(pk=world.link_mail.pk).update(released_at=timezone.now())
    return Aim([world.link_mail.pk, "recall"])


def mail_to_hurry(world, person, own):
    later = timezone.now() + timedelta(minutes=9)
    Message.objects.filter(pk=world.link_mail.pk).update(
        released_at=timezone.now(), not_before=later
    )
    return Aim([world.link_mail.pk, "send_now"])


def words_to_write(world, person, own):
    return Aim([WORDS])


def words_written(world, person, own):
    words = vars(rewording.built_in(mails.kind(WORDS)))
    return Aim([WORDS], {**words, "read": "0", "act": "save"})


def words_to_bring_back(world, person, own):
    return Aim([MailTemplateFactory(is_on=False).pk, "bring_back"])


def words_to_give_up(world, person, own):
    return Aim([MailTemplateFactory().pk, "give_up"])


def mail_with_a_code(world, person, own):
    return Aim([world.code_mail.pk])


def mail_with_a_link(world, person, own):
    return Aim([world.link_mail.pk])


def history(world, person, own):
    return Aim([world.call.pk])
