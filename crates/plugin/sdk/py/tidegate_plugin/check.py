"""A check: what it says about itself, and what it is handed when it runs."""

from __future__ import annotations

import json
import math
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from random import Random
from typing import Any, Literal, TypeVar

from componentize_py_types import Err
from wit_world.imports import files as host_files
from wit_world.imports import log as host_log
from wit_world.imports import recorded as host_recorded
from wit_world.imports import types

from .engine import prepare
from .errors import FilesError, as_failure, calling, denied, fail
from .options import read, schema_of
from .sending import Sender

Severity = Literal["info", "low", "medium", "high", "critical"]
Confidence = Literal["low", "medium", "high"]
Effort = Literal["small", "medium", "large"]
Unit = Literal["milliseconds", "bytes", "count"]

#: The most bytes that a file may have.
MOST_BYTES = 8 * 1024 * 1024

#: How many recorded exchanges are asked for at once.
_BATCH = 50

Config = TypeVar("Config")


@dataclass(frozen=True, kw_only=True)
class Code:
    """One thing that a check can find."""

    slug: str
    summary: str
    severity: Severity
    impact: str
    remedy: str
    effort: Effort = "small"

    def declared(self) -> types.Code:
        """As the interface has it."""
        severity, effort = types.Severity[self.severity.upper()], types.Effort[self.effort.upper()]
        return types.Code(self.slug, self.summary, severity, self.impact, self.remedy, effort)


class ask:
    """The powers that a check can ask for, each with the reason that whoever grants it reads."""

    @staticmethod
    def target_read(reason: str, *, optional: bool = False) -> types.Capability:
        """Requests that read to the environment under test."""
        return types.Capability(types.Power_TargetRead(), reason, optional)

    @staticmethod
    def target_write(reason: str, *, optional: bool = False) -> types.Capability:
        """Requests of every method to the environment under test."""
        return types.Capability(types.Power_TargetWrite(), reason, optional)

    @staticmethod
    def apis(reason: str, *, optional: bool = False) -> types.Capability:
        """Requests to origins under `apis:` of the gate file."""
        return types.Capability(types.Power_Apis(), reason, optional)

    @staticmethod
    def host(origin: str, reason: str, *, optional: bool = False) -> types.Capability:
        """Requests to another origin, such as `https://api.stripe.com`."""
        return types.Capability(types.Power_Host(origin), reason, optional)

    @staticmethod
    def secret(name: str, reason: str, *, optional: bool = False) -> types.Capability:
        """The value of a secret, put into a header when the request is sent."""
        return types.Capability(types.Power_Secret(name), reason, optional)

    @staticmethod
    def files(glob: str, reason: str, *, optional: bool = False) -> types.Capability:
        """Files of the project."""
        return types.Capability(types.Power_Files(glob), reason, optional)

    @staticmethod
    def recorded(reason: str, *, optional: bool = False) -> types.Capability:
        """What other checks sent and received."""
        return types.Capability(types.Power_Recorded(), reason, optional)


class Files:
    """Files of the project under the granted globs."""

    def find(self, glob: str) -> list[str]:
        """The granted files that match a glob, sorted."""
        found: list[str] = calling(FilesError, glob, lambda: host_files.find(glob))
        return found

    def bytes(self, path: str, limit: int = MOST_BYTES) -> bytes:
        """The content of a file of at most `limit` bytes."""
        content: bytes = calling(FilesError, path, lambda: host_files.read(path, limit))
        return content

    def text(self, path: str, limit: int = MOST_BYTES) -> str:
        """The content as text: UTF-8 without its byte order mark; what is none becomes U+FFFD."""
        return self.bytes(path, limit).decode("utf-8-sig", errors="replace")

    def json(self, path: str, limit: int = MOST_BYTES) -> Any:
        """The content as JSON; ends the check when it is none."""
        try:
            return json.loads(self.bytes(path, limit))
        except ValueError as error:
            fail(f"{path}: it is no JSON: {error}")


class Log:
    """Lines for whoever writes or debugs the plugin."""

    def debug(self, message: str) -> None:
        """Shown by `tidegate plugin test`, and beside an error."""
        host_log.write(host_log.Level.DEBUG, message)

    def info(self, message: str) -> None:
        """Shown by `tidegate plugin test`, and beside an error."""
        host_log.write(host_log.Level.INFO, message)

    def warn(self, message: str) -> None:
        """Becomes a note of the report."""
        host_log.write(host_log.Level.WARN, message)


