"""What VISTA shows and plays, made of whole numbers only, so that it comes out the same everywhere.

`blocks` gives it by address; `main.8o` has the same addresses.
"""

from __future__ import annotations

SKY, FAR, MIRROR, HILLS, LAKE = 0x0800, 0x1000, 0x4000, 0x5800, 0x8800
TREE, LIGHT, CLOUD, STAR, PALETTES = 0x8D00, 0x9100, 0x9A00, 0x9F00, 0xA000
CHIME, WIND = 0xA800, 0xC000

# Numbers of colours: of a gradient the first.
SKY_COLOURS, FAR_COLOURS, LAKE_COLOURS, HILL_COLOURS = 1, 33, 41, 57
TREE_COLOURS, LIGHT_COLOURS, CLOUD_COLOURS, STAR_COLOUR = 65, 69, 85, 89
COLOURS = 89
RIDGE = FAR_COLOURS          # the line along the top of the mountains, which a falling star meets

RATE = 8000
BAYER = (0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5)


def blocks() -> dict[int, bytes]:
    """The bytes at each address."""
    far, hills = mountains(), meadow()
    return {
        SKY: bytes(shade(x, y, SKY_COLOURS, 32, y, 128) for y in range(128) for x in range(16)),
        FAR: far,
        # Every other row, from the lowest up.
        MIRROR: b"".join(far[256 * y:256 * y + 256] for y in range(47, -1, -2)),
        LAKE: bytes(LAKE_COLOURS + (noise(y % 16, 23) // 20 + (x + 3 * y) // 4 % 4) for y in range(66) for x in range(16)),
        HILLS: hills,
        TREE: tree(),
        LIGHT: light(),
        CLOUD: cloud(),
        STAR: bytes((0, STAR_COLOUR, 0, STAR_COLOUR, STAR_COLOUR, STAR_COLOUR, 0, STAR_COLOUR, 0)),
        PALETTES: b"".join(palette(hour).ljust(512, b"\0") for hour in range(4)),
        CHIME: sound(chime()),
        WIND: sound(wind()),
    }


# --- shapes ---------------------------------------------------------------------------------------


def shade(x: int, y: int, first: int, count: int, at: int, size: int) -> int:
    """A colour of a gradient, `at` of `size`, mixed with the next one by a pattern of 4 x 4 pixels."""
    exact = at * (count - 1) * 16 // size
    return first + exact // 16 + (exact % 16 > BAYER[4 * (y & 3) + (x & 3)])


def noise(x: int, seed: int) -> int:
    """0 to 255, always the same."""
    value = (x * 374761393 + seed * 668265263) & 0xFFFFFFFF
    value = ((value ^ value >> 13) * 1274126177) & 0xFFFFFFFF
    return value >> 16 & 0xFF


def smooth(x: int, step: int, seed: int) -> int:
    """0 to 255: noise with a value every `step` columns, joined by lines. It repeats after 256 columns."""
    here, there = (noise(n % (256 // step), seed) for n in (x // step, x // step + 1))
    return here + (there - here) * (x % step) // step


def mountains() -> bytes:
    """256 x 48 pixels: a ridge, snow below it, rock further down."""
    rows = [bytearray(256) for _ in range(48)]
    for x in range(256):
        height = 10 + (smooth(x, 64, 1) * 20 + smooth(x, 32, 2) * 12 + smooth(x, 8, 3) * 5) // 256
        for y in range(48 - height, 48):
            depth = y - (48 - height)
            fold = smooth((x + depth // 2) % 256, 8, 4) * 14 // 256 + smooth((x - depth) % 256, 16, 9) * 8 // 256
            rows[y][x] = RIDGE if depth < 2 else shade(x, y, FAR_COLOURS + 1, 6, min(depth // 2 + fold, 46), 48)
    return b"".join(rows)


def meadow() -> bytes:
    """256 x 48 pixels of grass."""
    rows = [bytearray(256) for _ in range(48)]
    for x in range(256):
        height = 32 + (smooth(x, 64, 7) * 15) // 256
        for y in range(48 - height, 48):
            blade = noise(x + 256 * y, 11) // 24
            rows[y][x] = shade(x, y, HILL_COLOURS, 8, min(y - 48 + height + blade, 46), 48)
    return b"".join(rows)


def tree() -> bytes:
    """A conifer of 24 x 40 pixels."""
    rows = [bytearray(24) for _ in range(40)]
    for y in range(40):
        half = 2 if y >= 35 else 1 + (y % 12) * 3 // 4 + y // 12
        for x in range(max(0, 12 - half), min(24, 12 + half)):
            bark = 3 if y >= 35 else (x >= 12) + (noise(x + 24 * y, 5) > 170)
            rows[y][x] = TREE_COLOURS + bark
    return b"".join(rows)


def light() -> bytes:
    """The sun or the moon, 48 x 48 pixels: a disc, and 15 rings that fade away."""
    found = bytearray()
    for y in range(48):
        for x in range(48):
            away = (2 * x - 47) ** 2 + (2 * y - 47) ** 2
            ring = 0 if away < 500 else 1 + (away - 500) * 15 // 1709
            found.append(LIGHT_COLOURS + ring if ring < 16 else 0)
    return bytes(found)


def cloud() -> bytes:
    """64 x 20 pixels, in four colours from its middle to its edge."""
    found = bytearray()
    for y in range(20):
        for x in range(64):
            inside = max(100 - ((x - cx) ** 2 * 100 // rx ** 2 + (y - cy) ** 2 * 100 // ry ** 2)
                         for cx, cy, rx, ry in ((18, 13, 17, 7), (32, 9, 16, 9), (47, 13, 16, 7)))
            found.append(CLOUD_COLOURS + 3 - min(inside, 99) // 25 if inside > 0 else 0)
    return bytes(found)


# --- colours: of each hour what a gradient goes from and to, 0xRRGGBB ------------------------------------------------

HOURS = (
    # sky               mountains           lake                hills               trees               light     cloud
    (0x2A3A6E, 0xF7B58C, 0xF6D8D0, 0x5B4A6E, 0x6F6A94, 0xE8B7A0, 0x7F9A5C, 0x2C4030, 0x2E4A38, 0x16241C, 0xFFD9A0, 0xF9D3C4),
    (0x2E78C8, 0xBFE3F5, 0xFFFFFF, 0x5E7088, 0x2F6FA8, 0x9FD0E8, 0xA6CC5A, 0x38702C, 0x2F7038, 0x1A3A20, 0xFFF6C8, 0xFFFFFF),
    (0x38245C, 0xF2763A, 0xF0A07A, 0x3A2A4E, 0x4A2E58, 0xE0703C, 0x6A6038, 0x241E24, 0x2A2C2C, 0x120F16, 0xFF8A3C, 0xE88A6A),
    (0x050818, 0x1E2E54, 0x9AA8C8, 0x151C34, 0x0C1430, 0x2A3C68, 0x1C3038, 0x080E14, 0x0E1A20, 0x05090C, 0xE8ECFF, 0x3A4668),
)


def mix(one: int, other: int, at: int, size: int) -> int:
    """The colour `at` of `size` on the way from one to the other."""
    return sum((one >> s & 255) + ((other >> s & 255) - (one >> s & 255)) * at // size << s for s in (0, 8, 16))


def palette(hour: int) -> bytes:
    """Alpha, red, green, blue of the colours from 1 on."""
    sky, low, snow, rock, near, far, grass, ground, leaf, bark, sun, cloud = HOURS[hour]
    colours = [0xFF000000 | mix(sky, low, n, 31) for n in range(32)]
    colours += [0xFF000000 | snow] + [0xFF000000 | mix(snow, rock, n, 6) for n in range(7)]
    colours += [0xFF000000 | mix(near, far, min(n, 16 - n), 8) for n in range(16)]
    colours += [0xFF000000 | mix(grass, ground, n, 7) for n in range(8)]
    colours += [0xFF000000 | mix(leaf, bark, n, 3) for n in range(4)]
    colours += [0xFF000000 | sun] + [(15 - n) * (15 - n) << 24 | sun for n in range(15)]
    colours += [(220 - 50 * n) << 24 | cloud for n in range(4)]
    colours += [0xC0F8F4E0]
    assert len(colours) == COLOURS
    return b"".join(colour.to_bytes(4) for colour in colours)


# --- sounds -------------------------------------------------------------------------------------------------------


def sound(samples: bytes) -> bytes:
    """The header of MegaChip8's sounds, and the sound."""
    return RATE.to_bytes(2) + len(samples).to_bytes(3) + b"\0" + samples


def wave(phase: int) -> int:
    """-256 to 256: close to a sine, of which a turn is 65536."""
    half = phase & 0x7FFF
    height = half * (0x8000 - half) >> 20
    return height if phase & 0x8000 else -height


def chime() -> bytes:
    """Two strokes of a bell, 0.7 s."""
    found = bytearray()
    for n in range(5600):
        level = 0
        for start, frequency in ((0, 659), (1400, 880)):
            if n >= start:
                left = max(0, 4200 - (n - start))
                tone = 3 * wave((n - start) * frequency * 65536 // RATE) + wave((n - start) * frequency * 3 * 65536 // RATE)
                level += tone * left * left // (4200 * 4200)
        found.append(128 + max(-120, min(120, level // 20)))
    return bytes(found)


def wind() -> bytes:
    """A second of noise that swells and falls, and begins as it ends."""
    found, level = bytearray(), 0
    for n in range(2 * RATE):
        level += (noise(n % RATE, 17) - 128 - level) // 6
        swell = 256 + wave(n * 65536 // RATE)
        if n >= RATE:                # the first time only brings the filter to where it ends
            found.append(128 + level * swell // 1024)
    return bytes(found)
