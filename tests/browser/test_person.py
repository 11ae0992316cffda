"""The eyes of the walk see what they are there for."""

import pytest

from tests.browser.person import Way

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

POOR_PAGE = """<!doctype html>
<html lang="en"><head><title>Poor</title></head><body>
<main><h1>Poor</h1><img src="/missing.png"><p>We send a code to your email address. You need no
password.</p><table width="3000"><tr><td>wide</td></tr></table></main>
<script>throw new Error("broken")</script></body></html>"""


def test_a_poor_page_is_complained_about(site):
    reader = site.person("reader@elsewhere.test", "A reader", Way("fr-320", "fr", 320))
    reader.page.route(
        "**/poor/",
        lambda route: route.fulfill(status=418, body=POOR_PAGE, content_type="text/html"),
    )

    reader.open("/poor/")

    complaints, site.problems = "\n".join(site.problems), []
    for what in (
        "answered 418",
        "speaks 'en'",
        "scrolls sideways",
        "says in English: 'We send a code to your email address. You need no password.'",
        "axe image-alt",
        "error in the page: broken",
        "console error",
    ):
        assert f"fr-320, A reader, /poor/: {what}" in complaints
