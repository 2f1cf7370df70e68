"""Any text as Intel HEX, S-records or a manifest: a typed error that says where, or what the file means."""

from pathlib import Path

import hostile
from hypothesis import example, given
from hypothesis import strategies as st

import retrovm
from retrovm import bundled
from retrovm.media import open_media

HEX = b":10020000A900851018A5106901851018A5106901C8\n:0602100085104C050200F6\n:0400000500000200F5\n:00000001FF\n"
SREC = b"S1130200A900851018A5106901851018A5106901C4\nS109021085104C050200F2\nS9030200FA\n"
DIGITS = st.sampled_from([*(bytes([digit]) for digit in b"0123456789ABCDEFS:\r\n "), b":00000001FF\n"])
LINES = st.lists(DIGITS, max_size=120).map(b"".join)


def read(data, name, format):
    try:
        media = open_media(data, name=name, format=format)
    except retrovm.MediaError as error:
        assert name in str(error)
        return
    assert all(segment.data and segment.address >= 0 for segment in media.segments)
    with hostile.no_hang():
        try:
            vm = retrovm.load(media, "sbc6502")
        except retrovm.RetroVMError as error:
            assert str(error)
            return
        vm.tick(2)


def checked(data):
    """Records with the checksums that belong to them, so that what is inside them counts."""
    lines = []
    for line in data.splitlines():
        try:
            content = bytes.fromhex(line[1:-2].decode())
            lines.append(line[:1] + content.hex().upper().encode() + b"%02X" % (-sum(content) & 0xFF))
        except ValueError:
            lines.append(line)
    return b"\n".join(lines) + b"\n"


@given(hostile.EDITS)
def test_damaged_intel_hex_is_refused_or_runs(edits):
    read(hostile.edited(HEX, edits), "a.hex", "ihex")


@given(hostile.EDITS)
@example([("flip", 4521, 0, b"")])      # a start address of 32 bits
def test_intel_hex_with_other_content_is_refused_or_runs(edits):
    read(checked(hostile.edited(HEX, edits)), "a.hex", "ihex")


@given(hostile.EDITS)
def test_damaged_s_records_are_refused_or_run(edits):
    read(hostile.edited(SREC, edits), "a.s19", "srec")


@given(st.one_of(st.binary(max_size=200), LINES))
@example(b"")
@example(b":")
@example(b"S")
def test_noise_as_records_is_refused_or_runs(data):
    read(data, "a.hex", "ihex")
    read(data, "a.s19", "srec")


MANIFESTS = [path.read_bytes() for path in sorted(bundled.root().glob("*/*/suite.toml"))]
WORDS = st.sampled_from([b"[suite]\n", b"[[test]]\n", b"name = 1\n", b"rom = []\n", b"judge = \"memory\"\n",
                         b"limit = { frames = -1 }\n", b"machine = \"chip8\"\n", b"\xff", b"= = =\n", b"input = [ {} ]\n"])


def parse(data):
    from retrovm.suite import manifest

    with hostile.no_hang():
        try:
            suite = manifest.parse(Path("suite.toml"), data)
            list(suite.tasks())
        except retrovm.ManifestError as error:
            assert "suite.toml" in str(error)


@given(st.sampled_from(MANIFESTS), hostile.EDITS)
def test_a_damaged_manifest_is_refused_or_means_something(data, edits):
    parse(hostile.edited(data, edits))


@given(st.sampled_from(MANIFESTS), st.integers(0, 1 << 16), WORDS)
def test_a_manifest_with_strange_keys_is_refused_or_means_something(data, at, word):
    lines = data.splitlines(keepends=True)
    at %= len(lines) + 1
    parse(b"".join([*lines[:at], word, *lines[at:]]))


@given(st.lists(WORDS, max_size=12).map(b"".join))
def test_noise_is_no_manifest(data):
    parse(data)
