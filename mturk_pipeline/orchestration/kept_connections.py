"""Connections to the run history that stay open as long as a run lasts.

Dagster opens its SQLite files anew for each event of a run and closes them again, whereby SQLite each time folds its
log into the file: that costs a run more than its work does. Every event is committed by itself all the same, so that
a run that is killed leaves its whole history up to then.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.pool import QueuePool


@contextmanager
def kept_connections(instance: dg.DagsterInstance) -> Iterator[None]:
    """Keep the connections to an event log in SQLite open in this block; inside another such block there are some."""
    storage = instance.event_log_storage
    if not isinstance(storage, SqliteEventLogStorage) or "run_connection" in vars(storage):
        yield
        return
    kept = _KeptConnections(storage)
    with ExitStack() as block:
        block.callback(kept.close)
        for name in ("run_connection", "index_connection", "has_table"):
            block.enter_context(_replaced(storage, name, getattr(kept, name)))
        yield


class _KeptConnections:
    """Stands in for the methods of an event log that open a connection."""

    def __init__(self, storage: SqliteEventLogStorage) -> None:
        self._storage = storage
        self._open_anew = storage.run_connection
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()

    @contextmanager
    def run_connection(self, run_id: str | None = None) -> Iterator[Connection]:
        with self._engine(str(run_id)).begin() as connection:
            yield connection

    def index_connection(self) -> Any:
        return self.run_connection(INDEX_SHARD_NAME)

    def has_table(self, table_name: str) -> bool:
        if table_name not in self._tables:
            with self.index_connection() as connection:
                self._tables.update(inspect(connection).get_table_names())
        return table_name in self._tables

    def close(self) -> None:
        for engine in self._engines.values():
            engine.dispose()

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            with self._open_anew(shard):  # makes the file where there is none yet
                pass
            self._engines[shard] = create_engine(
                self._storage.conn_string_for_shard(shard),
                poolclass=QueuePool,
                pool_size=1,
                max_overflow=-1,
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
        return self._engines[shard]


@contextmanager
def _replaced(owner: object, name: str, stand_in: Callable[..., Any]) -> Iterator[None]:
    setattr(owner, name, stand_in)
    try:
        yield
    finally:
        delattr(owner, name)
