"""How every page is made: a template, our one style and script sealed by their hashes, all data escaped."""

import base64
import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from loyalty.reconcile.kinds import KINDS
from loyalty.reconcile.titles import LEG_TITLES
from loyalty.values.money import group_lakh, rupees

_TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, scripts: Sequence[str] = (), styles: Sequence[str] = (), **content: Any) -> str:
    """A page of ``templates/``; its policy lets its own style and scripts work and nothing else.

    ``scripts`` are our own, and stand before the page's script; ``styles`` are those that they bring along.
    """
    style = (_TEMPLATES / "page.css").read_text(encoding="utf-8").strip()
    script = (_TEMPLATES / "page.js").read_text(encoding="utf-8").strip()
    return (
        _environment()
        .get_template(f"{template}.html.j2")
        .render(
            style=Markup(style),  # noqa: S704 - our own file, and the policy below admits nothing else
            script=Markup(script),  # noqa: S704 - likewise
            scripts=[Markup(each) for each in scripts],  # noqa: S704 - likewise
            policy=(
                f"default-src 'none'; style-src {_seals(style, *styles)}; "
                f"script-src {_seals(*scripts, script)}; "
                "img-src data:; base-uri 'none'; form-action 'none'"
            ),
            KINDS=KINDS,
            LEG_TITLES=LEG_TITLES,
            **content,
        )
    )


def _seals(*texts: str) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "rupees": rupees,
        "count": group_lakh,
        "day": _day,
        "many": _many,
        "whole": _whole,
    }
    return environment


def _day(date: dt.date) -> str:
    return f"{date.day} {date:%b %Y}"


def _many(number: int, one: str, more: str) -> str:
    return _whole(f"{group_lakh(number)} {one if number == 1 else more}")


def _whole(text: str) -> str:
    """Text that no line may break."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")
