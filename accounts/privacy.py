"""What every field is to the people it is about: said once, by the model, beside its fields.

    class Application(Moves):
        ...
        privacy = Privacy(
            person_path="person",
            topic=Topic.APPLICATIONS,
            called=_("Your applications"),
            internal="version",
            personal="cohort status name phone",
            sensitive="access_needs pending_reason",
            withheld="pending_reason",
        )

The classes, for fields named with spaces between them:

    public     may stand on a page that everybody reads
    internal   how the service works; tells about nobody
    personal   tells about a person, or was typed by her
    sensitive  may hurt her in the wrong hands: needs, judgements, secrets

A name of ``BILINGUAL`` stands for both its columns. By rule, and so unsaid: a primary
key and a ``uuid`` are internal, the field that ``person_path`` begins with is personal.

What an abstract model declares holds for the models made from it. The models of
libraries are declared here, in ``ELSEWHERE``. Own-data pages, exports and erasure walk
the models by this, so that none of them has to import upward.
"""

from dataclasses import dataclass, fields
from functools import cache

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CLASSES = ("public", "internal", "personal", "sensitive")
# What a person gets to read of what is held about her, unless it is withheld.
EXPORTED = frozenset({"public", "personal", "sensitive"})
INTERNAL_BY_RULE = frozenset({"uuid"})
USER = "accounts.user"


class Topic(models.TextChoices):
    """Under which heading a person finds a kind of record on the page of her own data."""

    WHO = "who", _("Who you are")
    APPLICATIONS = "applications", _("Your applications and answers")
    INTERVIEWS = "interviews", _("Your interviews")
    OFFERS = "offers", _("Places offered to you")
    WORK = "work", _("Your webinars, communities, meetings and hours")
    REQUESTS = "requests", _("What you asked us for")
    DUTIES = "duties", _("What you do for others")
    MAIL = "mail", _("Email and reminders to you")
    CONSENTS = "consents", _("What you agreed to")
    SIGN_IN = "sign-in", _("Sign-in and exports")


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """What one model declares. Only what ``person_path`` leads to is a person's own row.

    ``person_path``: the look-up that leads from a row to whom it is about, or None;
    then ``because`` says why the rows are about nobody in particular.
    ``writer_path``: the look-up to who wrote the row, where that is somebody else.
    ``topic`` and ``called``: where the person finds her rows, and what she calls them.
    ``wrote``: what the writer calls what she wrote, where that is worth counting.
    ``change``: the name of the page where the person changes such rows herself.
    ``withheld``: fields that are not shown to her: secrets, and words of others about her.
    ``told``: which of her rows she may read at all; a letter that has not gone is not one.
    ``told_as``: the attribute that says a field's value in words, "deadline.local_on".
    ``labels``: words for fields whose own name is none that she would know.
    """

    person_path: str | None = ""
    because: str = ""
    writer_path: str = ""
    topic: str = ""
    called: str = ""
    wrote: str = ""
    change: str = ""
    public: str = ""
    internal: str = ""
    personal: str = ""
    sensitive: str = ""
    withheld: str = ""
    told: models.Q | None = None
    told_as: dict[str, str] | None = None
    labels: dict[str, str] | None = None


ELSEWHERE = {
    "account.emailaddress": Privacy(
        person_path="user",
        topic=Topic.SIGN_IN,
        called=_("Addresses you sign in with"),
        personal="email verified primary",
    ),
    "account.emailconfirmation": Privacy(
        person_path="email_address__user",
        topic=Topic.SIGN_IN,
        called=_("Confirmations of an address"),
        personal="created sent",
        sensitive="key",
        withheld="key",
    ),
    "mfa.authenticator": Privacy(
        person_path="user",
        topic=Topic.SIGN_IN,
        called=_("Second steps of sign-in"),
        change="mfa_index",
        personal="type created_at last_used_at",
        sensitive="data",
        withheld="data",
        labels={"type": _("sort"), "created_at": _("added"), "last_used_at": _("last used")},
    ),
    "sessions.session": Privacy(
        person_path=None,
        because="No column says whose it is; it ends with signing out, or after 30 days.",
        sensitive="session_key session_data",
        internal="expire_date",
    ),
    "admin.logentry": Privacy(
        person_path=None,
        because="The log of what staff did at the desk.",
        writer_path="user",
        wrote=_("entries in the log of the staff’s desk"),
        internal="action_time content_type object_id action_flag",
        personal="user object_repr change_message",
    ),
    "auth.group": Privacy(person_path=None, because="A role.", internal="name permissions"),
    "auth.permission": Privacy(
        person_path=None, because="Made from the models.", internal="name content_type codename"
    ),
    "contenttypes.contenttype": Privacy(
        person_path=None, because="Made from the models.", internal="app_label model"
    ),
}


