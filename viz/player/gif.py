"""All frames of a replay as a GIF: of each frame, only what changed is painted and stored.

A small copy of every frame tells where it differs from the one before; in it, text that never
changes is a small square, as most of the time goes into letters. Those pieces and the sentence are
painted in full, share one palette, and lie on a clear sheet over the frame before.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from viz.paint import sans
from viz.theme import LIGHT

from .animated import LINE, MARGIN
from .frames import Frame, timeline
from .still import INSTALL, still_rows, still_svg

if TYPE_CHECKING:
    from PIL.Image import Image

ZOOM = 1.5  # dots to a pixel of the picture
DOTS = 8_000_000  # of a frame: a larger picture is painted smaller
MOST = 200  # frames
SMALL = 6  # times smaller: the copies that are compared
GAP = 12  # dots of a copy without change that part two pieces
CLEAR = 255  # the palette's last place: the frame before shows through
HEAD = re.compile(r'viewBox="0 0 (\S+) (\S+)" width="\S+" height="\S+"')
TEXT = re.compile(r"<text\b(?![^>]* id=)([^>]*)>.*?</text>", re.DOTALL)  # that never changes
DRAWN = re.compile(r'<svg x=.*</svg>(?=<g class="words")', re.DOTALL)

Rect = tuple[int, int, int, int]  # left, top, right, bottom


def gif(svg: str, steps: list[Frame]) -> bytes:
    """All frames, or MOST of them, as an animated GIF of at most about DOTS dots.

    Raises ImportError where resvg-py or Pillow is missing.
    """
    try:
        import resvg_py  # noqa: F401
        from PIL import GifImagePlugin, Image
    except ImportError as error:
        raise ImportError(f"a .gif {INSTALL}") from error
    stride = -(-len(steps) // MOST)
    chosen = [*range(0, len(steps) - 1, stride), len(steps) - 1]
    rows, times = still_rows(svg, steps), timeline(steps)
    size, found, before = (0, 0), list[list[tuple[Rect, bytes]]](), None
    for at in chosen:
        picture = sans(still_svg(svg, steps, at, rows, times))
        wide, high = map(float, HEAD.findall(picture)[0])
        zoom = min(ZOOM, (DOTS / (wide * high)) ** 0.5)
        size = (round(wide * zoom), round(high * zoom))
        small = TEXT.sub(r"<rect\1 width='9' height='9'/>", picture)
        less = (-(-size[0] // SMALL), -(-size[1] // SMALL))
        copy = _open(_painted(small, zoom / SMALL, (0, 0, *less)))
        rects = [(0, 0, *size)] if before is None else list(_changed(before, copy, size))
        pieces = [(rect, _painted(picture, zoom, rect)) for rect in rects]
        words = (0, int((high - LINE * rows - MARGIN) * zoom) + 1, *size)
        found.append([*pieces, (words, _painted(DRAWN.sub("", picture), zoom, words))])
        before = copy
    palette = _palette([data for pieces in found for _, data in pieces])
    table = bytes(palette.getpalette() or ()).ljust(768, b"\0")
    out = [struct.pack("<6sHHBBB", b"GIF89a", *size, 0xF7, 0, 0), table]
    out.append(b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0")  # again and again
    for at, pieces in zip(chosen, found):
        x, y = (min(rect[i] for rect, _ in pieces) for i in (0, 1))
        right, bottom = (max(rect[i] for rect, _ in pieces) for i in (2, 3))
        sheet = Image.new("P", (right - x, bottom - y), CLEAR)
        for rect, data in pieces:
            flat = _open(data).quantize(palette=palette, dither=Image.Dither.NONE)
            sheet.paste(flat, (rect[0] - x, rect[1] - y))
        wait = round(1000 * steps[at].seconds)
        out += GifImagePlugin.getdata(sheet, (x, y), duration=wait, transparency=CLEAR)
    return b"".join([*out, b";"])


def _painted(picture: str, zoom: float, rect: Rect) -> bytes:
    """A part of the picture, given in dots, as a PNG."""
    import resvg_py

    x, y, right, bottom = rect
    wide, high = right - x, bottom - y
    view = " ".join(repr(value / zoom) for value in (x, y, wide, high))
    part = HEAD.sub(f'viewBox="{view}" width="{wide}" height="{high}"', picture, count=1)
    return bytes(resvg_py.svg_to_bytes(svg_string=part, background=LIGHT.background))


def _open(data: bytes) -> Image:
    from PIL import Image

    return Image.open(io.BytesIO(data)).convert("RGB")


def _changed(before: Image, now: Image, size: tuple[int, int]) -> Iterator[Rect]:
    """The pieces, in dots of the frame, where two of the small copies differ."""
    from PIL import ImageChops

    red, green, blue = ImageChops.difference(before, now).split()
    mask = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    for x, y, right, bottom in _pieces(mask, (0, 0, *mask.size)):
        yield (
            max(0, SMALL * (x - 2)),
            max(0, SMALL * (y - 2)),
            min(size[0], SMALL * (right + 2)),
            min(size[1], SMALL * (bottom + 2)),
        )


def _pieces(mask: Image, rect: Rect) -> Iterator[Rect]:
    """What is marked within, in pieces that are parted where a wide gap runs across."""
    part = mask.crop(rect)
    box = part.getbbox()
    if box is None:
        return
    left, top = rect[0] + box[0], rect[1] + box[1]
    right, bottom = rect[0] + box[2], rect[1] + box[3]
    columns, lines = part.crop(box).getprojection()
    across, down = _gap(columns), _gap(lines)
    if max(across, down)[0] < GAP:
        yield left, top, right, bottom
    elif down >= across:
        yield from _pieces(mask, (left, top, right, top + down[1]))
        yield from _pieces(mask, (left, top + down[1], right, bottom))
    else:
        yield from _pieces(mask, (left, top, left + across[1], bottom))
        yield from _pieces(mask, (left + across[1], top, right, bottom))


def _gap(marked: list[int]) -> tuple[int, int]:
    """How long the longest gap is, and where it ends."""
    gaps = re.finditer(b"\0+", bytes(marked))
    return max(((gap.end() - gap.start(), gap.end()) for gap in gaps), default=(0, 0))


def _palette(pieces: list[bytes]) -> Image:
    """The colours for all pieces, from every fourth dot of every fourth row."""
    from PIL import Image

    dots = bytearray()
    for data in pieces:
        piece = _open(data)
        small = (-(-piece.width // 4), -(-piece.height // 4))
        dots += piece.resize(small, Image.Resampling.NEAREST).tobytes()
    return Image.frombytes("RGB", (len(dots) // 3, 1), bytes(dots)).quantize(CLEAR)
