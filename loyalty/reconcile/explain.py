"""The calculation of one order as a page of plain text: base, every limit, the one that bound, what was found.

Layout and words only. The figures come from one row of the frames that judged the order, so the page
can never disagree with the verdict.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from loyalty.reconcile.kinds import KINDS
from loyalty.reconcile.titles import LEG_TITLES, QUIET
from loyalty.reconcile.wording import instant_words
from loyalty.rulebook.models import EARN_PARTS, REDEEM_PARTS
from loyalty.values.money import group_lakh, rupees
from loyalty.values.ratios import divide

Row = Mapping[str, Any]

_LABEL_WIDTH = 44
_VALUE_WIDTH = 16
_BINDS = "◀ binds"
_PARTS = {
    "shipping": ("shipping_paise", 1),
    "cod_fee": ("cod_fee_paise", 1),
    "tax": ("tax_paise", 1),
    "prepaid_discount": ("prepaid_discount_paise", -1),
}
BASES = {
    "subtotal": "subtotal",
    "after_coupon": "subtotal after coupon",
    "after_coupon_and_loyalty": "subtotal after coupon and loyalty",
    "total_payable": "total payable",
    "amount_paid": "amount paid",
}
_GATES = {
    "disabled": "this surface is switched off",
    "device": "this device may not redeem",
    "tier": "this tier may not redeem",
    "payment": "this payment method may not redeem",
    "coupon": "coins do not go with a coupon",
    "min_cart": "the cart is below the minimum",
}


class Heading(NamedTuple):
    """Who and when: what stands above the calculation."""

    order_id: str
    surface: str
    placed_at: dt.datetime
    member_id: str | None
    rule_version: str | None


class Line(NamedTuple):
    """One step: a label, its figure as text, and a remark."""

    label: str
    value: str = ""
    note: str = ""


class Section(NamedTuple):
    """Steps that belong together, under a title."""

    title: str
    lines: Sequence[Line]


def _no_why(_row: Row) -> Iterable[Section]:
    return ()


def explanation(
    heading: Heading,
    redeeming: Row,
    earning: Row,
    legs: Sequence[Row],
    why: Callable[[Row], Iterable[Section]] = _no_why,
) -> str:
    """The whole page of one order.

    ``redeeming``: its row of a ruled frame with maximum, plus ``paper_coins``, ``cap_paise`` and ``room_paise``.
    ``earning``: its row of ``expected_earning``. ``legs``: its rows of ``mart_reconciliation``, each with a
    ``sentence`` that is null where nothing is wrong; none when the order has no loyalty effect. ``why`` gives the
    sections that explain such a row; they stand under it.
    """
    in_order = sorted(legs, key=lambda row: list(LEG_TITLES).index(row["leg"]))
    sections = [redeeming_section(redeeming), earning_section(earning)]
    for row in in_order:
        sections += [leg_section(row), *why(row)]
    if not legs:
        sections.append(Section("Found", [Line("No discount, no coins, nothing due: no row to judge.")]))
    return page(heading, sections)


def page(heading: Heading, sections: Iterable[Section]) -> str:
    """Sections under a heading, figures aligned to the right, in plain text that ends with a line break."""
    member = f"member {heading.member_id[:8]}" if heading.member_id else "no known member"
    law = (
        f"Rules of {heading.rule_version}" if heading.rule_version else "No rule in force when it was placed"
    )
    lines = [
        f"Order {heading.order_id}",
        f"placed {instant_words(heading.placed_at)} IST on {heading.surface} by {member}",
        law,
    ]
    return laid_out(lines, sections)


def laid_out(heading: Iterable[str], sections: Iterable[Section]) -> str:
    """Lines of a heading and titled sections as one plain text."""
    lines = list(heading)
    for section in sections:
        lines += ["", section.title, *(_set(line) for line in section.lines)]
    return "\n".join(lines) + "\n"


def _set(line: Line) -> str:
    if not line.value:
        return f"  {line.label}  {line.note}".rstrip()
    # Whole rupees leave room for the paise of others, so that rupees stand under rupees.
    is_whole = line.value.lstrip("-").startswith("₹") and "." not in line.value
    value = f"{line.value}   " if is_whole else line.value
    return f"  {line.label:<{_LABEL_WIDTH}}{value:>{_VALUE_WIDTH}}  {line.note}".rstrip()


def redeeming_section(row: Row) -> Section:
    """What the order could redeem at most, limit by limit; the one that bound is marked."""
    if not row["has_rule"]:
        return Section("Redeeming", [Line("No rule covers this order: no verdict.")])
    if row["gate"]:
        lines = [*_redeem_base(row), *_spendable(row, ""), Line(f"Not allowed: {_GATES[row['gate']]}.")]
    else:
        lines = [*_redeem_base(row), *_money_limits(row), *_coin_limits(row), *_maximum(row)]
    return Section(f"Redeeming ({row['mode']})", lines)


def _redeem_base(row: Row) -> list[Line]:
    parts = REDEEM_PARTS if row["base"] == "total_payable" else ()
    lines = _composition(row, row["base"], parts)
    lines.append(Line(f"= base: {BASES[row['base']]}", rupees(row["base_paise"])))
    if row["min_cart_paise"]:
        met = "met" if row["cart_paise"] >= row["min_cart_paise"] else "not met"
        label = f"cart for the minimum: {BASES[row['min_cart_base']]}"
        lines.append(
            Line(label, rupees(row["cart_paise"]), f"minimum {rupees(row['min_cart_paise'])}, {met}")
        )
    return lines


def _composition(row: Row, base: str, parts: Iterable[str]) -> list[Line]:
    """How a base comes about, from the selling price; parts of ₹0 are left out."""
    steps = [("selling price", row["subtotal_paise"])]
    if base != "subtotal":
        steps += [("coupon", -row["coupon_paise"]), ("other discount", -row["other_discount_paise"])]
    if base == "after_coupon_and_loyalty":
        steps.append(("loyalty discount", -row["loyalty_paise"]))
    for part in parts:
        if row[f"with_{part}"]:
            column, sign = _PARTS[part]
            steps.append((part.replace("_", " "), sign * row[column]))
    (first, price), *rest = steps
    return [
        Line(first, rupees(price)),
        *(Line(f"{'+' if paise > 0 else '−'} {name}", rupees(abs(paise))) for name, paise in rest if paise),
    ]


def _money_limits(row: Row) -> list[Line]:
    limits = [
        ("most on one order", row["max_discount_paise"]),
        (_share(row), row["cap_paise"]),
        (f"leaves {rupees(row['min_payable_paise'])} to pay", row["room_paise"]),
    ]
    binding = row["limit_paise"]
    mark = _BINDS if _bound_by(row) == "money" else ""
    return [
        *(
            Line(f"limit: {name}", rupees(paise), mark if paise == binding else "")
            for name, paise in limits
            if paise is not None
        ),
        Line("= most that may be taken off", rupees(binding)),
    ]


def _share(row: Row) -> str:
    if row["cap_num"] is None:
        return "the base itself"
    return _percent(divide(row["cap_num"] * 10_000, row["cap_den"]))


def _percent(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    return f"{whole}{f'.{rest:02d}'.rstrip('0') if rest else ''} % of the base"


def _coin_limits(row: Row) -> list[Line]:
    bound = _bound_by(row)
    mark = _BINDS if bound == "coins" else ""
    from_rule = row["max_coins"] is not None and row["max_coins"] < row["spendable_coins"]
    lines = _spendable(row, "" if from_rule else mark)
    if row["max_coins"] is not None:
        lines.append(Line("most coins on one order", coins_text(row["max_coins"]), mark if from_rule else ""))
    worth = f"buys {_step_worth(row)}" + (f" {_BINDS}" if bound == "offer" else "")
    return [*lines, Line("one step", coins_text(row["step_coins"]), worth)]


def _spendable(row: Row, mark: str) -> list[Line]:
    lines = [Line("spendable coins at checkout", coins_text(row["spendable_coins"]), mark)]
    if row["paper_coins"] != row["spendable_coins"]:
        lines.append(Line("with coins past their expiry", coins_text(row["paper_coins"])))
    return lines


def _step_worth(row: Row) -> str:
    if row["step_bps"] is not None:
        return _percent(row["step_bps"])
    if row["offer_kind"] == "amount_fixed":
        return f"{rupees(row['step_paise'])}, once"
    if row["is_step"]:
        return rupees(row["step_paise"])
    return f"{rupees(row['step_paise'])}, in any part down to {rupees(row['granularity_paise'])}"


def _bound_by(row: Row) -> Literal["coins", "money", "offer"]:
    """Why the maximum is no higher: too few coins, a limit on the discount, or all that the offer grants."""
    usable, k, due = row["usable_coins"], row["step_coins"], row["max_coins_due"]
    if due == 0:
        return "coins" if usable < max(row["min_coins"], 1) or (row["is_step"] and usable < k) else "money"
    if row["offer_kind"] == "amount_fixed":
        return "offer"
    if row["step_bps"] is None and not row["is_step"]:
        more = row["max_paise_due"] + row["granularity_paise"]
        return "coins" if more * k > usable * row["step_paise"] else "money"
    if due + k > usable:
        return "coins"
    at_limit = row["step_bps"] is None or row["max_paise_due"] == row["limit_paise"]
    return "money" if at_limit else "offer"


def _maximum(row: Row) -> list[Line]:
    lines = [Line("= at most", rupees(row["max_paise_due"]), f"for {coins_text(row['max_coins_due'])}")]
    if row["min_coins"] and row["max_coins_due"] == 0:
        lines.append(Line(f"Nothing fits with at least {coins_text(row['min_coins'])}."))
    return lines


def earning_section(row: Row) -> Section:
    """What the order should earn and when."""
    if row["base"] is None:
        return Section("Earning", [Line("No rule covers this order: no verdict.")])
    rate = f"{coins_text(row['earn_coins'])} per {rupees(row['per_paise'])}"
    has_factor = row["tier_num"] != row["tier_den"]
    factor = f"× {row['tier_num']}/{row['tier_den']} for tier {row['tier']}, " if has_factor else ""
    lines = [*_earn_base(row), Line("rate", rate, f"{factor}rounded {row['rounding']}")]
    if row["min_order_paise"]:
        lines.append(Line("smallest order that earns", rupees(row["min_order_paise"])))
    if row["max_coins"] is not None:
        lines.append(Line("most coins on one order", coins_text(row["max_coins"])))
    lines.append(Line("= should earn", coins_text(row["due_coins"]), _when(row)))
    if row["is_skipped"]:
        lines.append(Line("A tag of the order is on the skip list."))
    return Section("Earning", lines)


def _earn_base(row: Row) -> list[Line]:
    is_paid = row["base"] in ("total_payable", "amount_paid")
    lines = [] if is_paid else _composition(row, row["base"], EARN_PARTS)
    lines.append(Line(f"= base: {BASES[row['base']]}", rupees(row["earn_base_paise"])))
    if row["refunded_before_paise"]:
        lines.append(Line("refunded before it was due", rupees(row["refunded_before_paise"])))
        lines.append(Line("= base when due", rupees(row["base_at_due_paise"])))
    return lines


def _when(row: Row) -> str:
    if row["due_at"] is None:
        return f"not {row['trigger']} yet"
    delay = f" {row['delay_days']} days after" if row["delay_days"] else ""
    return f"due {instant_words(row['due_at'])} IST,{delay} {row['trigger']}".replace(",  ", ", ")


def leg_section(row: Row) -> Section:
    """What was found on one leg: expected, recorded, the difference, the verdict and what would explain it."""
    lines = [*_figures(row), Line(f"{_title(row)}{_cost(row['effect_paise'])}")]
    if row.get("sentence"):
        lines.append(Line(row["sentence"]))
    if row["causes"]:
        lines.append(Line(f"would be explained by: {', '.join(row['causes'])}"))
    if row["secondary_kinds"]:
        lines.append(Line(f"also true: {', '.join(row['secondary_kinds'])}"))
    return Section(f"Found: {LEG_TITLES[row['leg']].lower()}", lines)


def _figures(row: Row) -> list[Line]:
    """Coins and discount; the totals where it is the order itself that two exports tell."""
    paise = {side: row[f"{side}_paise"] for side in ("expected", "recorded")}
    paise["difference"] = paise["recorded"] - paise["expected"]
    if row["leg"] == "order":
        return [
            Line(side, rupees(total, signed=side == "difference"), "total") for side, total in paise.items()
        ]
    coins = {side: row[f"{side}_coins"] for side in ("expected", "recorded")}
    coins["difference"] = coins["recorded"] - coins["expected"]
    return [
        Line(side, signed_coins_text(coins[side]), _off(paise[side], signed=side == "difference"))
        for side in paise
    ]


def _title(row: Row) -> str:
    if row["status"] == "match":
        return "→ match"
    if row["status"] == "mismatch":
        return f"→ mismatch {row['kind']}: {KINDS[row['kind']].title.lower()}"
    title, meaning = QUIET[row["kind"] or row["status"]]
    return f"→ {title.lower()}: {meaning}"


def _cost(effect_paise: int) -> str:
    if effect_paise == 0:
        return ""
    return f", {rupees(abs(effect_paise))} {'lost' if effect_paise > 0 else 'owed to the customer'}"


def coins_text(number: int) -> str:
    """``1,000 coins``."""
    return f"{group_lakh(number)} coin{'' if abs(number) == 1 else 's'}"


def signed_coins_text(number: int) -> str:
    """The same with a plus before gains."""
    return ("+" if number > 0 else "") + coins_text(number)


def _off(paise: int, *, signed: bool = False) -> str:
    return f"discount {rupees(paise, signed=signed)}" if paise else ""
