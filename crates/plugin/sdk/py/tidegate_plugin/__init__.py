"""Write a check for Tidegate in Python."""

from .check import Code, Run, ask, check
from .errors import (
    Failed,
    FilesError,
    HttpError,
    config_fault,
    denied,
    fail,
    timed_out,
)
from .options import option
from .sending import Response, Sender

__all__ = [
    "Code",
    "Failed",
    "FilesError",
    "HttpError",
    "Response",
    "Run",
    "Sender",
    "ask",
    "check",
    "config_fault",
    "denied",
    "fail",
    "option",
    "timed_out",
]
