"""The client against a server that drops connections and damages bytes."""

from collections.abc import Iterator
from concurrent import futures
from pathlib import Path

import google_crc32c
import grpc
import pytest

from toolsync import Client
from toolsync.v1 import file_pb2, file_service_pb2, file_service_pb2_grpc, run_pb2, run_service_pb2
from toolsync.v1 import run_service_pb2_grpc

RUN_ID = "0190d2a0-0000-7000-8000-000000000001"


def event(sequence: int) -> run_pb2.RunEvent:
    """Event 1 is the start, 2 to 5 are lines, 6 is the end."""
    if sequence == 1:
        return run_pb2.RunEvent(sequence=1, started=run_pb2.RunStarted(run=run_pb2.Run(id=RUN_ID)))
    if sequence == 6:
        return run_pb2.RunEvent(sequence=6, finished=run_pb2.RunFinished(state=run_pb2.RUN_STATE_SUCCEEDED))
    return run_pb2.RunEvent(sequence=sequence, line=run_pb2.LineResult(line=sequence))


class DroppingRuns(run_service_pb2_grpc.RunServiceServicer):
    """Sends so many events a call; then aborts, or ends the stream as if nothing were wrong."""

    def __init__(self, events_per_call: list[int], code: grpc.StatusCode | None) -> None:
        self.events_per_call, self.code = events_per_call, code
        self.calls: list[int] = []
        self.request_ids: set[str] = set()

    def events(self, after: int, context: grpc.ServicerContext) -> Iterator[run_pb2.RunEvent]:
        self.calls.append(after)
        count = self.events_per_call[min(len(self.calls), len(self.events_per_call)) - 1]
        yield from map(event, range(after + 1, min(after + count, 6) + 1))
        if after + count < 6:
            yield run_pb2.RunEvent(sequence=after + count, progress=run_pb2.RunProgress())
            if self.code:
                context.abort(self.code, "dropped")

    def RunTool(self, request, context):
        self.request_ids.add(request.request_id)
        return (run_service_pb2.RunToolResponse(event=each) for each in self.events(0, context))

    def WatchRun(self, request, context):
        assert request.run_id == RUN_ID
        return (run_service_pb2.WatchRunResponse(event=each) for each in self.events(request.after_sequence, context))


class Files(file_service_pb2_grpc.FileServiceServicer):
    """Keeps one content; hands it out with a wrong checksum where it says so."""

    def __init__(self) -> None:
        self.start, self.content, self.damage = None, b"", 0

    def UploadCommandFile(self, request_iterator, context):
        self.start = next(request_iterator).start
        for request in request_iterator:
            assert request.chunk.offset_bytes == len(self.content)
            assert request.chunk.crc32c == google_crc32c.value(request.chunk.data)
            self.content += request.chunk.data
        return file_service_pb2.UploadCommandFileResponse(file=file_pb2.StoredFile(path=self.start.path))

    def DownloadFile(self, request, context):
        yield file_service_pb2.DownloadFileResponse(file=file_pb2.StoredFile(path=request.path))
        checksum = google_crc32c.value(self.content) ^ self.damage
        yield file_service_pb2.DownloadFileResponse(chunk=file_pb2.FileChunk(data=self.content, crc32c=checksum))


@pytest.fixture
def serve():
    """Starts a server in this process and gives a client of it."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    clients = []

    def start(add, servicer) -> Client:
        add(servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        clients.append(Client(f"127.0.0.1:{port}"))
        return clients[0]

    yield start
    for client in clients:
        client.close()
    server.stop(None)


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, None])
@pytest.mark.parametrize(
    "events_per_call, calls", [([6], [0]), ([3, 6], [0, 3]), ([1, 0, 6], [0, 1, 1]), ([0, 6], [0, 0])]
)
def test_a_dropped_stream_goes_on_after_the_last_event(serve, events_per_call, calls, code):
    runs = DroppingRuns(events_per_call, code)
    client = serve(run_service_pb2_grpc.add_RunServiceServicer_to_server, runs)
    events = list(client.run("users", "/users.csv"))
    numbers = [each.sequence for each in events if each.WhichOneof("event") != "progress"]
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert runs.calls == calls
    assert len(runs.request_ids) == 1


def test_other_errors_are_raised_at_once(serve):
    runs = DroppingRuns([3], grpc.StatusCode.NOT_FOUND)
    client = serve(run_service_pb2_grpc.add_RunServiceServicer_to_server, runs)
    with pytest.raises(grpc.RpcError):
        list(client.run("users", "/users.csv"))
    assert runs.calls == [0]


@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 256 * 1024 + 1])
def test_contents_of_any_size_go_up_and_down_in_checked_chunks(serve, tmp_path: Path, size: int):
    files = Files()
    client = serve(file_service_pb2_grpc.add_FileServiceServicer_to_server, files)
    source = tmp_path / "users.csv"
    source.write_bytes(b"x" * size)
    assert client.upload(source, "/users.csv").file.path == "/users.csv"
    assert files.start.size_bytes == len(files.content) == size
    assert b"".join(client.download("/users.csv")) == source.read_bytes()


def test_a_damaged_download_is_noticed(serve):
    files = Files()
    files.content, files.damage = b"username", 1
    client = serve(file_service_pb2_grpc.add_FileServiceServicer_to_server, files)
    with pytest.raises(OSError, match="damaged"):
        list(client.download("/users.csv"))
