//! Accounts are deleted as Moodle does it: the row stays, under a name that frees the old one; nearly all else goes.

use super::filled::Filled;
use super::members::{self, Pairs};
use super::rows::Rows;
use super::waves::Item;
use super::{Apply, Deletion, grades, unenrol, users};
use crate::model::UserId;
use crate::site::deletion::freed_name;
use crate::site::password::md5_hex;
use crate::site::sql::statement::Value;
use crate::site::{Change, SiteError};
use std::collections::{BTreeSet, HashSet};

pub(super) async fn delete(apply: &mut Apply<'_, '_>, items: &[Item<'_>]) -> Result<(), SiteError> {
    let mut ids = Vec::with_capacity(items.len());
    for item in items {
        if let Change::DeleteUser { id } = item.change {
            ids.push(apply.state.ids.user(*id)?);
        }
    }
    apply.state.flags.users.extend(&ids);
    let users = Rows::of_ids(ids);
    let filled = Filled::among(apply, tables()).await?;
    grades::erase(
        apply,
        &users,
        "select distinct g.id from v join {grade_grades} g on g.userid = v.id",
        grades::BY_USER,
    )
    .await?;
    leave_courses(apply, &users).await?;
    delete_contents(apply, &filled, &users).await?;
    delete_rows(apply, &filled, &users).await?;
    users::end_sessions(apply, &users).await?;
    rename(apply, &users).await?;
    request_erasure(apply, &users).await
}

/// Groups and forums of the courses in which the users are enrolled. Enrolments and roles go with all other rows.
async fn leave_courses(apply: &mut Apply<'_, '_>, users: &Rows) -> Result<(), SiteError> {
    let sql = "select distinct m.groupid, m.userid from v join {groups_members} m on m.userid = v.id";
    let found = apply.fetch_with("read memberships", users, sql).await?;
    members::delete(apply, &Pairs::new(found.iter().map(|row| (row.int(0), row.int(1))))).await?;
    let sql = "select distinct u.userid, e.courseid from v join {user_enrolments} u on u.userid = v.id \
               join {enrol} e on e.id = u.enrolid";
    let found = apply.fetch_with("read courses of users", users, sql).await?;
    let courses = found.iter().map(|row| (row.int(0), row.int(1)));
    unenrol::leave_forums(apply, &Rows::of_pairs(["userid", "courseid"], courses)).await
}

/// The ids among the rows `v`.
const IDS: &str = "select id from v";

/// Tables whose rows lie in a context, by `contextid`.
const IN_CONTEXTS: [&str; 9] = [
    "files",
    "role_assignments",
    "role_capabilities",
    "role_names",
    "comments",
    "rating",
    "repository_instances",
    "filter_active",
    "filter_config",
];

/// Tables with rows of the blocks of a dashboard.
const OF_BLOCKS: [&str; 3] = ["block_positions", "context", "block_instances"];

/// Empties the users' contexts, which stay, and removes the blocks of their dashboards.
async fn delete_contents(apply: &mut Apply<'_, '_>, filled: &Filled, users: &Rows) -> Result<(), SiteError> {
    let sql = "select distinct x.id from v {then context x on x.contextlevel = 30 and x.instanceid = v.id}";
    let own = apply.fetch_with("read contexts of users", users, sql).await?;
    let own = Rows::of_ids(own.iter().map(|row| row.int(0)));
    let sql = "select distinct b.id from v join {block_instances} b on b.parentcontextid = v.id";
    let blocks = apply.fetch_with("read blocks of users", &own, sql).await?;
    let blocks = Rows::of_ids(blocks.iter().map(|row| row.int(0)));
    let conditions = [("blockinstanceid", ""), ("instanceid", "t.contextlevel = 80"), ("id", "")];
    for (table, (key, rest)) in OF_BLOCKS.into_iter().zip(conditions) {
        let deletion = Deletion { table, keys: &[key], selection: IDS, rest };
        filled.delete(apply, BELONGINGS, &blocks, deletion).await?;
    }
    for table in IN_CONTEXTS {
        filled.delete(apply, BELONGINGS, &own, Deletion::of(table, &["contextid"], IDS)).await?;
    }
    Ok(())
}

/// All tables that may hold something of a user.
fn tables() -> BTreeSet<&'static str> {
    let of_theirs = OF_THEIRS.iter().map(|(table, ..)| table);
    IN_CONTEXTS.iter().chain(&OF_USERS).chain(&OF_BLOCKS).chain(of_theirs).chain(&OF_OTHER_WAYS).copied().collect()
}

/// Tables of which rows are deleted by conditions of their own.
const OF_OTHER_WAYS: [&str; 3] = ["my_pages", "tag", "tag_instance"];

const BELONGINGS: &str = "delete what belongs to users";

/// Tables whose rows belong to a user, by `userid`.
const OF_USERS: [&str; 17] = [
    "user_enrolments",
    "role_assignments",
    "cohort_members",
    "user_preferences",
    "user_info_data",
    "user_password_history",
    "user_lastaccess",
    "external_tokens",
    "external_services_users",
    "user_private_key",
    "oauth2_refresh_token",
    "event_subscriptions",
    "competency_usercompcourse",
    "competency_usercompplan",
    "competency_usercomp",
    "competency_userevidence",
    "competency_plan",
];

/// Rows that belong to rows of a user: table, key, the table and key they belong to. They go first.
const OF_THEIRS: [(&str, &str, &str); 4] = [
    ("event", "subscriptionid", "event_subscriptions"),
    ("competency_evidence", "usercompetencyid", "competency_usercomp"),
    ("competency_userevidencecomp", "userevidenceid", "competency_userevidence"),
    ("competency_plancomp", "planid", "competency_plan"),
];

