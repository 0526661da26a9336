//! The header of a users file, bound once so that reading a line searches for no column. Knows no accounts.

use super::cells::{self, PlainColumn};
use super::courses::SetNames;
use super::editor::HTML_EDITOR;
use super::interests;
use super::options::Settings;
use super::profile::ProfileColumn;
use crate::model::{BoundColumn, BoundHeader, Problem, Reason};
use crate::site::{UserField, UserKey};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The columns of a users file.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) username: BoundColumn,
    /// The column that identifies accounts, unless that is the user name.
    pub(super) identity: Option<BoundColumn>,
    pub(super) old_username: Option<BoundColumn>,
    pub(super) deleted: Option<BoundColumn>,
    pub(super) host: Option<BoundColumn>,
    pub(super) password: Option<BoundColumn>,
    pub(super) plain: Vec<PlainColumn>,
    pub(super) profile: Vec<ProfileColumn>,
    pub(super) cohort: Option<BoundColumn>,
    pub(super) cohort_id: Option<BoundColumn>,
    pub(super) cohorts: Vec<BoundColumn>,
    pub(super) sets: Vec<SetColumns>,
    pub(super) roles_above: Vec<RoleColumns>,
    pub(super) interests: Option<BoundColumn>,
    pub(super) editor: Option<BoundColumn>,
}

/// The columns of a role above courses.
#[derive(Debug)]
pub(super) struct RoleColumns {
    pub(super) role: BoundColumn,
    /// The category; none for the whole site.
    pub(super) category: Option<BoundColumn>,
}

/// The columns of a course set.
#[derive(Debug)]
pub(super) struct SetColumns {
    pub(super) course: BoundColumn,
    pub(super) method: Option<BoundColumn>,
    pub(super) role: Option<BoundColumn>,
    pub(super) start: Option<BoundColumn>,
    pub(super) end: Option<BoundColumn>,
    pub(super) period: Option<BoundColumn>,
    pub(super) status: Option<BoundColumn>,
    pub(super) group: Option<BoundColumn>,
    pub(super) remote: Option<BoundColumn>,
    pub(super) names: Arc<SetNames>,
}

const SET_PARTS: [&str; 8] = ["enrol", "role", "start", "end", "enrolperiod", "enrolstatus", "group", "wwwroot"];

impl Columns {
    /// Binds a header. Notices tell of columns without effect.
    pub(super) fn bind(header: &BoundHeader, settings: &Settings) -> Result<(Self, Vec<Problem>), Problem> {
        let one = |name: &str| header.column(name).cloned();
        let username = one("username").ok_or_else(|| {
            Problem::error(Reason::ColumnMissing, "Column username is missing; every users file needs it.")
                .at("username")
        })?;
        let mut notices = Vec::new();
        let identity = match settings.options.identifier {
            UserKey::Username => None,
            key => one(key.name()),
        };
        if let Some(id) = header.column("id").filter(|_| settings.options.identifier != UserKey::Id) {
            let message = format!("Column {} has no effect unless the option identifier is id.", id.name);
            notices.push(Problem::notice(Reason::ColumnIgnored, message).at(&id.name));
        }
        let columns = Self {
            username,
            identity,
            old_username: one("oldusername"),
            deleted: one("deleted"),
            host: one("mnethostid"),
            password: one("password"),
            plain: cells::bind(header),
            profile: ProfileColumn::bind(header, settings, &mut notices),
            cohort: one("cohort"),
            cohort_id: one("cohortid"),
            cohorts: header.numbered("cohort", "").into_iter().cloned().collect(),
            sets: bind_sets(header, &mut notices),
            roles_above: bind_roles(header, &mut notices),
            interests: interests::bind(header, &settings.facts, &mut notices),
            editor: one(HTML_EDITOR),
        };
        Ok((columns, notices))
    }

    /// The same, where a blank cell keeps the stored value, mandatory or not: for accounts that are never created.
    pub(super) fn keeping_where_blank(mut self) -> Self {
        self.plain.iter_mut().for_each(PlainColumn::keep_where_blank);
        self
    }

    /// The columns of `user` that planning must know.
    pub(super) fn fields(&self) -> impl Iterator<Item = UserField> {
        self.plain.iter().map(|column| column.field)
    }
}

fn by_number(header: &BoundHeader, name: &str) -> BTreeMap<u32, BoundColumn> {
    header.numbered(name, "").into_iter().filter_map(|column| Some((column.number?, column.clone()))).collect()
}

fn bind_roles(header: &BoundHeader, notices: &mut Vec<Problem>) -> Vec<RoleColumns> {
    let on_site = by_number(header, "sysrole").into_values().map(|role| RoleColumns { role, category: None });
    let mut roles: Vec<RoleColumns> = on_site.collect();
    let mut in_categories = by_number(header, "categoryrole");
    let mut alone = |column: &BoundColumn, other: &str, number: u32| {
        let message = format!("Column {} has no effect: the file has no column {other}{number}.", column.name);
        notices.push(Problem::notice(Reason::ColumnIgnored, message).at(&column.name));
    };
    for (number, category) in by_number(header, "category") {
        match in_categories.remove(&number) {
            Some(role) => roles.push(RoleColumns { role, category: Some(category) }),
            None => alone(&category, "categoryrole", number),
        }
    }
    in_categories.iter().for_each(|(number, role)| alone(role, "category", *number));
    roles
}

fn bind_sets(header: &BoundHeader, notices: &mut Vec<Problem>) -> Vec<SetColumns> {
    let by_number = |name: &str| by_number(header, name);
    let courses = by_number("course");
    let mut parts = SET_PARTS.map(by_number);
    for column in parts.iter().flatten().filter(|(number, _)| !courses.contains_key(number)).map(|(_, c)| c) {
        let number = column.number.unwrap_or_default();
        let message = format!("Column {} has no effect: the file has no column course{number}.", column.name);
        notices.push(Problem::notice(Reason::ColumnIgnored, message).at(&column.name));
    }
    let set = |(number, course): (u32, BoundColumn)| {
        let [method, role, start, end, period, status, group, remote] =
            parts.each_mut().map(|columns| columns.remove(&number));
        let names = SetNames::of(&course, [&method, &role, &group, &remote]);
        SetColumns { names, course, method, role, start, end, period, status, group, remote }
    };
    courses.into_iter().map(set).collect()
}
