"""Rulebook files: one YAML file is the whole law from its ``effective_from``."""

from pathlib import Path

from loyalty.rulebook.lint import faults
from loyalty.rulebook.models import Rulebook, RuleVersion
from loyalty.values.errors import UserError
from resources.yaml_text import Document, Place, parse, read_document

_UNDER_REDEEM: dict[str, Place] = {key: ("redeem", key) for key in ("restore_on", "partial_restore")}
"""Settings of restores stand beside the surfaces (details S11)."""


def read_version(file: Path) -> RuleVersion:
    """The version that one file holds.

    Raises:
        UserError: A key that is unknown, doubled or wrong, or a rule that can never fire, with file, line and name.
    """
    return _version(read_document(file))


def read_rulebook(folder: Path) -> Rulebook:
    """Every version below ``rules/``, in order of time.

    Raises:
        UserError: No version at all, a broken one, or two that overlap (details S7).
    """
    if strays := sorted(folder.glob("*.yml")):
        raise UserError(f"{strays[0]} is not read; rename it to {strays[0].with_suffix('.yaml').name}")
    files = sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))
    if not files:
        raise UserError(
            f"{folder} holds no rulebook version; write the programme's rules into {folder}/<date>.yaml"
        )
    documents = [read_document(file) for file in files]
    versions = [_version(document) for document in documents]
    _refuse_overlap(documents, versions)
    return Rulebook.of(versions)


def read_rules(path: Path) -> Rulebook:
    """The versions of a folder, or the one of a single file.

    Raises:
        UserError: As `read_rulebook` and `read_version`.
    """
    return read_rulebook(path) if path.is_dir() else Rulebook.of([read_version(path)])


def _version(document: Document) -> RuleVersion:
    law = parse(document, RuleVersion, _UNDER_REDEEM)
    for fault in faults(law):
        raise document.fault(fault.place, fault.text)
    return law


def _refuse_overlap(documents: list[Document], versions: list[RuleVersion]) -> None:
    for key in ("version", "effective_from"):
        first: dict[object, Document] = {}
        for document, version in zip(documents, versions, strict=True):
            value = getattr(version, key)
            if value in first:
                raise document.fault(
                    (key,),
                    f"{document.text_at((key,))} is also that of {first[value].file}; two versions cannot share it",
                )
            first[value] = document
