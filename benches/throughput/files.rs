//! The command files that are run, chunk by chunk, so that no file is in memory as a whole.

use std::fmt::Write;
use std::ops::Range;

/// Courses that enrolments go into, and groups in each of them.
pub(crate) const COURSES_IN_USE: usize = 50;
pub(crate) const GROUPS: usize = 4;

/// Lines that are made at a time.
const LINES: usize = 5_000;

/// The text of a file, part by part.
pub(crate) type Parts = Box<dyn Iterator<Item = String> + Send>;

fn parts(header: &'static str, lines: usize, line: impl Fn(&mut String, usize) + Send + 'static) -> Parts {
    let starts = (0..lines).step_by(LINES);
    let part = move |start: usize| {
        let mut text = String::new();
        let numbers: Range<usize> = start..(start + LINES).min(lines);
        numbers.for_each(|n| line(&mut text, n));
        text
    };
    Box::new(std::iter::once(format!("{header}\n")).chain(starts.map(part)))
}

/// Users with everything that an information system usually sends.
pub(crate) fn users(lines: usize, city: &'static str) -> Parts {
    parts("username;firstname;lastname;email;idnumber;city;country", lines, move |text, n| {
        writeln!(text, "user{n};First{n};Last{n};user{n}@example.org;N{n};{city};FR").unwrap();
    })
}

/// Courses in a few categories.
pub(crate) fn courses(lines: usize) -> Parts {
    parts("shortname;fullname;category", lines, |text, n| {
        writeln!(text, "C{n};Course {n};Bench/Part {}", n % 5).unwrap();
    })
}

/// Every user twice, in two different courses, each with a group.
pub(crate) fn enrolments(lines: usize) -> Parts {
    parts("cmd;cid;uid;rolename;enrol;gcmd;g1", lines, |text, n| {
        let course = (n * 7) % COURSES_IN_USE;
        writeln!(text, "add;C{course};user{};student;manual;gaddcreate;G{}", n / 2, n % GROUPS).unwrap();
    })
}

/// Cohorts of a hundred, created with their members.
pub(crate) fn cohort_members(lines: usize) -> Parts {
    parts("cidnumber;cname;userid", lines, |text, n| {
        writeln!(text, "K{0};Cohort {0};user{n}", n / 100).unwrap();
    })
}

/// Participants in each course that ends.
const PARTICIPANTS: usize = 50;

/// Every course that ends gets its participants, in a group.
pub(crate) fn participants(courses: usize, users: usize) -> Parts {
    parts("cmd;cid;uid;rolename;enrol;gcmd;g1", courses * PARTICIPANTS, move |text, n| {
        let course = COURSES_IN_USE + n / PARTICIPANTS;
        writeln!(text, "add;C{course};user{};student;manual;gaddcreate;G1", n % users).unwrap();
    })
}

/// The courses that end are reset: participants, groups, grades, events, what people did in activities.
pub(crate) fn resets(courses: usize) -> Parts {
    parts("shortname;events;logs;notes;grades;roles;local_roles;groups;groupings;modules", courses, |text, n| {
        writeln!(text, "C{};yes;no;yes;all;student;all;all;all;all", COURSES_IN_USE + n).unwrap();
    })
}

/// The list of the courses that end. It has no header: its first line is a comment.
pub(crate) fn deletions(courses: usize) -> Parts {
    parts("# ended", courses, |text, n| writeln!(text, "C{}", COURSES_IN_USE + n).unwrap())
}
