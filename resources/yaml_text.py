"""YAML as the text that a person typed: every scalar a string, every key with its line.

No number becomes a float here and no word a date. Keys that stand twice, aliases and anything that is
not one mapping are refused; what a key means is the business of the models that read it.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from loyalty.values.errors import UserError

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]
"""Keys and list positions from the top of the document."""

_NULL_TAG = "tag:yaml.org,2002:null"
_DEEPEST = 20


@dataclass(frozen=True)
class Document:
    """One YAML file as text: ``data`` and the line of every key and item."""

    file: Path
    data: Mapping[str, Any]
    lines: Mapping[Place, int] = field(repr=False)

    def fault(self, place: Place, problem: str) -> UserError:
        """The error that names this file, the line of ``place``, its key, and what is wrong with it."""
        name = ".".join(str(step) for step in place if isinstance(step, str))
        return self.at(place, f"{name} {problem}" if name else problem)

    def at(self, place: Place, sentence: str) -> UserError:
        """The error that puts a sentence to this file and the line of ``place``."""
        return UserError(f"{self.file} line {self.line_of(place)}: {sentence}")

    def line_of(self, place: Place) -> int:
        """The line of a key, else of the nearest key around it."""
        wanted = _folded(place)
        found = {_folded(known): line for known, line in self.lines.items()}
        while wanted and wanted not in found:
            wanted = wanted[:-1]
        return found.get(wanted, 1)

    def text_at(self, place: Place) -> object:
        """What the file says at a place; None where it says nothing."""
        value: object = self.data
        for step in place:
            if isinstance(value, Mapping):
                folded = {str(key).casefold(): item for key, item in value.items()}
                value = folded.get(str(step).casefold())
            elif isinstance(value, Sequence) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value


def read_document(file: Path) -> Document:
    """The document of a file.

    Raises:
        UserError: The file cannot be read, is no YAML, or is not one mapping with unique keys.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise UserError(f"{file} does not exist") from error
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not UTF-8 text; save it as UTF-8") from error
    root = _composed(file, text)
    lines: dict[Place, int] = {}
    data = _plain(file, root, (), lines) if root is not None else {}
    if not isinstance(data, dict):
        raise UserError(f"{file} line 1: must be keys with values, not a {_shape(data)}")
    return Document(file, data, lines)


def parse(document: Document, model: type[Model], moved: Mapping[str, Place] | None = None) -> Model:
    """The document as a model; only the names that a file may use are accepted, a blank section is its default.

    ``moved``: where the file has the keys that the model keeps at its top.

    Raises:
        UserError: The first key that the model refuses, with its file, line and reason.
    """
    filled = {key: value for key, value in document.data.items() if value is not None}
    try:
        return model.model_validate(filled, by_alias=True, by_name=False)
    except ValidationError as error:
        placed = [(_in_file(each["loc"], moved or {}), each) for each in error.errors()]
        place, first = min(placed, key=lambda pair: (document.line_of(pair[0]), pair[1]["type"] == "missing"))
        raise document.fault(place, _explained(document, model, place, first)) from error


def _in_file(place: Place, moved: Mapping[str, Place]) -> Place:
    return (*moved[str(place[0])], *place[1:]) if place and place[0] in moved else place


def _composed(file: Path, text: str) -> Node | None:
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = 1 if event.start_mark is None else event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent):
                raise UserError(
                    f"{file} line {line}: *{event.anchor} is an alias; write the value out instead"
                )
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise UserError(f"{file} line {line}: is nested too deeply")
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark if error.problem_mark is None else error.problem_mark
        line = 1 if mark is None else mark.line + 1
        raise UserError(f"{file} line {line}: is not YAML, {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise UserError(f"{file} is not YAML: {str(error).splitlines()[0]}") from error


def _plain(file: Path, node: Node, place: Place, lines: dict[Place, int]) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, ScalarNode):
        return None if node.tag == _NULL_TAG else str(node.value)
    if isinstance(node, SequenceNode):
        return [_plain(file, item, (*place, position), lines) for position, item in enumerate(node.value)]
    assert isinstance(node, MappingNode)  # YAML has no fourth kind of node
    return _mapping(file, node, place, lines)


def _mapping(file: Path, node: MappingNode, place: Place, lines: dict[Place, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            raise UserError(f"{file} line {line}: a key must be a word, not a list or a mapping")
        key = str(key_node.value)
        here = (*place, key)
        if key in found:
            name = ".".join(str(step) for step in here if isinstance(step, str))
            raise UserError(f"{file} line {line}: {name} stands twice, first on line {lines[here]}; keep one")
        lines[here] = line
        found[key] = _plain(file, value_node, here, lines)
    return found


def _explained(document: Document, model: type[BaseModel], place: Place, error: ErrorDetails) -> str:
    """A model's complaint in words for a person."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return "is not a known key" + _nearest(model, place)
    if kind == "missing":
        return "is missing; add it"
    if kind == "value_error":
        return str(context["error"])
    sentences = {
        "model_type": "must be keys with values",
        "dict_type": "must be keys with values",
        "literal_error": f"must be one of {context.get('expected')}",
        "greater_than": f"must be greater than {context.get('gt')}",
        "greater_than_equal": f"must be at least {context.get('ge')}",
        "less_than_equal": f"must be at most {context.get('le')}",
    }
    other = error["msg"].replace("Input should", "must")
    return f"{sentences.get(kind, other)}, not {document.text_at(place)!r}"


def _nearest(model: type[BaseModel], place: Place) -> str:
    names = {field.alias or name for each in _models(model) for name, field in each.model_fields.items()}
    close = difflib.get_close_matches(str(place[-1]), sorted(names), n=1)
    return f"; did you mean {close[0]}?" if close else "; remove it"


def _models(model: type[BaseModel]) -> list[type[BaseModel]]:
    """A model and every model reachable through its fields."""
    found: list[type[BaseModel]] = []
    waiting: list[Any] = [model]
    while waiting:
        each = waiting.pop()
        if isinstance(each, type) and issubclass(each, BaseModel):
            if each not in found:
                found.append(each)
                waiting += [info.annotation for info in each.model_fields.values()]
        else:
            waiting += getattr(each, "__args__", ())
    return found


def _shape(data: object) -> str:
    return "list" if isinstance(data, list) else "single word"


def _folded(place: Place) -> Place:
    return tuple(step.casefold() if isinstance(step, str) else step for step in place)
