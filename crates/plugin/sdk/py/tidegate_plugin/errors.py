"""Errors that say what went wrong in the words of the interface."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from componentize_py_types import Err
from wit_world.imports import types

T = TypeVar("T")

Failure = types.Failure


def _tag(value: object) -> str:
    """The case of a variant: `HttpError_TooLarge` is `too-large`."""
    case = type(value).__name__.rpartition("_")[2]
    return "".join("-" + letter.lower() if letter.isupper() else letter for letter in case).lstrip("-")


class Failed(Exception):
    """The check came to no result; raised, it ends the check."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        self.tag = _tag(failure)
        value = failure.value
        text = f"{value.message}; {value.help}" if isinstance(value, types.ConfigFault) else value
        super().__init__(text)


class _HostError(Exception):
    """The host said no."""

    def __init__(self, value: object, what: str) -> None:
        self.tag = _tag(value)
        self.value = getattr(value, "value", None)
        said = self.value
        if self.tag == "too-large":
            said = f"it is larger than the limit of {self.value} bytes"
        super().__init__(f"{what}: {said}")


class HttpError(_HostError):
    """Nothing came back for a request; `tag` is `denied`, `connect`, `timeout`, …"""


class FilesError(_HostError):
    """A file cannot be read; `tag` is `denied`, `missing`, `too-large` or `unreadable`."""


def fail(message: str) -> NoReturn:
    """Ends the check without a result, because something failed."""
    raise Failed(types.Failure_Failed(message))


def denied(what: str) -> NoReturn:
    """Ends the check without a result, because it lacks a power."""
    raise Failed(types.Failure_Denied(what))


def timed_out(what: str) -> NoReturn:
    """Ends the check without a result, because something did not answer in time."""
    raise Failed(types.Failure_Timeout(what))


def config_fault(pointer: str, message: str, help: str) -> NoReturn:
    """Ends the check, because its config is wrong in a way that its schema cannot say."""
    raise Failed(types.Failure_Config(types.ConfigFault(pointer, message, help)))


def calling(error: type[_HostError], what: str, call: Callable[[], T]) -> T:
    """Calls the host; its error becomes one that says what was tried."""
    try:
        return call()
    except Err as raised:
        raise error(raised.value, what) from None


def as_failure(error: BaseException) -> Failure:
    """Whatever a check raised, as a failure of the interface."""
    if isinstance(error, Failed):
        return error.failure
    if isinstance(error, _HostError):
        if error.tag == "denied":
            return types.Failure_Denied(str(error))
        if error.tag == "timeout":
            return types.Failure_Timeout(str(error))
        return types.Failure_Failed(str(error))
    if isinstance(error, ModuleNotFoundError):
        help = "; import it at the top of the module: the component takes along what is imported while it is built"
        return types.Failure_Failed(f"{error}{help}")
    help = "; there are ASCII, UTF-8, UTF-16, Latin-1 and cp1252" if isinstance(error, LookupError) and "encoding" in str(error) else ""
    return types.Failure_Failed(f"{type(error).__name__}: {error}{help}{_place(error)}")


def _place(error: BaseException) -> str:
    """Where the author's own code raised it. The traceback module would look for the source."""
    place, trace = "", error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "tidegate_plugin" not in file:
            place = f" (at {file.rpartition('/')[2]}:{trace.tb_lineno})"
        trace = trace.tb_next
    return place
