//! Tables of lines, planned against a small site made by hand.

use super::*;
use crate::tools::trial::{self, check_file, facts, world};

const TOOL: &MetacoursesTool = &MetacoursesTool;

#[test]
fn links() {
    trial::check_each(
        TOOL,
        "cmd;master;meta",
        &[],
        world,
        &[
            ("add;CHEM1;BIO1", "CREATED, method:new >meta active"),
            (";BIO1;CHEM1", "UNCHANGED, NOTHING_TO_DO"),
            ("DEL;BIO1;CHEM1", "SUSPENDED, method:meta active>suspended"),
            ("del;CHEM1;BIO1", "UNCHANGED, NOTHING_TO_DO"),
            ("add;BIO1;BIO1", "FAILED, !SAME_COURSE@meta"),
            ("add;front;BIO1", "FAILED, !SITE_COURSE@master"),
            ("add;BIO1;front", "FAILED, !SITE_COURSE@meta"),
            ("add;GHOST;NOPE", "FAILED, !COURSE_UNKNOWN@master, !COURSE_UNKNOWN@meta"),
            ("add;;", "FAILED, !COURSE_ID_EMPTY@master, !COURSE_ID_EMPTY@meta"),
            ("link;BIO1;CHEM1", "FAILED, !CMD_INVALID@cmd"),
        ],
    );
    let by_id = [("identifier", "id")];
    trial::check_each(TOOL, "course;meta", &by_id, world, &[("11;10", "CREATED, method:new >meta active")]);
}

#[test]
fn a_link_comes_and_goes() {
    check_file(
        TOOL,
        "cmd;master;meta",
        &[],
        &mut world(),
        &[
            ("del;BIO1;CHEM1", "SUSPENDED, method:meta active>suspended"),
            ("del;BIO1;CHEM1", "UNCHANGED, NOTHING_TO_DO"),
            ("add;BIO1;CHEM1", "RESTORED, method:meta suspended>active"),
            ("add;BIO1;CHEM1", "UNCHANGED, NOTHING_TO_DO"),
        ],
    );
}

#[test]
fn without_the_plug_in_the_file_is_refused() {
    let mut facts = facts();
    facts.config.insert("enrol_plugins_enabled".to_owned(), "manual".to_owned());
    let Err(problems) = trial::bind(TOOL, "master;meta", &[], facts) else { panic!("bound") };
    assert_eq!(problems[0].reason, Reason::EnrolMethodUnavailable);
}
