"""From what the user names to a machine that plays it: a program, a bundled one, a state or a movie."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from retrovm import bundled, loading
from retrovm.errors import ArgumentError, RetroVMError
from retrovm.machines.machine_file.opening import machine
from retrovm.media import Media, open_media
from retrovm.movie import Movie
from retrovm.player.settings import Settings
from retrovm.session import VM

MOVIES = (".rmv", ".part")
STATES = (".state", ".png")


def open_program(program: str, settings: Settings, machine_id: str | None = None) -> VM:
    """A machine with a program: a file, or the id of a bundled one. Raises `RetroVMError`."""
    if not Path(program).exists() and program in bundled.programs():
        found = bundled.program(program)
        program, machine_id = str(found.file), machine_id or found.machine
    media = open_media(program)
    vm = loading.load(media, machine_id)
    options: dict[str, Any] = settings.options_for(vm)
    return vm if not options else loading.load(media, vm.spec.id, **options)


def open_movie(path: Path, vm: VM | None, recent: Iterable[str] = ()) -> tuple[VM, Movie]:
    """A movie, and a machine of the kind that it was recorded on, with its program.

    The program is that of `vm`, a bundled one, or one of `recent`. Raises `RetroVMError` where none of them is it.
    """
    movie = Movie.open(path)
    options = {name: value for name, value in movie.options.items() if value is not None}
    new = VM(machine(movie.machine), _program_of(movie, path, vm, recent), options, movie.seed)
    movie.check(new)
    return new, movie


def _program_of(movie: Movie, path: Path, vm: VM | None, recent: Iterable[str]) -> Media | None:
    if movie.media is None:
        return None
    if vm is not None and vm.media is not None and vm.media.sha1 == movie.media:
        return vm.media
    for program in (*(str(program.file) for program in bundled.programs().values()), *recent):
        with suppress(RetroVMError, OSError):
            media = open_media(program)
            if media.sha1 == movie.media:
                return media
    raise ArgumentError(f"{path}: the movie is of a program with the SHA-1 {movie.media}, which is neither here nor among the last "
                        f"ones: open that program first")


def programs_in(folder: Path) -> tuple[list[Path], list[Path]]:
    """The folders and the files in a folder, by name; what is hidden is left out. Raises `ArgumentError`."""
    try:
        entries = sorted((path for path in folder.iterdir() if not path.name.startswith(".")),
                         key=lambda path: path.name.lower())
        return [path for path in entries if path.is_dir()], [path for path in entries if path.is_file()]
    except OSError as error:
        raise ArgumentError(f"{folder} cannot be read: {error.strerror}") from None
