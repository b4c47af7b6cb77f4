"""Rupees for people, paise for machines."""

LIMIT = 10**15
"""No amount of paise or coins beyond this enters: thousands of the greatest still add up within 64 bits."""


def group_lakh(number: int) -> str:
    """Digits in Indian grouping: ``1234567`` is ``12,34,567``."""
    digits = str(abs(number))
    head, tail = digits[:-3], digits[-3:]
    parts = [tail]
    while head:
        parts.append(head[-2:])
        head = head[:-2]
    return ("-" if number < 0 else "") + ",".join(reversed(parts))


def rupees(paise: int, *, signed: bool = False) -> str:
    """Paise as a person reads them: ``-123456700`` is ``-₹12,34,567``; paise show only if any.

    ``signed`` puts a plus before gains, for columns of differences.
    """
    whole, rest = divmod(abs(paise), 100)
    sign = "-" if paise < 0 else "+" if signed and paise > 0 else ""
    return f"{sign}₹{group_lakh(whole)}" + (f".{rest:02d}" if rest else "")
