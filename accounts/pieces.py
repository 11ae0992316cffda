"""What the living page of the design system shows: a sample of every piece, in English."""

from types import SimpleNamespace

from django import forms

STEPS = [
    {"name": "Call opens", "when": "Monday 11 January", "date": "2021-01-11", "state": "done"},
    {
        "name": "Webinar",
        "when": "Wednesday 27 January, 1:00 p.m. Eastern Time",
        "date": "2021-01-27",
        "state": "done",
        "url": "#timeline",
    },
    {
        "name": "Applications close",
        "when": "Friday 12 February, 11:59 p.m.",
        "date": "2021-02-12",
        "state": "done",
    },
    {
        "name": "Interviews",
        "when": "22 February to 12 March",
        "date": "2021-02-22",
        "state": "now",
    },
    {"name": "Groups and offers", "when": "15 to 19 March", "date": "2021-03-15", "state": "next"},
    {
        "name": "Meetings, every two weeks",
        "when": "Tuesday 23 March to August",
        "date": "2021-03-23",
        "state": "later",
    },
    {"name": "Outcomes", "when": "by 29 September", "date": "2021-09-29", "state": "later"},
]

STATUSES = [
    {
        "tone": "info",
        "label": "In review",
        "sentence": "Two reviewers are reading your application.",
        "next_step": "You hear from us by Friday 19 February 2021, whatever the answer is.",
    },
    {
        "tone": "success",
        "label": "You have a place",
        "sentence": "You are a member of the community on Youth Job Connection.",
        "next_step": "First meeting: Tuesday 23 March 2021, 1:00 p.m. Eastern Time.",
    },
    {
        "tone": "attention",
        "label": "Your answer is needed",
        "sentence": "We offer you a place in the community on Second Career.",
        "next_step": "Answer by Wednesday 17 March 2021, 5:00 p.m. Eastern Time.",
    },
    {
        "tone": "danger",
        "label": "Address not confirmed",
        "sentence": "Your application counts once you confirm your email address.",
        "next_step": "Press the link we sent to you by Monday 15 February 2021.",
    },
    {
        "tone": "neutral",
        "label": "Withdrawn",
        "sentence": "You withdrew your application on 3 February 2021.",
    },
]

FIRST_THINGS = [
    {
        "id": "first-next",
        "title": "We offer you a place in Getting to work.",
        "sentence": "Please answer by Wednesday 17 March 2021, 5:00 p.m. Eastern Time.",
        "url": "#first",
        "verb": "See the offer and answer",
    },
    {
        "id": "first-late",
        "is_late": True,
        "title": "4 applications to read",
        "sentence": "Due since Friday 19 February 2021, 11:59 p.m. Eastern Time.",
        "url": "#first",
        "verb": "Read WKDNDF",
        "more_url": "#first",
        "more": "My reviews",
    },
    {
        "id": "first-quiet",
        "label": "Being read",
        "is_quiet": True,
        "title": "Reviewers are reading your application.",
        "sentence": "Reading is done by Friday 19 February 2021.",
        "note": "We write to you then, whatever the answer is.",
        "url": "#first",
        "verb": "See my application",
    },
]


def _way(*states):
    names = ["Sent", "Read by reviewers", "Interview", "Our answer", "Your group meets"]
    days = [
        "8 February 2021",
        "by 19 February 2021",
        "4 March 2021",
        "by 19 March 2021",
        "23 March",
    ]
    steps = zip(names, days, states, strict=False)
    return [{"name": name, "when": day, "state": state} for name, day, state in steps]


WAYS = [
    _way("done", "done", "now", "next", "later"),
    [*_way("done", "done"), {"name": "Not selected this time", "state": "ended"}],
]

SCORES = [
    {
        "question": "What would this voice add that we might otherwise miss?",
        "value": 5,
        "anchor": "Without this voice the group would miss a whole part of the picture.",
    },
    {"question": "Is the plan for the hours credible?", "value": None, "anchor": ""},
]

AGENDA = [
    SimpleNamespace(title="Paid in advance: first results", minutes=20, is_done=True),
    SimpleNamespace(title="A page for employers", minutes=60, carried_from_id=1),
    SimpleNamespace(title="Anything else", minutes=None),
]

SAID = [
    ("Amara Okafor", "yes", "will come"),
    ("Priya Raman", "no", "cannot come"),
    ("Jean-François Lévesque-Beauchamp", "open", "no answer yet"),
]

TASKS = [
    {"name": "About you", "state": "done", "url": "#tasks"},
    {"name": "Your programmes", "state": "done", "url": "#tasks", "hint": "Three ticked"},
    {"name": "Why you, why now", "state": "problem", "url": "#tasks"},
    {"name": "When you can meet", "state": "todo", "url": "#tasks", "hint": "Ten half-days"},
    {"name": "Check and send", "state": "waiting", "hint": "Once all parts are done"},
]

ANSWERS = [
    {"label": "Name", "value": "Amara Okafor"},
    {"label": "Organization", "value": "Northern Lights Employment"},
    {
        "label": "What would you like to change?",
        "value": "Young people leave after the first placement. I would like to try a check-in "
        "in week two, by text message, with the employer in the conversation.\n\n"
        "We have the autonomy to start in April.",
    },
    {"label": "Supervisor", "value": ""},
]

