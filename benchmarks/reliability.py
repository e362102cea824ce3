"""How often a stated confidence is right: ``python -m benchmarks.reliability [--plot docs/reliability.svg] FILE…``.

A FILE has one text a line, ``{"doc_id", "text", "toponyms": [{"start", "end", "lat", "lon"}]}``. The given names are
placed; an answer is right within 161 km. Prints for each band of confidence the answers and the share that is right,
then the same for all answers above each threshold; ``--plot`` draws the bands.
"""

from __future__ import annotations

import argparse
import json
from itertools import pairwise
from pathlib import Path

from mapper import language, resolve
from mapper.gazetteer import Gazetteer, metres_between
from mapper.model import Mention, Report

RIGHT_M = 161_000.0
BANDS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001)
SIZE, EDGE = 360, 40


def answers(path: Path, gazetteer: Gazetteer, limit: int | None = None) -> list[tuple[float, bool]]:
    """(confidence, right) of each placed name of a file; names without true coordinates are left out."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines()[:limit]:
        row = json.loads(line)
        code = language.identify(row["text"])
        given = [t for t in row["toponyms"] if t.get("lat") is not None and not t.get("ignore")]
        mentions = [Mention(t["start"], t["end"], row["text"][t["start"] : t["end"]], language=code) for t in given]
        for truth, one in zip(
            given, resolve.resolve(Report(row["doc_id"], row["text"]), mentions, gazetteer, language=code), strict=True
        ):
            if one.location is not None:
                metres = metres_between(truth["lat"], truth["lon"], one.location.lat, one.location.lon)
                found.append((one.location.confidence, metres <= RIGHT_M))
    return found


def bands(found: list[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, answers) of each band that has answers."""
    out = []
    for low, high in pairwise(BANDS):
        inside = [(c, r) for c, r in found if low <= c < high]
        if inside:
            out.append((sum(c for c, _ in inside) / len(inside), sum(r for _, r in inside) / len(inside), len(inside)))
    return out


def plot(series: dict[str, list[tuple[float, float, int]]]) -> str:
    """The bands of each file as an SVG: on the diagonal, confidence is what it says."""
    span = SIZE - 2 * EDGE

    def at(x: float, y: float) -> str:
        return f"{EDGE + x * span:.1f},{SIZE - EDGE - y * span:.1f}"

    colours = ("#1b6ca8", "#c0392b", "#27824a", "#8e5aa8")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE + 20 * len(series)}" font-family="sans-serif" font-size="11">',
        f'<rect width="{SIZE}" height="{SIZE + 20 * len(series)}" fill="#fff"/>',
        f'<polyline points="{at(0, 0)} {at(1, 1)}" stroke="#999" stroke-dasharray="4" fill="none"/>',
        f'<polyline points="{at(0, 1)} {at(0, 0)} {at(1, 0)}" stroke="#333" fill="none"/>',
    ]
    for tick in (0.0, 0.5, 1.0):
        x, y = at(tick, 0).split(",")
        parts.append(f'<text x="{x}" y="{float(y) + 14:.1f}" text-anchor="middle">{tick:g}</text>')
        x, y = at(0, tick).split(",")
        parts.append(f'<text x="{float(x) - 6:.1f}" y="{float(y) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    parts.append(f'<text x="{SIZE / 2}" y="{SIZE - 8}" text-anchor="middle">stated confidence</text>')
    parts.append(
        f'<text x="12" y="{SIZE / 2}" text-anchor="middle" transform="rotate(-90 12 {SIZE / 2})">right within 161 km</text>'
    )
    for number, (name, points) in enumerate(series.items()):
        colour = colours[number % len(colours)]
        parts.append(f'<polyline points="{" ".join(at(c, r) for c, r, _ in points)}" stroke="{colour}" fill="none"/>')
        for c, r, n in points:
            x, y = at(c, r).split(",")
            parts.append(
                f'<circle cx="{x}" cy="{y}" r="{min(9.0, 2 + n**0.5 / 8):.1f}" fill="{colour}" fill-opacity=".5"/>'
            )
        parts.append(
            f'<text x="{EDGE}" y="{SIZE + 14 + 20 * number}" fill="{colour}">{name}: {sum(n for _, _, n in points)} answers</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Measure each file, print, and draw when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    gazetteer, series = Gazetteer.open(), {}
    for path in options.files:
        found = answers(path, gazetteer, options.limit)
        series[path.stem] = bands(found)
        print(path.stem)
        for c, r, n in series[path.stem]:
            print(f"  confidence {c:.2f}: right {r:.3f} of {n}")
        for least in (0.5, 0.7, 0.8, 0.9):
            kept = [r for c, r in found if c >= least]
            print(
                f"  at least {least}: right {sum(kept) / max(1, len(kept)):.3f}, kept {len(kept) / max(1, len(found)):.3f}"
            )
    if options.plot:
        options.plot.write_text(plot(series), encoding="utf-8")


if __name__ == "__main__":
    main()
