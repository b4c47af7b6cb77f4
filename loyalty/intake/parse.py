"""Text to values by tables of accepted forms: what fits no form is a fault of its row, never a guess.

Every function takes an expression of *cleaned* text (see `cleaned`), null where the cell is blank, and
gives the value with the faults that keep a row out. A blank has no fault here.
"""

from itertools import product
from typing import NamedTuple

import polars as pl

from loyalty.values.money import LIMIT

NULL_WORDS = ("", "-", "na", "n/a", "null")
TOTALS = ("total", "totals", "grand total", "sub total", "subtotal")
YES, NO = ("true", "yes", "y", "t", "1"), ("false", "no", "n", "f", "0")

_SPELLED_NULLS = [
    "".join(letters)
    for word in NULL_WORDS
    for letters in product(*({letter, letter.upper()} for letter in word))
]
_DIGITS = r"(?P<whole>(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3})?)(?:\.(?P<rest>[0-9]+))?"
_MINUS = r"[-\u{2212}]"
_RUPEE = r"(?:\u{20b9}|(?i:rs\.?|inr))"
_RUPEES = (
    rf"^(?P<open>\()?\s*(?P<before>{_MINUS})?\s*{_RUPEE}?\s*(?P<inner>{_MINUS})?\s*{_DIGITS}"
    rf"\s*(?P<after>{_MINUS})?\s*{_RUPEE}?\s*(?P<close>\))?$"
)
_COINS = rf"^(?P<open>\()?(?P<before>{_MINUS})?(?P<inner>{_MINUS})?{_DIGITS}(?P<after>{_MINUS})?(?P<close>\))?$"
_SCIENTIFIC = r"^[0-9]+(?:[.,][0-9]+)?[eE]\+[0-9]+$"


class Parsed(NamedTuple):
    """A value, and when each reason holds against it."""

    value: pl.Expr
    faults: tuple[tuple[str, pl.Expr], ...] = ()


def cleaned(text: pl.Expr) -> pl.Expr:
    """Without outer blanks; null when nothing, or a word for nothing, is left."""
    trimmed = text.str.strip_chars()
    return pl.when(~trimmed.is_in(_SPELLED_NULLS)).then(trimmed)


