//! A course of a real Moodle, with a row in every table that may hold something of a course, goes whole, and its twin stays
//! whole.

use super::{activities, core};
use crate::model::{CategoryId, CourseId};
use crate::site::sql::apply::belongings::Belongings;
use crate::site::sql::apply::tests::Fixture;
use crate::site::sql::dialect::Engine;
use crate::site::{Change, CourseField, Fields, STANDARD_ACTIVITIES, Subject};
use std::collections::{BTreeMap, HashMap};

/// A column as the database describes it.
struct Column {
    name: String,
    kind: String,
    length: usize,
    is_needed: bool,
}

/// Fills courses with rows. Every row has an id of its own, far above those of the site.
pub(in crate::site::sql::apply) struct Filler<'f> {
    site: &'f Fixture,
    tables: BTreeMap<String, Vec<Column>>,
    next: i64,
    pub(in crate::site::sql::apply) statements: Vec<String>,
}

/// A row that was made.
pub(in crate::site::sql::apply) type Made = (String, i64);

impl<'f> Filler<'f> {
    pub(in crate::site::sql::apply) async fn new(site: &'f Fixture) -> Self {
        let schema = if site.site.dialect.engine() == Engine::Postgres { "current_schema()" } else { "database()" };
        let text = if site.site.dialect.engine() == Engine::Postgres { "text" } else { "char" };
        let sql = format!(
            "select cast(table_name as {text}), cast(column_name as {text}), cast(data_type as {text}), \
             coalesce(character_maximum_length, 0), is_nullable from information_schema.columns \
             where table_schema = {schema} order by table_name, ordinal_position"
        );
        let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        for row in site.rows(&sql).await {
            let [table, name, kind, length, nullable] = row.split('|').collect::<Vec<_>>()[..] else { panic!("{row}") };
            let Some(table) = table.strip_prefix("mdl_") else { continue };
            tables.entry(table.to_owned()).or_default().push(Column {
                name: name.to_owned(),
                kind: kind.to_owned(),
                length: length.parse().unwrap(),
                is_needed: nullable == "NO",
            });
        }
        Self { site, tables, next: 1_000_000, statements: Vec::new() }
    }

    /// Makes a row and answers with the values of its numbers.
    pub(in crate::site::sql::apply) fn insert(
        &mut self,
        table: &str,
        given: &[(&str, String)],
        wanted: &[&str],
    ) -> HashMap<String, i64> {
        let mut values: Vec<(String, String)> = Vec::new();
        let mut numbers = HashMap::new();
        for column in &self.tables[table] {
            let known = given.iter().find(|(name, _)| *name == column.name).map(|(_, value)| value.clone());
            let is_wanted = wanted.contains(&&*column.name) || column.is_needed;
            let value = match known {
                Some(value) => value,
                None if !is_wanted => continue,
                None => {
                    self.next += 1;
                    match &*column.kind {
                        "bigint" | "integer" | "int" => self.next.to_string(),
                        kind if kind.contains("char") || kind.contains("text") => {
                            let text = format!("x{}", self.next);
                            let room = if column.length == 0 { text.len() } else { column.length };
                            format!("'{}'", &text[text.len().saturating_sub(room)..])
                        }
                        // Small and broken numbers.
                        _ => "1".to_owned(),
                    }
                }
            };
            numbers.extend(value.parse().ok().map(|number| (column.name.clone(), number)));
            values.push((column.name.clone(), value));
        }
        let (columns, values): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        self.statements.push(format!("insert into {{{table}}} ({}) values ({})", quoted.join(", "), values.join(", ")));
        numbers
    }

    /// Makes a row for every node of a tree, with the number that names its owner.
    fn plant(&mut self, node: &Belongings, owner: &HashMap<String, i64>, made: &mut Vec<Made>) {
        if !self.tables.contains_key(node.table) || node.rest.contains("select") {
            return;
        }
        assert!(self.tables[node.table].iter().any(|column| column.name == node.key), "{}.{}", node.table, node.key);
        let mut given = vec![(node.key, owner[node.of].to_string())];
        for condition in node.rest.split(" and ").filter(|condition| !condition.is_empty()) {
            let (column, value) = condition.split_once(" = ").unwrap();
            given.push((column.trim_start_matches("t."), value.to_owned()));
        }
        let wanted: Vec<&str> = node.parts.iter().map(|part| part.of).collect();
        let row = self.insert(node.table, &given, &wanted);
        made.push((node.table.to_owned(), row["id"]));
        for part in node.parts {
            self.plant(part, &row, made);
        }
    }

