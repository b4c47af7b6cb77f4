"""Cells of a comma-separated file, and people as forms are filled in: every name and street is invented."""

from collections.abc import Mapping, Sequence

from loyalty.worlds.records import Person

_FIRST = ("Aaradhya", "Devendra", "Ishaani", "Kavyanjali", "Meenakshi", "Pranjalika", "Shreyansh", "Tanmayee")
_LAST = (
    "Bhattacharya", "Chaudhary", "Deshpande", "Kulkarni", "Mukhopadhyay", "Raghunathan", "Subramaniam", "Venkataraman",
)  # fmt: skip
_PLACES = (
    ("Pune", "411004", "MH"), ("Mumbai", "400053", "MH"), ("Bengaluru", "560034", "KA"), ("Jaipur", "302017", "RJ"),
    ("Kolkata", "700019", "WB"), ("Chennai", "600028", "TN"), ("Lucknow", "226010", "UP"),
)  # fmt: skip


def cell(text: object) -> str:
    """A value as a cell, in quotes when it needs them."""
    said = str(text)
    return '"' + said.replace('"', '""') + '"' if any(mark in said for mark in ',"\n') else said


def line(header: Sequence[str], cells: Mapping[str, object]) -> str:
    """A row under a header; columns that are not named are blank."""
    return ",".join([cell(cells.get(name, "")) for name in header])


def full_name(person: Person) -> str:
    """The name that somebody writes into a form; a guest leaves none."""
    number = person.number
    return f"{_FIRST[number % 8]} {_LAST[number // 8 % 8]}" if person.lead else ""


def address(person: Person) -> tuple[str, str, str, str]:
    """Street, city, postal code, province."""
    city, code, province = _PLACES[person.number % 7]
    return f"{1 + person.number % 90} Ashokapuram Cross", city, code, province
