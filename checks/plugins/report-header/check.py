"""Reports carry the header that was agreed on with the client."""

import fnmatch
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Optional
from urllib.parse import unquote

from tidegate_plugin import Code, Response, Run, ask, check, config_fault, option

from dates import dates_in
from headers import Head, head_of, kind_of

#: The most bytes of a report that are read; its head is at its beginning, the metadata of a PDF often at its end.
MOST_BYTES = 8 * 1024 * 1024


@dataclass
class Report:
    """One report."""

    route: str = option("Its path.", pattern="^/")
    title: Optional[str] = option("What its head calls it, such as `Enquiries`.", default=None)
    file_name: Optional[str] = option("What it is saved as, with `*` for what differs: `acme-*.csv`.", default=None)
    kind: Optional[Literal["csv", "html", "pdf", "text"]] = option("What it is; its type says so unless told.", default=None)


@dataclass
class Config:
    """What the gate file says."""

    client: str = option("The client's name, as reports write it.", min_length=1)
    reports: list[Report] = option("The reports.", min_items=1)
    confidentiality: str = option("The words that mark a report; empty for none.", default="Confidential")
    max_age: int = option("How many days old the date of a report may be; 1 for time zones.", default=1, minimum=0)
    day_first: bool = option("Whether 05/06/2026 is 5 June.", default=True)
    first_lines: int = option("How many lines of a plain text are its head.", default=6, minimum=1)


@check(
    name="report-header",
    version="0.1.0",
    summary="Reports name the client, say that they are confidential, and carry their date and title",
    documentation=Path(__file__).with_name("check.md").read_text(encoding="utf-8"),
    codes=[
        Code(
            slug="report-missing",
            summary="A report cannot be had",
            severity="high",
            impact="The client asks for a report and gets an error.",
            remedy="Make the route answer 200 with the report for this identity.",
        ),
        Code(
            slug="client-missing",
            summary="A report does not name the client",
            severity="medium",
            impact="A printed report cannot be told from that of another client.",
            remedy="Write the client's name into the head of the report, or correct `client:`.",
        ),
        Code(
            slug="not-marked-confidential",
            summary="A report does not say that it is confidential",
            severity="medium",
            impact="Whoever it is forwarded to does not know that it is not for them.",
            remedy="Write the agreed line into the head of the report.",
        ),
        Code(
            slug="date-missing",
            summary="A report has no date",
            severity="medium",
            impact="Nobody can tell which of two printed reports is the newer one.",
            remedy="Write the day on which the report was made into its head.",
        ),
        Code(
            slug="date-wrong",
            summary="The date of a report is not that of today",
            severity="medium",
            impact="People decide by numbers that look older, or newer, than they are.",
            remedy="Write the day on which the report was made, or allow more with `max-age:`.",
        ),
        Code(
            slug="title-missing",
            summary="A report does not say what it is",
            severity="low",
            impact="A printed report has to be read to know what it is about.",
            remedy="Write the title into the head of the report, or correct `title:`.",
        ),
        Code(
            slug="file-name",
            summary="A report is saved under another name than agreed",
            severity="low",
            impact="Reports of several clients end up under one name in somebody's downloads.",
            remedy="Send `Content-Disposition` with the agreed file name.",
        ),
    ],
    asks=[ask.target_read("to read the reports")],
)
def reports_carry_their_header(run: Run, config: Config) -> None:
    if not config.client.strip():
        config_fault("/client", "the name is empty", "write the client's name as reports write it")
    for report in config.reports:
        response = run.get(report.route, body_limit=MOST_BYTES, redirects=3)
        if _is_there(run, report, response):
            _name_fits(run, report, response)
            _head_fits(run, config, report, response)


def _is_there(run: Run, report: Report, response: Response) -> bool:
    evidence = {"request": f"GET {report.route}", "status": response.status}
    return run.expect(
        response.ok and response.body,
        "report-missing",
        f"{report.route} answers {response.status} without a report",
        evidence=evidence,
        subject=report.route,
    )


def saved_as(disposition: str) -> str | None:
    """The file name of a `Content-Disposition` (RFC 6266): the one in full before the one in ASCII."""
    full = re.search(r"filename\*\s*=\s*utf-8'[^']*'([^;\s]+)", disposition, re.I)
    if full:
        return unquote(full[1])
    plain = re.search(r'filename\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s]+))', disposition, re.I)
    return re.sub(r"\\(.)", r"\1", plain[1] or plain[2]) if plain else None


def _name_fits(run: Run, report: Report, response: Response) -> None:
    if report.file_name is None:
        return
    name = saved_as(response.header("content-disposition") or "")
    run.expect(
        name is not None and fnmatch.fnmatchcase(name, report.file_name),
        "file-name",
        f"{report.route} is saved as {name or 'nothing in particular'} and not as {report.file_name}",
        evidence={"expected": report.file_name, "actual": name or "no file name"},
        subject=report.route,
    )


def _says(text: str, words: str) -> bool:
    """Whether a text has these words, whatever their case and the spaces between them."""
    return " ".join(words.split()).casefold() in " ".join(text.split()).casefold()


def _head_fits(run: Run, config: Config, report: Report, response: Response) -> None:
    kind = report.kind or kind_of(response.header("content-type") or "", response.body)
    head = head_of(kind, response.body, config.first_lines)
    wanted = [("client-missing", config.client, "name the client"), ("title-missing", report.title, "say what it is")]
    wanted.append(("not-marked-confidential", config.confidentiality, "say that it is confidential"))
    for code, words, what in wanted:
        if words:
            title = f"the head of {report.route} does not {what}"
            _expect(run, report, head, code, title, words, _says(head.text, words))
    found = dates_in(head.text, day_first=config.day_first)
    title = f"the head of {report.route} has no date"
    if _expect(run, report, head, "date-missing", title, "a date", bool(found)):
        _date_fits(run, config, report, found)


def _expect(run: Run, report: Report, head: Head, code: str, title: str, words: str, holds: bool) -> bool:
    if not holds and not head.certain:
        title += ", as far as its metadata tell"
    return run.expect(
        holds,
        code,
        title,
        confidence="high" if head.certain else "low",
        evidence={"expected": words, "actual": head.text or "no head"},
        subject=report.route,
    )


def _date_fits(run: Run, config: Config, report: Report, found: list[date]) -> None:
    today = run.now.date()
    nearest = min(found, key=lambda day: abs((today - day).days))
    age = (today - nearest).days
    said = f"{age} days old" if age > 0 else f"{-age} days ahead"
    run.expect(
        # Where it is already tomorrow a report made now carries tomorrow's date.
        -1 <= age <= config.max_age,
        "date-wrong",
        f"the date of {report.route} is {said}",
        evidence={"expected": f"at most {config.max_age} days before {today}", "actual": str(nearest)},
        subject=report.route,
    )
