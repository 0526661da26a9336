from toolsync.v1 import run_service_pb2 as _run_service_pb2
from toolsync.v1 import series_pb2 as _series_pb2
from toolsync.v1 import tool_pb2 as _tool_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RunCourseOperationsRequest(_message.Message):
    __slots__ = ("site", "reset", "check", "delete", "create", "metacourses", "options", "dry_run", "max_errors", "request_id")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SITE_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    CHECK_FIELD_NUMBER: _ClassVar[int]
    DELETE_FIELD_NUMBER: _ClassVar[int]
    CREATE_FIELD_NUMBER: _ClassVar[int]
    METACOURSES_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    MAX_ERRORS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    site: str
    reset: StepFile
    check: StepFile
    delete: StepFile
    create: StepFile
    metacourses: StepFile
    options: _containers.ScalarMap[str, str]
    dry_run: bool
    max_errors: int
    request_id: str
    def __init__(self, site: _Optional[str] = ..., reset: _Optional[_Union[StepFile, _Mapping]] = ..., check: _Optional[_Union[StepFile, _Mapping]] = ..., delete: _Optional[_Union[StepFile, _Mapping]] = ..., create: _Optional[_Union[StepFile, _Mapping]] = ..., metacourses: _Optional[_Union[StepFile, _Mapping]] = ..., options: _Optional[_Mapping[str, str]] = ..., dry_run: _Optional[bool] = ..., max_errors: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class StepFile(_message.Message):
    __slots__ = ("path", "inline", "options")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PATH_FIELD_NUMBER: _ClassVar[int]
    INLINE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    path: str
    inline: _run_service_pb2.InlineFile
    options: _containers.ScalarMap[str, str]
    def __init__(self, path: _Optional[str] = ..., inline: _Optional[_Union[_run_service_pb2.InlineFile, _Mapping]] = ..., options: _Optional[_Mapping[str, str]] = ...) -> None: ...

class RunCourseOperationsResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: _series_pb2.SeriesEvent
    def __init__(self, event: _Optional[_Union[_series_pb2.SeriesEvent, _Mapping]] = ...) -> None: ...

class RunSeriesRequest(_message.Message):
    __slots__ = ("site", "steps", "options", "dry_run", "max_errors", "request_id")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SITE_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    MAX_ERRORS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    site: str
    steps: _containers.RepeatedCompositeFieldContainer[SeriesStep]
    options: _containers.ScalarMap[str, str]
    dry_run: bool
    max_errors: int
    request_id: str
    def __init__(self, site: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[SeriesStep, _Mapping]]] = ..., options: _Optional[_Mapping[str, str]] = ..., dry_run: _Optional[bool] = ..., max_errors: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class SeriesStep(_message.Message):
    __slots__ = ("tool", "file")
    TOOL_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    tool: _tool_pb2.Tool
    file: StepFile
    def __init__(self, tool: _Optional[_Union[_tool_pb2.Tool, str]] = ..., file: _Optional[_Union[StepFile, _Mapping]] = ...) -> None: ...

class RunSeriesResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: _series_pb2.SeriesEvent
    def __init__(self, event: _Optional[_Union[_series_pb2.SeriesEvent, _Mapping]] = ...) -> None: ...

class WatchSeriesRequest(_message.Message):
    __slots__ = ("site", "series_id", "step", "after_sequence")
    SITE_FIELD_NUMBER: _ClassVar[int]
    SERIES_ID_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    site: str
    series_id: str
    step: int
    after_sequence: int
    def __init__(self, site: _Optional[str] = ..., series_id: _Optional[str] = ..., step: _Optional[int] = ..., after_sequence: _Optional[int] = ...) -> None: ...

class WatchSeriesResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: _series_pb2.SeriesEvent
    def __init__(self, event: _Optional[_Union[_series_pb2.SeriesEvent, _Mapping]] = ...) -> None: ...

class GetSeriesRequest(_message.Message):
    __slots__ = ("site", "series_id")
    SITE_FIELD_NUMBER: _ClassVar[int]
    SERIES_ID_FIELD_NUMBER: _ClassVar[int]
    site: str
    series_id: str
    def __init__(self, site: _Optional[str] = ..., series_id: _Optional[str] = ...) -> None: ...

class GetSeriesResponse(_message.Message):
    __slots__ = ("series",)
    SERIES_FIELD_NUMBER: _ClassVar[int]
    series: _series_pb2.RunSeries
    def __init__(self, series: _Optional[_Union[_series_pb2.RunSeries, _Mapping]] = ...) -> None: ...

class CancelSeriesRequest(_message.Message):
    __slots__ = ("site", "series_id")
    SITE_FIELD_NUMBER: _ClassVar[int]
    SERIES_ID_FIELD_NUMBER: _ClassVar[int]
    site: str
    series_id: str
    def __init__(self, site: _Optional[str] = ..., series_id: _Optional[str] = ...) -> None: ...

class CancelSeriesResponse(_message.Message):
    __slots__ = ("series",)
    SERIES_FIELD_NUMBER: _ClassVar[int]
    series: _series_pb2.RunSeries
    def __init__(self, series: _Optional[_Union[_series_pb2.RunSeries, _Mapping]] = ...) -> None: ...
