"""A file is taken for what it is, and kept without what it does not mean to tell."""

import os
import zipfile
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from applications import tasks, uploads
from applications.models import Answer, Question, Status, files
from tests.applications.applying import save, url
from tests.applications.handed_in import (
    bomb,
    docx,
    huge_png,
    jpeg,
    pdf,
    pdf_with_script,
    png,
)
from tests.factories import (
    ApplicationFactory,
    PersonFactory,
    QuestionFactory,
    ReviewFactory,
    StaffFactory,
)

Kind = Question.Kind


@pytest.fixture(autouse=True)
def private_files(monkeypatch, tmp_path):
    """A folder of this test's own for the files of applicants."""
    folder = tmp_path / "private"
    monkeypatch.setitem(vars(files.private()), "location", str(folder))
    return folder


def handed_in(data, name="cv.pdf"):
    return SimpleUploadedFile(name, data)


@pytest.mark.parametrize(
    ("data", "name", "kept_as"),
    [
        (pdf(), "cv.pdf", "cv.pdf"),
        (docx(), "cv.docx", "cv.docx"),
        (png(), "picture.png", "picture.png"),
        (jpeg(), "picture.jpeg", "picture.jpg"),
        (png(), "picture.pdf", "picture.png"),
        (pdf(), "../../etc/passwd", "passwd.pdf"),
        (pdf(), "Résumé (final) <script>.pdf", "Résumé (final) script.pdf"),
        (pdf(), "a" * 250 + ".pdf", "a" * 80 + ".pdf"),
        (pdf(), "\x00\n.pdf", "file.pdf"),
    ],
)
def test_it_is_known_by_its_content_and_named_after_it(data, name, kept_as):
    assert uploads.cleaned(handed_in(data, name)).name == kept_as


def test_a_photograph_stands_upright_and_tells_nothing():
    image = Image.open(uploads.cleaned(handed_in(jpeg())))

    assert (image.size, dict(image.getexif()), "exif" in image.info) == ((30, 40), {}, False)


@pytest.mark.parametrize("data", [pdf(), docx(), png(pnginfo=None), jpeg()])
def test_the_name_of_its_writer_is_not_kept(data):
    content = uploads.cleaned(handed_in(data)).read()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as parts:
            content = b"".join(map(parts.read, parts.namelist()))

    assert b"Noor" not in content
    assert b"Kenora" not in content


def test_what_was_written_in_a_docx_stays():
    with zipfile.ZipFile(BytesIO(uploads.cleaned(handed_in(docx())).read())) as parts:
        assert b"What I would like to try" in parts.read("word/document.xml")


def test_nothing_in_a_pdf_runs():
    content = uploads.cleaned(handed_in(pdf_with_script())).read()

    with pikepdf.open(BytesIO(content)) as made:
        assert len(made.pages) == 1
        assert {"/OpenAction", "/Names"} & {*made.Root.keys()} == set()
    assert b"app.alert" not in content


def test_what_is_hung_onto_an_image_is_gone():
    content = uploads.cleaned(handed_in(png() + b"<script>alert(1)</script>")).read()

    assert b"<script>" not in content


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "This file is empty."),
        (b"%PDF-1.7" + b"\0" * (5 * 1024 * 1024), "This file is larger than 5 MB."),
        (b"MZ\x90\x00", "Choose a PDF, DOCX, PNG or JPEG file."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Choose a PDF, DOCX, PNG or JPEG file."),
        (b"GIF89a", "Choose a PDF, DOCX, PNG or JPEG file."),
        (b"%PDF-1.7 and nothing of the kind", "This file cannot be read."),
        (b"PK\x03\x04 and nothing of the kind", "This file cannot be read."),
        (b"\x89PNG\r\n\x1a\n and nothing of the kind", "This file cannot be read."),
        (b"\xff\xd8\xff and nothing of the kind", "This file cannot be read."),
        (png()[:60], "This file cannot be read."),
        (pdf()[:200], "This file cannot be read."),
        (docx(kind="macroEnabled"), "This file holds macros."),
        (docx(word__vbaProject="x"), "This file holds macros."),
        (docx(**{"..__..__evil": "x"}), "This file holds macros."),
        (bomb(), "This file is too large once it is unpacked."),
        (huge_png(), "This"),
    ],
    ids=[
        "empty", "large", "program", "svg", "gif", "no pdf", "no zip", "no png", "no jpeg",
        "half a png", "half a pdf", "docm", "macros", "climbs out", "bomb", "50,000 points",
    ],
)  # fmt: skip
def test_what_is_none_of_the_four_or_means_harm_is_refused_in_words(data, words):
    with pytest.raises(ValidationError) as refused:
        uploads.cleaned(handed_in(data))

    (message,) = refused.value.messages
    assert message.startswith(words)


