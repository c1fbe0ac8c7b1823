"""The thirteen rules in OpenFisca-Core for a whole county: arrays in, arrays out.

As its documentation does it for the data of a survey: persons and households are declared by their ids and joined, each
fact is set as one array, and the variables that are asked for are calculated. A missing amount has to be some amount
here, so it counts as nothing. `python openfisca_county.py FOLDER` reads `households.npz` and `members.npz`, leaves
`openfisca.npz`, and prints its seconds and the most bytes that the process held.
"""

import sys
import time
from pathlib import Path

import numpy
from openfisca import MONTH, RISKS, system
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

ID = "household_id"
Arrays = dict[str, numpy.ndarray]


def assessed(made: TaxBenefitSystem, homes: Arrays, persons: Arrays) -> Arrays:
    """Each risk, grade and category of each household."""
    builder = SimulationBuilder()
    builder.create_entities(made)
    count = len(persons[ID])
    builder.declare_person_entity("person", numpy.arange(count))
    home = builder.declare_entity("household", homes[ID])
    builder.join_with_persons(home, persons[ID], numpy.repeat("member", count))
    simulation = builder.build(made)
    for name, values in [*homes.items(), *persons.items()]:
        if name != ID:
            simulation.set_input(name, DateUnit.ETERNITY if name == "birth_date" else MONTH, values)
    risks = {name: simulation.calculate(name, MONTH) for name in RISKS}
    return {**risks, **{name: simulation.calculate(name, MONTH).decode_to_str() for name in ("grade", "category")}}


def _example(of: Arrays) -> dict[str, object]:
    """A record, from which the system learns of which kind each fact is."""
    return {name: str(values[0]) if values.dtype.kind in "MU" else values[0].item() for name, values in of.items()}


def main(folder: Path) -> None:
    """Once without a clock, once with it."""
    homes, persons = ({**numpy.load(folder / f"{name}.npz")} for name in ("households", "members"))
    made = system({**_example(homes), "members": [_example(persons)]})
    found = assessed(made, homes, persons)
    numpy.savez(folder / "openfisca.npz", **found)
    del found
    began = time.perf_counter()
    assessed(made, homes, persons)
    print(time.perf_counter() - began, _peak())


def _peak() -> int:
    import resource  # not on Windows, as in `county.py`

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
