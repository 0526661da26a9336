from toolsync.v1 import run_pb2 as _run_pb2
from toolsync.v1 import tool_pb2 as _tool_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListToolsRequest(_message.Message):
    __slots__ = ("site",)
    SITE_FIELD_NUMBER: _ClassVar[int]
    site: str
    def __init__(self, site: _Optional[str] = ...) -> None: ...

class ListToolsResponse(_message.Message):
    __slots__ = ("tools", "run_options")
    TOOLS_FIELD_NUMBER: _ClassVar[int]
    RUN_OPTIONS_FIELD_NUMBER: _ClassVar[int]
    tools: _containers.RepeatedCompositeFieldContainer[_tool_pb2.ToolDescriptor]
    run_options: _containers.RepeatedCompositeFieldContainer[_tool_pb2.OptionDescriptor]
    def __init__(self, tools: _Optional[_Iterable[_Union[_tool_pb2.ToolDescriptor, _Mapping]]] = ..., run_options: _Optional[_Iterable[_Union[_tool_pb2.OptionDescriptor, _Mapping]]] = ...) -> None: ...

class RunToolRequest(_message.Message):
    __slots__ = ("site", "tool", "path", "inline", "options", "dry_run", "max_errors", "request_id")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SITE_FIELD_NUMBER: _ClassVar[int]
    TOOL_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    INLINE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    MAX_ERRORS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    site: str
    tool: _tool_pb2.Tool
    path: str
    inline: InlineFile
    options: _containers.ScalarMap[str, str]
    dry_run: bool
    max_errors: int
    request_id: str
    def __init__(self, site: _Optional[str] = ..., tool: _Optional[_Union[_tool_pb2.Tool, str]] = ..., path: _Optional[str] = ..., inline: _Optional[_Union[InlineFile, _Mapping]] = ..., options: _Optional[_Mapping[str, str]] = ..., dry_run: _Optional[bool] = ..., max_errors: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class InlineFile(_message.Message):
    __slots__ = ("name", "content")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    name: str
    content: bytes
    def __init__(self, name: _Optional[str] = ..., content: _Optional[bytes] = ...) -> None: ...

class RunToolResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: _run_pb2.RunEvent
    def __init__(self, event: _Optional[_Union[_run_pb2.RunEvent, _Mapping]] = ...) -> None: ...

class WatchRunRequest(_message.Message):
    __slots__ = ("site", "run_id", "after_sequence")
    SITE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    site: str
    run_id: str
    after_sequence: int
    def __init__(self, site: _Optional[str] = ..., run_id: _Optional[str] = ..., after_sequence: _Optional[int] = ...) -> None: ...

class WatchRunResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: _run_pb2.RunEvent
    def __init__(self, event: _Optional[_Union[_run_pb2.RunEvent, _Mapping]] = ...) -> None: ...

class GetRunRequest(_message.Message):
    __slots__ = ("site", "run_id")
    SITE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    site: str
    run_id: str
    def __init__(self, site: _Optional[str] = ..., run_id: _Optional[str] = ...) -> None: ...

class GetRunResponse(_message.Message):
    __slots__ = ("run",)
    RUN_FIELD_NUMBER: _ClassVar[int]
    run: _run_pb2.Run
    def __init__(self, run: _Optional[_Union[_run_pb2.Run, _Mapping]] = ...) -> None: ...

class ListRunsRequest(_message.Message):
    __slots__ = ("site", "state", "tool", "page_size", "page_token")
    SITE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TOOL_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    site: str
    state: _run_pb2.RunState
    tool: _tool_pb2.Tool
    page_size: int
    page_token: str
    def __init__(self, site: _Optional[str] = ..., state: _Optional[_Union[_run_pb2.RunState, str]] = ..., tool: _Optional[_Union[_tool_pb2.Tool, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListRunsResponse(_message.Message):
    __slots__ = ("runs", "next_page_token")
    RUNS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    runs: _containers.RepeatedCompositeFieldContainer[_run_pb2.Run]
    next_page_token: str
    def __init__(self, runs: _Optional[_Iterable[_Union[_run_pb2.Run, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CancelRunRequest(_message.Message):
    __slots__ = ("site", "run_id")
    SITE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    site: str
    run_id: str
    def __init__(self, site: _Optional[str] = ..., run_id: _Optional[str] = ...) -> None: ...

class CancelRunResponse(_message.Message):
    __slots__ = ("run",)
    RUN_FIELD_NUMBER: _ClassVar[int]
    run: _run_pb2.Run
    def __init__(self, run: _Optional[_Union[_run_pb2.Run, _Mapping]] = ...) -> None: ...

class GetReportRequest(_message.Message):
    __slots__ = ("site", "run_id")
    SITE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    site: str
    run_id: str
    def __init__(self, site: _Optional[str] = ..., run_id: _Optional[str] = ...) -> None: ...

class GetReportResponse(_message.Message):
    __slots__ = ("report",)
    REPORT_FIELD_NUMBER: _ClassVar[int]
    report: _run_pb2.Report
    def __init__(self, report: _Optional[_Union[_run_pb2.Report, _Mapping]] = ...) -> None: ...

class ListLineResultsRequest(_message.Message):
    __slots__ = ("site", "run_id", "outcomes", "only_with_problems", "page_size", "page_token")
    SITE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    ONLY_WITH_PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    site: str
    run_id: str
    outcomes: _containers.RepeatedScalarFieldContainer[_run_pb2.Outcome]
    only_with_problems: bool
    page_size: int
    page_token: str
    def __init__(self, site: _Optional[str] = ..., run_id: _Optional[str] = ..., outcomes: _Optional[_Iterable[_Union[_run_pb2.Outcome, str]]] = ..., only_with_problems: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListLineResultsResponse(_message.Message):
    __slots__ = ("line_results", "next_page_token")
    LINE_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    line_results: _containers.RepeatedCompositeFieldContainer[_run_pb2.LineResult]
    next_page_token: str
    def __init__(self, line_results: _Optional[_Iterable[_Union[_run_pb2.LineResult, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
