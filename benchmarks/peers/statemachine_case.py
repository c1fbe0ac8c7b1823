"""The machine in python-statemachine: a class with its states and events, and each case an object of it."""

from importlib.metadata import version

from machine import OPENED, states, transitions
from pipe import serve_cases
from statemachine import State, StateMachine
from statemachine.exceptions import TransitionNotAllowed


def machine() -> type[StateMachine]:
    """The class, made as if its body were written out."""
    ways = transitions()
    goes_on = {source for _, source, _ in ways}
    made = {name: State(name, initial=name == OPENED, final=name not in goes_on) for name in states()}
    events: dict[str, object] = {}
    for step, source, to in ways:
        way = made[source].to(made[to])
        events[step] = events[step] | way if step in events else way  # type: ignore[operator]  # lists of transitions
    return type("Identification", (StateMachine,), {**{f"at_{name}": state for name, state in made.items()}, **events})


def main() -> None:
    serve_cases(
        version("python-statemachine"),
        machine(),
        record=lambda case, step: case.send(step),
        allowed=lambda case: [event.id for event in case.allowed_events],
        refusal=TransitionNotAllowed,
    )


main()
