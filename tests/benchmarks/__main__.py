"""Run the benchmarks: see ``python -m tests.benchmarks --help``."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks import conditions


def main() -> None:
    """Measure training steps, nodes, bytes and imports; print them next to their bars."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=main.__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        help="measure only these: steps, nodes, bytes, imports, or (part of) a workload's name",
    )
    parser.add_argument("--rounds", type=int, default=9, help="rounds of each measurement (9)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round to FILE too")
    arguments = parser.parse_args()

    conditions.prepare()  # before these imports, which load NumPy
    from tests.benchmarks import graphs, imports, measure, report
    from tests.benchmarks.workloads import WORKLOADS

    def wanted(name: str) -> bool:
        return not arguments.names or any(part in name for part in arguments.names)

    rounds, engines = arguments.rounds, measure.installed()
    workloads = [w for w in WORKLOADS if wanted("steps") or wanted(w.name)]
    steps = (measure.time_workload(w, engines, rounds) for w in workloads)
    nodes = graphs.time_all(engines, rounds) if wanted("nodes") else ()
    sizes = graphs.measure_all_bytes(engines) if wanted("bytes") else ()
    packages = imports.time_all(rounds) if wanted("imports") else ()

    for engine in measure.PACKAGES:
        if engine not in engines:
            print(f"{engine} is not installed: its columns stay empty.")
    results: dict[str, list[dict[str, Any]]] = {}
    for name, measured, (header, line) in (
        ("steps", steps, report.STEPS),
        ("nodes", nodes, report.NODES),
        ("bytes", sizes, report.BYTES),
        ("imports", packages, report.IMPORTS),
    ):
        for result in measured:  # each is measured now, so that its line appears at once
            if name not in results:
                print(f"\n{header}")
            print(line(result), flush=True)
            results.setdefault(name, []).append(asdict(result))
    if not results:
        parser.error(f"nothing here is called {' or '.join(arguments.names)}")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
