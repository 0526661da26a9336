//! What the tests must know of each tool. A new tool has its lines here.

use crate::model::{Outcome, ToolKind};

/// A line of a file for a tool; each tool works on what those before it have made. `{n}` is its number, `{k}` one of 50,
/// `{m}` the next one.
pub(super) struct Part {
    pub(super) tool: ToolKind,
    pub(super) header: &'static str,
    pub(super) line: &'static str,
    pub(super) options: &'static [(&'static str, &'static str)],
    pub(super) outcome: Outcome,
    /// What Moodle does before, in SQL.
    pub(super) before: &'static str,
}

impl Part {
    /// Line `n` of so many.
    pub(super) fn line(&self, n: usize, of: usize) -> String {
        let (k, m) = (n % 50, (n + 1) % of);
        let text = self.line.replace("{n}", &n.to_string()).replace("{k}", &k.to_string());
        text.replace("{m}", &m.to_string())
    }
}

const fn part(tool: ToolKind, header: &'static str, line: &'static str, outcome: Outcome) -> Part {
    Part { tool, header, line, options: &[], outcome, before: "" }
}

const BY_NAME: &[(&str, &str)] = &[("identifier", "username")];

const RESET: &str = "shortname;events;logs;notes;grades;roles;local_roles;groups;groupings;modules;startdate";

/// Parts in which every tool has one at least.
pub(super) fn parts() -> Vec<Part> {
    use Outcome::{Created, Deleted, Found, Restored, Suspended, Updated};
    let courses = "shortname;fullname;category;idnumber;topic1;topic2";
    let users = "username;firstname;lastname;email;idnumber;cohort;course1;enrol1;role1;group1";
    let besides = "username;firstname;lastname;sysrole1;interests;htmleditor";
    let enrolments = "cmd;cid;uid;rolename;enrol;gcmd;g1";
    let user_list = |tool, outcome| Part { options: BY_NAME, ..part(tool, "username", "p{n}", outcome) };
    vec![
        part(ToolKind::Courses, courses, "Q{n};Course {n};Faculty/Part {k};I{n};One|Sum;Two", Created),
        Part {
            options: &[("force_update", "true")],
            ..part(ToolKind::Courses, courses, "Q{n};Course {n} now;Faculty/Other {k};I{n};Uno;Two|Sum", Updated)
        },
        part(ToolKind::Users, users, "p{n};First;Last;p{n}@example.com;E{n};Year {k};Q{n};manual;student;Red", Created),
        part(
            ToolKind::Users,
            users,
            "p{n};First {n};Last;p{n}@example.com;E{n};Team {k};Q{m};manual;teacher;Blue",
            Updated,
        ),
        part(ToolKind::Users, besides, "p{n};First;Last;manager;Tea {n}, Common, Sea {k};atto", Updated),
        part(ToolKind::Users, besides, "p{n};First;Last;-manager;Common, Sky {n};*CLEAR*", Updated),
        part(ToolKind::Cohorts, "cidnumber;cname;userid", "C{n};Cohort {n};p{n}", Created),
        part(ToolKind::Cohorts, "cidnumber;cdescription", "C{n};About {n}", Updated),
        part(ToolKind::CohortBindings, "cohort;course;role;makegroup", "C{n};Q{k};student;1", Created),
        part(ToolKind::CohortBindings, "cmd;cohort;course", "del;C{n};Q{k}", Suspended),
        part(ToolKind::CohortBindings, "cmd;cohort;course", "restore;C{n};Q{k}", Restored),
        part(ToolKind::Cohorts, "cmd;cidnumber;userid", "del;C{n};p{n}", Updated),
        part(ToolKind::Groups, "courseid;name;idnumber;selfgrouping", "Q{n};Green;G;1", Created),
        Part {
            options: &[("group_identifier", "idnumber")],
            ..part(ToolKind::Groups, "courseid;name;updateid;description", "Q{n};Grey;G;About it", Updated)
        },
        part(ToolKind::Enrolments, enrolments, "shift;Q{n};p{n};teacher;manual;greplacecreate;White", Updated),
        part(ToolKind::Enrolments, enrolments, "disable;Q{n};p{n};;manual;;", Suspended),
        part(ToolKind::Enrolments, enrolments, "enable;Q{n};p{n};;manual;;", Restored),
        part(ToolKind::GroupMembers, "courseid;groupid;userid", "Q{n};Grey;p{n}", Created),
        part(ToolKind::GroupMembers, "cmd;courseid;groupid;userid", "shift;Q{n};Red;p{n}", Updated),
        part(ToolKind::GroupMembers, "cmd;courseid;groupid;userid", "del;Q{n};Red;p{n}", Deleted),
        part(ToolKind::Metacourses, "master;meta", "Q{n};Q{m}", Created),
        part(ToolKind::Metacourses, "cmd;master;meta", "del;Q{n};Q{m}", Suspended),
        part(ToolKind::Metacourses, "cmd;master;meta", "add;Q{n};Q{m}", Restored),
        user_list(ToolKind::SuspendUsers, Suspended),
        user_list(ToolKind::RestoreUsers, Restored),
        part(ToolKind::UserPictures, "", "p{n}.png", Updated),
        Part { options: BY_NAME, before: OLD_PICTURES, ..part(ToolKind::PictureHashes, "", "p{n};Somebody", Updated) },
        part(ToolKind::ResetCourses, RESET, "Q{n};yes;no;yes;all;student teacher;all;all;all;all;", Updated),
        part(ToolKind::CheckCourses, "", "Q{n}", Found),
        user_list(ToolKind::DeleteUsers, Deleted),
        part(ToolKind::ReviveUsers, "username;idnumber", "p{n};R{n}", Restored),
        part(ToolKind::Cohorts, "cmd;cidnumber", "del;C{n}", Deleted),
        Part { before: MORE_CATEGORIES, ..part(ToolKind::DeleteCourses, "", "Q{n}", Deleted) },
        part(ToolKind::CleanCategories, "", "{id}", Deleted),
    ]
}

