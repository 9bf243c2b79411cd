"""A check and the fake host."""

import types as python_types
import unittest
from collections.abc import Callable
from dataclasses import dataclass

from tidegate_plugin import Code, FilesError, HttpError, Run, ask, check, config_fault, denied, fail, option, timed_out
from tidegate_plugin.testing import CheckFailed, Ran, answer, description, json, no_answer, run_check
from wit_world.imports import http, recorded, types

CODE = Code(slug="bad", summary="bad", severity="high", impact="i", remedy="r")
EVERYTHING = [
    ask.target_write("w"),
    ask.apis("a"),
    ask.host("https://api.example", "h"),
    ask.files("exports/**/*.csv", "f"),
    ask.recorded("r"),
]


@dataclass
class Config:
    days: int = option("How many.", default=30)


def module(function: Callable[..., None], asks: list[types.Capability]) -> python_types.ModuleType:
    """A module whose check is the function."""
    made = python_types.ModuleType("made")
    made.__dict__.update(function.__globals__)
    copied = python_types.FunctionType(function.__code__, made.__dict__, closure=function.__closure__)
    copied.__annotations__ = function.__annotations__
    check(name="toy", version="1.0.0", summary="s", codes=[CODE], asks=asks)(copied)
    return made


def ran(function: Callable[[Run], None], *, asks: list[types.Capability] | None = None, **setup: object) -> Ran:
    return run_check(module(function, EVERYTHING if asks is None else asks), **setup)  # type: ignore[arg-type]


