//! Custom profile fields: what their cells mean, and bringing a user's values to that.

use super::command::filled;
use super::options::Settings;
use crate::model::{BoundColumn, BoundHeader, Line, Problem, ProfileFieldId, Reason, UserId};
use crate::site::{Change, ProfileField};
use crate::tools::Planner;
use crate::tools::values::{CLEAR, invalid, parse_switch, parse_time};
use chrono::{DateTime, Datelike, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;

/// What a profile field keeps.
#[derive(Debug)]
enum Kind {
    /// Text of at most so many characters.
    Text(Option<usize>),
    /// Rich text.
    Html,
    /// One of these.
    Menu(Vec<String>),
    Checkbox,
    /// A time: first and last year, with or without the time of day.
    Date {
        years: (i32, i32),
        precision: Precision,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    Day,
    Second,
}

/// Whether two users may have the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sharing {
    Allowed,
    Refused,
}

/// A column of a file that is a profile field of the site.
#[derive(Debug)]
pub(super) struct ProfileColumn {
    column: BoundColumn,
    pub(super) field: ProfileFieldId,
    kind: Kind,
    sharing: Sharing,
}

/// The value that a line gives to a profile field.
#[derive(Debug)]
pub(super) struct ProfileValue {
    pub(super) field: ProfileFieldId,
    pub(super) value: String,
    format: i64,
    column: String,
    sharing: Sharing,
}

/// Fields that once were columns of `user` and may be profile fields now.
const FORMER_COLUMNS: [&str; 2] = ["icq", "url"];

impl ProfileColumn {
    /// The profile columns of a header; a warning for each that the site does not have.
    pub(super) fn bind(header: &BoundHeader, settings: &Settings, notices: &mut Vec<Problem>) -> Vec<Self> {
        let prefixed = header.prefixed("profile_field_").map(|c| (c, c.tail.as_deref().unwrap_or("")));
        let former = FORMER_COLUMNS.iter().filter_map(|name| header.column(name).map(|c| (c, *name)));
        let bound = prefixed.chain(former).filter_map(|(column, shortname)| {
            let found = settings.facts.profile_field(shortname);
            if found.is_none() {
                let message = format!("The site has no profile field {shortname:?}; the column has no effect.");
                notices.push(Problem::warning(Reason::ProfileFieldUnknown, message).at(&column.name));
            }
            found.map(|field| Self::of(column.clone(), field))
        });
        bound.collect()
    }

    fn of(column: BoundColumn, field: &ProfileField) -> Self {
        let year = |text: &str, default| text.trim().parse().unwrap_or(default);
        let kind = match field.datatype.as_str() {
            "textarea" => Kind::Html,
            "menu" => Kind::Menu(field.param1.lines().map(|option| option.trim().to_owned()).collect()),
            "checkbox" => Kind::Checkbox,
            "datetime" => Kind::Date {
                years: (year(&field.param1, i32::MIN), year(&field.param2, i32::MAX)),
                precision: if matches!(field.param3.trim(), "" | "0") { Precision::Day } else { Precision::Second },
            },
            "text" => Kind::Text(field.param2.trim().parse().ok().filter(|limit| *limit > 0)),
            _ => Kind::Text(None),
        };
        let sharing = if field.force_unique { Sharing::Refused } else { Sharing::Allowed };
        Self { column, field: field.id, kind, sharing }
    }

    /// Reads the cell of a line. `None`: the value stays as it is.
    pub(super) fn read(&self, line: &Line, settings: &Settings, problems: &mut Vec<Problem>) -> Option<ProfileValue> {
        let (_, text) = filled(Some(&self.column), line)?;
        let read = if text == CLEAR { Ok(self.kind.nothing().to_owned()) } else { self.value(text, settings.zone) };
        match read {
            Ok(value) => Some(ProfileValue {
                field: self.field,
                value,
                format: i64::from(matches!(self.kind, Kind::Html)),
                column: self.column.name.clone(),
                sharing: self.sharing,
            }),
            Err(problem) => {
                problems.push(problem);
                None
            }
        }
    }

    fn value(&self, text: &str, zone: Tz) -> Result<String, Problem> {
        let at = |reason, message: String| Problem::error(reason, message).at(&self.column.name);
        match &self.kind {
            Kind::Text(Some(limit)) if text.chars().count() > *limit => {
                let name = &self.column.name;
                Err(at(
                    Reason::ValueTooLong,
                    format!("Column {name}: the profile field keeps {limit} characters; shorten it."),
                ))
            }
            Kind::Text(_) | Kind::Html => Ok(text.to_owned()),
            Kind::Menu(options) if options.iter().any(|option| option == text) => Ok(text.to_owned()),
            Kind::Menu(options) => {
                let known = options.join(", ");
                Err(at(
                    Reason::ProfileBadOption,
                    format!("{text:?} is not an option of the field; write one of {known}."),
                ))
            }
            Kind::Checkbox => match parse_switch(text) {
                Ok(on) => Ok(if on { "1" } else { "0" }.to_owned()),
                Err(sentence) => Err(invalid(&self.column, sentence)),
            },
            Kind::Date { years, precision } => match date(text, zone, *years, *precision) {
                Ok(time) => Ok(time.to_string()),
                Err(sentence) => Err(at(Reason::TimeInvalid, format!("Column {}: {sentence}.", self.column.name))),
            },
        }
    }
}

impl Kind {
    fn nothing(&self) -> &'static str {
        match self {
            Self::Checkbox | Self::Date { .. } => "0",
            Self::Text(_) | Self::Html | Self::Menu(_) => "",
        }
    }
}