def declared(model) -> Privacy:
    """Return what ``model`` and the abstract models it is made from declare, as one.

    A model that declares nothing is ``Privacy()``, about which ``problems`` complains.
    """
    parts = [vars(base)["privacy"] for base in model.__mro__ if "privacy" in vars(base)]
    elsewhere = ELSEWHERE.get(model._meta.label_lower)
    parts += [elsewhere] if elsewhere else []
    first, *bases = parts or [Privacy()]
    named = {
        name: " ".join([getattr(first, name), *(getattr(base, name) for base in bases)]).strip()
        for name in [*CLASSES, "withheld"]
    }
    said = {
        field.name: value
        for field in fields(Privacy)
        for part in reversed(parts)
        if (value := getattr(part, field.name)) != field.default
    }
    return Privacy(**{**said, **named})


@cache
def classes(model) -> dict[str, str]:
    """Return the class of every field of ``model`` that has one, by the field's name."""
    said = declared(model)
    start = (said.person_path or "").partition("__")[0]
    found = {}
    for field in own_fields(model):
        if field.primary_key or field.name in INTERNAL_BY_RULE:
            found[field.name] = "internal"
        elif field.name == start:
            found[field.name] = "personal"
    for kind in CLASSES:
        found |= dict.fromkeys(columns(model, getattr(said, kind)), kind)
    return found


@cache
def shown_fields(model) -> list:
    """Return the fields that a person reads of her own rows of ``model``, in their order.

    Whose row it is goes without saying.
    """
    said, known = declared(model), classes(model)
    kept_back = {*columns(model, said.withheld), said.person_path}
    return [
        field
        for field in own_fields(model)
        if known.get(field.name) in EXPORTED and field.name not in kept_back
    ]


def label(model, field) -> str:
    """Return what the person reads before the value of ``field``."""
    said = (declared(model).labels or {}).get(field.name)
    if said or not field.is_relation or isinstance(field.verbose_name, Promise):
        return said or field.verbose_name
    return field.related_model._meta.verbose_name


def models_about_people() -> list:
    """Return the models that hold rows about people, from the ground up."""
    return [model for model in apps.get_models() if declared(model).person_path]


def models_written_by_people() -> list:
    """Return the models whose rows were written by somebody they are not about."""
    return [model for model in apps.get_models() if declared(model).writer_path]


def rows_about(model, person) -> models.QuerySet:
    """Return the rows of ``model`` that are about ``person``."""
    return model._default_manager.filter(**{declared(model).person_path: person.pk})


def rows_told(model, person) -> models.QuerySet:
    """Return those of the rows about ``person`` that she may read."""
    rows, told = rows_about(model, person), declared(model).told
    return rows.filter(told) if told else rows


def rows_written_by(model, person) -> models.QuerySet:
    """Return the rows of ``model`` that ``person`` wrote about others, or for all."""
    said = declared(model)
    written = model._default_manager.filter(**{said.writer_path: person.pk})
    return written.exclude(**{said.person_path: person.pk}) if said.person_path else written


def problems(model) -> list[str]:
    """Return what is missing or wrong in the declaration of ``model``, one line each."""
    said, name = declared(model), model._meta.label
    if said == Privacy():
        return [f"{name} declares no privacy"]
    known = {field.name for field in own_fields(model)}
    named = [word for kind in CLASSES for word in columns(model, getattr(said, kind))]
    found = [f"{name}.{word} has no class" for word in sorted(known - set(classes(model)))]
    found += [f"{name}.{word} is no field" for word in sorted({*named} - known)]
    found += [f"{name}.{word} has two classes" for word in sorted(_doubles(named))]
    withheld = set(columns(model, said.withheld))
    found += [f"{name}.{word} is withheld, but no field" for word in sorted(withheld - known)]
    if said.person_path == "":
        found.append(f"{name} has no person_path")
    if said.person_path is None and not said.because:
        found.append(f"{name} is about nobody, but does not say why")
    for path in filter(None, [said.person_path, said.writer_path]):
        found += _wrong_path(model, path)
    if said.person_path and shown_fields(model) and not (said.topic and said.called):
        found.append(f"{name} has no topic, or no name a person would use")
    return found


def columns(model, names: str) -> list[str]:
    """Return the fields that ``names`` stand for; a bilingual name is a pair."""
    pairs = getattr(model, "BILINGUAL", ())
    return [
        column
        for name in names.split()
        for column in ([f"{name}_en", f"{name}_fr"] if name in pairs else [name])
    ]


def own_fields(model) -> list:
    return [*model._meta.concrete_fields, *model._meta.many_to_many]


def _doubles(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


def _wrong_path(model, path: str) -> list[str]:
    """Return why ``path`` is no way down from ``model`` to a person."""
    if (model._meta.label_lower, path) == (USER, "pk"):
        return []
    here = model
    for step in path.split("__"):
        try:
            field = here._meta.get_field(step)
        except FieldDoesNotExist:
            return [f"{model._meta.label}: {path} leads nowhere at {step}"]
        if not (field.concrete and (field.many_to_one or field.one_to_one)):
            return [f"{model._meta.label}: {path} does not lead down at {step}"]
        here = field.related_model
    if here._meta.label_lower != USER:
        return [f"{model._meta.label}: {path} leads to {here._meta.label}"]
    return []
