//! Where things lie: contexts in Moodle's tree, categories and courses in their order.

use super::Check;

pub(super) const CONTEXTS: &[Check] = &[
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
    ("contexts at the top beside the system's", "select id from {context} where depth <= 1 and contextlevel <> 10"),
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
        // Moodle makes contexts of activities when it first needs them.
        "course modules whose context is not right below that of their course",
        "select m.id from {course_modules} m join {context} x on x.contextlevel = 70 and x.instanceid = m.id \
         where not exists (select 1 from {context} p where x.path = p.path || '/' || x.id \
         and p.contextlevel = 50 and p.instanceid = m.course)",
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

pub(super) const ORDER: &[Check] = &[
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
        "categories that stand between another one and those below it",
        "select o.id from {course_categories} o where exists (select 1 from {course_categories} c \
         join {course_categories} p on p.id = c.parent where o.sortorder > p.sortorder and o.sortorder < c.sortorder \
         and o.path not like p.path || '/%')",
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
    (
        "course modules that their section does not list",
        "select m.id from {course_modules} m left join {course_sections} s on s.id = m.section and s.course = m.course \
         where s.id is null or ',' || s.sequence || ',' not like '%,' || m.id || ',%'",
    ),
    (
        "sections that list other course modules than theirs",
        "select s.id from {course_sections} s where case when coalesce(s.sequence, '') = '' then 0 \
         else length(s.sequence) - length(replace(s.sequence, ',', '')) + 1 end \
         <> (select count(*) from {course_modules} m where m.section = s.id)",
    ),
    (
        "groups in a grouping of another course",
        "select l.id from {groupings_groups} l join {groupings} p on p.id = l.groupingid \
         join {groups} g on g.id = l.groupid where g.courseid <> p.courseid",
    ),
    (
        "groups that stand twice in a grouping",
        "select max(id) from {groupings_groups} group by groupingid, groupid having count(*) > 1",
    ),
    (
        "enrolment methods whose group is not in their course",
        "select e.id from {enrol} e where e.enrol in ('cohort', 'meta') and e.customint2 > 0 \
         and not exists (select 1 from {groups} g where g.id = e.customint2 and g.courseid = e.courseid)",
    ),
];
