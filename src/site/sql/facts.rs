//! What is known about a site for the length of a run: settings, roles, profile fields, modules.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::{Row, Statement};
use crate::model::{ContextId, CourseId, ProfileFieldId, RoleId, UserId};
use crate::site::{ProfileField, Role, RunningMoodle, SiteError, SiteFacts};
use std::collections::{HashMap, HashSet};

/// Reads the facts of a site.
pub(super) async fn read(connection: &mut Connection, dialect: &Dialect) -> Result<SiteFacts, SiteError> {
    let config = settings(connection, dialect).await?;
    let id = |text: &str| text.trim().parse().ok().map(UserId);
    Ok(SiteFacts {
        // The database does not know who else is there.
        moodle: RunningMoodle::OutOfReach,
        admins: config.get("siteadmins").into_iter().flat_map(|list| list.split(',')).filter_map(id).collect(),
        guest: config.get("siteguest").and_then(|text| id(text)),
        config,
        plugin_config: plugin_settings(connection, dialect).await?,
        roles: roles(connection, dialect).await?,
        role_levels: role_levels(connection, dialect).await?,
        profile_fields: profile_fields(connection, dialect).await?,
        modules: modules(connection, dialect).await?,
        site_course: site_course(connection, dialect).await?,
        system_context: system_context(connection, dialect).await?,
        collation: dialect.collation(),
        hosting: dialect.hosting(),
    })
}

async fn rows(
    connection: &mut Connection,
    dialect: &Dialect,
    operation: &str,
    query: &str,
) -> Result<Vec<Row>, SiteError> {
    connection.fetch(operation, Statement::new(dialect, query)).await
}

async fn settings(connection: &mut Connection, dialect: &Dialect) -> Result<HashMap<String, String>, SiteError> {
    let rows = rows(connection, dialect, "read its settings", "select name, value from {config}").await?;
    Ok(rows.into_iter().map(|mut row| (row.text(0), row.text(1))).collect())
}

/// Plug-ins whose settings say how users, courses and enrolments are to be written. The underscores are wildcards of
/// `like` as well, which does no harm: a plug-in too many is only read.
const PLUGINS: &str = "select plugin, name, value from {config_plugins} where plugin in ('moodlecourse', \
    'tool_dataprivacy', 'tool_recyclebin') or plugin like 'enrol_%' or plugin like 'format_%' or plugin like 'auth_%'";

async fn plugin_settings(
    connection: &mut Connection,
    dialect: &Dialect,
) -> Result<HashMap<String, HashMap<String, String>>, SiteError> {
    let mut plugins: HashMap<String, HashMap<String, String>> = HashMap::new();
    for mut row in rows(connection, dialect, "read the settings of its plug-ins", PLUGINS).await? {
        plugins.entry(row.text(0)).or_default().insert(row.text(1), row.text(2));
    }
    Ok(plugins)
}

async fn roles(connection: &mut Connection, dialect: &Dialect) -> Result<Vec<Role>, SiteError> {
    let query = "select id, shortname from {role} order by sortorder, id";
    let rows = rows(connection, dialect, "read its roles", query).await?;
    Ok(rows.into_iter().map(|mut row| Role { id: RoleId(row.int(0)), shortname: row.text(1) }).collect())
}

async fn role_levels(connection: &mut Connection, dialect: &Dialect) -> Result<HashSet<(RoleId, i64)>, SiteError> {
    let query = "select roleid, contextlevel from {role_context_levels}";
    let rows = rows(connection, dialect, "read where roles are given", query).await?;
    Ok(rows.into_iter().map(|row| (RoleId(row.int(0)), row.int(1))).collect())
}

async fn profile_fields(connection: &mut Connection, dialect: &Dialect) -> Result<Vec<ProfileField>, SiteError> {
    let query = "select id, shortname, datatype, forceunique, param1, param2, param3 from {user_info_field} \
        order by categoryid, sortorder, id";
    let field = |mut row: Row| ProfileField {
        id: ProfileFieldId(row.int(0)),
        shortname: row.text(1),
        datatype: row.text(2),
        force_unique: row.int(3) != 0,
        param1: row.text(4),
        param2: row.text(5),
        param3: row.text(6),
    };
    Ok(rows(connection, dialect, "read its profile fields", query).await?.into_iter().map(field).collect())
}

async fn modules(connection: &mut Connection, dialect: &Dialect) -> Result<HashMap<String, i64>, SiteError> {
    let rows = rows(connection, dialect, "read its modules", "select name, id from {modules}").await?;
    Ok(rows.into_iter().map(|mut row| (row.text(0), row.int(1))).collect())
}

async fn site_course(connection: &mut Connection, dialect: &Dialect) -> Result<Option<CourseId>, SiteError> {
    let query = "select id from {course} where category = 0 order by id";
    let rows = rows(connection, dialect, "read its front page", query).await?;
    Ok(rows.first().map(|row| CourseId(row.int(0))))
}

async fn system_context(connection: &mut Connection, dialect: &Dialect) -> Result<Option<ContextId>, SiteError> {
    let query = "select id from {context} where contextlevel = 10 order by id";
    let rows = rows(connection, dialect, "read its system context", query).await?;
    Ok(rows.first().map(|row| ContextId(row.int(0))))
}
