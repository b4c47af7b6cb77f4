"""New brand homes: an empty one to fill, and the believable one that `milaan demo` shows."""

import csv
import io
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from loyalty.values.errors import UserError
from loyalty.worlds.world import World
from resources.home import Home
from resources.keys import KEY_FILE, write_key

PLANTED = "planted.csv"
"""What is wrong with a demo brand, row by row."""

_MARK = "demo.json"
_FIRST_RULES = "2020-01-01.yaml"


def new_home(path: Path, name: str | None) -> Home:
    """A home with a commented ``brand.yaml``, a first rulebook, a key and an empty inbox.

    Raises:
        UserError: Something is there already; nothing was changed.
    """
    home = Home(path)
    _refuse_if_taken(home)
    title = name or path.absolute().name or "brand"
    _make_folders(home)
    words = {
        "brand": json.dumps(_slug(title)),
        "name": json.dumps(title, ensure_ascii=False),
        "key_file": KEY_FILE,
    }
    home.brand_file.write_text(Template(_template("brand.yaml")).substitute(words), encoding="utf-8")
    (home.rules / _FIRST_RULES).write_text(_template("rules.yaml"), encoding="utf-8")
    write_key(home)
    return home


def demo_home(path: Path, world: World) -> Home:
    """A simulated brand as a home, with its planted faults in ``planted.csv``.

    A home that an earlier demo made is made anew: its own files are replaced, others stay.

    Raises:
        UserError: Something else is there already; nothing was changed.
    """
    home = Home(path)
    mark = home.state / _MARK
    if mark.is_file():
        for written in json.loads(mark.read_text(encoding="utf-8")):
            (path / written).unlink(missing_ok=True)
    else:
        _refuse_if_taken(home)
        _make_folders(home)
        write_key(home)
    texts = {
        home.brand_file: f"{world.brand.rstrip()}\nkey_file: {KEY_FILE}\n",
        **{home.rules / name: text for name, text in world.rules.items()},
        **{home.inbox / name: text for name, text in world.files.items()},
    }
    home.state.mkdir(exist_ok=True)
    mark.write_text(json.dumps(sorted(str(file.relative_to(path)) for file in texts)), encoding="utf-8")
    _write({**texts, path / PLANTED: planted_text(world)})
    return home


def world_texts(world: World) -> dict[str, str]:
    """A simulated brand as the texts of a home without a key, by their paths below it."""
    return {
        "brand.yaml": world.brand,
        PLANTED: planted_text(world),
        **{f"rules/{name}": text for name, text in world.rules.items()},
        **{f"inbox/{name}": text for name, text in world.files.items()},
    }


def planted_text(world: World) -> str:
    """The faults of a simulated brand as a table with commas."""
    said = io.StringIO(newline="")
    writer = csv.writer(said, lineterminator="\n")
    writer.writerow(("leg", "kind", "order_id", "entry_ids", "effect_paise", "cause"))
    for fault in world.planted:
        ids = " ".join(fault.entry_ids)
        writer.writerow((fault.leg, fault.kind, fault.order_id, ids, fault.effect_paise, fault.cause))
    return said.getvalue()


def _refuse_if_taken(home: Home) -> None:
    if home.path.exists() and (not home.path.is_dir() or any(home.path.iterdir())):
        raise UserError(f"{home.path} is not empty; name a new folder")


def _make_folders(home: Home) -> None:
    for folder in (home.path, home.rules, home.inbox):
        folder.mkdir(parents=True, exist_ok=True)


def _write(texts: Mapping[Path, str]) -> None:
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8", newline="")


def _template(name: str) -> str:
    return files("resources").joinpath("templates", name).read_text(encoding="utf-8")


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "brand"
