"""Files as people hand them in, and as those do who mean harm."""

import struct
import zipfile
import zlib
from io import BytesIO

import pikepdf
from PIL import Image

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/{kind}+xml"/></Types>'
)


def png(size=(40, 30), **more) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "green").save(out, "PNG", **more)
    return out.getvalue()


def jpeg(where="Kenora") -> bytes:
    """A photograph that lies on its side and tells where it was taken."""
    image, out = Image.new("RGB", (40, 30), "green"), BytesIO()
    exif = image.getexif()
    exif[0x0112], exif[0x010E], exif[0x013B] = 6, where, "Noor Haddad"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def pdf(**root) -> bytes:
    """A PDF of one page that names its writer; ``root`` is what else it holds."""
    out = BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.docinfo["/Author"] = "Noor Haddad"
        for name, value in root.items():
            made.Root[f"/{name}"] = value
        made.save(out)
    return out.getvalue()


def pdf_with_script() -> bytes:
    runs = pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)")
    return pdf(OpenAction=runs, Names=pikepdf.Dictionary(JavaScript=runs))


def docx(kind="main", **parts) -> bytes:
    """A DOCX that names its writer; ``parts`` are more parts by name, with __ for a slash."""
    out = BytesIO()
    named = {name.replace("__", "/"): content for name, content in parts.items()}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", TYPES.format(kind=kind))
        made.writestr("word/document.xml", "<document>What I would like to try</document>")
        made.writestr("docProps/core.xml", "<creator>Noor Haddad</creator>")
        for name, content in named.items():
            made.writestr(name, content)
    return out.getvalue()


def bomb() -> bytes:
    return docx(**{"word__media__a.bin": b"\0" * (60 * 1024 * 1024)})


def huge_png(side=50_000) -> bytes:
    """A few bytes that say they are an image of so many points a side."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
