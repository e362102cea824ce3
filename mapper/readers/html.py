"""Saved web pages: the article's text, title, language and date, without menus and scripts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from mapper.errors import InputError
from mapper.model import Report
from mapper.readers.content import Content
from mapper.readers.text import report_id
from mapper.settings import Settings

_SKIP = {
    "script",
    "style",
    "nav",
    "header",
    "footer",
    "aside",
    "form",
    "noscript",
    "svg",
    "template",
    "button",
    "select",
}
_BLOCK = {
    "p",
    "div",
    "br",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "section",
    "article",
    "blockquote",
    "tr",
    "figcaption",
}
_VOID = {"br", "img", "meta", "link", "input", "hr", "source", "wbr", "area", "base", "col", "embed", "track"}
_DATES = {
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "pubdate",
    "publish-date",
    "og:published_time",
}


class _Page(HTMLParser):
    """Collects the text of a page, that of <article> or <main> apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.language: str | None = None
        self.published: str | None = None
        self.url: str | None = None
        self._all: list[str] = []
        self._main: list[str] = []
        self._skip = self._in_main = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attrs}
        if tag == "html":
            self.language = (values.get("lang") or "")[:2].lower() or None
        if (
            tag == "meta"
            and (values.get("property") or values.get("name") or values.get("itemprop", "")).lower() in _DATES
        ):
            self.published = self.published or values.get("content")
        if tag == "time":
            self.published = self.published or values.get("datetime")
        if (
            tag == "link"
            and values.get("rel") == "canonical"
            and values.get("href", "").startswith(("http://", "https://"))
        ):
            self.url = values["href"]
        if tag in _SKIP:
            self._skip += 1
        self._in_main += tag in ("article", "main")
        self._in_title = tag == "title"
        if tag in _BLOCK:
            self._add("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIP:
            self._skip = max(0, self._skip - 1)
        if tag in ("article", "main"):
            self._in_main = max(0, self._in_main - 1)
        self._in_title = False
        if tag in _BLOCK:
            self._add("\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._skip:
            self._add(re.sub(r"\s+", " ", data))

    def _add(self, text: str) -> None:
        self._all.append(text)
        if self._in_main:
            self._main.append(text)

    def text(self) -> str:
        """The article's text, one paragraph a line."""
        raw = "".join(self._main) if len("".join(self._main).strip()) > 200 else "".join(self._all)
        return "\n".join(line.strip() for line in raw.split("\n") if line.strip())


def article(markup: str) -> _Page:
    """A page, parsed."""
    page = _Page()
    page.feed(markup)
    page.close()
    return page


def _date(value: str | None) -> dt.date | None:
    """The day of an ISO date at the start of ``value``, if it is one."""
    try:
        return dt.date.fromisoformat((value or "")[:10])
    except ValueError:
        return None


def read(path: Path, data: bytes, settings: Settings) -> Content:
    """One report from a saved page."""
    content = Content()
    content.reports.append(report_of(path, report_id, content.decode(data, str(path)), settings))
    return content


def report_of(path: Path, identify: Callable[[Path, str], str], markup: str, settings: Settings) -> Report:
    """The report of a page.

    Args:
        path: Where it was found.
        identify: Gives it an id, of the path and the text.
        markup: The page.
        settings: For a day where the page states none.

    Raises:
        InputError: It holds no text.
    """
    page = article(markup)
    text = page.text()
    if not text:
        raise InputError(
            f"{path}: the page holds no text.",
            remedy="Save the article itself, or copy its text to a .txt file.",
        )
    return Report(
        identify(path, text),
        text,
        title=page.title.strip() or None,
        language=page.language,
        published=_date(page.published) or settings.published,
        source=path.name,
        url=page.url,
    )
