"""A file that is handed in: known by its content, and kept without what it does not mean to tell.

Where it was taken, who wrote it on whose computer, scripts and files within it: all of it is left
out. An image is drawn anew, a PDF and a DOCX are put together anew from their pages.
"""

import re
import zipfile
from io import BytesIO
from pathlib import PurePath

import pikepdf
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

BYTES_MOST = 5 * 1024 * 1024
PIXELS_MOST = 25_000_000
NAME_CHARACTERS = 80
UNPACKED_MOST = 50 * 1024 * 1024
PARTS_MOST = 2_000
# How each kind begins; a DOCX is a ZIP file like many others.
SIGNS = {
    b"%PDF-": "pdf",
    b"PK\x03\x04": "docx",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpg",
}

# What of a PDF runs, opens or hides something.
ACTIVE = ("/OpenAction", "/AA", "/Names", "/Metadata", "/AF", "/Collection", "/PieceInfo")
NO_NOTES = ("/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D")
OF_A_PAGE = ("/AA", "/Metadata", "/PieceInfo")
# What a DOCX says of its writer, and how it reads once it says nothing.
CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
EXTENDED = b"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
CUSTOM = b"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
PROPERTIES = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="%s"/>'
EMPTY = {
    "docProps/core.xml": CORE,
    "docProps/app.xml": PROPERTIES % EXTENDED,
    "docProps/custom.xml": PROPERTIES % CUSTOM,
}
NO_DOCUMENT = re.compile(r"vbaProject|vbaData|activeX|(^|/)\.\.(/|$)|^/|\\", re.I)
THUMBNAIL = re.compile(rb"<Relationship\b[^>]*/thumbnail\"[^>]*/>")


def cleaned(upload) -> ContentFile:
    """Return ``upload`` anew under a name of its own kind. Raises ValidationError in words."""
    data = upload.read(BYTES_MOST + 1)
    if not data:
        raise ValidationError(_("This file is empty."), code="empty")
    if len(data) > BYTES_MOST:
        raise ValidationError(_("This file is larger than 5 MB."), code="large")
    kind = next((kind for sign, kind in SIGNS.items() if data.startswith(sign)), "")
    if not kind:
        raise ValidationError(_("Choose a PDF, DOCX, PNG or JPEG file."), code="kind")
    try:
        content = _ANEW[kind](data)
    except ValidationError:
        raise
    except (
        pikepdf.PdfError, zipfile.BadZipFile, UnidentifiedImageError, Image.DecompressionBombError,
        OSError, ValueError, KeyError, SyntaxError, EOFError, NotImplementedError, RuntimeError,
    ) as error:  # fmt: skip
        words = _("This file cannot be read. Save it again as PDF, DOCX, PNG or JPEG.")
        raise ValidationError(words, code="broken") from error
    if len(content) > 2 * BYTES_MOST:
        raise ValidationError(_("This file is larger than 5 MB."), code="large")
    return ContentFile(content, name=_named(upload.name, kind))


def _named(name: str, kind: str) -> str:
    """Return the name that the file is shown by, whatever it was called."""
    stem = re.sub(r"[^\w .()-]+", "", PurePath(name or "").stem).strip(" .")[:NAME_CHARACTERS]
    return f"{stem or _('file')}.{kind}"


def _pdf(data: bytes) -> bytes:
    with pikepdf.open(BytesIO(data)) as pdf:
        if not len(pdf.pages):
            raise ValueError("no page")
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        _leave_out(pdf.Root, ACTIVE)
        if "/AcroForm" in pdf.Root:
            _leave_out(pdf.Root.AcroForm, ["/XFA"])
        for page in pdf.pages:
            _leave_out(page.obj, OF_A_PAGE)
            _still_notes(page.obj)
        pdf.remove_unreferenced_resources()
        out = BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _leave_out(thing, names) -> None:
    for name in names:
        if name in thing:
            del thing[name]


def _still_notes(page) -> None:
    """Leave links to the web among what is noted on a page; nothing else acts, or holds a file."""
    if "/Annots" not in page:
        return
    notes = [note for note in page.Annots if note.get("/Subtype") not in NO_NOTES]
    for note in notes:
        action = note.get("/A")
        is_link = action is not None and action.get("/S") == "/URI"
        _leave_out(note, ["/AA"] if is_link else ["/A", "/AA"])
    page.Annots = pikepdf.Array(notes)


def _docx(data: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as given, zipfile.ZipFile(out, "w") as made:
        parts = given.infolist()
        names = [part.filename for part in parts]
        if not {"[Content_Types].xml", "word/document.xml"} <= {*names}:
            raise ValidationError(_("Choose a PDF, DOCX, PNG or JPEG file."), code="kind")
        if len(parts) > PARTS_MOST or len({*names}) < len(names):
            raise ValueError("too many parts, or one twice")
        if any(map(NO_DOCUMENT.search, names)):
            words = _("This file holds macros. Save it without them, or as PDF.")
            raise ValidationError(words, code="macros")
        left = UNPACKED_MOST
        for part in parts:
            content = given.open(part).read(left + 1)
            left -= len(content)
            if left < 0:
                raise ValidationError(_("This file is too large once it is unpacked."), code="bomb")
            if part.filename == "[Content_Types].xml" and b"macroEnabled" in content:
                words = _("This file holds macros. Save it without them, or as PDF.")
                raise ValidationError(words, code="macros")
            if part.filename == "_rels/.rels":
                content = THUMBNAIL.sub(b"", content)
            if not part.filename.startswith("docProps/thumbnail"):
                content = EMPTY.get(part.filename, content)
                made.writestr(zipfile.ZipInfo(part.filename), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _image(name: str, modes: tuple[str, ...]):
    def anew(data: bytes) -> bytes:
        with Image.open(BytesIO(data), formats=[name]) as given:
            if given.width * given.height > PIXELS_MOST:
                words = _("This image has too many points. Make it smaller.")
                raise ValidationError(words, code="pixels")
            upright = ImageOps.exif_transpose(given)
            plain = upright if upright.mode in modes else upright.convert(modes[0])
            bare = Image.frombytes(plain.mode, plain.size, plain.tobytes())
        out = BytesIO()
        bare.save(out, name, optimize=True)
        return out.getvalue()

    return anew


_ANEW = {
    "pdf": _pdf,
    "docx": _docx,
    "png": _image("PNG", ("RGBA", "RGB", "L")),
    "jpg": _image("JPEG", ("RGB", "L")),
}
