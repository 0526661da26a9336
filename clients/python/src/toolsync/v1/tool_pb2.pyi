from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Tool(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TOOL_UNSPECIFIED: _ClassVar[Tool]
    TOOL_COURSES: _ClassVar[Tool]
    TOOL_CHECK_COURSES: _ClassVar[Tool]
    TOOL_DELETE_COURSES: _ClassVar[Tool]
    TOOL_CLEAN_CATEGORIES: _ClassVar[Tool]
    TOOL_RESET_COURSES: _ClassVar[Tool]
    TOOL_USERS: _ClassVar[Tool]
    TOOL_DELETE_USERS: _ClassVar[Tool]
    TOOL_SUSPEND_USERS: _ClassVar[Tool]
    TOOL_RESTORE_USERS: _ClassVar[Tool]
    TOOL_REVIVE_USERS: _ClassVar[Tool]
    TOOL_USER_PICTURES: _ClassVar[Tool]
    TOOL_PICTURE_HASHES: _ClassVar[Tool]
    TOOL_ENROLMENTS: _ClassVar[Tool]
    TOOL_COHORTS: _ClassVar[Tool]
    TOOL_COHORT_BINDINGS: _ClassVar[Tool]
    TOOL_METACOURSES: _ClassVar[Tool]
    TOOL_GROUPS: _ClassVar[Tool]
    TOOL_GROUP_MEMBERS: _ClassVar[Tool]

class Impact(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IMPACT_UNSPECIFIED: _ClassVar[Impact]
    IMPACT_CHANGES: _ClassVar[Impact]
    IMPACT_DESTROYS: _ClassVar[Impact]
    IMPACT_READS: _ClassVar[Impact]

class FileLayout(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FILE_LAYOUT_UNSPECIFIED: _ClassVar[FileLayout]
    FILE_LAYOUT_HEADER: _ClassVar[FileLayout]
    FILE_LAYOUT_POSITIONAL: _ClassVar[FileLayout]
    FILE_LAYOUT_WHOLE_LINE: _ClassVar[FileLayout]
    FILE_LAYOUT_ARCHIVE: _ClassVar[FileLayout]

class ColumnPattern(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COLUMN_PATTERN_UNSPECIFIED: _ClassVar[ColumnPattern]
    COLUMN_PATTERN_EXACT: _ClassVar[ColumnPattern]
    COLUMN_PATTERN_NUMBERED: _ClassVar[ColumnPattern]
    COLUMN_PATTERN_PREFIXED: _ClassVar[ColumnPattern]

class CellKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CELL_KIND_UNSPECIFIED: _ClassVar[CellKind]
    CELL_KIND_TEXT: _ClassVar[CellKind]
    CELL_KIND_NUMBER: _ClassVar[CellKind]
    CELL_KIND_SWITCH: _ClassVar[CellKind]
    CELL_KIND_TIME: _ClassVar[CellKind]
    CELL_KIND_WORD: _ClassVar[CellKind]

class Clearing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLEARING_UNSPECIFIED: _ClassVar[Clearing]
    CLEARING_NEVER: _ClassVar[Clearing]
    CLEARING_MARKER: _ClassVar[Clearing]
    CLEARING_BLANK: _ClassVar[Clearing]

class OptionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPTION_KIND_UNSPECIFIED: _ClassVar[OptionKind]
    OPTION_KIND_FLAG: _ClassVar[OptionKind]
    OPTION_KIND_CHOICE: _ClassVar[OptionKind]
    OPTION_KIND_TEXT: _ClassVar[OptionKind]
TOOL_UNSPECIFIED: Tool
TOOL_COURSES: Tool
TOOL_CHECK_COURSES: Tool
TOOL_DELETE_COURSES: Tool
TOOL_CLEAN_CATEGORIES: Tool
TOOL_RESET_COURSES: Tool
TOOL_USERS: Tool
TOOL_DELETE_USERS: Tool
TOOL_SUSPEND_USERS: Tool
TOOL_RESTORE_USERS: Tool
TOOL_REVIVE_USERS: Tool
TOOL_USER_PICTURES: Tool
TOOL_PICTURE_HASHES: Tool
TOOL_ENROLMENTS: Tool
TOOL_COHORTS: Tool
TOOL_COHORT_BINDINGS: Tool
TOOL_METACOURSES: Tool
TOOL_GROUPS: Tool
TOOL_GROUP_MEMBERS: Tool
IMPACT_UNSPECIFIED: Impact
IMPACT_CHANGES: Impact
IMPACT_DESTROYS: Impact
IMPACT_READS: Impact
FILE_LAYOUT_UNSPECIFIED: FileLayout
FILE_LAYOUT_HEADER: FileLayout
FILE_LAYOUT_POSITIONAL: FileLayout
FILE_LAYOUT_WHOLE_LINE: FileLayout
FILE_LAYOUT_ARCHIVE: FileLayout
COLUMN_PATTERN_UNSPECIFIED: ColumnPattern
COLUMN_PATTERN_EXACT: ColumnPattern
COLUMN_PATTERN_NUMBERED: ColumnPattern
COLUMN_PATTERN_PREFIXED: ColumnPattern
CELL_KIND_UNSPECIFIED: CellKind
CELL_KIND_TEXT: CellKind
CELL_KIND_NUMBER: CellKind
CELL_KIND_SWITCH: CellKind
CELL_KIND_TIME: CellKind
CELL_KIND_WORD: CellKind
CLEARING_UNSPECIFIED: Clearing
CLEARING_NEVER: Clearing
CLEARING_MARKER: Clearing
CLEARING_BLANK: Clearing
OPTION_KIND_UNSPECIFIED: OptionKind
OPTION_KIND_FLAG: OptionKind
OPTION_KIND_CHOICE: OptionKind
OPTION_KIND_TEXT: OptionKind

class ToolDescriptor(_message.Message):
    __slots__ = ("tool", "name", "summary", "case_insensitive_header", "exact_cell_count", "columns", "options", "default_file_names", "sample", "impact", "layout", "file_optional")
    TOOL_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    CASE_INSENSITIVE_HEADER_FIELD_NUMBER: _ClassVar[int]
    EXACT_CELL_COUNT_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_FILE_NAMES_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_FIELD_NUMBER: _ClassVar[int]
    IMPACT_FIELD_NUMBER: _ClassVar[int]
    LAYOUT_FIELD_NUMBER: _ClassVar[int]
    FILE_OPTIONAL_FIELD_NUMBER: _ClassVar[int]
    tool: Tool
    name: str
    summary: str
    case_insensitive_header: bool
    exact_cell_count: bool
    columns: _containers.RepeatedCompositeFieldContainer[ColumnDescriptor]
    options: _containers.RepeatedCompositeFieldContainer[OptionDescriptor]
    default_file_names: _containers.RepeatedScalarFieldContainer[str]
    sample: str
    impact: Impact
    layout: FileLayout
    file_optional: bool
    def __init__(self, tool: _Optional[_Union[Tool, str]] = ..., name: _Optional[str] = ..., summary: _Optional[str] = ..., case_insensitive_header: _Optional[bool] = ..., exact_cell_count: _Optional[bool] = ..., columns: _Optional[_Iterable[_Union[ColumnDescriptor, _Mapping]]] = ..., options: _Optional[_Iterable[_Union[OptionDescriptor, _Mapping]]] = ..., default_file_names: _Optional[_Iterable[str]] = ..., sample: _Optional[str] = ..., impact: _Optional[_Union[Impact, str]] = ..., layout: _Optional[_Union[FileLayout, str]] = ..., file_optional: _Optional[bool] = ...) -> None: ...

class ColumnDescriptor(_message.Message):
    __slots__ = ("name", "pattern", "first_number", "last_number", "suffix", "aliases", "required", "ignored", "help", "cells", "words", "clearing")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    FIRST_NUMBER_FIELD_NUMBER: _ClassVar[int]
    LAST_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SUFFIX_FIELD_NUMBER: _ClassVar[int]
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    IGNORED_FIELD_NUMBER: _ClassVar[int]
    HELP_FIELD_NUMBER: _ClassVar[int]
    CELLS_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    CLEARING_FIELD_NUMBER: _ClassVar[int]
    name: str
    pattern: ColumnPattern
    first_number: int
    last_number: int
    suffix: str
    aliases: _containers.RepeatedScalarFieldContainer[str]
    required: bool
    ignored: bool
    help: str
    cells: CellKind
    words: _containers.RepeatedCompositeFieldContainer[WordDescriptor]
    clearing: Clearing
    def __init__(self, name: _Optional[str] = ..., pattern: _Optional[_Union[ColumnPattern, str]] = ..., first_number: _Optional[int] = ..., last_number: _Optional[int] = ..., suffix: _Optional[str] = ..., aliases: _Optional[_Iterable[str]] = ..., required: _Optional[bool] = ..., ignored: _Optional[bool] = ..., help: _Optional[str] = ..., cells: _Optional[_Union[CellKind, str]] = ..., words: _Optional[_Iterable[_Union[WordDescriptor, _Mapping]]] = ..., clearing: _Optional[_Union[Clearing, str]] = ...) -> None: ...

class WordDescriptor(_message.Message):
    __slots__ = ("word", "help")
    WORD_FIELD_NUMBER: _ClassVar[int]
    HELP_FIELD_NUMBER: _ClassVar[int]
    word: str
    help: str
    def __init__(self, word: _Optional[str] = ..., help: _Optional[str] = ...) -> None: ...

class OptionDescriptor(_message.Message):
    __slots__ = ("name", "kind", "choices", "default_value", "original_setting", "help")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VALUE_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_SETTING_FIELD_NUMBER: _ClassVar[int]
    HELP_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: OptionKind
    choices: _containers.RepeatedScalarFieldContainer[str]
    default_value: str
    original_setting: str
    help: str
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[OptionKind, str]] = ..., choices: _Optional[_Iterable[str]] = ..., default_value: _Optional[str] = ..., original_setting: _Optional[str] = ..., help: _Optional[str] = ...) -> None: ...
