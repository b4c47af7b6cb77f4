"""The key: long enough, known to nobody else, and never guessed (details S5)."""

import stat
from pathlib import Path

import pytest

from loyalty.values.errors import UserError
from resources.home import Home, Settings
from resources.keys import read_secret, write_key

LONG = "k" * 32


def test_the_variable_wins_over_the_file(tmp_path: Path) -> None:
    settings = Settings(brand="x", key_file="nowhere")
    assert read_secret(Home(tmp_path), settings, {"MILAAN_KEY": LONG}) == LONG


def test_a_written_key_is_its_owners_alone_and_can_be_read_back(tmp_path: Path) -> None:
    home = Home(tmp_path)
    path = write_key(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = read_secret(home, Settings(brand="x", key_file=path.name), {})
    assert len(secret) == 64
    with pytest.raises(FileExistsError):
        write_key(home)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "MILAAN_KEY is not set and .*brand.yaml names no key_file"),
        ({"MILAAN_KEY": ""}, "MILAAN_KEY is not set"),
        ({"MILAAN_KEY": "k" * 31}, "MILAAN_KEY must hold a secret text of at least 32 characters"),
    ],
)
def test_no_key_or_a_short_one_names_the_variable(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        read_secret(Home(tmp_path), Settings(brand="x"), environment)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text(LONG)
    file.chmod(mode)
    with pytest.raises(UserError, match="can be read by others; run chmod 600 on it"):
        read_secret(Home(tmp_path), Settings(brand="x", key_file="key"), {})


@pytest.mark.parametrize(
    ("text", "sentence"), [("k" * 31, "must hold a secret text of at least 32"), (None, "cannot be read")]
)
def test_a_key_file_without_a_key_is_refused(tmp_path: Path, text: str | None, sentence: str) -> None:
    if text is not None:
        (tmp_path / "key").write_text(text)
        (tmp_path / "key").chmod(0o600)
    with pytest.raises(UserError, match=sentence):
        read_secret(Home(tmp_path), Settings(brand="x", key_file="key"), {})
