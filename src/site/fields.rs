//! The plain columns of users, cohorts, courses and groups that command files may set, as enums instead of strings.

use serde::{Deserialize, Serialize};
use std::fmt::Debug;

/// A set of columns with their values, as text. Few entries, so a sorted list beats a map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields<F>(Vec<(F, String)>);

impl<F> Default for Fields<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: Copy + Ord + Debug> Fields<F> {
    /// The value of a column; `None` when it was not read or not given.
    pub fn get(&self, field: F) -> Option<&str> {
        self.0.binary_search_by_key(&field, |(f, _)| *f).ok().map(|at| self.0[at].1.as_str())
    }

    /// The value of a column, or nothing.
    pub fn text(&self, field: F) -> &str {
        self.get(field).unwrap_or("")
    }

    /// Sets a column.
    pub fn set(&mut self, field: F, value: impl Into<String>) {
        match self.0.binary_search_by_key(&field, |(f, _)| *f) {
            Ok(at) => self.0[at].1 = value.into(),
            Err(at) => self.0.insert(at, (field, value.into())),
        }
    }

    /// Sets a column unless it is set already.
    pub fn set_default(&mut self, field: F, value: impl Into<String>) {
        if self.get(field).is_none() {
            self.set(field, value);
        }
    }

    /// All columns with their values.
    pub fn iter(&self) -> impl Iterator<Item = (F, &str)> {
        self.0.iter().map(|(f, v)| (*f, v.as_str()))
    }

    /// Whether no column is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<F: Copy + Ord + Debug> FromIterator<(F, String)> for Fields<F> {
    fn from_iter<I: IntoIterator<Item = (F, String)>>(values: I) -> Self {
        let mut fields = Self::default();
        for (field, value) in values {
            fields.set(field, value);
        }
        fields
    }
}

/// One column before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldUpdate<F> {
    /// The column.
    pub field: F,
    /// The stored value.
    pub before: String,
    /// The new value.
    pub after: String,
}

/// How a column is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text of at most so many characters.
    Text(usize),
    /// Text of any length, nullable.
    LongText,
    /// A whole number.
    Integer,
}

macro_rules! columns {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $column:literal : $kind:expr),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "each variant is the column named beside it")]
        pub enum $name { $($variant,)+ }

        impl $name {
            /// Every column.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The column's name in Moodle's table.
            pub fn column(self) -> &'static str {
                match self { $(Self::$variant => $column,)+ }
            }

            /// How the column is stored (Moodle 4.1).
            pub fn kind(self) -> ColumnKind {
                use ColumnKind::*;
                match self { $(Self::$variant => $kind,)+ }
            }

            /// The field with that column name.
            pub fn from_column(column: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|field| field.column() == column)
            }
        }
    };
}

columns! {
    /// Columns of `user` that the tools read and write.
    UserField {
        Username = "username": Text(100),
        Firstname = "firstname": Text(100),
        Lastname = "lastname": Text(100),
        Idnumber = "idnumber": Text(255),
        Email = "email": Text(100),
        Auth = "auth": Text(20),
        Suspended = "suspended": Integer,
        Emailstop = "emailstop": Integer,
        Phone1 = "phone1": Text(20),
        Phone2 = "phone2": Text(20),
        Institution = "institution": Text(255),
        Department = "department": Text(255),
        Address = "address": Text(255),
        City = "city": Text(120),
        Country = "country": Text(2),
        Lang = "lang": Text(30),
        Theme = "theme": Text(50),
        Timezone = "timezone": Text(100),
        Description = "description": LongText,
        Descriptionformat = "descriptionformat": Integer,
        Mailformat = "mailformat": Integer,
        Maildigest = "maildigest": Integer,
        Maildisplay = "maildisplay": Integer,
        Autosubscribe = "autosubscribe": Integer,
        Trackforums = "trackforums": Integer,
        Middlename = "middlename": Text(255),
        Alternatename = "alternatename": Text(255),
        Firstnamephonetic = "firstnamephonetic": Text(255),
        Lastnamephonetic = "lastnamephonetic": Text(255),
    }
}

columns! {
    /// Columns of `cohort` that the tools read and write. The context is not among them: it has its own change.
    CohortField {
        Name = "name": Text(254),
        Idnumber = "idnumber": Text(100),
        Description = "description": LongText,
        Visible = "visible": Integer,
        Component = "component": Text(100),
    }
}

columns! {
    /// Columns of `groups` and `groupings` that the tools read and write.
    GroupField {
        Name = "name": Text(254),
        Idnumber = "idnumber": Text(100),
        Description = "description": LongText,
    }
}

columns! {
    /// Columns of `course` that the tools read and write. The category is not among them: it has its own change.
    CourseField {
        Fullname = "fullname": Text(254),
        Shortname = "shortname": Text(255),
        Idnumber = "idnumber": Text(100),
        Summary = "summary": LongText,
        Summaryformat = "summaryformat": Integer,
        Format = "format": Text(21),
        Showgrades = "showgrades": Integer,
        Newsitems = "newsitems": Integer,
        Startdate = "startdate": Integer,
        Enddate = "enddate": Integer,
        Marker = "marker": Integer,
        Maxbytes = "maxbytes": Integer,
        Legacyfiles = "legacyfiles": Integer,
        Showreports = "showreports": Integer,
        Visible = "visible": Integer,
        Visibleold = "visibleold": Integer,
        Groupmode = "groupmode": Integer,
        Groupmodeforce = "groupmodeforce": Integer,
        Defaultgroupingid = "defaultgroupingid": Integer,
        Lang = "lang": Text(30),
        Theme = "theme": Text(50),
        Timecreated = "timecreated": Integer,
        Enablecompletion = "enablecompletion": Integer,
        Showactivitydates = "showactivitydates": Integer,
        Showcompletionconditions = "showcompletionconditions": Integer,
    }
}

impl CohortField {
    /// What the column holds in a new cohort of which nothing else is said.
    pub fn usual(self) -> &'static str {
        match self {
            Self::Visible => "1",
            Self::Name | Self::Idnumber | Self::Description | Self::Component => "",
        }
    }
}
