"""The config of a check: a dataclass, its JSON Schema, and its value in the gate file."""

from __future__ import annotations

import dataclasses
import types as python_types
import typing
from enum import Enum
from typing import Any, Literal, Union

from .errors import config_fault

#: The facts of an option that become keywords of its schema.
_KEYWORDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_items": "minItems",
    "pattern": "pattern",
    "format": "format",
}

_PLAIN: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}

_REQUIRED = dataclasses.MISSING


def option(description: str, *, default: Any = _REQUIRED, default_factory: Any = _REQUIRED, **keywords: Any) -> Any:
    """A key of the config: what it means, and its value when the gate file does not say; required without one.

    Beside them `minimum`, `maximum`, `min_length`, `max_length`, `min_items`, `pattern`, `format`.
    """
    unknown = set(keywords) - set(_KEYWORDS)
    if unknown:
        raise TypeError(f"option() knows no {', '.join(sorted(unknown))}; it knows {', '.join(_KEYWORDS)}")
    if isinstance(default, (list, dict)):
        raise TypeError("a list or a map as default is shared by all; say default_factory=lambda: …")
    facts = {"description": description, **{_KEYWORDS[name]: value for name, value in keywords.items()}}
    return dataclasses.field(
        default=default, default_factory=default_factory, kw_only=True, metadata={"schema": facts}
    )


def key(name: str) -> str:
    """The key of a field in the gate file: `max_age` is `max-age`."""
    return name.rstrip("_").replace("_", "-")


def _without_none(hint: Any) -> Any:
    """The type beside `None`; the type itself when there is no `None`."""
    if typing.get_origin(hint) not in (Union, python_types.UnionType):
        return hint
    kept = [one for one in typing.get_args(hint) if one is not type(None)]
    if len(kept) != 1:
        raise TypeError(f"a config can hold one type, or one and None, not {hint}")
    return kept[0]


def schema_of(hint: Any) -> dict[str, Any]:
    """The JSON Schema (draft-07) of a type: text, numbers, truth, lists, maps, `Literal`, enums of text, dataclasses."""
    hint = _without_none(hint)
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        return {"type": "array", "items": schema_of(arguments[0])}
    if origin is dict and arguments[0] is str:
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    if origin is Literal:
        return {"enum": list(arguments)}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [member.value for member in hint]}
    if dataclasses.is_dataclass(hint):
        return _schema_of_dataclass(hint)
    raise TypeError(f"a config cannot hold {hint}; it can hold str, int, float, bool, list, dict, Literal, Enum, dataclasses")


def _schema_of_dataclass(hint: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(hint)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for field in dataclasses.fields(hint):
        schema = {**schema_of(hints[field.name]), **field.metadata.get("schema", {})}
        if field.default is _REQUIRED and field.default_factory is _REQUIRED:
            required.append(key(field.name))
        elif (default := _default(field)) is not None:
            schema["default"] = default
        properties[key(field.name)] = schema
    whole: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**whole, "required": required} if required else whole


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not _REQUIRED:
        return _as_json(field.default_factory())
    return _as_json(field.default)


def _as_json(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((key(field.name), getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: _as_json(one) for name, one in pairs if one is not None}
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    if isinstance(value, dict):
        return {name: _as_json(one) for name, one in value.items()}
    return value


def read(hint: Any, value: Any, pointer: str = "") -> Any:
    """A value of JSON as this type; ends the check with the place of what does not fit."""
    if value is None and hint is not _without_none(hint):
        return None
    hint = _without_none(hint)
    if dataclasses.is_dataclass(hint):
        return _read_dataclass(hint, value, pointer)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is list and isinstance(value, list):
        return [read(arguments[0], one, f"{pointer}/{place}") for place, one in enumerate(value)]
    if origin is dict and isinstance(value, dict):
        return {name: read(arguments[1], one, f"{pointer}/{_escaped(name)}") for name, one in value.items()}
    return _read_plain(hint, value, pointer)


def _read_plain(hint: Any, value: Any, pointer: str) -> Any:
    schema = schema_of(hint)
    if "enum" in schema:
        if value in schema["enum"]:
            return hint(value) if isinstance(hint, type) else value
        config_fault(pointer, f"unknown value `{value}`", f"write one of {', '.join(map(str, schema['enum']))}")
    # To Python true is a number, too.
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is float and number:
        return float(value)
    if isinstance(hint, type) and isinstance(value, hint) and (hint is not int or number):
        return value
    config_fault(pointer, f"expected {schema['type']}", f"write a value of type {schema['type']}")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _read_dataclass(hint: Any, value: Any, pointer: str) -> Any:
    if value is None:
        value = {}
    if not isinstance(value, dict):
        config_fault(pointer, "expected a map", "write keys with their values")
    hints = typing.get_type_hints(hint)
    fields = {key(field.name): field for field in dataclasses.fields(hint)}
    for name in value:
        if name not in fields:
            config_fault(f"{pointer}/{_escaped(name)}", f"unknown key `{name}`", f"known are {', '.join(fields)}")
    given = {}
    for name, field in fields.items():
        if name in value:
            given[field.name] = read(hints[field.name], value[name], f"{pointer}/{name}")
        elif field.default is _REQUIRED and field.default_factory is _REQUIRED:
            config_fault(pointer, f"missing key `{name}`", f"add `{name}:`")
    return hint(**given)
