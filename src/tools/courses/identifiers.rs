//! Short names and idnumbers, which no two courses may share. Moodle has no index for that.

use super::command::CourseCommand;
use crate::model::{CourseId, Problem, Reason};
use crate::site::world::Course;
use crate::site::{CourseField, CourseKey, World};

/// Identifiers of the line that another course has. `course` is the course to update, if it exists.
pub(super) fn collisions(command: &CourseCommand, course: Option<&Course>, world: &World) -> Vec<Problem> {
    let own = course.map(|course| course.id);
    let changes = |field, value: &str| course.is_none_or(|course| course.fields.text(field) != value);
    let mut problems = Vec::new();
    let shortname = command.shortname();
    if changes(CourseField::Shortname, shortname)
        && let Some(other) = other_course(world, CourseKey::Shortname, shortname, own)
    {
        let message = format!("The short name {shortname:?} belongs to the course with id {other}; choose another.");
        problems.push(Problem::error(Reason::ShortnameCollision, message).at("shortname"));
    }
    if let Some(idnumber) = command.idnumber().filter(|idnumber| changes(CourseField::Idnumber, idnumber))
        && let Some(other) = other_course(world, CourseKey::Idnumber, idnumber, own)
    {
        let name = world.courses.get(other).map_or("?", Course::shortname);
        let message = format!("The idnumber {idnumber:?} belongs to the course {name:?}; choose another.");
        problems.push(Problem::error(Reason::IdnumberCollision, message).at("idnumber"));
    }
    problems
}

fn other_course(world: &World, key: CourseKey, value: &str, own: Option<CourseId>) -> Option<CourseId> {
    world.courses.find_all(key, value).into_iter().find(|id| Some(*id) != own)
}
