"""Documents, feeds and saved pages: the text, the day and the address come out; what is hostile or damaged is told."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import zipfile
from pathlib import Path

import pytest

from mapper import readers
from mapper.settings import Settings

ARTICLE = "قصفت طائرات حربية مدينة سرت مساء الجمعة، ما أدى إلى مقتل ثلاثة أشخاص."
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _read(tmp_path: Path, name: str, content: str | bytes, **knobs: object) -> readers.Content:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return readers.read([str(path)], Settings(offline=True, **knobs))  # type: ignore[arg-type]


def _zip(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def _docx(body: str) -> bytes:
    return _zip(
        word__document_xml=f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        docProps__core_xml='<c:coreProperties xmlns:c="x" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Sitrep</dc:title></c:coreProperties>',
    )


def test_docx_in_order_without_deletions(tmp_path: Path) -> None:
    body = (
        f"<w:p><w:r><w:t>{ARTICLE}</w:t></w:r></w:p>"
        "<w:p><w:r><w:t xml:space='preserve'>Shelling hit </w:t></w:r><w:del><w:r><w:delText>Tunis</w:delText></w:r></w:del>"
        "<w:r><w:t>Sirte</w:t><w:tab/><w:t>again.</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    report = _read(tmp_path, "sitrep.docx", _docx(body)).reports[0]
    assert report.text == f"{ARTICLE}\nShelling hit Sirte again.\nCell"
    assert (report.id, report.title) == ("sitrep", "Sitrep")


def test_odt(tmp_path: Path) -> None:
    body = (
        "<o:document-content xmlns:o='urn:o' xmlns:t='urn:t'><o:body><t:h>Report</t:h><t:p>A <t:span>car bomb</t:span> "
        "exploded in <t:s/>Ajdabiya.</t:p></o:body></o:document-content>"
    )
    assert (
        _read(tmp_path, "a.odt", _zip(content_xml=body)).reports[0].text == "Report\nA car bomb exploded in Ajdabiya."
    )


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.docx", b"PK\x03\x04 no", "damaged"),
        ("b.docx", _zip(other_xml="<x/>"), "no word/document.xml"),
        ("c.docx", _docx(""), "no text"),
        ("d.rss", BOMB, "document type"),
        ("e.xml", "<rss><channel>", "not well-formed"),
        ("f.xml", "<html/>", "no feed"),
        ("g.kmz", _zip(a_xml="<x/>"), "no KML"),
        ("h.xlsx", _zip(a_xml="<x/>"), "cannot be read"),
        ("i.gpkg", b"SQLite format 3\0 and no more", "not a readable GeoPackage"),
        ("j.parquet", b"PAR1", "cannot be read"),
        ("k.pdf", b"%PDF-1.4 truncated", "cannot be read"),
        ("l.warc", b"WARC/1.0\r\n", ""),
        ("m.eml", b"Subject: nothing\n\n", "no text"),
        ("n.json", "[" * 100_000, "nested too deeply"),
        ("o.jsonl", "[" * 100_000, "nested too deeply"),
    ],
)
def test_damaged_and_hostile_files_are_told_with_a_remedy(
    tmp_path: Path, name: str, content: str | bytes, says: str
) -> None:
    got = _read(tmp_path, name, content)
    assert not got.reports
    assert not got.events
    assert says in got.failures[0].error
    assert got.failures[0].remedy
    assert name in got.failures[0].source


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    data = _docx("<w:p><w:r><w:t>" + "a" * 50_000 + "</w:t></w:r></w:p>")
    got = _read(tmp_path, "big.docx", data, max_report_bytes=100)
    assert "more than the limit" in got.failures[0].error


def _pdf(lines: list[str]) -> bytes:
    """A one-page PDF by hand."""
    drawn = "BT /F1 12 Tf 14 TL 50 700 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{o:010} 00000 n \n" for o in offsets)
    out += f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out.encode("latin-1")


def test_a_zip_holds_tables_and_reports(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("folder/a.txt", ARTICLE)
        archive.writestr("../b.csv", "date,place\n2020-01-01,Sirte\nsoon,Sirte\n")
        archive.writestr("c.zip", b"PK")
        archive.writestr("d.txt", b"\0binary")
        archive.writestr("picture.png", b"PNG")
    got = _read(tmp_path, "all.zip", out.getvalue())
    assert ([r.text for r in got.reports], len(got.events)) == ([ARTICLE], 1)
    assert sorted(Path(f.source).name for f in got.failures) == ["b.csv", "d.txt"]
    assert "no file of a known kind" in _read(tmp_path, "none.zip", _zip(a_svg="x")).failures[0].error
    assert "damaged" in _read(tmp_path, "bad.zip", b"PK\x03\x04").failures[0].error


@pytest.mark.skipif(importlib.util.find_spec("pypdf") is None, reason="pypdf is not installed (extra: pdf)")
def test_pdf_joins_the_lines_of_a_sentence(tmp_path: Path) -> None:
    data = _pdf(["Shelling hit the town of Kafr Nabl on", "Friday, killing three civi-", "lians.", "A second line."])
    report = _read(tmp_path, "a.pdf", data).reports[0]
    assert report.text == "Shelling hit the town of Kafr Nabl on Friday, killing three civilians.\nA second line."


def test_rss_and_atom(tmp_path: Path) -> None:
    rss = f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Wire</title>
      <language>ar</language><item><title>T &amp; U</title><link>https://example.org/1</link><guid>1</guid>
      <pubDate>Sat, 23 Sep 2017 10:00:00 +0200</pubDate><description>short</description>
      <content:encoded><![CDATA[<p>{ARTICLE}</p><script>alert(1)</script>]]></content:encoded></item>
      <item><title>   </title></item></channel></rss>"""
    got = _read(tmp_path, "wire.rss", rss)
    report = got.reports[0]
    assert (report.text, report.title, report.language) == (ARTICLE, "T & U", "ar")
    assert (report.published, report.source, report.url) == (dt.date(2017, 9, 23), "Wire", "https://example.org/1")
    assert ["item 2" in f.error for f in got.failures] == [True]
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>W</title><entry><title>T</title><id>x</id>'
        '<link rel="self" href="https://example.org/self"/><link href="https://example.org/a"/>'
        '<published>2020-01-02T00:00:00Z</published><content type="html">&lt;p&gt;A bomb.&lt;/p&gt;</content></entry></feed>'
    )
    report = _read(tmp_path, "a.xml", atom).reports[0]
    assert (report.text, report.url, report.published) == ("A bomb.", "https://example.org/a", dt.date(2020, 1, 2))


