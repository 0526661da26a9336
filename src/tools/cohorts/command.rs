//! A line of a cohorts file in the tool's own terms. Reads cells; knows nothing of the site.

use crate::model::{BoundColumn, BoundHeader, CategoryId, Line, Operation, Problem, Reason};
use crate::site::{CohortField, CohortKey, ColumnKind};
use crate::tools::Rejection;
use crate::tools::identify::{self, cell};
use crate::tools::values::{self, Clearing};

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// Create or update the cohort; the user joins.
    Add,
    /// The user leaves; without one the cohort is deleted.
    Delete,
    /// All members leave.
    Free,
}

impl Verb {
    fn from_word(word: &str) -> Option<Self> {
        const WORDS: [(&str, Verb); 4] =
            [("add", Verb::Add), ("del", Verb::Delete), ("delete", Verb::Delete), ("free", Verb::Free)];
        WORDS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, verb)| verb)
    }
}

/// The context that a line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// That of the category with this id; 0 for the whole site.
    Id(CategoryId),
    /// That of the category with this idnumber.
    Idnumber(String),
}

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CohortCommand {
    pub(super) verb: Verb,
    /// The value of the identifying column.
    pub(super) cohort: String,
    pub(super) user: Option<String>,
    /// Columns of the cohort that the line gives; empty texts empty them.
    pub(super) fields: Vec<(CohortField, String)>,
    pub(super) place: Option<Place>,
}

impl CohortCommand {
    /// The cohort, and the user where there is one.
    pub(super) fn key(&self) -> String {
        key(&self.cohort, self.user.as_deref())
    }

    pub(super) fn operation(&self) -> Operation {
        operation(self.verb, self.user.as_deref())
    }

    pub(super) fn field(&self, wanted: CohortField) -> Option<&str> {
        self.fields.iter().find(|(field, _)| *field == wanted).map(|(_, text)| text.as_str())
    }
}

fn key(cohort: &str, user: Option<&str>) -> String {
    user.map_or_else(|| cohort.to_owned(), |user| format!("{cohort}/{user}"))
}

fn operation(verb: Verb, user: Option<&str>) -> Operation {
    match (verb, user) {
        (Verb::Add, None) => Operation::Update,
        (Verb::Add, Some(_)) => Operation::Join,
        (Verb::Delete, None) => Operation::Delete,
        (Verb::Delete, Some(_)) => Operation::Leave,
        (Verb::Free, _) => Operation::Empty,
    }
}

/// The column of each field, and whether it can be emptied.
const FIELDS: [(&str, CohortField, Clearing); 5] = [
    ("cname", CohortField::Name, Clearing::Refused),
    ("cidnumber", CohortField::Idnumber, Clearing::Allowed),
    ("cdescription", CohortField::Description, Clearing::Allowed),
    ("cvisible", CohortField::Visible, Clearing::Refused),
    ("component", CohortField::Component, Clearing::Refused),
];

/// The columns of a file that the tool reads.
#[derive(Debug)]
pub(super) struct Columns {
    verb: Option<BoundColumn>,
    pub(super) cohort: BoundColumn,
    fields: Vec<(BoundColumn, CohortField, Clearing)>,
    category: Option<BoundColumn>,
    category_idnumber: Option<BoundColumn>,
    user: Option<BoundColumn>,
}

/// The column that identifies cohorts.
fn primary(key: CohortKey) -> &'static str {
    match key {
        CohortKey::Id => "cid",
        CohortKey::Idnumber => "cidnumber",
        CohortKey::Name => "cname",
    }
}

