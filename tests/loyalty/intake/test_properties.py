"""Every parser against a second, plain reading of the same tables of accepted forms, on texts that nobody wrote."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.intake import parse
from loyalty.intake.fates import with_fates
from loyalty.intake.instants import date_order, instant
from loyalty.intake.kinds import KINDS
from loyalty.intake.parse import phone_digits, rupees
from loyalty.intake.recognition import recognise
from loyalty.values.money import LIMIT
from loyalty.values.times import IST
from tests.reliability import Tell

FEW, MANY = 60, 2_000
"""Examples of fifty texts each, in `make test` and in `make test-slow`."""

counted = pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])


def texts(*pieces: str, most: int = 7) -> st.SearchStrategy[list[str]]:
    """Lists of texts glued from pieces: most of them nearly right."""
    return st.lists(st.lists(st.sampled_from(pieces), max_size=most).map("".join), min_size=50, max_size=50)


# --- money ----------------------------------------------------------------------------------------

MONEY = ("₹", "Rs.", "rs", "INR", " ", "-", "\u2212", "(", ")", "1", "12", "123", "000", ",", ",234", ",56", ".", ".5", ".05", ".005", "1,23,456", "e3", "९", "\u00a0")  # fmt: skip
SIGNS = "-\u2212"


def plain_paise(text: str) -> int | None:
    """Paise by peeling a text from outside; None for what is no amount, too fine or too large."""
    rest = text.strip()
    minuses = rest[:1] == "("
    if (rest[:1] == "(") != (rest[-1:] == ")"):
        return None
    rest = rest[1:-1].strip() if minuses else rest
    signs = []
    for pattern in (
        rf"^([{SIGNS}]?)\s*(?:₹|rs\.?|inr)?\s*([{SIGNS}]?)\s*",
        rf"\s*([{SIGNS}]?)()\s*(?:₹|rs\.?|inr)?$",
    ):
        found = re.search(pattern, rest, re.IGNORECASE)
        assert found
        signs += [*filter(None, found.groups())]
        rest = rest[: found.start()] + rest[found.end() :]
    whole, point, fraction = rest.partition(".")
    if len(signs) + minuses > 1 or not grouped(whole) or (point and not digits(fraction)) or not rest:
        return None
    paise = Decimal(f"{whole.replace(',', '') or '0'}.{fraction or '0'}") * 100
    if len(fraction) > 2 or paise > LIMIT:
        return None
    return -int(paise) if signs or minuses else int(paise)


def digits(text: str) -> bool:
    return text != "" and set(text) <= set("0123456789")


def grouped(text: str) -> bool:
    """No digits, digits, groups of three, or groups of two before a last one of three."""
    first, *others = text.split(",")
    if not others:
        return first == "" or digits(first)
    sizes = [len(group) for group in others]
    is_told = all(map(digits, (first, *others))) and sizes[-1] == 3
    return is_told and (
        (set(sizes) == {3} and len(first) <= 3) or (set(sizes[:-1]) <= {2} and len(first) <= 2)
    )


def read_by(reader: Any, cells: Sequence[str]) -> tuple[list[Any], list[bool]]:
    """Values, and which texts have a fault."""
    cleaned = pl.DataFrame({"text": cells}).select(text=parse.cleaned(pl.col("text")))
    read = reader(cleaned.lazy()).collect()
    return read["value"].to_list(), read.select(
        pl.any_horizontal(pl.all().exclude("value").fill_null(value=False))
    ).to_series().to_list()


def is_nothing(text: str) -> bool:
    return text.strip().lower() in ("", "-", "na", "n/a", "null")


@counted
def test_money_is_what_a_second_reading_says(examples: int, bar: Tell) -> None:
    @settings(max_examples=examples)
    @given(texts(*MONEY))
    def check(cells: list[str]) -> None:
        values, faults = read_by(rupees, cells)
        expected = [None if is_nothing(text) else plain_paise(text) for text in cells]
        assert values == expected
        assert faults == [
            not is_nothing(text) and paise is None for text, paise in zip(cells, expected, strict=True)
        ]

    check()
    bar("Cells", "random texts of money against a second reading", times=examples * 50)


# --- dates ----------------------------------------------------------------------------------------

ZONE = dt.timezone(dt.timedelta(hours=5, minutes=30))
NUMBER = st.integers(0, 62) | st.integers(1, 12)
SHAPES = ("{y:04}-{m:02}-{d:02}", "{y:04}-{m}-{d}T{H:02}:{M:02}", "{y:04}/{m:02}/{d:02} {H:02}:{M:02}:{S:02}", "{d}/{m}/{y:04}",
          "{d:02}-{m:02}-{y:04} {H}:{M:02}", "{d}/{m}/{y:04}, {H}:{M:02}:{S:02}")  # fmt: skip


def plain_instant(shape: str, parts: dict[str, int]) -> dt.datetime | None:
    told = {key: parts[key] if f"{{{key}" in shape else 0 for key in "HMS"}
    try:
        return dt.datetime(parts["y"], parts["m"], parts["d"], told["H"], told["M"], told["S"], tzinfo=ZONE)
    except ValueError:
        return None


@counted
def test_a_date_is_what_the_calendar_of_the_standard_library_says(examples: int, bar: Tell) -> None:
    part = st.fixed_dictionaries(
        {
            "y": st.integers(1950, 2400),
            "m": st.integers(0, 14),
            "d": st.integers(0, 33),
            "H": st.integers(0, 26),
            "M": NUMBER,
            "S": NUMBER,
        }
    )

    @settings(max_examples=examples)
    @given(st.lists(st.tuples(st.sampled_from(SHAPES), part), min_size=50, max_size=50))
    def check(told: list[tuple[str, dict[str, int]]]) -> None:
        cells = [shape.format(**parts) for shape, parts in told]
        values, faults = read_by(lambda text: instant(text, "day_first", IST), cells)
        assert values == [plain_instant(shape, parts) for shape, parts in told]
        assert faults == [value is None for value in values]

    check()
    bar("Cells", "random dates against the standard library's calendar", times=examples * 50)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans()), max_size=20))
def test_how_days_and_months_stand_is_what_a_walk_over_all_cells_says(
    pairs: list[tuple[int, int, bool]],
) -> None:
    cells = [f"{first}/{second}/2026" if is_pair else "2026-04-10" for first, second, is_pair in pairs]
    told = [(first, second) for first, second, is_pair in pairs if is_pair]
    day_first = any(12 < first <= 31 and 1 <= second <= 12 for first, second in told)
    month_first = any(12 < second <= 31 and 1 <= first <= 12 for first, second in told)
    expected = (
        "day_first"
        if day_first
        else "month_first"
        if month_first
        else "ambiguous_day_first"
        if told
        else "iso"
    )
    assert date_order(pl.DataFrame({"at": cells}, schema={"at": pl.String})) == expected


# --- phones and ids -------------------------------------------------------------------------------

PHONE = ("9876543210", "98765", "43210", "6", "+91", "91", "0", "00", " ", "-", "(", ")", ".", ".0", "'", "|", "Asha", "\u202a", "E+11", "5876543210", "9999999999")  # fmt: skip


def plain_phone(text: str) -> str | None:
    bare = "".join(
        letter for letter in text.split("|", maxsplit=1)[0] if not letter.isspace() and letter != "\u202a"
    )
    bare = bare.removeprefix("'").removesuffix(".0")
    if not bare or set(bare) - set("-+.()0123456789"):
        return None
    number = "".join(letter for letter in bare if letter.isdigit())
    for before in ("91", "0", "", "091", "0091", "910", "0910", "00910"):
        ten = number.removeprefix(before)
        if number.startswith(before) and len(ten) == 10 and ten[0] in "6789" and len(set(ten)) > 1:
            return ten
    return None


@counted
def test_a_phone_is_what_a_second_reading_says(examples: int, bar: Tell) -> None:
    @settings(max_examples=examples)
    @given(texts(*PHONE, most=6))
    def check(cells: list[str]) -> None:
        read = pl.DataFrame({"text": cells}).select(phone_digits(pl.col("text"))).to_series().to_list()
        assert read == [plain_phone(text) for text in cells]

    check()
    bar("Cells", "random texts of phones against a second reading", times=examples * 50)


IDS = ("5101", "#", ".0", " ", "E+12", "e12", ".", "12", "Total", "A-", "-", "\u200b", "0")


@counted
def test_an_id_is_itself_without_hash_and_point_zero_or_a_fault(examples: int, bar: Tell) -> None:
    @settings(max_examples=examples)
    @given(texts(*IDS, most=4))
    def check(cells: list[str]) -> None:
        values, faults = read_by(lambda text: parse.identifier(text, has_hash=True), cells)
        for text, value, fault in zip(cells, values, faults, strict=True):
            bare = text.strip().removeprefix("#").strip().removesuffix(".0").strip()
            assert value == (None if is_nothing(text) else bare or None)
            is_number = re.fullmatch(r"[-+]?\d+(?:[eE]\+|[.,]\d+[eE][-+]?)\d+", text.strip(), re.ASCII)
            assert fault == (
                not is_nothing(text) and bool(not bare or is_number or text.strip().lower() == "total")
            )

    check()
    bar("Cells", "random texts of ids against a second reading", times=examples * 50)


# --- headers --------------------------------------------------------------------------------------


SPELLINGS: list[Callable[[str], str]] = [
    str, str.upper, str.lower, lambda name: f" {name} ", lambda name: name.replace(" ", "_"), lambda name: name.replace("_", "."),
]  # fmt: skip


@given(st.data())
def test_a_header_is_known_whatever_its_order_case_and_blanks(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    names = data.draw(st.permutations([column.name for column in kind.columns]))
    told = recognise([data.draw(st.sampled_from(SPELLINGS))(name) for name in names])
    assert told.kind is kind
    assert {key: names[place] for key, place in told.columns.items()} == {
        column.key: column.name for column in kind.columns
    }
    assert (told.is_certain, told.unknown, told.repeated) == (True, (), ())


# --- fates ----------------------------------------------------------------------------------------

DAY = st.none() | st.integers(1, 3).map(lambda day: dt.datetime(2026, 5, day, tzinfo=dt.UTC))
FILES = st.dictionaries(
    st.sampled_from("abcd"), st.tuples(st.permutations("wxyz").map("".join), DAY), min_size=1
)
RECORDS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from("kl"), st.integers(1, 2), DAY, st.booleans()), max_size=12
)


@given(FILES, RECORDS)
def test_of_each_key_the_latest_content_counts_once_whatever_the_names(
    files: dict[str, tuple[str, dt.datetime | None]], records: list[Any]
) -> None:
    names = sorted(files)
    rows = [
        {"key": key, "value": value, "updated_at": updated, "newest_at": files[file][1], "file": file, "sha256": files[file][0] + file,
         "line": line, "reasons": ["bad"] if is_bad else []}
        for line, (place, key, value, updated, is_bad) in enumerate(records)
        for file in [names[place % len(names)]]
    ]  # fmt: skip
    schema: dict[str, Any] = {"key": pl.String, "value": pl.Int64, "updated_at": pl.Datetime("us", "UTC"), "newest_at": pl.Datetime("us", "UTC"),
              "file": pl.String, "sha256": pl.String, "line": pl.Int64, "reasons": pl.List(pl.String)}  # fmt: skip
    told = with_fates(pl.DataFrame(rows, schema=schema), ["key"], ["value", "updated_at"])
    turned = with_fates(pl.DataFrame(rows[::-1], schema=schema), ["key"], ["value", "updated_at"])
    assert turned["fate"].to_list()[::-1] == told["fate"].to_list()
    for key in "kl":
        sound = [row for row in rows if row["key"] == key and not row["reasons"]]
        kept = told.filter((pl.col("key") == key) & (pl.col("fate") == "accepted")).to_dicts()
        assert len(kept) == min(len(sound), 1)
        if sound:
            latest = max(
                sound,
                key=lambda row: (
                    _or_first(row["updated_at"]),
                    _or_first(row["newest_at"]),
                    row["sha256"],
                    row["line"],
                ),
            )
            assert (kept[0]["value"], kept[0]["updated_at"]) == (latest["value"], latest["updated_at"])


def _or_first(at: dt.datetime | None) -> dt.datetime:
    return at or dt.datetime.min.replace(tzinfo=dt.UTC)
