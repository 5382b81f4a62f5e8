"""What all contracts share: columns written once, and the Pandera model that is made of them.

Pandera takes half a second to load. Whoever only wants to know a table's columns does not wait for it, nor does a
table that keeps its contract: Pandera makes types exact, and says what is broken.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

if TYPE_CHECKING:
    import pandera.pandas as pa

# Types beside Python's own str, bool, int, float and object; so that parquet, pandas and Pandera mean the same by each.
MOMENT = pd.DatetimeTZDtype("us", "UTC")
INTEGER = pd.Int64Dtype()  # a whole number that may be missing


@dataclass(frozen=True)
class Column:
    """A column of a contract: its type, what it means, and what holds of each of its values."""

    type: Any
    description: str
    nullable: bool = False
    unique: bool = False
    isin: Collection[str] | None = None
    ge: float | None = None
    gt: float | None = None
    le: float | None = None

    @property
    def dtype(self) -> Any:
        """As pandas names it."""
        return pd.api.types.pandas_dtype("str" if self.type is str else self.type)

    def holds(self, values: pd.Series) -> bool:
        """Whether `values` have exactly this type and keep to all that is said of them."""
        if values.dtype != self.dtype or (self.unique and not values.is_unique):
            return False
        given = values.dropna()
        return (
            (self.nullable or len(given) == len(values))
            and (self.isin is None or bool(given.isin(list(self.isin)).all()))
            and (self.ge is None or bool((given >= self.ge).all()))
            and (self.gt is None or bool((given > self.gt).all()))
            and (self.le is None or bool((given <= self.le).all()))
        )

    def model(self) -> "pa.Column":
        """As Pandera has it."""
        import pandera.pandas as pa

        checks = {"isin": pa.Check.isin, "ge": pa.Check.ge, "gt": pa.Check.gt, "le": pa.Check.le}
        given = {name: getattr(self, name) for name in checks}
        return pa.Column(
            self.type,
            [
                checks[name](list(value) if name == "isin" else value)
                for name, value in given.items()
                if value is not None
            ],
            nullable=self.nullable,
            unique=self.unique,
            coerce=True,
            description=self.description,
        )


class Table:
    """Base of every contract: its columns are those of its base and its own, in the order in which they are written.

    >>> class Clubs(Table):
    ...     club = Column(str, "The club", unique=True)
    >>> Clubs.names()
    ('club',)
    """

    strict: ClassVar[bool] = True  # Whether a table has these columns alone
    # What holds of a table as a whole: a name, and a function that says whether it does
    checks: ClassVar[Mapping[str, Callable[[pd.DataFrame], bool]]] = {}

    @classmethod
    @cache
    def columns(cls) -> dict[str, Column]:
        """Its columns by name."""
        classes = [base for base in reversed(cls.__mro__) if issubclass(base, Table)]
        return {name: column for base in classes for name, column in vars(base).items() if isinstance(column, Column)}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(cls.columns())

    @classmethod
    def names_of(cls, type: Any) -> tuple[str, ...]:
        """The names of its columns of a type."""
        return tuple(name for name, column in cls.columns().items() if column.type == type)

    @classmethod
    def shared_with(cls, other: "type[Table]") -> list[str]:
        """The names of the columns that it shares with another contract, in its own order."""
        return [name for name in cls.names() if name in other.columns()]

    @classmethod
    @cache
    def model(cls) -> "pa.DataFrameSchema":
        """The Pandera schema: types are made exact, values never changed."""
        import pandera.pandas as pa

        return pa.DataFrameSchema(
            {name: column.model() for name, column in cls.columns().items()},
            [pa.Check(check, name=name) for name, check in cls.checks.items()],
            strict=cls.strict,
            coerce=True,
            name=cls.__name__,
        )

    @classmethod
    def holds(cls, table: pd.DataFrame) -> bool:
        """Whether `table` keeps the contract as it is, types made exact already; Pandera says the same of it.

        >>> class Clubs(Table):
        ...     members = Column(int, "How many", ge=1)
        >>> Clubs.holds(pd.DataFrame({"members": [1, 2]})), Clubs.holds(pd.DataFrame({"members": [0, 2]}))
        (True, False)
        """
        columns = cls.columns()
        there = set(table.columns)
        return (
            table.columns.is_unique
            and there >= set(columns)
            and (not cls.strict or len(there) == len(columns))
            and all(column.holds(table[name]) for name, column in columns.items())
            and all(check(table) for check in cls.checks.values())
        )

    @classmethod
    def validate(cls, table: pd.DataFrame, *, lazy: bool = False) -> pd.DataFrame:
        """`table` with exact types; where it breaks the contract Pandera's SchemaError, with `lazy` SchemaErrors."""
        return table if cls.holds(table) else cls.model().validate(table, lazy=lazy)

    @classmethod
    def empty(cls) -> pd.DataFrame:
        """A table of no rows."""
        return pd.DataFrame({name: pd.Series([], dtype=column.dtype) for name, column in cls.columns().items()})
