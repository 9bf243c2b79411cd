"""Dates in the ways that reports write them."""

import re
from collections.abc import Iterator
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_NAMES = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)

_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")
_NUMBERS = re.compile(r"(?<![\d.])(?P<first>\d{1,2})(?P<sign>[./])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})(?!\d)")
_DAY_FIRST = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.? (?P<name>{_NAMES})\.?,? (?P<year>\d{{4}})\b", re.I)
_MONTH_FIRST = re.compile(rf"\b(?P<name>{_NAMES})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b", re.I)


def dates_in(text: str, *, day_first: bool) -> list[date]:
    """The dates of a text; days that do not exist are none. `05/06/2026` is 5 June when the day comes first."""
    found = []
    for year, month, day in _parts(text, day_first):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found


def _parts(text: str, day_first: bool) -> Iterator[tuple[int, int, int]]:
    for match in _ISO.finditer(text):
        yield int(match["year"]), int(match["month"]), int(match["day"])
    for match in _NUMBERS.finditer(text):
        first, second = int(match["first"]), int(match["second"])
        # With dots between them the day comes first everywhere.
        day, month = (first, second) if day_first or match["sign"] == "." else (second, first)
        yield int(match["year"]), month, day
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        for match in pattern.finditer(text):
            yield int(match["year"]), _MONTHS.index(match["name"][:3].lower()) + 1, int(match["day"])