    /// Fills a course: activities with their modules and contexts, and everything by course and by context.
    pub(in crate::site::sql::apply) async fn fill(&mut self, course: i64) -> Vec<Made> {
        let mut made = Vec::new();
        let owner = HashMap::from([("id".to_owned(), course)]);
        for node in activities::OF_COURSE.iter().chain(core::OF_COURSE) {
            self.plant(node, &owner, &mut made);
        }
        let sql = format!("select id, path from {{context}} where contextlevel = 50 and instanceid = {course}");
        let own = self.site.rows(&sql).await.remove(0);
        let (own, path) = own.split_once('|').unwrap();
        let mut contexts = vec![own.parse::<i64>().unwrap()];
        for module in self.site.rows("select id, name from {modules} order by id").await {
            let (id, name) = module.split_once('|').unwrap();
            let instance = made.iter().find(|(table, _)| table == name).map_or(1, |(_, id)| *id);
            let (course, instance) = (course.to_string(), instance.to_string());
            let given = [("course", course), ("module", id.to_owned()), ("instance", instance.clone())];
            let module = self.insert("course_modules", &given, &[])["id"];
            made.push(("course_modules".to_owned(), module));
            self.next += 1;
            let context = self.next;
            self.statements.push(format!(
                "insert into {{context}} (id, contextlevel, instanceid, path, depth) \
                 values ({context}, 70, {module}, '{path}/{context}', 4)"
            ));
            contexts.push(context);
            made.push(("context".to_owned(), context));
            let name = format!("'{name}'");
            let given = [("modulename", name), ("instance", instance), ("courseid", "0".to_owned())];
            made.push(("event".to_owned(), self.insert("event", &given, &[])["id"]));
        }
        for context in [contexts[0], contexts[1]] {
            let owner = HashMap::from([("id".to_owned(), context)]);
            for node in core::OF_CONTEXT {
                self.plant(node, &owner, &mut made);
            }
        }
        self.plant_custom_field(course, &mut made);
        self.write().await;
        made
    }

    /// Writes the rows that were made.
    pub(in crate::site::sql::apply) async fn write(&mut self) {
        let statements = std::mem::take(&mut self.statements);
        for chunk in statements.chunks(50) {
            self.site.prepare(&chunk.iter().map(String::as_str).collect::<Vec<_>>()).await;
        }
    }

    fn plant_custom_field(&mut self, course: i64, made: &mut Vec<Made>) {
        let given = [("component", "'core_course'".to_owned()), ("area", "'course'".to_owned())];
        let category = self.insert("customfield_category", &given, &[])["id"];
        let field = self.insert("customfield_field", &[("categoryid", category.to_string())], &["categoryid"])["id"];
        let given = [("fieldid", field.to_string()), ("instanceid", course.to_string())];
        made.push(("customfield_data".to_owned(), self.insert("customfield_data", &given, &[])["id"]));
    }
}

/// Columns that name a course, a context or a course module.
const OF_COURSE: [&str; 2] = ["course", "courseid"];
const OF_CONTEXT: [&str; 4] = ["contextid", "usingcontextid", "questionscontextid", "parentcontextid"];
const OF_MODULE: [&str; 2] = ["cmid", "coursemoduleid"];

/// Tables that keep what they have: histories, logs, statistics, archived badges, and contexts of other systems.
fn keeps_its_rows(table: &str) -> bool {
    table.ends_with("_history") || table.contains("log") || table == "badge" || table.starts_with("enrol_lti")
}

impl Fixture {
    /// The rows that still name something, by table and column.
    async fn left_of(&self, tables: &BTreeMap<String, Vec<Column>>, names: &[&str], ids: &[i64]) -> Vec<String> {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let mut left = Vec::new();
        for (table, columns) in tables.iter().filter(|(table, _)| !keeps_its_rows(table)) {
            for column in columns.iter().filter(|column| names.contains(&&*column.name) && column.kind.contains("int"))
            {
                let (name, ids) = (&column.name, ids.join(", "));
                let found = self.rows(&format!("select count(*) from {{{table}}} where {name} in ({ids})")).await;
                if found[0] != "0" {
                    left.push(format!("{table}.{name}: {}", found[0]));
                }
            }
        }
        left
    }

