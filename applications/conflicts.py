"""Who is too near to an applicant to read or to interview her."""

from applications.models.application import Application
from cops.models import CohortRole

# Mail domains that say nothing about where somebody works.
PUBLIC_PROVIDERS = frozenset(
    [
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.ca", "live.com",
        "live.ca", "msn.com", "yahoo.com", "yahoo.ca", "icloud.com", "me.com", "aol.com",
        "proton.me", "protonmail.com", "gmx.com", "bell.net", "sympatico.ca", "rogers.com",
        "cogeco.ca", "shaw.ca", "tbaytel.net", "videotron.ca", "sample.example",
    ]
)  # fmt: skip

# What ``_of_applicant`` takes, as a query names it.
APPLICANT = [
    "application__person", "application__person__email", "application__person__organization",
    "application__organization", "application__organization_name",
]  # fmt: skip
# What ``_of_holder`` reads of an organization.
EMPLOYER = ["name_en", "name_fr", "mail_domain"]


def is_near(role: CohortRole, application: Application) -> bool:
    """Whether both are the same person, or seem to have the same employer.

    The employer is the organization on file, its name as the applicant typed it,
    its mail domain, or the domain that both their addresses share.
    """
    applicant = application.person
    return not _of_holder(role).isdisjoint(
        _of_applicant(
            applicant.pk, applicant.email, applicant.organization_id,
            application.organization_id, application.organization_name,
        )
    )  # fmt: skip


def _of_holder(role) -> set[tuple]:
    """Return the signs of who holds ``role`` and of her employers: one shared is one too many."""
    holder = role.person
    signs = {("person", holder.pk)}
    for organization in filter(None, (role.organization, holder.organization)):
        signs |= {
            ("organization", organization.pk),
            ("name", organization.name_en.casefold()),
            ("name", organization.name_fr.casefold()),
            ("domain", organization.mail_domain.casefold()),
        }
    if _domain(holder.email) not in PUBLIC_PROVIDERS:
        signs.add(("domain", _domain(holder.email)))
    return signs - {("name", "")}


def _of_applicant(person, email, organization, organization_then, typed) -> list[tuple]:
    """Return the same signs of an applicant, from the columns: a board compares hundreds."""
    return [
        ("person", person),
        ("organization", organization),
        ("organization", organization_then),
        ("name", typed.strip().casefold()),
        ("domain", _domain(email)),
    ]


def takes_part(person, cohort) -> bool:
    """Whether ``person`` helps to choose in ``cohort``: staff, its reviewers and interviewers.

    Such a person does not apply there; what she sent before may be read and withdrawn.
    """
    return person.is_staff or person.cohort_roles.filter(cohort=cohort).exists()


def too_near(reviews) -> list[int]:
    """Return the keys of those of ``reviews`` whose reader and applicant share an employer by now.

    None was assigned so: one of them has another employer since. Asks two questions.
    """
    found = reviews.order_by().values_list("application__cohort", "reviewer", "pk", *APPLICANT)
    rows = list(found)
    cohorts, readers = {row[0] for row in rows}, {row[1] for row in rows}
    roles = CohortRole.objects.filter(
        role=CohortRole.Role.REVIEWER, cohort__in=cohorts, person__in=readers
    )
    signs = {(role.cohort_id, role.person_id): _of_holder(role) for role in _with_employers(roles)}
    return [
        pk
        for cohort, reader, pk, *applicant in rows
        if not signs.get((cohort, reader), set()).isdisjoint(_of_applicant(*applicant))
    ]


def near_interviewers(application: Application) -> list[int]:
    """Return the ids of the people who interview in this cohort, but not this applicant."""
    roles = application.cohort.roles.filter(role=CohortRole.Role.INTERVIEWER)
    return [role.person_id for role in _with_employers(roles) if is_near(role, application)]


def _with_employers(roles):
    """Return ``roles`` with what ``_of_holder`` reads, and no more of their people."""
    return (
        roles.order_by()
        .select_related("organization", "person__organization")
        .only(
            *("cohort", "person__email"),
            *(f"organization__{name}" for name in EMPLOYER),
            *(f"person__organization__{name}" for name in EMPLOYER),
        )
    )


def _domain(email) -> str:
    return email.rpartition("@")[2].casefold()
