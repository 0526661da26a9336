//! Rows that refer to rows: of every table that the tools write, or empty when something goes, each column that names
//! a row of another table.

use super::Check;

/// What a column names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// A row of a table.
    Row(&'static str),
    /// An account that is not deleted: Moodle removes such rows with it.
    Account,
}

impl Named {
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Row(table) => table,
            Self::Account => "user",
        }
    }
}

/// A column that names something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    pub(super) to: Named,
    /// For which rows, called `t`; all where it is empty.
    pub(super) when: &'static str,
}

impl Reference {
    /// What is wrong with rows that name nothing.
    pub(super) fn wrong(&self) -> String {
        let Self { table, column, to, .. } = self;
        match to {
            Named::Row(other) => format!("rows of {table} whose {column} is no row of {other}"),
            Named::Account => format!("rows of {table} whose {column} is no account, or a deleted one"),
        }
    }

    pub(super) fn sql(&self) -> String {
        let Self { table, column, to, when } = self;
        let other = to.table();
        let lives = if *to == Named::Account { " and o.deleted = 0" } else { "" };
        let when = if when.is_empty() { String::new() } else { format!("{when} and ") };
        format!(
            "select t.id from {{{table}}} t \
             where {when}not exists (select 1 from {{{other}}} o where o.id = t.{column}{lives})"
        )
    }
}

const fn row(table: &'static str, column: &'static str, to: &'static str) -> Reference {
    Reference { table, column, to: Named::Row(to), when: "" }
}

const fn some(table: &'static str, column: &'static str, to: &'static str, when: &'static str) -> Reference {
    Reference { table, column, to: Named::Row(to), when }
}

const fn account(table: &'static str) -> Reference {
    Reference { table, column: "userid", to: Named::Account, when: "" }
}

pub(super) const ALL: &[Reference] = &[
    // Courses
    row("course_sections", "course", "course"),
    row("course_format_options", "courseid", "course"),
    row("course_modules", "course", "course"),
    row("course_modules", "module", "modules"),
    row("forum", "course", "course"),
    row("enrol", "courseid", "course"),
    // Deleting a cohort, or a course, may leave disabled methods behind.
    some("enrol", "customint1", "cohort", "t.enrol = 'cohort' and t.status = 0"),
    row("groups", "courseid", "course"),
    row("groupings", "courseid", "course"),
    row("grade_items", "courseid", "course"),
    row("user_lastaccess", "courseid", "course"),
    some("event", "courseid", "course", "t.courseid <> 0"),
    // Enrolments and roles
    row("user_enrolments", "enrolid", "enrol"),
    account("user_enrolments"),
    row("role_assignments", "roleid", "role"),
    row("role_assignments", "contextid", "context"),
    account("role_assignments"),
    some("role_assignments", "itemid", "enrol", "t.component like 'enrol!_%' escape '!' and t.itemid <> 0"),
    row("role_capabilities", "roleid", "role"),
    row("role_capabilities", "contextid", "context"),
    row("role_names", "contextid", "context"),
    // Groups
    row("groups_members", "groupid", "groups"),
    account("groups_members"),
    some("groups_members", "itemid", "enrol", "t.component like 'enrol!_%' escape '!' and t.itemid <> 0"),
    row("groupings_groups", "groupid", "groups"),
    row("groupings_groups", "groupingid", "groupings"),
    some("event", "groupid", "groups", "t.groupid <> 0"),
    some("assign_overrides", "groupid", "groups", "t.groupid <> 0"),
    some("quiz_overrides", "groupid", "groups", "t.groupid <> 0"),
    some("lesson_overrides", "groupid", "groups", "t.groupid <> 0"),
    some("message_conversations", "itemid", "groups", "t.component = 'core_group' and t.itemtype = 'groups'"),
    row("message_conversation_members", "conversationid", "message_conversations"),
    row("message_conversation_actions", "conversationid", "message_conversations"),
    row("messages", "conversationid", "message_conversations"),
    row("message_user_actions", "messageid", "messages"),
    // Cohorts
    row("cohort", "contextid", "context"),
    row("cohort_members", "cohortid", "cohort"),
    account("cohort_members"),
    // Accounts
    account("user_preferences"),
    account("user_info_data"),
    row("user_info_data", "fieldid", "user_info_field"),
    account("user_lastaccess"),
    account("user_password_history"),
    account("user_private_key"),
    account("external_tokens"),
    account("external_services_users"),
    account("oauth2_refresh_token"),
    Reference { table: "my_pages", column: "userid", to: Named::Account, when: "t.private = 1 and t.userid <> 0" },
    Reference { table: "event_subscriptions", column: "userid", to: Named::Account, when: "t.userid <> 0" },
    some("event", "subscriptionid", "event_subscriptions", "t.subscriptionid <> 0"),
    account("competency_usercomp"),
    account("competency_usercompcourse"),
    account("competency_usercompplan"),
    account("competency_userevidence"),
    account("competency_plan"),
    row("competency_evidence", "usercompetencyid", "competency_usercomp"),
    row("competency_userevidencecomp", "userevidenceid", "competency_userevidence"),
    row("competency_plancomp", "planid", "competency_plan"),
    // Grades
    row("grade_grades", "itemid", "grade_items"),
    account("grade_grades"),
    // Forums
    row("forum_subscriptions", "forum", "forum"),
    row("forum_digests", "forum", "forum"),
    row("forum_track_prefs", "forumid", "forum"),
    row("forum_read", "forumid", "forum"),
    // What lies in contexts
    row("block_instances", "parentcontextid", "context"),
    row("files", "contextid", "context"),
    row("comments", "contextid", "context"),
    row("rating", "contextid", "context"),
    row("filter_active", "contextid", "context"),
    row("filter_config", "contextid", "context"),
    row("repository_instances", "contextid", "context"),
    row("block_positions", "blockinstanceid", "block_instances"),
    row("tag_instance", "tagid", "tag"),
];

/// What else goes with something, or stands once only.
pub(super) const OTHERS: &[Check] = &[
    (
        "sessions of deleted or suspended users",
        "select id from {sessions} where userid in (select id from {user} where deleted = 1 or suspended = 1)",
    ),
    (
        "role assignments that stand twice",
        "select max(id) from {role_assignments} group by roleid, contextid, userid, component, itemid having count(*) > 1",
    ),
    ("flags that stand twice", "select max(id) from {cache_flags} group by flagtype, name having count(*) > 1"),
];
