//! Course sets: courses that a line lets a user take part in, by method, role and group.

use super::columns::SetColumns;
use super::command::filled;
use super::options::Settings;
use crate::model::{BoundColumn, CourseId, GroupId, Line, Problem, Reason, RoleId, UserId};
use crate::site::world::EnrolInstance;
use crate::site::{EnrolStatus, Match, Owner};
use crate::tools::Planner;
use crate::tools::participation::{
    Dates, InstanceChoice, MissingGroup, assign_role, enrol, find_group, find_instance, join_group, may_join_groups,
    role_owner, shortname,
};
use crate::tools::values::{check_limit, invalid, parse_number, parse_time};
use std::sync::Arc;

const LONGEST_GROUP: usize = 254;
const DAY: i64 = 86_400;
/// More days than that are a mistake, and would not fit Moodle's column.
const LONGEST_PERIOD: i64 = 36_500;

/// Which status an enrolment gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WantedStatus {
    This(EnrolStatus),
    /// The stored one; active where there is none.
    Stored,
}

/// How an enrolment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// As stored; never for new ones.
    Stored,
    /// As stored; new ones last as long as the method says.
    Usual,
    /// At a time, Unix seconds; 0 for never.
    At(i64),
    /// So many seconds after its start.
    After(i64),
}

/// One course set of a line.
#[derive(Debug)]
pub(super) struct CourseSet {
    pub(super) course: String,
    /// Another Moodle is named: nothing is done.
    elsewhere: bool,
    method: Option<String>,
    role: Option<String>,
    start: Option<i64>,
    end: End,
    status: WantedStatus,
    group: Option<String>,
    columns: Arc<SetNames>,
}

/// The names of the columns, for problems.
#[derive(Debug)]
pub(super) struct SetNames {
    course: String,
    method: String,
    role: String,
    group: String,
    remote: String,
}

impl SetNames {
    /// The names of a set; where it lacks a column, that of its course stands for it.
    pub(super) fn of(course: &BoundColumn, [method, role, group, remote]: [&Option<BoundColumn>; 4]) -> Arc<Self> {
        let name = |column: &Option<BoundColumn>| column.as_ref().unwrap_or(course).name.clone();
        Arc::new(Self {
            course: course.name.clone(),
            method: name(method),
            role: name(role),
            group: name(group),
            remote: name(remote),
        })
    }
}

impl CourseSet {
    /// Reads a set; `None` where its course is blank.
    pub(super) fn read(
        columns: &SetColumns,
        line: &Line,
        settings: &Settings,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let (_, course) = filled(Some(&columns.course), line)?;
        let text = |column: &Option<BoundColumn>| filled(column.as_ref(), line).map(|(_, text)| text.to_owned());
        let mut checked = |result: Result<Option<i64>, Problem>| {
            result.unwrap_or_else(|problem| {
                problems.push(problem);
                None
            })
        };
        let start = checked(time(columns.start.as_ref(), line, settings));
        let end = checked(time(columns.end.as_ref(), line, settings));
        let period = checked(number(columns.period.as_ref(), line, LONGEST_PERIOD)).filter(|days| *days > 0);
        let status = checked(number(columns.status.as_ref(), line, 1));
        let group = filled(columns.group.as_ref(), line);
        if let Some(Err(problem)) = group.map(|(column, name)| check_limit(column, name, LONGEST_GROUP)) {
            problems.push(problem);
        }
        let method = text(&columns.method);
        // Moodle's own upload knows no end, but the length that a method gives.
        let by_default = method.is_none() && settings.options.default_method.is_some();
        let like_moodle = columns.end.is_none() && (columns.period.is_some() || by_default);
        Some(Self {
            course: course.to_owned(),
            elsewhere: filled(columns.remote.as_ref(), line).is_some(),
            method: method.or_else(|| settings.options.default_method.clone()),
            role: text(&columns.role),
            start,
            end: match (end, period) {
                (Some(end), _) => End::At(end),
                (None, Some(days)) => End::After(days * DAY),
                (None, None) if like_moodle => End::Usual,
                (None, None) => End::Stored,
            },
            status: match (status, &columns.status) {
                (Some(number), _) => WantedStatus::This(EnrolStatus::from_number(number)),
                (None, Some(_)) => WantedStatus::Stored,
                (None, None) => WantedStatus::This(EnrolStatus::Active),
            },
            group: group.map(|(_, name)| name.to_owned()),
            columns: Arc::clone(&columns.names),
        })
    }

    /// Lets a user take part. What cannot be done is told; the rest of the line goes on.
    pub(super) fn apply(&self, plan: &mut Planner<'_>, user: UserId, settings: &Settings) {
        if self.elsewhere {
            let message = "Courses of another Moodle are not offered; this course was left out.";
            plan.tell(Problem::warning(Reason::RemoteUnsupported, message).at(&self.columns.remote));
            return;
        }
        if let Err(problem) = self.take_part(plan, user, settings) {
            plan.tell(problem);
        }
    }

    fn take_part(&self, plan: &mut Planner<'_>, user: UserId, settings: &Settings) -> Result<(), Problem> {
        let course = self.find_course(plan, settings)?;
        plan.visit(course);
        let role = self.role.as_deref().map(|name| self.find_role(name, settings)).transpose()?;
        if settings.facts.site_course == Some(course) {
            return self.on_front_page(plan, user, course, role);
        }
        match (&self.method, role) {
            (Some(method), role) => {
                let instance = self.find_instance(plan, course, method)?;
                self.enrol(plan, user, &instance);
                if let Some(role) = role.or(instance.role).or(settings.student) {
                    assign_role(plan, user, course, role, role_owner(&instance));
                }
            }
            (None, Some(role)) => _ = assign_role(plan, user, course, role, Owner::manual()),
            (None, None) if self.group.is_none() => {
                let message = format!("Nothing to do in course {:?}: give a method, a role or a group.", self.course);
                return Err(Problem::error(Reason::RoleMissing, message).at(&self.columns.course));
            }
            (None, None) => {}
        }
        match &self.group {
            Some(name) => self.join(plan, user, course, name).map_err(|problem| problem.at(&self.columns.group)),
            None => Ok(()),
        }
    }

