"""Runs a check with a fake host, without a component: `python -m unittest`."""

from __future__ import annotations

import json as json_text
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from types import ModuleType
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from componentize_py_types import Err
from wit_world.imports import files as host_files
from wit_world.imports import http
from wit_world.imports import log as host_log
from wit_world.imports import recorded as host_recorded
from wit_world.imports import types

_READING = ("GET", "HEAD", "OPTIONS")

_NOT_THEIRS = ("host", "cookie", "authorization", "connection", "content-length", "transfer-encoding")


@dataclass
class Answer:
    """What the fake host answers to a request."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    truncated: bool = False


def answer(body: str | bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with a body of text or bytes."""
    return Answer(body.encode() if isinstance(body, str) else body, status, headers or {})


def json(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with a body of JSON."""
    named = {"content-type": "application/json", **(headers or {})}
    return answer(json_text.dumps(value), status=status, headers=named)


def no_answer(error: http.HttpError) -> http.HttpError:
    """No answer: an error of the interface, such as `http.HttpError_Connect("nobody answers")`."""
    return error


class CheckFailed(Exception):
    """The check came to no result."""

    def __init__(self, failure: types.Failure) -> None:
        self.failure = failure
        self.tag = type(failure).__name__.rpartition("_")[2].lower()
        super().__init__(f"{self.tag}: {failure.value}")


@dataclass
class Ran:
    """What a run gave."""

    outcome: types.Outcome
    requests: list[http.Request]
    log: list[tuple[str, str]]

    @property
    def codes(self) -> list[str]:
        """The codes of the findings, in their order."""
        return [finding.code for finding in self.outcome.findings]


#: What stands for an answer: the answer, an error of the interface, or a function of the request that gives either.
Prepared = Any


def _globbed(glob: str) -> re.Pattern[str]:
    """A glob of the gate file: `*` stays in its folder, `**` does not."""
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    return re.compile("".join(signs.get(part, re.escape(part)) for part in parts))


class _FakeHost:
    def __init__(
        self,
        asked: Sequence[types.Capability],
        answers: Mapping[str, Prepared],
        files: Mapping[str, str | bytes],
        recorded: Sequence[host_recorded.Exchange],
        identities: Sequence[str],
    ) -> None:
        self.powers = [capability.power for capability in asked]
        self.answers = answers
        self.files = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        self.recorded = recorded
        self.identities = identities
        self.requests: list[http.Request] = []
        self.log: list[tuple[str, str]] = []

    def _asks(self, *kinds: type) -> bool:
        return any(isinstance(power, kinds) for power in self.powers)

    def _refusal(self, request: http.Request) -> str | None:
        place = request.place
        if isinstance(place, http.Place_Target):
            reads = request.method in _READING and self._asks(types.Power_TargetRead)
            if not reads and not self._asks(types.Power_TargetWrite):
                return "the check does not ask for this use of the target"
        elif isinstance(place, http.Place_Api):
            if not self._asks(types.Power_Apis):
                return "the check does not ask for apis"
        else:
            origin = "{0.scheme}://{0.netloc}".format(urlsplit(place.value))
            if types.Power_Host(origin) not in self.powers:
                return f"the check does not ask for the host {origin}"
        if request.identity and request.identity not in self.identities:
            return f"the gate file does not grant the identity {request.identity}"
        return None

    def send(self, request: http.Request) -> http.Response:
        if refusal := self._refusal(request):
            raise Err(http.HttpError_Denied(refusal))
        for header in request.headers:
            if header.name.lower() in _NOT_THEIRS and "${" not in header.value:
                raise Err(http.HttpError_Invalid(f"{header.name} is not the plugin's to set"))
        value = request.place.value
        where = ":".join(value) if isinstance(value, tuple) else value
        self.requests.append(request)
        named = f"{request.method} {where}"
        prepared = self.answers.get(named, self.answers.get(named.split("?")[0], Answer(status=404)))
        given = prepared(request) if callable(prepared) else prepared
        if not isinstance(given, Answer):
            raise Err(given)
        return _response(given, request, where)

    def granted(self) -> list[str]:
        globs = [_globbed(power.value) for power in self.powers if isinstance(power, types.Power_Files)]
        return sorted(path for path in self.files if any(glob.fullmatch(path) for glob in globs))

    def find(self, glob: str) -> list[str]:
        if not self._asks(types.Power_Files):
            raise Err(host_files.FilesError_Denied("the check asks for no files"))
        return [path for path in self.granted() if _globbed(glob).fullmatch(path)]

    def read(self, path: str, limit: int) -> bytes:
        if path not in self.files:
            raise Err(host_files.FilesError_Missing(f"there is no {path}"))
        if path not in self.granted():
            raise Err(host_files.FilesError_Denied(f"the check does not ask for {path}"))
        if len(self.files[path]) > limit:
            raise Err(host_files.FilesError_TooLarge(limit))
        return self.files[path]

    def page(self, after: int, limit: int) -> tuple[list[host_recorded.Exchange], int | None]:
        if not self._asks(types.Power_Recorded):
            raise Err("the check does not ask for what others recorded")
        more = after + limit < len(self.recorded)
        return list(self.recorded[after : after + limit]), after + limit if more else None

    def write(self, level: host_log.Level, message: str) -> None:
        self.log.append((level.name.lower(), message))


def _response(given: Answer, request: http.Request, where: str) -> http.Response:
    most = 1024 * 1024 if request.body_limit is None else request.body_limit
    headers = [http.Header(name.lower(), value) for name, value in given.headers.items()]
    return http.Response(
        given.status,
        [header for header in headers if header.name != "set-cookie"],
        given.body[:most],
        given.truncated or len(given.body) > most,
        where if where.startswith("http") else f"http://target.example{where}",
        [],
        http.Timings(None, None, None, 1_000, 100, 1_100),
    )


@contextmanager
def _in_place(host: _FakeHost) -> Iterator[None]:
    with (
        patch.object(http, "send", host.send),
        patch.object(host_files, "find", host.find),
        patch.object(host_files, "read", host.read),
        patch.object(host_recorded, "page", host.page),
        patch.object(host_log, "write", host.write),
    ):
        yield


def run_check(
    module: ModuleType,
    config: Mapping[str, Any] | None = None,
    *,
    answers: Mapping[str, Prepared] | None = None,
    files: Mapping[str, str | bytes] | None = None,
    recorded: Sequence[host_recorded.Exchange] = (),
    now: datetime = datetime(2026, 1, 15, 12, tzinfo=timezone.utc),
    environment_kind: types.EnvironmentKind = types.EnvironmentKind.LOCAL,
    identity: str | None = None,
    identities: Sequence[str] = (),
    apis: Sequence[str] = (),
    deploy: str | None = None,
    seed: int = 1,
) -> Ran:
    """Runs the check of a module once. `answers` has `GET /path` → answer; raises CheckFailed without a result."""
    plugin = module.WitWorld()
    known = [*identities, *([identity] if identity else [])]
    host = _FakeHost(plugin.description().capabilities, answers or {}, files or {}, recorded, known)
    context = types.Context(
        "test", "http://target.example", "local", environment_kind, deploy, identity, list(identities), list(apis),
        int(now.timestamp() * 1000), seed, "tidegate-test",
    )  # fmt: skip
    with _in_place(host):
        try:
            outcome = plugin.run(json_text.dumps(config or {}), context)
        except Err as error:
            raise CheckFailed(error.value) from None
    return Ran(outcome, host.requests, host.log)


def description(module: ModuleType) -> types.Description:
    """What the check of a module says about itself."""
    described: types.Description = module.WitWorld().description()
    return described
