import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FileKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FILE_KIND_UNSPECIFIED: _ClassVar[FileKind]
    FILE_KIND_COMMAND: _ClassVar[FileKind]
    FILE_KIND_ARCHIVE: _ClassVar[FileKind]
    FILE_KIND_REPORT: _ClassVar[FileKind]
    FILE_KIND_TRYBACK: _ClassVar[FileKind]
    FILE_KIND_FOLDER: _ClassVar[FileKind]

class UploadDisposition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UPLOAD_DISPOSITION_UNSPECIFIED: _ClassVar[UploadDisposition]
    UPLOAD_DISPOSITION_CREATED: _ClassVar[UploadDisposition]
    UPLOAD_DISPOSITION_REPLACED: _ClassVar[UploadDisposition]
    UPLOAD_DISPOSITION_UNCHANGED: _ClassVar[UploadDisposition]
FILE_KIND_UNSPECIFIED: FileKind
FILE_KIND_COMMAND: FileKind
FILE_KIND_ARCHIVE: FileKind
FILE_KIND_REPORT: FileKind
FILE_KIND_TRYBACK: FileKind
FILE_KIND_FOLDER: FileKind
UPLOAD_DISPOSITION_UNSPECIFIED: UploadDisposition
UPLOAD_DISPOSITION_CREATED: UploadDisposition
UPLOAD_DISPOSITION_REPLACED: UploadDisposition
UPLOAD_DISPOSITION_UNCHANGED: UploadDisposition

class StoredFile(_message.Message):
    __slots__ = ("id", "site", "path", "kind", "size_bytes", "sha256", "create_time", "caller", "revision")
    ID_FIELD_NUMBER: _ClassVar[int]
    SITE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    id: str
    site: str
    path: str
    kind: FileKind
    size_bytes: int
    sha256: str
    create_time: _timestamp_pb2.Timestamp
    caller: str
    revision: int
    def __init__(self, id: _Optional[str] = ..., site: _Optional[str] = ..., path: _Optional[str] = ..., kind: _Optional[_Union[FileKind, str]] = ..., size_bytes: _Optional[int] = ..., sha256: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., caller: _Optional[str] = ..., revision: _Optional[int] = ...) -> None: ...

class FileChunk(_message.Message):
    __slots__ = ("offset_bytes", "data", "crc32c")
    OFFSET_BYTES_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    CRC32C_FIELD_NUMBER: _ClassVar[int]
    offset_bytes: int
    data: bytes
    crc32c: int
    def __init__(self, offset_bytes: _Optional[int] = ..., data: _Optional[bytes] = ..., crc32c: _Optional[int] = ...) -> None: ...
