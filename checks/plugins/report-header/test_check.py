import unittest
from datetime import date, datetime, timezone
from typing import Any

from tidegate_plugin.testing import Answer, CheckFailed, Ran, answer, run_check

import check
from dates import dates_in
from headers import of_page, of_pdf, of_table

NOW = datetime(2026, 3, 1, 6, tzinfo=timezone.utc)
HEAD = "# Acme\r\n# Enquiries\r\n# Confidential: for Acme only\r\n# As of 2026-03-01\r\n"
TABLE = "id,name,received_on\r\n1,\"Ida, Moss\",2026-02-28\r\n2,Paul,2026-01-02\r\n"
CSV = {"content-type": "text/csv; charset=utf-8", "content-disposition": 'attachment; filename="acme-2026.csv"'}


def ran(given: Answer, report: dict[str, Any] | None = None, **config: Any) -> Ran:
    reports = [{"route": "/report", "title": "Enquiries", "file-name": "acme-*.csv", **(report or {})}]
    whole = {"client": "Acme", "reports": reports, **config}
    return run_check(check, whole, answers={"GET /report": given}, now=NOW)


def of_csv(text: str, **config: Any) -> list[str]:
    return ran(answer(text, headers=CSV), **config).codes


class Csv(unittest.TestCase):
    def test_a_whole_header_passes(self) -> None:
        result = ran(answer(HEAD + TABLE, headers=CSV))
        self.assertEqual(result.codes, [])
        self.assertEqual(result.outcome.evaluated, 7)

    def test_a_table_without_a_header_lacks_each_part(self) -> None:
        expected = ["client-missing", "title-missing", "not-marked-confidential", "date-missing"]
        self.assertEqual(of_csv(TABLE), expected)

    def test_each_part_is_missed_by_itself(self) -> None:
        for line, code in (("# Enquiries\r\n", "title-missing"), ("# As of 2026-03-01\r\n", "date-missing")):
            self.assertEqual(of_csv(HEAD.replace(line, "") + TABLE), [code])
        self.assertEqual(of_csv(HEAD.replace("Confidential", "Public") + TABLE), ["not-marked-confidential"])
        self.assertEqual(of_csv(HEAD.replace("Acme", "Globex") + TABLE), ["client-missing"])

    def test_what_stands_in_the_table_does_not_count(self) -> None:
        self.assertIn("client-missing", of_csv(HEAD.replace("Acme", "Globex") + TABLE + "3,Acme,2026-03-01\r\n"))

    def test_case_spaces_and_a_byte_order_mark_do_not_matter(self) -> None:
        self.assertEqual(of_csv("\ufeff" + HEAD.replace("Confidential", "CONFIDENTIAL").replace("Acme", "acme") + TABLE), [])
        self.assertEqual(of_csv(HEAD + TABLE, confidentiality="confidential:  for"), [])

    def test_the_line_can_be_left_out_of_the_rule(self) -> None:
        self.assertEqual(of_csv(HEAD.replace("Confidential", "Public") + TABLE, confidentiality=""), [])


class Dates(unittest.TestCase):
    def test_the_date_is_todays(self) -> None:
        for written, codes in (
            ("2026-03-01", []),
            ("2026-02-28", []),
            ("2026-03-02", []),
            ("2026-02-27", ["date-wrong"]),
            ("2026-03-03", ["date-wrong"]),
            ("2026-02-30", ["date-missing"]),
            ("01.03.2026", []),
            ("01/03/2026", []),
            ("1 March 2026", []),
            ("March 1st, 2026", []),
            ("20260301", ["date-missing"]),
        ):
            self.assertEqual(of_csv(HEAD.replace("2026-03-01", written) + TABLE), codes, written)

    def test_more_days_are_allowed(self) -> None:
        self.assertEqual(of_csv(HEAD.replace("03-01", "02-01") + TABLE, **{"max-age": 30}), [])

    def test_a_period_with_todays_date_beside_it_passes(self) -> None:
        self.assertEqual(of_csv("# 2025-01-01 to 2025-12-31\r\n" + HEAD + TABLE), [])

    def test_month_first(self) -> None:
        self.assertEqual(dates_in("05/06/2026", day_first=False), [date(2026, 5, 6)])
        self.assertEqual(dates_in("05/06/2026 and 05.06.2026", day_first=True), [date(2026, 6, 5)] * 2)
        self.assertEqual(dates_in("version 1.2.2026.4, 13/13/2026", day_first=True), [date(2026, 2, 1)])