/// A file with a line that succeeds and one that does not, until something else is done.
pub(super) struct Retry {
    /// Empty for lists.
    pub(super) header: &'static str,
    pub(super) good: &'static str,
    pub(super) bad: &'static str,
    pub(super) options: &'static [(&'static str, &'static str)],
    pub(super) remedy: Remedy,
}

/// What takes away the cause.
pub(super) enum Remedy {
    /// Command files.
    Files(&'static [(ToolKind, &'static str)]),
    /// A change in Moodle.
    Sql(&'static str),
}

/// The file for a tool, on the site of these tests.
pub(super) fn retry(tool: ToolKind) -> Retry {
    use Remedy::{Files, Sql};
    const LATE_COURSE: Remedy = Files(&[(ToolKind::Courses, "shortname;fullname;category\nLATE;Late;Sciences\n")]);
    const LATE_USER: Remedy =
        Files(&[(ToolKind::Users, "username;firstname;lastname;email\nlate;L;L;late@example.com\n")]);
    let retry = |header, good, bad, remedy| Retry { header, good, bad, options: &[], remedy };
    match tool {
        ToolKind::CheckCourses => retry("", "BIO", "LATE", LATE_COURSE),
        ToolKind::DeleteCourses => retry("", "ALL", "LATE", LATE_COURSE),
        ToolKind::ResetCourses => {
            retry(RESET, "BIO;no;no;no;no;;no;members;no;;", "LATE;no;no;no;no;;no;no;no;;2027-01-02", LATE_COURSE)
        }
        ToolKind::Courses => {
            let header = "shortname;fullname;category;teacher1_account";
            retry(header, "N1;New;Sciences;tess", "N2;New;Sciences;late", LATE_USER)
        }
        ToolKind::CleanCategories => retry("", "1;First", "999999;Nothing", Sql(LATE_CATEGORY)),
        ToolKind::DeleteUsers => retry("idnumber", "E1", "TWIN", Sql(UNTWIN)),
        ToolKind::SuspendUsers => Retry { options: BY_NAME, ..retry("username", "ada", "late", LATE_USER) },
        ToolKind::RestoreUsers => Retry {
            options: BY_NAME,
            ..retry(
                "username",
                "finn",
                "late",
                Files(&[(
                    ToolKind::Users,
                    "username;firstname;lastname;email;suspended\nlate;L;L;late@example.com;1\n",
                )]),
            )
        },
        ToolKind::ReviveUsers => {
            let remedy = Files(&[
                (ToolKind::Users, "username;firstname;lastname;email;idnumber\nlate;L;L;late@example.com;L1\n"),
                (ToolKind::DeleteUsers, "idnumber\nL1\n"),
            ]);
            retry("username", "gus", "late", remedy)
        }
        ToolKind::Users => {
            let header = "username;firstname;lastname;email;course1;enrol1";
            retry(header, "n1;N;N;n1@example.com;BIO;manual", "n2;N;N;n2@example.com;LATE;manual", LATE_COURSE)
        }
        ToolKind::UserPictures => retry("", "ada.png", "late.jpg", LATE_USER),
        ToolKind::PictureHashes => retry("", "ada", "ben;Ben", Sql(FOUND_PICTURE)),
        ToolKind::Cohorts => retry("cidnumber;cname;userid", "N1;New;ada", "N2;Newer;late", LATE_USER),
        ToolKind::Groups => retry(
            "courseid;name;grouping",
            "ART;New;",
            "ART;Newer;LATE",
            Files(&[(ToolKind::Groups, "type;courseid;name;idnumber\ngrouping;ART;Late;LATE\n")]),
        ),
        ToolKind::CohortBindings => {
            retry("cohort;course", "ST;BIO", "LATE;BIO", Files(&[(ToolKind::Cohorts, "cidnumber;cname\nLATE;Late\n")]))
        }
        ToolKind::Enrolments => {
            retry("cid;uid;rolename;enrol", "BIO;cleo;student;manual", "LATE;cleo;student;manual", LATE_COURSE)
        }
        ToolKind::Metacourses => retry("master;meta", "BIO;CHEM", "BIO;LATE", LATE_COURSE),
        ToolKind::GroupMembers => retry(
            "courseid;groupid;userid",
            "BIO;Red;ben",
            "BIO;Red;cleo",
            Files(&[(ToolKind::Enrolments, "cid;uid;rolename;enrol\nBIO;cleo;student;manual\n")]),
        ),
    }
}

