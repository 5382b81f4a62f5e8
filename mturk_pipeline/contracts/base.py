"""What all tables share: a strict base, the column types, and a table made empty from its model."""

from typing import Annotated

import pandas as pd
import pandera.pandas as pa

# pandas' own types, given by name so that parquet, pandas and pandera mean the same thing by each.
UTC = pd.DatetimeTZDtype("us", "UTC")
Moment = Annotated[pd.DatetimeTZDtype, "us", "UTC"]


class Table(pa.DataFrameModel):
    """Base of every contract: columns as declared; `coerce` makes types exact, never values."""

    class Config(pa.DataFrameModel.Config):
        coerce = True
        strict = True
        add_missing_columns = False


def empty(model: type[Table]) -> pd.DataFrame:
    """A table of no rows with the columns and types of `model`."""
    columns = model.to_schema().columns
    return pd.DataFrame({name: pd.Series([], dtype="object") for name in columns}).pipe(model.validate)
