"""BASIC of the breadboard computer: sessions typed over the serial line, and what it answers."""

import fat_image
import pytest
from eater_board import program

READY = b"Ready\r\n"


@pytest.fixture
def vm():
    vm = program("basic", fill=0)
    assert "BASIC 1.0 for eater" in until(vm)
    return vm


def until(vm, end=READY, most=2000):
    got = b""
    for _ in range(most):
        vm.tick()
        got += vm.serial.receive()
        if got.endswith(end):
            return got.decode()
    raise AssertionError(f"{end!r} did not come; this did: {got[-300:]!r}")


def say(vm, command):
    """What one typed line makes it print, without its echo."""
    vm.serial.send(command.encode() + b"\r")
    return until(vm).removeprefix(command + "\r\n").removesuffix("Ready\r\n").replace("\r\n", "\n")


def enter(vm, *lines):
    """Types numbered lines, which answer with their echo only."""
    for line in lines:
        vm.serial.send(line.encode() + b"\r")
        until(vm, line.encode() + b"\r\n")


def run(vm, *lines):
    enter(vm, *lines)
    return say(vm, "RUN")


@pytest.mark.parametrize(("typed", "value"), [
    ("2+2", 4), ("2+3*4", 14), ("(2+3)*4", 20), ("-5+2", -3), ("-7/2", -3), ("-7%2", -1), ("7%-2", 1), ("181*181", 32761),
    ("-32767-1", -32768), ("-128*256", -32768), ("32767", 32767), ("1<2", -1), ("2<1", 0), ("-1<1", -1), ("-32767<32767", -1),
    ("3>=3", -1), ("3<>3", 0), ("1<2 AND 2<3", -1), ("1>2 OR 2<3", -1), ("6 AND 3", 2), ("6 OR 3", 7), ("ABS(-9)", 9),
    ("LEN(\"four\")", 4), ("ASC(\"A\")", 65), ("ASC(\"\")", 0),
    ("(\"a\"=\"a\")", -1), ("(\"ab\"<\"b\")", -1), ("(\"ab\">\"a\")", -1),
    ("(\"a\"+\"b\"<>\"ab\")", 0), ("(\"\"=\"\")", -1), ("(\"a\"=\"b\" OR \"c\"=\"c\")", -1), ("PEEK(-4097)", 255),
])
def test_expressions_have_their_value(vm, typed, value):
    assert say(vm, f"PRINT {typed}") == f"{value}\n"


def test_print_joins_with_semicolons_and_prints_texts(vm):
    assert say(vm, 'PRINT "A";1;"B";') == "A1B"
    assert say(vm, "print \"small letters stay\"; chr$(33)") == "small letters stay!\n"
    assert say(vm, "PRINT") == "\n"


def test_variables_texts_and_arrays_keep_what_they_get(vm):
    assert say(vm, 'A=5:B=A*2:A$="x":B$=A$+"y"+A$:PRINT A;B;B$;LEN(B$)') == "510xyx3\n"
    assert say(vm, "DIM Q(10):Q(10)=7:Q(0)=Q(10)+1:PRINT Q(0);Q(5);Q(10)") == "807\n"


def test_lines_are_sorted_replaced_and_deleted(vm):
    enter(vm, "30 PRINT 3", "10 PRINT 1", "20 PRINT 2", "20 PRINT 22", "30")
    assert say(vm, "LIST") == "10 PRINT 1\n20 PRINT 22\n"
    assert say(vm, "RUN") == "1\n22\n"
    assert say(vm, "LIST 15") == "20 PRINT 22\n"
    assert say(vm, "NEW") == ""
    assert say(vm, "LIST") == ""


def test_for_counts_up_and_down_and_nests(vm):
    assert run(vm, "10 FOR I=1 TO 3:FOR J=6 TO 2 STEP -2", "20 PRINT I*J;\" \";:NEXT J:NEXT", "30 PRINT I;J") == (
        "6 4 2 12 8 4 18 12 6 40\n")
    assert say(vm, "NEW") == ""
    assert run(vm, "10 FOR I=32766 TO 32767:PRINT I:NEXT") == "32766\n32767\n"


def test_gosub_returns_behind_its_call(vm):
    assert run(vm, "10 GOSUB 100:PRINT \"b\"", "20 GOSUB 100", "30 END",
               "100 FOR I=1 TO 2:PRINT \"a\":RETURN") == "a\nb\na\n"


def test_if_goes_to_a_line_or_does_statements(vm):
    assert run(vm, "10 I=I+1:IF I<3 THEN 10", "20 IF I=3 THEN PRINT \"three\":PRINT \"more\"",
               "30 IF I=4 THEN PRINT \"four\"") == "three\nmore\n"


def test_input_takes_numbers_and_texts(vm):
    enter(vm, '10 INPUT "name";N$', "20 INPUT A", '30 PRINT N$;A+1')
    vm.serial.send(b"RUN\r")
    until(vm, b"name? ")
    vm.serial.send(b"Ada\r")
    until(vm, b"\n? ")
    vm.serial.send(b"41\r")
    assert until(vm).endswith("Ada42\r\nReady\r\n")


