"""What is visited, against which page of the floor, and how much it may cost.

``must`` and ``aim`` are multiples of what the floor's page costs in the same run.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    name: str
    floor: str
    must: float | None
    aim: float | None
    queries: int
    growth: float | None = None

    @property
    def crowded(self) -> bool:
        """Whether thousands may come at once: what strangers open, and the form."""
        return self.growth == PUBLIC and self.floor != "admin"

    @property
    def place(self) -> str:
        """Under which name ``places`` tells where it is."""
        return self.name.removesuffix(ANEW)

    @property
    def question(self) -> str:
        """What is added to the address: one with a question is never answered from memory."""
        return "?anew" if self.name.endswith(ANEW) else ""


ANEW = ", made anew"
# How much dearer a page of the same length may be with 100 times the rows; a longer page may
# cost more in proportion, up to three times the length: what is longer still has no bounds.
PUBLIC, STAFF, LONGER = 1.15, 1.5, 3

# The floor's pages by what they are like: address, and a text of a good answer.
FLOOR = {
    "bare": ("/", "The floor."),
    "db": ("/one/", "Sample 0"),
    "list": ("/list/", "Sample 24"),
    "form": ("/form/", "id_website"),
    "admin": ("/admin/", "Entrys"),
    "changelist": ("/admin/floor/entry/", "result_list"),
    "csv": ("/table.csv?rows={published}", "Sample 0"),
}

PAGES = [
    Page("home", "db", 4, 2, 5, PUBLIC),
    Page("cohort", "db", 5, 3, 5, PUBLIC),
    Page("focus area", "db", 5, 3, 5, PUBLIC),
    Page("webinar", "db", 5, 3, 5, PUBLIC),
    Page("library", "list", 5, 3, 5, PUBLIC),
    Page("outcome", "db", 5, 3, 5, PUBLIC),
    # The same for the first stranger of every ten seconds (accounts.kept): how often it is asked
    # for does not change what PostgreSQL has to do, so queries and growth are judged here too.
    Page("home, made anew", "db", None, None, 5, PUBLIC),
    Page("cohort, made anew", "db", None, None, 5, PUBLIC),
    Page("focus area, made anew", "db", None, None, 5, PUBLIC),
    Page("library, made anew", "list", None, None, 5, PUBLIC),
    Page("outcome, made anew", "db", None, None, 5, PUBLIC),
    Page("apply", "form", 3, 2, 4, PUBLIC),
    Page("form section", "form", 3, 2, 4, PUBLIC),
    # For people who are signed in, against the floor's page for somebody who is. The two that
    # gather from all apps may ask 20 questions; what a person's own page may cost is not set.
    Page("status", "admin", 3, 2, 12, PUBLIC),
    Page("my page", "admin", None, None, 20, PUBLIC),
    Page("meeting", "admin", 3, 2, 12, PUBLIC),
    Page("staff: applications", "changelist", 1.5, 1.1, 12, STAFF),
    Page("staff: people", "changelist", 1.5, 1.1, 12, STAFF),
    Page("staff: messages", "changelist", 1.5, 1.1, 12, STAFF),
    Page("board", "admin", 3, 2, 20, STAFF),
    Page("staff: start", "admin", 3, 2, 12, STAFF),
    # Their length is that of the library: compared with as many rows, not with fewer.
    Page("open data, JSON", "csv", 3, 1.7, 5),
    Page("open data, CSV", "csv", 3, 1.7, 5),
]
