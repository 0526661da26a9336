//! Looks over a whole site for what Moodle takes for granted: contexts, sort orders, counters, rows that refer to rows.
//!
//! Reads only. Each check is a query for the ids of the rows that are wrong.

use super::SqlSite;
use super::statement::Statement;
use crate::site::SiteError;

/// What may be wrong, and the query for the ids of such rows.
type Check = (&'static str, &'static str);

/// Ids named in a finding.
const NAMED_AT_MOST: usize = 5;

const CONTEXTS: &[Check] = &[
    (
        "contexts whose depth is not that of their path",
        "select id from {context} where path is null or depth <> length(path) - length(replace(path, '/', ''))",
    ),
    ("contexts whose path does not end with their id", "select id from {context} where path not like '%/' || id"),
    (
        "contexts without the context above",
        "select x.id from {context} x where x.depth > 1 and not exists (select 1 from {context} p \
         where p.path = substr(x.path, 1, length(x.path) - length('/' || x.id)))",
    ),
    (
        "users without a context right below the system's",
        "select u.id from {user} u where u.deleted = 0 and not exists (select 1 from {context} x \
         join {context} p on p.contextlevel = 10 and x.path = p.path || '/' || x.id \
         where x.contextlevel = 30 and x.instanceid = u.id)",
    ),
    (
        "categories whose context is not right below that of their parent",
        "select c.id from {course_categories} c where not exists (select 1 from {context} x join {context} p \
         on x.path = p.path || '/' || x.id and ((c.parent = 0 and p.contextlevel = 10) \
         or (p.contextlevel = 40 and p.instanceid = c.parent)) where x.contextlevel = 40 and x.instanceid = c.id)",
    ),
    (
        "courses whose context is not right below that of their category",
        "select c.id from {course} c where not exists (select 1 from {context} x join {context} p \
         on x.path = p.path || '/' || x.id and ((c.category = 0 and p.contextlevel = 10) \
         or (p.contextlevel = 40 and p.instanceid = c.category)) where x.contextlevel = 50 and x.instanceid = c.id)",
    ),
    (
        "blocks whose context is not right below the one they are in",
        "select b.id from {block_instances} b where not exists (select 1 from {context} x join {context} p \
         on x.path = p.path || '/' || x.id and p.id = b.parentcontextid \
         where x.contextlevel = 80 and x.instanceid = b.id)",
    ),
    (
        "contexts of what does not exist",
        "select x.id from {context} x where \
         (x.contextlevel = 30 and x.instanceid not in (select id from {user})) or \
         (x.contextlevel = 40 and x.instanceid not in (select id from {course_categories})) or \
         (x.contextlevel = 50 and x.instanceid not in (select id from {course})) or \
         (x.contextlevel = 70 and x.instanceid not in (select id from {course_modules})) or \
         (x.contextlevel = 80 and x.instanceid not in (select id from {block_instances}))",
    ),
];

const ORDER: &[Check] = &[
    (
        "categories whose path or depth does not follow from their parent's",
        "select c.id from {course_categories} c left join {course_categories} p on p.id = c.parent \
         where c.path <> coalesce(p.path, '') || '/' || c.id or c.depth <> coalesce(p.depth, 0) + 1 \
         or (c.parent <> 0 and p.id is null)",
    ),
    (
        "categories that share a sort order, have none, or come before their parent",
        "select c.id from {course_categories} c left join {course_categories} p on p.id = c.parent \
         where c.sortorder <= coalesce(p.sortorder, 0) or exists (select 1 from {course_categories} o \
         where o.sortorder = c.sortorder and o.id <> c.id)",
    ),
    (
        "categories whose number of courses is wrong",
        "select c.id from {course_categories} c \
         where c.coursecount <> (select count(*) from {course} k where k.category = c.id)",
    ),
    (
        "courses that are not numbered one after the other behind their category",
        "select k.id from {course} k join {course_categories} c on c.id = k.category where k.sortorder - c.sortorder \
         <> (select count(*) from {course} o where o.category = k.category and o.sortorder <= k.sortorder)",
    ),
    (
        "courses of a category that does not exist",
        "select id from {course} where category <> 0 and category not in (select id from {course_categories})",
    ),
];

