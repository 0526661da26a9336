//! Courses and categories to choose among, and lists of them.

use super::field::{Fields, page_size};
use super::tool::tool_kind;
use crate::engine::{EmptyCategory, ListedCourse, Omitted};
use crate::model::{Caller, CategoryId, CourseId, FilePath, Layout, SiteKey};
use crate::rpc::pb;
use crate::site::catalog::{CourseQuery, Visibility};
use crate::site::{CourseField, CourseKey};
use crate::store::{Overwrite, UploadStart};
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
    pub(in crate::rpc) courses: Vec<CourseId>,
    pub(in crate::rpc) key: CourseKey,
    pub(in crate::rpc) upload: UploadStart,
}

pub(in crate::rpc) fn generation(request: pb::GenerateCommandFileRequest, site: SiteKey) -> Result<Generation, Status> {
    let mut fields = Fields::default();
    let name = list_name(&mut fields, request.tool);
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
    fields.finish(path.map(|path| Generation {
        courses,
        key: key.unwrap_or(CourseKey::Shortname),
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

/// The name of the list of a tool, where it takes a plain list of courses.
fn list_name(fields: &mut Fields, tool: i32) -> Option<&'static str> {
    let kind = fields.required_enum("tool", tool, tool_kind)?;
    let descriptor = crate::tools::tool(kind).descriptor();
    let is_list_of_courses = descriptor.layout != Layout::Header
        && descriptor.columns.first().is_some_and(|column| column.name == crate::tools::course_lists::IDENTIFIER);
    if !is_list_of_courses {
        fields.refuse("tool", format!("{kind} takes no list of courses; delete_courses and check_courses do"));
        return None;
    }
    descriptor.default_file_names.first().copied()
}
