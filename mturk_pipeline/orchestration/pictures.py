"""Small pictures for asset metadata: SVG written by hand, because a plotting library costs seconds a run."""

import base64
from collections.abc import Sequence
from html import escape

import dagster as dg

_FONT = "font-family='system-ui,sans-serif' font-size='12'"
# Light blue to dark blue; readable on a white card in both of the UI's themes.
_BAR, _GRID, _INK = "#3f6fd1", "#e3e6ec", "#30343c"


def histogram(values: Sequence[float], *, title: str, threshold: float | None = None) -> dg.MarkdownMetadataValue:
    """How many of `values`, each 0..1, fall into each tenth; `threshold` is drawn as a dashed line."""
    counts = [0] * 10
    for value in values:
        counts[min(int(value * 10 + 1e-9), 9)] += 1
    most = max([*counts, 1])
    left, base, height, step = 44, 178, 112, 46
    parts = [
        f"<text x='{left}' y='20' {_FONT} font-weight='600' fill='{_INK}'>{escape(title)}</text>",
        f"<line x1='{left}' y1='{base}' x2='{left + 10 * step}' y2='{base}' stroke='{_INK}'/>",
    ]
    for i, count in enumerate(counts):
        bar = round(height * count / most, 1)
        x = left + i * step
        parts.append(f"<rect x='{x + 3}' y='{base - bar}' width='{step - 6}' height='{bar}' rx='2' fill='{_BAR}'/>")
        if count:
            label = f"<text x='{x + step / 2}' y='{base - bar - 4}' text-anchor='middle' {_FONT} fill='{_INK}'>"
            parts.append(f"{label}{count:,}</text>")
    for i in range(11):
        x = left + i * step
        parts.append(f"<text x='{x}' y='{base + 16}' text-anchor='middle' {_FONT} fill='{_INK}'>{i / 10:.1f}</text>")
    if threshold is not None:
        x = left + threshold * 10 * step
        parts.append(f"<line x1='{x}' y1='32' x2='{x}' y2='{base}' stroke='#c2410c' stroke-dasharray='5 4'/>")
        parts.append(f"<text x='{x + 5}' y='42' {_FONT} fill='#c2410c'>accepted from {threshold:g}</text>")
    return _picture(parts, 540, 204, title)


def stacked_bars(
    rows: Sequence[tuple[str, Sequence[int]]], legend: Sequence[tuple[str, str]], *, title: str
) -> dg.MarkdownMetadataValue:
    """One bar per row, split into the parts of `legend` (name, colour), each labelled with its count."""
    left, width, line = 150, 380, 30
    height = 52 + line * len(rows) + 10
    parts = [f"<text x='10' y='20' {_FONT} font-weight='600' fill='{_INK}'>{escape(title)}</text>"]
    x = 10.0
    for name, colour in legend:
        parts.append(f"<rect x='{x}' y='30' width='10' height='10' fill='{colour}'/>")
        parts.append(f"<text x='{x + 14}' y='39' {_FONT} fill='{_INK}'>{escape(name)}</text>")
        x += 28 + 7.2 * len(name)
    for i, (name, counts) in enumerate(rows):
        y, x, total = 52 + i * line, float(left), sum(counts) or 1
        label = name if len(name) < 21 else name[:19] + "…"
        parts.append(
            f"<text x='{left - 8}' y='{y + 15}' text-anchor='end' {_FONT} fill='{_INK}'>{escape(label)}</text>"
        )
        parts.append(f"<rect x='{left}' y='{y}' width='{width}' height='22' fill='{_GRID}'/>")
        for count, (_, colour) in zip(counts, legend, strict=True):
            part = width * count / total
            parts.append(f"<rect x='{x:.1f}' y='{y}' width='{part:.1f}' height='22' fill='{colour}'/>")
            if part > 8 * len(f"{count:,}"):
                ink = f"x='{x + part / 2:.1f}' y='{y + 15}' text-anchor='middle' {_FONT} fill='#fff'"
                parts.append(f"<text {ink}>{count:,}</text>")
            x += part
    return _picture(parts, left + width + 20, height, title)


def _picture(parts: Sequence[str], width: int, height: int, title: str) -> dg.MarkdownMetadataValue:
    body = f"<rect width='{width}' height='{height}' rx='6' fill='#fff'/>" + "".join(parts)
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}'>{body}</svg>"
    data = base64.b64encode(svg.encode()).decode()
    return dg.MetadataValue.md(f"![{title}](data:image/svg+xml;base64,{data})")
