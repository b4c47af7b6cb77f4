"""The page that people open: its numbers are those of the tables, its data can never run."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from loyalty.figures import LOST, OWED
from loyalty.reconcile.kinds import KINDS
from loyalty.reconcile.wording import headline
from loyalty.values.money import rupees
from resources.reports import reconciliation_page, write_reports
from tests.builders import AS_OF
from tests.findings import Tables, a_finding, a_residual, a_source, resolved, tables, wrong

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7*7 }}{% for x in y %}",
    "</style><svg onload=alert(1)>",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "=HYPERLINK(1)",
]
MIXED = [
    a_finding("redemption", "over_cap", order="5101", member="aaaaaaaa11", effect="1200.50"),
    a_finding("redemption", "under_redeemed", order="5102", member="bbbbbbbb22", effect=-300),
    a_finding("earn", "earn_duplicate", order="5101", member="aaaaaaaa11", effect=12),
    a_finding(
        "earn", "earn_orphan", order=None, entries=["wt1"], member="cccccccc33", effect=7, version=None
    ),
    a_finding("earn", "earn_late", order="5103"),
    a_finding("earn", "not_yet_due", status="by_design", order="5104"),
    a_finding("redemption", order="5105"),
]
FILES = [
    a_source("orders.csv", "gokwik_orders", lines=12, accepted=10, quarantined=2),
    a_source("ledger.csv", "nector_ledger"),
]


class Read(HTMLParser):
    """What a browser would make of a page: elements with attributes, and the text that a person reads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.inside: list[str] = []
        self.cells: dict[str, str] = {}
        self.feed(page)
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside.append(tag)
        self.words.append(" " if tag in {"td", "th", "p", "h1", "h2", "li", "tr", "dd"} else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"style", "script", "title"} & set(self.inside):
            self.words.append(data)
        if self.inside and self.inside[-1] in {"style", "script"}:
            self.cells[self.inside[-1]] = data
        if "h1" in self.inside:
            self.cells["h1"] = self.cells.get("h1", "") + data

    @property
    def answer(self) -> str:
        return " ".join(self.cells["h1"].split())


def page(found: Tables, name: str = "Chai House") -> str:
    return reconciliation_page(found, name, AS_OF)


def read(found: Tables) -> Read:
    return Read(page(found))


def test_the_page_leads_with_the_answer_in_words() -> None:
    found = tables(*MIXED, sources=FILES)
    answer = headline(found["mart_reconciliation"], found["mart_mismatches"]).text
    assert read(found).answer == f"{answer}."
    assert answer == (
        "₹1,219.50 over-granted on 1 order and 1 ledger entry, ₹300 owed to 1 customer, "
        "40.0 % of loyalty orders match"
    )
    assert f'<meta name="description" content="{answer}">' in page(found)


@pytest.mark.parametrize(
    "findings",
    [
        [a_finding("earn", "earn_missing", member=None, effect=-2)],
        [a_finding("earn", "earn_orphan", order=None, entries=["e"], effect=2)],
        [a_finding("earn", "earn_late")],
        [a_finding()],
        [a_finding(status="unknown")],
        [],
    ],
)
def test_the_answer_on_the_page_is_the_answer_in_the_log(findings: list[dict[str, object]]) -> None:
    found = tables(*findings)
    answer = headline(found["mart_reconciliation"], found["mart_mismatches"]).text
    assert read(found).answer == f"{answer[0].upper()}{answer[1:]}."


def test_totals_on_the_page_are_the_sums_of_the_table() -> None:
    found = tables(*MIXED, sources=FILES)
    effects = found["mart_mismatches"]["effect_paise"]
    lost, owed = effects.filter(effects > 0).sum(), -effects.filter(effects < 0).sum()
    assert f"All kinds 5 {rupees(int(lost))} {rupees(int(owed))}" in read(found).text
    for row in found["mart_mismatches"].iter_rows(named=True):
        assert row["sentence"] in read(found).text
        assert KINDS[row["kind"]].action in read(found).text


def test_every_kind_has_its_counts_and_money() -> None:
    text = read(tables(*MIXED, sources=FILES)).text
    meaning = KINDS["over_cap"].meaning
    assert f"{meaning} Redeeming 1 1 ₹1,200.50 – Compare" in text
    assert f"{KINDS['earn_orphan'].meaning} Earning 1 – ₹7 – Find" in text


def test_the_most_money_comes_first_and_the_rest_is_counted() -> None:
    many = [
        a_finding("earn", "earn_amount", order=f"o{number:03}", effect=number) for number in range(1, 106)
    ]
    found = tables(*many)
    text = read(found).text
    orders = re.findall(r"₹\d+ lost (o\d{3})", text)
    assert len(orders) == 100
    assert orders[:2] == ["o105", "o104"]
    assert "The 100 of 105 mismatches with the most money at stake" in text


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    paths: list[Path] = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        paths += write_reports(tables(*MIXED, sources=FILES), "Chai House", folder, AS_OF)
    names = ["reconciliation.html", "retention.html", "finance.html", "finance.xlsx"]
    assert [path.name for path in paths] == names * 2
    for one, two in zip(paths[:4], paths[4:], strict=True):
        assert one.read_bytes() == two.read_bytes()


