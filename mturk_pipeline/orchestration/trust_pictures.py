"""Pictures of trust: is it calibrated, does worst-first review pay, and how do workers stand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from mturk_pipeline.orchestration.pictures import BAR, GRID, INK, MARK, SOFT, line, path, picture, text
from mturk_pipeline.vocabulary.standings import EXCLUDE, NEUTRAL, WATCH

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

NOTHING_AUDITED = (
    "Nothing was audited yet.\n\nHow often trust is right shows in what people\n\n"
    "decide about rows that were picked by chance."
)
# Standing, colour, and the mark that tells it from the others without colour.
_STANDINGS = ((NEUTRAL, BAR, "dot"), (WATCH, "#e0a526", "diamond"), (EXCLUDE, MARK, "cross"))
# More would make the run history heavy; a cloud looks the same with fewer.
_MOST_WORKERS = 2000
_MOST_STEPS = 201
_LEFT, _TOP, _WIDTH, _HEIGHT = 66, 58, 440, 264
_BASE = _TOP + _HEIGHT


def calibration_curve(audited: "pd.DataFrame | None") -> dg.MarkdownMetadataValue:
    """Trust against the share that is right, in tenths of trust, with 95 % intervals (Wilson, 1927) and counts.

    Parameters
    ----------
    audited
        One row per audited value: `trust` (0..1), `right` (bool), `weight` (1 / probability of having been looked
        at). A well calibrated trust lies on the diagonal.
    """
    if audited is None or audited.empty:
        return dg.MetadataValue.md(NOTHING_AUDITED)
    import numpy as np

    trust, right, weight = _columns(audited)
    tenth = np.minimum((trust * 10 + 1e-9).astype(int), 9)
    total = np.bincount(tenth, weight, 10)
    some = np.flatnonzero(total > 0)
    mean = (np.bincount(tenth, weight * trust, 10)[some] / total[some]).tolist()
    share = np.bincount(tenth, weight * right, 10)[some] / total[some]
    # Kish's size: with uneven weights, n rows tell as much as this many with equal ones.
    low, high = _wilson(share, total[some] ** 2 / np.bincount(tenth, weight**2, 10)[some])
    counts = np.bincount(tenth, minlength=10)
    parts = [
        *_axes("How often trust is right", f"{len(trust):,} audited values", "trust", "share right", tenths=True),
        line(_LEFT, _BASE, _LEFT + _WIDTH, _TOP, SOFT, dashes="5 4"),
        path("".join(f"M{_x(m)} {_y(a)}V{_y(b)}" for m, a, b in zip(mean, low, high, strict=True)), BAR, opacity=0.6),
        path("M" + "L".join(f"{_x(m)} {_y(s)}" for m, s in zip(mean, share, strict=True)), BAR, opacity=0.4),
        path("".join(f"M{_x(m)} {_y(s)}h0" for m, s in zip(mean, share, strict=True)), BAR, width=8),
        text(_LEFT - 8, _BASE + 34, "values", anchor="end", colour=SOFT),
    ]
    for i in some.tolist():
        parts.append(text(_x(i / 10 + 0.05), _BASE + 34, f"{counts[i]:,}", anchor="middle", colour=SOFT))
    return picture(parts, 540, _BASE + 62, "How often trust is right")


def errors_caught(audited: "pd.DataFrame | None") -> dg.MarkdownMetadataValue:
    """Share of looks, worst first, against the share of errors that they catch; random order is the diagonal.

    `audited` as for `calibration_curve`. Values of equal trust are in no order: between them the curve is straight.
    """
    if audited is None or audited.empty:
        return dg.MetadataValue.md(NOTHING_AUDITED)
    if bool(audited["right"].all()):
        return dg.MetadataValue.md(f"None of the {len(audited):,} audited values was wrong: nothing to catch.")
    looks, caught = _caught(audited)
    import numpy as np

    fifth = float(np.interp(0.2, looks, caught))
    wrong = int((~audited["right"].astype(bool)).sum())
    curve = "L".join(f"{_x(a)} {_y(b)}" for a, b in zip(looks, caught, strict=True))
    title = "Errors caught by looking at the worst first"
    return picture(
        [
            *_axes(title, f"{len(audited):,} audited values, {wrong:,} wrong", "share of looks", "errors caught"),
            path(f"M{curve}L{_x(1)} {_y(0)}Z", "none", fill=f"{BAR}1a"),
            line(_LEFT, _BASE, _LEFT + _WIDTH, _TOP, SOFT, dashes="5 4"),
            text(_x(0.62), _y(0.54), "random order", colour=SOFT),
            path(f"M{curve}", BAR, width=2.5),
            line(_x(0.2), _BASE, _x(0.2), _y(fifth), MARK, dashes="3 3"),
            path(f"M{_x(0.2)} {_y(fifth)}h0", MARK, width=8),
            text(_x(0.23), _y(0.06), f"the worst 20% hold {fifth:.0%} of the errors", colour=MARK),
        ],
        540,
        _BASE + 48,
        title,
    )


def worker_scatter(workers: "pd.DataFrame") -> dg.MarkdownMetadataValue:
    """Each worker's reliability (thin line: its interval) against contributions, coloured by standing.

    Of `workers` (contract Workers) the most contributing 2000 are drawn, those with too little to judge left out.
    """
    judged = workers[workers["reliability"].notna() & (workers["total_contribution"] > 0)]
    if judged.empty:
        return dg.MetadataValue.md("No worker has answered enough to be judged.")
    shown = judged.nlargest(_MOST_WORKERS, "total_contribution")
    said = f"{len(judged):,} workers" if len(shown) == len(judged) else f"the busiest {_MOST_WORKERS:,} workers"
    if left_out := len(workers) - len(judged):
        said += f"; {left_out:,} with too little to judge"
    top = max(10.0, float(shown["total_contribution"].max()))
    title = "How reliable workers are"
    parts = _axes(title, said, "assignments", "reliability", most=top)
    for name, colour, mark in reversed(_STANDINGS):
        parts += _marks(shown[shown["standing"] == name], colour, mark, top)
    x = 526.0
    for name, colour, mark in reversed(_STANDINGS):
        label = f"{name} {int((judged['standing'] == name).sum()):,}"
        x -= 7 * len(label)
        parts += [_mark([x], [16], colour, mark), text(x + 9, 20, label)]
        x -= 22
    return picture(parts, 540, _BASE + 48, title)


def _axes(
    title: str, subtitle: str, across: str, upwards: str, *, tenths: bool = False, most: float | None = None
) -> list[str]:
    """A frame with shares on both axes; with `most`, counts from 1 to `most` across, on a log scale."""
    shares = [i / 10 for i in range(0, 11, 2)]
    ticks = _log_ticks(most) if most else [(s, f"{s:.1f}" if tenths else f"{s:.0%}") for s in shares]
    parts = [text(10, 20, title, bold=True), text(10, 40, subtitle, colour=SOFT)]
    for share in shares:
        parts.append(line(_LEFT, _y(share), _LEFT + _WIDTH, _y(share), GRID if share else INK))
        parts.append(text(_LEFT - 8, _y(share) + 4, f"{share:.0%}", anchor="end"))
    for place, label in ticks:
        parts.append(line(_x(place), _BASE, _x(place), _BASE + 4))
        parts.append(text(_x(place), _BASE + 17, label, anchor="middle"))
    middle = _TOP + _HEIGHT / 2
    below = _BASE + (52 if tenths else 38)
    return [
        *parts,
        text(_LEFT + _WIDTH / 2, below, across, anchor="middle", colour=SOFT),
        text(16, middle, upwards, anchor="middle", colour=SOFT, up=True),
    ]


def _log_ticks(most: float) -> list[tuple[float, str]]:
    import math

    ticks = [step * 10**power for power in range(7) for step in (1, 2, 5)]
    if most > 500:
        ticks = [10**power for power in range(7)]
    return [(_log_place(t, most), f"{t:,}") for t in ticks if math.log(t) <= math.log(most) * 1.001]


def _log_place(count: float, most: float) -> float:
    """Where a count from 1 to `most` stands, 0..1, with a little room at both ends."""
    import math

    return 0.03 + 0.94 * math.log(count) / math.log(most)


def _marks(workers: "pd.DataFrame", colour: str, mark: str, most: float) -> list[str]:
    """The workers of one standing: one path for all intervals, one for all marks."""
    if workers.empty:
        return []
    xs = [_x(_log_place(n, most)) for n in workers["total_contribution"].tolist()]
    ys = [_y(r) for r in workers["reliability"].tolist()]
    known = workers["reliability_low"].notna() & workers["reliability_high"].notna()
    bounds = zip(xs, workers["reliability_low"], workers["reliability_high"], known, strict=True)
    intervals = "".join(f"M{x} {_y(low)}V{_y(high)}" for x, low, high, is_known in bounds if is_known)
    few = len(workers) < 200
    return [path(intervals, colour, width=1.2, opacity=0.3 if few else 0.1), _mark(xs, ys, colour, mark, few)]


def _mark(xs: Sequence[float], ys: Sequence[float], colour: str, mark: str, few: bool = True) -> str:
    """Marks at places, as one path; smaller dots where there are many."""
    shape = {"dot": "h0", "diamond": "m0-4l4 4-4 4-4-4z", "cross": "m-3-3l6 6m0-6l-6 6"}[mark]
    steps = "".join(f"M{x} {y}{shape}" for x, y in zip(xs, ys, strict=True))
    width, fill = {"dot": (7 if few else 4.5, "none"), "diamond": (1, colour), "cross": (2.2, "none")}[mark]
    return path(steps, colour, width=width, opacity=0.75, fill=fill)


def _caught(audited: "pd.DataFrame") -> tuple[list[float], list[float]]:
    """Shares of looks and of errors caught, both from 0 to 1, at each different trust."""
    import numpy as np

    trust, right, weight = _columns(audited)
    order = np.argsort(trust, kind="stable")
    last = np.append(np.diff(trust[order]) > 0, True)
    looks, errors = np.cumsum(weight[order])[last], np.cumsum((weight * (1 - right))[order])[last]
    looks, errors = np.append(0, looks / looks[-1]), np.append(0, errors / errors[-1])
    if len(looks) > _MOST_STEPS:
        grid = np.linspace(0, 1, _MOST_STEPS)
        looks, errors = grid, np.interp(grid, looks, errors)
    return looks.tolist(), errors.tolist()


def _columns(audited: "pd.DataFrame") -> "tuple[np.ndarray, np.ndarray, np.ndarray]":
    trust, right, weight = (audited[c].to_numpy(dtype=float) for c in ("trust", "right", "weight"))
    return trust, right, weight


def _wilson(share: "np.ndarray", n: "np.ndarray") -> "tuple[np.ndarray, np.ndarray]":
    """95 % interval of a share seen in `n` draws (Wilson, Journal of the American Statistical Association 22, 1927)."""
    import numpy as np

    z = 1.96
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def _x(share: float) -> float:
    return round(_LEFT + _WIDTH * share, 1)


def _y(share: float) -> float:
    return round(_BASE - _HEIGHT * share, 1)
