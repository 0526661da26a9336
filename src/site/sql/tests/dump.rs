//! All rows of all tables of a site, as text: to compare a site before and after, and to put it back.

use crate::site::sql::SqlSite;
use crate::site::sql::dialect::Engine;
use crate::site::sql::statement::Statement;
use std::collections::BTreeMap;

/// A row by its columns, `id` left out. None is null.
pub(crate) type Row = BTreeMap<String, Option<String>>;

/// Rows by table (without prefix) and id.
pub(crate) type Dump = BTreeMap<String, BTreeMap<i64, Row>>;

/// The columns of all tables, by table.
pub(crate) type Layout = BTreeMap<String, Vec<String>>;

impl SqlSite {
    /// What there is to read.
    pub(crate) async fn layout(&self) -> Layout {
        let columns = Statement::new(&self.dialect, self.dialect.all_columns());
        let mut layout = Layout::new();
        let rows = self.reading.connection().await.unwrap().fetch("read columns", columns).await.unwrap();
        for mut row in rows {
            let (table, column) = (row.text(0), row.text(1));
            if let Some(table) = self.dialect.without_prefix(&table) {
                layout.entry(table.to_owned()).or_default().push(column);
            }
        }
        layout.values_mut().for_each(|columns| columns.retain(|column| column != "id"));
        layout
    }

    /// Reads everything.
    pub(crate) async fn dump(&self, layout: &Layout) -> Dump {
        let mut connection = self.reading.connection().await.unwrap();
        // A real Moodle has hundreds of tables, and most are empty.
        let has_rows = |table: &String| format!("case when exists (select 1 from {{{table}}}) then 1 else 0 end");
        let has_rows = format!("select {}", layout.keys().map(has_rows).collect::<Vec<_>>().join(", "));
        let has_rows = connection.fetch("read which tables have rows", Statement::new(&self.dialect, &has_rows)).await;
        let has_rows = has_rows.unwrap().remove(0);
        let kind = if self.dialect.engine() == Engine::MySql { "char" } else { "text" };
        let mut dump = Dump::new();
        for (at, (table, columns)) in layout.iter().enumerate() {
            if has_rows.int(at) == 0 {
                dump.insert(table.clone(), BTreeMap::new());
                continue;
            }
            let cast: Vec<String> = columns.iter().map(|column| format!(", cast(\"{column}\" as {kind})")).collect();
            let all = Statement::new(&self.dialect, &format!("select id{} from {{{table}}}", cast.concat())).once();
            let rows = connection.fetch("read a table", all).await.unwrap();
            let rows = rows.into_iter().map(|mut row| {
                let id = row.int(0);
                let values = (1..=columns.len()).map(|at| row.opt_text(at).map(plain_number));
                (id, columns.iter().cloned().zip(values).collect())
            });
            dump.insert(table.clone(), rows.collect());
        }
        dump
    }

    /// Brings all rows from how they are `now` to how they were `then`.
    pub(crate) async fn put_back(&self, now: &Dump, then: &Dump) {
        let mut script = String::new();
        for (table, rows) in now {
            let (name, before) = (self.dialect.full_name(table), &then[table]);
            for id in rows.keys().filter(|id| !before.contains_key(id)) {
                script.push_str(&format!("delete from \"{name}\" where id = {id};\n"));
            }
            for (id, row) in before {
                let set = |(column, value): (&String, &Option<String>)| format!("\"{column}\" = {}", literal(value));
                match rows.get(id) {
                    Some(present) if present == row => {}
                    Some(_) => {
                        let set: Vec<String> = row.iter().map(set).collect();
                        script.push_str(&format!("update \"{name}\" set {} where id = {id};\n", set.join(", ")));
                    }
                    None => {
                        let columns: String = row.keys().map(|column| format!(", \"{column}\"")).collect();
                        let values: String = row.values().map(|value| format!(", {}", literal(value))).collect();
                        script.push_str(&format!("insert into \"{name}\" (id{columns}) values ({id}{values});\n"));
                    }
                }
            }
        }
        self.script(&script).await;
    }

    /// Runs a script.
    pub(crate) async fn script(&self, sql: &str) {
        if !sql.is_empty() {
            self.write_connection().await.unwrap().execute_raw("run a script", sql).await.unwrap();
        }
    }
}

/// Databases write the same number with more or fewer zeros at its end.
fn plain_number(text: String) -> String {
    let is_decimal =
        text.contains('.') && text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !is_decimal {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn literal(value: &Option<String>) -> String {
    value.as_ref().map_or_else(|| "null".to_owned(), |text| format!("'{}'", text.replace('\'', "''")))
}