class Run(Sender):
    """A check that runs: its requests, its files, what other checks recorded, and the outcome that it fills."""

    def __init__(self, context: types.Context, codes: list[str]) -> None:
        super().__init__()
        self.context = context
        self.files = Files()
        self.log = Log()
        self.random = Random(context.seed)
        self.outcome = types.Outcome(0, [], [], [], None)
        self._codes = codes

    @property
    def now(self) -> datetime:
        """When the check began, in UTC; `datetime.now()` traps, because a component has no clock."""
        return datetime.fromtimestamp(self.context.now / 1000, tz=timezone.utc)

    def secret(self, name: str) -> str:
        """What stands for a granted secret in a header; the check never sees its value."""
        return "${" + name + "}"

    def recorded(self) -> Iterator[host_recorded.Exchange]:
        """What other checks sent and received, in its order."""
        after: int | None = 0
        while after is not None:
            try:
                exchanges, after = host_recorded.page(after, _BATCH)
            except Err as error:
                denied(error.value)
            yield from exchanges

    def held(self, count: int = 1) -> None:
        """Counts expectations that held."""
        self.outcome.evaluated += count

    def expect(self, holds: object, code: str, title: str, **about: Any) -> bool:
        """Counts one expectation, and says what is wrong when it does not hold; gives whether it does."""
        if holds:
            self.held()
        else:
            self.finding(code, title, **about)
        return bool(holds)

    def finding(
        self,
        code: str,
        title: str,
        *,
        severity: Severity | None = None,
        confidence: Confidence = "high",
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        evidence: Mapping[str, object] | None = None,
        remediation: str | None = None,
        subject: str | None = None,
    ) -> None:
        """Says what is wrong; counts as an expectation, too."""
        if code not in self._codes:
            fail(f"the code {code} is not declared; declared are {', '.join(self._codes) or 'none'}")
        self.outcome.evaluated += 1
        finding = types.Finding(
            code,
            title,
            types.Severity[severity.upper()] if severity else None,
            types.Confidence[confidence.upper()],
            types.Location(file, line, column) if file else None,
            [types.Evidence(label, str(text)) for label, text in (evidence or {}).items()],
            remediation,
            subject,
        )
        self.outcome.findings.append(finding)

    def metric(self, name: str, value: float, *, unit: Unit = "count", subject: str = "") -> None:
        """Tells a measured number."""
        if not math.isfinite(value):
            fail(f"the metric {name} is no number: {value}")
        self.outcome.metrics.append(types.Metric(name, subject, types.Unit[unit.upper()], float(value)))

    def note(self, text: str) -> None:
        """Tells a reader something beside the findings."""
        self.outcome.notes.append(text)

    def inconclusive(self, reason: str) -> None:
        """Says that the check cannot tell, and why."""
        self.outcome.inconclusive = reason


@dataclass(frozen=True)
class _Nothing:
    """The config of a check that has none."""


def _config_of(function: Callable[..., None]) -> Any:
    """The type of the second parameter, which is the config."""
    hints = typing.get_type_hints(function)
    hints.pop("return", None)
    kinds = list(hints.values())
    return kinds[1] if len(kinds) > 1 else _Nothing


def check(
    *,
    name: str,
    version: str,
    summary: str,
    codes: list[Code],
    asks: list[types.Capability] | None = None,
    documentation: str = "",
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Makes a plugin of a function: `def run(run: Run, config: Config) -> None`.

    The config is a dataclass, told by the type of the second parameter; a check without a config leaves it out.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        config_type = _config_of(function)
        schema = json.dumps(schema_of(config_type))
        # A checkout under Windows has other line ends, which a page may not have.
        page = documentation.replace("\r\n", "\n")
        declared = [code.declared() for code in codes]

        class WitWorld:
            def description(self) -> types.Description:
                return types.Description(name, version, summary, page, schema, declared, asks or [])

            def run(self, config: str, context: types.Context) -> types.Outcome:
                prepare(context)
                run = Run(context, [code.slug for code in codes])
                try:
                    value = read(config_type, json.loads(config))
                    function(*([run] if config_type is _Nothing else [run, value]))
                except Exception as error:
                    raise Err(as_failure(error)) from None
                return run.outcome

        # componentize-py takes the class of this name from the module that it is given.
        function.__globals__["WitWorld"] = WitWorld
        return function

    return decorate
