//! Passwords: what a cell means, the site's policy, what is stored. Clear passwords never leave [`SecretString`].

use super::options::{MissingPassword, Settings};
use crate::model::{BoundColumn, Line, Problem, Reason, UserId};
use crate::site::world::Password;
use crate::site::{Change, NewPassword, SiteFacts};
use crate::tools::Planner;
use crate::tools::values::{CLEAR, check_length, invalid};
use secrecy::{ExposeSecret, SecretString};

/// The word for an account that gets no password at all.
const NO_PASSWORD: &str = "*NOPASS*";
/// Moodle's word for accounts whose passwords are kept elsewhere.
const KEPT_ELSEWHERE: &str = "not cached";
/// Moodle's word for accounts whose password it still has to make.
const TO_BE_MADE: &str = "to be generated";
/// Makes Moodle's mail task generate a password.
const CREATE_PASSWORD: &str = "create_password";
/// Makes Moodle ask for another password at the next login.
const FORCE_CHANGE: &str = "auth_forcepasswordchange";
/// The preferences that passwords concern.
pub(super) const PREFERENCES: [&str; 2] = [CREATE_PASSWORD, FORCE_CHANGE];
/// When the password of a manual account was set; Moodle counts from then where passwords expire.
const PASSWORD_SET: &str = "auth_manual_passwordupdatetime";

const LONGEST: usize = 128;

/// What the password cell of a line says.
#[derive(Debug)]
pub(super) enum PasswordCell {
    /// No such column.
    Absent,
    /// A blank cell.
    Blank,
    /// No password at all.
    Unusable,
    /// A password.
    Clear(SecretString),
}

impl PasswordCell {
    /// Reads the cell; its text goes into no message.
    pub(super) fn read(column: Option<&BoundColumn>, line: &Line, problems: &mut Vec<Problem>) -> Self {
        let Some((column, cell)) = column.and_then(|column| Some((column, line.cell(column.index)?))) else {
            return Self::Absent;
        };
        match cell.text {
            text if text.trim().is_empty() => Self::Blank,
            NO_PASSWORD => Self::Unusable,
            CLEAR => {
                problems.push(invalid(column, format!("{CLEAR} is not possible; write {NO_PASSWORD} instead")));
                Self::Blank
            }
            text => {
                if let Err(sentence) = check_length(text, LONGEST) {
                    let message = format!("Column {} {sentence}; choose a shorter one.", column.name);
                    problems.push(Problem::error(Reason::ValueTooLong, message).at(&column.name));
                }
                Self::Clear(SecretString::from(text))
            }
        }
    }

    /// Whether stored passwords and their preferences must be known.
    pub(super) fn is_filled(&self) -> bool {
        matches!(self, Self::Unusable | Self::Clear(_))
    }
}

/// The site's rules for passwords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PasswordPolicy {
    /// Least numbers of characters, digits, lower-case letters, capitals, others; none where the policy is off.
    least: Option<[usize; 5]>,
    /// Longest run of one character; 0 for any.
    longest_run: usize,
}

impl PasswordPolicy {
    /// The rules of a site, Moodle's own where it sets none.
    pub(super) fn of(facts: &SiteFacts) -> Self {
        let number = |name: &str, default: usize| facts.config(name).trim().parse().unwrap_or(default);
        let least = [
            number("minpasswordlength", 8),
            number("minpassworddigits", 1),
            number("minpasswordlower", 1),
            number("minpasswordupper", 1),
            number("minpasswordnonalphanum", 1),
        ];
        let is_on = number("passwordpolicy", 1) != 0;
        Self { least: is_on.then_some(least), longest_run: number("maxconsecutiveidentchars", 0) }
    }

    /// Whether a password keeps the rules.
    pub(super) fn allows(&self, clear: &str) -> bool {
        let Some(least) = self.least else { return true };
        let count = |wanted: fn(char) -> bool| clear.chars().filter(|c| wanted(*c)).count();
        let has = [
            clear.chars().count(),
            count(|c| c.is_ascii_digit()),
            count(char::is_lowercase),
            count(char::is_uppercase),
            count(|c| !c.is_ascii_digit() && !c.is_lowercase() && !c.is_uppercase()),
        ];
        has.iter().zip(least).all(|(has, least)| *has >= least) && self.allows_runs(clear)
    }

    fn allows_runs(&self, clear: &str) -> bool {
        let mut previous = None;
        let mut run = 0;
        self.longest_run == 0
            || clear.chars().all(|c| {
                run = if previous == Some(c) { run + 1 } else { 1 };
                previous = Some(c);
                run <= self.longest_run
            })
    }
}

/// Whether Moodle itself keeps the passwords of accounts with this authentication.
fn keeps_passwords(auth: &str, facts: &SiteFacts) -> bool {
    match auth {
        "cas" | "shibboleth" | "mnet" | "oauth2" | "webservice" | "lti" => false,
        "ldap" => facts.plugin("auth_ldap", "preventpassindb").is_none_or(|value| value.trim() != "1"),
        "db" => facts.plugin("auth_db", "passtype").is_none_or(|kind| kind == "internal"),
        _ => true,
    }
}