async fn delete_rows(apply: &mut Apply<'_, '_>, filled: &Filled, users: &Rows) -> Result<(), SiteError> {
    delete_tags(apply, filled, users).await?;
    for (table, key, owner) in OF_THEIRS {
        let selection = format!("select o.id from v join {{{owner}}} o on o.userid = v.id");
        filled.delete(apply, BELONGINGS, users, Deletion::of(table, &[key], &selection)).await?;
    }
    for table in OF_USERS {
        filled.delete(apply, BELONGINGS, users, Deletion::of(table, &["userid"], IDS)).await?;
    }
    let pages = Deletion { table: "my_pages", keys: &["userid"], selection: IDS, rest: "t.private = 1" };
    filled.delete(apply, BELONGINGS, users, pages).await
}

/// Removes the tags of users, and tags that nothing else uses.
async fn delete_tags(apply: &mut Apply<'_, '_>, filled: &Filled, users: &Rows) -> Result<(), SiteError> {
    let sql = "select distinct t.tagid from v join {tag_instance} t \
               on t.component = 'core' and t.itemtype = 'user' and t.itemid = v.id";
    let found = apply.fetch_with("read tags of users", users, sql).await?;
    let tags = Rows::of_ids(found.iter().map(|row| row.int(0)));
    if tags.is_empty() {
        return Ok(());
    }
    let rest = "t.component = 'core' and t.itemtype = 'user'";
    let instances = Deletion { table: "tag_instance", keys: &["itemid"], selection: IDS, rest };
    filled.delete(apply, BELONGINGS, users, instances).await?;
    let rest = "t.isstandard = 0 and not exists (select 1 from {tag_instance} i where i.tagid = t.id)";
    let unused = Deletion { table: "tag", keys: &["id"], selection: IDS, rest };
    filled.delete(apply, BELONGINGS, &tags, unused).await
}

/// An account on its way out.
struct Leaving {
    id: i64,
    former: String,
    stem: String,
    number: i64,
}

impl Leaving {
    fn name(&self) -> String {
        format!("{}.{}", self.stem, self.number)
    }
}

/// Gives deleted accounts their new names. The number starts at the time and is counted up while the name is taken.
async fn rename(apply: &mut Apply<'_, '_>, users: &Rows) -> Result<(), SiteError> {
    let sql = "select distinct u.id, u.username, u.email from v join {user} u on u.id = v.id order by u.id";
    let found = apply.fetch_with("read users to delete", users, sql).await?;
    let mut leaving: Vec<Leaving> = Vec::with_capacity(found.len());
    for mut row in found {
        let (id, former, email) = (row.int(0), row.text(1), row.text(2));
        let stem = freed_name(apply.facts, UserId(id), &former, &email, apply.now);
        leaving.push(Leaving { id, former, stem, number: apply.now });
    }
    find_free_names(apply, &mut leaving).await?;
    let mut rows = Rows::new(["id", "deleted", "username", "email", "idnumber", "picture", "timemodified"]);
    for user in leaving {
        let email = md5_hex(&user.former);
        let now = apply.now;
        rows.push([
            user.id.into(),
            Value::Int(1),
            user.name().into(),
            email.into(),
            "".into(),
            Value::Int(0),
            now.into(),
        ]);
    }
    apply.update("delete users", "user", 1, &rows).await
}

async fn find_free_names(apply: &mut Apply<'_, '_>, leaving: &mut [Leaving]) -> Result<(), SiteError> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut unsettled: Vec<usize> = (0..leaving.len()).collect();
    while !unsettled.is_empty() {
        let mut asked = Rows::new(["username"]);
        for at in &unsettled {
            let user = &mut leaving[*at];
            while !taken.insert(user.name()) {
                user.number += 1;
            }
            asked.push([user.name().into()]);
        }
        // By host, because the index on names begins with it.
        let host = apply.facts.local_host();
        let sql = format!(
            "select distinct u.username from v join {{user}} u on u.username = v.username and u.mnethostid = {host}"
        );
        let used = apply.fetch_with("read user names", &asked, &sql).await?;
        let used: HashSet<String> = used.into_iter().map(|mut row| row.text(0)).collect();
        unsettled.retain(|at| used.contains(&leaving[*at].name()));
    }
    Ok(())
}

/// The remark that Moodle gives such a request.
const REMARK: &str = "Automatically created upon user deletion.";

/// Asks the privacy officer to approve the erasure of the accounts' data, as Moodle does while that is switched on.
async fn request_erasure(apply: &mut Apply<'_, '_>, users: &Rows) -> Result<(), SiteError> {
    let wanted = apply.facts.plugin("tool_dataprivacy", "automaticdeletionrequests") == Some("1");
    if !wanted || !apply.has_table("tool_dataprivacy_request") {
        return Ok(());
    }
    let (modifier, now) = (apply.modifier(), apply.now);
    // A request that was cancelled, rejected or has expired does not stand in the way of a new one.
    let build = |with: super::Statement| {
        let values =
            with.push("select distinct 2, ").bind(REMARK).push(", 2, v.id, ").bind(modifier).push(", 2, 0, '', 2, 0, ");
        let values = values.bind(modifier).push(", ").bind(now).push(", ").bind(now);
        values.push(
            ", 1 from v where not exists (select 1 from {tool_dataprivacy_request} r \
             where r.userid = v.id and r.type = 2 and r.status not in (6, 7, 9))",
        )
    };
    let head = "insert into {tool_dataprivacy_request} (type, comments, commentsformat, userid, requestedby, status, \
                dpo, dpocomment, dpocommentformat, systemapproved, usermodified, timecreated, timemodified, \
                creationmethod) ";
    apply.insert_with("request the erasure of users", head, users, build).await
}
