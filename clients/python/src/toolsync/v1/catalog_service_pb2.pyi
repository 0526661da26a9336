import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from toolsync.v1 import file_pb2 as _file_pb2
from toolsync.v1 import tool_pb2 as _tool_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CourseIdentifier(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COURSE_IDENTIFIER_UNSPECIFIED: _ClassVar[CourseIdentifier]
    COURSE_IDENTIFIER_ID: _ClassVar[CourseIdentifier]
    COURSE_IDENTIFIER_IDNUMBER: _ClassVar[CourseIdentifier]
    COURSE_IDENTIFIER_SHORTNAME: _ClassVar[CourseIdentifier]

class CourseVisibility(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COURSE_VISIBILITY_UNSPECIFIED: _ClassVar[CourseVisibility]
    COURSE_VISIBILITY_SHOWN: _ClassVar[CourseVisibility]
    COURSE_VISIBILITY_HIDDEN: _ClassVar[CourseVisibility]

class UserIdentifier(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    USER_IDENTIFIER_UNSPECIFIED: _ClassVar[UserIdentifier]
    USER_IDENTIFIER_ID: _ClassVar[UserIdentifier]
    USER_IDENTIFIER_IDNUMBER: _ClassVar[UserIdentifier]
    USER_IDENTIFIER_USERNAME: _ClassVar[UserIdentifier]
    USER_IDENTIFIER_EMAIL: _ClassVar[UserIdentifier]

class HashPresence(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HASH_PRESENCE_UNSPECIFIED: _ClassVar[HashPresence]
    HASH_PRESENCE_KNOWN: _ClassVar[HashPresence]
    HASH_PRESENCE_UNKNOWN: _ClassVar[HashPresence]
COURSE_IDENTIFIER_UNSPECIFIED: CourseIdentifier
COURSE_IDENTIFIER_ID: CourseIdentifier
COURSE_IDENTIFIER_IDNUMBER: CourseIdentifier
COURSE_IDENTIFIER_SHORTNAME: CourseIdentifier
COURSE_VISIBILITY_UNSPECIFIED: CourseVisibility
COURSE_VISIBILITY_SHOWN: CourseVisibility
COURSE_VISIBILITY_HIDDEN: CourseVisibility
USER_IDENTIFIER_UNSPECIFIED: UserIdentifier
USER_IDENTIFIER_ID: UserIdentifier
USER_IDENTIFIER_IDNUMBER: UserIdentifier
USER_IDENTIFIER_USERNAME: UserIdentifier
USER_IDENTIFIER_EMAIL: UserIdentifier
HASH_PRESENCE_UNSPECIFIED: HashPresence
HASH_PRESENCE_KNOWN: HashPresence
HASH_PRESENCE_UNKNOWN: HashPresence

class ListCoursesRequest(_message.Message):
    __slots__ = ("site", "category_id", "text", "visibility", "page_size", "page_token")
    SITE_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    site: str
    category_id: int
    text: str
    visibility: CourseVisibility
    page_size: int
    page_token: str
    def __init__(self, site: _Optional[str] = ..., category_id: _Optional[int] = ..., text: _Optional[str] = ..., visibility: _Optional[_Union[CourseVisibility, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCoursesResponse(_message.Message):
    __slots__ = ("courses", "next_page_token")
    COURSES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    courses: _containers.RepeatedCompositeFieldContainer[Course]
    next_page_token: str
    def __init__(self, courses: _Optional[_Iterable[_Union[Course, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Course(_message.Message):
    __slots__ = ("id", "shortname", "idnumber", "fullname", "category_id", "category_path", "visibility", "start_time", "end_time", "roles")
    ID_FIELD_NUMBER: _ClassVar[int]
    SHORTNAME_FIELD_NUMBER: _ClassVar[int]
    IDNUMBER_FIELD_NUMBER: _ClassVar[int]
    FULLNAME_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_PATH_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    id: int
    shortname: str
    idnumber: str
    fullname: str
    category_id: int
    category_path: str
    visibility: CourseVisibility
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    roles: _containers.RepeatedCompositeFieldContainer[RoleCount]
    def __init__(self, id: _Optional[int] = ..., shortname: _Optional[str] = ..., idnumber: _Optional[str] = ..., fullname: _Optional[str] = ..., category_id: _Optional[int] = ..., category_path: _Optional[str] = ..., visibility: _Optional[_Union[CourseVisibility, str]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., roles: _Optional[_Iterable[_Union[RoleCount, _Mapping]]] = ...) -> None: ...

class RoleCount(_message.Message):
    __slots__ = ("role", "users")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    role: str
    users: int
    def __init__(self, role: _Optional[str] = ..., users: _Optional[int] = ...) -> None: ...

class ListEmptyCategoriesRequest(_message.Message):
    __slots__ = ("site", "start_category_id", "ignore_empty_subcategories", "page_size", "page_token")
    SITE_FIELD_NUMBER: _ClassVar[int]
    START_CATEGORY_ID_FIELD_NUMBER: _ClassVar[int]
    IGNORE_EMPTY_SUBCATEGORIES_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    site: str
    start_category_id: int
    ignore_empty_subcategories: bool
    page_size: int
    page_token: str
    def __init__(self, site: _Optional[str] = ..., start_category_id: _Optional[int] = ..., ignore_empty_subcategories: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListEmptyCategoriesResponse(_message.Message):
    __slots__ = ("categories", "next_page_token")
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    categories: _containers.RepeatedCompositeFieldContainer[EmptyCategory]
    next_page_token: str
    def __init__(self, categories: _Optional[_Iterable[_Union[EmptyCategory, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class EmptyCategory(_message.Message):
    __slots__ = ("id", "path", "holds")
    ID_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    HOLDS_FIELD_NUMBER: _ClassVar[int]
    id: int
    path: str
    holds: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[int] = ..., path: _Optional[str] = ..., holds: _Optional[_Iterable[str]] = ...) -> None: ...

class ListPictureHashesRequest(_message.Message):
    __slots__ = ("site", "identifier", "presence", "page_size", "page_token")
    SITE_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    PRESENCE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    site: str
    identifier: UserIdentifier
    presence: HashPresence
    page_size: int
    page_token: str
    def __init__(self, site: _Optional[str] = ..., identifier: _Optional[_Union[UserIdentifier, str]] = ..., presence: _Optional[_Union[HashPresence, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListPictureHashesResponse(_message.Message):
    __slots__ = ("pictures", "next_page_token")
    PICTURES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    pictures: _containers.RepeatedCompositeFieldContainer[PictureHash]
    next_page_token: str
    def __init__(self, pictures: _Optional[_Iterable[_Union[PictureHash, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class PictureHash(_message.Message):
    __slots__ = ("user_id", "identifier", "md5")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    MD5_FIELD_NUMBER: _ClassVar[int]
    user_id: int
    identifier: str
    md5: str
    def __init__(self, user_id: _Optional[int] = ..., identifier: _Optional[str] = ..., md5: _Optional[str] = ...) -> None: ...

class GenerateCommandFileRequest(_message.Message):
    __slots__ = ("site", "tool", "course_ids", "identifier", "path", "overwrite", "values", "separator")
    class ValuesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SITE_FIELD_NUMBER: _ClassVar[int]
    TOOL_FIELD_NUMBER: _ClassVar[int]
    COURSE_IDS_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    OVERWRITE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    SEPARATOR_FIELD_NUMBER: _ClassVar[int]
    site: str
    tool: _tool_pb2.Tool
    course_ids: _containers.RepeatedScalarFieldContainer[int]
    identifier: CourseIdentifier
    path: str
    overwrite: bool
    values: _containers.ScalarMap[str, str]
    separator: str
    def __init__(self, site: _Optional[str] = ..., tool: _Optional[_Union[_tool_pb2.Tool, str]] = ..., course_ids: _Optional[_Iterable[int]] = ..., identifier: _Optional[_Union[CourseIdentifier, str]] = ..., path: _Optional[str] = ..., overwrite: _Optional[bool] = ..., values: _Optional[_Mapping[str, str]] = ..., separator: _Optional[str] = ...) -> None: ...

class GenerateCommandFileResponse(_message.Message):
    __slots__ = ("file", "courses", "omitted")
    FILE_FIELD_NUMBER: _ClassVar[int]
    COURSES_FIELD_NUMBER: _ClassVar[int]
    OMITTED_FIELD_NUMBER: _ClassVar[int]
    file: _file_pb2.StoredFile
    courses: int
    omitted: _containers.RepeatedCompositeFieldContainer[OmittedCourse]
    def __init__(self, file: _Optional[_Union[_file_pb2.StoredFile, _Mapping]] = ..., courses: _Optional[int] = ..., omitted: _Optional[_Iterable[_Union[OmittedCourse, _Mapping]]] = ...) -> None: ...

class OmittedCourse(_message.Message):
    __slots__ = ("course_id", "reason", "message")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    course_id: int
    reason: str
    message: str
    def __init__(self, course_id: _Optional[int] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...
