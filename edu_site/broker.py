"""Kombu's file-system broker made safe for several readers.

Kombu writes a message straight to its final name, so a quick reader can take a file that is still
empty, and it claims a message by moving it to another folder, which is no single step between two
disks. Here a message is written aside and renamed, and claimed by a rename in its own folder. The table
of bindings, which kombu empties before it locks it, is written aside and renamed too.
"""

import os
import uuid
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import filesystem as kombu_filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads


class Channel(kombu_filesystem.Channel):
    """A file-system channel on which a message is either wholly there or not there."""

    def _put(  # type: ignore[override]  # kombu's own classes disagree
        self, queue: str, payload: Any, **kwargs: Any
    ) -> None:
        folder = Path(self.data_folder_out)
        name = f"{time_ns()}_{uuid.uuid4()}.{queue}.msg"
        unfinished = folder / f"{name}.writing"
        unfinished.write_bytes(str_to_bytes(dumps(payload)))
        os.replace(unfinished, folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            claimed = folder / f"{name}.{uuid.uuid4()}.claimed"
            try:
                os.rename(folder / name, claimed)
            except FileNotFoundError:
                continue  # another worker was quicker
            payload = claimed.read_bytes()
            claimed.unlink()
            return loads(bytes_to_str(payload))
        raise Empty

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        file = self._exchange_file(exchange)
        row = [routing_key or "", pattern or "", queue or ""]
        with (file.parent / "bindings.lock").open("w") as guard:
            kombu_filesystem.lock(guard, kombu_filesystem.LOCK_EX)
            rows = [list(known) for known in self.get_table(exchange)]
            if row in rows:
                return
            unfinished = file.with_name(f"{uuid.uuid4()}.writing")
            unfinished.write_bytes(str_to_bytes(dumps([row, *rows])))
            os.replace(unfinished, file)


class Transport(kombu_filesystem.Transport):
    """The transport behind ``filesystem://``."""

    Channel = Channel


def register() -> None:
    """Let ``filesystem://`` mean this transport. Call before the first connection."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
