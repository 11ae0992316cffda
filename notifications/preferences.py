"""Where a person chooses which mail she gets: the links at the foot of what may be left out."""

from accounts import links
from accounts.models import User

PAGE = "notifications:my-mail"
STOP = "notifications:news-stop"
# A footer is used long after the mail was sent; the law asks for 60 days of an unsubscribe link.
LINK_DAYS = 400


def page_url(person: User) -> str:
    """Return the link to her page about mail, for the foot of what she may do without."""
    return links.url(person, PAGE, days=LINK_DAYS)


def stop_url(person: User) -> str:
    """Return the link that ends news: a page with a button, or one POST by a mail program."""
    return links.url(person, STOP, days=LINK_DAYS)
