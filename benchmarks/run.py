"""The benchmarks: `python benchmarks/run.py one-household | import | load | all`.

Run in an environment with fanpin installed. Peers are installed on first use into environments of their own.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from timing import side_by_side, table  # noqa: E402  # beside this file


def one_household(with_peers: bool) -> None:
    """Household to assessment, findings and explanation, beside validation, plain if and else, and the peers."""
    from workloads import by_hand
    from workloads.household import ON, mapping

    import fanpin

    pack = fanpin.load_pack(HERE / "workloads" / "thirteen")
    given = mapping()
    household = fanpin.Household.model_validate(given)
    found = fanpin.grade(household, pack=pack, on=ON)
    assert (found.grade, list(found.risks)) == by_hand.assess(household, ON), "the variants differ"

    def findings() -> object:
        return [finding.state for finding in fanpin.grade(household, pack=pack, on=ON).findings]

    def values() -> object:
        return [(f.state, f.values, f.distance) for f in fanpin.grade(household, pack=pack, on=ON).findings]

    figures = side_by_side(
        {
            "model_validate": lambda: fanpin.Household.model_validate(given),
            "grade": lambda: fanpin.grade(household, pack=pack, on=ON),
            "grade, every finding read": findings,
            "grade, every value and distance read": values,
            "grade and explain": lambda: fanpin.grade(household, pack=pack, on=ON).explain("zh"),
            "plain if/else by hand (all facts known)": lambda: by_hand.assess(household, ON),
        }
    )
    facts, of_member = (sum(v is not None for v in m.values()) for m in (given, given["members"][0]))
    print(f"one household of {len(given['members'])}; {facts} facts, {of_member} a member; 13 rules")
    print(table(figures, "model_validate"))
    if with_peers:
        _peers(found.grade, list(found.risks))


def _peers(grade: str | None, risks: list[str]) -> None:
    from peers.install import PEERS, python_of

    for name, script in PEERS.items():
        done = subprocess.run(
            [python_of(name), str(HERE / "peers" / script)], capture_output=True, encoding="utf-8", check=True
        )
        result = json.loads(done.stdout.strip().splitlines()[-1])
        assert (result["grade"], sorted(result["risks"])) == (grade, sorted(risks)), f"{name} differs: {result}"
        us = [seconds * 1e6 for seconds in result["seconds"]]
        print(f"{name + ' ' + result['version']:44}{statistics.median(us):10.2f}{min(us):10.2f}{max(us):10.2f} us")


IMPORTS = {
    "base dependencies and a model of 60 fields": (
        "import attrs, dateutil.relativedelta, pluggy, yaml, pydantic\n"
        "pydantic.create_model('M', **{f'f{i}': (float | None, None) for i in range(60)})"
    ),
    "import fanpin": "import fanpin",
    "import fanpin; fanpin.Household": "import fanpin; fanpin.Household",
    "import fanpin; fanpin.grade; fanpin.load_pack": "import fanpin; fanpin.grade; fanpin.load_pack",
}


def imports() -> None:
    """Whole processes, one after the other."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    figures: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(15):
        for name, code in IMPORTS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, env=environment)
            figures[name].append(time.perf_counter() - start)
    print("whole processes")
    print(table(figures, next(iter(IMPORTS)), "ms"))


def load() -> None:
    """Loading shipped packs, in a process that has imported fanpin."""
    import fanpin

    start = time.perf_counter()
    fanpin.load_pack("zhalaite")
    print(f"zhalaite, first load of the process, imports included: {(time.perf_counter() - start) * 1e3:.1f} ms")
    names = ("national", "zhalaite", "danfeng", "example")
    print(table(side_by_side({n: lambda n=n: fanpin.load_pack(n) for n in names}, 15), "zhalaite", "ms"))  # type: ignore[misc]


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["one-household", "import", "load", "all"])
    parser.add_argument("--no-peers", action="store_true", help="leave out the peers")
    asked = parser.parse_args()
    if asked.what in ("one-household", "all"):
        one_household(not asked.no_peers)
    if asked.what in ("import", "all"):
        imports()
    if asked.what in ("load", "all"):
        load()


if __name__ == "__main__":
    main()
