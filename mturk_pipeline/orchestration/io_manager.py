"""Tables between assets: parquet files, written atomically and only when they changed."""

from typing import TYPE_CHECKING, Any

import dagster as dg
from upath import UPath

if TYPE_CHECKING:
    import pandas as pd


class ParquetTables(dg.UPathIOManager):
    """Stores each asset's table as `<base>/<workflow>/<phase>/<stage>/<project>.parquet`.

    An unchanged table keeps its file and the file's time, so that phases downstream see that nothing changed.
    """

    extension = ".parquet"

    def dump_to_path(self, context: dg.OutputContext, obj: "pd.DataFrame", path: UPath) -> None:
        from pathlib import Path

        from mturk_pipeline.folders.tables import write_table

        changed = write_table(Path(str(path)), obj)
        context.add_output_metadata({"changed": changed})

    def load_from_path(self, context: dg.InputContext, path: UPath) -> Any:
        from pathlib import Path

        from mturk_pipeline.folders.tables import read_table

        return read_table(Path(str(path)))


class TablesIOManager(dg.ConfigurableIOManagerFactory):
    """The tables under the installation's home ($DAGSTER_HOME/tables), or under `base`."""

    base: str | None = None

    def create_io_manager(self, context: dg.InitResourceContext) -> ParquetTables:
        from mturk_pipeline.folders.home import Home

        return ParquetTables(base_path=UPath(self.base or Home.from_environment().tables))
