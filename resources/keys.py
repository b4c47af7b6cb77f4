"""The key of pseudonyms: from MILAAN_KEY, else from the file that ``brand.yaml`` names (details S5)."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from loyalty.intake.seal import KEY_CHARS
from loyalty.values.errors import UserError
from resources.home import Home, Settings

VARIABLE = "MILAAN_KEY"
KEY_FILE = "milaan.key"
"""The file that `init` and `demo` write, below the home."""

_OTHERS = 0o077


def read_secret(home: Home, settings: Settings, environment: Mapping[str, str]) -> str:
    """The text that the home's key is made of. A set variable wins over the file; a relative file is below the home.

    Raises:
        UserError: No key, one that is too short, or a file that others can read.
    """
    secret = environment.get(VARIABLE)
    if secret:
        return _long_enough(secret, VARIABLE)
    if settings.key_file is None:
        raise UserError(
            f"{VARIABLE} is not set and {home.brand_file} names no key_file; "
            f"set {VARIABLE} to a secret text of at least {KEY_CHARS} characters"
        )
    return _secret_of(home.path / settings.key_file)


def write_key(home: Home) -> Path:
    """A new random key in its own file, readable by its owner alone. An existing file is an error."""
    path = home.path / KEY_FILE
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    return path


def _secret_of(file: Path) -> str:
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"key_file {file} cannot be read; set {VARIABLE} or name a readable file") from error
    if mode & _OTHERS:
        raise UserError(f"key_file {file} can be read by others; run chmod 600 on it")
    return _long_enough(text, f"key_file {file}")


def _long_enough(secret: str, source: str) -> str:
    if len(secret) < KEY_CHARS:
        raise UserError(
            f"{source} must hold a secret text of at least {KEY_CHARS} characters; this one is shorter"
        )
    return secret
