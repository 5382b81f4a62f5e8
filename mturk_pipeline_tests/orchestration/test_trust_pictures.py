"""Pictures of trust: what is drawn is what the numbers say."""

import base64
import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from mturk_pipeline.orchestration.pictures import histogram
from mturk_pipeline.orchestration.trust_pictures import calibration_curve, errors_caught, worker_scatter

LEFT, TOP, WIDTH, HEIGHT = 66, 58, 440, 264


def drawn(markdown) -> ET.Element:
    """The picture in a metadata value; fails where it is no well-formed SVG."""
    found = re.fullmatch(r"!\[[^\]]+\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", markdown.md_str)
    assert found, markdown.md_str
    return ET.fromstring(base64.b64decode(found[1]).decode())


def words(svg: ET.Element) -> list[str]:
    return [e.text or "" for e in svg.iter() if e.tag.endswith("text")]


def dots(svg: ET.Element) -> list[tuple[float, float]]:
    """Places of the round marks, as shares of the axes; those of the legend, above, are left out."""
    steps = [e.get("d", "") for e in svg.iter() if e.tag.endswith("path")]
    places = [p for d in steps for p in re.findall(r"M([\d.]+) ([\d.]+)h0", d)]
    return [((float(x) - LEFT) / WIDTH, 1 - (float(y) - TOP) / HEIGHT) for x, y in places if float(y) >= TOP]


def audited(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["trust", "right", "weight"])


def test_nothing_audited_is_said_in_words() -> None:
    for frame in (None, audited([])):
        assert "Nothing was audited yet" in calibration_curve(frame).md_str
        assert "Nothing was audited yet" in errors_caught(frame).md_str


def test_calibration_has_a_dot_for_each_tenth_with_its_weighted_share() -> None:
    rows = [(0.55, True, 1.0), (0.55, False, 3.0), (0.95, True, 1.0), (1.0, True, 1.0)]
    svg = drawn(calibration_curve(audited(rows)))
    assert dots(svg) == [pytest.approx((0.55, 0.25), abs=0.01), pytest.approx((0.975, 1.0), abs=0.01)]
    assert "4 audited values" in words(svg)
    assert words(svg).count("2") == 2


def test_calibrations_interval_is_wilsons() -> None:
    svg = drawn(calibration_curve(audited([(0.5, i < 8, 1.0) for i in range(10)])))
    bar = next(m for e in svg.iter() if (m := re.fullmatch(r"M[\d.]+ ([\d.]+)V([\d.]+)", e.get("d", ""))))
    low, high = (1 - (float(y) - TOP) / HEIGHT for y in bar.groups())
    assert (low, high) == pytest.approx((0.490, 0.943), abs=0.003)


def test_errors_caught_by_the_worst_fifth() -> None:
    rows = [(i / 10, i > 1, 1.0) for i in range(10)]
    assert "the worst 20% hold 100% of the errors" in words(drawn(errors_caught(audited(rows))))
    same = [(0.5, i > 1, 1.0) for i in range(10)]
    assert "the worst 20% hold 20% of the errors" in words(drawn(errors_caught(audited(same))))
    assert "10 audited values, 2 wrong" in words(drawn(errors_caught(audited(same))))


def test_no_error_is_said_in_words() -> None:
    assert "None of the 3 audited values was wrong" in errors_caught(audited([(0.9, True, 1.0)] * 3)).md_str


def crowd(**columns) -> pd.DataFrame:
    n = len(columns["total_contribution"])
    even = {
        "worker": [f"mturk::W{i}" for i in range(n)],
        "reliability": [0.8] * n,
        "reliability_low": [0.6] * n,
        "reliability_high": [0.9] * n,
        "standing": ["neutral"] * n,
    }
    return pd.DataFrame({**even, **columns})


def test_workers_stand_where_they_belong_and_are_not_named() -> None:
    workers = crowd(total_contribution=[1, 10, 100], reliability=[0.5, 0.7, 0.9])
    picture = worker_scatter(workers)
    svg = drawn(picture)
    expected = [(0.03, 0.5), (0.5, 0.7), (0.97, 0.9)]
    assert sorted(dots(svg)) == [pytest.approx(place, abs=0.01) for place in expected]
    assert {"3 workers", "neutral 3", "watch 0", "exclude 0"} <= set(words(svg))
    assert b"mturk" not in base64.b64decode(picture.md_str.partition("base64,")[2][:-1])


def test_each_standing_has_its_own_mark_and_the_unjudged_are_counted() -> None:
    workers = crowd(total_contribution=[5, 5, 5, 2], standing=["neutral", "watch", "exclude", "neutral"])
    workers.loc[3, ["reliability", "reliability_low", "reliability_high"]] = None
    said = words(drawn(worker_scatter(workers)))
    assert {"3 workers; 1 with too little to judge", "neutral 1", "watch 1", "exclude 1"} <= set(said)
    assert "No worker has answered enough" in worker_scatter(workers.iloc[3:]).md_str


def test_many_workers_make_no_heavy_picture() -> None:
    assert len(worker_scatter(crowd(total_contribution=[7] * 20_000)).md_str) < 200_000


def test_a_histogram_of_nothing_and_of_the_highest_trust() -> None:
    assert words(drawn(histogram([], title="Trust")))[0] == "Trust"
    assert "2" in words(drawn(histogram([1.0, 0.95], title="Trust", threshold=0.9)))
