"""Draws panorama.png, what the balloon of ASCENT rises past: 128 x 1024 pixels of one bit.

    python roms/chip8/ascent/src/panorama.py

From the bottom: a lake, a town, cliffs with woods and then snow on both sides, clouds, stars, the moon.
"""

from __future__ import annotations

import math
import random
import struct
import zlib
from pathlib import Path

WIDTH, HEIGHT = 128, 1024
BAYER = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))

LAKE = 1008
TREES = 700          # woods on the cliffs up to here
SUMMIT = 540
STARS = 420          # only above this row
MOON = (64, 66, 46)  # centre and radius

Picture = list[list[float]]


def main() -> None:
    chance = random.Random(4)
    picture = [[0.0] * WIDTH for _ in range(HEIGHT)]
    stars(picture, chance)
    clouds(picture, chance)
    moon(picture, chance)
    cliffs(picture)
    town(picture, chance)
    lake(picture)
    path = Path(__file__).with_name("panorama.png")
    path.write_bytes(png([[value > (BAYER[y % 4][x % 4] + 0.5) / 16 for x, value in enumerate(row)]
                          for y, row in enumerate(picture)]))


def stars(picture: Picture, chance: random.Random) -> None:
    """More of them the higher, some of them crosses."""
    for y in range(2, STARS):
        if chance.random() < 0.75 * (1 - y / STARS):
            x = chance.randrange(2, WIDTH - 2)
            picture[y][x] = 1
            if chance.random() < 0.12:
                for column, row in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
                    picture[row][column] = 1


def clouds(picture: Picture, chance: random.Random) -> None:
    """Banks of balls lit from above, with flat undersides."""
    for base in range(250, 720, 43):
        middle, size = chance.randrange(WIDTH), chance.randrange(8, 15)
        for _ in range(7):
            x, radius = middle + chance.randrange(-26, 27), chance.uniform(0.5, 1) * size
            ball(picture, x, base - radius / 3, radius, base)


def ball(picture: Picture, x: float, y: float, radius: float, base: int) -> None:
    """One ball of a cloud, cut off at row `base`."""
    for row in range(int(y - radius), base):
        for column in range(max(0, int(x - radius)), min(WIDTH, int(x + radius) + 1)):
            distance = math.hypot(column - x, row - y) / radius
            if distance < 1:
                light = 0.62 - 0.45 * (row - y) / radius - 0.12 * (column - x) / radius
                picture[row][column] = max(0.12, min(1.0, light))


def moon(picture: Picture, chance: random.Random) -> None:
    """A ball lit from the left, with craters."""
    x0, y0, radius = MOON
    craters = [(chance.uniform(-0.8, 0.6), chance.uniform(-0.8, 0.8), chance.uniform(0.06, 0.2)) for _ in range(14)]
    for y in range(y0 - radius - 8, y0 + radius + 9):
        for x in range(x0 - radius - 8, x0 + radius + 9):
            if not (0 <= x < WIDTH and 0 <= y < HEIGHT):
                continue
            u, v = (x - x0) / radius, (y - y0) / radius
            if u * u + v * v > 1:
                picture[y][x] *= math.hypot(u, v) > 1.12  # no stars close to its edge
                continue
            depth = math.sqrt(1 - u * u - v * v)
            light = 0.35 + 0.75 * (0.75 * depth - 0.55 * u - 0.35 * v)
            for cu, cv, size in craters:
                distance = math.hypot(u - cu, v - cv) / size
                if distance < 1:
                    light -= 0.35 * (1 if u - cu < 0 else -0.4) * (0.5 + distance / 2)
            picture[y][x] = max(0.06, min(1.0, light))


def edge(y: int, side: int) -> float:
    """How many columns of cliff there are in row `y`, on the left (0) or right (1) side."""
    height = (LAKE - y) / (LAKE - SUMMIT - 60 * side)
    if height > 1:
        return -1
    rough = 4 * math.sin(y / 17 + 2 * side) + 3 * math.sin(y / 7.3 + side) + 1.5 * math.sin(y / 2.9)
    gorge = min(1.0, max(0.1, (LAKE - y - 45) / 90))  # it opens to the lake, where the title stands
    narrowing: float = (1 - height) ** 0.8
    return (narrowing * 30 + rough * (0.3 + height / 2)) * gorge + 3


def cliffs(picture: Picture) -> None:
    """Rock on both sides: lit at its edge, woods below, snow above."""
    for y in range(SUMMIT, LAKE):
        for side in (0, 1):
            width = edge(y, side)
            for step in range(max(0, int(width))):
                inside = width - step
                layers = 0.5 + 0.5 * math.sin(y / 3 + step / 5 + 2 * math.sin(step / 6))
                value = 0.85 - inside / 22 + 0.2 * layers
                if y < TREES - 20 * math.sin(step / 3):
                    value += 0.45
                picture[y][WIDTH - 1 - step if side else step] = max(0.08, min(1.0, value))
            if y > TREES and y % 9 == 3 and width > 4:
                tree(picture, WIDTH - 1 - int(width) if side else int(width), y)


def tree(picture: Picture, x: int, y: int) -> None:
    """A fir with its foot at x, y."""
    for row in range(9):
        half = row // 2 + (row % 3 == 2)
        for column in range(x - half, x + half + 1):
            if 0 <= column < WIDTH:
                picture[y - 9 + row][column] = 0.4 + 0.6 * (column <= x)


def town(picture: Picture, chance: random.Random) -> None:
    """Houses with windows, a church among them."""
    x = 13
    while x < 108:
        width, height = chance.randrange(7, 12), chance.randrange(7, 14)
        roof = (width + 1) // 2
        for column in range(x, x + width):
            slope = roof - abs(column - x - width // 2)
            for row in range(LAKE - height - max(0, slope), LAKE):
                picture[row][column] = 0.95 if row < LAKE - height else 0.5
        for row in range(LAKE - height + 2, LAKE - 2, 4):
            for column in range(x + 2, x + width - 2, 3):
                for window in (picture[row], picture[row + 1]):
                    window[column:column + 2] = 0, 0
        x += width + 1
    for row in range(LAKE - 27, LAKE):
        half = min(3, (row - LAKE + 27) // 4)
        for column in range(60 - half, 61 + half):
            picture[row][column] = 1 if column <= 60 else 0.6
    for row, column in ((LAKE - 18, 60), (LAKE - 17, 60), (LAKE - 12, 60), (LAKE - 11, 60)):
        picture[row][column] = picture[row][column - 1] = 0


def lake(picture: Picture) -> None:
    """The shore, and ripples further apart the nearer they are."""
    for x in range(WIDTH):
        picture[LAKE][x] = 1
    for y in range(LAKE + 1, HEIGHT):
        for x in range(WIDTH):
            near = y - LAKE
            picture[y][x] = float(math.sin(x / (1 + near / 5) + 3 * near + 2 * math.sin(x / 9 + near)) > 0.55)


def png(rows: list[list[bool]]) -> bytes:
    """A PNG of one bit a pixel."""
    lines = b"".join(b"\0" + bytes(sum(pixel << (7 - at) for at, pixel in enumerate(row[left:left + 8]))
                                   for left in range(0, len(row), 8)) for row in rows)
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


if __name__ == "__main__":
    main()
