"""Who is told `exclude`, by kind of question, in drawn crowds: a program that prints tables, not a test.

    python mturk_pipeline_tests/benchmarks/judging_workers.py
    python mturk_pipeline_tests/benchmarks/judging_workers.py --kinds boolean url --honest 500 --crowds 5

First crowds in which everybody means well: the share accused, with the upper end of its 95 % interval. Then crowds with
a tenth of spammers and a twentieth of colluders, three answers an item: precision and recall. All seeds are fixed.
"""

import argparse

from mturk_pipeline_tests.benchmarks.trust_quality.kind_crowds import KINDS
from mturk_pipeline_tests.benchmarks.trust_quality.kind_tables import kind_report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=[], help="these only (default: all)")
    parser.add_argument("--honest", type=int, default=2000, help="honest workers of each kind (default 2000)")
    parser.add_argument("--crowds", type=int, default=20, help="crowds with bad workers of each kind (default 20)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once (default 2)")
    options = parser.parse_args()
    kind_report(options.kinds, options.honest, options.crowds, options.jobs)


if __name__ == "__main__":
    main()
