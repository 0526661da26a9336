import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from toolsync.v1 import tool_pb2 as _tool_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RunState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RUN_STATE_UNSPECIFIED: _ClassVar[RunState]
    RUN_STATE_QUEUED: _ClassVar[RunState]
    RUN_STATE_RUNNING: _ClassVar[RunState]
    RUN_STATE_SUCCEEDED: _ClassVar[RunState]
    RUN_STATE_FAILED: _ClassVar[RunState]
    RUN_STATE_CANCELLED: _ClassVar[RunState]

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_CREATED: _ClassVar[Outcome]
    OUTCOME_UPDATED: _ClassVar[Outcome]
    OUTCOME_UNCHANGED: _ClassVar[Outcome]
    OUTCOME_DELETED: _ClassVar[Outcome]
    OUTCOME_SUSPENDED: _ClassVar[Outcome]
    OUTCOME_RESTORED: _ClassVar[Outcome]
    OUTCOME_FOUND: _ClassVar[Outcome]
    OUTCOME_NOT_FOUND: _ClassVar[Outcome]
    OUTCOME_SKIPPED: _ClassVar[Outcome]
    OUTCOME_FAILED: _ClassVar[Outcome]
    OUTCOME_NOT_PROCESSED: _ClassVar[Outcome]

class Completeness(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COMPLETENESS_UNSPECIFIED: _ClassVar[Completeness]
    COMPLETENESS_COMPLETE: _ClassVar[Completeness]
    COMPLETENESS_PARTIAL: _ClassVar[Completeness]

class Entity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENTITY_UNSPECIFIED: _ClassVar[Entity]
    ENTITY_USER: _ClassVar[Entity]
    ENTITY_COURSE: _ClassVar[Entity]
    ENTITY_ENROLMENT: _ClassVar[Entity]
    ENTITY_COHORT: _ClassVar[Entity]
    ENTITY_GROUP: _ClassVar[Entity]
    ENTITY_GROUP_MEMBER: _ClassVar[Entity]
    ENTITY_ENROL_METHOD: _ClassVar[Entity]
    ENTITY_CATEGORY: _ClassVar[Entity]

class Operation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPERATION_UNSPECIFIED: _ClassVar[Operation]
    OPERATION_CREATE: _ClassVar[Operation]
    OPERATION_UPDATE: _ClassVar[Operation]
    OPERATION_RENAME: _ClassVar[Operation]
    OPERATION_SUSPEND: _ClassVar[Operation]
    OPERATION_RESTORE: _ClassVar[Operation]
    OPERATION_DELETE: _ClassVar[Operation]
    OPERATION_ENROL: _ClassVar[Operation]
    OPERATION_UNENROL: _ClassVar[Operation]
    OPERATION_SHIFT_ROLE: _ClassVar[Operation]
    OPERATION_CHECK: _ClassVar[Operation]
    OPERATION_JOIN: _ClassVar[Operation]
    OPERATION_LEAVE: _ClassVar[Operation]
    OPERATION_EMPTY: _ClassVar[Operation]

class Severity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEVERITY_UNSPECIFIED: _ClassVar[Severity]
    SEVERITY_NOTICE: _ClassVar[Severity]
    SEVERITY_WARNING: _ClassVar[Severity]
    SEVERITY_ERROR: _ClassVar[Severity]
RUN_STATE_UNSPECIFIED: RunState
RUN_STATE_QUEUED: RunState
RUN_STATE_RUNNING: RunState
RUN_STATE_SUCCEEDED: RunState
RUN_STATE_FAILED: RunState
RUN_STATE_CANCELLED: RunState
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_CREATED: Outcome
OUTCOME_UPDATED: Outcome
OUTCOME_UNCHANGED: Outcome
OUTCOME_DELETED: Outcome
OUTCOME_SUSPENDED: Outcome
OUTCOME_RESTORED: Outcome
OUTCOME_FOUND: Outcome
OUTCOME_NOT_FOUND: Outcome
OUTCOME_SKIPPED: Outcome
OUTCOME_FAILED: Outcome
OUTCOME_NOT_PROCESSED: Outcome
COMPLETENESS_UNSPECIFIED: Completeness
COMPLETENESS_COMPLETE: Completeness
COMPLETENESS_PARTIAL: Completeness
ENTITY_UNSPECIFIED: Entity
ENTITY_USER: Entity
ENTITY_COURSE: Entity
ENTITY_ENROLMENT: Entity
ENTITY_COHORT: Entity
ENTITY_GROUP: Entity
ENTITY_GROUP_MEMBER: Entity
ENTITY_ENROL_METHOD: Entity
ENTITY_CATEGORY: Entity
OPERATION_UNSPECIFIED: Operation
OPERATION_CREATE: Operation
OPERATION_UPDATE: Operation
OPERATION_RENAME: Operation
OPERATION_SUSPEND: Operation
OPERATION_RESTORE: Operation
OPERATION_DELETE: Operation
OPERATION_ENROL: Operation
OPERATION_UNENROL: Operation
OPERATION_SHIFT_ROLE: Operation
OPERATION_CHECK: Operation
OPERATION_JOIN: Operation
OPERATION_LEAVE: Operation
OPERATION_EMPTY: Operation
SEVERITY_UNSPECIFIED: Severity
SEVERITY_NOTICE: Severity
SEVERITY_WARNING: Severity
SEVERITY_ERROR: Severity

class Run(_message.Message):
    __slots__ = ("id", "site", "tool", "path", "inline_name", "sha256", "size_bytes", "dry_run", "options", "max_errors", "state", "caller", "schedule_id", "request_id", "create_time", "start_time", "end_time", "counters", "last_sequence", "message", "files", "cancel_requested", "series_id", "step")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    SITE_FIELD_NUMBER: _ClassVar[int]
    TOOL_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    INLINE_NAME_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_ERRORS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    COUNTERS_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    CANCEL_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    SERIES_ID_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    id: str
    site: str
    tool: _tool_pb2.Tool
    path: str
    inline_name: str
    sha256: str
    size_bytes: int
    dry_run: bool
    options: _containers.ScalarMap[str, str]
    max_errors: int
    state: RunState
    caller: str
    schedule_id: str
    request_id: str
    create_time: _timestamp_pb2.Timestamp
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    counters: Counters
    last_sequence: int
    message: str
    files: RunFiles
    cancel_requested: bool
    series_id: str
    step: int
    def __init__(self, id: _Optional[str] = ..., site: _Optional[str] = ..., tool: _Optional[_Union[_tool_pb2.Tool, str]] = ..., path: _Optional[str] = ..., inline_name: _Optional[str] = ..., sha256: _Optional[str] = ..., size_bytes: _Optional[int] = ..., dry_run: _Optional[bool] = ..., options: _Optional[_Mapping[str, str]] = ..., max_errors: _Optional[int] = ..., state: _Optional[_Union[RunState, str]] = ..., caller: _Optional[str] = ..., schedule_id: _Optional[str] = ..., request_id: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., counters: _Optional[_Union[Counters, _Mapping]] = ..., last_sequence: _Optional[int] = ..., message: _Optional[str] = ..., files: _Optional[_Union[RunFiles, _Mapping]] = ..., cancel_requested: _Optional[bool] = ..., series_id: _Optional[str] = ..., step: _Optional[int] = ...) -> None: ...

class RunFiles(_message.Message):
    __slots__ = ("report_path", "tryback_path", "reasons_path", "archive_path")
    REPORT_PATH_FIELD_NUMBER: _ClassVar[int]
    TRYBACK_PATH_FIELD_NUMBER: _ClassVar[int]
    REASONS_PATH_FIELD_NUMBER: _ClassVar[int]
    ARCHIVE_PATH_FIELD_NUMBER: _ClassVar[int]
    report_path: str
    tryback_path: str
    reasons_path: str
    archive_path: str
    def __init__(self, report_path: _Optional[str] = ..., tryback_path: _Optional[str] = ..., reasons_path: _Optional[str] = ..., archive_path: _Optional[str] = ...) -> None: ...

class Counters(_message.Message):
    __slots__ = ("lines", "created", "updated", "unchanged", "deleted", "suspended", "restored", "found", "not_found", "skipped", "failed", "not_processed", "partial", "warnings", "comments", "blanks")
    LINES_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    UPDATED_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    SUSPENDED_FIELD_NUMBER: _ClassVar[int]
    RESTORED_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    NOT_FOUND_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    NOT_PROCESSED_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    COMMENTS_FIELD_NUMBER: _ClassVar[int]
    BLANKS_FIELD_NUMBER: _ClassVar[int]
    lines: int
    created: int
    updated: int
    unchanged: int
    deleted: int
    suspended: int
    restored: int
    found: int
    not_found: int
    skipped: int
    failed: int
    not_processed: int
    partial: int
    warnings: int
    comments: int
    blanks: int
    def __init__(self, lines: _Optional[int] = ..., created: _Optional[int] = ..., updated: _Optional[int] = ..., unchanged: _Optional[int] = ..., deleted: _Optional[int] = ..., suspended: _Optional[int] = ..., restored: _Optional[int] = ..., found: _Optional[int] = ..., not_found: _Optional[int] = ..., skipped: _Optional[int] = ..., failed: _Optional[int] = ..., not_processed: _Optional[int] = ..., partial: _Optional[int] = ..., warnings: _Optional[int] = ..., comments: _Optional[int] = ..., blanks: _Optional[int] = ...) -> None: ...

class RunEvent(_message.Message):
    __slots__ = ("sequence", "time", "started", "line", "progress", "finished")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    STARTED_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    time: _timestamp_pb2.Timestamp
    started: RunStarted
    line: LineResult
    progress: RunProgress
    finished: RunFinished
    def __init__(self, sequence: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., started: _Optional[_Union[RunStarted, _Mapping]] = ..., line: _Optional[_Union[LineResult, _Mapping]] = ..., progress: _Optional[_Union[RunProgress, _Mapping]] = ..., finished: _Optional[_Union[RunFinished, _Mapping]] = ...) -> None: ...

class RunStarted(_message.Message):
    __slots__ = ("run",)
    RUN_FIELD_NUMBER: _ClassVar[int]
    run: Run
    def __init__(self, run: _Optional[_Union[Run, _Mapping]] = ...) -> None: ...

class RunProgress(_message.Message):
    __slots__ = ("state", "lines_read", "total_bytes", "done_bytes", "counters", "lines_per_second", "eta", "waiting_for_site")
    STATE_FIELD_NUMBER: _ClassVar[int]
    LINES_READ_FIELD_NUMBER: _ClassVar[int]
    TOTAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    DONE_BYTES_FIELD_NUMBER: _ClassVar[int]
    COUNTERS_FIELD_NUMBER: _ClassVar[int]
    LINES_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    ETA_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_SITE_FIELD_NUMBER: _ClassVar[int]
    state: RunState
    lines_read: int
    total_bytes: int
    done_bytes: int
    counters: Counters
    lines_per_second: float
    eta: _duration_pb2.Duration
    waiting_for_site: bool
    def __init__(self, state: _Optional[_Union[RunState, str]] = ..., lines_read: _Optional[int] = ..., total_bytes: _Optional[int] = ..., done_bytes: _Optional[int] = ..., counters: _Optional[_Union[Counters, _Mapping]] = ..., lines_per_second: _Optional[float] = ..., eta: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., waiting_for_site: _Optional[bool] = ...) -> None: ...

class RunFinished(_message.Message):
    __slots__ = ("state", "counters", "message", "files")
    STATE_FIELD_NUMBER: _ClassVar[int]
    COUNTERS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    state: RunState
    counters: Counters
    message: str
    files: RunFiles
    def __init__(self, state: _Optional[_Union[RunState, str]] = ..., counters: _Optional[_Union[Counters, _Mapping]] = ..., message: _Optional[str] = ..., files: _Optional[_Union[RunFiles, _Mapping]] = ...) -> None: ...

class LineResult(_message.Message):
    __slots__ = ("line", "entity", "key", "operation", "outcome", "completeness", "moodle_id", "changes", "problems")
    LINE_FIELD_NUMBER: _ClassVar[int]
    ENTITY_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    COMPLETENESS_FIELD_NUMBER: _ClassVar[int]
    MOODLE_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    line: int
    entity: Entity
    key: str
    operation: Operation
    outcome: Outcome
    completeness: Completeness
    moodle_id: int
    changes: _containers.RepeatedCompositeFieldContainer[FieldChange]
    problems: _containers.RepeatedCompositeFieldContainer[Problem]
    def __init__(self, line: _Optional[int] = ..., entity: _Optional[_Union[Entity, str]] = ..., key: _Optional[str] = ..., operation: _Optional[_Union[Operation, str]] = ..., outcome: _Optional[_Union[Outcome, str]] = ..., completeness: _Optional[_Union[Completeness, str]] = ..., moodle_id: _Optional[int] = ..., changes: _Optional[_Iterable[_Union[FieldChange, _Mapping]]] = ..., problems: _Optional[_Iterable[_Union[Problem, _Mapping]]] = ...) -> None: ...

class FieldChange(_message.Message):
    __slots__ = ("field", "before", "after")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    field: str
    before: str
    after: str
    def __init__(self, field: _Optional[str] = ..., before: _Optional[str] = ..., after: _Optional[str] = ...) -> None: ...

class Problem(_message.Message):
    __slots__ = ("severity", "reason", "column", "message")
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    severity: Severity
    reason: str
    column: str
    message: str
    def __init__(self, severity: _Optional[_Union[Severity, str]] = ..., reason: _Optional[str] = ..., column: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class Report(_message.Message):
    __slots__ = ("run", "totals", "problem_groups", "files", "text")
    RUN_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_GROUPS_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    run: Run
    totals: Counters
    problem_groups: _containers.RepeatedCompositeFieldContainer[ProblemGroup]
    files: RunFiles
    text: str
    def __init__(self, run: _Optional[_Union[Run, _Mapping]] = ..., totals: _Optional[_Union[Counters, _Mapping]] = ..., problem_groups: _Optional[_Iterable[_Union[ProblemGroup, _Mapping]]] = ..., files: _Optional[_Union[RunFiles, _Mapping]] = ..., text: _Optional[str] = ...) -> None: ...

class ProblemGroup(_message.Message):
    __slots__ = ("reason", "severity", "count", "first_lines", "sample_message")
    REASON_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    FIRST_LINES_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    reason: str
    severity: Severity
    count: int
    first_lines: _containers.RepeatedScalarFieldContainer[int]
    sample_message: str
    def __init__(self, reason: _Optional[str] = ..., severity: _Optional[_Union[Severity, str]] = ..., count: _Optional[int] = ..., first_lines: _Optional[_Iterable[int]] = ..., sample_message: _Optional[str] = ...) -> None: ...
