"""Offers and carts small enough that every limit binds now and then."""

from fractions import Fraction

from hypothesis import strategies as st

from tests.loyalty.expected.naive import Cart, Offer

_BASES = st.sampled_from(("subtotal", "after_coupon", "total_payable"))
_PARTS = st.sets(st.sampled_from(("shipping", "cod_fee", "tax", "prepaid_discount"))).map(
    lambda parts: tuple(sorted(parts))
)
_CAPS = st.none() | st.sampled_from([Fraction(each) for each in ("0", "10", "20", "12.5", "33.3", "100")])


def maybe(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[int | None]:
    return st.none() | numbers


def _offer(kind: st.SearchStrategy[str], value: st.SearchStrategy[int]) -> st.SearchStrategy[Offer]:
    return st.builds(
        Offer,
        kind=kind,
        coins=st.sampled_from((1, 3, 7, 100)),
        value=value,
        step=st.booleans(),
        grain=st.sampled_from((1, 1, 50, 100)),
        min_coins=st.sampled_from((0, 0, 10, 100, 250)),
        max_coins=maybe(st.integers(0, 400)),
        max_discount=maybe(st.integers(0, 20_000)),
        cap=_CAPS,
        base=_BASES,
        include=_PARTS,
        min_cart=st.sampled_from((0, 0, 5_000, 20_000)),
        min_cart_base=_BASES,
        min_payable=st.sampled_from((0, 1, 100, 5_000)),
    )


AMOUNT_OFFERS = _offer(
    st.sampled_from(("amount_variable", "amount_variable", "amount_fixed")),
    st.sampled_from((1, 7, 100, 333, 1_000)),
)
PERCENT_OFFERS = _offer(
    st.sampled_from(("percent_variable", "percent_variable", "percent_fixed")),
    st.sampled_from((1, 250, 333, 500, 3_000, 10_000)),
)
OFFERS = AMOUNT_OFFERS | PERCENT_OFFERS

CARTS = st.builds(
    Cart,
    subtotal=st.integers(0, 60_000),
    coupon=st.sampled_from((0, 0, 1, 4_999, 70_000)),
    other_discount=st.sampled_from((0, 0, 250)),
    prepaid_discount=st.sampled_from((0, 0, 333)),
    shipping=st.sampled_from((0, 4_900)),
    cod_fee=st.sampled_from((0, 2_900)),
    tax=st.sampled_from((0, 1_801)),
)
COINS = st.integers(0, 600)
