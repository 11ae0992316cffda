import pytest

from notifications import mails
from tests.every_mail import MAILS


@pytest.mark.structure
def test_every_kind_of_mail_has_its_way_to_be_written():
    assert sorted(MAILS) == mails.names(), "add the kind to tests/every_mail.py"
