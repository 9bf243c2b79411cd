"""The config of a check: its schema and its value."""

import json
import unittest
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Optional

from tidegate_plugin import Failed, option
from tidegate_plugin.options import read, schema_of
from wit_world.imports import types


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Column:
    name: str = option("Its name.", min_length=1)
    max_days: int = option("For how long.", default=30, minimum=0)


@dataclass
class Config:
    path: str = option("Where it is.")
    ratio: float = option("How much.", default=0.5)
    colour: Colour = option("Which.", default=Colour.RED)
    mode: Literal["fast", "slow"] = option("How.", default="fast")
    note: Optional[str] = option("What else.", default=None)
    columns: list[Column] = option("Which.", default_factory=list)
    from_: dict[str, int] = field(default_factory=dict)
    flag: bool = False


class Schema(unittest.TestCase):
    def test_a_dataclass_becomes_a_schema_in_the_words_of_a_gate_file(self) -> None:
        column = {
            "type": "object",
            "properties": {
                "name": {"type": "string", "description": "Its name.", "minLength": 1},
                "max-days": {"type": "integer", "description": "For how long.", "minimum": 0, "default": 30},
            },
            "additionalProperties": False,
            "required": ["name"],
        }
        expected = {
            "type": "object",
            "properties": {
                "path": {"type": "string", "description": "Where it is."},
                "ratio": {"type": "number", "description": "How much.", "default": 0.5},
                "colour": {"enum": ["red", "blue"], "description": "Which.", "default": "red"},
                "mode": {"enum": ["fast", "slow"], "description": "How.", "default": "fast"},
                "note": {"type": "string", "description": "What else."},
                "columns": {"type": "array", "items": column, "description": "Which.", "default": []},
                "from": {"type": "object", "additionalProperties": {"type": "integer"}, "default": {}},
                "flag": {"type": "boolean", "default": False},
            },
            "additionalProperties": False,
            "required": ["path"],
        }
        self.assertEqual(schema_of(Config), expected)
        json.dumps(schema_of(Config))

    def test_what_no_gate_file_can_hold_is_refused(self) -> None:
        for hint in (bytes, set[str], dict[int, str], int | str):
            with self.assertRaises(TypeError, msg=str(hint)):
                schema_of(hint)
        with self.assertRaises(TypeError):
            option("shared", default=[])
        with self.assertRaises(TypeError):
            option("typo", minimun=1)


class Reading(unittest.TestCase):
    def fault(self, value: object) -> types.ConfigFault:
        with self.assertRaises(Failed) as raised:
            read(Config, value)
        failure = raised.exception.failure
        assert isinstance(failure, types.Failure_Config)
        return failure.value

    def test_a_value_becomes_the_dataclass(self) -> None:
        given = {"path": "/a", "ratio": 1, "colour": "blue", "columns": [{"name": "x", "max-days": 3}], "from": {"a": 1}}
        config = read(Config, given)
        self.assertEqual((config.path, config.ratio, config.colour), ("/a", 1.0, Colour.BLUE))
        self.assertEqual(config.columns, [Column(name="x", max_days=3)])
        self.assertEqual((config.from_, config.flag, config.note, config.mode), ({"a": 1}, False, None, "fast"))
        self.assertIsNone(read(Config, {"path": "/a", "note": None}).note)

    def test_what_does_not_fit_names_its_place(self) -> None:
        cases = [
            ({}, "", "missing key `path`"),
            ({"path": 1}, "/path", "expected string"),
            ({"path": "/", "flag": 1}, "/flag", "expected boolean"),
            ({"path": "/", "ratio": True}, "/ratio", "expected number"),
            ({"path": "/", "pth": 1}, "/pth", "unknown key `pth`"),
            ({"path": "/", "mode": "quick"}, "/mode", "unknown value `quick`"),
            ({"path": "/", "columns": [{"name": "a"}, {"name": 2}]}, "/columns/1/name", "expected string"),
            ({"path": "/", "columns": [{"name": "a", "max-days": True}]}, "/columns/0/max-days", "expected integer"),
            ({"path": "/", "from": {"a/b": "x"}}, "/from/a~1b", "expected integer"),
            ([], "", "expected a map"),
        ]
        for value, pointer, message in cases:
            fault = self.fault(value)
            self.assertEqual((fault.pointer, fault.message), (pointer, message), value)
            self.assertTrue(fault.help)
