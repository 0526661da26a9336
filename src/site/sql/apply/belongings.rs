//! What belongs to what, as a tree of tables, and the deletions and updates that follow from it. Knows nothing of Moodle's
//! tables.

/// What becomes of the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::site::sql) enum Deed {
    /// They go.
    Delete,
    /// They stay, and only lead to others.
    Pass,
    /// They get these values: `phase = 10`.
    Set(&'static str),
    /// They are only counted: something else sees to them.
    Count,
}

/// Rows of a table that belong to rows of another one, and go with them.
#[derive(Debug)]
pub(in crate::site::sql) struct Belongings {
    pub(super) table: &'static str,
    /// The column that names the owner.
    pub(super) key: &'static str,
    /// The column of the owner that is named.
    pub(super) of: &'static str,
    /// One more condition on the rows, called `t`.
    pub(super) rest: &'static str,
    pub(super) deed: Deed,
    /// What belongs to these rows.
    pub(super) parts: &'static [Belongings],
}

impl Belongings {
    /// Rows that name the id of their owner, and what belongs to them.
    pub(super) const fn with(table: &'static str, key: &'static str, parts: &'static [Belongings]) -> Self {
        Self { table, key, of: "id", rest: "", deed: Deed::Delete, parts }
    }

    /// Rows that name the id of their owner.
    pub(super) const fn of(table: &'static str, key: &'static str) -> Self {
        Self::with(table, key, &[])
    }

    /// The same, naming another column of the owner.
    pub(super) const fn by(mut self, column: &'static str) -> Self {
        self.of = column;
        self
    }

    /// The same, if they meet a condition.
    pub(super) const fn only(mut self, rest: &'static str) -> Self {
        self.rest = rest;
        self
    }

    /// The same, with another fate.
    pub(super) const fn but(mut self, deed: Deed) -> Self {
        self.deed = deed;
        self
    }

    /// Rows that stay, and what belongs to them.
    pub(super) const fn through(table: &'static str, key: &'static str, parts: &'static [Belongings]) -> Self {
        Self::with(table, key, parts).but(Deed::Pass)
    }
}

/// The rows of one table that go: those whose `key` is among the values `of` that the rows `v` lead to by `joins`.
#[derive(Debug)]
pub(in crate::site::sql) struct Step {
    pub(super) table: &'static str,
    pub(super) key: &'static str,
    pub(super) of: String,
    pub(super) joins: String,
    pub(super) rest: &'static str,
    pub(super) deed: Deed,
    /// Whether nothing above it on the way goes as well.
    pub(super) is_first: bool,
    /// The tables on the way from `v`, this one last, each with its columns on the way.
    pub(super) way: Vec<(&'static str, &'static str)>,
    /// Other tables that conditions name.
    pub(super) named: Vec<&'static str>,
}

impl Step {
    /// The query over the rows `v` for the values of the key.
    pub(super) fn selection(&self) -> String {
        format!("select {} from v{}", self.of, self.joins)
    }

    /// The table whose rows go.
    pub(in crate::site::sql) fn table(&self) -> &'static str {
        self.table
    }

    /// Whether its rows count by themselves: those that belong to others that go do not.
    pub(in crate::site::sql) fn is_counted(&self) -> bool {
        self.is_first
    }

    /// Goes on after `from … v`: joins the rows, called `t`.
    pub(in crate::site::sql) fn reach(&self) -> String {
        let Self { table, key, of, joins, rest, .. } = self;
        let and = if rest.is_empty() { "" } else { " and " };
        format!("{joins} join {{{table}}} t on t.{key} = {of}{and}{rest}")
    }
}

/// The deletions that a tree stands for: what belongs to a row goes before the row.
pub(in crate::site::sql) fn steps(tree: &'static [Belongings]) -> Vec<Step> {
    let mut steps = Vec::new();
    tree.iter().for_each(|root| collect(&mut vec![root], &mut steps));
    steps
}

