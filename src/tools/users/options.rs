//! Options of a run of the users tool, and what they and the configuration of a site mean for every line.

use super::password::PasswordPolicy;
use crate::model::RoleId;
use crate::site::{CourseKey, SiteFacts, UserField, UserKey};
use crate::tools::options::{OptionError, ToolOptions};
use crate::tools::values::zone_of;
use chrono_tz::Tz;
use std::sync::Arc;

/// Whether a line may give an account another user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Renaming {
    Allowed,
    Refused,
}

/// What becomes of a stored e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoredEmail {
    Protected,
    Replaced,
}

/// What a new account gets that comes without a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MissingPassword {
    /// Moodle makes one and mails it.
    Generated,
    /// None that works.
    Unusable,
    /// The line is refused where the cell is blank.
    Refused,
}

/// What a line becomes whose user name belonged to a deleted account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeletedAccount {
    Revived,
    LeftAlone,
}

/// The options of a run.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) identifier: UserKey,
    pub(super) course_identifier: CourseKey,
    pub(super) renaming: Renaming,
    pub(super) stored_email: StoredEmail,
    pub(super) missing_password: MissingPassword,
    pub(super) deleted_account: DeletedAccount,
    /// The enrolment method of course sets that name none.
    pub(super) default_method: Option<String>,
}

impl Options {
    /// Reads checked options.
    pub(super) fn read(given: &ToolOptions) -> Result<Self, Vec<OptionError>> {
        let identifier = UserKey::from_name(given.text("identifier"));
        let course_identifier = CourseKey::from_name(given.text("course_identifier"));
        let (Some(identifier), Some(course_identifier)) = (identifier, course_identifier) else {
            let missing = [("identifier", identifier.is_none()), ("course_identifier", course_identifier.is_none())];
            let error = |name: &str| OptionError { name: name.to_owned(), problem: "is not set".to_owned() };
            return Err(missing
                .into_iter()
                .filter(|(_, is_missing)| *is_missing)
                .map(|(name, _)| error(name))
                .collect());
        };
        let either = |name, on, off| if given.flag(name) { on } else { off };
        Ok(Self {
            identifier,
            course_identifier,
            renaming: if given.flag("allow_rename") { Renaming::Allowed } else { Renaming::Refused },
            stored_email: if given.flag("protect_emails") { StoredEmail::Protected } else { StoredEmail::Replaced },
            missing_password: match given.text("missing_password") {
                "refuse" => either("create_passwords", MissingPassword::Generated, MissingPassword::Refused),
                _ => either("create_passwords", MissingPassword::Generated, MissingPassword::Unusable),
            },
            deleted_account: if given.flag("revive") { DeletedAccount::Revived } else { DeletedAccount::LeftAlone },
            default_method: Some(given.text("default_enrol").to_owned()).filter(|method| !method.is_empty()),
        })
    }
}

/// Whether several accounts may have one e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SharedEmails {
    Allowed,
    Refused,
}

/// Which characters a user name may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UsernameCharacters {
    /// `a-z 0-9 . _ - @`.
    Plain,
    /// All but blanks and capitals.
    Extended,
}

/// Options and site, read once a file.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) options: Options,
    pub(super) shared_emails: SharedEmails,
    pub(super) username_characters: UsernameCharacters,
    pub(super) policy: PasswordPolicy,
    pub(super) zone: Tz,
    pub(super) student: Option<RoleId>,
    /// Values of new accounts where the line has none; what equals the default of Moodle's column is left out.
    pub(super) defaults: Vec<(UserField, String)>,
    pub(super) facts: Arc<SiteFacts>,
}

impl Settings {
    pub(super) fn new(options: Options, facts: Arc<SiteFacts>) -> Self {
        let shares = facts.config("allowaccountssameemail") == "1";
        let extended = facts.config("extendedusernamechars") == "1";
        Self {
            options,
            shared_emails: if shares { SharedEmails::Allowed } else { SharedEmails::Refused },
            username_characters: if extended { UsernameCharacters::Extended } else { UsernameCharacters::Plain },
            policy: PasswordPolicy::of(&facts),
            zone: zone_of(facts.config("timezone")),
            student: facts.role("student").map(|role| role.id),
            defaults: defaults(&facts),
            facts,
        }
    }

    /// The user name in its clean form, or what is wrong with it.
    pub(super) fn clean_username(&self, text: &str) -> Result<String, String> {
        let lower = text.trim().to_lowercase();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c);
        match self.username_characters {
            UsernameCharacters::Plain if !lower.chars().all(plain) => {
                Err(format!("{text:?} is not a user name; only letters a-z, digits and . _ - @ are allowed"))
            }
            UsernameCharacters::Extended if lower.chars().any(|c| c.is_whitespace() || c.is_control()) => {
                Err(format!("{text:?} is not a user name; blanks are not allowed"))
            }
            _ => Ok(lower),
        }
    }
}

/// The default of a column in Moodle's table.
pub(super) fn column_default(field: UserField) -> &'static str {
    match field {
        UserField::Auth => "manual",
        UserField::Lang => "en",
        UserField::Timezone => "99",
        UserField::Descriptionformat | UserField::Mailformat | UserField::Autosubscribe => "1",
        UserField::Maildisplay => "2",
        UserField::Suspended | UserField::Emailstop | UserField::Maildigest | UserField::Trackforums => "0",
        _ => "",
    }
}

fn defaults(facts: &SiteFacts) -> Vec<(UserField, String)> {
    let configured = [
        (UserField::City, "defaultcity"),
        (UserField::Country, "country"),
        (UserField::Lang, "lang"),
        (UserField::Mailformat, "defaultpreference_mailformat"),
        (UserField::Maildigest, "defaultpreference_maildigest"),
        (UserField::Maildisplay, "defaultpreference_maildisplay"),
        (UserField::Autosubscribe, "defaultpreference_autosubscribe"),
        (UserField::Trackforums, "defaultpreference_trackforums"),
    ];
    let values = configured.map(|(field, name)| (field, facts.config(name).trim()));
    let useful = values.into_iter().filter(|(field, value)| {
        let no_country = *field == UserField::Country && *value == "0";
        !value.is_empty() && !no_country && *value != column_default(*field)
    });
    useful.map(|(field, value)| (field, value.to_owned())).collect()
}
