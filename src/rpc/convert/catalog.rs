//! Courses and categories to choose among, and lists of them. Hashes of pictures.

use super::field::{Fields, page_size};
use super::tool::tool_kind;
use crate::engine::{CourseOrder, EmptyCategory, ListedCourse, Omitted, Separator};
use crate::model::{Caller, CategoryId, CourseId, FilePath, SiteKey, ToolKind};
use crate::rpc::pb;
use crate::site::catalog::{CourseQuery, HashPresence, PictureCard, PictureQuery, Visibility};
use crate::site::{CourseField, CourseKey, UserKey};
use crate::store::{Overwrite, UploadStart};
use crate::tools::CourseFile;
use tonic::Status;

/// Which courses to list; the page comes apart.
pub(in crate::rpc) fn course_query(request: &pb::ListCoursesRequest) -> Result<CourseQuery, Status> {
    let mut fields = Fields::default();
    let visibility = fields.optional_enum("visibility", request.visibility, |value| match value {
        pb::CourseVisibility::Unspecified => None,
        pb::CourseVisibility::Shown => Some(Visibility::Shown),
        pb::CourseVisibility::Hidden => Some(Visibility::Hidden),
    });
    fields.finish(Some(CourseQuery {
        category: Some(request.category_id).filter(|id| *id != 0).map(CategoryId),
        text: request.text.trim().to_owned(),
        visibility,
        after: None,
        size: page_size(request.page_size) as usize,
    }))
}

pub(in crate::rpc) fn course(course: ListedCourse) -> pb::Course {
    let ListedCourse { card, category_path } = course;
    let text = |field| card.fields.text(field).to_owned();
    let time = |field| {
        let seconds = card.fields.text(field).parse().ok().filter(|seconds| *seconds != 0)?;
        Some(prost_types::Timestamp { seconds, nanos: 0 })
    };
    let visibility = match card.visibility {
        Visibility::Shown => pb::CourseVisibility::Shown,
        Visibility::Hidden => pb::CourseVisibility::Hidden,
    };
    pb::Course {
        id: card.id.0,
        shortname: text(CourseField::Shortname),
        idnumber: text(CourseField::Idnumber),
        fullname: text(CourseField::Fullname),
        category_id: card.category.0,
        category_path,
        visibility: visibility.into(),
        start_time: time(CourseField::Startdate),
        end_time: time(CourseField::Enddate),
        roles: card.roles.iter().map(|(role, users)| pb::RoleCount { role: role.clone(), users: *users }).collect(),
    }
}

/// Which pictures to list; the page comes apart.
pub(in crate::rpc) fn picture_query(request: &pb::ListPictureHashesRequest) -> Result<PictureQuery, Status> {
    let mut fields = Fields::default();
    let key = fields.optional_enum("identifier", request.identifier, |value| match value {
        pb::UserIdentifier::Unspecified => None,
        pb::UserIdentifier::Id => Some(UserKey::Id),
        pb::UserIdentifier::Idnumber => Some(UserKey::Idnumber),
        pb::UserIdentifier::Username => Some(UserKey::Username),
        pb::UserIdentifier::Email => Some(UserKey::Email),
    });
    let presence = fields.optional_enum("presence", request.presence, |value| match value {
        pb::HashPresence::Unspecified => None,
        pb::HashPresence::Known => Some(HashPresence::Known),
        pb::HashPresence::Unknown => Some(HashPresence::Unknown),
    });
    let (key, size) = (key.unwrap_or(UserKey::Username), page_size(request.page_size) as usize);
    fields.finish(Some(PictureQuery { key, presence, after: None, size }))
}

pub(in crate::rpc) fn picture_hash(picture: PictureCard) -> pb::PictureHash {
    pb::PictureHash { user_id: picture.user.0, identifier: picture.identifier, md5: picture.hash }
}

pub(in crate::rpc) fn empty_category(category: EmptyCategory) -> pb::EmptyCategory {
    let holds = category.holds.into_iter().map(str::to_owned).collect();
    pb::EmptyCategory { id: category.id.0, path: category.path, holds }
}

pub(in crate::rpc) fn omitted_course(omitted: Omitted) -> pb::OmittedCourse {
    pb::OmittedCourse {
        course_id: omitted.course.0,
        reason: omitted.reason.name().to_owned(),
        message: omitted.message,
    }
}

/// A list to be written and where it goes.
#[derive(Debug)]
pub(in crate::rpc) struct Generation {
    pub(in crate::rpc) order: CourseOrder,
    pub(in crate::rpc) upload: UploadStart,
}

pub(in crate::rpc) fn generation(request: pb::GenerateCommandFileRequest, site: SiteKey) -> Result<Generation, Status> {
    let mut fields = Fields::default();
    let tool = course_tool(&mut fields, request.tool);
    let takes_values =
        tool.is_some_and(|kind| matches!(crate::tools::tool(kind).course_file(), Some(CourseFile::Profile(_))));
    if tool.is_some() && !takes_values && !request.values.is_empty() {
        fields.refuse("values", "a list of courses has no other columns; leave them out");
    }
    let separator = match &*request.separator {
        "" => Some(Separator::default()),
        word => fields.check("separator", word.parse::<Separator>()),
    };
    let name = tool.and_then(|kind| crate::tools::tool(kind).descriptor().default_file_names.first());
    let path = match (&*request.path, name) {
        ("", Some(name)) => FilePath::parse(&format!("/{name}")).ok(),
        (path, _) => fields.path("path", path),
    };
    let key = fields.optional_enum("identifier", request.identifier, |value| match value {
        pb::CourseIdentifier::Unspecified => None,
        pb::CourseIdentifier::Id => Some(CourseKey::Id),
        pb::CourseIdentifier::Idnumber => Some(CourseKey::Idnumber),
        pb::CourseIdentifier::Shortname => Some(CourseKey::Shortname),
    });
    if request.course_ids.is_empty() {
        fields.refuse("course_ids", "no course is chosen; ListCourses gives their ids");
    }
    let mut seen = std::collections::HashSet::new();
    let courses = request.course_ids.into_iter().filter(|id| seen.insert(*id)).map(CourseId).collect();
    let overwrite = if request.overwrite { Overwrite::Replace } else { Overwrite::Refuse };
    let wanted = tool.zip(separator).zip(path);
    fields.finish(wanted.map(|((tool, separator), path)| Generation {
        order: CourseOrder {
            tool,
            courses,
            key: key.unwrap_or(CourseKey::Shortname),
            values: request.values.into_iter().collect(),
            separator,
        },
        upload: UploadStart {
            site,
            caller: Caller::local(),
            path,
            size: None,
            sha256: None,
            overwrite,
            request_id: None,
        },
    }))
}

/// A tool that takes a file of courses.
fn course_tool(fields: &mut Fields, tool: i32) -> Option<ToolKind> {
    let kind = fields.required_enum("tool", tool, tool_kind)?;
    if crate::tools::tool(kind).course_file().is_none() {
        let problem = format!("{kind} takes no file of courses; reset_courses, delete_courses and check_courses do");
        fields.refuse("tool", problem);
        return None;
    }
    Some(kind)
}
