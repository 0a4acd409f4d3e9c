#!/usr/bin/env python3
"""Draws what run.py measured, as SVG:

    plot.py results.json OUT.svg    a bar for each tool, by piece of work, on a logarithmic scale
    plot.py scale.json OUT.svg      four lines: time by keys, certificates, users and hosts, with the fitted line"""
import html
import json
import math
import sys

WIDTH, LEFT, RIGHT, ROW = 860, 320, 90, 18
STYLE = ("<style>text{font:12px sans-serif;fill:#24292f}.h{font-weight:bold}.o{fill:#0969da}.p{fill:#8c959f}"
         ".g{stroke:#d0d7de}.l{stroke:#0969da;fill:none;stroke-dasharray:4 3}"
         "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.g{stroke:#30363d}}</style>")


def svg(height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img">{STYLE}' + "".join(parts) + "</svg>\n")


def text(x, y, words, anchor="start", kind=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" class="{kind}">{html.escape(words)}</text>'


def number(ms):
    return f"{ms:.3g} ms" if ms < 1000 else f"{ms / 1000:.3g} s"


def bars(works):
    values = [t["median_ms"] for w in works.values() for t in w["tools"].values()]
    low, high = math.log10(min(values)) - 0.2, math.log10(max(values))
    parts, y = [], 20
    for letter, work in works.items():
        parts.append(text(10, y, f"({letter}) {work['title']}", kind="h"))
        for name, tool in work["tools"].items():
            y += ROW
            length = (math.log10(tool["median_ms"]) - low) / (high - low) * (WIDTH - LEFT - RIGHT)
            kind = "o" if name.startswith("winroots") else "p"
            parts.append(text(LEFT - 8, y, name, "end"))
            parts.append(f'<rect class="{kind}" x="{LEFT}" y="{y - 11}" width="{length:.1f}" height="13"/>')
            parts.append(text(LEFT + length + 5, y, number(tool["median_ms"])))
        y += 2 * ROW
    return svg(y, parts)


def lines(scale):
    parts, wide, high = [], 400, 240
    for n, (what, found) in enumerate(scale.items()):
        left, top = 60 + n % 2 * 420, 40 + n // 2 * 300
        points = [(float(size), ms) for size, ms in found["medians_ms"].items()]
        most_x, most_y = points[-1][0] * 1.05, max(ms for _, ms in points) * 1.15

        def at(x, y, left=left, top=top, most_x=most_x, most_y=most_y):
            return left + x / most_x * (wide - 60), top + high - 40 - y / most_y * (high - 60)

        fit = found["fit"]
        parts.append(text(left, top - 12, f"winroots {found['command']}, by {what}", kind="h"))
        (x0, y0), (x1, _) = at(0, 0), at(most_x, 0)
        parts.append(f'<line class="g" x1="{x0:.0f}" y1="{y0:.0f}" x2="{x1:.0f}" y2="{y0:.0f}"/>')
        ends = [at(x, max(fit["fixed_ms"] + fit["ms_each"] * x, 0)) for x in (0, points[-1][0])]
        parts.append('<polyline class="l" points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in ends) + '"/>')
        for x, ms in points:
            px, py = at(x, ms)
            parts.append(f'<circle class="o" cx="{px:.1f}" cy="{py:.1f}" r="4"/>')
            parts.append(text(px, y0 + 16, f"{x / 1000:g}k" if x >= 10000 else f"{x:,.0f}", "middle"))
            parts.append(text(px - 6, py - 8, number(ms), "end"))
        parts.append(text(left, y0 + 36, f"{fit['fixed_ms']:.1f} ms + {fit['ms_each'] * 1000:.2f} µs each, "
                                         f"r² {fit['r2']:.4f}"))
    return svg(640, parts)


def main():
    with open(sys.argv[1]) as source:
        result = json.load(source)
    with open(sys.argv[2], "w") as out:
        out.write(bars(result["works"]) if "works" in result else lines(result["scale"]))


if __name__ == "__main__":
    main()
