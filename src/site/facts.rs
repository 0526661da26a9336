//! What a run must know about a site before its first line: configuration, roles, profile fields.
//!
//! Read once a run, because Moodle changes them only through its own administration pages.

use super::calls::RunningMoodle;
use crate::model::{ContextId, CourseId, ProfileFieldId, RoleId, UserId};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// A row of `role`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Its unique short name.
    pub shortname: String,
}

/// A row of `user_info_field`: a custom field of user profiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileField {
    /// Its id.
    pub id: ProfileFieldId,
    /// Its short name, as used in column names.
    pub shortname: String,
    /// `text`, `textarea`, `menu`, `checkbox`, `datetime`, `social`, or another plug-in's.
    pub datatype: String,
    /// Whether no two users may have the same value.
    pub force_unique: bool,
    /// Options of a menu, first year of a date field.
    pub param1: String,
    /// Maximum length of a text, last year of a date field.
    pub param2: String,
    /// Whether a date field keeps the time of day.
    pub param3: String,
}

/// How the site's database compares text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Collation {
    /// Byte by byte: SQLite, PostgreSQL.
    #[default]
    Exact,
    /// Without regard to case and trailing blanks: MariaDB and MySQL.
    CaseInsensitive,
}

impl Collation {
    /// The form in which two texts are equal exactly when the database takes them for equal.
    pub fn fold(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Exact => Cow::Borrowed(text),
            Self::CaseInsensitive => Cow::Owned(text.trim_end().to_lowercase()),
        }
    }
}

/// Where the site's database does its work, and so what a statement and a commit cost besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hosting {
    /// In this process, in whose memory it works: SQLite.
    #[default]
    Embedded,
    /// In a server, which has to be asked and answers.
    Server,
}

/// What is known about a site for the length of a run.
#[derive(Debug, Clone, Default)]
pub struct SiteFacts {
    /// `config`: site-wide settings by name.
    pub config: HashMap<String, String>,
    /// `config_plugins`: settings by plug-in and name.
    pub plugin_config: HashMap<String, HashMap<String, String>>,
    /// All roles.
    pub roles: Vec<Role>,
    /// Which roles Moodle gives at which level of contexts: `roleid` and `contextlevel`.
    pub role_levels: HashSet<(RoleId, i64)>,
    /// All custom profile fields.
    pub profile_fields: Vec<ProfileField>,
    /// Ids of activity modules by name.
    pub modules: HashMap<String, i64>,
    /// The front page course: `category` 0.
    pub site_course: Option<CourseId>,
    /// The context of level 10.
    pub system_context: Option<ContextId>,
    /// Site administrators, by `config.siteadmins`.
    pub admins: HashSet<UserId>,
    /// The guest account, by `config.siteguest`.
    pub guest: Option<UserId>,
    /// How the database compares text.
    pub collation: Collation,
    /// Where the database does its work.
    pub hosting: Hosting,
    /// Whether a running Moodle can be asked to do something.
    pub moodle: RunningMoodle,
}

impl SiteFacts {
    /// A site-wide setting; empty when it is not set.
    pub fn config(&self, name: &str) -> &str {
        self.config.get(name).map_or("", String::as_str)
    }

    /// A setting of a plug-in.
    pub fn plugin(&self, plugin: &str, name: &str) -> Option<&str> {
        self.plugin_config.get(plugin)?.get(name).map(String::as_str)
    }

    /// A setting of a plug-in that is a number.
    pub fn plugin_number(&self, plugin: &str, name: &str) -> Option<i64> {
        self.plugin(plugin, name)?.trim().parse().ok()
    }

    /// The `mnethostid` of local accounts.
    pub fn local_host(&self) -> i64 {
        self.config("mnet_localhost_id").parse().unwrap_or(1)
    }

    /// The role with that short name.
    pub fn role(&self, shortname: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.shortname == shortname)
    }

    /// The short name of a role.
    pub fn role_name(&self, id: RoleId) -> &str {
        self.roles.iter().find(|role| role.id == id).map_or("?", |role| role.shortname.as_str())
    }

    /// The profile field with that short name; another case is accepted when only one field has it.
    pub fn profile_field(&self, shortname: &str) -> Option<&ProfileField> {
        self.profile_fields
            .iter()
            .find(|field| field.shortname == shortname)
            .or_else(|| self.profile_fields.iter().find(|field| field.shortname.eq_ignore_ascii_case(shortname)))
    }

    /// Enabled enrolment plug-ins, in the site's order.
    pub fn enrol_plugins(&self) -> impl Iterator<Item = &str> {
        self.config("enrol_plugins_enabled").split(',').map(str::trim).filter(|name| !name.is_empty())
    }

    /// Whether a course format is installed and enabled.
    pub fn has_format(&self, name: &str) -> bool {
        self.plugin_config.get(&format!("format_{name}")).is_some_and(|settings| {
            settings.contains_key("version") && settings.get("disabled").is_none_or(|disabled| disabled != "1")
        })
    }

    /// Whether an account is the guest or a site administrator.
    pub fn is_protected(&self, user: UserId) -> bool {
        self.guest == Some(user) || self.admins.contains(&user)
    }
}