def test_a_zip_that_is_no_document_is_none():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("index.html", "<script>")

    with pytest.raises(ValidationError, match="Choose a PDF, DOCX"):
        uploads.cleaned(handed_in(out.getvalue()))


# ---------------------------------------------------------------------------------- in the form


@pytest.fixture
def question(draft):
    return QuestionFactory(cohort=draft.cohort, key="cv", kind=Kind.FILE)


def lying(folder) -> list:
    return sorted(path.name for path in folder.glob("*"))


@pytest.mark.django_db
def test_a_file_is_kept_in_the_draft_under_a_name_that_tells_nothing(
    client, draft, question, private_files
):
    answer = save(client, draft, "questions", {"question_cv": handed_in(pdf(), "My CV.pdf")})

    kept = Answer.objects.get()
    assert answer.url == url(draft, "times")
    assert kept.value == "My CV.pdf"
    assert lying(private_files) == [kept.file.name]
    assert "CV" not in kept.file.name


@pytest.mark.django_db
def test_saving_again_without_a_file_keeps_the_one_that_is_there(client, draft, question):
    save(client, draft, "questions", {"question_cv": handed_in(pdf())})
    before = Answer.objects.get().file.name

    answer = save(client, draft, "questions", {})

    assert answer.url == url(draft, "times")
    assert Answer.objects.get().file.name == before


@pytest.mark.django_db
def test_another_file_takes_its_place_and_the_old_one_goes(client, draft, question, private_files):
    save(client, draft, "questions", {"question_cv": handed_in(pdf())})
    save(client, draft, "questions", {"question_cv": handed_in(png(), "scan.png")})
    soon = lying(private_files)

    _an_hour_later(private_files)
    tasks.sweep_files()

    kept = Answer.objects.get()
    assert kept.value == "scan.png"
    assert len(soon) == 2
    assert lying(private_files) == [kept.file.name]


def _an_hour_later(folder):
    then = (timezone.now() - files.SPARED - timedelta(minutes=1)).timestamp()
    for path in folder.glob("*"):
        os.utime(path, (then, then))


@pytest.mark.django_db
def test_where_nobody_has_handed_in_anything_there_is_nothing_to_sweep():
    assert files.sweep(set()) == 0


@pytest.mark.django_db
def test_a_file_that_is_refused_is_told_beside_its_field_and_the_rest_is_kept(
    client, draft, question
):
    QuestionFactory(cohort=draft.cohort, key="line")

    answer = save(
        client,
        draft,
        "questions",
        {"question_cv": handed_in(b"MZ"), "question_line": "A line"},
    )

    assert answer.context["form"].errors == {
        "question_cv": ["Choose a PDF, DOCX, PNG or JPEG file."]
    }
    assert list(Answer.objects.values_list("value", flat=True)) == ["A line"]


@pytest.mark.django_db
def test_it_can_be_taken_out_again_where_it_is_not_needed(client, draft, question):
    Question.objects.filter(pk=question.pk).update(is_required=False)
    save(client, draft, "questions", {"question_cv": handed_in(pdf())})

    save(client, draft, "questions", {"question_cv-clear": "on"})

    assert not Answer.objects.exists()


def address(answer) -> str:
    names = [answer.application.uuid, answer.question.key]
    return reverse("applications:application-file", args=names)


@pytest.mark.django_db
def test_its_writer_gets_it_to_keep_and_never_as_a_page(client, draft, question):
    save(client, draft, "questions", {"question_cv": handed_in(pdf(), "My CV.pdf")})

    response = client.get(address(Answer.objects.get()))

    assert response.headers["Content-Disposition"] == 'attachment; filename="My CV.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "who", "status"),
    [
        ({}, "reader", 200),
        ({"is_identifying": True}, "reader", 404),
        ({"reader": Question.Reader.STAFF}, "reader", 404),
        ({"is_identifying": True}, "staff", 200),
        ({}, "stranger", 404),
        ({}, "nobody", 302),
    ],
)
def test_who_may_read_the_answer_may_read_the_file(client, sign_in, facts, who, status):
    application = ApplicationFactory(status=Status.IN_REVIEW)
    question = QuestionFactory(cohort=application.cohort, kind=Kind.FILE, **facts)
    answer = Answer(application=application, question=question, value="cv.pdf")
    answer.file.save("cv.pdf", uploads.cleaned(handed_in(pdf())))
    answer.save()
    people = {
        "reader": lambda: ReviewFactory(application=application).reviewer,
        "staff": StaffFactory,
        "stranger": PersonFactory,
    }
    if who in people:
        sign_in(client, people[who]())

    response = client.get(address(answer))
    response.close()

    assert response.status_code == status
