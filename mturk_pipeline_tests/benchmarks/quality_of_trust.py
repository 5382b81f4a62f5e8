"""How good consensus and trust are, beside crowd-kit's models: a program that prints tables, not a test.

    python mturk_pipeline_tests/benchmarks/quality_of_trust.py TRUTH_FOLDER
    python mturk_pipeline_tests/benchmarks/quality_of_trust.py --only open --crowds 10

TRUTH_FOLDER holds a folder per published set: NAME/answers.csv (task, worker, label) and NAME/gold.csv (task, label).
Open answers, lists, ratings and sets come from simulated crowds with drawn parameters; crowd-kit from the dependency
group `peers`.
Wrong after 20 %: share of all items still wrong when a person has put right the 20 % of least trust. ECE excess:
10-bin calibration error minus what exactly calibrated trusts would show. All seeds are fixed: two runs print the same.
"""

import argparse
import sys

from mturk_pipeline_tests.benchmarks.trust_quality.closed_tables import calibration_report, closed_report
from mturk_pipeline_tests.benchmarks.trust_quality.list_tables import list_report
from mturk_pipeline_tests.benchmarks.trust_quality.open_tables import open_report
from mturk_pipeline_tests.benchmarks.trust_quality.peers import NoPeers, check_peers
from mturk_pipeline_tests.benchmarks.trust_quality.published import MissingSets, closed_sets
from mturk_pipeline_tests.benchmarks.trust_quality.rating_tables import rating_report, set_report


def main() -> None:
    options = _options()
    wanted = [options.only] if options.only else ["closed", "open", "lists", "ratings", "sets"]
    try:
        if {"closed", "calibration"} & set(wanted):
            closed_sets(options.folder or "TRUTH_FOLDER")
        if options.peers and {"closed", "open"} & set(wanted):
            check_peers()
    except (MissingSets, NoPeers) as problem:
        sys.exit(str(problem))
    if "closed" in wanted:
        closed_report(options.folder, options.seeds, options.jobs, options.peers)
    if "calibration" in wanted:
        calibration_report(options.folder, options.seeds, options.jobs)
    if "open" in wanted:
        open_report(options.crowds, options.jobs, options.peers, options.every_variant)
    if "lists" in wanted:
        list_report(options.crowds, options.jobs)
    if "ratings" in wanted:
        rating_report(options.crowds)
    if "sets" in wanted:
        set_report(max(options.crowds // 10, 1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "folder", nargs="?", help="folder of the published sets; not needed for open, lists, ratings, sets"
    )
    parser.add_argument(
        "--only", choices=["closed", "calibration", "open", "lists", "ratings", "sets"], help="one part only"
    )
    parser.add_argument("--seeds", type=int, default=3, help="draws of three answers per item (default 3)")
    parser.add_argument("--crowds", type=int, default=50, help="simulated crowds of each sort (default 50)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once (default 2)")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="leave crowd-kit out (needs minutes)")
    parser.add_argument("--every-variant", action="store_true", help="GLAD and MACE in more variants (slow)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
