//! What the users tool says about itself: columns, options, sample. Knows nothing of how they are read.

use crate::model::CellKind::{Number, Switch, Time};
use crate::model::Clearing::{Blank, Marker};
use crate::model::{ColumnSpec, FileNeed, Impact, Layout, OptionKind, OptionSpec, ToolDescriptor, ToolKind};
use crate::site::{CourseKey, UserKey};

/// The users tool.
pub static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::Users,
    summary: "Creates, updates, renames, suspends, deletes and revives user accounts, with profile fields, cohorts, \
              enrolments and groups.",
    impact: Impact::Changes,
    file: FileNeed::Required,
    layout: Layout::Header,
    case_insensitive_header: true,
    exact_cell_count: false,
    columns: COLUMNS,
    options: OPTIONS,
    default_file_names: &["userimport.csv", "users.csv"],
    sample: "username;firstname;lastname;email;idnumber;cohort;course1;enrol1;role1\n\
             a.kone;Awa;Koné;awa.kone@example.org;E100;First year;BIO1;manual;student\n",
};

const fn exact(name: &'static str, help: &'static str) -> ColumnSpec {
    ColumnSpec::exact(name, help)
}

const fn set(name: &'static str, help: &'static str) -> ColumnSpec {
    ColumnSpec::numbered(name, 1, u32::MAX, "", help)
}

const COLUMNS: &[ColumnSpec] = &[
    exact("username", "User name, at most 100 characters; lower-cased, letters a-z, digits and . _ - @ only.")
        .required(),
    exact("firstname", "First name, at most 100 characters. Blank only on lines that delete.").required(),
    exact("lastname", "Last name, at most 100 characters. Blank only on lines that delete.").required(),
    exact("id", "Moodle's id of the account; read only where the option identifier is id.").of(Number),
    exact("idnumber", "Identifier in the student information system, at most 255 characters.").cleared_by(Marker),
    exact("email", "E-mail address. A stored one is kept while protect_emails is on.").cleared_by(Marker),
    exact("auth", "Authentication plug-in, such as manual, ldap, cas. New accounts without it get manual."),
    exact("password", "Password in clear, *NOPASS* for none at all, or blank; see create_passwords."),
    exact("oldusername", "Present user name of an account to be renamed; needs allow_rename."),
    exact("suspended", "1 suspends the account and ends its sessions, 0 lets it in again, blank keeps.").of(Switch),
    exact("deleted", "1 deletes the account; 0 or blank does nothing.").of(Switch),
    exact("mnethostid", "Host of the account; only the local one is accepted.").of(Number),
    exact("middlename", "Middle name, at most 255 characters.").cleared_by(Marker),
    exact("alternatename", "Alternative name, at most 255 characters.").cleared_by(Marker),
    exact("firstnamephonetic", "First name as it sounds, at most 255 characters.").cleared_by(Marker),
    exact("lastnamephonetic", "Last name as it sounds, at most 255 characters.").cleared_by(Marker),
    exact("phone1", "Phone, at most 20 characters.").cleared_by(Blank),
    exact("phone2", "Mobile phone, at most 20 characters.").cleared_by(Blank),
    exact("address", "Address, at most 255 characters.").cleared_by(Blank),
    exact("institution", "Institution, at most 255 characters.").cleared_by(Blank),
    exact("department", "Department, at most 255 characters.").cleared_by(Blank).alias(&["departement"]),
    exact("city", "City, at most 120 characters. New accounts without it get the site's.").cleared_by(Marker),
    exact("country", "Country, by its code of two letters. New accounts without it get the site's.").cleared_by(Marker),
    exact("lang", "Language, such as en or pt_br. New accounts without it get the site's."),
    exact("timezone", "Time zone, such as Europe/Brussels; 99 for the server's."),
    exact("theme", "Theme of the user, where the site allows it.").cleared_by(Marker),
    exact("description", "Description, HTML.").cleared_by(Blank),
    exact("descriptionformat", "Format of the description: 0 Moodle, 1 HTML, 2 plain, 4 Markdown.").of(Number),
    exact("emailstop", "1 stops all e-mail to the user.").of(Switch),
    exact("mailformat", "E-mail format: 0 plain, 1 HTML.").of(Number),
    exact("maildigest", "Forum digest: 0 none, 1 complete, 2 subjects.").of(Number),
    exact("maildisplay", "Who sees the e-mail address: 0 nobody, 1 everyone, 2 members of the same courses.")
        .of(Number),
    exact("autosubscribe", "1 subscribes the user to forums when posting.").of(Switch),
    exact("trackforums", "1 marks new forum posts.").of(Switch),
    exact("icq", "Value of the profile field icq, where the site has one.").cleared_by(Marker),
    exact("url", "Value of the profile field url, where the site has one.").cleared_by(Marker),
    ColumnSpec::prefixed(
        "profile_field_",
        "Value of the custom profile field with that short name, of the kind that the field keeps.",
    )
    .cleared_by(Marker),
    exact("cohort", "Name of a cohort of the whole site that the user joins; created where missing."),
    exact("cohortid", "Idnumber of that cohort; looked for before the name."),
    set(
        "cohort",
        "Id (digits only) or idnumber of a cohort that the user joins; created where an idnumber is missing.",
    ),
    set("course", "Course of set n, by the field that course_identifier names. Blank: the set is unused."),
    set("enrol", "Enrolment method of set n, such as manual. Blank: see default_enrol."),
    set("role", "Short name or id of a role. Blank: the method's own role, else student."),
    set("start", "Start of the enrolment: Unix seconds or 2026-09-01 [08:30]. Blank keeps, or is now.")
        .of(Time)
        .alias(&["enroltimestart"]),
    set("end", "End of the enrolment, likewise; 0 for never.").of(Time),
    set(
        "enrolperiod",
        "Length of the enrolment in days from its start, where end<n> is not given. Blank or 0: a new enrolment lasts as long as the \
         method says.",
    )
    .of(Number),
    set("enrolstatus", "0 active, 1 suspended, blank keeps. Without the column enrolments are made active.").of(Number),
    set("group", "Group of the course that the user joins; created where missing. Needs an enrolment."),
    set("wwwroot", "Another Moodle; not offered: the set is left out with a warning."),
    set("type", "Role by number, of old versions.").ignored(),
    set(
        "sysrole",
        "Short name of a role on the whole site, that Moodle gives there; with a minus before it, it is taken away.",
    ),
    set("category", "Idnumber of a course category in which the user gets a role."),
    set("categoryrole", "Short name of that role; with a minus before it, it is taken away."),
    exact("interests", "Interests, with commas between them: all of them, in this order.").cleared_by(Marker),
    exact("htmleditor", "Editor that the user prefers, such as atto or textarea; 0 is textarea, 1 the site's first.")
        .cleared_by(Marker),
];

