//! Enrolments that follow from something else: the members of a cohort, the participants of another course.
//!
//! A plug-in says with two queries which enrolments and which roles there should be; here the rows of its methods are
//! brought to that, set by set, as Moodle's own synchronisation does. Knows no plug-in by name.

use super::members::{self, Member, Pairs};
use super::rows::Rows;
use super::{Apply, Statement, unenrol};
use crate::site::SiteError;
use std::collections::HashSet;

/// What becomes of an enrolment whose reason is gone: `unenrolaction` of the plug-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Departure {
    /// The user is unenrolled.
    Unenrol,
    /// The enrolment is suspended, the roles stay.
    Suspend,
    /// The enrolment is suspended, the roles go.
    SuspendWithoutRoles,
}

impl Departure {
    /// The setting of a plug-in; `usual` where it has none.
    pub(super) fn of(apply: &Apply<'_, '_>, plugin: &str, usual: i64) -> Self {
        match apply.facts.plugin_number(plugin, "unenrolaction").unwrap_or(usual) {
            0 => Self::Unenrol,
            2 => Self::Suspend,
            _ => Self::SuspendWithoutRoles,
        }
    }
}

/// Whether the dates of enrolments follow as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dates {
    /// Those of existing enrolments stay.
    Kept,
    /// Those of active enrolments are the derived ones: what Moodle does for single users.
    OfActive,
    /// All are the derived ones; an enrolment without an active reason has none. What Moodle does for whole methods.
    OfAll,
}

/// Of which users the enrolments are looked at.
#[derive(Debug, Clone)]
pub(super) enum Scope {
    /// All users of these methods: rows (id).
    Methods(Rows),
    /// Single users of methods: rows (id, userid).
    Users(Rows),
}

impl Scope {
    pub(super) fn methods(ids: impl IntoIterator<Item = i64>) -> Self {
        Self::Methods(Rows::of_ids(ids))
    }

    pub(super) fn users(pairs: impl IntoIterator<Item = (i64, i64)>) -> Self {
        Self::Users(Rows::of_pairs(["id", "userid"], pairs))
    }

    fn rows(&self) -> &Rows {
        match self {
            Self::Methods(rows) | Self::Users(rows) => rows,
        }
    }

    /// The condition that keeps a join with `v` to the users looked at.
    pub(super) fn only(&self, column: &str) -> String {
        match self {
            Self::Methods(_) => String::new(),
            Self::Users(_) => format!(" and {column} = v.userid"),
        }
    }
}

/// How the enrolments of a plug-in follow.
#[derive(Debug)]
pub(super) struct Rule {
    /// Who owns roles and memberships: `enrol_cohort`.
    pub(super) component: &'static str,
    /// The enrolments there should be: a query over `v` for enrolid, open (the status of the method), userid, status,
    /// timestart, timeend.
    pub(super) enrolments: String,
    /// The roles there should be: a query over `v` for enrolid, courseid, contextid, userid, roleid.
    pub(super) roles: String,
    pub(super) departure: Departure,
    pub(super) dates: Dates,
}

/// Brings enrolments, roles and memberships to what the rule says.
pub(super) async fn follow(apply: &mut Apply<'_, '_>, rule: &Rule, scope: &Scope) -> Result<(), SiteError> {
    if scope.rows().is_empty() {
        return Ok(());
    }
    enrol(apply, rule, scope).await?;
    correct(apply, rule, scope).await?;
    let gone = gone(apply, rule, scope).await?;
    match rule.departure {
        Departure::Unenrol => unenrol::end_gone(apply, gone, rule.component).await?,
        Departure::Suspend | Departure::SuspendWithoutRoles => suspend(apply, &gone).await?,
    }
    assign_roles(apply, rule, scope).await?;
    unassign_roles(apply, rule, scope).await?;
    fill_groups(apply, rule, scope).await?;
    note_users(apply, scope).await
}

async fn enrol(apply: &mut Apply<'_, '_>, rule: &Rule, scope: &Scope) -> Result<(), SiteError> {
    let (modifier, now) = (apply.modifier(), apply.now);
    let build = |with: Statement| {
        let values = with.push("select distinct w.enrolid, w.userid, w.status, w.timestart, w.timeend, ");
        let values = values.bind(modifier).push(", ").bind(now).push(", ").bind(now);
        values.push(" from (").push(&rule.enrolments).push(
            ") w where w.open = 0 and not exists \
             (select 1 from {user_enrolments} x where x.enrolid = w.enrolid and x.userid = w.userid)",
        )
    };
    let head = "insert into {user_enrolments} \
                (enrolid, userid, status, timestart, timeend, modifierid, timecreated, timemodified) ";
    apply.insert_with("enrol users who follow", head, scope.rows(), build).await
}