class Checks(unittest.TestCase):
    def failure(self, function: Callable[[Run], None], **setup: object) -> CheckFailed:
        with self.assertRaises(CheckFailed) as raised:
            ran(function, **setup)  # type: ignore[arg-type]
        return raised.exception

    def test_the_description_is_what_the_interface_wants(self) -> None:
        def run(run: Run, config: Config) -> None:
            run.expect(config.days == 7, "bad", "other days")

        made = module(run, [ask.secret("KEY", "to pay", optional=True)])
        described = description(made)
        self.assertEqual(described.codes, [types.Code("bad", "bad", types.Severity.HIGH, "i", "r", types.Effort.SMALL)])
        self.assertEqual(described.capabilities, [types.Capability(types.Power_Secret("KEY"), "to pay", True)])
        self.assertIn('"days"', described.config_schema)
        self.assertEqual(run_check(made, {"days": 7}).codes, [])
        self.assertEqual(run_check(made).codes, ["bad"])

    def test_an_expectation_counts_whether_it_holds_or_not(self) -> None:
        def run(run: Run) -> None:
            assert run.expect(1, "bad", "held")
            assert not run.expect(0, "bad", "broken", evidence={"n": 1}, file="a.csv", line=3, severity="low")
            run.held(3)
            run.metric("rows", 4, unit="bytes")
            run.note("seen")
            run.inconclusive("too few")

        outcome = ran(run).outcome
        self.assertEqual(outcome.evaluated, 5)
        finding = outcome.findings[0]
        self.assertEqual((finding.severity, finding.confidence), (types.Severity.LOW, types.Confidence.HIGH))
        self.assertEqual(finding.location, types.Location("a.csv", 3, None))
        self.assertEqual(finding.evidence, [types.Evidence("n", "1")])
        self.assertEqual(outcome.metrics, [types.Metric("rows", "", types.Unit.BYTES, 4.0)])
        self.assertEqual((outcome.notes, outcome.inconclusive), (["seen"], "too few"))

    def test_what_is_raised_becomes_a_failure_of_the_interface(self) -> None:
        cases: list[tuple[Callable[[Run], object], str, str]] = [
            (lambda run: fail("f"), "failed", "f"),
            (lambda run: denied("d"), "denied", "d"),
            (lambda run: timed_out("t"), "timeout", "t"),
            (lambda run: config_fault("/a", "m", "h"), "config", "m"),
            (lambda run: run.finding("other", "t"), "failed", "other is not declared; declared are bad"),
            (lambda run: run.metric("m", float("nan")), "failed", "m is no number"),
            (lambda run: [].pop(), "failed", "IndexError: pop from empty list (at test_check.py:"),
            (lambda run: __import__("no_such_module"), "failed", "import it at the top"),
        ]
        for act, tag, text in cases:
            def run(run: Run) -> None:
                act(run)

            failed = self.failure(run)
            self.assertEqual(failed.tag, tag)
            self.assertIn(text, str(failed))

    def test_requests_say_where_they_go_as_whom_and_what_they_bring(self) -> None:
        def run(run: Run) -> None:
            run.get("/a", query={"q": "x y", "list": [1, 2]}, route="/a")
            run.as_identity("anna").post("/b?x=1", json={"a": "ü"}, query={"y": 2}, timeout=5, redirects=3, body_limit=9)
            run.api("db").as_nobody().put("/c", form={"a": "b c"})
            run.get("https://api.example/d", headers={"x-key": run.secret("KEY")})
            run.patch("/e", body="plain", headers={"Content-Type": "text/x"})

        first, second, third, fourth, fifth = ran(run, identities=["anna"]).requests
        self.assertEqual(first.place, http.Place_Target("/a?q=x+y&list=1&list=2"))
        self.assertEqual((second.place, second.identity), (http.Place_Target("/b?x=1&y=2"), "anna"))
        self.assertEqual((second.body, second.headers), (b'{"a": "\\u00fc"}', [http.Header("content-type", "application/json")]))
        self.assertEqual((second.timeout, second.redirects, second.body_limit), (5, 3, 9))
        self.assertEqual((third.place, third.identity, third.body), (http.Place_Api(("db", "/c")), "", b"a=b+c"))
        self.assertEqual(fourth.headers, [http.Header("x-key", "${KEY}")])
        self.assertEqual((fifth.body, fifth.headers), (b"plain", [http.Header("Content-Type", "text/x")]))

    def test_an_answer_gives_its_parts(self) -> None:
        def run(run: Run) -> None:
            response = run.get("/a")
            assert (response.status, response.ok, response.json()) == (201, True, {"a": 1})
            assert response.header("Content-Type") == "application/json"
            assert run.get("/bom").text() == "id"

        ran(run, answers={"GET /a": json({"a": 1}, status=201), "GET /bom": answer(b"\xef\xbb\xbfid")})

    def test_an_error_of_a_request_can_be_caught_and_ends_the_check_otherwise(self) -> None:
        answers = {
            "GET /a": no_answer(http.HttpError_Connect("nobody")),
            "GET /slow": no_answer(http.HttpError_Timeout("too slow")),
            "GET /text": answer("<html>"),
        }

        def catches(run: Run) -> None:
            try:
                run.get("/a")
            except HttpError as error:
                assert (error.tag, error.value) == ("connect", "nobody")
                run.held()

        self.assertEqual(ran(catches, answers=answers).outcome.evaluated, 1)

        def asks(run: Run) -> None:
            run.get("/a")

        self.assertIn("GET /a: nobody", str(self.failure(asks, answers=answers)))

        def waits(run: Run) -> None:
            run.get("/slow")

        self.assertEqual(self.failure(waits, answers=answers).tag, "timeout")

        def reads(run: Run) -> None:
            run.get("/text").json()

        self.assertIn("the body is no JSON", str(self.failure(reads, answers=answers)))

    def test_files_are_found_and_read_under_the_globs_that_are_asked_for(self) -> None:
        def run(run: Run) -> None:
            assert run.files.find("**/*.csv") == ["exports/2026/a.csv", "exports/b.csv"]
            assert run.files.find("exports/*.csv") == ["exports/b.csv"]
            assert run.files.text("exports/2026/a.csv") == "id"
            assert run.files.json("exports/b.csv") == [1]
            for path, limit, tag in (("s.txt", 9, "denied"), ("exports/c.csv", 9, "missing"), ("exports/b.csv", 2, "too-large")):
                try:
                    run.files.bytes(path, limit)
                except FilesError as error:
                    assert error.tag == tag, error
                    run.held()

        files = {"exports/2026/a.csv": b"\xef\xbb\xbfid", "exports/b.csv": "[1]", "s.txt": "s"}
        self.assertEqual(ran(run, files=files).outcome.evaluated, 3)

    def test_what_others_recorded_comes_page_by_page(self) -> None:
        def exchange(place: int) -> recorded.Exchange:
            return recorded.Exchange("other", None, "GET", f"/r{place}", "", 200, [], b"", False, False)

        def run(run: Run) -> None:
            run.held([one.route for one in run.recorded()] == [f"/r{place}" for place in range(120)])

        self.assertEqual(ran(run, recorded=[exchange(place) for place in range(120)]).outcome.evaluated, 1)

    def test_what_is_not_asked_for_is_denied(self) -> None:
        cases: list[Callable[[Run], object]] = [
            lambda run: run.post("/a"),
            lambda run: run.api("db").get("/a"),
            lambda run: run.get("https://api.example/"),
            lambda run: run.files.find("*"),
            lambda run: list(run.recorded()),
            lambda run: run.as_identity("boris").get("/a"),
        ]
        for act in cases:
            def run(run: Run) -> None:
                act(run)

            self.assertEqual(self.failure(run, asks=[ask.target_read("r")]).tag, "denied")

    def test_time_and_chance_are_the_runs(self) -> None:
        def run(run: Run) -> None:
            assert run.now.isoformat() == "2026-01-15T12:00:00+00:00"
            run.metric("drawn", run.random.random())

        drawn = [ran(run, seed=seed).outcome.metrics[0].value for seed in (1, 1, 2)]
        self.assertEqual(drawn[0], drawn[1])
        self.assertNotEqual(drawn[0], drawn[2])


if __name__ == "__main__":
    unittest.main()
