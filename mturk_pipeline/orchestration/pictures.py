"""Small pictures for asset metadata: SVG written by hand, because a plotting library costs seconds a run.

Each stands on a white card of its own, which reads well in both of the UI's themes.
"""

import base64
from collections.abc import Sequence
from html import escape

import dagster as dg

# Light blue to dark blue for data, grey for help, orange for thresholds.
BAR, GRID, INK, SOFT, MARK = "#3f6fd1", "#e3e6ec", "#30343c", "#6b7280", "#c2410c"
_FONT = "font-family='system-ui,sans-serif' font-size='12'"


def histogram(values: Sequence[float], *, title: str, threshold: float | None = None) -> dg.MarkdownMetadataValue:
    """How many of `values`, each 0..1, fall into each tenth; `threshold` is drawn as a dashed line."""
    counts = [0] * 10
    for value in values:
        counts[min(int(value * 10 + 1e-9), 9)] += 1
    most = max([*counts, 1])
    left, base, height, step = 44, 190, 112, 46
    parts = [text(10, 20, title, bold=True), line(left, base, left + 10 * step, base)]
    for i, count in enumerate(counts):
        bar = round(height * count / most, 1)
        x = left + i * step
        parts.append(f"<rect x='{x + 3}' y='{base - bar}' width='{step - 6}' height='{bar}' rx='2' fill='{BAR}'/>")
        if count:
            parts.append(text(x + step / 2, base - bar - 4, f"{count:,}", anchor="middle"))
    parts += [text(left + i * step, base + 16, f"{i / 10:.1f}", anchor="middle") for i in range(11)]
    if threshold is not None:
        x = left + threshold * 10 * step
        right = threshold > 0.75
        parts.append(line(x, 34, x, base, MARK, dashes="5 4"))
        label = f"accepted from {threshold:g}"
        parts.append(text(x - 5 if right else x + 5, 44, label, anchor="end" if right else "start", colour=MARK))
    return picture(parts, 540, 216, title)


def stacked_bars(
    rows: Sequence[tuple[str, Sequence[int]]], legend: Sequence[tuple[str, str]], *, title: str
) -> dg.MarkdownMetadataValue:
    """One bar per row, split into the parts of `legend` (name, colour), each labelled with its count."""
    left, width, step = 150, 380, 30
    height = 52 + step * len(rows) + 10
    parts = [text(10, 20, title, bold=True)]
    x = 10.0
    for name, colour in legend:
        parts.append(f"<rect x='{x}' y='30' width='10' height='10' fill='{colour}'/>")
        parts.append(text(x + 14, 39, name))
        x += 28 + 7.2 * len(name)
    for i, (name, counts) in enumerate(rows):
        y, x, total = 52 + i * step, float(left), sum(counts) or 1
        label = name if len(name) < 21 else name[:19] + "…"
        parts.append(text(left - 8, y + 15, label, anchor="end"))
        parts.append(f"<rect x='{left}' y='{y}' width='{width}' height='22' fill='{GRID}'/>")
        for count, (_, colour) in zip(counts, legend, strict=True):
            part = width * count / total
            parts.append(f"<rect x='{x:.1f}' y='{y}' width='{part:.1f}' height='22' fill='{colour}'/>")
            if part > 8 * len(f"{count:,}"):
                parts.append(text(x + part / 2, y + 15, f"{count:,}", anchor="middle", colour="#fff"))
            x += part
    return picture(parts, left + width + 20, height, title)


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    colour: str = INK,
    bold: bool = False,
    up: bool = False,
) -> str:
    """Words at a place; with `up` they run upwards."""
    weight = " font-weight='600'" if bold else ""
    turn = f" transform='rotate(-90 {x:g} {y:g})'" if up else ""
    place = f"x='{x:g}' y='{y:g}' text-anchor='{anchor}'"
    return f"<text {place} {_FONT}{weight} fill='{colour}'{turn}>{escape(words)}</text>"


def line(x1: float, y1: float, x2: float, y2: float, colour: str = INK, *, dashes: str = "", width: float = 1) -> str:
    """A straight line; `dashes` as SVG takes them, such as '5 4'."""
    dashed = f" stroke-dasharray='{dashes}'" if dashes else ""
    place = f"x1='{x1:g}' y1='{y1:g}' x2='{x2:g}' y2='{y2:g}'"
    return f"<line {place} stroke='{colour}' stroke-width='{width:g}'{dashed}/>"


def path(steps: str, colour: str, *, width: float = 2, opacity: float = 1, fill: str = "none") -> str:
    """A path with round ends: 'M3 4h0' is a dot as wide as `width`."""
    ends = "stroke-linecap='round' stroke-linejoin='round'"
    return f"<path d='{steps}' fill='{fill}' stroke='{colour}' stroke-width='{width:g}' opacity='{opacity:g}' {ends}/>"


def picture(parts: Sequence[str], width: int, height: int, title: str) -> dg.MarkdownMetadataValue:
    """SVG elements on a white card, as Markdown."""
    body = f"<rect width='{width}' height='{height}' rx='6' fill='#fff'/>" + "".join(parts)
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}'>{body}</svg>"
    data = base64.b64encode(svg.encode()).decode()
    return dg.MetadataValue.md(f"![{title}](data:image/svg+xml;base64,{data})")
