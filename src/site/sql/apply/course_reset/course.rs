//! What a reset takes from the course itself: calendar, notes, completion, permissions, groups, gradebook.

use super::super::belongings::{Belongings, Deed};

const fn of(table: &'static str, key: &'static str) -> Belongings {
    Belongings::of(table, key)
}

const fn through(table: &'static str, key: &'static str, parts: &'static [Belongings]) -> Belongings {
    Belongings::through(table, key, parts)
}

/// What is by the id of the course's own context.
const fn own_context(parts: &'static [Belongings]) -> Belongings {
    through("context", "instanceid", parts).only("t.contextlevel = 50")
}

/// Moodle deletes all events and then has activities write theirs again, but not conferences.
pub(super) const EVENTS: &[Belongings] =
    &[of("event", "courseid").only("(t.modulename in ('', 'bigbluebuttonbn') or t.instance = 0)")];

pub(super) const LOGS: &[Belongings] = &[of("logstore_standard_log", "courseid")];

pub(super) const NOTES: &[Belongings] = &[of("post", "courseid").only("t.module = 'notes'")];

/// Links with activities stay, as in Moodle.
pub(super) const BLOG_ASSOCIATIONS: &[Belongings] = &[own_context(&[of("blog_association", "contextid")])];

pub(super) const COMPLETION: &[Belongings] = &[
    through("course_modules", "course", &[of("course_modules_completion", "coursemoduleid")]),
    of("course_completions", "course"),
    of("course_completion_crit_compl", "course"),
];

pub(super) const COMPETENCY_RATINGS: &[Belongings] = &[of("competency_usercompcourse", "courseid")];

/// By context.
pub(super) const OVERRIDES: &[Belongings] = &[of("role_capabilities", "contextid")];
/// By context.
pub(super) const LOCAL_ROLES: &[Belongings] = &[of("role_assignments", "contextid")];
/// By context.
pub(super) const COMMENTS: &[Belongings] = &[of("comments", "contextid").only("t.commentarea = 'page_comments'")];

/// Conversations and times of groups follow their members, so that these are only counted here.
pub(super) const GROUP_MEMBERS: &[Belongings] =
    &[through("groups", "courseid", &[of("groups_members", "groupid").but(Deed::Count)])];
/// The same for groups. Methods that put people into one of them have none any more; Moodle would leave its number there.
pub(super) const GROUPS: &[Belongings] = &[
    of("groups", "courseid").but(Deed::Count),
    of("enrol", "courseid").only("t.enrol in ('cohort', 'meta') and t.customint2 > 0").but(Deed::Set("customint2 = 0")),
];

pub(super) const GROUPING_MEMBERS: &[Belongings] =
    &[through("groups", "courseid", &[of("groupings_groups", "groupid")])];

/// What names groupings forgets them, so that these are only counted here.
pub(super) const GROUPINGS: &[Belongings] = &[of("groupings", "courseid").but(Deed::Count)];

/// Grades that no activity would give again, and what people have set in those of activities.
pub(super) const GRADES: &[Belongings] = &[
    through("grade_items", "courseid", &[of("grade_grades", "itemid").but(Deed::Count)])
        .only("(t.itemtype = 'manual' or t.itemmodule = 'lti')"),
    through(
        "grade_items",
        "courseid",
        &[of("grade_grades", "itemid")
            .only(
                "(t.rawgrade is null or t.overridden <> 0 or t.excluded <> 0 or t.hidden <> 0 or t.locked <> 0 \
                 or t.locktime <> 0)",
            )
            .but(Deed::Count)],
    )
    .only("t.itemtype = 'mod' and t.itemmodule <> 'lti'"),
];

/// Moodle makes items of activities anew; here they stay and get what a new one has.
pub(super) const GRADE_ITEMS: &[Belongings] = &[
    of("grade_items", "courseid")
        .only("(t.itemtype in ('manual', 'category') or t.outcomeid is not null)")
        .but(Deed::Count),
    of("grade_categories", "courseid").only("t.parent is not null").but(Deed::Count),
    of("grade_outcomes", "courseid").but(Deed::Count),
    of("scale", "courseid").but(Deed::Count),
    of("grade_outcomes_courses", "courseid"),
    of("grade_settings", "courseid"),
    of("grade_items", "courseid")
        .only(
            "t.itemtype = 'mod' and (t.hidden <> 0 or t.locked <> 0 or t.locktime <> 0 or t.weightoverride <> 0 \
             or t.calculation is not null or t.multfactor <> 1 or t.plusfactor <> 0 or t.gradepass <> 0 \
             or t.aggregationcoef <> 0)",
        )
        .but(Deed::Set(
            "hidden = 0, locked = 0, locktime = 0, weightoverride = 0, calculation = null, multfactor = 1, \
             plusfactor = 0, gradepass = 0, aggregationcoef = 0",
        )),
];
