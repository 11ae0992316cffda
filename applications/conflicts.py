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

# What ``is_near`` reads of an application: a board compares hundreds, each time it is opened.
READ = [
    "reviewer", "application__cohort", "application__organization",
    "application__organization_name", "application__person__email",
    "application__person__organization",
]  # fmt: skip


def is_near(role: CohortRole, application: Application) -> bool:
    """Whether both are the same person, or seem to have the same employer.

    The employer is the organization on file, its name as the applicant typed it,
    its mail domain, or the domain that both their addresses share.
    """
    holder, applicant = role.person, application.person
    if holder == applicant:
        return True
    on_file = {application.organization_id, applicant.organization_id}
    typed = application.organization_name.strip().casefold()
    domain = _domain(applicant)
    for organization in filter(None, (role.organization, holder.organization)):
        names = {organization.name_en.casefold(), organization.name_fr.casefold()}
        if organization.pk in on_file or (typed and typed in names):
            return True
        if domain == organization.mail_domain.casefold():
            return True
    return domain == _domain(holder) and domain not in PUBLIC_PROVIDERS


def takes_part(person, cohort) -> bool:
    """Whether ``person`` helps to choose in ``cohort``: staff, its reviewers and interviewers.

    Such a person does not apply there; what she sent before may be read and withdrawn.
    """
    return person.is_staff or person.cohort_roles.filter(cohort=cohort).exists()


def too_near(reviews) -> list[int]:
    """Return the keys of those of ``reviews`` whose reader and applicant share an employer by now.

    None was assigned so: one of them has another employer since. Asks two questions.
    """
    reviews = list(reviews.select_related("application__person").only(*READ))
    roles = CohortRole.objects.filter(
        role=CohortRole.Role.REVIEWER,
        person__in={review.reviewer_id for review in reviews},
        cohort__in={review.application.cohort_id for review in reviews},
    )
    readers = {
        (role.person_id, role.cohort_id): role
        for role in roles.select_related("organization", "person__organization")
    }
    return [
        review.pk
        for review in reviews
        if (role := readers.get((review.reviewer_id, review.application.cohort_id)))
        and is_near(role, review.application)
    ]


def near_interviewers(application: Application) -> list[int]:
    """Return the ids of the people who interview in this cohort, but not this applicant."""
    roles = application.cohort.roles.filter(role=CohortRole.Role.INTERVIEWER)
    return [
        role.person_id
        for role in roles.select_related("organization", "person__organization")
        if is_near(role, application)
    ]


def _domain(person) -> str:
    return person.email.rpartition("@")[2].casefold()
