"""All frames of a replay as a GIF: of each frame, only what changed is painted and stored.

A picture's text has a box, or an edge, a line: the lines that differ from the frame before tell
where to paint, and only what stands there is painted, as most of the time goes into letters. Those
pieces and the sentence share one palette, and lie on a clear sheet over the frame before.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from viz.page import width
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
AROUND = 10  # pixels of a box that its ring and its shadow take, and of a line that its head does
CLEAR = 255  # the palette's last place: the frame before shows through
HEAD = re.compile(r'viewBox="0 0 (\S+) (\S+)" width="\S+" height="\S+"')
DRAWN = re.compile(r'<svg x=.*</svg>(?=<g class="words")', re.DOTALL)
WORDS = re.compile(r'<g class="words".*?</g>(?=</svg>)', re.DOTALL)
INNER = re.compile(r'<svg x="(\S+)"(?: y="(\S+)")?')
MOVED = re.compile(r"translate\((\S+) (\S+)\)")
TAG = re.compile(r"<(/?)g\b([^>]*)>")
RECT = re.compile(r'<rect [^>]*?x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"')
WAY = re.compile(r' d="M(\S+) ([^c"]+)([^"]*)"')
TEXT = re.compile(r'<t(?:ext|span)\b[^>]*? x="(\S+)" y="(\S+?)"[^>]*>([^<]+)')

Rect: TypeAlias = "tuple[int, int, int, int]"  # left, top, right, bottom, in dots
Place: TypeAlias = "tuple[float, float, float, float]"  # the same in pixels
Part: TypeAlias = "tuple[str, Place | None]"  # a line of the picture's text, and what it covers


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
    size, found, before = (0, 0), list[list[tuple[Rect, bytes]]](), list[Part]()
    for at in chosen:
        picture = sans(still_svg(svg, steps, at, rows, times))
        wide, high = map(float, HEAD.findall(picture)[0])
        zoom = min(ZOOM, (DOTS / (wide * high)) ** 0.5)
        size = (round(wide * zoom), round(high * zoom))
        parts = list(_parts(_grouped(WORDS.sub("", picture))))
        rects = _changed(before, parts, zoom, size) if before else [(0, 0, *size)]
        pieces = [(rect, _painted(_within(parts, rect, zoom), zoom, rect)) for rect in rects]
        words = (0, int((high - LINE * rows - MARGIN) * zoom) + 1, *size)
        found.append([*pieces, (words, _painted(DRAWN.sub("", picture), zoom, words))])
        before = parts
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


def _grouped(picture: str) -> str:
    """A picture inside the picture as a group: it would be cut out, which takes long."""
    text = INNER.sub(lambda m: f'<g transform="translate({m[1]} {m[2] or 0})"', picture)
    return text.replace("</svg>", "</g>", len(INNER.findall(picture)))


def _parts(picture: str) -> Iterator[Part]:
    """The lines of a picture's text. Of boxes, edges and lines of a source it is known where."""
    x = y = 0.0
    outer: list[tuple[float, float]] = []
    for line in picture.split("\n"):
        if re.match(r'<g (?:\w+="\S+" )?id="[nel]\d', line):
            left, top, right, bottom = _place(line)
            yield line, (left + x, top + y, right + x, bottom + y)
            continue
        yield line, None
        for closes, attributes in TAG.findall(line):
            if closes:
                x, y = outer.pop() if outer else (0, 0)
                continue
            outer.append((x, y))
            if moved := MOVED.search(attributes):
                x, y = x + float(moved[1]), y + float(moved[2])


def _place(line: str) -> Place:
    """What a box or an edge covers, with all that a replay puts around it."""
    xs, ys = list[float](), list[float]()
    for numbers in RECT.findall(line):
        x, y, w, h = map(float, numbers)
        xs += (x, x + w)
        ys += (y, y + h)
    for x0, y0, pieces in WAY.findall(line):
        x, y = float(x0), float(y0.partition("l")[0])
        for piece in re.findall(r"c([^cl]+)", pieces):
            steps = list(map(float, piece.split()))
            xs += (x, *(x + step for step in steps[::2]))
            ys += (y, *(y + step for step in steps[1::2]))
            x, y = xs[-1], ys[-1]
    for at, base, text in TEXT.findall(line):
        half = width(text, 11, mono=True)  # to either side, wherever it is anchored
        xs += (float(at) - half, float(at) + half)
        ys += (float(base) - LINE, float(base))
    return min(xs) - AROUND, min(ys) - AROUND, max(xs) + AROUND, max(ys) + AROUND


def _changed(
    before: Sequence[Part], now: Sequence[Part], zoom: float, size: tuple[int, int]
) -> list[Rect]:
    """The pieces where two frames differ; those that overlap are one."""
    found: list[Rect] = []
    for (old, was), (new, place) in zip(before, now):
        if old == new or was is None or place is None:
            continue
        both = [int(min(a, b) * zoom) for a, b in zip(was[:2], place[:2])]
        both += [int(max(a, b) * zoom) + 1 for a, b in zip(was[2:], place[2:])]
        rect = (max(0, both[0]), max(0, both[1]), min(size[0], both[2]), min(size[1], both[3]))
        while met := next((other for other in found if _meet(rect, other)), None):
            found.remove(met)
            (x0, y0), (x1, y1) = map(min, rect[:2], met[:2]), map(max, rect[2:], met[2:])
            rect = (x0, y0, x1, y1)
        found.append(rect)
    return found


def _meet(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _within(parts: Sequence[Part], rect: Rect, zoom: float) -> str:
    """The picture without the boxes and edges that lie elsewhere."""
    seen = [edge / zoom for edge in rect]
    return "\n".join(line for line, place in parts if place is None or _meet(place, seen))


def _open(data: bytes) -> Image:
    from PIL import Image

    return Image.open(io.BytesIO(data)).convert("RGB")


def _palette(pieces: list[bytes]) -> Image:
    """The colours for all pieces, from every fourth dot of every fourth row."""
    from PIL import Image

    dots = bytearray()
    for data in pieces:
        piece = _open(data)
        small = (-(-piece.width // 4), -(-piece.height // 4))
        dots += piece.resize(small, Image.Resampling.NEAREST).tobytes()
    return Image.frombytes("RGB", (len(dots) // 3, 1), bytes(dots)).quantize(CLEAR)
