"""Requests, in the words of a check."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from wit_world.imports import http

from .errors import HttpError, calling, fail


class Response:
    """What came back for a request."""

    def __init__(self, raw: http.Response, what: str) -> None:
        self._what = what
        self.status: int = raw.status
        self.headers: list[http.Header] = raw.headers
        self.body: bytes = raw.body
        self.truncated: bool = raw.truncated
        self.url: str = raw.url
        self.redirects: list[str] = raw.redirects
        self.timings: http.Timings = raw.timings

    @property
    def ok(self) -> bool:
        """Whether the status is from 200 to 299."""
        return 200 <= self.status <= 299

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name."""
        wanted = name.lower()
        return next((header.value for header in self.headers if header.name == wanted), None)

    def text(self) -> str:
        """The body as text: UTF-8 without its byte order mark; what is none becomes U+FFFD."""
        return self.body.decode("utf-8-sig", errors="replace")

    def json(self) -> Any:
        """The body as JSON. Ends the check when it is none; look at `ok` first."""
        if self.truncated:
            fail(f"{self._what}: the body is longer than what was kept; ask for more with body_limit")
        try:
            return json.loads(self.body)
        except ValueError:
            fail(f"{self._what}: status {self.status}, and the body is no JSON")


class Sender:
    """Sends requests to one place as one identity."""

    def __init__(self, identity: str | None = None, api: str | None = None) -> None:
        self._identity = identity
        self._api = api

    def as_identity(self, name: str) -> Sender:
        """The same place, as an identity of the gate file."""
        return Sender(name, self._api)

    def as_nobody(self) -> Sender:
        """The same place, as nobody."""
        return Sender("", self._api)

    def api(self, name: str) -> Sender:
        """An entry under `apis:` of the gate file, as the same identity."""
        return Sender(self._identity, name)

    def _place(self, path: str) -> http.Place:
        if path.lower().startswith(("http://", "https://")):
            return http.Place_Url(path)
        if self._api is not None:
            return http.Place_Api((self._api, path))
        return http.Place_Target(path)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        body: bytes | str | None = None,
        route: str | None = None,
        timeout: int | None = None,
        redirects: int = 0,
        body_limit: int | None = None,
    ) -> Response:
        """Sends a request and waits for the answer; `timeout` is in milliseconds. Raises HttpError when there is none."""
        what = f"{method} {path}"
        content, kind = _payload(json, form, body)
        if query:
            path += ("&" if "?" in path else "?") + urlencode(query, doseq=True)
        request = http.Request(
            method,
            self._place(path),
            route,
            self._identity,
            _headers(headers or {}, kind),
            content,
            timeout,
            redirects,
            body_limit,
        )
        return Response(calling(HttpError, what, lambda: http.send(request)), what)

    def get(self, path: str, **options: Any) -> Response:
        """Sends `GET`; the options are those of `request`."""
        return self.request("GET", path, **options)

    def head(self, path: str, **options: Any) -> Response:
        """Sends `HEAD`; the options are those of `request`."""
        return self.request("HEAD", path, **options)

    def post(self, path: str, **options: Any) -> Response:
        """Sends `POST`; the options are those of `request`."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> Response:
        """Sends `PUT`; the options are those of `request`."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Response:
        """Sends `PATCH`; the options are those of `request`."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Response:
        """Sends `DELETE`; the options are those of `request`."""
        return self.request("DELETE", path, **options)


def _payload(value: Any, form: Mapping[str, Any] | None, body: bytes | str | None) -> tuple[bytes | None, str | None]:
    """The bytes to send, and the type to send them as."""
    if value is not None:
        return json.dumps(value).encode(), "application/json"
    if form is not None:
        return urlencode(form, doseq=True).encode(), "application/x-www-form-urlencoded"
    if isinstance(body, str):
        return body.encode(), "text/plain; charset=utf-8"
    return body, None


def _headers(given: Mapping[str, str], kind: str | None) -> list[http.Header]:
    named = [http.Header(name, str(value)) for name, value in given.items()]
    if kind and not any(header.name.lower() == "content-type" for header in named):
        named.append(http.Header("content-type", kind))
    return named
