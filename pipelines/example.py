"""The small brand of ``examples/brand``, written anew: ``make example``. The same bytes every time."""

from dataclasses import replace
from pathlib import Path

from loyalty.worlds import DEMO, World, build
from resources.new_home import world_texts

BRAND = Path(__file__).parents[1] / "examples" / "brand"
AS_OF = DEMO.as_of
KEY_FILE = "example.key"
KEY = "An example for everybody to read, and no secret at all."
_ORDERS, _SEED = 240, 11


def example() -> World:
    """Nine months of a sweet shop in 240 orders, with one fault of almost every kind."""
    return build(_SEED, _ORDERS, style=replace(DEMO, monthly_files=False))


def example_texts() -> dict[str, str]:
    """Every file of the example by its path below the home; the key stands there for all to see."""
    return {**world_texts(example()), KEY_FILE: KEY + "\n"}


def main() -> None:
    """Write the example where the repository keeps it."""
    for name, text in example_texts().items():
        file = BRAND / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
