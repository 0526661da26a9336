//! What a plan takes for granted, looked at once more right before it is applied: Moodle may have written since.
//!
//! Unique indexes and the row counts of updates and deletions tell the rest while it is applied: names of accounts,
//! enrolments, memberships, sections. What neither of them guards is checked here: that what the changes refer to is
//! still there, and that groups, cohorts, categories, courses and enrolment methods to be created have no equal yet. A
//! role or a preference that is to go and is gone already needs no check. Nobody checks again whether an e-mail address
//! or an idnumber has been taken since it was planned; like in Moodle itself, the last writer wins.

use super::rows::Rows;
use super::{Statement, Target, conflict};
use crate::site::sql::statement::Value;
use crate::site::{Change, CohortField, CourseField, GroupField, RolePlace, SiteError, SiteFacts, Source};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Ids in one statement.
const IDS: usize = 10_000;

/// Something that changes refer to and do not create.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Needed {
    User,
    Course,
    Category,
    Cohort,
    Group,
    Grouping,
    Method,
}

impl Needed {
    fn noun(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Course => "courses",
            Self::Category => "course categories",
            Self::Cohort => "cohorts",
            Self::Group => "groups",
            Self::Grouping => "groupings",
            Self::Method => "enrolment methods",
        }
    }

    fn count(self) -> &'static str {
        match self {
            Self::User => "select count(*) from {user by id} where +deleted = 0 and id",
            Self::Course => "select count(*) from {course} where id",
            Self::Category => "select count(*) from {course_categories} where id",
            Self::Cohort => "select count(*) from {cohort} where id",
            Self::Group => "select count(*) from {groups} where id",
            Self::Grouping => "select count(*) from {groupings} where id",
            Self::Method => "select count(*) from {enrol} where id",
        }
    }

    /// Tells what a change refers to.
    fn of(change: &Change, tell: &mut impl FnMut(Self, i64)) {
        if let Some(user) = change.user()
            && !matches!(change, Change::ReviveUser { .. })
        {
            tell(Self::User, user.0);
        }
        match change {
            Change::CreateSection { course, .. }
            | Change::SetFormatOptions { course, .. }
            | Change::UpdateFormatOption { course, .. }
            | Change::CreateNewsForum { course }
            | Change::CreateSocialBlock { course }
            | Change::DeleteCourse { id: course, .. } => tell(Self::Course, course.0),
            Change::CreateInstance(new) => {
                tell(Self::Course, new.course.0);
                match new.source {
                    Some(Source::Cohort(cohort)) => tell(Self::Cohort, cohort.0),
                    Some(Source::Course(course)) => tell(Self::Course, course.0),
                    None => {}
                }
                tell(Self::Group, new.terms.group.map_or(0, |group| group.0));
            }
            Change::CopyTemplate(copy) => {
                tell(Self::Course, copy.from.0);
                tell(Self::Course, copy.to.0);
            }
            other => tell(Self::Course, other.course().map_or(0, |course| course.0)),
        }
        match change {
            Change::CreateCategory { parent: category, .. }
            | Change::CreateCourse { category, .. }
            | Change::DeleteCategory { id: category, .. }
            | Change::MoveCourse { to: category, .. } => tell(Self::Category, category.0),
            Change::AssignRoleAbove { place: RolePlace::Category(category), .. } => tell(Self::Category, category.0),
            Change::AddCohortMember { cohort, .. } => tell(Self::Cohort, cohort.0),
            Change::CreateCohort { category, .. } | Change::MoveCohort { to: category, .. } => {
                tell(Self::Category, category.0);
            }
            Change::AssignGrouping { grouping, group, .. } => {
                tell(Self::Grouping, grouping.0);
                tell(Self::Group, group.0);
            }
            Change::UpdateInstance { after, .. } => tell(Self::Group, after.group.map_or(0, |group| group.0)),
            Change::AddMember { group, .. } => tell(Self::Group, group.0),
            Change::Enrol { instance, .. } => tell(Self::Method, instance.0),
            _ => {}
        }
    }
}

/// Enrolment methods that Moodle allows once in a course.
const ONCE_A_COURSE: [&str; 2] = ["manual", "guest"];

/// Something that changes create and that must have no equal, though no unique index forbids one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unequalled {
    NamedGroup,
    NumberedGroup,
    Grouping,
    Category,
    Course,
    NamedCohort,
    NumberedCohort,
    Method,
}

