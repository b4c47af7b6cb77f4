"""Text to values by tables of accepted forms: what fits no form is a fault of its row, never a guess.

A reader takes a frame with one column ``text`` of *cleaned* text (see `cleaned`), null where the cell is
blank, and gives ``value`` and one boolean column per reason, named by it, that says where a row must
stay out. A blank has no fault here. Each step is a frame of its own: polars would else split a text
once per expression that looks at it.
"""

from collections.abc import Mapping
from itertools import product

import polars as pl

from loyalty.values.money import LIMIT

NULL_WORDS = ("", "-", "na", "n/a", "null")
TOTALS = ("total", "totals", "grand total", "sub total", "subtotal")
YES, NO = ("true", "yes", "y", "t", "1"), ("false", "no", "n", "f", "0")

_TEXT = pl.col("text")
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
_COINS = (
    rf"^(?P<open>\()?(?P<before>{_MINUS})?(?P<inner>{_MINUS})?{_DIGITS}(?P<after>{_MINUS})?(?P<close>\))?$"
)
_TOO_LARGE = LIMIT + 1
_SCIENTIFIC_REASON = "id in scientific notation"
_SCIENTIFIC = r"^[-+]?[0-9]+(?:[eE]\+|[.,][0-9]+[eE][-+]?)[0-9]+$"
"""A bare ``5e10`` may be an id that a person made; a fraction or a plus before the power never is."""


def cleaned(text: pl.Expr) -> pl.Expr:
    """Without outer blanks; null when nothing, or a word for nothing, is left."""
    trimmed = text.str.strip_chars()
    return pl.when(~trimmed.is_in(_SPELLED_NULLS)).then(trimmed)


def rupees(text: pl.LazyFrame, *, may_be_negative: bool = True) -> pl.LazyFrame:
    """Paise of rupee text: plain, Indian or Western grouping, ₹, Rs. or INR, at most two decimals.

    Parentheses and a minus on either side mean negative (details I7).
    """
    number = (
        _number(text, _RUPEES)
        .with_columns(
            paise=pl.col("whole") * 100
            + pl.col("rest").str.pad_end(2, "0").cast(pl.Int64, strict=False).fill_null(0),
            has_more=pl.col("rest").str.len_bytes() > len("00"),
        )
        .with_columns(is_large=pl.col("paise") > LIMIT)
    )
    is_sound = pl.col("fits") & ~pl.col("has_more") & ~pl.col("is_large")
    return number.select(
        value=pl.when(is_sound).then(pl.when("is_negative").then(-pl.col("paise")).otherwise("paise")),
        **{
            "not an amount in rupees": ~pl.col("fits"),
            "more than two decimals": pl.col("fits") & pl.col("has_more"),
            "too large": pl.col("fits") & pl.col("is_large"),
        },
        **({} if may_be_negative else {"negative": is_sound & pl.col("is_negative") & (pl.col("paise") > 0)}),
    )


def coins(text: pl.LazyFrame, *, may_be_signed: bool = True) -> pl.LazyFrame:
    """Whole coins, grouped or not; ``.0`` and ``.00`` say nothing, any other fraction is a fault."""
    number = _number(text, _COINS).with_columns(
        has_more=~pl.col("rest").is_in(("", "0", "00")), is_large=pl.col("whole") > LIMIT
    )
    is_sound = pl.col("fits") & ~pl.col("has_more") & ~pl.col("is_large")
    return number.select(
        value=pl.when(is_sound).then(pl.when("is_negative").then(-pl.col("whole")).otherwise("whole")),
        **{
            "not a number of coins": ~pl.col("fits"),
            "not whole coins": pl.col("fits") & pl.col("has_more"),
            "too large": pl.col("fits") & pl.col("is_large"),
        },
        **({} if may_be_signed else {"must be unsigned": pl.col("fits") & pl.col("is_negative")}),
    )


def number(text: pl.LazyFrame) -> pl.LazyFrame:
    """A whole number that is not below zero: how many, or how good."""
    read = coins(text, may_be_signed=False)
    words = {
        "not a number of coins": "not a number",
        "not whole coins": "not a whole number",
        "must be unsigned": "below zero",
    }
    return read.rename(words)


