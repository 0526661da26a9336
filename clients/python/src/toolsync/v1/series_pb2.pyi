from toolsync.v1 import run_pb2 as _run_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RunSeries(_message.Message):
    __slots__ = ("id", "site", "steps", "state", "counters")
    ID_FIELD_NUMBER: _ClassVar[int]
    SITE_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    COUNTERS_FIELD_NUMBER: _ClassVar[int]
    id: str
    site: str
    steps: _containers.RepeatedCompositeFieldContainer[_run_pb2.Run]
    state: _run_pb2.RunState
    counters: _run_pb2.Counters
    def __init__(self, id: _Optional[str] = ..., site: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[_run_pb2.Run, _Mapping]]] = ..., state: _Optional[_Union[_run_pb2.RunState, str]] = ..., counters: _Optional[_Union[_run_pb2.Counters, _Mapping]] = ...) -> None: ...

class SeriesEvent(_message.Message):
    __slots__ = ("started", "step", "finished")
    STARTED_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    started: SeriesStarted
    step: StepEvent
    finished: SeriesFinished
    def __init__(self, started: _Optional[_Union[SeriesStarted, _Mapping]] = ..., step: _Optional[_Union[StepEvent, _Mapping]] = ..., finished: _Optional[_Union[SeriesFinished, _Mapping]] = ...) -> None: ...

class SeriesStarted(_message.Message):
    __slots__ = ("series",)
    SERIES_FIELD_NUMBER: _ClassVar[int]
    series: RunSeries
    def __init__(self, series: _Optional[_Union[RunSeries, _Mapping]] = ...) -> None: ...

class StepEvent(_message.Message):
    __slots__ = ("step", "run_id", "event")
    STEP_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    step: int
    run_id: str
    event: _run_pb2.RunEvent
    def __init__(self, step: _Optional[int] = ..., run_id: _Optional[str] = ..., event: _Optional[_Union[_run_pb2.RunEvent, _Mapping]] = ...) -> None: ...

class SeriesFinished(_message.Message):
    __slots__ = ("series",)
    SERIES_FIELD_NUMBER: _ClassVar[int]
    series: RunSeries
    def __init__(self, series: _Optional[_Union[RunSeries, _Mapping]] = ...) -> None: ...
