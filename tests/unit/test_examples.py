"""The programs in examples/ do what they say. The package in examples/third_party has tests of its own."""

import json
import runpy
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_breadboard_counts_a_hundred_presses_a_second_and_its_state_goes_on():
    breadboard = runpy.run_path(str(EXAMPLES / "breadboard.py"))["breadboard"]
    one, other = breadboard(), breadboard()
    one.tick(60)
    assert one.cpu.memory[0x10] in (99, 100)
    other.load_fields(one.save_fields())
    for machine in (one, other):
        machine.tick(31)
    assert one.save_fields() == other.save_fields()
    assert other.cpu.memory[0x10] > 150


def test_the_breadboard_prints_its_count(capsys):
    runpy.run_path(str(EXAMPLES / "breadboard.py"), run_name="__main__")
    assert capsys.readouterr().out.startswith("after a second the program has counted ")


def test_many_machines_give_equal_states_in_any_number_of_threads(capsys):
    runpy.run_path(str(EXAMPLES / "many_machines.py"))["main"](count=4, frames=20)
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said] == ["threads 1", "threads 2", "threads 4"]


def test_every_cell_of_the_notebook_runs_and_the_twin_goes_its_own_way():
    notebook = json.loads((EXAMPLES / "notebook.ipynb").read_text(encoding="utf-8"))
    names = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert names["vm"].screen.png()[:4] == b"\x89PNG"
    assert names["changed"] > 0


def test_the_differential_driver_prints_a_line_a_frame_and_finds_the_first_that_differs(tmp_path, capsys):
    main = runpy.run_path(str(EXAMPLES / "octo_differential.py"))["main"]
    program, events, expected = tmp_path / "random.ch8", tmp_path / "events.json", tmp_path / "expected.txt"
    program.write_bytes(bytes.fromhex("F10A C0FF D001 1200"))
    events.write_text('[[3, "d", 7], [5, "u", 7]]')
    command = [str(program), "--frames", "9", "--tickrate", "7", "--events", str(events)]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert [line.split()[2] for line in said.splitlines()] == ["1"] * 4 + ["5"] * 5
    assert said.splitlines()[-1].endswith("v=c6070000000000000000000000000000")
    expected.write_text(said)
    assert main([*command, "--expect", str(expected)]) == 0
    expected.write_text(said.replace("v=c6", "v=c7"))
    assert main([*command, "--expect", str(expected)]) == 1
    assert capsys.readouterr().out.splitlines()[1].startswith("mine    5 ")


def test_the_leds_behind_a_via_count_presses_and_their_state_goes_on(capsys):
    example = runpy.run_path(str(EXAMPLES / "port_parts.py"), run_name="__main__")
    assert capsys.readouterr().out == "after five presses the LEDs show 00000101\n"
    (one, via, leds), (other, _, other_leds) = example["board"](), example["board"]()
    for _ in range(3):
        via.port_a["ca1"] = False
        one.tick(1)
        via.port_a["ca1"] = True
        one.tick(1)
    other.load_fields(one.save_fields())
    assert (leds.lit, other_leds.lit) == (3, 3)


def test_a_session_on_a_tcp_port_comes_to_the_same_state_again(capsys):
    runpy.run_path(str(EXAMPLES / "serial_line.py"), run_name="__main__")
    shown, repeated = capsys.readouterr().out.splitlines()
    assert shown.startswith("0400 A9 2A")
    assert repeated.endswith("the same state once more: True")


def test_the_example_of_watchpoints_finds_the_routine_that_sends_a_character(capsys):
    runpy.run_path(str(EXAMPLES / "who_writes.py"), run_name="__main__")
    assert "  chrout -> tx_age\n" in capsys.readouterr().out
