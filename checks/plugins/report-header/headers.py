"""What stands at the head of a report: of CSV and text, of a page, of a PDF."""

import csv
import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

#: How many texts of a page belong to its head.
_MOST_TEXTS = 12

#: Elements whose text nobody sees.
_UNSEEN = ("script", "style", "template", "noscript")

#: Entries of a PDF's information dictionary (ISO 32000-1, section 14.3.3) whose text counts.
_PDF_ENTRIES = ("Title", "Subject", "Keywords", "Author")


@dataclass
class Head:
    """The head of a report."""

    lines: list[str] = field(default_factory=list)
    #: Whether it is all that the report says of itself; without that what is missing may stand where nobody can look.
    certain: bool = True

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)


def kind_of(content_type: str, body: bytes) -> str:
    """`csv`, `html`, `pdf` or `text`."""
    kind = content_type.split(";")[0].strip().lower()
    if body.startswith(b"%PDF-") or kind == "application/pdf":
        return "pdf"
    if kind in ("text/html", "application/xhtml+xml"):
        return "html"
    return "csv" if "csv" in kind or "excel" in kind else "text"


def head_of(kind: str, body: bytes, first_lines: int) -> Head:
    """The head of a report of this kind."""
    if kind == "pdf":
        return of_pdf(body)
    text = body.decode("utf-8-sig", errors="replace")
    if kind == "html":
        return of_page(text)
    return of_table(text) if kind == "csv" else Head([line for line in text.splitlines() if line.strip()][:first_lines])


def of_table(text: str) -> Head:
    """The lines before the table: before the first one with as many fields as the last one of the text.

    A table of one column begins where lines no longer begin with `#`.
    """
    delimiter = max(",;\t", key=_last_line(text).count)
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    width = len(rows[-1]) if rows else 0
    lines: list[str] = []
    for row in rows:
        filled = [cell.strip() for cell in row if cell.strip()]
        is_comment = filled[0].startswith("#")
        # Spreadsheets pad the lines of the head with empty fields.
        if not is_comment and (len(filled) > 1 or width == 1) and len(row) == width:
            break
        lines.append(" ".join(filled))
    return Head(lines)


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")


class _Page(HTMLParser):
    """Collects the title of a page and its first texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not self._unseen and len(self.texts) < _MOST_TEXTS:
            self.texts.append(text)


def of_page(text: str) -> Head:
    """The title of a page and its first texts."""
    page = _Page()
    page.feed(text)
    page.close()
    return Head(page.texts)


def of_pdf(body: bytes) -> Head:
    """What a PDF says of itself in its information dictionary. Its pages are pictures and packed text: not read."""
    lines = []
    for entry in _PDF_ENTRIES:
        match = re.search(rb"/" + entry.encode() + rb"\s*(\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f\s]*>)", body, re.S)
        if match:
            lines.append(_pdf_text(match[1]))
    made = re.search(rb"/(?:ModDate|CreationDate)\s*\(D:(\d{4})(\d{2})(\d{2})", body)
    if made:
        lines.append("-".join(part.decode() for part in made.groups()))
    return Head([line for line in lines if line.strip()], certain=False)


def _pdf_text(token: bytes) -> str:
    """A text of a PDF: in brackets or hexadecimal, in UTF-16 behind a byte order mark, else Latin-1."""
    if token.startswith(b"<"):
        digits = re.sub(rb"\s", b"", token[1:-1]).decode()
        raw = bytes.fromhex(digits + "0" * (len(digits) % 2))
    else:
        raw = re.sub(rb"\\(.)", rb"\1", token[1:-1], flags=re.S)
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", errors="replace")
    return raw.decode("latin-1")
