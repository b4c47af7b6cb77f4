"""Marketing's and finance's pages: numbers of the tables, data that can never run, nothing asked of a network."""

import re

import pytest

from resources.figure_pages import finance_page, line_title, quadrants, retention_page
from tests.builders import AS_OF
from tests.findings import tables

HOSTILE = "</script><script>alert(1)</script>"


@pytest.mark.parametrize("make", [retention_page, finance_page])
def test_hostile_text_is_shown_and_never_run(make: object) -> None:
    assert callable(make)
    page = make(tables(), HOSTILE, AS_OF)
    assert HOSTILE not in page
    assert "&lt;/script&gt;" in page
    assert page.count("<script") == make(tables(), "calm", AS_OF).count("<script")


@pytest.mark.parametrize("make", [retention_page, finance_page])
def test_the_policy_admits_hashes_alone(make: object) -> None:
    assert callable(make)
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', make(tables(), "x", AS_OF))
    assert policy.startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_pages_without_rows_say_so() -> None:
    page = retention_page(tables(), "x", AS_OF)
    assert "Nothing to measure yet." in page
    assert page.count("Not measured") == 8
    assert "0 coins outstanding, ₹0 taken off orders, every day ties out." in finance_page(
        tables(), "x", AS_OF
    )


def test_members_count_as_nothing_where_they_are_not_measured() -> None:
    assert set(quadrants(tables()["mart_metrics"]).values()) == {0}


def test_every_line_has_words() -> None:
    assert line_title("over_cap") == "Above the share of the cart"
    assert line_title("by_design:timing") == "Across a month end"
    assert line_title("pending") == "Waiting"
    assert line_title("not_judged") == "Not judged"