def test_poke_and_sys_reach_the_machine(vm):
    for at, byte in enumerate([0xA9, 42, 0x8D, 0x00, 0x3F, 0x60], start=16000):         # LDA #42, STA $3F00, RTS
        assert say(vm, f"POKE {at},{byte}") == ""
    assert say(vm, "SYS 16000") == ""
    assert say(vm, "PRINT PEEK(16128)") == "42\n"


def test_random_numbers_lie_below_their_limit(vm):
    values = run(vm, "10 FOR I=1 TO 40:PRINT RND(6):NEXT").split()
    assert set(values) == set("012345")


@pytest.mark.parametrize(("typed", "message"), [
    ("PRINT 1/0", "division by zero"),
    ("PRINT 30000+30000", "the number is too large"),
    ("PRINT 40000", "the number is too large"),
    ("PRINT (1", "that is not BASIC"),
    ("PRINT \"open", "that is not BASIC"),
    ("FROB", "that is not BASIC"),
    ("GOTO 7", "there is no such line"),
    ("RETURN", "RETURN without GOSUB"),
    ("NEXT", "NEXT without FOR"),
    ("A(1)=2", "no DIM for this array"),
    ("DIM A(3):A(4)=1", "the index is outside the array"),
    ("DIM A(3):A(-1)=1", "the index is outside the array"),
    ("DIM A(3):DIM A(3)", "the array is there already"),
    ("DIM A(6100)", "the memory is full"),
    ("INPUT A", "INPUT is for programs"),
    ("PRINT " + "(" * 60, "too many parentheses"),
])
def test_an_error_is_told_in_words_and_of_a_program_with_its_line(vm, typed, message):
    assert say(vm, typed) == f"? {message}\n"
    if not typed.startswith("INPUT"):
        assert run(vm, "10 REM", f"20 {typed}") == f"? {message} in line 20\n"


def test_gosub_without_end_is_told(vm):
    assert run(vm, "10 GOSUB 10") == "? too many FOR and GOSUB in line 10\n"


def test_ctrl_c_stops_a_program(vm):
    enter(vm, "10 GOTO 10")
    vm.serial.send(b"RUN\r")
    vm.tick(20)
    vm.serial.send(b"\x03")
    assert until(vm).endswith("? stopped in line 10\r\nReady\r\n")
    assert say(vm, "PRINT 1") == "1\n"


def test_a_hundred_lines_pasted_at_full_speed_are_all_there(vm):
    lines = [f"{10 * i} A=A+{i}: REM this is line number {i} of a hundred" for i in range(1, 101)]
    vm.serial.send("".join(line + "\r\n" for line in [*lines, "1010 PRINT A"]).encode())
    vm.serial.send(b"RUN\r")
    assert until(vm, b"5050\r\nReady\r\n", 6000)
    assert say(vm, "LIST").split("\n")[:-2] == [line.upper() for line in lines]


def test_a_full_memory_is_told_and_keeps_what_is_there(vm):
    for i in range(1, 140):
        vm.serial.send(f"{i} REM {'x' * 100}\r".encode())
        vm.tick(12)
    got = vm.serial.receive().decode()
    assert "? the memory is full\r\n" in got
    vm.tick(60)
    assert say(vm, "PRINT 1").endswith("1\n")


@pytest.mark.skipif(fat_image.MKFS is None, reason="mkfs.fat makes the image: apt-get install dosfstools")
def test_a_program_is_loaded_from_the_card(tmp_path):
    path = tmp_path / "card.img"
    volume = fat_image.make(path, 16)
    lines = [f"{i} PRINT \"Line {i}\"" for i in range(1, 200)]
    entries = [volume.entry(name, volume.write(text), len(text)) for name, text in (
        ("LONG.BAS", "\r\n".join(lines).encode()), ("WRONG.BAS", b"10 PRINT\nhello\n"), ("WIDE.BAS", b"1 REM" + b"x" * 150))]
    volume.put_root(entries)
    volume.save()
    vm = program("basic", fill=0, disk=f"{path}:readonly")
    until(vm)
    assert say(vm, 'LOAD "LONG.BAS"') == ""
    assert say(vm, "LIST").splitlines() == lines
    assert say(vm, "RUN").splitlines()[-1] == "Line 199"
    assert say(vm, 'LOAD "none.bas"') == "? there is no such file\n"
    assert say(vm, 'LOAD "wrong.bas"') == "? the file has a line without number\n"
    assert say(vm, 'LOAD "wide.bas"') == "? the file has a line that is too long\n"


def test_without_a_card_load_says_so(vm):
    enter(vm, "10 PRINT 1")
    assert say(vm, 'LOAD "A.BAS"') == "? no card answers\n"
    assert say(vm, "LIST") == "10 PRINT 1\n"
    assert run(vm, '20 LOAD "A"') == "1\n? LOAD is not for programs in line 20\n"
