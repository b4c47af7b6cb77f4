"""A secret webhook id that somebody wrote into a file of the home."""

from pathlib import Path

import pytest

from loyalty.readiness.setup_audit import Leak
from resources.home import Home
from resources.webhook_ids import webhook_leaks
from tests.homes import RULES

UUID = "3f2c8a10-9b7d-4c3e-8f21-0a1b2c3d4e5f"


def home_with(folder: Path, brand: str = "", rules: str = "") -> Home:
    home = Home(folder)
    home.rules.mkdir()
    home.brand_file.write_text(f"brand: small\n{brand}")
    (home.rules / "first.yaml").write_text(f"{RULES}{rules}")
    return home


def leaks(home: Home) -> tuple[Leak, ...]:
    return webhook_leaks(home, home.settings())


@pytest.mark.parametrize(
    "line",
    [
        f"# the id is {UUID}",
        f"# {UUID.upper()}",
        "# https://platform.example/api/open/integrations/customcheckoutwebhook/abcdEFGH12345678",
        '# Webhook ID: "wh_live_0123456789abcdef"',
        "# webhook_id = 0123456789abcdef",
    ],
)
def test_an_id_is_found_in_a_comment_of_either_file(tmp_path: Path, line: str) -> None:
    home = home_with(tmp_path, f"{line}\n", f"{line}\n")
    assert leaks(home) == (Leak(None, 2), Leak("2026-01-01", 5))


@pytest.mark.parametrize(
    "brand",
    [
        "integration: {webhook_id_set: true}\n",
        "# webhook: see the password manager\n",
        "launched_at: 2026-04-01T00:00:00+05:30\n",
        f"alerts: {{urls: ['https://alerts.example/hook/{UUID}']}}\n",
    ],
)
def test_other_settings_are_no_id(tmp_path: Path, brand: str) -> None:
    assert leaks(home_with(tmp_path, brand)) == ()
