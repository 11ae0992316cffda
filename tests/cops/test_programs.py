import pytest

from cops.models import Program

pytestmark = pytest.mark.django_db


def test_programs_are_called_what_the_province_calls_them_in_each_language():
    names = dict(Program.objects.values_list("key", "name_fr"))

    assert names["youth-job-link"] == "Programme d’orientation en matière d’emploi pour les jeunes"
    assert [name for name in names.values() if "'" in name] == []
    assert Program.objects.get(key="other").name_en == "Another program"