    pub(in crate::site::sql::apply) async fn assert_there(&self, made: &[Made], expected: i64) {
        let mut by_table: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        made.iter().for_each(|(table, id)| by_table.entry(table).or_default().push(id.to_string()));
        for (table, ids) in by_table {
            let count = ids.len() as i64 * expected;
            let sql = format!("select count(*) from {{{table}}} where id in ({})", ids.join(", "));
            assert_eq!(self.rows(&sql).await, [count.to_string()], "{table}");
        }
    }

    pub(in crate::site::sql::apply) async fn create_courses(&self) -> [i64; 2] {
        let create = |id: i64| {
            let names = [(CourseField::Shortname, format!("F{id}")), (CourseField::Fullname, "Full".to_owned())];
            let fields: Fields<CourseField> = names.into_iter().collect();
            Change::CreateCourse { id: CourseId(id), category: CategoryId(1), fields }
        };
        let made = self.apply(1_700_000_000, &[create(-1), create(-2)]).await;
        [-1, -2].map(|id| made.subjects[&Subject::Course(CourseId(id))])
    }

    async fn delete_unseen(&self, course: i64) {
        let mut transaction = self.site.writer().begin().await.unwrap();
        let change = Change::DeleteCourse { id: CourseId(course), category: CategoryId(1) };
        transaction.apply(&[&change], &self.facts, 1_700_000_100).await.unwrap();
        transaction.commit(&crate::site::sql::apply::tests::checkpoint()).await.unwrap();
    }

    /// Deletes one of two full courses, then the other.
    pub(in crate::site::sql) async fn delete_full_courses(&self) {
        let [first, second] = self.create_courses().await;
        let mut filler = Filler::new(self).await;
        let (of_first, of_second) = (filler.fill(first).await, filler.fill(second).await);
        let is_there = |name: &str| of_first.iter().any(|(table, _)| table == name);
        let planted = STANDARD_ACTIVITIES.into_iter().filter(|name| is_there(name)).count();
        assert!(planted >= 23 && of_first.len() > 250, "{planted} kinds, {} rows", of_first.len());
        let below = "select x.id from {context} x join {context} c on c.contextlevel = 50 and c.instanceid = ";
        let below = format!("{below}{first} where x.path = c.path or x.path like c.path || '/%'");
        let contexts: Vec<i64> = self.rows(&below).await.iter().map(|id| id.parse().unwrap()).collect();
        let modules = of_first.iter().filter(|(table, _)| table == "course_modules").map(|(_, id)| *id);
        let modules: Vec<i64> = modules.collect();
        assert!(contexts.len() > 20 && modules.len() > 20);
        self.assert_there(&of_first, 1).await;

        self.delete_unseen(first).await;
        self.assert_there(&of_first, 0).await;
        self.assert_there(&of_second, 1).await;
        for (names, ids) in [(&OF_COURSE[..], &[first][..]), (&OF_CONTEXT, &contexts), (&OF_MODULE, &modules)] {
            assert_eq!(self.left_of(&filler.tables, names, ids).await, Vec::<String>::new());
        }
        let of_table = |name: &str| of_first.iter().find(|(table, _)| table == name).unwrap().1;
        for (table, history) in [("grade_items", "grade_items_history"), ("scale", "scale_history")] {
            let sql = format!("select action, source from {{{history}}} where oldid = {}", of_table(table));
            assert_eq!(self.rows(&sql).await, ["3|coursedelete"], "{history}");
        }
        self.delete_unseen(second).await;
        self.assert_there(&of_second, 0).await;
        assert_eq!(self.site.verify().await.unwrap(), Vec::<String>::new());
    }

    /// A course whose questions are used in another one stays.
    pub(in crate::site::sql) async fn keep_questions_in_use(&self) {
        let [first, second] = self.create_courses().await;
        let context =
            |course: i64| format!("(select id from {{context}} where contextlevel = 50 and instanceid = {course})");
        self.prepare(&[
            &format!("insert into {{question_categories}} (id, name, contextid, info, stamp) values (900, 'c', {}, '', 's')", context(first)),
            "insert into {question_bank_entries} (id, questioncategoryid) values (901, 900)",
            &format!(
                "insert into {{question_references}} (usingcontextid, component, questionarea, itemid, questionbankentryid) \
                 values ({}, 'mod_quiz', 'slot', 1, 901)",
                context(second)
            ),
        ])
        .await;
        let mut transaction = self.site.writer().begin().await.unwrap();
        let change = Change::DeleteCourse { id: CourseId(first), category: CategoryId(1) };
        let refused = transaction.apply(&[&change], &self.facts, 1_700_000_100).await.unwrap_err();
        assert!(refused.to_string().contains("uses questions that are kept here"), "{refused}");
    }
}
