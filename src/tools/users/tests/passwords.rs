//! Passwords: every row of the table, the policy, and that none of them shows anywhere.

use super::*;
use crate::site::NewPassword;
use crate::site::password::HashScheme;

const GOOD: &str = "Secret-2026";

/// What happens to the password, and the preferences set (`+`) or removed (`-`).
fn effect(plan: &LinePlan) -> (String, Vec<String>) {
    let mut password = String::from("kept");
    let mut preferences = Vec::new();
    for change in &plan.changes {
        match change {
            Change::CreateUser { password: new, .. } | Change::SetPassword { password: new, .. } => {
                password = match new {
                    NewPassword::Clear(_) => "clear".to_owned(),
                    NewPassword::Constant(text) => format!("{text:?}"),
                };
            }
            Change::SetPreference { name, value, .. } => {
                preferences.push(format!("{}{name}", if value.is_some() { '+' } else { '-' }));
            }
            _ => {}
        }
    }
    (password, preferences)
}

type Options = &'static [(&'static str, &'static str)];
/// Options, password cell, authentication, what is stored, preferences set.
type Case = (Options, Option<&'static str>, &'static str, &'static str, &'static [&'static str]);

#[test]
fn new_accounts() {
    const GENERATE: Options = &[("create_passwords", "1")];
    const REFUSE: Options = &[("missing_password", "refuse")];
    const BOTH: Options = &[("missing_password", "refuse"), ("create_passwords", "1")];
    let cases: &[Case] = &[
        (GENERATE, None, "", "\"\"", &["+create_password", "+auth_forcepasswordchange"]),
        (&[], None, "", "\"\"", &[]),
        (REFUSE, None, "", "\"\"", &[]),
        (GENERATE, Some(""), "", "\"to be generated\"", &["+create_password"]),
        (BOTH, Some(""), "", "\"to be generated\"", &["+create_password"]),
        (&[], Some(""), "", "\"\"", &[]),
        (GENERATE, Some("*NOPASS*"), "", "\"*NOPASS*\"", &[]),
        (REFUSE, Some(GOOD), "", "clear", &["+auth_manual_passwordupdatetime"]),
        (&[], Some("weak"), "", "clear", &["+auth_manual_passwordupdatetime", "+auth_forcepasswordchange"]),
        (GENERATE, Some(""), "cas", "\"not cached\"", &[]),
        (GENERATE, Some(GOOD), "shibboleth", "\"not cached\"", &[]),
        (REFUSE, Some(""), "oauth2", "\"not cached\"", &[]),
        (&[], Some(GOOD), "ldap", "clear", &[]),
    ];
    for (options, cell, auth, password, preferences) in cases {
        let mut site = world(facts(), vec![]);
        let (header, line) = match cell {
            Some(cell) => (format!("{NAMES};auth;password"), format!("a;A;B;{auth};{cell}")),
            None => (format!("{NAMES};auth"), format!("a;A;B;{auth}")),
        };
        let plan = run_one(&mut site, options, &header, &line);
        assert_eq!(plan.outcome, Outcome::Created, "{line}");
        let (stored, set) = effect(&plan);
        assert_eq!(
            (stored.as_str(), set),
            (*password, preferences.iter().map(|p| (*p).to_owned()).collect()),
            "{line}"
        );
        assert_unchanged(&run_one(&mut site, options, &header, &line));
    }
    let header = format!("{NAMES};password");
    let plan = run_one(&mut world(facts(), vec![]), REFUSE, &header, "a;A;B;");
    assert_eq!((plan.outcome, reasons(&plan)), (Outcome::Failed, vec![Reason::PasswordMissing]));
}

#[test]
fn sites_where_ldap_and_db_keep_passwords_elsewhere() {
    for (auth, name, value) in [("ldap", "preventpassindb", "1"), ("db", "passtype", "md5")] {
        let mut facts = facts();
        let settings = [(name.to_owned(), value.to_owned())].into();
        facts.plugin_config.insert(format!("auth_{auth}"), settings);
        let header = format!("{NAMES};auth;password");
        let plan = run_one(&mut world(facts, vec![]), &[], &header, &format!("a;A;B;{auth};{GOOD}"));
        assert_eq!(effect(&plan).0, "\"not cached\"");
    }
}

#[test]
fn known_accounts() {
    let hash = HashScheme::Bcrypt { cost: 4 }.hash(GOOD).unwrap();
    let header = format!("{NAMES};auth;password");
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("", "", "kept", &[]),
        ("", GOOD, "kept", &[]),
        ("", "Other-2026", "clear", &["+auth_manual_passwordupdatetime", "-create_password"]),
        ("", "weak", "clear", &["+auth_manual_passwordupdatetime", "-create_password", "+auth_forcepasswordchange"]),
        ("", "*NOPASS*", "\"*NOPASS*\"", &["-create_password"]),
        ("cas", GOOD, "\"not cached\"", &[]),
    ];
    for (auth, cell, password, preferences) in cases {
        let person = with_hash(user(20, "a", "", ""), &hash);
        let mut site = world(facts(), vec![person]);
        site.users.load_preference(UserId(20), "create_password", "1".to_owned());
        let line = format!("a;Awa;Koné;{auth};{cell}");
        let plan = run_one(&mut site, &[], &header, &line);
        let (stored, set) = effect(&plan);
        assert_eq!(
            (stored.as_str(), set),
            (*password, preferences.iter().map(|p| (*p).to_owned()).collect()),
            "{line}"
        );
        let outcome = if plan.changes.is_empty() { Outcome::Unchanged } else { Outcome::Updated };
        assert_eq!(plan.outcome, outcome, "{line}");
        assert_unchanged(&run_one(&mut site, &[], &header, &line));
    }
}

#[test]
fn a_password_that_was_not_read_counts_as_changed() {
    let mut site = world(facts(), vec![user(20, "a", "", "")]);
    let plan = run_one(&mut site, &[], &format!("{NAMES};password"), &format!("a;Awa;Koné;{GOOD}"));
    assert_eq!(effect(&plan).0, "clear");
}

#[test]
fn passwords_to_compare_are_those_of_known_accounts() {
    let header = format!("{NAMES};password");
    let site = world(facts(), vec![user(20, "a", "", "")]);
    let text = ["a;Awa;Koné;x1", "b;A;B;x2", "a;Awa;Koné;", "a;Awa;Koné;*NOPASS*", "a;Awa;Koné"];
    let passwords = bind(&site.facts, &[], &header).job.parse(lines(&text)).passwords(&site);
    assert_eq!(passwords.iter().map(|(user, _)| *user).collect::<Vec<_>>(), [UserId(20)]);
}

#[test]
fn what_the_engine_compared_is_believed() {
    let mut site = world(facts(), vec![with_hash(user(20, "a", "", ""), "$2y$04$not-a-real-hash")]);
    site.users.note_verified(UserId(20), GOOD, true);
    assert_unchanged(&run_one(&mut site, &[], &format!("{NAMES};password"), &format!("a;Awa;Koné;{GOOD}")));
}

#[test]
fn policies() {
    use super::super::password::PasswordPolicy;
    let site = |config: &[(&str, &str)]| {
        let mut facts = facts();
        set(&mut facts, config);
        PasswordPolicy::of(&facts)
    };
    let strict = site(&[]);
    assert!(strict.allows("Secret-1"));
    for weak in ["Secre-1", "secret-1", "SECRET-1", "Secret--", "Secret12", ""] {
        assert!(!strict.allows(weak), "{weak}");
    }
    assert!(site(&[("passwordpolicy", "0")]).allows("x"));
    let runs = site(&[("maxconsecutiveidentchars", "2")]);
    assert!(runs.allows("Seccret-1") && !runs.allows("Secccret-1"));
    assert!(site(&[("minpasswordnonalphanum", "0"), ("minpasswordlength", "4")]).allows("Aa1é"));
}

#[test]
fn clear_passwords_show_nowhere() {
    let header = format!("{NAMES};suspended;password");
    for line in ["a;A;B;;hush", "a;A;B;perhaps;hush", "new;;B;;hush"] {
        let plan = run_one(&mut world(facts(), vec![user(20, "a", "", "")]), &[], &header, line);
        assert!(!format!("{plan:?}").contains("hush"), "{plan:?}");
    }
    let long = format!("a;A;B;;{}", "hush".repeat(40));
    let plan = run_one(&mut world(facts(), vec![]), &[], &header, &long);
    assert_eq!(reasons(&plan), [Reason::ValueTooLong]);
    assert!(!format!("{plan:?}").contains("hush"));
}