PEOPLE = [
    {
        "name": "Amara Okafor",
        "role": "Member",
        "organization": "Northern Lights Employment",
        "region": "Thunder Bay",
        "experience": "Newer practitioner",
    },
    {
        "name": "Jean-François Lévesque-Beauchamp",
        "role": "Facilitator",
        "organization": "First Work",
        "region": "Province-wide",
        "experience": "More experienced",
        "note": "Leads the meetings in French.",
    },
    {
        "name": "Priya Raman",
        "role": "Member",
        "organization": "Kenora Job Connections",
        "region": "Kenora – Rainy River",
        "experience": "More experienced",
        "url": "#people",
    },
]

EVIDENCE = [
    (7, "practitioners"),
    (5, "regions"),
    (12, "meetings"),
    ("3 of 4", "trials adopted or adapted"),
    ("2 months", "since it was last checked"),
]

HOURS = [
    {"label": "March", "value": "4.5 h", "percent": 32, "note": "First meeting on the 23rd"},
    {"label": "April", "value": "7 h", "percent": 50},
    {"label": "May", "value": "9.5 h", "percent": 68},
    {"label": "June", "value": "12 h", "percent": 86, "tone": "attention", "note": "Over 10 hours"},
]

FUNNEL = [
    {"label": "Webinar", "value": "142", "percent": 100, "url": "#pictures"},
    {"label": "Applied", "value": "61", "percent": 43, "url": "#pictures"},
    {"label": "Interviewed", "value": "34", "percent": 24, "url": "#pictures"},
    {"label": "Placed", "value": "19", "percent": 13, "url": "#pictures"},
]

REGION_COLUMNS = ["Began", "Sent", "Joined"]
REGIONS = [
    ("Toronto", (24, 21, 7)),
    ("Northeast", (12, 9, 3)),
    ("Kingston-Pembroke", (3, 2, 0)),
]
UNITS = [("Northeast", 3), ("Toronto", 2), ("Hamilton-Niagara Peninsula", 1)]
ENDS = [("Adopted", 2), ("Adapted", 1), ("Abandoned", 1)]

TRACE = [
    {
        "kind": "Interviews",
        "when": "March 2021",
        "text": "Nine of 34 said that young people leave in the second week.",
    },
    {
        "kind": "Question, refined",
        "when": "19 March 2021",
        "text": "How can the first two weeks of a placement keep a young person in it?",
    },
    {
        "kind": "Decision",
        "when": "4 May 2021",
        "text": "Try a check-in by text message in week two.",
        "url": "#trace",
    },
    {"kind": "Trial", "when": "June 2021", "text": "Adapted: 18 of 22 stayed past week four."},
]

ROWS = [
    ("Youth Job Connection", 24, 7, "3.4"),
    ("Canada-Ontario Job Grant", 19, 6, "3.1"),
    ("Second Career", 18, 6, "3.6"),
]


class PiecesForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(
        label="Your name",
        help_text="As it should stand on your badge.",
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "width-20"}),
    )
    email = forms.EmailField(
        label="Email address",
        help_text="We send one code to it. No password, ever.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "class": "width-20"}),
    )
    years = forms.IntegerField(
        label="Years with Youth Job Connection",
        required=False,
        min_value=0,
        widget=forms.NumberInput(attrs={"class": "width-2", "inputmode": "numeric"}),
    )
    region = forms.ChoiceField(
        label="Region",
        choices=[("", "Choose one"), ("tb", "Thunder Bay"), ("to", "Toronto")],
        widget=forms.Select(attrs={"class": "width-20"}),
    )
    starts_at = forms.DateTimeField(
        label="Day and time of the meeting",
        help_text="Eastern Time (Toronto).",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "width-20"}),
    )
    experience = forms.ChoiceField(
        label="How would you describe yourself?",
        help_text="Both are wanted. Up to about three years is newer.",
        choices=[("newer", "Newer practitioner"), ("more", "More experienced practitioner")],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(
        label="Language of the interview",
        choices=[("en", "English"), ("fr", "French")],
        widget=forms.RadioSelect(attrs={"class": "inline-choices"}),
    )
    slot = forms.ChoiceField(
        label="Pick a time for your interview",
        choices=[
            ("1", "Tuesday 23 February 2021, 9:00 a.m. Eastern Time"),
            ("2", "Tuesday 23 February 2021, 1:30 p.m. Eastern Time"),
            ("3", "Thursday 25 February 2021, 11:00 a.m. Eastern Time"),
        ],
        widget=forms.RadioSelect(attrs={"class": "pick-list"}),
    )
    half_days = forms.MultipleChoiceField(
        label="When could you usually meet?",
        required=False,
        choices=[
            (f"{day}-{half}", f"{day} {half}")
            for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
            for half in ("morning", "afternoon")
        ],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices-grid"}),
    )
    plan = forms.CharField(
        label="What would you like to change?",
        help_text="In up to 20 words.",
        widget=forms.Textarea(attrs={"rows": 5, "data-words": 20}),
    )
    paper = forms.FileField(label="A page from your supervisor", required=False)
    consent = forms.BooleanField(
        label="First Work may keep my answers until the cohort ends",
        help_text="You can take this back at any time on My page.",
    )