/// Everybody has a picture of whose hash nobody knows; those who had none have `stage::OLD_PICTURE`.
pub(super) const OLD_PICTURES: &str =
    "delete from mdl_user_info_data
    where fieldid in (select id from mdl_user_info_field where shortname = 'userpicturehash');
    insert into mdl_files (contenthash, pathnamehash, contextid, component, filearea, itemid, filepath, filename, filesize,
        mimetype, timecreated, timemodified)
    select 'c9c350615716ecef79787e4a1617af0bb48d6dc0', 'old picture of ' || u.id, x.id, 'user', 'icon', 0, '/', 'f1.png', 11,
        'image/png', 5, 5
    from mdl_user u join mdl_context x on x.instanceid = u.id and x.contextlevel = 30
    where u.picture = 0 and u.deleted = 0;
    update mdl_user set picture = (select f.id from mdl_files f where f.pathnamehash = 'old picture of ' || mdl_user.id)
    where picture = 0 and deleted = 0 and id in (select instanceid from mdl_context where contextlevel = 30);";

/// What was lost of them is found again.
const FOUND_PICTURE: &str =
    "update mdl_files set contenthash = 'c9c350615716ecef79787e4a1617af0bb48d6dc0' where contenthash = 'lost'";

/// A thousand empty categories: those that are left, and more.
const MORE_CATEGORIES: &str =
    "insert into mdl_course_categories (name, description, descriptionformat, parent, sortorder,
        coursecount, visible, visibleold, timemodified, depth, path)
    select shortname, '', 0, 0, sortorder + 900000000, 0, 1, 1, 5, 1, '' from mdl_course where category > 0;
    update mdl_course_categories set sortorder = 900000000 + id * 10000, path = '/' || id where path = '';
    insert into mdl_context (contextlevel, instanceid, path, depth)
    select 40, id, '', 2 from mdl_course_categories where sortorder >= 900000000;
    update mdl_context set path = '/1/' || id where path = '';";

const UNTWIN: &str = "update mdl_user set idnumber = 'ONE' where username = 'twin2'";

const LATE_CATEGORY: &str =
    "insert into mdl_course_categories (id, name, description, descriptionformat, parent, sortorder,
        coursecount, visible, visibleold, timemodified, depth, path)
    values (999999, 'Late', '', 0, 0, 9999990000, 0, 1, 1, 5, 1, '/999999');
    insert into mdl_context (contextlevel, instanceid, path, depth) values (40, 999999, '', 2);
    update mdl_context set path = '/1/' || id where path = '';";
