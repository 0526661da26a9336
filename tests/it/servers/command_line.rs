//! The command line over a Moodle's database.

use crate::scratch::Kind;
use crate::support::Shell;
use crate::support::moodle::{Moodle, on_every_server};

fn shell(url: &str) -> Shell {
    let mut shell = Shell::new();
    shell.set("TOOLSYNC_SITE__URL", url);
    shell
}

async fn a_campus_is_applied_twice(kind: Kind) {
    let moodle = Moodle::fresh(kind).await;
    let mut shell = shell(&moodle.url());
    let filedir = tempfile::tempdir().unwrap();
    shell.set("TOOLSYNC_SITE__FILEDIR", filedir.path().to_str().unwrap());
    let campus = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/campus");
    let first = shell.fine(&["apply", campus]);
    for words in ["42 lines: 42 created", "669 lines: 669 created", "2,477 lines: 2,477 created"] {
        assert!(first.contains(words), "{words}: {first}");
    }
    let before = moodle.dump().await;
    let again = shell.fine(&["apply", campus]);
    for words in ["42 lines: 42 skipped", "669 lines: 669 unchanged", "2,477 lines: 2,477 unchanged"] {
        assert!(again.contains(words), "{words}: {again}");
    }
    assert!(moodle.dump().await == before, "the second time changed the site");
    shell.fine(&["site", "verify"]);
}

async fn a_look_at_the_site_says_what_is_there_and_what_is_wrong(kind: Kind) {
    let moodle = Moodle::fresh(kind).await;
    let shell = shell(&moodle.url());
    let check = shell.json(&["site", "check"]).remove(0);
    assert_eq!(check["version"], "2022112802.06");
    assert!(check["roles"].as_array().unwrap().iter().any(|role| role == "student"), "{check}");
    assert_eq!(shell.json(&["site", "verify"]), Vec::<serde_json::Value>::new());

    moodle.execute("update mdl_course_categories set coursecount = 7").await;
    let said = shell.run(&["site", "verify"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stdout.contains("1 categories whose number of courses is wrong: id 1"), "{said:?}");
}

async fn a_site_that_cannot_be_used_is_refused_with_the_reason(kind: Kind) {
    let moodle = Moodle::fresh(kind).await;
    let incomplete = Moodle::fresh(kind).await;
    incomplete.execute("drop table mdl_cohort").await;
    let refused_account = match kind {
        Kind::Postgres => {
            moodle.execute("create role guarded login password 'right'").await;
            "password authentication failed"
        }
        Kind::MariaDb => {
            moodle.execute("create user guarded@localhost identified by 'right'").await;
            "Access denied"
        }
    };
    let unknown = if kind == Kind::Postgres { "does not exist" } else { "Unknown database" };
    let cases = [
        (moodle.url_as("guarded:mistaken"), "mdl_", refused_account),
        (moodle.url(), "other_", "it has no table other_config"),
        (incomplete.url(), "mdl_", "missing: mdl_cohort"),
        (moodle.url_with_tls(), "mdl_", "TLS"),
        (moodle.url_of_nothing(), "mdl_", unknown),
    ];
    for (url, prefix, words) in cases {
        let mut shell = shell(&url);
        shell.set("TOOLSYNC_SITE__TABLE_PREFIX", prefix);
        shell.file("users.csv", "username;firstname;lastname;email\na;A;A;a@example.org\n");
        for args in [&["site", "check"][..], &["site", "verify"], &["run", "users", "users.csv"]] {
            shell.refused(args, &[words]);
            assert!(!shell.run(args).stderr.contains("mistaken"), "{args:?} shows the password");
        }
    }
}

on_every_server! {
    a_campus_is_applied_twice,
    a_look_at_the_site_says_what_is_there_and_what_is_wrong,
    a_site_that_cannot_be_used_is_refused_with_the_reason,
}
