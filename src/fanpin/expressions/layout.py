"""Where facts stand in the tables of an engine, for the backends that read tables."""

from collections.abc import Iterable, Mapping

from attrs import Factory, frozen

Ends = tuple[str, str]


@frozen
class Layout:
    """The columns of one table.

    `facts` gives for each fact the columns of its lower and its upper end: twice the same where one value stands
    there. A fact that is not in it nobody knows. `words` gives, of a choice, every text that stands for a code; without
    an entry only the code does. `sound` facts were seen to lie within their bounds wherever something is said.

    >>> Layout.of(["household_id", "wage__lo", "wage__hi", "poor"]).facts["wage"]
    ('wage__lo', 'wage__hi')
    """

    facts: Mapping[str, Ends] = Factory(dict)
    words: Mapping[str, Mapping[str, frozenset[str]]] = Factory(dict)
    sound: frozenset[str] = frozenset()

    @classmethod
    def of(cls, columns: Iterable[str]) -> "Layout":
        """The layout of a table whose columns bear the names of facts, or `<fact>__lo` and `<fact>__hi`."""
        names = dict.fromkeys(columns)
        facts: dict[str, Ends] = {name: (name, name) for name in names}
        for name in names:
            fact = name.removesuffix("__lo")
            if fact != name and f"{fact}__hi" in names:
                facts[fact] = name, f"{fact}__hi"
        return cls(facts)

    def meaning(self, fact: str, codes: Iterable[str]) -> frozenset[str]:
        """Every text that means one of the codes of a choice."""
        words = self.words.get(fact, {})
        return frozenset(text for code in codes for text in (code, *words.get(code, ())))
