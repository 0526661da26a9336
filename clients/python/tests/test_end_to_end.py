"""The client against the real server, the binary named by TOOLSYNC_BIN, with its embedded site."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from toolsync import Client, InlineFile, error_reason
from toolsync.v1 import file_pb2, file_service_pb2, run_pb2, schedule_pb2, schedule_service_pb2

BINARY = os.environ.get("TOOLSYNC_BIN", str(Path(__file__).parents[3] / "target" / "debug" / "toolsync"))

USERS = """\
username;firstname;lastname;email;password
ada;Ada;Example;ada@example.org;*NOPASS*
ben;Ben;Example;ben@example.org;*NOPASS*
;Nobody;Example;nobody@example.org;*NOPASS*
"""


class Server:
    """A server process over a data folder. It can be killed and started again on the same port."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.start(0)

    def start(self, port: int) -> None:
        command = [BINARY, "--data", str(self.data), "serve", "--listen", f"127.0.0.1:{port}"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if found := re.search(r"toolsync listens on http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                return
        raise RuntimeError(f"{BINARY} ended with {self.process.wait()} before it listened")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    assert Path(BINARY).is_file(), f"{BINARY} is missing: build it with `cargo build`, or set TOOLSYNC_BIN"
    server = Server(tmp_path / "data")
    yield server
    server.kill()


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(f"127.0.0.1:{server.port}") as client:
        yield client


def upload(client: Client, folder: Path, path: str, text: str) -> file_service_pb2.UploadCommandFileResponse:
    local = folder / Path(path).name
    local.write_text(text, encoding="utf-8")
    return client.upload(local, path)


def outcomes(events: list[run_pb2.RunEvent]) -> list[str]:
    lines = (event.line for event in events if event.WhichOneof("event") == "line")
    return [run_pb2.Outcome.Name(line.outcome).removeprefix("OUTCOME_") for line in lines]


def numbers(events: list[run_pb2.RunEvent]) -> list[int]:
    return [event.sequence for event in events if event.WhichOneof("event") != "progress"]


def test_upload_run_list_report(client: Client, tmp_path: Path):
    stored = upload(client, tmp_path, "/erp/users.csv", USERS)
    assert stored.disposition == file_pb2.UPLOAD_DISPOSITION_CREATED
    assert [file.path for file in client.files("/erp")] == ["/erp/users.csv"]

    rehearsal = list(client.run("users", "/erp/users.csv", dry_run=True))
    assert outcomes(rehearsal) == ["CREATED", "CREATED", "FAILED"]
    assert [file.path for file in client.files("/erp", file_pb2.FILE_KIND_COMMAND)] == ["/erp/users.csv"]

    events = list(client.run("users", "/erp/users.csv"))
    assert events[0].WhichOneof("event") == "started"
    assert outcomes(events) == outcomes(rehearsal)
    assert numbers(events) == list(range(1, len(numbers(events)) + 1))
    finished = events[-1].finished
    assert finished.state == run_pb2.RUN_STATE_SUCCEEDED
    assert (finished.counters.lines, finished.counters.created, finished.counters.failed) == (3, 2, 1)

    reports = [file.path for file in client.files("/reports", file_pb2.FILE_KIND_REPORT, recursive=True)]
    assert finished.files.report_path in reports
    tryback = b"".join(client.download(finished.files.tryback_path)).decode()
    assert tryback.splitlines() == [USERS.splitlines()[0], USERS.splitlines()[3]]

    report = client.report(events[0].started.run.id)
    assert report.totals == finished.counters
    assert sum(group.count for group in report.problem_groups) >= 1
    assert report.problem_groups[0].first_lines[0] == 4
    assert "users" in report.text
    assert "NOPASS" not in report.text


def test_the_second_run_changes_nothing(client: Client):
    file = InlineFile(name="users.csv", content="\n".join(USERS.splitlines()[:3]).encode())
    assert outcomes(list(client.run("users", file))) == ["CREATED", "CREATED"]
    assert outcomes(list(client.run("users", file))) == ["UNCHANGED", "UNCHANGED"]


def test_equal_content_is_not_replaced(client: Client, tmp_path: Path):
    dispositions = [upload(client, tmp_path, "/users.csv", text).disposition for text in (USERS, USERS, USERS + "#\n")]
    assert [file_pb2.UploadDisposition.Name(each).removeprefix("UPLOAD_DISPOSITION_") for each in dispositions] == [
        "CREATED",
        "UNCHANGED",
        "REPLACED",
    ]


def test_schedule_and_trigger(client: Client, tmp_path: Path):
    upload(client, tmp_path, "/erp/users.csv", USERS)
    schedule = client.schedule("nightly-users", "0 3 * * *", "users", "/erp/users.csv", zone="Europe/Paris")
    assert schedule.state == schedule_pb2.SCHEDULE_STATE_ACTIVE
    assert schedule.HasField("next_time")
    listed = client.schedule_service.ListSchedules(schedule_service_pb2.ListSchedulesRequest())
    assert [each.name for each in listed.schedules] == ["nightly-users"]

    trigger = schedule_service_pb2.TriggerScheduleRequest(name="nightly-users", request_id="trigger-1")
    run = client.schedule_service.TriggerSchedule(trigger).run
    assert outcomes(list(client.watch(run.id))) == ["CREATED", "CREATED", "FAILED"]
    assert client.report(run.id).run.schedule_id == schedule.id


def test_a_watcher_gets_the_events_after_a_number(client: Client):
    file = InlineFile(name="users.csv", content=USERS.encode())
    first = next(client.run("users", file))
    everything = list(client.watch(first.started.run.id))
    assert numbers(everything)[0] == 1
    assert numbers(list(client.watch(first.started.run.id, after_sequence=2))) == numbers(everything)[2:]
    after_the_end = list(client.watch(first.started.run.id, after_sequence=everything[-1].sequence))
    assert after_the_end[-1].WhichOneof("event") == "finished"


def test_a_run_survives_the_death_of_the_server(client: Client, server: Server, tmp_path: Path):
    count = 20_000
    lines = [f"u{n};First{n};Last{n};u{n}@example.org;*NOPASS*" for n in range(count)]
    upload(client, tmp_path, "/users.csv", "\n".join([USERS.splitlines()[0], *lines]))
    events = []
    for event in client.run("users", "/users.csv"):
        events.append(event)
        if outcomes([event]) and event.line.line == 2:
            server.kill()
            server.start(server.port)
    assert numbers(events) == list(range(1, count + 3))
    assert outcomes(events) == ["CREATED"] * count
    assert events[-1].finished.counters.created == count


def test_a_missing_file_is_refused_with_a_reason(client: Client):
    with pytest.raises(grpc.RpcError) as refused:
        list(client.run("users", "/nothing.csv"))
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND
    assert error_reason(refused.value)
