"""The format of a file: by name, by the suffix of the file, or by its beginning."""

from __future__ import annotations

from pathlib import Path

from connectionist.errors import FileError, ParameterError
from connectionist.formats.file_format import ABILITIES, FileFormat, abilities, has_sniff
from connectionist.formats.format_file import COMPRESSED
from connectionist.formats.input_file import InputFile
from connectionist.plugins import registry
from connectionist.utils.visible_text import shown


def choose_format(path: Path, ability: str, given: str | FileFormat | None, file: InputFile | None = None) -> FileFormat:
    """Return the format of a file.

    Parameters
    ----------
    path : path
    ability : str
        The method that is needed, such as "read_examples".
    given : str, FileFormat or None
        The argument of the user. None means: by the suffix.
    file : InputFile, optional
        The file, if it is read. Formats of the same suffix are told apart by its beginning.

    Raises
    ------
    UnknownNameError
        If no plugin offers a format of this name.
    ParameterError
        If the format has no such method.
    FileError
        If there is no format, or more than one; the message lists them.
    """
    if given is not None:
        chosen = registry.resolve("file_formats", given, FileFormat, what=f"{ability}.format")
        if ability not in abilities(chosen):
            does = ", ".join(ABILITIES[each] for each in abilities(chosen)) or "does nothing"
            raise ParameterError(f"{ability}.format: {chosen.name!r} {does}; {_listed(able(ability))}")
        return chosen
    formats, candidates = able(ability), candidates_for(path, ability, file)
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        names = ", ".join(each.name for each in candidates)
        fault = "several formats have this suffix"
        if file is not None:
            fits = candidates[0].sniff(file.beginning())
            fault = "its beginning is that of several formats" if fits else f"{fault}, and its beginning is that of none of them"
        raise FileError(f"file {shown(str(path), 300)}: {fault}; give format=, one of {names}")
    raise FileError(f"file {shown(str(path), 300)}: no format that {ABILITIES[ability]} has the suffix {path.suffix!r}; {_listed(formats)}")


def candidates_for(path: Path, ability: str, file: InputFile | None = None) -> list[FileFormat]:
    """Return the formats with a method that a file may have, by its suffix and, if it is read, its beginning."""
    formats = able(ability)
    candidates = [each for each in formats if _has_suffix(path, each.suffixes)]
    if file is None:
        return candidates
    shared = [each for each in formats if each.sniffed_suffixes and _has_suffix(path, each.sniffed_suffixes)]
    if shared and (found := [each for each in shared if each.sniff(file.beginning())]):
        return found
    if len(candidates) == 1:
        return candidates
    if not candidates and any(_has_suffix(path, each.suffixes) for each in _formats()):
        return []  # the formats of this suffix have no such method
    beginning = file.beginning()
    asked = candidates or [each for each in formats if has_sniff(each)]
    return [each for each in asked if each.sniff(beginning)] or candidates


def able(ability: str) -> list[FileFormat]:
    """Return the formats with a method, sorted by name."""
    return [each for each in _formats() if ability in abilities(each)]


def _formats() -> list[FileFormat]:
    return [registry.find("file_formats", name)() for name in registry.get_registry().names("file_formats")]


def _has_suffix(path: Path, suffixes: tuple[str, ...]) -> bool:
    return path.name.lower().removesuffix(COMPRESSED).endswith(suffixes)


def _listed(formats: list[FileFormat]) -> str:
    names = [f"{each.name} ({', '.join(each.suffixes + each.sniffed_suffixes)})" for each in formats]
    return f"give format=, one of {', '.join(names) or 'none'}"
