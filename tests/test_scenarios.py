"""Stories of the programme: what the exports said, and the verdict. How to write one: scenarios/README.md.

All stories of a page are judged in one world, each with members, orders and entries of its own, so that a
page costs one run and no story may leak into another.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from loyalty.contracts.intermediate import Spendable
from loyalty.contracts.staged import (
    StagedEntries,
    StagedMemberKeys,
    StagedMembers,
    StagedOrders,
    StagedReferences,
    StagedRefunds,
)
from tests.builders import (
    AS_OF,
    LEGS,
    NOON,
    AsText,
    Entry,
    Member,
    Order,
    Refund,
    Thing,
    Verdict,
    Verdicts,
    a_law,
    a_member,
    a_refund,
    a_world,
    an_entry,
    an_order,
    instant,
    judge,
)

PAGES = sorted((Path(__file__).parent / "scenarios").glob("*.yaml"))
_NUMBERS = ("coins_used", "has", "on_paper")
_FLAGS = ("coupon_code",)
_TOLD = {
    "secondary_kinds": "also",
    "causes": "causes",
    "entry_ids": "entries",
    "match_method": "method",
    "rule_version": "version",
    "business_date": "date",
    "due_at": "due",
    "member_id": "member",
}
"""Columns that a story names by a shorter word; ``also`` is always compared, the others where a story states them."""


class Page(NamedTuple):
    """Stories under one law, judged at one instant."""

    file: Path
    number: int
    told: Mapping[str, Any]

    @property
    def as_of(self) -> dt.datetime:
        return instant(self.told.get("as_of", AS_OF))


class Story(NamedTuple):
    page: Page
    number: int
    told: Mapping[str, Any]


@cache
def _pages(file: Path) -> tuple[Page, ...]:
    documents = yaml.load_all(file.read_text(encoding="utf-8"), Loader=AsText)
    return tuple(Page(file, number, told) for number, told in enumerate(documents))


def _stories() -> list[Any]:
    return [
        pytest.param(Story(page, number, told), id=f"{file.stem}: {told['name']}")
        for file in PAGES
        for page in _pages(file)
        for number, told in enumerate(page.told["stories"])
    ]


def _told_things(page: Page) -> list[Thing]:
    return [
        thing
        for place, story in enumerate(page.told["stories"])
        for thing in _things(Story(page, place, story))
    ]


@cache
def _verdicts(file: Path, number: int) -> Verdicts:
    page = _pages(file)[number]
    told = page.told.get("law", {})
    law = a_law(*(told if isinstance(told, list) else [told]))
    return judge(*_told_things(page), rules=law, as_of=page.as_of, legs=page.told.get("legs", LEGS))


# --- what a story says ----------------------------------------------------------------------------


def _own(story: Story, name: str | None) -> str | None:
    """A name that no other story of the page shares."""
    return None if name is None else f"{story.number:03d}-{name}"


def _told_orders(story: Story) -> dict[str, Mapping[str, Any]]:
    usual = story.page.told.get("usual", {})
    told = story.told.get("orders", {"A": story.told["order"] or {}} if "order" in story.told else {})
    return {name: {**usual, **(order or {})} for name, order in told.items()}


def _things(story: Story) -> Iterable[Thing]:
    orders = _told_orders(story)
    for name, told in orders.items():
        yield _order(story, name, told)
    first = "A" if "A" in orders else None
    when = orders.get("A", {}).get("placed", NOON)
    for number, told in enumerate(story.told.get("entries", ())):
        yield _entry(story, {"id": f"entry {number + 1}", "order": first, "at": when, **told})
    for told in story.told.get("refunds", ()):
        yield _refund(story, told)
    for told in story.told.get("members", ()):
        yield _member(story, told)


def _order(story: Story, name: str, told: Mapping[str, Any]) -> Order:
    values: dict[str, Any] = {**told, "member": _own(story, told.get("member", "M"))}
    values |= {key: int(values[key]) for key in _NUMBERS if values.get(key) is not None}
    values |= {key: values[key] == "true" for key in _FLAGS if key in values}
    values |= {key: _own(story, values[key]) for key in ("reward_ref", "name", "gokwik_id") if key in values}
    return an_order(_own(story, name) or "", **values)


def _entry(story: Story, told: Mapping[str, Any]) -> Entry:
    values: dict[str, Any] = dict(told)
    role = next(key for key in values if " " in key)
    coins = int(values.pop(role))
    named: dict[str, Any] = {key: _own(story, values.pop(key, None)) for key in ("order", "parent", "hashed")}
    member = _own(story, values.pop("member", "M"))
    return an_entry(role, coins, entry_id=_own(story, values.pop("id")), member=member, **named, **values)


def _refund(story: Story, told: Mapping[str, Any]) -> Refund:
    return a_refund(told["amount"], told["at"], order=_own(story, told.get("order", "A")) or "")


def _member(story: Story, told: Mapping[str, Any]) -> Member:
    values = dict(told)
    return a_member(_own(story, values.pop("name", "M")) or "", **values)


# --- what came of it ------------------------------------------------------------------------------


def _rows(story: Story) -> dict[str, Verdict]:
    """The story's verdicts by ``leg`` (of order A) or ``leg subject``."""
    own = _own(story, "") or ""
    mine = {
        (leg, subject.removeprefix(own)): verdict
        for (leg, subject), verdict in _verdicts(story.page.file, story.page.number).items()
        if subject.startswith(own)
    }
    return {
        leg if subject == "A" else f"{leg} {subject}": verdict for (leg, subject), verdict in mine.items()
    }


