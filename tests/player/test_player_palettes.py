"""Other colours for the picture."""

import numpy as np
import pytest

from retrovm.errors import ArgumentError
from retrovm.player.filters import overlay
from retrovm.player.palettes import Recoloured, find, named
from retrovm.player.pictures import pixels_of


def test_every_palette_has_colours_that_differ():
    assert len(named()) >= 10
    for name in named():
        colours = find(name)
        assert colours.shape == (4, 3)
        assert len({tuple(colour) for colour in colours}) == 4


def test_machine_is_no_palette_but_the_machines_own():
    assert find("machine") is None


@pytest.mark.parametrize(("name", "content"), [
    ("a.hex", b"102030\nFFEEDD\n"), ("a.hex", b"#102030 #ffeedd"),
    ("a.gpl", b"GIMP Palette\nName: x\nColumns: 2\n# hello\n 16  32  48\tink\n255 238 221\n"),
    ("a.pal", b"JASC-PAL\r\n0100\r\n2\r\n16 32 48\r\n255 238 221\r\n"), ("A.PAL", bytes([16, 32, 48, 255, 238, 221])),
])
def test_files_of_colours_are_read(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert find(str(tmp_path / name)).tolist() == [[16, 32, 48], [255, 238, 221]]


@pytest.mark.parametrize(("name", "content", "what"), [
    ("a.hex", b"102030\nFFEED\n", "colour 2: expected RRGGBB, found 'FFEED'"),
    ("a.gpl", b"102030", "expected 'GIMP Palette'"),
    ("a.gpl", b"GIMP Palette\n1 2 3\n1 2 300\n", ":3: expected red, green and blue"),
    ("a.pal", b"1234", "three bytes for each colour, found 4"),
    ("a.pal", b"", "found 0"),
    ("a.hex", b"102030", "2 to 256 colours, not 1"),
])
def test_what_is_wrong_with_a_file_is_told(tmp_path, name, content, what):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ArgumentError, match=what):
        find(str(tmp_path / name))


def test_an_unknown_palette_names_the_nearest_and_a_missing_file_its_trouble():
    with pytest.raises(ArgumentError, match="there is no palette 'ambr'; did you mean amber"):
        find("ambr")
    with pytest.raises(ArgumentError, match="No such file"):
        find("/nowhere/a.hex")


def test_a_recoloured_picture_has_the_palettes_colours_where_the_machine_has_its_own(ember):
    ember.tick(120)
    colours = find("amber")
    shown = pixels_of(Recoloured(ember.screen, colours))
    assert np.array_equal(shown, colours[:2][ember.screen.indices])
    assert not np.array_equal(shown, ember.screen.ndarray)


def test_colours_that_the_palette_lacks_are_the_machines(ember):
    ember.tick(120)
    shown = pixels_of(Recoloured(ember.screen, find("amber")[:1]))
    lit = ember.screen.indices == 1
    assert np.array_equal(shown[lit], ember.screen.ndarray[lit])


@pytest.mark.parametrize("name", ["scanlines", "phosphor", "grid"])
def test_a_filter_lets_pixels_be_seen_and_darkens_what_is_between(name):
    factors = overlay(name, 60, 30, (10, 5))
    assert factors.shape == (30, 60, 3)
    assert factors.max() == 255
    assert 100 < factors.min() < 200
    assert factors.mean() > 170


def test_pixels_that_are_too_small_have_no_gaps():
    assert (overlay("scanlines", 20, 10, (10, 5)) == 255).all()
    assert (overlay("grid", 20, 10, (10, 5)) == 255).all()


def test_scanlines_are_alike_along_a_line():
    factors = overlay("scanlines", 60, 30, (10, 5))
    assert (factors == factors[:, :1]).all()