fn collect(way: &mut Vec<&'static Belongings>, steps: &mut Vec<Step>) {
    let Some(own) = way.last().copied() else { return };
    for part in own.parts {
        way.push(part);
        collect(way, steps);
        way.pop();
    }
    if own.deed != Deed::Pass {
        steps.push(step(way, own));
    }
}

fn step(way: &[&'static Belongings], own: &'static Belongings) -> Step {
    let owners = &way[..way.len() - 1];
    let mut columns: Vec<_> = way.iter().map(|each| (each.table, each.key)).collect();
    columns.extend(way.windows(2).map(|pair| (pair[0].table, pair[1].of)));
    let of = if owners.is_empty() { "v.id".to_owned() } else { format!("o{}.{}", owners.len(), own.of) };
    let mut joins = String::new();
    for (at, owner) in owners.iter().enumerate() {
        let (number, above) = (at + 1, if at == 0 { "v".to_owned() } else { format!("o{at}") });
        let Belongings { table, key, of, rest, .. } = owner;
        joins.push_str(&format!(" join {{{table}}} o{number} on o{number}.{key} = {above}.{of}"));
        if !rest.is_empty() {
            joins.push_str(&format!(" and {}", rest.replace("t.", &format!("o{number}."))));
        }
    }
    let is_first = owners.iter().all(|owner| owner.deed == Deed::Pass);
    let Belongings { table, key, rest, deed, .. } = *own;
    let named = way.iter().flat_map(|each| tables_in(each.rest)).chain(match deed {
        Deed::Set(values) => tables_in(values),
        Deed::Delete | Deed::Pass | Deed::Count => Vec::new(),
    });
    Step { table, key, of, joins, rest, deed, is_first, way: columns, named: named.collect() }
}

/// The tables that a piece of a statement names: `{user}`.
fn tables_in(text: &'static str) -> Vec<&'static str> {
    text.split('{').skip(1).filter_map(|after| after.split_once('}')).map(|(table, _)| table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &[Belongings] = &[Belongings::with(
        "quiz",
        "course",
        &[
            Belongings::with("usages", "id", &[Belongings::of("attempts", "usageid")]).by("uniqueid").only("t.x = 1"),
            Belongings::of("slots", "quizid"),
        ],
    )];

    #[test]
    fn parts_go_before_the_whole() {
        let told: Vec<_> = steps(TREE).into_iter().map(|step| (step.table, step.key, step.selection())).collect();
        let expected = [
            (
                "attempts",
                "usageid",
                "select o2.id from v join {quiz} o1 on o1.course = v.id \
                 join {usages} o2 on o2.id = o1.uniqueid and o2.x = 1",
            ),
            ("usages", "id", "select o1.uniqueid from v join {quiz} o1 on o1.course = v.id"),
            ("slots", "quizid", "select o1.id from v join {quiz} o1 on o1.course = v.id"),
            ("quiz", "course", "select v.id from v"),
        ];
        assert_eq!(told, expected.map(|(table, key, selection)| (table, key, selection.to_owned())));
    }

    #[test]
    fn a_step_names_the_columns_on_its_way() {
        let first = &steps(TREE)[0];
        let expected =
            [("quiz", "course"), ("usages", "id"), ("attempts", "usageid"), ("quiz", "uniqueid"), ("usages", "id")];
        assert_eq!(first.way, expected);
    }

    #[test]
    fn what_only_leads_on_stays() {
        const SEEN: &[Belongings] = &[Belongings::through(
            "quiz",
            "course",
            &[Belongings::with("attempts", "quiz", &[Belongings::of("steps", "attempt")]).only("t.preview = 0")],
        )];
        let steps = steps(SEEN);
        let told: Vec<_> = steps.iter().map(|step| (step.table, step.is_first)).collect();
        assert_eq!(told, [("steps", false), ("attempts", true)]);
        let reach = " join {quiz} o1 on o1.course = v.id join {attempts} t on t.quiz = o1.id and t.preview = 0";
        assert_eq!(steps[1].reach(), reach);
        assert_eq!(tables_in("t.a in (select b from {user} where c in (select d from {course}))"), ["user", "course"]);
    }
}
