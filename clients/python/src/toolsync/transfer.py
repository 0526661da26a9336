"""Contents as checked chunks. It knows files and messages, and no connection."""

import hashlib
import os
from collections.abc import Iterable, Iterator

import google_crc32c

from toolsync.v1 import file_pb2, file_service_pb2 as file_service

CHUNK_BYTES = 256 * 1024


def upload_messages(
    local_path: str | os.PathLike[str], start: file_service.UploadStart
) -> Iterator[file_service.UploadCommandFileRequest]:
    """The messages that upload a local file. Size and digest of the start are filled in here."""
    with open(local_path, "rb") as file:
        start.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        start.size_bytes = file.tell()
        yield file_service.UploadCommandFileRequest(start=start)
        file.seek(0)
        offset = 0
        while data := file.read(CHUNK_BYTES):
            chunk = file_pb2.FileChunk(offset_bytes=offset, data=data, crc32c=google_crc32c.value(data))
            yield file_service.UploadCommandFileRequest(chunk=chunk)
            offset += len(data)


def downloaded_pieces(messages: Iterable[file_service.DownloadFileResponse]) -> Iterator[bytes]:
    """The bytes of a download. Raises OSError where a chunk arrives damaged."""
    for message in messages:
        if message.WhichOneof("part") == "chunk":
            chunk = message.chunk
            if google_crc32c.value(chunk.data) != chunk.crc32c:
                raise OSError(f"the bytes from offset {chunk.offset_bytes} on arrived damaged: download the file again")
            yield chunk.data