def rupees(text: pl.Expr, *, may_be_negative: bool = True) -> Parsed:
    """Paise of rupee text: plain, Indian or Western grouping, ₹, Rs. or INR, at most two decimals.

    Parentheses and a minus on either side mean negative (details I7).
    """
    number = text.str.extract_groups(_RUPEES)
    whole, rest, is_negative, fits = _number(number)
    paise = whole * 100 + rest.str.pad_end(2, "0").cast(pl.Int64, strict=False).fill_null(0)
    has_fraction = rest.str.len_bytes().fill_null(0) > 2  # noqa: PLR2004 - paise
    value = pl.when(fits & (whole <= LIMIT // 100) & ~has_fraction).then(
        pl.when(is_negative).then(-paise).otherwise(paise)
    )
    faults = [
        ("not an amount in rupees", text.is_not_null() & ~fits),
        ("more than two decimals", fits & has_fraction),
        ("too large", fits & (whole.is_null() | (whole > LIMIT // 100))),
    ]
    if not may_be_negative:
        faults.append(("negative", fits & is_negative & (paise > 0)))
    return Parsed(value, tuple(faults))


def coins(text: pl.Expr, *, may_be_signed: bool = True) -> Parsed:
    """Whole coins, grouped or not; ``.0`` and ``.00`` say nothing, any other fraction is a fault."""
    number = text.str.extract_groups(_COINS)
    whole, rest, is_negative, fits = _number(number)
    has_fraction = ~rest.fill_null("0").is_in(("0", "00"))
    value = pl.when(fits & ~has_fraction & (whole <= LIMIT)).then(
        pl.when(is_negative).then(-whole).otherwise(whole)
    )
    faults = [
        ("not a number of coins", text.is_not_null() & ~fits),
        ("not whole coins", fits & has_fraction),
        ("too large", fits & (whole.is_null() | (whole > LIMIT))),
    ]
    if not may_be_signed:
        faults.append(("must be unsigned", fits & is_negative))
    return Parsed(value, tuple(faults))


def _number(groups: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    """Whole part (null when beyond 64 bits), digits after the point, whether negative, whether of any form."""
    field = groups.struct.field
    given = field("whole")
    rest = field("rest")
    is_open, is_closed = field("open").is_not_null(), field("close").is_not_null()
    minuses = pl.sum_horizontal(
        is_open, field("before").is_not_null(), field("inner").is_not_null(), field("after").is_not_null()
    )
    has_digits = (given != "") | rest.is_not_null()
    fits = (given.is_not_null() & has_digits & (is_open == is_closed) & (minuses <= 1)).fill_null(value=False)
    whole = (
        pl.when(given == "").then(pl.lit("0")).otherwise(given.str.replace_all(",", "", literal=True))
    ).cast(pl.Int64, strict=False)
    return whole, rest, minuses == 1, fits


def identifier(text: pl.Expr, *, has_hash: bool = False) -> Parsed:
    """An id as written, without a trailing ``.0``; with ``has_hash`` without a leading ``#`` (details I8, S10)."""
    trimmed = text
    if has_hash:
        trimmed = trimmed.str.strip_prefix("#").str.strip_chars()
    trimmed = trimmed.str.strip_suffix(".0").str.strip_chars()
    faults = (
        ("id in scientific notation", text.str.contains(_SCIENTIFIC)),
        ("totals row", text.str.to_lowercase().is_in(TOTALS)),
        ("blank", trimmed == ""),
    )
    return Parsed(pl.when(trimmed != "").then(trimmed), faults)


def name(text: pl.Expr) -> Parsed:
    """A further id of the row, exactly as written."""
    return Parsed(text, (("id in scientific notation", text.str.contains(_SCIENTIFIC)),))


def reference(text: pl.Expr) -> Parsed:
    """An id of something else, as the key that it is compared by."""
    return Parsed(reference_key(text), (("id in scientific notation", text.str.contains(_SCIENTIFIC)),))


def reference_key(text: pl.Expr) -> pl.Expr:
    """How ids are compared: no outer blanks, leading ``#`` or trailing ``.0``, lower case; null when blank."""
    trimmed = text.str.strip_chars().str.strip_prefix("#").str.strip_chars().str.strip_suffix(".0")
    lower = trimmed.str.strip_chars().str.to_lowercase()
    return pl.when(lower != "").then(lower)


def phone_digits(text: pl.Expr) -> pl.Expr:
    """The ten digits of a valid Indian mobile, else null: an invalid phone is no key (details L4).

    Read before any ``|``; Excel's ``'`` and ``.0``, blanks, ``+ - . ( )``, a leading 0 and the 91 of
    the country fall away.
    """
    bare = (
        text.str.extract(r"^([^|]*)")
        .str.replace_all(r"[\p{Cf}\s]", "")
        .str.strip_prefix("'")
        .str.strip_suffix(".0")
    )
    digits = pl.when(bare.str.contains(r"^[-+.()0-9]+$")).then(bare.str.replace_all(r"[^0-9]", ""))
    ten = digits.str.extract(r"^(?:(?:00|0)?91)?0?([6-9][0-9]{9})$")
    return pl.when(~ten.is_in([digit * 10 for digit in "6789"])).then(ten)


def email_address(text: pl.Expr) -> pl.Expr:
    """The address in lower case, null when it is none."""
    lower = text.str.to_lowercase()
    return pl.when(lower.str.contains(r"^[^@\s]+@[^@\s]+$")).then(lower)


def word(text: pl.Expr) -> pl.Expr:
    """A status word as it is compared: lower case, runs of blanks and hyphens as one ``_`` (details D5)."""
    return text.str.to_lowercase().str.replace_all(r"[\s_-]+", "_")


def flag(text: pl.Expr) -> Parsed:
    """True or false."""
    lower = text.str.to_lowercase()
    is_yes = lower.is_in(YES)
    return Parsed(pl.when(text.is_not_null()).then(is_yes), (("neither true nor false", ~lower.is_in(YES + NO)),))


def operation(text: pl.Expr) -> Parsed:
    """``cr`` or ``dr``."""
    return _one_of(text, {"cr": "cr", "credit": "cr", "dr": "dr", "debit": "dr"}, "neither cr nor dr")


def wallet(text: pl.Expr) -> Parsed:
    """``coins`` or ``credits``."""
    words = {"coins": "coins", "coin": "coins", "credits": "credits", "credit": "credits"}
    return _one_of(text, words, "neither coins nor credits")


def _one_of(text: pl.Expr, words: dict[str, str], reason: str) -> Parsed:
    value = text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)
    return Parsed(value, ((reason, text.is_not_null() & value.is_null()),))
