"""What a kind of export is made of: its columns, the headers that name them, how it is recognised."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Form = Literal[
    "id", "order_id", "name", "reference", "money", "amount", "coins", "count", "instant", "expiry",
    "phone", "email", "lead", "word", "text", "flag", "operation", "wallet", "number", "scale", "unread",
]  # fmt: skip
"""How a column is read; `unread` is known by its header and looked at no further."""


@dataclass(frozen=True)
class Column:
    """One column of a kind: the name inside the house, the header that ``demo`` writes, further headers.

    ``required``: a file without it is set aside. ``filled``: a row without a value is.
    """

    key: str
    name: str
    form: Form = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    filled: bool = False


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of export. ``signature``: of each group one column must be there, and none of ``never``.

    ``either``: columns of which a file must have one. ``whose``: columns of which a row must fill one.
    """

    name: str
    columns: tuple[Column, ...]
    signature: tuple[tuple[str, ...], ...]
    either: tuple[str, ...] = ()
    whose: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    @cached_property
    def required(self) -> tuple[tuple[str, ...], ...]:
        """Groups of columns of which one must be there."""
        single = tuple((column.key,) for column in self.columns if column.required)
        return (*single, self.either) if self.either else single

    def column(self, key: str) -> Column:
        """The column called ``key`` inside the house."""
        return next(column for column in self.columns if column.key == key)

    def label(self, group: tuple[str, ...]) -> str:
        """The headers of a group as a person would look for them."""
        return " or ".join(self.column(key).name for key in group)


def plain(header: str) -> str:
    """A header as it is compared: no case, blanks, underscores, dots or hyphens."""
    return re.sub(r"[\s_.\-\ufeff\u200b]+", "", header).casefold()


UPDATED = Column("updated_at", "Updated At", "instant", ("updated", "last_updated", "modified_at"))
PHONES = ("phone", "phone_number", "mobile", "mobile_number", "contact_number")
EMAILS = ("email", "email_id", "email_address", "customer_email")
ORDER_IDS = ("shopify_order_id", "platform_order_id", "moid", "order_id")
"""Headers that several kinds share."""