# --- nothing from an export can run ---------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_never_run(text: str) -> None:
    findings = [
        a_finding("redemption", "over_cap", order=text, member=text, version=text, effect=5, causes=[text]),
        a_finding("earn", "earn_orphan", order=None, entries=[text], member=None, version=None, effect=5),
    ]
    found = tables(*findings, sources=[a_source(text, None, reason=text)], quarantine=[(text, 1, text)])
    hostile, calm = Read(page(found, name=text)), Read(page(tables(*MIXED, sources=FILES)))
    assert {tag for tag, _ in hostile.elements} <= {tag for tag, _ in calm.elements}
    assert not [name for _, attributes in hostile.elements for name in attributes if name.startswith("on")]
    assert hostile.text.count(" ".join(text.split())) >= 8
    for cell in ("style", "script"):
        assert hostile.cells[cell] == calm.cells[cell]


def test_the_policy_names_the_one_style_and_the_one_script_and_nothing_else() -> None:
    read_page = read(tables(*MIXED, sources=FILES))
    policies = [
        attributes["content"]
        for tag, attributes in read_page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    seals = {
        cell: "sha256-" + base64.b64encode(hashlib.sha256(read_page.cells[cell].encode()).digest()).decode()
        for cell in ("style", "script")
    }
    assert policies == [
        (
            f"default-src 'none'; style-src '{seals['style']}'; script-src '{seals['script']}'; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        )
    ]


def test_the_page_asks_for_nothing_from_anywhere() -> None:
    text = page(tables(*MIXED, sources=FILES))
    assert not re.search(r"https?:|//[a-z]|@import|url\(", text)
    elements = Read(text).elements
    loads = [attributes for _, attributes in elements if {"src", "href", "action", "style"} & set(attributes)]
    assert loads == [{"rel": "icon", "href": "data:,"}]
    assert [tag for tag, _ in elements].count("script") == 1


def test_page_and_figures_speak_in_the_same_colours() -> None:
    style = read(tables()).cells["style"]
    assert f"--lost: {LOST};" in style
    assert f"--owed: {OWED};" in style


# --- what a page says when there is little to say -------------------------------------------------


def test_without_mismatches_the_page_says_that_all_is_well() -> None:
    text = read(tables(a_finding(), sources=FILES)).text
    assert "Everything matches on 1 loyalty order." in text
    assert "No mismatch on any leg" in text
    assert "What kinds of mismatch" not in text


def test_without_exports_the_page_asks_for_them() -> None:
    text = read(tables()).text
    assert "Nothing to reconcile There is no row to judge." in text
    assert "No GoKwik order export could be read." in text
    assert "No Nector ledger export could be read." in text
    assert "The inbox is empty." in text


def test_a_missing_ledger_is_named_and_an_accepted_one_is_not() -> None:
    text = read(
        tables(
            sources=[
                FILES[0],
                a_source("l.csv", "nector_ledger", accepted=0, quarantined=10, reason="no `amount` column"),
            ]
        )
    ).text
    assert "No Nector ledger export could be read." in text
    assert "GoKwik order export could" not in text


def test_what_is_resolved_is_not_on_the_page() -> None:
    found = tables(a_finding())
    found["mart_mismatches"] = resolved(wrong(a_finding("redemption", "over_cap", order="gone", effect=9)))
    text = read(found).text
    assert "gone" not in text
    assert "No mismatch on any leg" in text


def test_figures_that_do_not_close_are_said_first() -> None:
    found = tables(*MIXED, sources=FILES)
    found["mart_statement"] = a_residual(coins=1)
    assert "Incomplete Some recorded coins or rupees have no verdict" in read(found).text


def test_what_was_set_aside_stands_with_its_file_and_its_reason() -> None:
    aside = [("orders.csv", 3, "no date"), ("orders.csv", 9, "no date"), ("orders.csv", 4, "no id")]
    text = read(tables(*MIXED, sources=FILES, quarantine=aside)).text
    assert "orders.csv 2 × no date 1 × no id gokwik orders 12 10 2 0 0" in text


def test_a_share_of_few_orders_comes_with_a_warning() -> None:
    few = [a_finding("earn", "earn_late", order="x"), *(a_finding(order=f"{number}") for number in range(28))]
    assert "Fewer than 30 orders" in read(tables(*few)).text
    assert "Fewer than 30 orders" not in read(tables(*few, a_finding(order="29"))).text


def test_rows_that_are_no_mismatch_are_listed_too() -> None:
    text = read(tables(*MIXED, sources=FILES)).text
    assert "Not yet due The order has reached its trigger; its coins are due later. 1 1" in text
    assert "Match Expected and recorded are the same. 1 1" in text


def test_only_what_is_new_is_marked_once_others_are_known() -> None:
    first = wrong(MIXED[0])
    found = tables(*MIXED)
    assert "· new" not in read(found).text
    found["mart_mismatches"] = wrong(MIXED[0], MIXED[1], before=first)
    assert read(found).text.count("· new") == 1
