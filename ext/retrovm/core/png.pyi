def encode(width: int, height: int, pixels: bytes, palette: bytes | None, scale: int = 1) -> bytes:
    """The bytes of a PNG file.

    Parameters
        pixels   width * height palette indices, row by row; or 3 bytes red, green, blue for each, without a palette
        palette  3 bytes red, green, blue for each colour, 1 to 256 of them; or None
        scale    each pixel becomes scale x scale pixels
    Raises `ArgumentError` when the sizes do not fit together.
    """

def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file: length, kind, data, CRC."""
