"""People open these pages: each in a real browser, its numbers against the tables, nothing asked of a network.

Pictures of every page are left in build/screenshots, to be looked at.
"""

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from loyalty.finance import cost
from loyalty.metrics.headlines import headlines
from loyalty.reconcile.wording import headline
from loyalty.values.money import group_lakh, rupees
from pipelines.serving import HOST, command, environment
from resources.home import Home
from resources.lake import published
from tests.browser import DESK, PHONE, Page, browser, waited
from tests.homes import golden_home, run

PICTURES = Path(__file__).parents[1] / "build" / "screenshots"
REPORTS = ("reconciliation", "retention", "finance")
Tab = Callable[[], Page]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A golden home after a run; nobody changes it."""
    home = golden_home(tmp_path_factory.mktemp("brand") / "home", "faulty-auto")
    run(home)
    return home


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def gallery(home: Home) -> Iterator[str]:
    with served(home) as address:
        yield address


@contextmanager
def served(home: Home) -> Iterator[str]:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(command(port), env=environment(home), stdout=subprocess.DEVNULL)
    try:
        waited(lambda: answers(port), "the gallery")
        yield f"http://{HOST}:{port}/"
    finally:
        process.terminate()
        process.wait(timeout=30)


def answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex((HOST, port)) == 0


def said(home: Home, page: str) -> list[str]:
    """What a page must say, from the tables."""
    release = published(home)
    statement = release.read("mart_statement")
    taken = rupees(int(cost.redemption_cost(statement)["discount_paise"].sum()))
    closing = group_lakh(int(cost.flows(release.read("mart_coin_rollforward"))["coins"][-1]))
    measures = [each.value for each in headlines(release.read("mart_metrics")) if each.value != "–"]
    answer = headline(release.read("mart_reconciliation"), release.read("mart_mismatches")).text
    assert measures
    return {
        "reconciliation": [answer],
        "mismatches": [answer],
        "retention": measures,
        "finance": [f"{closing} coins outstanding", f"{taken} taken off orders"],
        "reward_cost": [f"{taken} taken off orders"],
    }[page]


def outside(page: Page) -> list[str]:
    near = ("file:", "data:", "blob:", f"http://{HOST}:", f"ws://{HOST}:")
    return [url for url in page.requests if not url.startswith(near)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_shows_its_numbers_and_fits_its_window(
    home: Home, tab: Tab, name: str, size: tuple[int, int]
) -> None:
    page = tab()
    page.open((home.reports / f"{name}.html").as_uri(), size)
    for words in said(home, name):
        assert words in page.text()
    page.wait("[...document.querySelectorAll('.figure')].every(each => each.querySelector('svg.main-svg'))")
    page.shoot(PICTURES / f"{name}-{size[0]}.png")
    assert page.value("document.documentElement.scrollWidth") <= size[0]
    assert (page.errors, outside(page)) == ([], [])


def test_the_first_screen_of_marketing_holds_all_eight_measures(home: Home, tab: Tab) -> None:
    page = tab()
    page.open((home.reports / "retention.html").as_uri())
    bottoms = page.value(
        "[...document.querySelectorAll('.tile .big')].map(each => each.getBoundingClientRect().bottom)"
    )
    assert len(bottoms) == 8
    assert max(bottoms) <= DESK[1]


def test_the_rows_behind_a_figure_are_reached_by_the_keyboard(home: Home, tab: Tab) -> None:
    page = tab()
    page.open((home.reports / "finance.html").as_uri())
    page.press("Tab")
    assert page.value("document.activeElement.tagName") == "SUMMARY"


@pytest.mark.parametrize("name", ["mismatches", "retention", "reward_cost"])
def test_a_notebook_shows_its_numbers(home: Home, tab: Tab, gallery: str, name: str) -> None:
    page = tab()
    page.open(f"{gallery}?file={name}.py", (1280, 2600))
    page.wait("document.querySelector('h1') !== null && document.readyState === 'complete'")
    for words in said(home, name):
        page.wait(f"{DEEP_TEXT}.includes({json.dumps(words)})")
    page.shoot(PICTURES / f"notebook-{name}.png")
    assert (page.errors, outside(page)) == ([], [])


def test_the_gallery_lists_every_notebook(tab: Tab, gallery: str) -> None:
    page = tab()
    page.open(gallery)
    page.wait("document.querySelectorAll('a[href*=\"file=\"]').length === 3")
    assert outside(page) == []


def test_every_number_of_the_variance_is_a_row_of_the_statement(home: Home, tab: Tab) -> None:
    page = tab()
    page.open((home.reports / "finance.html").as_uri())
    effects = page.value(
        "[...document.querySelectorAll('main > section:last-of-type tbody td:last-child')].map(e => e.textContent)"
    )
    lines = cost.variance(published(home).read("mart_statement"))
    assert effects == [rupees(effect, signed=True) for effect in lines["effect_paise"]]
    assert lines.filter(pl.col("effect_paise") != 0).height > 10


DEEP_TEXT = """(() => {
  const read = (node) => [...node.childNodes].map((each) =>
    each.nodeType === 3 ? each.textContent : (each.shadowRoot ? read(each.shadowRoot) : "") + " " + read(each)).join(" ");
  return read(document.body).replace(/\\\\s+/g, " ");
})()"""