    /// Nobody is enrolled on the front page, as in Moodle itself: there are only roles.
    fn on_front_page(
        &self,
        plan: &mut Planner<'_>,
        user: UserId,
        course: CourseId,
        role: Option<RoleId>,
    ) -> Result<(), Problem> {
        let site = |what: &str| format!("Course {:?} is the front page of the site; {what}", self.course);
        let Some(role) = role else {
            let message = site("nobody enrols there, so name a role, which is all that one can have.");
            return Err(Problem::error(Reason::SiteCourse, message).at(&self.columns.course));
        };
        if self.method.is_some() {
            let message = site("nobody enrols there, and only the role is given.");
            plan.tell(Problem::notice(Reason::SiteCourse, message).at(&self.columns.method));
        }
        assign_role(plan, user, course, role, Owner::manual());
        if self.group.is_some() {
            let message = site("without an enrolment nobody joins its groups.");
            return Err(Problem::error(Reason::GroupNotEnrolled, message).at(&self.columns.group));
        }
        Ok(())
    }

    fn find_course(&self, plan: &Planner<'_>, settings: &Settings) -> Result<CourseId, Problem> {
        let key = settings.options.course_identifier;
        let at = |reason, message: String| Err(Problem::error(reason, message).at(&self.columns.course));
        match plan.world.courses.find(key, &self.course) {
            Match::One(course) => Ok(course),
            Match::None => at(
                Reason::CourseUnknown,
                format!("No course has the {} {:?}; create it first.", key.name(), self.course),
            ),
            Match::Many(count) => at(
                Reason::CourseAmbiguous,
                format!("{count} courses have {} {:?}; make it unique.", key.name(), self.course),
            ),
        }
    }

    fn find_role(&self, name: &str, settings: &Settings) -> Result<RoleId, Problem> {
        let facts = &settings.facts;
        let by_id = || name.parse().ok().and_then(|id| facts.roles.iter().find(|role| role.id == RoleId(id)));
        facts.role(name).or_else(by_id).map(|role| role.id).ok_or_else(|| {
            let known: Vec<_> = facts.roles.iter().map(|role| role.shortname.as_str()).collect();
            let message = format!("No role has the short name {name:?}; there are {}.", known.join(", "));
            Problem::error(Reason::RoleUnknown, message).at(&self.columns.role)
        })
    }

    fn find_instance(&self, plan: &Planner<'_>, course: CourseId, method: &str) -> Result<EnrolInstance, Problem> {
        find_instance(plan.world, course, method, InstanceChoice::EnabledOnly).cloned().ok_or_else(|| {
            let shortname = shortname(plan.world, course);
            let message = format!(
                "The enrolment method {method:?} is not active in course {shortname:?}; enable it there, or name another."
            );
            Problem::error(Reason::EnrolMethodUnavailable, message).at(&self.columns.method)
        })
    }

    fn enrol(&self, plan: &mut Planner<'_>, user: UserId, instance: &EnrolInstance) {
        let stored = plan.world.participants.enrolment(user, instance.course, instance.id).map(|known| known.terms());
        let status = match (self.status, stored) {
            (WantedStatus::This(status), _) => status,
            (WantedStatus::Stored, Some((status, _, _))) => status,
            (WantedStatus::Stored, None) => EnrolStatus::Active,
        };
        let end = match self.end {
            End::Usual if stored.is_none() && instance.period > 0 => {
                Some(self.start.unwrap_or(plan.world.now) + instance.period)
            }
            End::Stored | End::Usual => None,
            End::At(end) => Some(end),
            End::After(seconds) => {
                let start = self.start.or(stored.map(|(_, start, _)| start)).unwrap_or(plan.world.now);
                Some(start + seconds)
            }
        };
        enrol(plan, user, instance, Dates { start: self.start, end }, status);
    }

    fn join(&self, plan: &mut Planner<'_>, user: UserId, course: CourseId, name: &str) -> Result<(), Problem> {
        may_join_groups(plan.world, user, course)?;
        // As in Moodle's own upload, digits may be the id of a group, unless a group has that name.
        let by_id = name.parse().ok().and_then(|id| plan.world.participants.group(course, GroupId(id)));
        let by_id = by_id.map(|group| group.id);
        let group = match (plan.world.participants.group_by_name(course, name), by_id) {
            (Match::None, Some(group)) => group,
            _ => find_group(plan, course, name, MissingGroup::Create)?,
        };
        join_group(plan, user, course, group, Owner::manual());
        Ok(())
    }
}

fn time(column: Option<&BoundColumn>, line: &Line, settings: &Settings) -> Result<Option<i64>, Problem> {
    let Some((column, text)) = filled(column, line) else { return Ok(None) };
    if text == "0" {
        return Ok(Some(0));
    }
    parse_time(text, settings.zone).map(Some).map_err(|sentence| {
        Problem::error(Reason::TimeInvalid, format!("Column {}: {sentence}.", column.name)).at(&column.name)
    })
}

fn number(column: Option<&BoundColumn>, line: &Line, largest: i64) -> Result<Option<i64>, Problem> {
    let Some((column, text)) = filled(column, line) else { return Ok(None) };
    parse_number(text, 0..=largest).map(Some).map_err(|sentence| invalid(column, sentence))
}