const REFERENCES: &[Check] = &[
    ("enrolment methods of no course", "select id from {enrol} where courseid not in (select id from {course})"),
    (
        "enabled methods of a cohort or a course that does not exist",
        "select id from {enrol} where status = 0 and ((enrol = 'cohort' and customint1 not in (select id from {cohort})) \
         or (enrol = 'meta' and customint1 not in (select id from {course})))",
    ),
    (
        "methods whose group is not in their course",
        "select e.id from {enrol} e where e.enrol in ('cohort', 'meta') and e.customint2 > 0 \
         and not exists (select 1 from {groups} g where g.id = e.customint2 and g.courseid = e.courseid)",
    ),
    (
        "enrolments of deleted users or of no method",
        "select id from {user_enrolments} where enrolid not in (select id from {enrol}) \
         or userid not in (select id from {user} where deleted = 0)",
    ),
    (
        "role assignments of deleted users, of no role, or in no context",
        "select id from {role_assignments} where roleid not in (select id from {role}) \
         or contextid not in (select id from {context}) or userid not in (select id from {user} where deleted = 0)",
    ),
    (
        "role assignments that stand twice",
        "select max(id) from {role_assignments} group by roleid, contextid, userid, component, itemid having count(*) > 1",
    ),
    (
        "role assignments of an enrolment method that does not exist",
        "select id from {role_assignments} where component like 'enrol_%' and itemid <> 0 \
         and itemid not in (select id from {enrol})",
    ),
    ("groups of no course", "select id from {groups} where courseid not in (select id from {course})"),
    ("groupings of no course", "select id from {groupings} where courseid not in (select id from {course})"),
    (
        "groups in a grouping that is not there, or of another course",
        "select l.id from {groupings_groups} l where not exists (select 1 from {groupings} p join {groups} g \
         on g.courseid = p.courseid where p.id = l.groupingid and g.id = l.groupid)",
    ),
    (
        "groups that stand twice in a grouping",
        "select max(id) from {groupings_groups} group by groupingid, groupid having count(*) > 1",
    ),
    (
        "members of no group, or deleted",
        "select id from {groups_members} where groupid not in (select id from {groups}) \
         or userid not in (select id from {user} where deleted = 0)",
    ),
    (
        "memberships of an enrolment method that does not exist",
        "select id from {groups_members} where component like 'enrol_%' and itemid <> 0 \
         and itemid not in (select id from {enrol})",
    ),
    (
        "members of no cohort, or deleted",
        "select id from {cohort_members} where cohortid not in (select id from {cohort}) \
         or userid not in (select id from {user} where deleted = 0)",
    ),
    (
        "cohorts in no context",
        "select id from {cohort} where contextid not in (select id from {context} where contextlevel in (10, 40))",
    ),
    (
        "preferences of deleted users",
        "select id from {user_preferences} where userid not in (select id from {user} where deleted = 0)",
    ),
    (
        "profile values of deleted users or of no field",
        "select id from {user_info_data} where fieldid not in (select id from {user_info_field}) \
         or userid not in (select id from {user} where deleted = 0)",
    ),
    (
        "sessions of deleted or suspended users",
        "select id from {sessions} where userid in (select id from {user} where deleted = 1 or suspended = 1)",
    ),
    ("sections of no course", "select id from {course_sections} where course not in (select id from {course})"),
    (
        "format options of no course",
        "select id from {course_format_options} where courseid not in (select id from {course})",
    ),
    (
        "course modules that their section does not list",
        "select m.id from {course_modules} m left join {course_sections} s on s.id = m.section and s.course = m.course \
         where s.id is null or ',' || s.sequence || ',' not like '%,' || m.id || ',%'",
    ),
    ("flags that stand twice", "select max(id) from {cache_flags} group by flagtype, name having count(*) > 1"),
];

impl SqlSite {
    /// Looks over the whole site and answers with what is wrong, one finding a line; nothing where all is well.
    pub async fn verify(&self) -> Result<Vec<String>, SiteError> {
        let mut connection = self.reading.connection().await?;
        let mut findings = Vec::new();
        for (wrong, sql) in CONTEXTS.iter().chain(ORDER).chain(REFERENCES) {
            let rows = connection.fetch("look over the site", Statement::new(&self.dialect, sql)).await?;
            let ids: Vec<String> = rows.iter().take(NAMED_AT_MOST).map(|row| row.int(0).to_string()).collect();
            if !ids.is_empty() {
                let more = if rows.len() > ids.len() { ", …" } else { "" };
                findings.push(format!("{} {wrong}: id {}{more}", rows.len(), ids.join(", ")));
            }
        }
        Ok(findings)
    }
}
