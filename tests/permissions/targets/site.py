"""The frame of the site: links, and pages that are not ours."""

from accounts import links
from tests.permissions.targets.aim import Aim


def mail_link(world, person, own):
    return Aim([token_of(links.url(world.stranger, "accounts:me"))])


def sign_in_link(world, person, own):
    return Aim([token_of(links.sign_in_url(world.stranger))])


def token_of(url):
    return url.rstrip("/").rpartition("/")[2]


def no_letter(world, person, own):
    return Aim(["none.log", 0])


def no_part(world, person, own):
    return Aim(["none.log", 0, 0])


def rest(world, person, own):
    return Aim(["change/"])


def authenticator(world, person, own):
    return Aim([1])
