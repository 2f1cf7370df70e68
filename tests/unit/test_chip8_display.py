"""The display of the CHIP-8, and how it gets to the screen."""

from chip8_machine import after, lit, machine, v

DOT = "A206 D231 1204 8000"            # one pixel at V2, V3, then nothing more
BLOCK = "A208 D232 7401 1206 C3C3"


def shown(program, frames=1, registers=None, **options):
    made = after(program, 0, registers, **options)
    made.tick(frames)
    return made


def test_dxyn_draws_at_vx_vy():
    assert lit(shown(DOT, registers={"v2": 10, "v3": 20})) == {(10, 20)}


def test_a_sprite_begins_at_the_coordinates_modulo_the_size_of_the_display():
    assert lit(shown(DOT, registers={"v2": 64 + 3, "v3": 32 + 5})) == {(3, 5)}


def test_a_sprite_is_cut_at_both_edges():
    assert lit(shown(BLOCK, registers={"v2": 63, "v3": 31})) == {(63, 31)}


def test_a_sprite_of_no_rows_draws_nothing_and_clears_vf():
    made = shown("D230 1202", registers={"vf": 1})
    assert lit(made) == set()
    assert v(made, 0xF) == 0


def test_drawing_twice_clears_the_pixels_and_tells_so_in_vf():
    made = shown("A208 D231 D231 1206 8000", 1)
    assert (lit(made), v(made, 0xF)) == ({(0, 0)}, 0)
    made.tick()
    assert (lit(made), v(made, 0xF)) == (set(), 1)


def test_no_collision_is_seen_between_neighbours():
    made = shown("A20A D231 6201 D231 1208 8000", 2)
    assert (lit(made), v(made, 0xF)) == ({(0, 0), (1, 0)}, 0)


def test_sprites_can_be_drawn_at_every_column():
    for x in range(64):
        made = shown("A206 D231 1204 FF00", registers={"v2": x})
        assert lit(made) == {(column, 0) for column in range(x, min(x + 8, 64))}


def test_coordinates_may_come_from_vf():
    made = shown("A206 DFF1 1204 8000", registers={"vf": 7})
    assert lit(made) == {(7, 7)}


def test_00e0_clears_the_display():
    assert lit(shown("A208 D231 00E0 1206 8000", 2)) == set()


def test_the_screen_shows_a_picture_also_when_nothing_changes_any_more():
    made = shown(DOT, 5)
    assert lit(made) == {(0, 0)}
    assert made.screen.size == (64, 32)


def test_whoever_looks_sees_the_last_picture_whether_it_was_rendered_or_not():
    made = machine(DOT)
    made.tick(3, render=False)
    assert lit(made) == {(0, 0)}


def test_an_array_that_somebody_holds_has_the_next_picture_after_a_frame_that_is_rendered():
    made = machine(DOT)
    held = made.screen.indices
    made.tick(3, render=False)
    assert not held.any()
    made.tick(1)
    assert held[0, 0] == 1
    assert held.sum() == 1


def test_rendering_or_not_gives_the_same_state_at_any_moment():
    rendered, not_rendered = machine(BLOCK + "00", tickrate=7), machine(BLOCK + "00", tickrate=7)
    for frame in range(6):
        rendered.tick(1, render=True)
        not_rendered.tick(1, render=frame % 3 == 2)
        assert rendered.save_fields() == not_rendered.save_fields()
        rendered.step()
        not_rendered.step()
        assert rendered.save_fields() == not_rendered.save_fields()


def test_power_on_clears_what_was_drawn():
    made = shown(DOT)
    made.reset(True)
    assert lit(made) == set()


def test_the_reset_line_restarts_the_program_and_clears_the_display():
    made = shown("6203 A208 D231 1206 8000")
    assert lit(made) == {(3, 0)}
    made.cpu.bus.poke_bytes(0x200, bytes.fromhex("1200"))
    made.reset(False)
    made.tick()
    assert lit(made) == set()
    assert made.cpu.pc == 0x200