/// The password of an account to be created: what is stored, which preferences go with it, what to tell.
#[derive(Debug)]
pub(super) struct FirstPassword {
    pub(super) password: NewPassword,
    preferences: &'static [&'static str],
    dating: Dating,
    problem: Option<Problem>,
}

/// Whether Moodle remembers when a password was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dating {
    Remembered,
    Forgotten,
}

impl Dating {
    /// Only Moodle's own accounts have passwords that expire.
    fn of(auth: &str) -> Self {
        if auth == "manual" { Self::Remembered } else { Self::Forgotten }
    }

    fn note(self, plan: &mut Planner<'_>, user: UserId) {
        if self == Self::Remembered {
            let value = Some(plan.world.now.to_string());
            plan.apply(Change::SetPreference { user, name: PASSWORD_SET, value });
        }
    }
}

impl FirstPassword {
    /// Decides it. An error refuses the line.
    pub(super) fn decide(cell: &PasswordCell, auth: &str, settings: &Settings) -> Result<Self, Problem> {
        let constant = |text, preferences| Self {
            password: NewPassword::Constant(text),
            preferences,
            dating: Dating::Forgotten,
            problem: None,
        };
        if !keeps_passwords(auth, &settings.facts) {
            return Ok(constant(KEPT_ELSEWHERE, &[]));
        }
        match (cell, settings.options.missing_password) {
            (PasswordCell::Absent, MissingPassword::Generated) => Ok(constant("", &[CREATE_PASSWORD, FORCE_CHANGE])),
            (PasswordCell::Blank, MissingPassword::Generated) => Ok(constant(TO_BE_MADE, &[CREATE_PASSWORD])),
            (PasswordCell::Blank, MissingPassword::Refused) => {
                let message = "The account is new and has no password; give one, or *NOPASS*.";
                Err(Problem::error(Reason::PasswordMissing, message).at("password"))
            }
            (PasswordCell::Absent | PasswordCell::Blank, _) => Ok(constant("", &[])),
            (PasswordCell::Unusable, _) => Ok(constant(NO_PASSWORD, &[])),
            (PasswordCell::Clear(clear), _) => {
                let problem = policy_problem(clear, settings);
                let preferences: &[_] = if problem.is_some() { &[FORCE_CHANGE] } else { &[] };
                let password = NewPassword::Clear(clear.clone());
                Ok(Self { password, preferences, dating: Dating::of(auth), problem })
            }
        }
    }

    /// Sets the preferences, once the account is planned.
    pub(super) fn complete(self, plan: &mut Planner<'_>, user: UserId) {
        self.dating.note(plan, user);
        for name in self.preferences {
            set_preference(plan, user, name);
        }
        self.problem.into_iter().for_each(|problem| plan.tell(problem));
    }
}

fn policy_problem(clear: &SecretString, settings: &Settings) -> Option<Problem> {
    let message = "The password does not keep the site's rules; the user must change it at the next login.";
    let allowed = settings.policy.allows(clear.expose_secret());
    (!allowed).then(|| Problem::warning(Reason::PasswordPolicy, message).at("password"))
}

/// Brings the password of an existing account to what the line says; writes nothing where it is so already.
pub(super) fn change(plan: &mut Planner<'_>, user: UserId, cell: &PasswordCell, settings: &Settings) {
    if !cell.is_filled() {
        return;
    }
    let Some(known) = plan.world.users.get(user) else { return };
    let auth = known.fields.get(crate::site::UserField::Auth).unwrap_or("manual");
    let dating = Dating::of(auth);
    if !keeps_passwords(auth, &settings.facts) {
        set_constant(plan, user, KEPT_ELSEWHERE);
        return;
    }
    match cell {
        PasswordCell::Unusable => {
            set_constant(plan, user, NO_PASSWORD);
            drop_generation(plan, user);
        }
        PasswordCell::Clear(clear) if plan.world.users.password_is(user, clear.expose_secret()) != Some(true) => {
            plan.apply(Change::SetPassword { id: user, password: NewPassword::Clear(clear.clone()) });
            dating.note(plan, user);
            // Otherwise Moodle's mail task would replace the password that was just set.
            drop_generation(plan, user);
            if let Some(problem) = policy_problem(clear, settings) {
                set_preference(plan, user, FORCE_CHANGE);
                plan.tell(problem);
            }
        }
        PasswordCell::Clear(_) | PasswordCell::Absent | PasswordCell::Blank => {}
    }
}

fn set_constant(plan: &mut Planner<'_>, user: UserId, text: &'static str) {
    let stored = plan.world.users.get(user).map(|user| &user.password);
    let is_so = matches!(stored, Some(Password::Stored(stored)) if stored.expose_secret() == text);
    if !is_so {
        plan.apply(Change::SetPassword { id: user, password: NewPassword::Constant(text) });
    }
}

fn set_preference(plan: &mut Planner<'_>, user: UserId, name: &'static str) {
    if plan.world.users.preference(user, name) != Some("1") {
        plan.apply(Change::SetPreference { user, name, value: Some("1".to_owned()) });
    }
}

fn drop_generation(plan: &mut Planner<'_>, user: UserId) {
    if plan.world.users.preference(user, CREATE_PASSWORD).is_some() {
        plan.apply(Change::SetPreference { user, name: CREATE_PASSWORD, value: None });
    }
}
