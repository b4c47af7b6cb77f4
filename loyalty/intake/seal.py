"""Personal data is sealed at the door: a keyed hash takes the place of every phone, e-mail and free text.

A seal is BLAKE2b-128 under a key derived from MILAAN_KEY, personalised by what is sealed, so that a
phone and the same digits in a title give different seals. Only seals leave this module.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Self

import polars as pl

from loyalty.intake.parse import email_address, phone_digits, reference_key
from loyalty.values.errors import UserError

KEY_CHARS = 32
TOKEN = r"[\p{L}\p{M}\p{N}_-]+"
"""A whole token of text: letters, digits, ``_`` and ``-`` (details L3)."""
_UUID = r"(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
SHORT_NUMBER = r"^[0-9]{1,4}$"

Domain = Literal["phone", "email", "lead", "reference", "token", "text"]
_BETWEEN_TEXTS = "\x1f"


@dataclass(frozen=True)
class Sealer:
    """Seals texts with one brand's key; the key itself is never shown."""

    key: bytes = field(repr=False)

    @classmethod
    def of(cls, secret: str) -> Self:
        """The sealer of ``MILAAN_KEY``'s text.

        Raises:
            UserError: The text is shorter than 32 characters (details S5).
        """
        if len(secret) < KEY_CHARS:
            raise UserError(
                f"MILAAN_KEY must be a text of at least {KEY_CHARS} characters; this one is shorter"
            )
        return cls(hashlib.blake2b(secret.encode(), digest_size=32, person=b"milaan.key").digest())

    def seals(self, texts: pl.Series, domain: Domain) -> pl.Series:
        """The seal of each text, null for null; each distinct text is hashed once."""
        distinct = texts.drop_nulls().unique()
        sealed = pl.Series(self._digests(distinct.to_list(), domain), dtype=pl.String)
        return texts.replace_strict(distinct, sealed, default=None, return_dtype=pl.String)

    def _digests(self, texts: Iterable[str], domain: Domain) -> list[str]:
        start = hashlib.blake2b(key=self.key, digest_size=16, person=f"milaan.{domain}".encode())
        digests = []
        for text in texts:
            digest = start.copy()
            digest.update(text.encode())
            digests.append(digest.hexdigest())
        return digests


def sealed_people(frame: pl.DataFrame, sealer: Sealer) -> pl.DataFrame:
    """``phone, email`` and, where there is one, ``lead_id`` become seals; null where there is no key."""
    keys = {
        "phone": phone_digits(pl.col("phone")),
        "email": email_address(pl.col("email")),
        "lead": pl.col("lead_id"),
    }
    columns = {"phone": "phone", "email": "email", "lead": "lead_id"}
    domains: list[Domain] = [
        domain for domain in ("phone", "email", "lead") if columns[domain] in frame.columns
    ]
    people = frame.select(keys[domain].alias(domain) for domain in domains)
    seals = [sealer.seals(people[domain], domain).alias(f"{domain}_seal") for domain in domains]
    return frame.drop(columns[domain] for domain in domains).with_columns(seals)


def discreet(texts: pl.Series, sealer: Sealer) -> pl.Series:
    """Ids as they are, but sealed where one may be a person: a phone, an ``@``, or words apart.

    The same text gives the same seal in every column, so that sealed ids still find each other.
    """
    text = pl.col("text")
    parts = text.str.to_lowercase().str.replace_all(r"[^0-9a-z]+", " ")
    holds_phone = ~text.str.contains(_UUID) & parts.str.contains(r"(?:^| )(?:91|0)?[6-9][0-9]{9}(?: |$)")
    is_personal = text.str.contains(r"[@\s]") | phone_digits(text).is_not_null() | holds_phone
    personal = texts.to_frame("text").select(pl.when(is_personal).then(reference_key(text))).to_series()
    return pl.select(pl.coalesce(sealer.seals(personal, "reference"), texts)).to_series().alias(texts.name)


def token_seals(keys: pl.Series, sealer: Sealer) -> pl.Series:
    """The seal under which a text may hold each reference key; null where no whole token could be it."""
    tokens = keys.to_frame("key").select(pl.when(_is_token(pl.col("key"))).then("key")).to_series()
    return sealer.seals(tokens, "token")


def sealed_texts(
    titles: pl.Series, descriptions: pl.Series, bonus_names: Iterable[str], sealer: Sealer
) -> pl.DataFrame:
    """``has_text, text_seal, text_tokens, bonus_name`` of titles with descriptions; row order kept.

    Tokens are sealed one by one, sorted, bare numbers under five digits left out (details L3).
    """
    texts = pl.DataFrame({"title": titles, "description": descriptions}).with_row_index("row")
    distinct = texts.select("title", "description").unique(maintain_order=True).with_row_index("text_no")
    both = pl.concat_str("title", "description", separator=_BETWEEN_TEXTS, ignore_nulls=False)
    joined = distinct.with_columns(pl.col("title", "description").fill_null("")).select(
        "text_no", text=both, bonus_name=_bonus_name(bonus_names)
    )
    tokens = (
        joined.select("text_no", token=pl.col("text").str.to_lowercase().str.extract_all(TOKEN))
        .explode("token", empty_as_null=True)
        .filter(_is_token(pl.col("token")))
    )
    sealed = (
        tokens.with_columns(token=sealer.seals(tokens["token"], "token"))
        .group_by("text_no")
        .agg(text_tokens=pl.col("token").unique().sort())
    )
    known = joined.with_columns(text_seal=sealer.seals(joined["text"], "text")).drop("text")
    return (
        texts.join(distinct, on=["title", "description"], how="left", validate="m:1", nulls_equal=True)
        .join(known, on="text_no", how="left", validate="m:1")
        .join(sealed, on="text_no", how="left", validate="m:1")
        .sort("row")
        .select(
            has_text=pl.col("title").is_not_null() | pl.col("description").is_not_null(),
            text_seal="text_seal",
            text_tokens=pl.col("text_tokens").fill_null([]),
            bonus_name="bonus_name",
        )
    )


def _is_token(text: pl.Expr) -> pl.Expr:
    return text.str.contains(f"^{TOKEN}$") & ~text.str.contains(SHORT_NUMBER)


def _bonus_name(names: Iterable[str]) -> pl.Expr:
    """The first bonus whose letters stand in the title, else in the description (details B8)."""
    found = [_letters(pl.col(column)) for column in ("title", "description")]
    chosen = pl.lit(None, pl.String)
    for letters in reversed(found):
        for name in reversed([*names]):
            wanted = "".join(filter(str.isalpha, name.lower()))
            if wanted:
                chosen = (
                    pl.when(letters.str.contains(wanted, literal=True)).then(pl.lit(name)).otherwise(chosen)
                )
    return chosen


def _letters(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all(r"[^\p{L}]", "")
