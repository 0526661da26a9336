//! Courses to choose among, page by page.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::{Row, Statement};
use crate::model::{CategoryId, CourseId};
use crate::site::catalog::{CourseCard, CourseQuery, Visibility};
use crate::site::{CourseField, SiteError};
use std::collections::HashMap;

/// Columns that a card has.
const FIELDS: [CourseField; 5] = [
    CourseField::Shortname,
    CourseField::Idnumber,
    CourseField::Fullname,
    CourseField::Startdate,
    CourseField::Enddate,
];

/// Courses that meet the query, by id; the front page is never among them.
pub(super) async fn courses(
    connection: &mut Connection,
    dialect: &Dialect,
    query: &CourseQuery,
) -> Result<Vec<CourseCard>, SiteError> {
    let rows = connection.fetch("list courses", selection(dialect, query)).await?;
    let mut cards: Vec<CourseCard> = rows.into_iter().map(card).collect();
    let ids: Vec<i64> = cards.iter().map(|card| card.id.0).collect();
    let mut roles = roles(connection, dialect, &ids).await?;
    for card in &mut cards {
        card.roles = roles.remove(&card.id.0).unwrap_or_default();
    }
    Ok(cards)
}

fn selection(dialect: &Dialect, query: &CourseQuery) -> Statement {
    let fields = FIELDS.map(|field| format!("c.{}", field.column())).join(", ");
    let head =
        format!("select c.id, c.category, c.visible, {fields} from {{course}} c where c.category > 0 and c.id > ");
    let mut statement = Statement::new(dialect, &head).bind(query.after.map_or(0, |after| after.0));
    if let Some(category) = query.category {
        let below = dialect.lies_below("k.path", "p.path");
        statement =
            statement.push(" and c.category in (select k.id from {course_categories} p join {course_categories} k");
        statement = statement.push(&format!(" on k.id = p.id or ({below}) where p.id = ")).bind(category.0).push(")");
    }
    if !query.text.is_empty() {
        let pattern = format!("%{}%", escaped(&query.text.to_lowercase()));
        for (at, column) in ["shortname", "fullname", "idnumber"].into_iter().enumerate() {
            let before = if at == 0 { "and (" } else { "or" };
            statement = statement.push(&format!(" {before} lower(c.{column}) like ")).bind(&*pattern);
            statement = statement.push(" escape '!'");
        }
        statement = statement.push(")");
    }
    if let Some(visibility) = query.visibility {
        statement = statement.push(" and c.visible = ").bind(i64::from(visibility == Visibility::Shown));
    }
    let size = i64::try_from(query.size).unwrap_or(i64::MAX);
    statement.push(" order by c.id limit ").bind(size).once()
}

/// The text with the wildcards of `like` made plain.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

fn card(mut row: Row) -> CourseCard {
    CourseCard {
        id: CourseId(row.int(0)),
        category: CategoryId(row.int(1)),
        visibility: if row.int(2) == 0 { Visibility::Hidden } else { Visibility::Shown },
        fields: FIELDS.into_iter().enumerate().map(|(at, field)| (field, row.text(3 + at))).collect(),
        roles: Vec::new(),
    }
}

async fn roles(
    connection: &mut Connection,
    dialect: &Dialect,
    courses: &[i64],
) -> Result<HashMap<i64, Vec<(String, u64)>>, SiteError> {
    let query = Statement::new(dialect, "select x.instanceid, r.shortname, count(distinct a.userid) from {context} x ")
        .push("join {role_assignments} a on a.contextid = x.id join {role} r on r.id = a.roleid ")
        .push("where x.contextlevel = 50 and x.instanceid")
        .one_of(courses.iter().copied())
        .push(" group by x.instanceid, r.shortname, r.sortorder order by r.sortorder");
    let mut roles: HashMap<i64, Vec<(String, u64)>> = HashMap::new();
    for mut row in connection.fetch("count roles in courses", query).await? {
        let (course, users) = (row.int(0), u64::try_from(row.int(2)).unwrap_or(0));
        roles.entry(course).or_default().push((row.text(1), users));
    }
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sql::dialect::Engine;
    use crate::site::sql::tests::{on_every_engine, with};

    const SITE: &str = "
        insert into mdl_course_categories (id, name, parent, path, depth, sortorder) values
            (5, 'Maths', 1, '/1/5', 2, 20), (6, 'Arts', 0, '/6', 1, 30);
        insert into mdl_course (id, category, shortname, idnumber, fullname, visible, startdate) values
            (10, 1, 'ALG-1', 'M1', 'Algebra', 1, 5), (11, 5, 'GEO_2', '', 'Geometry 100%', 0, 0),
            (12, 6, 'DRAW', 'A1', 'Drawing', 1, 0);
        insert into mdl_context (id, contextlevel, instanceid, path, depth) values (90, 50, 10, '/1/3/90', 3);
        insert into mdl_role_assignments (roleid, contextid, userid, timemodified, component) values
            (5, 90, 1, 1, ''), (5, 90, 2, 1, ''), (5, 90, 2, 1, 'enrol_self'), (3, 90, 2, 1, '');";

    async fn courses_are_listed_by_all_filters(engine: Engine) {
        let (_folder, site) = with(engine, SITE).await;
        let all = CourseQuery { size: 100, ..CourseQuery::default() };
        let text = |text: &str| CourseQuery { text: text.to_owned(), ..all.clone() };
        let within = |id| CourseQuery { category: Some(CategoryId(id)), ..all.clone() };
        let shown = |visibility| CourseQuery { visibility: Some(visibility), ..all.clone() };
        let cases = [
            (all.clone(), vec![10, 11, 12]),
            (within(1), vec![10, 11]),
            (within(5), vec![11]),
            (within(99), vec![]),
            (text("alg"), vec![10]),
            (text("a1"), vec![12]),
            (text("0%"), vec![11]),
            (text("geo_"), vec![11]),
            (text("_"), vec![11]),
            (text("!"), vec![]),
            (shown(Visibility::Hidden), vec![11]),
            (shown(Visibility::Shown), vec![10, 12]),
            (CourseQuery { after: Some(CourseId(10)), size: 1, ..CourseQuery::default() }, vec![11]),
        ];
        for (query, expected) in cases {
            let found = site.reader().courses(&query).await.unwrap();
            assert_eq!(found.iter().map(|card| card.id.0).collect::<Vec<_>>(), expected, "{query:?}");
        }
        let card = site.reader().courses(&text("algebra")).await.unwrap().remove(0);
        assert_eq!((card.fields.text(CourseField::Startdate), card.category), ("5", CategoryId(1)));
        assert_eq!(card.roles, [("editingteacher".to_owned(), 1), ("student".to_owned(), 2)]);
    }

    on_every_engine! {
        courses_are_listed_by_all_filters,
    }
}