def _pair(told: Any) -> tuple[int, int]:
    coins, paise = told if isinstance(told, list) else (told, 0)
    return int(coins), int(paise)


def _expected(told: Any, found: Verdict) -> dict[str, Any]:
    """The columns that the story speaks of, as it says they are."""
    if isinstance(told, str):
        status, _, kind = told.partition(" ")
        kept = {"expected": found.recorded, "recorded": found.recorded}
        return {"status": status, "kind": kind or None, "effect": 0, "also": [], **kept}
    words = dict(told)
    status = (
        "mismatch" if "mismatch" in words else "by_design" if "by_design" in words else words.pop("status")
    )
    row: dict[str, Any] = {"status": status, "kind": words.pop(status, None), "also": words.pop("also", [])}
    row |= {side: _pair(words.pop(side)) for side in ("expected", "recorded")}
    row["effect"] = int(words.pop("effect", 0))
    row |= {key: instant(words.pop(key)) for key in ("due",) if key in words}
    return row | words


def _found(verdict: Verdict, story: Story, columns: Iterable[str]) -> dict[str, Any]:
    own = _own(story, "") or ""
    row: dict[str, Any] = {
        "status": verdict.status,
        "kind": verdict.kind,
        "expected": verdict.expected,
        "recorded": verdict.recorded,
        "effect": verdict.effect_paise,
    } | {word: getattr(verdict, column) for column, word in _TOLD.items()}
    row["entries"] = [entry_id.removeprefix(own) for entry_id in verdict.entry_ids]
    row["member"] = verdict.member_id and verdict.member_id.removeprefix(own)
    row["date"] = verdict.business_date.isoformat()
    return {column: row[column] for column in columns}


@pytest.mark.parametrize("story", _stories())
def test_story(story: Story) -> None:
    found = _rows(story)
    told: Mapping[str, Any] = story.told["verdict"] or {}
    expected = {row: _expected(told[row], found[row]) for row in told if row in found}
    assert {row: _found(found[row], story, expected[row]) for row in expected} == expected
    assert sorted(found) == sorted(told), "rows that the story does not tell of, or tells of in vain"


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_every_verdict_keeps_the_signs_of_the_mart(file: Path) -> None:
    for page in _pages(file):
        for verdict in _verdicts(file, page.number).values():
            judged = verdict.status in ("mismatch", "by_design")
            assert (verdict.kind is not None) == judged
            assert verdict.effect_paise == 0 or verdict.status == "mismatch" or verdict.kind == "rounding"
            assert verdict.status == "mismatch" or verdict.secondary_kinds == []
            assert verdict.kind not in verdict.secondary_kinds
            sign = {"redemption": -1, "reversal": -1, "earn": 1, "restore": 1}[verdict.leg]
            assert all(coins * sign >= 0 for coins in (verdict.expected[0], verdict.recorded[0]))
            assert all(amount >= 0 for amount in (verdict.expected[1], verdict.recorded[1]))
            assert verdict.leg == "redemption" or (verdict.expected[1], verdict.recorded[1]) == (0, 0)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_stories_are_staged_as_intake_would_stage_them(file: Path) -> None:
    for page in _pages(file):
        world = a_world(*_told_things(page))
        StagedOrders.validate(world.orders)
        StagedEntries.validate(world.entries)
        StagedRefunds.validate(world.refund_rows)
        StagedMembers.validate(world.members)
        StagedMemberKeys.validate(world.member_keys)
        StagedReferences.validate(world.references)
        Spendable.validate(world.spendable)
