"""A page of ours as a PDF: tagged, in our typeface, set by Typst.

    pdf.made("cops/for_employers.typ", {"title": "…"}, language="fr")

The source lies in ``templates/`` and reads the facts as ``sys.inputs.facts``, JSON: what staff or
people typed is text there, never markup.
"""

import json

from django.conf import settings

FONTS = settings.BASE_DIR / "static" / "vendor"


def made(source: str, facts: dict, *, language: str) -> bytes:
    """Return the PDF that ``source`` makes of ``facts``, by the rules of PDF/UA-1.

    Raises ``typst.TypstError`` where the source breaks one of them.
    """
    import typst  # 30 MB that most web processes never need

    return typst.compile(
        str(settings.BASE_DIR / "templates" / source),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(facts), "language": language},
        pdf_standards=["ua-1"],
    )