def identifier(text: pl.LazyFrame, *, has_hash: bool = False) -> pl.LazyFrame:
    """An id as written, without a trailing ``.0``; with ``has_hash`` without a leading ``#`` (details I8, S10)."""
    bare = _TEXT.str.strip_prefix("#").str.strip_chars() if has_hash else _TEXT
    return text.with_columns(bare=bare.str.strip_suffix(".0").str.strip_chars()).select(
        value=pl.when(pl.col("bare") != "").then("bare"),
        **{
            _SCIENTIFIC_REASON: _TEXT.str.contains(_SCIENTIFIC),
            "totals row": _TEXT.str.to_lowercase().is_in(TOTALS),
            "blank": pl.col("bare") == "",
        },
    )


def name(text: pl.LazyFrame) -> pl.LazyFrame:
    """A further id of the row, exactly as written."""
    return text.select(value=_TEXT, **{_SCIENTIFIC_REASON: _TEXT.str.contains(_SCIENTIFIC)})


def reference(text: pl.LazyFrame) -> pl.LazyFrame:
    """An id of something else, as the key that it is compared by."""
    return text.select(value=reference_key(_TEXT), **{_SCIENTIFIC_REASON: _TEXT.str.contains(_SCIENTIFIC)})


def flag(text: pl.LazyFrame) -> pl.LazyFrame:
    """True or false."""
    return _one_of(text, {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}, "neither true nor false")


def operation(text: pl.LazyFrame) -> pl.LazyFrame:
    """``cr`` or ``dr``."""
    return _one_of(text, {"cr": "cr", "credit": "cr", "dr": "dr", "debit": "dr"}, "neither cr nor dr")


def wallet(text: pl.LazyFrame) -> pl.LazyFrame:
    """``coins`` or ``credits``."""
    words = {"coins": "coins", "coin": "coins", "credits": "credits", "credit": "credits"}
    return _one_of(text, words, "neither coins nor credits")


def scale(text: pl.LazyFrame) -> pl.LazyFrame:
    """``csat5`` or ``nps``."""
    return _one_of(text, {"csat5": "csat5", "nps": "nps"}, "neither csat5 nor nps")


def words(text: pl.LazyFrame) -> pl.LazyFrame:
    """Status words as they are compared."""
    return text.select(value=word(_TEXT))


def as_written(text: pl.LazyFrame) -> pl.LazyFrame:
    """Text that something else reads."""
    return text.select(value=_TEXT)


def reference_key(text: pl.Expr) -> pl.Expr:
    """How ids are compared: no outer blanks, leading ``#`` or trailing ``.0``, lower case; null when blank."""
    bare = (
        text.str.strip_chars()
        .str.strip_prefix("#")
        .str.strip_chars()
        .str.strip_suffix(".0")
        .str.strip_chars()
    )
    return pl.when(bare != "").then(bare.str.to_lowercase())


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


def _one_of(text: pl.LazyFrame, known: Mapping[str, str | bool], reason: str) -> pl.LazyFrame:
    dtype = pl.Boolean if True in known.values() else pl.String
    value = _TEXT.str.to_lowercase().replace_strict(known, default=None, return_dtype=dtype)
    return text.select("text", value=value).select(
        "value", (_TEXT.is_not_null() & pl.col("value").is_null()).alias(reason)
    )


def _number(text: pl.LazyFrame, form: str) -> pl.LazyFrame:
    """``whole, rest`` (digits after the point), ``is_negative, fits``; ``fits`` is null where there is no text.

    A whole part beyond every limit is cut to one just beyond: nothing overflows, and it stays too large.
    """
    is_open, is_closed = pl.col("open").is_not_null(), pl.col("close").is_not_null()
    minuses = pl.sum_horizontal(
        is_open, *(pl.col(place).is_not_null() for place in ("before", "inner", "after"))
    )
    has_digits = (pl.col("whole") != "") | pl.col("rest").is_not_null()
    fits = has_digits.fill_null(value=False) & (is_open == is_closed) & (minuses <= 1)
    digits = (
        pl.when(pl.col("whole") != "")
        .then("whole")
        .otherwise(pl.lit("0"))
        .str.replace_all(",", "", literal=True)
    )
    return (
        text.with_columns(found=_TEXT.str.extract_groups(form))
        .unnest("found")
        .select(
            whole=digits.cast(pl.Int64, strict=False).fill_null(_TOO_LARGE).clip(upper_bound=_TOO_LARGE),
            rest=pl.col("rest").fill_null(""),
            is_negative=minuses == 1,
            fits=pl.when(_TEXT.is_not_null()).then(fits),
        )
    )
