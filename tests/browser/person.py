"""People in front of a browser, and what every page owes them."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import polib
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core import mail as letters
from django.test import Client
from django.utils import translation
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext
from icalendar import Calendar
from playwright.sync_api import expect

from notifications import sender
from notifications.models import Message

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NAMED = ("link", "button")
SECONDS = 1000


@cache
def english_sentences():
    """Return the texts of our catalogues that a French page must not show, longest first."""
    sentences = set()
    for path in Path(settings.BASE_DIR).glob("**/locale/fr/LC_MESSAGES/django.po"):
        if ".venv" in path.parts:
            continue
        for entry in polib.pofile(path).translated_entries():
            is_plain = "%" not in entry.msgid and "<" not in entry.msgid
            if is_plain and len(entry.msgid.split()) > 2 and entry.msgid != entry.msgstr:
                sentences.add(" ".join(entry.msgid.split()))
    return sorted(sentences, key=len, reverse=True)


@dataclass(frozen=True)
class Way:
    """How one sits in front of the site."""

    name: str
    language: str = "en"
    width: int = 1280
    javascript: bool = True
    scheme: str = "light"

    def __str__(self):
        return self.name

    @property
    def home(self):
        return "/" if self.language == "en" else f"/{self.language}/"


@dataclass
class Letter:
    """A mail as its reader has it."""

    subject: str
    text: str
    links: dict
    calendar: Calendar | None

    @classmethod
    def of(cls, mail):
        html = next(part.content for part in mail.alternatives if part.mimetype == "text/html")
        found = re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', html, re.DOTALL)
        texts = [part.content for part in mail.alternatives if "text/calendar" in part.mimetype]
        return cls(
            subject=mail.subject,
            text=mail.body,
            links={" ".join(words.split()): _unescape(url) for url, words in found},
            calendar=Calendar.from_ical(texts[0]) if texts else None,
        )

    @property
    def events(self):
        """The calendar file's entries as (summary, start)."""
        entries = self.calendar.walk("VEVENT") if self.calendar else []
        return [(str(entry["SUMMARY"]), entry["DTSTART"].dt) for entry in entries]


def _unescape(url):
    return url.replace("&amp;", "&")


