"""The papers tell the truth about the house, and the house keeps the floor plan that linters cannot see."""

import ast
import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from assets.catalog import TABLES
from loyalty.rulebook.models import Bonus, CoinValue, Earning, Expiry, Redemption, RuleVersion
from resources.rulebook_files import read_version

HOUSE = Path(__file__).parents[1]
FLOORS = ("loyalty", "resources", "assets", "checks", "pipelines")
SOURCES = sorted(path for floor in FLOORS for path in (HOUSE / floor).rglob("*.py"))
PAPERS = sorted([*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")])
GOLDEN_SHA256 = "5c0dcc282eb40a0059ff90cdbf37a1d8182c690047854888c9cf27ba737d48c7"
LINES_OF_A_FILE = 420
LINES_OF_AN_ASSET = 10


def text_of(path: str) -> str:
    return (HOUSE / path).read_text(encoding="utf-8")


def fenced(markdown: str) -> list[str]:
    return re.findall(r"^```[a-z]*\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL)


def keys_in_rows(markdown: str) -> set[str]:
    """What stands in backticks at the beginning of table rows."""
    return set(re.findall(r"^\| `([a-z_]+)` \|", markdown, re.MULTILINE))


def keys_of(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


# --- papers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_gives_each_command_alone_in_a_block(command: str) -> None:
    assert f"{command}\n" in fenced(text_of("README.md"))


def test_every_make_command_of_the_papers_is_a_target_with_a_description() -> None:
    described = set(re.findall(r"^([a-z-]+):.*## .+$", text_of("Makefile"), re.MULTILINE))
    named = {
        target
        for paper in PAPERS
        for block in [*fenced(paper.read_text()), *re.findall(r"`([^`\n]+)`", paper.read_text())]
        for target in re.findall(r"^make ([a-z-]+)", block, re.MULTILINE)
    }
    assert {"demo", "test"} <= named
    assert named <= described


def test_ci_runs_what_a_person_runs() -> None:
    lines = text_of(".ci/run").splitlines()
    assert lines.index("make lint") < lines.index("make test")
    assert (HOUSE / ".ci" / "run").stat().st_mode & 0o111


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_link_of_a_paper_leads_somewhere(paper: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", paper.read_text())
    assert [target for target in targets if not (paper.parent / target).exists()] == []


def test_decisions_are_numbered_whole_and_listed() -> None:
    decisions = sorted((HOUSE / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    listed = text_of("docs/architecture.md")
    for path in decisions:
        decision = path.read_text()
        assert f"adr/{path.name}" in listed
        parts = re.findall(r"^\*\*(Context|Decision|Consequences|Alternatives)", decision, re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences", "Alternatives"], path.name


def test_the_readme_lists_exactly_the_public_tables() -> None:
    assert keys_in_rows(text_of("README.md")) == {name for name in TABLES if name.startswith("mart_")}


def test_no_other_word_is_used_for_a_mismatch() -> None:
    allowed = {"CONTEXT.md", "0002-the-word-is-mismatch.md"}
    users = [path.name for path in [*PAPERS, *SOURCES] if "discrepanc" in path.read_text().lower()]
    assert set(users) <= allowed


# --- rules ----------------------------------------------------------------------------------------

SECTIONS: dict[str, tuple[set[str], set[str]]] = {
    "The version": (keys_of(RuleVersion) - {"restore_on", "partial_restore"}, set()),
    "`earn`": (keys_of(Earning), set()),
    "`redeem`": (keys_of(Redemption), {"restore_on", "partial_restore"}),
    "`bonuses`": (keys_of(Bonus) - {"coins_min", "coins_max"}, {"coins"}),
    "`expiry`": (keys_of(Expiry), set()),
    "`coin_value`": (keys_of(CoinValue), set()),
}


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_rules_page_explains_exactly_the_keys_that_exist(heading: str) -> None:
    from_models, from_shape = SECTIONS[heading]
    sections = re.split(r"^## ", text_of("docs/rules.md"), flags=re.MULTILINE)
    [section] = [section for section in sections if section.startswith(heading)]
    assert keys_in_rows(section) == from_models | from_shape


def test_the_rulebook_of_the_rules_page_is_law_and_uses_every_key(tmp_path: Path) -> None:
    [sample] = fenced(text_of("docs/rules.md"))
    file = tmp_path / "2026-04-01.yaml"
    file.write_text(sample, encoding="utf-8")
    assert set(read_version(file).redeem) == {"gokwik", "widget", "rewards_page"}
    used = set(re.findall(r"([a-z_]+):", sample))
    assert set.union(*(models | shape for models, shape in SECTIONS.values())) <= used


# --- dependencies ---------------------------------------------------------------------------------


def test_the_lock_pins_every_dependency_with_hashes_and_names_no_host() -> None:
    lock = text_of("requirements.lock")
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=~ ]", requirement)[0].lower() for requirement in wanted}
    pinned = dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(\S+)", lock, re.MULTILINE))
    assert names <= set(pinned)
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)
    assert [block for block in blocks if block.strip() and "--hash=sha256:" not in block] == []
    assert re.findall(r"https?:|--index|--find-links", lock) == []


def test_golden_homes_are_the_bytes_that_we_were_given() -> None:
    golden = HOUSE / "tests" / "golden"
    digest = hashlib.sha256()
    for path in sorted(golden.rglob("*"), key=lambda path: path.relative_to(golden).as_posix()):
        if path.is_file():
            digest.update(path.relative_to(golden).as_posix().encode() + b"\0" + path.read_bytes())
    assert digest.hexdigest() == GOLDEN_SHA256


# --- floors ---------------------------------------------------------------------------------------


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_a_file_fits_a_reader() -> None:
    lengths = {str(path.relative_to(HOUSE)): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_OF_A_FILE} == {}


def test_annotations_stay_real_where_dagster_reads_them() -> None:
    postponed = [
        path.name
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    assert postponed == []


def test_only_one_room_of_the_domain_rounds() -> None:
    rounders = {
        str(path.relative_to(HOUSE))
        for path in SOURCES
        if path.is_relative_to(HOUSE / "loyalty")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == "round")
            or (isinstance(node.func, ast.Attribute) and node.func.attr in ("round", "floor", "ceil"))
        )
    }
    assert rounders <= {"loyalty/values/ratios.py"}


def test_assets_are_thin() -> None:
    thick = [
        f"{path.name}:{node.name}"
        for path in SOURCES
        if path.is_relative_to(HOUSE / "assets")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef)
        and any("asset" in ast.unparse(mark) for mark in node.decorator_list)
        and lines_of_code(node) > LINES_OF_AN_ASSET
    ]
    assert thick == []


def lines_of_code(function: ast.FunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return sum((statement.end_lineno or statement.lineno) - statement.lineno + 1 for statement in body)
