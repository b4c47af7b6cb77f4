"""Whether exports have landed, without opening one."""

import os
from pathlib import Path

from resources.landing import landed


def test_every_change_changes_the_mark(tmp_path: Path) -> None:
    marks = [landed(tmp_path), landed(tmp_path / "nowhere")]
    assert marks == [None, None]
    (tmp_path / ".hidden").write_text("x")
    assert landed(tmp_path) is None
    file = tmp_path / "month" / "orders.csv"
    file.parent.mkdir()
    file.write_text("a")
    marks.append(landed(tmp_path))
    file.write_text("ab")
    marks.append(landed(tmp_path))
    os.utime(file, (1, 1))
    marks.append(landed(tmp_path))
    file.rename(tmp_path / "orders.csv")
    marks.append(landed(tmp_path))
    assert len(set(marks)) == 5
    assert landed(tmp_path) == marks[-1]


def test_a_name_of_any_bytes_is_only_data(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff*[x]'.csv")).write_text("x")
    assert landed(tmp_path) is not None