/// Gives enrolments that are there the status they should have, and the dates where those follow.
async fn correct(apply: &mut Apply<'_, '_>, rule: &Rule, scope: &Scope) -> Result<(), SiteError> {
    let follows = match rule.dates {
        Dates::Kept => "1 = 0",
        Dates::OfActive => "w.status = 0",
        Dates::OfAll => "1 = 1",
    };
    let sql = format!(
        "select distinct w.enrolid, w.userid, w.status, case when {follows} then w.timestart else x.timestart end, \
         case when {follows} then w.timeend else x.timeend end from ({}) w join {{user_enrolments}} x \
         on x.enrolid = w.enrolid and x.userid = w.userid where w.open = 0 \
         and (x.status <> w.status or ({follows} and (x.timestart <> w.timestart or x.timeend <> w.timeend)))",
        rule.enrolments
    );
    let found = apply.fetch_with("read enrolments that follow", scope.rows(), &sql).await?;
    let mut rows = Rows::new(["enrolid", "userid", "status", "timestart", "timeend", "modifierid", "timemodified"]);
    let (modifier, now) = (apply.modifier(), apply.now);
    for row in found {
        let [method, user, status, start, end] = [0, 1, 2, 3, 4].map(|column| row.int(column));
        rows.push([method, user, status, start, end, modifier, now].map(Into::into));
    }
    apply.update("change enrolments that follow", "user_enrolments", 2, &rows).await
}

/// An enrolment without a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gone {
    pub(super) method: i64,
    pub(super) user: i64,
    pub(super) course: i64,
    pub(super) status: i64,
}

impl Gone {
    pub(super) fn of(row: &super::Row) -> Self {
        Self { method: row.int(0), user: row.int(1), course: row.int(2), status: row.int(3) }
    }
}

async fn gone(apply: &mut Apply<'_, '_>, rule: &Rule, scope: &Scope) -> Result<Vec<Gone>, SiteError> {
    let sql = format!(
        "select distinct x.enrolid, x.userid, e.courseid, x.status from v join {{enrol}} e on e.id = v.id \
         join {{user_enrolments}} x on x.enrolid = e.id{} left join ({}) w \
         on w.enrolid = x.enrolid and w.userid = x.userid where w.userid is null",
        scope.only("x.userid"),
        rule.enrolments
    );
    let found = apply.fetch_with("read enrolments without a reason", scope.rows(), &sql).await?;
    Ok(found.iter().map(Gone::of).collect())
}

async fn suspend(apply: &mut Apply<'_, '_>, gone: &[Gone]) -> Result<(), SiteError> {
    let mut rows = Rows::new(["enrolid", "userid", "status", "modifierid", "timemodified"]);
    let (modifier, now) = (apply.modifier(), apply.now);
    for Gone { method, user, .. } in gone.iter().filter(|gone| gone.status == 0) {
        rows.push([*method, *user, 1, modifier, now].map(Into::into));
    }
    apply.update("suspend enrolments without a reason", "user_enrolments", 2, &rows).await
}

/// Goes on after `from (roles) w`: those that nobody has yet.
fn missing_roles(rule: &Rule) -> String {
    format!(
        "not exists (select 1 from {{role_assignments}} r where r.userid = w.userid and r.contextid = w.contextid \
         and r.roleid = w.roleid and r.component = '{}' and r.itemid = w.enrolid)",
        rule.component
    )
}

async fn assign_roles(apply: &mut Apply<'_, '_>, rule: &Rule, scope: &Scope) -> Result<(), SiteError> {
    subscribe(apply, rule, scope).await?;
    let (modifier, now) = (apply.modifier(), apply.now);
    let missing = missing_roles(rule);
    let build = |with: Statement| {
        let columns = format!("select distinct w.roleid, w.contextid, w.userid, '{}', w.enrolid, ", rule.component);
        let values = with.push(&columns).bind(now).push(", ").bind(modifier).push(", 0 from (");
        values.push(&rule.roles).push(") w where ").push(&missing)
    };
    let head = "insert into {role_assignments} \
                (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder) ";
    apply.insert_with("assign roles that follow", head, scope.rows(), build).await
}

/// Whoever gets a role subscribes to the forums that ask for it, see [`super::roles`]. It comes before the roles, while
/// the missing ones can be told from the others.
async fn subscribe(apply: &mut Apply<'_, '_>, rule: &Rule, scope: &Scope) -> Result<(), SiteError> {
    let sql = "select distinct f.course from v join {enrol} e on e.id = v.id join {forum} f on f.course = e.courseid \
               where f.forcesubscribe = 2";
    if apply.fetch_with("read forums with initial subscription", scope.rows(), sql).await?.is_empty() {
        return Ok(());
    }
    let missing = missing_roles(rule);
    let build = |with: Statement| {
        let values = with.push("select distinct w.userid, f.id from (").push(&rule.roles).push(") w ");
        values.push(super::roles::SUBSCRIBED).push(" and ").push(&missing)
    };
    let head = "insert into {forum_subscriptions} (userid, forum) ";
    apply.insert_with("subscribe to forums", head, scope.rows(), build).await
}

