"""Card images for tests: `mkfs.fat` makes the volume, this puts files into it as a host would, contiguous or in pieces."""

import shutil
import subprocess
from dataclasses import dataclass

SECTOR = 512
MKFS = shutil.which("mkfs.fat", path="/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin:/opt/homebrew/sbin")
END = 0x0FFFFFFF


@dataclass
class Volume:
    """A FAT16 or FAT32 volume in `path`, which begins at sector `start`."""

    path: object
    start: int = 0

    def __post_init__(self):
        self.data = bytearray(self.path.read_bytes())
        boot = self.start * SECTOR
        number = lambda at, length: int.from_bytes(self.data[boot + at:boot + at + length], "little")  # noqa: E731
        self.cluster_bytes = number(13, 1) * SECTOR
        self.is_fat32 = number(22, 2) == 0
        size = number(36, 4) if self.is_fat32 else number(22, 2)
        first = self.start + number(14, 2)
        self.tables = [(first + size * table) * SECTOR for table in range(number(16, 1))]
        self.root_at = (first + size * number(16, 1)) * SECTOR
        self.data_at = self.root_at + number(17, 2) * 32
        self.root = number(44, 4) if self.is_fat32 else 0
        self.next_free = 3

    def link(self, cluster, follower):
        width = 4 if self.is_fat32 else 2
        for table in self.tables:
            at = table + cluster * width
            self.data[at:at + width] = (follower & ((1 << 8 * width) - 1)).to_bytes(width, "little")

    def write(self, content, gap=1):
        """Writes content into clusters that are `gap` apart -> its first cluster."""
        pieces = [content[at:at + self.cluster_bytes] for at in range(0, len(content), self.cluster_bytes)]
        clusters = [self.next_free + gap * i for i in range(len(pieces))]
        self.next_free = clusters[-1] + 1 if clusters else self.next_free
        for piece, cluster, follower in zip(pieces, clusters, [*clusters[1:], END], strict=True):
            at = self.data_at + (cluster - 2) * self.cluster_bytes
            self.data[at:at + len(piece)] = piece
            self.link(cluster, follower)
        return clusters[0] if clusters else 0

    def entry(self, name, cluster, size, attribute=0x20):
        raw = bytearray(32)
        stem, _, kind = name.partition(".") if name.strip(".") else (name, "", "")
        raw[0:11] = stem.ljust(8).encode() + kind.ljust(3).encode()
        raw[11] = attribute
        raw[20:22], raw[26:28] = (cluster >> 16).to_bytes(2, "little"), (cluster & 0xFFFF).to_bytes(2, "little")
        raw[28:32] = size.to_bytes(4, "little")
        return bytes(raw)

    def put_root(self, entries):
        """Writes the root directory; of FAT32 over as many clusters as it takes."""
        packed = b"".join(entries)
        if not self.is_fat32:
            self.data[self.root_at:self.root_at + len(packed)] = packed
            return
        at = self.data_at + (self.root - 2) * self.cluster_bytes
        self.data[at:at + self.cluster_bytes] = packed[:self.cluster_bytes].ljust(self.cluster_bytes, b"\0")
        if len(packed) > self.cluster_bytes:
            self.link(self.root, self.write(packed[self.cluster_bytes:].ljust(self.cluster_bytes, b"\0"), 2))

    def save(self):
        self.path.write_bytes(self.data)


def make(path, bits, *, cluster=None, partition=False, megabytes=None):
    """Formats an image, in a partition from sector 2048 on if asked for -> its volume."""
    megabytes = megabytes or {12: 2, 16: 16, 32: 40}[bits]
    start = 2048 if partition else 0
    with path.open("wb") as file:
        file.truncate(megabytes << 20)
    options = ["-F", str(bits), *(["-s", str(cluster)] if cluster else []), *(["--offset", str(start)] if start else [])]
    blocks = ((megabytes << 20) - start * SECTOR) // 1024
    subprocess.run([MKFS, *options, "-n", "CARD", path, str(blocks)], check=True, capture_output=True)
    if partition:
        data = bytearray(path.read_bytes())
        kind = {12: 0x01, 16: 0x0E, 32: 0x0C}[bits]
        data[0x1CE:0x1DE] = bytes([0, 0, 0, 0, kind, 0, 0, 0]) + start.to_bytes(4, "little") + (blocks * 2).to_bytes(4, "little")
        data[510:512] = b"\x55\xAA"
        path.write_bytes(data)
    return Volume(path, start)