class Heads(unittest.TestCase):
    def test_a_table_as_spreadsheets_write_it(self) -> None:
        text = "Acme;;\nConfidential;;\n\nid;name;date\n1;a;2026-01-01\n"
        self.assertEqual(of_table(text).lines, ["Acme", "Confidential"])

    def test_one_column_empty_and_quoted(self) -> None:
        self.assertEqual(of_table("# Acme\nid\n1\n2\n").lines, ["# Acme"])
        self.assertEqual(of_table("").lines, [])
        self.assertEqual(of_table('"Acme, Ltd"\nid,name\n1,"a\nb"\n').lines, ["Acme, Ltd"])

    def test_a_page_shows_its_title_and_its_first_texts(self) -> None:
        page = "<title>Enquiries</title><style>Acme</style><script>var a = 'Acme'</script><h1>For  <b>A&amp;B</b></h1>"
        self.assertEqual(of_page(page).lines, ["Enquiries", "For", "A&B"])
        self.assertEqual(len(of_page("<p>x</p>" * 50).lines), 12)

    def test_the_metadata_of_a_pdf(self) -> None:
        title = "Enquiries".encode("utf-16-be").hex().encode()
        pdf = b"%PDF-1.7\n1 0 obj <</Title <FEFF" + title + b"> /Author (Acme \\(Ltd\\)) /CreationDate (D:20260301120000Z)>>"
        self.assertEqual(of_pdf(pdf).lines, ["Enquiries", "Acme (Ltd)", "2026-03-01"])


class Reports(unittest.TestCase):
    def test_a_page_is_held_to_the_same_rule(self) -> None:
        page = answer("<title>Enquiries - Acme</title><p>Confidential</p><p>1 March 2026</p>", headers={"content-type": "text/html"})
        self.assertEqual(ran(page, {"file-name": None}).codes, [])

    def test_of_a_pdf_what_is_missing_is_told_with_low_confidence(self) -> None:
        result = ran(answer(b"%PDF-1.7\n/Title (Enquiries of Acme)", headers={"content-type": "application/pdf"}), {"file-name": None})
        self.assertEqual(result.codes, ["not-marked-confidential", "date-missing"])
        self.assertEqual({finding.confidence.name for finding in result.outcome.findings}, {"LOW"})

    def test_the_name_it_is_saved_under(self) -> None:
        for disposition, expected in (
            ('attachment; filename="a \\"b\\".csv"', 'a "b".csv'),
            ("attachment; filename=a.csv", "a.csv"),
            ("attachment; filename=\"a_.csv\"; filename*=UTF-8''a%C3%BC.csv", "aü.csv"),
            ("inline", None),
        ):
            self.assertEqual(check.saved_as(disposition), expected)
        self.assertEqual(ran(answer(HEAD + TABLE, headers={**CSV, "content-disposition": "inline"})).codes, ["file-name"])

    def test_a_report_that_is_not_there(self) -> None:
        self.assertEqual(ran(answer("", status=200)).codes, ["report-missing"])
        self.assertEqual(ran(answer("no", status=500)).codes, ["report-missing"])

    def test_a_config_without_a_name_is_a_fault(self) -> None:
        with self.assertRaises(CheckFailed) as raised:
            run_check(check, {"client": " ", "reports": []}, now=NOW)
        self.assertEqual(raised.exception.tag, "config")


if __name__ == "__main__":
    unittest.main()