fn date(text: &str, zone: Tz, years: (i32, i32), precision: Precision) -> Result<i64, String> {
    if text == "0" {
        return Ok(0);
    }
    let time = match NaiveDateTime::parse_from_str(text, "%Y-%m-%d-%H-%M-%S") {
        Ok(local) => parse_time(&local.format("%Y-%m-%d %H:%M:%S").to_string(), zone)?,
        Err(_) => parse_time(text, zone)?,
    };
    let wrong = || format!("{text:?} is not a time that the field can keep");
    let local = DateTime::from_timestamp(time, 0).ok_or_else(wrong)?.with_timezone(&zone).naive_local();
    let year = local.year().max(years.0).min(years.1);
    // A leap day moves to the day before where the other year has none.
    let clamped = local.with_year(year).or_else(|| local.with_day(28)?.with_year(year)).ok_or_else(wrong)?;
    if precision == Precision::Second && clamped == local {
        return Ok(time);
    }
    let kept = if precision == Precision::Day { clamped.date().and_time(NaiveTime::MIN) } else { clamped };
    zone.from_local_datetime(&kept).earliest().map(|time| time.timestamp()).ok_or_else(wrong)
}

impl ProfileValue {
    /// Whether holders of the same value must be known.
    pub(super) fn is_unique(&self) -> bool {
        self.sharing == Sharing::Refused && !self.value.is_empty()
    }

    /// Brings the field of a user to the value.
    pub(super) fn apply(&self, plan: &mut Planner<'_>, user: UserId) {
        let before = plan.world.users.profile(user, self.field);
        // No row is as good as an empty value.
        if before.unwrap_or("") == self.value {
            return;
        }
        let before = before.map(str::to_owned);
        if self.is_unique() && plan.world.users.other_has_profile_value(user, self.field, &self.value) {
            let message = format!("Another user has {:?} in this profile field, whose values are unique.", self.value);
            plan.tell(Problem::error(Reason::ProfileNotUnique, message).at(&self.column));
            return;
        }
        let after = self.value.clone();
        plan.apply(Change::SetProfileField { user, field: self.field, before, after, format: self.format });
    }
}