def test_mhtml_and_mail(tmp_path: Path) -> None:
    page = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/a\r\nSubject: S\r\n"
        "Date: Sat, 23 Sep 2017 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n<html lang=3D'ar'><p>=D8=B3=D8=B1=D8=AA</p></html>\r\n--b--\r\n"
    )
    report = _read(tmp_path, "a.mhtml", page).reports[0]
    assert (report.text, report.language, report.url) == ("سرت", "ar", "https://example.org/a")
    assert report.published == dt.date(2017, 9, 23)
    mail = (
        "Subject: Sitrep\nDate: Sat, 23 Sep 2017 10:00:00 -0000\nContent-Type: text/plain; charset=utf-8\n\nA strike.\n"
    )
    report = _read(tmp_path, "a.eml", mail).reports[0]
    assert (report.text.strip(), report.title, report.published) == ("A strike.", "Sitrep", dt.date(2017, 9, 23))


@pytest.mark.skipif(importlib.util.find_spec("warcio") is None, reason="warcio is not installed (extra: warc)")
@pytest.mark.parametrize("gzipped", [True, False])
def test_warc(tmp_path: Path, gzipped: bool) -> None:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=gzipped)
    for address, kind, body in (
        ("https://example.org/a", "text/html; charset=windows-1256", f"<p>{ARTICLE}</p>".encode("cp1256")),
        ("https://example.org/b.png", "image/png", b"\x89PNG"),
        ("https://example.org/c", "text/html", b"<script>x</script>"),
    ):
        headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            address,
            "response",
            payload=io.BytesIO(body),
            http_headers=headers,
            warc_headers_dict={"WARC-Date": "2017-09-23T00:00:00Z"},
        )
        writer.write_record(record)
    got = _read(tmp_path, "a.warc.gz" if gzipped else "a.warc", out.getvalue())
    assert [(r.text, r.url, r.published) for r in got.reports] == [
        (ARTICLE, "https://example.org/a", dt.date(2017, 9, 23))
    ]
    assert len(got.failures) == 1


def test_guessed_encodings_are_told(tmp_path: Path) -> None:
    assert "cp1256" in _read(tmp_path, "a.txt", ARTICLE.encode("cp1256")).notes[0]
    assert "cp1252" in _read(tmp_path, "b.txt", "Une frappe a été menée".encode("cp1252")).notes[0]
    assert not _read(tmp_path, "c.txt", ARTICLE.encode("utf-8-sig")).notes


def test_a_few_arabic_names_in_a_latin_table_and_accents_of_all_kinds(tmp_path: Path) -> None:
    rows = "".join(
        f"{i},2020-01-01,سبها,27.04,14.43,a long note in English that is most of the row\n" for i in range(9)
    )
    table = "id,date,place,lat,lon,notes\n" + rows
    got = _read(tmp_path, "t.csv", table.encode("cp1256"))
    assert got.events[0].location is not None
    assert got.events[0].location.place_in_report == "سبها"
    for text in (
        "À l'Élysée, les évêques ont fêté Noël.",
        "Der Größte Übungsplatz in Köln fließt.",
        "El niño cayó en Mérida, España.",
    ):
        assert _read(tmp_path, "l.txt", text.encode("cp1252")).reports[0].text == text