const fn flag(name: &'static str, default: &'static str, original: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec { name, kind: OptionKind::Flag, default, original, help }
}

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "identifier",
        kind: OptionKind::Choice(UserKey::WORDS),
        default: "idnumber",
        original: "users_primaryidentity",
        help: "The column that identifies an account. Where its cell is blank, the user name does.",
    },
    OptionSpec {
        name: "course_identifier",
        kind: OptionKind::Choice(CourseKey::WORDS),
        default: "shortname",
        original: "courses_primaryidentity",
        help: "The field in which course<n> is looked for.",
    },
    flag("allow_rename", "false", "users_allowrename", "Lets lines give accounts another user name."),
    flag("protect_emails", "true", "users_protectemails", "Keeps stored e-mail addresses; empty ones are completed."),
    flag(
        "create_passwords",
        "false",
        "users_createpasswords",
        "Has Moodle make and mail a password for new accounts without one.",
    ),
    OptionSpec {
        name: "missing_password",
        kind: OptionKind::Choice(&["unusable", "refuse"]),
        default: "unusable",
        original: "",
        help: "What becomes of a new account whose password cell is blank while create_passwords is off.",
    },
    flag("revive", "true", "", "Brings a deleted account back instead of creating another one of the same user name."),
    OptionSpec {
        name: "default_enrol",
        kind: OptionKind::Text,
        default: "",
        original: "",
        help: "Enrolment method where enrol<n> is blank. Empty: only the role is assigned; manual: as Moodle's \
               upload, with the length that the method gives to enrolments where the file has no column end<n>.",
    },
];
