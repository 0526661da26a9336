from toolsync.v1 import file_pb2 as _file_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class UploadCommandFileRequest(_message.Message):
    __slots__ = ("start", "chunk")
    START_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    start: UploadStart
    chunk: _file_pb2.FileChunk
    def __init__(self, start: _Optional[_Union[UploadStart, _Mapping]] = ..., chunk: _Optional[_Union[_file_pb2.FileChunk, _Mapping]] = ...) -> None: ...

class UploadStart(_message.Message):
    __slots__ = ("site", "path", "size_bytes", "sha256", "overwrite", "request_id")
    SITE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    OVERWRITE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    site: str
    path: str
    size_bytes: int
    sha256: str
    overwrite: bool
    request_id: str
    def __init__(self, site: _Optional[str] = ..., path: _Optional[str] = ..., size_bytes: _Optional[int] = ..., sha256: _Optional[str] = ..., overwrite: _Optional[bool] = ..., request_id: _Optional[str] = ...) -> None: ...

class UploadCommandFileResponse(_message.Message):
    __slots__ = ("file", "disposition")
    FILE_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    file: _file_pb2.StoredFile
    disposition: _file_pb2.UploadDisposition
    def __init__(self, file: _Optional[_Union[_file_pb2.StoredFile, _Mapping]] = ..., disposition: _Optional[_Union[_file_pb2.UploadDisposition, str]] = ...) -> None: ...

class PutCommandFileRequest(_message.Message):
    __slots__ = ("site", "path", "content", "overwrite", "request_id", "sha256")
    SITE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    OVERWRITE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    site: str
    path: str
    content: bytes
    overwrite: bool
    request_id: str
    sha256: str
    def __init__(self, site: _Optional[str] = ..., path: _Optional[str] = ..., content: _Optional[bytes] = ..., overwrite: _Optional[bool] = ..., request_id: _Optional[str] = ..., sha256: _Optional[str] = ...) -> None: ...

class PutCommandFileResponse(_message.Message):
    __slots__ = ("file", "disposition")
    FILE_FIELD_NUMBER: _ClassVar[int]
    DISPOSITION_FIELD_NUMBER: _ClassVar[int]
    file: _file_pb2.StoredFile
    disposition: _file_pb2.UploadDisposition
    def __init__(self, file: _Optional[_Union[_file_pb2.StoredFile, _Mapping]] = ..., disposition: _Optional[_Union[_file_pb2.UploadDisposition, str]] = ...) -> None: ...

class DownloadFileRequest(_message.Message):
    __slots__ = ("site", "path")
    SITE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    site: str
    path: str
    def __init__(self, site: _Optional[str] = ..., path: _Optional[str] = ...) -> None: ...

class DownloadFileResponse(_message.Message):
    __slots__ = ("file", "chunk")
    FILE_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    file: _file_pb2.StoredFile
    chunk: _file_pb2.FileChunk
    def __init__(self, file: _Optional[_Union[_file_pb2.StoredFile, _Mapping]] = ..., chunk: _Optional[_Union[_file_pb2.FileChunk, _Mapping]] = ...) -> None: ...

class ListFilesRequest(_message.Message):
    __slots__ = ("site", "folder", "kind", "recursive", "page_size", "page_token")
    SITE_FIELD_NUMBER: _ClassVar[int]
    FOLDER_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    RECURSIVE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    site: str
    folder: str
    kind: _file_pb2.FileKind
    recursive: bool
    page_size: int
    page_token: str
    def __init__(self, site: _Optional[str] = ..., folder: _Optional[str] = ..., kind: _Optional[_Union[_file_pb2.FileKind, str]] = ..., recursive: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListFilesResponse(_message.Message):
    __slots__ = ("files", "next_page_token")
    FILES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    files: _containers.RepeatedCompositeFieldContainer[_file_pb2.StoredFile]
    next_page_token: str
    def __init__(self, files: _Optional[_Iterable[_Union[_file_pb2.StoredFile, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetFileRequest(_message.Message):
    __slots__ = ("site", "path")
    SITE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    site: str
    path: str
    def __init__(self, site: _Optional[str] = ..., path: _Optional[str] = ...) -> None: ...

class GetFileResponse(_message.Message):
    __slots__ = ("file",)
    FILE_FIELD_NUMBER: _ClassVar[int]
    file: _file_pb2.StoredFile
    def __init__(self, file: _Optional[_Union[_file_pb2.StoredFile, _Mapping]] = ...) -> None: ...

class CreateFolderRequest(_message.Message):
    __slots__ = ("site", "path", "request_id")
    SITE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    site: str
    path: str
    request_id: str
    def __init__(self, site: _Optional[str] = ..., path: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateFolderResponse(_message.Message):
    __slots__ = ("folder",)
    FOLDER_FIELD_NUMBER: _ClassVar[int]
    folder: _file_pb2.StoredFile
    def __init__(self, folder: _Optional[_Union[_file_pb2.StoredFile, _Mapping]] = ...) -> None: ...

class MoveFileRequest(_message.Message):
    __slots__ = ("site", "path", "new_path", "overwrite")
    SITE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    NEW_PATH_FIELD_NUMBER: _ClassVar[int]
    OVERWRITE_FIELD_NUMBER: _ClassVar[int]
    site: str
    path: str
    new_path: str
    overwrite: bool
    def __init__(self, site: _Optional[str] = ..., path: _Optional[str] = ..., new_path: _Optional[str] = ..., overwrite: _Optional[bool] = ...) -> None: ...

class MoveFileResponse(_message.Message):
    __slots__ = ("file",)
    FILE_FIELD_NUMBER: _ClassVar[int]
    file: _file_pb2.StoredFile
    def __init__(self, file: _Optional[_Union[_file_pb2.StoredFile, _Mapping]] = ...) -> None: ...

class DeleteFileRequest(_message.Message):
    __slots__ = ("site", "path")
    SITE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    site: str
    path: str
    def __init__(self, site: _Optional[str] = ..., path: _Optional[str] = ...) -> None: ...

class DeleteFileResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
