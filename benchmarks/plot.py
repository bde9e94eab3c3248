"""Draws seconds by number of definitions, on two logarithmic scales, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

WIDTH, HEIGHT, LEFT, TOP = 640, 360, 60, 20
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df")


def plot(series: Mapping[str, Mapping[int, float]]) -> str:
    """Return a line for each name: seconds by number of definitions."""
    sizes = sorted({size for points in series.values() for size in points})
    times = [seconds for points in series.values() for seconds in points.values()]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    last = math.log10(max(sizes[-1], 10))

    def x(size: int) -> float:
        return LEFT + math.log10(size) / last * (WIDTH - LEFT - 120)

    def y(seconds: float) -> float:
        return TOP + (high - math.log10(seconds)) / max(high - low, 1) * (HEIGHT - TOP - 50)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12" fill="#57606a">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for power in range(low, high + 1):
        at = y(10**power)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - 120}" stroke="#d0d7de"/>')
        label = f"{10**power:g} s"
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{label}</text>')
    for size in sizes:
        parts.append(
            f'<text x="{x(size):.1f}" y="{HEIGHT - 28}" text-anchor="middle">{size}</text>'
        )
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 8}">definitions</text>')
    for (name, points), colour in zip(sorted(series.items()), COLOURS, strict=False):
        line = " ".join(f"{x(size):.1f},{y(points[size]):.1f}" for size in sorted(points))
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        end = max(points)
        parts.append(
            f'<text x="{x(end) + 8:.1f}" y="{y(points[end]) + 4:.1f}" fill="{colour}">'
            f"{escape(name)}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])