impl Unequalled {
    fn noun(self) -> &'static str {
        match self {
            Self::NamedGroup | Self::NumberedGroup => "a group",
            Self::Grouping => "a grouping",
            Self::Category => "a course category",
            Self::Course => "a course",
            Self::NamedCohort | Self::NumberedCohort => "a cohort",
            Self::Method => "an enrolment method",
        }
    }

    /// Asks for scope and name of those that are there, for rows (scope, name).
    fn present(self) -> &'static str {
        match self {
            Self::NumberedGroup => {
                "select distinct t.courseid, t.idnumber from v \
                 join {groups} t on t.courseid = v.scope and t.idnumber = v.name"
            }
            Self::Grouping => {
                "select distinct t.courseid, t.name from v \
                 join {groupings} t on t.courseid = v.scope and t.name = v.name"
            }
            Self::NamedGroup => {
                "select distinct t.courseid, t.name from v join {groups} t on t.courseid = v.scope and t.name = v.name"
            }
            Self::Category => {
                "select distinct t.parent, t.name from v \
                 join {course_categories} t on t.parent = v.scope and t.name = v.name"
            }
            Self::Course => {
                "select distinct 0, t.shortname from v join {course} t on t.shortname = v.name and t.category <> 0"
            }
            Self::NamedCohort => {
                "select distinct t.contextid, t.name from v join {cohort} t on t.contextid = v.scope and t.name = v.name"
            }
            Self::NumberedCohort => "select distinct 0, t.idnumber from v join {cohort} t on t.idnumber = v.name",
            Self::Method => {
                "select distinct t.courseid, t.enrol from v join {enrol} t on t.courseid = v.scope and t.enrol = v.name"
            }
        }
    }

    /// What a change creates within something that is there already: its kind, scope and name.
    fn of<'c>(change: &'c Change, facts: &SiteFacts) -> Option<(Self, i64, &'c str)> {
        let created = match change {
            // A group with an idnumber may have the name of another one.
            Change::CreateGroup { course, fields, .. } => match fields.text(GroupField::Idnumber) {
                "" => (Self::NamedGroup, course.0, fields.text(GroupField::Name).trim()),
                idnumber => (Self::NumberedGroup, course.0, idnumber),
            },
            Change::CreateGrouping { course, fields, .. } => {
                (Self::Grouping, course.0, fields.text(GroupField::Name).trim())
            }
            Change::CreateCategory { parent, name, .. } => (Self::Category, parent.0, &**name),
            Change::CreateCourse { fields, .. } => (Self::Course, 0, fields.text(CourseField::Shortname)),
            Change::CreateCohort { category, fields, .. } => {
                let system = facts.system_context.map_or(0, |context| context.0);
                match fields.text(CohortField::Idnumber) {
                    "" if category.0 == 0 => (Self::NamedCohort, system, fields.text(CohortField::Name)),
                    "" => return None,
                    idnumber => (Self::NumberedCohort, 0, idnumber),
                }
            }
            Change::CreateInstance(new) if ONCE_A_COURSE.contains(&&*new.method) => {
                (Self::Method, new.course.0, &*new.method)
            }
            _ => return None,
        };
        (created.1 >= 0).then_some(created)
    }
}

/// Refuses changes whose premises hold no longer.
pub(super) async fn check(target: &mut Target<'_>, changes: &[&Change], facts: &SiteFacts) -> Result<(), SiteError> {
    still_there(target, changes).await?;
    still_missing(target, changes, facts).await
}

async fn still_there(target: &mut Target<'_>, changes: &[&Change]) -> Result<(), SiteError> {
    let mut needed: BTreeMap<Needed, BTreeSet<i64>> = BTreeMap::new();
    let mut revived = HashSet::new();
    for change in changes {
        Needed::of(change, &mut |kind, id| {
            if id > 0 {
                needed.entry(kind).or_default().insert(id);
            }
        });
        if let Change::ReviveUser { id, .. } = change {
            revived.insert(id.0);
        }
    }
    needed.entry(Needed::User).or_default().retain(|id| !revived.contains(id));
    for (kind, ids) in needed {
        let ids: Vec<i64> = ids.into_iter().collect();
        for part in ids.chunks(IDS) {
            let count = Statement::new(target.dialect, kind.count()).one_of(part.iter().copied());
            let found = target.connection.fetch("look again at what is to change", count).await?;
            let found = found.first().map_or(0, |row| row.int(0));
            let gone = i64::try_from(part.len()).unwrap_or(i64::MAX) - found;
            if gone > 0 {
                return Err(conflict("apply changes", format!("{gone} of the {} they need are gone", kind.noun())));
            }
        }
    }
    Ok(())
}

async fn still_missing(target: &mut Target<'_>, changes: &[&Change], facts: &SiteFacts) -> Result<(), SiteError> {
    let mut created: BTreeMap<Unequalled, (Rows, HashSet<(i64, String)>)> = BTreeMap::new();
    let fold = |name: &str| facts.collation.fold(name).into_owned();
    for change in changes {
        let Some((kind, scope, name)) = Unequalled::of(change, facts) else { continue };
        let (rows, names) = created.entry(kind).or_insert_with(|| (Rows::new(["scope", "name"]), HashSet::new()));
        rows.push([Value::Int(scope), name.into()]);
        names.insert((scope, fold(name)));
    }
    for (kind, (rows, names)) in created {
        for mut row in target.fetch_with("look again for what is to be created", &rows, kind.present()).await? {
            let (scope, name) = (row.int(0), row.text(1));
            // The database may take more for equal than planning does.
            if names.contains(&(scope, fold(&name))) {
                return Err(conflict("apply changes", format!("{} {name:?} has been created meanwhile", kind.noun())));
            }
        }
    }
    Ok(())
}
