//! Which tables and columns a site has: those of Moodle's versions and plug-ins differ.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::Statement;
use crate::site::SiteError;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// The columns of all tables of a site, without prefix.
pub(super) type Tables = HashMap<String, BTreeSet<String>>;

/// The tables of one site, once they were asked for. Moodle changes them only when it is upgraded.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownTables(Arc<OnceCell<Arc<Tables>>>);

impl KnownTables {
    /// The tables, read at the first question.
    pub(super) async fn get(&self, connection: &mut Connection, dialect: &Dialect) -> Result<Arc<Tables>, SiteError> {
        let read = async || {
            let rows =
                connection.fetch("read the site's tables", Statement::new(dialect, dialect.all_columns())).await?;
            let mut tables = Tables::new();
            for mut row in rows {
                if let Some(table) = dialect.without_prefix(&row.text(0)) {
                    tables.entry(table.to_owned()).or_default().insert(row.text(1).to_lowercase());
                }
            }
            Ok(Arc::new(tables))
        };
        self.0.get_or_try_init(read).await.cloned()
    }
}
