"""`milaan explain` tells why: from the published tables to the setting behind a mismatch."""

from pathlib import Path

import pytest

from pipelines.cli import exit_code
from tests.homes import ORDERS, RULES, run, small_home

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose checkout takes 1 % of the total payable, where the rules say of the subtotal.

    5101 has ₹100 shipping: it took ₹11 for 110 coins, where ₹10 are allowed.
    """
    home = small_home(tmp_path_factory.mktemp("brand") / "home")
    block = "step: false, granularity_rupees: 1, cap_percent: 1, base: subtotal"
    (home.rules / "first.yaml").write_text(RULES.replace("value_rupees: 10", f"value_rupees: 10, {block}"))
    header, *rows = ORDERS.splitlines()
    shipped = [f"{header},Shipping Charges", *(f"{row},0" for row in rows)]
    text = "\n".join(shipped).replace(
        "10.00,100,990.00,UPI,Delivered,0", "11.00,110,1089.00,UPI,Delivered,100"
    )
    (home.inbox / "orders.csv").write_text(text + "\n")
    ledger = (home.inbox / "ledger.csv").read_text()
    (home.inbox / "ledger.csv").write_text(
        ledger.replace("Redeemed,100,dr,redeem,coins,,", "Redeemed,110,dr,redeem,coins,,")
    )
    run(home)
    return home.path


def explained(finished: Path, order: str, capsys: Capture) -> list[str]:
    assert exit_code(["explain", str(finished), order]) == 0
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_the_setting_behind_a_mismatch_is_calculated_under_the_leg_that_it_explains(
    finished: Path, capsys: Capture
) -> None:
    said = explained(finished, "5101", capsys)
    found, why = said.index("Found: redeeming"), said.index("Why: redeeming")
    assert found < why < said.index("Found: earning")
    assert "→ mismatch over_cap: above the share of the cart, ₹1 lost" in said[found:why]
    section = said.index("With base=total_payable(prepaid_discount,shipping,tax): taken from the total payable "
                         "with prepaid discount, shipping, tax")  # fmt: skip
    assert said[section + 1 : section + 5] == [
        "selling price ₹1,000",
        "+ shipping ₹100",
        "= base: total payable ₹1,100",
        "limit: 1 % of the base ₹11 ◀ binds",
    ]
    assert "= at most ₹11 for 110 coins" in said[section:]


def test_what_no_setting_makes_is_said_plainly(finished: Path, capsys: Capture) -> None:
    said = explained(finished, "5102", capsys)
    assert (
        said[said.index("Why: redeeming") + 1]
        == "No setting makes this kind: it says itself what went wrong."
    )


def test_an_order_without_a_mismatch_has_no_why(finished: Path, capsys: Capture) -> None:
    assert not [line for line in explained(finished, "5104", capsys) if line.startswith("Why")]
