//! The columns of one file: where each value stands, how it is read, where it lands. Knows no line.

use crate::model::{BoundColumn, BoundHeader, Problem, Reason};
use crate::site::{CourseField, CourseKey, SiteFacts};
use std::ops::RangeInclusive;

/// How the text of a cell is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    /// Text of at most so many characters.
    Text(usize),
    /// Text of any length.
    LongText,
    /// 1 or 0.
    Switch,
    /// A whole number.
    Number(RangeInclusive<i64>),
    /// A time.
    Time,
    /// An installed course format.
    Format,
}

/// Where the value of a column goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Landing {
    /// A column of `course`.
    Field(CourseField),
    /// The option of topics and weeks.
    CourseDisplay,
    /// The self-enrolment of the course.
    SelfEnrolment,
    /// The guest access of the course.
    GuestAccess,
    /// Nowhere: it is only checked.
    Nowhere,
}

/// Whether a value may be blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// The line is refused.
    Refused,
    /// It means nothing.
    Absent,
    /// `""` and the clearing word empty the stored value.
    Clears,
}

/// A column with a single value.
#[derive(Debug)]
pub(super) struct ValueColumn {
    pub(super) column: BoundColumn,
    pub(super) rule: Rule,
    pub(super) landing: Landing,
    pub(super) blank: Blank,
}

/// The columns of one teacher.
#[derive(Debug)]
pub(super) struct TeacherColumns {
    pub(super) number: u32,
    pub(super) account: Option<BoundColumn>,
    pub(super) role: Option<BoundColumn>,
}

/// All columns of a file that mean something.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) identifier: Option<BoundColumn>,
    pub(super) values: Vec<ValueColumn>,
    pub(super) category: Option<BoundColumn>,
    pub(super) template: Option<BoundColumn>,
    pub(super) topics: Vec<(u32, BoundColumn)>,
    pub(super) teachers: Vec<TeacherColumns>,
}

/// The largest `sortorder` that the original takes.
const LARGEST_SORTORDER: i64 = 4_294_967_295;

const CHECKED_ONLY: [(&str, Rule); 2] =
    [("sortorder", Rule::Number(0..=LARGEST_SORTORDER)), ("timemodified", Rule::Time)];

fn field_rule(field: CourseField, facts: &SiteFacts) -> Option<Rule> {
    use CourseField::*;
    Some(match field {
        Fullname => Rule::Text(254),
        Shortname => Rule::Text(150),
        Idnumber => Rule::Text(100),
        Lang => Rule::Text(30),
        Theme => Rule::Text(50),
        Summary => Rule::LongText,
        Format => Rule::Format,
        Startdate | Timecreated => Rule::Time,
        Newsitems => Rule::Number(0..=10),
        Marker => Rule::Number(0..=52),
        Groupmode => Rule::Number(0..=2),
        Defaultgroupingid => Rule::Number(0..=i64::MAX),
        Maxbytes => {
            let limit = facts.config("maxbytes").parse().ok().filter(|limit| *limit > 0);
            Rule::Number(0..=limit.unwrap_or(i64::MAX))
        }
        Showgrades | Legacyfiles | Showreports | Visible | Visibleold | Groupmodeforce | Enablecompletion => {
            Rule::Switch
        }
        Summaryformat | Enddate | Showactivitydates | Showcompletionconditions => return None,
    })
}

fn blank_of(field: CourseField) -> Blank {
    match field {
        CourseField::Fullname | CourseField::Shortname => Blank::Refused,
        CourseField::Summary | CourseField::Idnumber | CourseField::Lang | CourseField::Theme => Blank::Clears,
        _ => Blank::Absent,
    }
}

fn value_column(column: &BoundColumn, facts: &SiteFacts) -> Option<ValueColumn> {
    let name = column.spec.name;
    let other = |landing, rule| Some((landing, rule, Blank::Absent));
    let (landing, rule, blank) = match name {
        "coursedisplay" => other(Landing::CourseDisplay, Rule::Switch),
        "self" => other(Landing::SelfEnrolment, Rule::Switch),
        "guest" => other(Landing::GuestAccess, Rule::Switch),
        _ => match CHECKED_ONLY.into_iter().find(|(checked, _)| *checked == name) {
            Some((_, rule)) => other(Landing::Nowhere, rule),
            None => {
                let field = CourseField::from_column(name)?;
                field_rule(field, facts).map(|rule| (Landing::Field(field), rule, blank_of(field)))
            }
        },
    }?;
    Some(ValueColumn { column: column.clone(), rule, landing, blank })
}

fn teachers(header: &BoundHeader) -> Vec<TeacherColumns> {
    let (accounts, roles) = (header.numbered("teacher", "_account"), header.numbered("teacher", "_role"));
    let mut numbers: Vec<u32> = accounts.iter().chain(&roles).filter_map(|column| column.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let of = |columns: &[&BoundColumn], number| {
        columns.iter().find(|column| column.number == Some(number)).map(|column| (*column).clone())
    };
    let pair = |number| TeacherColumns { number, account: of(&accounts, number), role: of(&roles, number) };
    numbers.into_iter().map(pair).collect()
}

impl Columns {
    /// Finds the columns of a file. Errors refuse the file.
    pub(super) fn bind(header: &BoundHeader, identifier: CourseKey, facts: &SiteFacts) -> Result<Self, Vec<Problem>> {
        if let Some(column) = header.column("id").filter(|_| identifier != CourseKey::Id) {
            let message =
                "Column id is only understood with the option identifier=id; remove the column or set the option.";
            return Err(vec![Problem::error(Reason::ColumnUnknown, message).at(&column.name)]);
        }
        let numbered = |column: &BoundColumn| Some((column.number?, column.clone()));
        Ok(Self {
            identifier: header.column(identifier.name()).cloned(),
            values: header.columns.iter().filter_map(|column| value_column(column, facts)).collect(),
            category: header.column("category").cloned(),
            template: header.column("template").cloned(),
            topics: header.numbered("topic", "").into_iter().filter_map(numbered).collect(),
            teachers: teachers(header),
        })
    }

    /// What to tell once a file: columns whose values go nowhere.
    pub(super) fn notices(&self) -> Vec<Problem> {
        let nowhere = self.values.iter().filter(|value| value.landing == Landing::Nowhere);
        let tell = |value: &ValueColumn| {
            let name = &value.column.name;
            let message = format!("Column {name} is checked and has no effect: Moodle sets it itself.");
            Problem::notice(Reason::ColumnIgnored, message).at(name)
        };
        nowhere.map(tell).collect()
    }
}
