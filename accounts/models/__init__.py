from accounts.models.contact import ContactNote
from accounts.models.export import Export
from accounts.models.office import Office
from accounts.models.organization import Organization
from accounts.models.person import Language, User, Zone
from accounts.models.region import Part, Region
from accounts.models.sign_in import SignIn
from accounts.once import SentForm

__all__ = [
    "ContactNote", "Export", "Language", "Office", "Organization", "Part", "Region", "SentForm",
    "SignIn", "User", "Zone",
]  # fmt: skip
