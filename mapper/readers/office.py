"""Documents: DOCX and ODT by the standard library, PDF by pypdf (an extra). One file is one report."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from mapper.errors import InputError
from mapper.extras import package
from mapper.model import Report
from mapper.readers.content import CONTROL, Content
from mapper.readers.markup import child_text, local, parse
from mapper.readers.sheet import unzipped
from mapper.readers.text import report_id
from mapper.settings import Settings

_PARAGRAPHS = ("p", "h")
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "line-break": "\n", "s": " "}
# What is no part of the text as it is read: deletions, instructions of fields, notes and comments.
_HIDDEN = ("del", "delText", "instrText", "tracked-changes", "annotation", "note", "footnote")


def _text(element: ET.Element) -> str:
    """The text of a paragraph, in order; text boxes that repeat it are left out."""
    if local(element) in _HIDDEN or local(element) == "Fallback":
        return ""
    own = _BREAKS.get(local(element), "") + (element.text or "" if local(element) not in ("r", "pPr") else "")
    return own + "".join(_text(child) + (child.tail or "") for child in element)


def _paragraphs(root: ET.Element) -> str:
    found: list[str] = []

    def visit(element: ET.Element) -> None:
        if local(element) in _HIDDEN:
            return
        if local(element) in _PARAGRAPHS:
            found.append(" ".join(_text(element).split()))
            return
        for child in element:
            visit(child)

    visit(root)
    return "\n".join(p for p in found if p)


def _report(path: Path, text: str, title: str | None, settings: Settings) -> Content:
    text = CONTROL.sub(" ", text)
    if not text.strip():
        raise InputError(
            f"{path}: no text in it; it may hold scanned pages.", remedy="Run it through character recognition first."
        )
    title = CONTROL.sub(" ", title).strip() if title else None
    report = Report(report_id(path, text), text, title=title or None, published=settings.published, source=path.name)
    return Content(reports=[report])


def _zipped(path: Path, data: bytes, settings: Settings, body: str, about: str) -> Content:
    with unzipped(path, data, 400 * settings.max_report_bytes) as archive:
        names = archive.namelist()
        if body not in names:
            raise InputError(f"{path}: damaged or not what its name says: no {body}.", remedy="Save it anew.")
        text = _paragraphs(parse(archive.read(body), f"{path} ({body})"))
        title = None
        if about in names:
            root = parse(archive.read(about), f"{path} ({about})")
            title = next((t for t in (child_text(e, "title") for e in (root, *root)) if t), None)
    return _report(path, text, title, settings)


def read_docx(path: Path, data: bytes, settings: Settings) -> Content:
    """One report from a Word document.

    Raises:
        InputError: It is damaged or holds no text.
    """
    return _zipped(path, data, settings, "word/document.xml", "docProps/core.xml")


def read_odt(path: Path, data: bytes, settings: Settings) -> Content:
    """One report from an OpenDocument text.

    Raises:
        InputError: It is damaged or holds no text.
    """
    return _zipped(path, data, settings, "content.xml", "meta.xml")


def read_pdf(path: Path, data: bytes, settings: Settings) -> Content:
    """One report from a PDF file (needs pypdf); words cut at the end of a line are joined.

    Raises:
        InputError: It is damaged, locked, holds no text, or pypdf is not installed.
    """
    pypdf: Any = package("pypdf", "pdf", InputError, f"{path}: reading it")
    try:
        file = pypdf.PdfReader(io.BytesIO(data))
        if file.is_encrypted and not file.decrypt(""):
            raise InputError(f"{path}: locked with a password.", remedy="Save it without one.")
        pages = [page.extract_text() or "" for page in file.pages]
        title = file.metadata.title if file.metadata else None
    except InputError:
        raise
    except Exception as error:  # pypdf raises many kinds for a damaged file
        raise InputError(f"{path}: cannot be read: {error}.", remedy="Save it anew, or copy its text.") from error
    return _report(path, _reflowed("\n".join(pages)), title, settings)


def _reflowed(text: str) -> str:
    """Lines of a page as paragraphs: a line that ends no sentence goes on in the next."""
    out: list[str] = []
    for line in (" ".join(part.split()) for part in text.split("\n")):
        if not line:
            out.append("")
        elif out and out[-1] and out[-1][-1] == "-" and line[0].islower():
            out[-1] = out[-1][:-1] + line
        elif out and out[-1] and out[-1][-1] not in '.!?؟:»”"':
            out[-1] += " " + line
        else:
            out.append(line)
    return "\n".join(line for line in out if line)
