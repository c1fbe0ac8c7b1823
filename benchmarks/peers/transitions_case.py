"""The machine in transitions: one machine, and each case a model of it, as its documentation does for many models."""

from importlib.metadata import version

from machine import OPENED, states, transitions
from pipe import serve_cases
from transitions import Machine, MachineError


class Case:
    """A case; what it can do is put on it by the machine."""


def main() -> None:
    ways = [{"trigger": step, "source": source, "dest": to} for step, source, to in transitions()]
    machine = Machine(model=None, states=states(), transitions=ways, initial=OPENED, auto_transitions=False)

    def opened() -> Case:
        case = Case()
        machine.add_model(case)
        return case

    serve_cases(
        version("transitions"),
        opened,
        record=lambda case, step: case.trigger(step),  # type: ignore[attr-defined]  # of the machine
        allowed=lambda case: machine.get_triggers(case.state),  # type: ignore[attr-defined]
        refusal=MachineError,
        forget=machine.models.clear,
    )


main()