impl Columns {
    /// Binds the columns. A file that cannot name cohorts is refused; what has no effect is told.
    pub(super) fn of(header: &BoundHeader, key: CohortKey) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let column = |name| header.column(name).cloned();
        let Some(cohort) = column(primary(key)).or_else(|| column("cid")) else {
            let name = primary(key);
            let message = format!(
                "Column \"{name}\" is missing: nothing names the cohorts. Add it, or name another by the option \
                 cohort_identifier."
            );
            return Err(vec![Problem::error(Reason::ColumnMissing, message).at(name)]);
        };
        let idle = column("cid").filter(|column| column.index != cohort.index).map(|column| {
            let message = format!("Column {} has no effect: {} identifies the cohorts.", column.name, cohort.name);
            Problem::notice(Reason::ColumnIgnored, message).at(&column.name)
        });
        let field = |(name, field, clearing)| column(name).map(|column| (column, field, clearing));
        let others = FIELDS.into_iter().filter_map(field).filter(|(column, ..)| column.index != cohort.index);
        let columns = Self {
            verb: column("cmd"),
            fields: others.collect(),
            cohort,
            category: column("ccatcontext"),
            category_idnumber: column("ccatcontextidnumber"),
            user: column("userid"),
        };
        Ok((columns, idle.into_iter().collect()))
    }

    /// Reads a line and collects all that is wrong with it.
    pub(super) fn read(&self, line: &Line, key_kind: CohortKey) -> Result<CohortCommand, Rejection> {
        let mut problems = Vec::new();
        let verb = self.read_verb(line, &mut problems);
        let user = cell(self.user.as_ref(), line).map(str::to_owned);
        let cohort = self.read_cohort(line, key_kind, &mut problems);
        let fields = self.read_fields(line, &mut problems);
        let place = self.read_place(line, &mut problems);
        match verb {
            Some(verb) if problems.is_empty() => Ok(CohortCommand { verb, cohort, user, fields, place }),
            _ => {
                let (user, verb) = (user.as_deref(), verb.unwrap_or(Verb::Add));
                Err(identify::rejected(key(&cohort, user), operation(verb, user), problems))
            }
        }
    }

    fn read_verb(&self, line: &Line, problems: &mut Vec<Problem>) -> Option<Verb> {
        let Some(word) = cell(self.verb.as_ref(), line) else { return Some(Verb::Add) };
        let verb = Verb::from_word(word);
        if verb.is_none() {
            let message = format!("{word:?} is no command; write add, del or free.");
            problems.push(Problem::error(Reason::CmdInvalid, message).at("cmd"));
        }
        verb
    }

    fn read_cohort(&self, line: &Line, key: CohortKey, problems: &mut Vec<Problem>) -> String {
        let column = &self.cohort;
        let Some(text) = cell(Some(column), line) else {
            problems.push(identify::empty(Reason::CohortIdEmpty, &column.name, "cohort"));
            return String::new();
        };
        let limit = match key {
            CohortKey::Id => Ok(()),
            CohortKey::Idnumber => values::check_limit(column, text, limit(CohortField::Idnumber)),
            CohortKey::Name => values::check_limit(column, text, limit(CohortField::Name)),
        };
        problems.extend(limit.err());
        text.to_owned()
    }

    fn read_fields(&self, line: &Line, problems: &mut Vec<Problem>) -> Vec<(CohortField, String)> {
        let mut fields = Vec::new();
        for (column, field, clearing) in &self.fields {
            match values::text_cell(Some(column), line, limit(*field), *clearing) {
                Ok(None) => {}
                Ok(Some(text)) if *field == CohortField::Visible => match values::parse_switch(&text) {
                    Ok(visible) => fields.push((*field, i64::from(visible).to_string())),
                    Err(sentence) => problems.push(values::invalid(column, sentence)),
                },
                Ok(Some(text)) => fields.push((*field, text)),
                Err(problem) => problems.push(problem),
            }
        }
        fields
    }

    fn read_place(&self, line: &Line, problems: &mut Vec<Problem>) -> Option<Place> {
        if let Some(column) = &self.category
            && let Some(text) = cell(Some(column), line)
        {
            return match values::parse_number(text, 0..=i64::MAX) {
                Ok(id) => Some(Place::Id(CategoryId(id))),
                Err(sentence) => {
                    problems.push(values::invalid(column, sentence));
                    None
                }
            };
        }
        cell(self.category_idnumber.as_ref(), line).map(|text| Place::Idnumber(text.to_owned()))
    }
}

/// The longest value of a column.
fn limit(field: CohortField) -> usize {
    match field.kind() {
        ColumnKind::Text(limit) => limit,
        ColumnKind::LongText | ColumnKind::Integer => usize::MAX,
    }
}
