"""The file-system broker: every message reaches one reader, whole."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from edu_site import broker

fork = multiprocessing.get_context("fork")
WRITERS, READERS, EACH = 2, 3, 100
PATIENCE_SECONDS = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    broker.register()
    return tmp_path


@contextmanager
def connected(folder: Path) -> Iterator[Any]:
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
    }
    with Connection("filesystem://", transport_options=options) as connection:
        yield connection


def write(folder: Path, writer: int) -> None:
    with connected(folder) as connection, connection.SimpleQueue("work") as queue:
        for number in range(EACH):
            queue.put({"name": f"{writer}-{number}", "filling": "x" * 20_000})


def read(folder: Path, received: Any) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    with connected(folder) as connection, connection.SimpleQueue("work") as queue:
        while time.monotonic() < deadline:
            try:
                message = queue.get_nowait()
            except queue.Empty:
                time.sleep(0.001)
                continue
            received.put((message.payload.get("name"), len(message.payload.get("filling", ""))))
            message.ack()


def test_many_messages_to_several_readers_arrive_once_and_whole(folder: Path):
    received = fork.Queue()
    readers = [fork.Process(target=read, args=(folder, received)) for _ in range(READERS)]
    writers = [fork.Process(target=write, args=(folder, number)) for number in range(WRITERS)]
    for process in readers + writers:
        process.start()
    try:
        got = [received.get(timeout=PATIENCE_SECONDS) for _ in range(WRITERS * EACH)]
        with pytest.raises(Empty):
            received.get(timeout=0.5)
    finally:
        for process in readers + writers:
            process.kill()
            process.join()
    assert sorted(name for name, _ in got) == sorted(f"{w}-{n}" for w in range(WRITERS) for n in range(EACH))
    assert {size for _, size in got} == {20_000}


def test_a_message_that_is_still_being_written_is_not_read(folder: Path):
    with connected(folder) as connection:
        channel = connection.channel()
        (folder / "messages" / "1_a.work.msg.writing").write_bytes(b'{"half": ')
        with pytest.raises(Empty):
            channel._get("work")


def test_messages_are_read_in_the_order_in_which_they_were_written(folder: Path):
    with connected(folder) as connection:
        channel = connection.channel()
        for number in range(5):
            channel._put("work", {"number": number})
        assert [channel._get("work")["number"] for _ in range(5)] == [0, 1, 2, 3, 4]


def bind(folder: Path, number: int) -> None:
    with connected(folder) as connection:
        connection.channel()._queue_bind("exchange", f"key-{number}", "", f"queue-{number}")


def test_workers_that_start_at_once_all_keep_their_bindings(folder: Path):
    binders = [fork.Process(target=bind, args=(folder, number)) for number in range(8)]
    for process in binders:
        process.start()
    for process in binders:
        process.join()
    assert [process.exitcode for process in binders] == [0] * 8
    with connected(folder) as connection:
        table = connection.channel().get_table("exchange")
    assert {row.queue for row in table} == {f"queue-{number}" for number in range(8)}
