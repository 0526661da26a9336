//! What holds for every tool, whatever it does: a dry run tells what the run then does, a second run of a line changes
//! nothing, the site is in order afterwards, a killed run goes on, a failed line succeeds once its cause is gone, and a
//! thousand lines take few statements.
//!
//! The tests go over `tools::TOOLS`. What they must know of a tool stands in `samples.rs`, and what cells its columns are
//! tried with in `cells.rs`.

mod ahead;
mod cells;
mod drafts;
mod killed;
mod rehearsed;
mod samples;
mod subjects;
mod thousand;
mod tried_again;

use crate::app::golden;
use crate::app::golden::stage::{CommandFile, Stage};
use crate::model::{RunMode, ToolKind};
use crate::site::sql::SqlSite;
use std::collections::BTreeMap;

/// People, courses and all the rest in twos, so that identifiers are ambiguous.
const DOUBLES: [(ToolKind, &str); 7] = [
    (
        ToolKind::Users,
        "username;firstname;lastname;email;idnumber\ntwin1;T;Win;w1@example.com;W1\ntwin2;T;Win;w2@example.com;W2\n",
    ),
    (
        ToolKind::Courses,
        "shortname;fullname;category;idnumber\nDUO1;Duo;Sciences;D1\nDUO2;Duo;Empty;D2\nALL;All;Sciences;A1\n",
    ),
    (ToolKind::Cohorts, "cidnumber;cname;userid\nB1;Band;ada\nB2;Choir;ben\nB3;Folk;\n"),
    (
        ToolKind::Groups,
        "type;courseid;name;idnumber;grouping\ngrouping;BIO;Labs;LAB;\ngroup;BIO;Green;GR;LAB\ngroup;BIO;Grey;GY;\n\
         group;CHEM;Green;CG;\n",
    ),
    (
        ToolKind::Enrolments,
        "cid;uid;rolename;enrol;gcmd;g1\nBIO;eve;student;manual;gadd;Green\nCHEM;ada;student;manual;;\n\
         CHEM;ben;teacher;manual;;\nART;ada;student;manual;;\nART;cleo;student;manual;;\n",
    ),
    (ToolKind::CohortBindings, "cohort;course;role;makegroup\nB1;BIO;student;1\nB2;ART;teacher;0\nB1;ART;student;0\n"),
    (ToolKind::Metacourses, "master;meta\nBIO;ALL\n"),
];

/// What makes doubles of them.
const MAKE_DOUBLES: &str = "
    update mdl_user set idnumber = 'TWIN', email = 'twin@example.com' where username in ('twin1', 'twin2');
    update mdl_course set idnumber = 'DUO' where shortname in ('DUO1', 'DUO2');
    update mdl_cohort set name = 'Band' where idnumber = 'B2';
    update mdl_groups set name = 'Green' where idnumber = 'GY';
    update mdl_course_categories set idnumber = 'SCI' where name = 'Sciences';
    insert into mdl_course_categories (name, idnumber, description, descriptionformat, parent, sortorder, coursecount,
        visible, visibleold, timemodified, depth, path)
    values ('Void', 'VO', '', 0, 0, 990000, 0, 1, 1, 5, 1, '');
    update mdl_course_categories set path = '/' || id where path = '';
    insert into mdl_context (contextlevel, instanceid, path, depth) select 40, id, '', 2 from mdl_course_categories
    where name = 'Void';
    update mdl_context set path = '/1/' || id where path = '';";

/// Some have no picture after all, and what Ben's shows is lost.
const OTHER_PICTURES: &str = "
    update mdl_user set picture = 0 where username in ('cleo', 'eve', 'tess', 'twin1');
    update mdl_files set contenthash = 'lost' where pathnamehash =
        (select 'old picture of ' || id from mdl_user where username = 'ben');";

/// The site of the golden cases with doubles, and with pictures that came by other ways.
async fn set(site: SqlSite, place: &str) -> Stage {
    let stage = golden::set(site, place).await;
    for (tool, content) in DOUBLES {
        let file = CommandFile::of(tool, content.to_owned(), BTreeMap::new());
        let (run, lines) = stage.play(&file, RunMode::Apply).await;
        assert_eq!(run.tryback, None, "{place}: {tool}: {} {lines:?}", run.message);
    }
    stage.site.script(MAKE_DOUBLES).await;
    stage.site.script(samples::OLD_PICTURES).await;
    stage.site.script(OTHER_PICTURES).await;
    stage.expect_order(place).await;
    stage
}
