"""A thin layer over the generated stubs: chunked transfers, paging, and runs that survive a lost connection."""

import os
import time
import uuid
from collections.abc import Iterator, Mapping

import grpc

from toolsync import transfer
from toolsync.errors import is_lost_connection
from toolsync.v1 import catalog_service_pb2_grpc, file_pb2, file_service_pb2, file_service_pb2_grpc, run_pb2
from toolsync.v1 import run_service_pb2, run_service_pb2_grpc, schedule_pb2, schedule_service_pb2, schedule_service_pb2_grpc
from toolsync.v1 import series_service_pb2_grpc, tool_pb2

InlineFile = run_service_pb2.InlineFile

MAX_ATTEMPTS = 10
LONGEST_PAUSE_SECONDS = 5.0


class Client:
    """A connection to a toolsync server.

    The stubs `catalog_service`, `file_service`, `run_service`, `series_service` and `schedule_service` offer every RPC. Failed calls raise grpc.RpcError.
    """

    def __init__(
        self, target: str = "127.0.0.1:50051", site: str = "", credentials: grpc.ChannelCredentials | None = None
    ) -> None:
        """Connects in plain text unless credentials are given. An empty site is the only one of the server."""
        options = [("grpc.initial_reconnect_backoff_ms", 200), ("grpc.max_reconnect_backoff_ms", 5000)]
        if credentials is None:
            self._channel = grpc.insecure_channel(target, options)
        else:
            self._channel = grpc.secure_channel(target, credentials, options)
        self.site = site
        self.catalog_service = catalog_service_pb2_grpc.CatalogServiceStub(self._channel)
        self.file_service = file_service_pb2_grpc.FileServiceStub(self._channel)
        self.run_service = run_service_pb2_grpc.RunServiceStub(self._channel)
        self.series_service = series_service_pb2_grpc.SeriesServiceStub(self._channel)
        self.schedule_service = schedule_service_pb2_grpc.ScheduleServiceStub(self._channel)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection. Runs on the server go on."""
        self._channel.close()

    def upload(
        self, local_path: str | os.PathLike[str], remote_path: str, overwrite: bool = True
    ) -> file_service_pb2.UploadCommandFileResponse:
        """Stores a local file; nothing is visible on the server before all of it has arrived intact."""
        start = file_service_pb2.UploadStart(
            site=self.site, path=remote_path, overwrite=overwrite, request_id=str(uuid.uuid4())
        )
        return self.file_service.UploadCommandFile(transfer.upload_messages(local_path, start))

    def download(self, path: str) -> Iterator[bytes]:
        """The content of a stored file, in pieces."""
        request = file_service_pb2.DownloadFileRequest(site=self.site, path=path)
        return transfer.downloaded_pieces(self.file_service.DownloadFile(request))

    def files(
        self, folder: str = "/", kind: file_pb2.FileKind = file_pb2.FILE_KIND_UNSPECIFIED, recursive: bool = False
    ) -> Iterator[file_pb2.StoredFile]:
        """The files in a folder, sorted by path."""
        request = file_service_pb2.ListFilesRequest(site=self.site, folder=folder, kind=kind, recursive=recursive)
        while True:
            page = self.file_service.ListFiles(request)
            yield from page.files
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def run(
        self, tool: str, source: str | InlineFile | None, dry_run: bool = False,
        options: Mapping[str, str] | None = None, max_errors: int = 0,
    ) -> Iterator[run_pb2.RunEvent]:
        """Runs a tool ("users") over a stored path or an InlineFile, and yields its events up to the finished one.

        Tools whose file is optional ("clean_categories", "picture_hashes") take None and make their own list.

        The run starts when the first event is asked for, and goes on when the iterator is closed. When the connection
        is lost, the iterator takes the run up again: no event is missed, none comes twice.
        """
        request = run_service_pb2.RunToolRequest(
            site=self.site, tool=_tool(tool), options=options, dry_run=dry_run, max_errors=max_errors,
            request_id=str(uuid.uuid4()),
        )
        if isinstance(source, str):
            request.path = source
        elif source is not None:
            request.inline.CopyFrom(source)
        return self._follow(request)

    def watch(self, run_id: str, after_sequence: int = 0) -> Iterator[run_pb2.RunEvent]:
        """The events of a run after a sequence number, also of a run that has ended."""
        return self._follow(None, run_id, after_sequence)

    def report(self, run_id: str) -> run_pb2.Report:
        """What a run did, summed up."""
        return self.run_service.GetReport(run_service_pb2.GetReportRequest(site=self.site, run_id=run_id)).report

    def schedule(
        self, name: str, cron: str, tool: str, path: str, zone: str = "UTC", dry_run: bool = False,
        options: Mapping[str, str] | None = None, max_errors: int = 0, paused: bool = False,
    ) -> schedule_pb2.RunSchedule:
        """Creates or replaces a schedule that runs a tool over a stored path at the times of a cron expression."""
        action = schedule_pb2.ScheduleAction(
            tool=_tool(tool), path=path, options=options, dry_run=dry_run, max_errors=max_errors
        )
        request = schedule_service_pb2.ScheduleRequest(
            site=self.site, name=name, cron=cron, zone=zone, action=action, paused=paused, request_id=str(uuid.uuid4())
        )
        return self.schedule_service.Schedule(request).schedule

    def _follow(
        self, request: run_service_pb2.RunToolRequest | None, run_id: str = "", last: int = 0
    ) -> Iterator[run_pb2.RunEvent]:
        attempts = 0
        while True:
            if run_id:
                watch = run_service_pb2.WatchRunRequest(site=self.site, run_id=run_id, after_sequence=last)
                call = self.run_service.WatchRun(watch)
            else:
                # Until the run is known, the request is repeated: its request id makes it the same run.
                call = self.run_service.RunTool(request)
            failure: Exception = ConnectionError(f"run {run_id}: the server ends the stream before the last event")
            try:
                for message in call:
                    attempts, event = 0, message.event
                    run_id = event.started.run.id or run_id
                    # Progress has no number of its own.
                    last = last if event.HasField("progress") else event.sequence
                    yield event
                    if event.HasField("finished"):
                        return
            except grpc.RpcError as error:
                failure = error
            finally:
                call.cancel()
            attempts += 1
            if attempts == MAX_ATTEMPTS or not is_lost_connection(failure):
                raise failure
            time.sleep(min(0.1 * 2**attempts, LONGEST_PAUSE_SECONDS))


def _tool(name: str) -> int:
    return tool_pb2.Tool.Value(f"TOOL_{name.upper()}")
