"""YAML as typed: text only, with lines, and nothing that a reader could overlook."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from loyalty.values.errors import UserError
from resources.yaml_text import parse, read_document


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    paise: int = Field(5, alias="rupees", gt=0)


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    brand: str
    inner: Inner = Inner()


def written(folder: Path, text: str) -> Path:
    file = folder / "x.yaml"
    file.write_bytes(text.encode())
    return file


def test_every_scalar_is_the_text_in_the_file(tmp_path: Path) -> None:
    document = read_document(
        written(tmp_path, "a: 1.10\nb: 2026-04-01\nc: yes\nd: [1e3, null, 'null', ~]\ne:\n")
    )
    assert document.data == {
        "a": "1.10",
        "b": "2026-04-01",
        "c": "yes",
        "d": ["1e3", None, "null", None],
        "e": None,
    }


def test_every_key_knows_its_line(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "a: 1\nb:\n  c:\n    - 2\n    - 3\n"))
    assert document.line_of(("b", "c")) == 3
    assert document.line_of(("b", "c", 1)) == 5
    assert document.line_of(("b", "c", 1, "deeper")) == 5
    assert document.line_of(("nowhere",)) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: a stands twice, first on line 1; keep one"),
        ("a:\n  b: 1\n  b: 2\n", "line 3: a.b stands twice, first on line 2; keep one"),
        ("a: &x 1\nb: *x\n", r"line 2: \*x is an alias; write the value out instead"),
        ("a: [1\n", "line 2: is not YAML"),
        ("a: 1\n\tb: 2\n", "line 2: is not YAML"),
        ("- a\n", "line 1: must be keys with values, not a list"),
        ("word\n", "line 1: must be keys with values, not a single word"),
        ("? [a]\n: 1\n", "line 1: a key must be a word"),
        ("a: 1\n---\nb: 2\n", "line 2: is not YAML"),
        ("a: " + "[" * 30 + "]" * 30, "line 1: is nested too deeply"),
        ("a: " + "[" * 30_000, "line 1: is nested too deeply"),
        ("a: \0", "is not YAML"),
    ],
)
def test_what_a_reader_could_overlook_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read_document(written(tmp_path, text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(b"a: \xff\xfe")
    with pytest.raises(UserError, match=r"x\.yaml is not UTF-8 text; save it as UTF-8"):
        read_document(file)
    with pytest.raises(UserError, match=r"y\.yaml does not exist"):
        read_document(tmp_path / "y.yaml")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert read_document(written(tmp_path, "\ufeffa: 1\n")).data == {"a": "1"}


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert read_document(written(tmp_path, "# only words\n")).data == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("inner: {}\n", "line 1: brand is missing; add it"),
        ("brand: x\nbrant: y\n", "line 2: brant is not a known key; did you mean brand?"),
        ("brand: x\ninner:\n  zzz: 1\n", "line 3: inner.zzz is not a known key; remove it"),
        ("brand: x\ninner:\n  paise: 1\n", "line 3: inner.paise is not a known key"),
        ("brand: x\ninner:\n  rupees: 0\n", "line 3: inner.rupees must be greater than 0, not '0'"),
        ("brand: x\ninner: 5\n", "line 2: inner must be keys with values, not '5'"),
        ("inner: 5\nbrand: [x]\n", "line 1: inner must be keys"),
    ],
)
def test_a_refused_key_is_named_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence.replace("?", r"\?")):
        parse(read_document(written(tmp_path, text)), Outer)


def test_a_blank_section_is_its_default(tmp_path: Path) -> None:
    assert parse(read_document(written(tmp_path, "brand: x\ninner:\n")), Outer) == Outer(brand="x")
