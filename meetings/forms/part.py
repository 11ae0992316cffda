from collections import Counter

from django import forms


class Part:
    """One part of the notes screen: the rows it adds, what may be typed there, how it is kept.

    The parts of a form are cleaned and saved in the order of the screen. ``NAMES`` says what its
    fields are called where the screen is not at hand, see ``accounts.field_names``.
    """

    NAMES: dict = {}

    def __init__(self, form):
        self.form, self.meeting = form, form.meeting
        self.add_rows()

    def add_rows(self):
        raise NotImplementedError

    def add(self, name, field, initial=None):
        """Put a field on the screen."""
        self.form.fields[name] = field
        if initial is not None:
            self.form.initial[name] = initial

    def show(self, name, field, stands):
        """Put a field on the screen for what stands there already; the screen remembers it."""
        self.add(name, field, stands)
        self.form.stands[name] = stands

    def add_person(self, name, label):
        """Ask for one of the group's people; they are looked up once for all such fields."""
        field = person_field(label, self.form.people)
        field.choices = self.form.people_choices
        self.add(name, field)

    def typed(self, name):
        return self.form.cleaned_data.get(name)

    def was(self, name):
        """What this person's screen showed when she opened it."""
        return self.form.was.get(name)

    def changed(self, name) -> bool:
        """Whether this person changed what her screen showed."""
        typed = self.form.cleaned_data
        return name in self.form.was and name in typed and typed[name] != self.was(name)

    def shown_before(self, kind) -> set[int]:
        """Keys of the records of ``kind`` that her screen showed, if they are gone by now too."""
        names = (name.split("-") for name in self.form.was)
        return {int(parts[1]) for parts in names if parts[0] == kind}

    def once(self, kind, standing, facts, new):
        """Yield the rows of ``new`` that do not stand there since she opened the screen.

        Each row is a tuple of ``facts``, as the records ``standing`` have them. What came
        meanwhile came from this very screen (a double click, a page gone back to, another tab)
        or from somebody who noted the same: it is there already, and nothing is lost.
        """
        unseen = standing.exclude(pk__in=self.shown_before(kind))
        came = Counter(unseen.values_list(*facts))
        for row in new:
            if came[row]:
                came[row] -= 1
            else:
                yield row

    def rows(self, *names):
        """The fields with these names that the screen has."""
        return [self.form[name] for name in names if name in self.form.fields]

    def clean(self):
        pass

    def save(self, *, by):
        raise NotImplementedError


def person_field(label, people=None):
    return forms.ModelChoiceField(people, label=label, required=False)


def words_field(label, *, rows=2, max_length=2_000, **facts):
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(
        label=label, required=False, max_length=max_length, widget=widget, **facts
    )


def line_field(label, *, max_length=300):
    return forms.CharField(label=label, required=False, max_length=max_length)


def tick_field(label):
    return forms.BooleanField(label=label, required=False)
