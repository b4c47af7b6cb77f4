"""From numbers to the public verdict: names, dates and one order of rows (R18)."""

from tests.builders import AS_OF, NOON, a_law, a_world, an_entry, an_order, ist, judge, judged


def test_a_row_of_an_order_has_the_names_of_the_order() -> None:
    verdict = judge(
        an_order("A", placed=ist("2026-03-31 23:59:59"), surface="widget", loyalty=60),
        an_entry("redeem dr", 500, ist("2026-03-31 23:59:59"), order="A", entry_id="W1"),
        rules=a_law({"redeem": {"widget": {}}}),
    )["redemption", "A"]
    assert (verdict.member_id, verdict.surface, verdict.rule_version) == ("M", "widget", "2026-01-01")
    assert (verdict.placed_at, verdict.business_date.isoformat()) == (
        ist("2026-03-31 23:59:59"),
        "2026-03-31",
    )
    assert (verdict.entry_ids, verdict.match_method) == (["W1"], "reference")


def test_a_row_of_an_entry_tied_to_no_order_has_only_its_own() -> None:
    verdict = judge(an_entry("redeem dr", 500, ist("2026-03-31 23:59:59"), entry_id="W1"))["redemption", "W1"]
    assert (verdict.surface, verdict.rule_version, verdict.placed_at, verdict.match_method) == (None,) * 4
    assert (verdict.member_id, verdict.business_date.isoformat()) == ("M", "2026-03-31")


def test_an_order_of_nobody_known_has_no_member() -> None:
    assert judge(an_order(member=None, coins_used=5))["redemption", "A"].member_id is None


def test_rows_stand_by_leg_order_and_first_entry() -> None:
    world = a_world(
        an_order("B", loyalty=50),
        an_order("A", loyalty=50),
        an_entry("redeem dr", 500, order="B", entry_id="W3"),
        an_entry("redeem dr", 500, order="A", entry_id="W4"),
        an_entry("redeem dr", 5, entry_id="W2"),
        an_entry("redeem dr", 5, entry_id="W1"),
        an_entry("reward cr", 5, NOON, order="A", entry_id="W9"),
    )
    rows = judged(world, a_law(), AS_OF)
    assert rows.select("leg", "order_id", rows["entry_ids"].list.first()).rows() == [
        ("earn", "A", "W9"),
        ("redemption", "A", "W4"),
        ("redemption", "B", "W3"),
        ("redemption", None, "W1"),
        ("redemption", None, "W2"),
    ]


def test_a_cause_is_the_cause_only_where_it_is_the_only_one() -> None:
    law = a_law({"earn": {"coins": "5", "trigger": "placed", "tiers": {"gold": "2", "vip": "2"}}})
    rows = judged(
        a_world(
            an_order("one", subtotal=1000, coupon=500),
            an_entry("reward cr", 50, order="one"),
            an_order("two", subtotal=1000),
            an_entry("reward cr", 100, order="two"),
            an_order("none", subtotal=1000),
            an_entry("reward cr", 33, order="none"),
            an_order("rounded", subtotal=999),
            an_entry("reward cr", 50, order="rounded"),
        ),
        law,
        AS_OF,
        ("earn",),
    )
    told = {row["order_id"]: (row["cause"], row["causes"]) for row in rows.iter_rows(named=True)}
    assert told["none"] == (None, [])
    assert told["two"] == (None, ["tier=gold", "tier=vip"])
    assert told["rounded"] == ("rounding=half_up", ["rounding=half_up"])
    assert told["one"][0] is None
    assert "base=subtotal" in told["one"][1]