@dataclass
class Person:
    """Somebody with a browser of her own: ``record`` is her row, once she has one."""

    site: object
    way: Way
    email: str
    name: str = ""
    fresh: bool = field(default=False, init=False)
    status: int = field(default=0, init=False)

    def __post_init__(self):
        self.context = self.site.browser.new_context(
            base_url=self.site.url,
            viewport={"width": self.way.width, "height": 900},
            locale="fr-CA" if self.way.language == "fr" else "en-CA",
            color_scheme=self.way.scheme,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(20 * SECONDS)
        self.page = self.context.new_page()
        self.devtools = self.context.new_cdp_session(self.page)
        self.let_scripts_run(self.way.javascript)
        self.page.on("console", self._hears)
        self.page.on("pageerror", lambda error: self.complain(f"error in the page: {error}"))
        self.page.on("response", self._receives)

    @property
    def who(self):
        return self.name or self.email

    def words(self, text, **facts):
        """Return ``text``, an English msgid, as this person's pages say it.

        A field's own name is written small, and large on a page.
        """
        with translation.override(self.way.language):
            words = gettext(text)
            if words == text:
                words = capfirst(gettext(text[:1].lower() + text[1:]))
            return words % facts if facts else words

    # What she does

    def open(self, path):
        self.page.goto(path)
        return self.arrives()

    def click(self, text, *, within=None, **facts):
        """Press the first link or button of this name, and arrive at the next page."""
        return self.click_words(self.words(text, **facts), within=within)

    def click_words(self, words, *, within=None):
        """Press what is named by data, so that there is nothing to translate."""
        return self.press(self._named(words, within))

    def press(self, place):
        with self.page.expect_navigation():
            place.click()
        return self.arrives()

    def fill(self, label, text, **facts):
        self._field(label, facts).fill(text)

    def select(self, label, option, **facts):
        self._field(label, facts).select_option(label=option)

    def choose(self, label, *, group=None, **facts):
        """Tick a box or pick a choice, in the group of this legend if one is named."""
        place = self.page
        if group:
            place = self.page.get_by_role("group", name=self.words(group, **facts)).first
            place = place.or_(
                self.page.get_by_role("radiogroup", name=self.words(group, **facts)).first
            ).first
        self._labelled(place, self.words(label, **facts)).check()

    def words_of(self, record, name):
        """Return a bilingual text of ``record`` in this person's language."""
        with translation.override(self.way.language):
            return getattr(record, name)

    def name_of(self, record):
        with translation.override(self.way.language):
            return str(record)

    def choose_words(self, words):
        """Tick what is labelled by data."""
        self._labelled(self.page, words).check()

    def sees(self, text, **facts):
        self.sees_words(self.words(text, **facts))

    def sees_words(self, words):
        expect(self.page.locator("body")).to_contain_text(words, ignore_case=False)

    def does_not_see(self, words):
        expect(self.page.locator("body")).not_to_contain_text(words)

    # Her mailbox

    def reads_mail(self, kind):
        """Return the newest mail of this kind to her, after the sender has done its round."""
        sender.deliver_due()
        row = (
            Message.objects.filter(kind=kind, recipient__email__iexact=self.email)
            .order_by("-created_at", "-pk")
            .first()
        )
        assert row, f"{self.who}: no mail {kind} was written"
        assert row.state == Message.State.SENT, f"{self.who}: {kind} is {row.state}: {row.reason}"
        [mail] = [
            sent for sent in letters.outbox if sent.extra_headers["Message-ID"] == row.message_id
        ]
        assert mail.extra_headers["Content-Language"] == self.way.language
        return Letter.of(mail)

    def follow(self, letter, label, **facts):
        """Open the link of this name from a mail."""
        words = self.words(label, **facts)
        assert words in letter.links, f"{self.who}: no link {words!r} in {sorted(letter.links)}"
        return self.open(letter.links[words])

    def lets_the_letters_go(self):
        """Release the drafts that the page shows, and do not wait for the ten minutes."""
        self.press(self.page.locator("button[name=act][value=release]"))
        self.press(self.page.locator("button[name=act][value=send-now]"))

    # Her session

    def sign_in(self):
        """Sign in by a mailed code, from the start page; who is known there leaves first."""
        self.open(self.way.home)
        if self.page.get_by_role("button", name=self.words("Sign out"), exact=True).count():
            self.click("Sign out")
            self.open(self.way.home)
        self.click("Sign in")
        self.page.locator("input[name=login], input[name=email]").first.fill(self.email)
        self.click("Send me a code")
        letter = self.reads_mail("sign-in-code")
        code = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]+)?)\s*$", letter.text, re.MULTILINE)
        self.page.locator("input[name=code]").fill(code.group(1))
        return self.click("Go on")

    def take_session(self, sign_in, record):
        """Get the session that the sign-in pages would have made for ``record``."""
        client = Client()
        sign_in(client, record)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": self.site.url, "httpOnly": True}]
        )

    # What every page owes her

    def let_scripts_run(self, allowed):
        self.devtools.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def complain(self, what):
        path = urlsplit(self.page.url).path
        self.site.problems.append(f"{self.way}, {self.who}, {path}: {what}")

    def _hears(self, message):
        if message.type in ("error", "warning"):
            self.complain(f"console {message.type}: {message.text}")

    def _receives(self, response):
        request = response.request
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.fresh, self.status = True, response.status

    def arrives(self):
        """Look at the page if it is a new one; return its <main>."""
        if self.fresh:
            self.fresh = False
            self._judge()
        return self.page.locator("main")

    def _judge(self):
        page = self.page
        if self.status >= 400:
            self.complain(f"answered {self.status}: {page.title()}")
        lang, over = page.evaluate(
            "[document.documentElement.lang,"
            " document.scrollingElement.scrollWidth - document.documentElement.clientWidth]"
        )
        if not lang.startswith(self.way.language):
            self.complain(f"speaks {lang!r}")
        if over > 0:
            self.complain(f"scrolls sideways by {over} pixels at {self.way.width}")
        if self.way.language != "en":
            self._look_for_english()
        seen = f"{self.way} {page.title()} {self._what_is_shown()}"
        if seen not in self.site.judged:
            self.site.judged.add(seen)
            self._measure()
        self.site.shoot(self)

    def _what_is_shown(self):
        """Return the markup of the page but for its frame and its tokens."""
        shown = self.page.evaluate("(document.querySelector('main') || document.body).innerHTML")
        return re.sub(r'value="[A-Za-z0-9]{64}"', "", shown)

    def _look_for_english(self):
        text = self.page.evaluate(
            "Array.from(document.querySelectorAll('body'), body => {"
            " const copy = body.cloneNode(true);"
            " copy.querySelectorAll('[lang|=en], script, textarea').forEach(e => e.remove());"
            " return copy.textContent; })[0]"
        )
        text = " ".join(text.split())
        for sentence in english_sentences():
            if sentence in text:
                self.complain(f"says in English: {sentence!r}")
                text = text.replace(sentence, "")

    def _measure(self):
        self.let_scripts_run(True)
        options = {
            "resultTypes": ["violations"],
            "preload": False,  # it would add style sheets to the page
            "runOnly": AXE_TAGS,
        }
        found = Axe().run(self.page, options=options).response["violations"]
        self.let_scripts_run(self.way.javascript)
        for rule in found:
            for node in rule["nodes"][:3]:
                where = " ".join(map(str, node["target"]))
                what = " ".join(node["failureSummary"].split())
                self.complain(f"axe {rule['id']} ({rule['impact']}) at {where}: {what[:240]}")

    # How things are found

    def _named(self, words, within):
        place = self.page.locator(within) if within else self.page
        exact = [place.get_by_role(role, name=words, exact=True) for role in NAMED]
        loose = [place.get_by_role(role, name=words) for role in NAMED]
        for found in (exact[0].or_(exact[1]), loose[0].or_(loose[1])):
            if found.count():
                return found.first
        path = urlsplit(self.page.url).path
        raise AssertionError(f"{self.way}, {self.who}, {path}: nothing to press named {words!r}")

    def _field(self, label, facts):
        return self._labelled(self.page, self.words(label, **facts))

    def _labelled(self, place, words):
        for exact in (True, False):
            found = place.get_by_label(words, exact=exact)
            if found.count():
                return found.first
        path = urlsplit(self.page.url).path
        raise AssertionError(f"{self.way}, {self.who}, {path}: no field labelled {words!r}")

    def screenshot(self, path):
        self.page.screenshot(path=path, full_page=True)

    def title_slug(self):
        return slugify(self.page.title().rsplit(" – ", 1)[0])[:40] or "page"