/// Takes away roles that should not be there. Those of suspended enrolments stay where the plug-in only suspends.
async fn unassign_roles(apply: &mut Apply<'_, '_>, rule: &Rule, scope: &Scope) -> Result<(), SiteError> {
    let kept = match rule.departure {
        Departure::Suspend => {
            " and (e.status <> 0 or not exists (select 1 from {user_enrolments} y \
             where y.enrolid = a.itemid and y.userid = a.userid and y.status <> 0))"
        }
        Departure::Unenrol | Departure::SuspendWithoutRoles => "",
    };
    let sql = format!(
        "select distinct a.id from v join {{enrol}} e on e.id = v.id join {{role_assignments}} a \
         on a.component = '{}' and a.itemid = e.id{} left join ({}) w on w.enrolid = a.itemid \
         and w.userid = a.userid and w.roleid = a.roleid and w.contextid = a.contextid where w.userid is null{kept}",
        rule.component,
        scope.only("a.userid"),
        rule.roles
    );
    let found = apply.fetch_with("read roles without a reason", scope.rows(), &sql).await?;
    let roles = Rows::of_ids(found.iter().map(|row| row.int(0)));
    let deletion = super::Deletion::of("role_assignments", &["id"], "select id from v");
    apply.delete("unassign roles without a reason", &roles, deletion).await
}

/// Puts the users of methods with a group into it, and out of others that the method put them into.
async fn fill_groups(apply: &mut Apply<'_, '_>, rule: &Rule, scope: &Scope) -> Result<(), SiteError> {
    let sql = format!(
        "select distinct m.groupid, m.userid from v join {{enrol}} e on e.id = v.id join {{groups}} g \
         on g.courseid = e.courseid and g.id <> coalesce(e.customint2, 0) join {{groups_members}} m \
         on m.groupid = g.id and m.component = '{}' and m.itemid = e.id{}",
        rule.component,
        scope.only("m.userid")
    );
    let elsewhere = apply.fetch_with("read members of former groups", scope.rows(), &sql).await?;
    let pairs = elsewhere.iter().map(|row| (row.int(0), row.int(1)));
    members::delete(apply, &Pairs::new(pairs)).await?;
    let sql = format!(
        "select distinct g.id, x.userid, e.id from v join {{enrol}} e on e.id = v.id \
         join {{groups}} g on g.id = e.customint2 and g.courseid = e.courseid \
         join {{user_enrolments}} x on x.enrolid = e.id{} where e.status = 0 and not exists \
         (select 1 from {{groups_members}} m where m.groupid = g.id and m.userid = x.userid)",
        scope.only("x.userid")
    );
    let found = apply.fetch_with("read users without their group", scope.rows(), &sql).await?;
    let member = |row: &super::Row| {
        let component = rule.component.to_owned();
        Member { group: row.int(0), user: row.int(1), component, item: row.int(2) }
    };
    let places: Vec<Member> = found.iter().map(member).collect();
    members::insert(apply, &places).await
}

/// Notes that the rights of these users changed, and their place in the courses.
async fn note_users(apply: &mut Apply<'_, '_>, scope: &Scope) -> Result<(), SiteError> {
    let sql = format!(
        "select distinct x.userid, e.courseid from v join {{enrol}} e on e.id = v.id \
         join {{user_enrolments}} x on x.enrolid = e.id{}",
        scope.only("x.userid")
    );
    for row in apply.fetch_with("read users who follow", scope.rows(), &sql).await? {
        apply.state.flags.users.insert(row.int(0));
        apply.state.meta.participants.insert((row.int(1), row.int(0)));
    }
    Ok(())
}

/// Which of the ended enrolments were the users' last ones in the course: rows (userid, courseid).
pub(super) async fn last_ones(apply: &mut Apply<'_, '_>, ended: &[Gone]) -> Result<Rows, SiteError> {
    let places: HashSet<(i64, i64)> = ended.iter().map(|gone| (gone.user, gone.course)).collect();
    let ended: HashSet<(i64, i64)> = ended.iter().map(|gone| (gone.user, gone.method)).collect();
    let sql = "select distinct v.userid, v.courseid, y.enrolid from v join {enrol} z on z.courseid = v.courseid \
               join {user_enrolments} y on y.enrolid = z.id and y.userid = v.userid";
    let rows = Rows::of_pairs(["userid", "courseid"], places.iter().copied());
    let mut left = places;
    for row in apply.fetch_with("read other enrolments", &rows, sql).await? {
        if !ended.contains(&(row.int(0), row.int(2))) {
            left.remove(&(row.int(0), row.int(1)));
        }
    }
    Ok(Rows::of_pairs(["userid", "courseid"], left))
}
