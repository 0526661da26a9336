//! A line of a reset file in the tool's own terms: what it asks for, before anything is known of the course.

use super::columns::{Columns, Logs, Meaning, Settings};
use crate::model::{BoundColumn, FeedbackId, Line, Operation, Problem, Reason};
use crate::site::{Holders, ResetItem, STANDARD_ACTIVITIES, SiteFacts};
use crate::tools::Rejection;
use crate::tools::identify;
use crate::tools::values::{invalid, parse_switch, time_cell, zone_of};
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// Which kinds of activities are reset as Moodle proposes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Modules {
    #[default]
    None,
    All,
    Only(BTreeSet<String>),
    AllBut(BTreeSet<String>),
}

impl Modules {
    pub(super) fn chooses(&self, module: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Only(names) => names.contains(module),
            Self::AllBut(names) => !names.contains(module),
        }
    }
}

/// What a line says of one feedback activity.
#[derive(Debug)]
pub(super) struct FeedbackChoice {
    pub(super) id: FeedbackId,
    pub(super) on: bool,
    /// The column that says so.
    pub(super) column: String,
}

/// What a line asks for.
#[derive(Debug, Default)]
pub(super) struct ResetCommand {
    pub(super) course: String,
    /// What the line says of the course itself.
    pub(super) core: BTreeSet<ResetItem>,
    pub(super) modules: Modules,
    /// What it says of single options of modules, in the order of the columns.
    pub(super) options: Vec<(ResetItem, bool)>,
    /// What it says of single feedback activities.
    pub(super) feedbacks: Vec<FeedbackChoice>,
    /// Whether grades that teachers gave in assignments go with their submissions.
    pub(super) assign_grades: bool,
    pub(super) holders: Vec<Holders>,
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    /// What is told whatever becomes of the line.
    pub(super) remarks: Vec<Problem>,
}

impl ResetCommand {
    /// All that the line may take from a course, whatever activities there are in it.
    pub(super) fn possible_items(&self) -> BTreeSet<ResetItem> {
        self.items(|_| true)
    }

    /// What the line takes from a course with these activities.
    pub(super) fn items(&self, holds: impl Fn(&str) -> bool) -> BTreeSet<ResetItem> {
        let proposed = |item: &ResetItem| {
            let is_chosen = |module: &str| self.modules.chooses(module) && holds(module);
            item.is_default() && item.module().is_some_and(is_chosen)
        };
        let mut items = self.core.clone();
        items.extend(ResetItem::ALL.iter().copied().filter(proposed));
        for (item, on) in &self.options {
            if *on {
                items.insert(*item)
            } else {
                items.remove(item)
            };
        }
        if self.assign_grades && items.contains(&ResetItem::AssignSubmissions) {
            items.insert(ResetItem::AssignGrades);
        }
        items
    }
}

/// Reads the lines of a file.
#[derive(Debug)]
pub(super) struct Reader<'r> {
    pub(super) columns: &'r Columns,
    pub(super) settings: Settings,
    pub(super) facts: &'r SiteFacts,
}

impl Reader<'_> {
    /// Reads a line; all problems at once.
    pub(super) fn read(&self, line: &Line) -> Result<ResetCommand, Rejection> {
        let course = self.columns.course.read(line, Operation::Update);
        let mut problems = Vec::new();
        let mut command = ResetCommand::default();
        let zone = zone_of(self.facts.config("timezone"));
        for (column, meaning) in &self.columns.others {
            if column.value(line).is_some() {
                let cell = Cell { column, line, zone };
                if let Err(found) = self.read_cell(*meaning, &cell, &mut command) {
                    problems.extend(found);
                }
            }
        }
        match course {
            Ok(course) if problems.is_empty() => Ok(ResetCommand { course, ..command }),
            Ok(course) => Err(Rejection { key: course, operation: Operation::Update, problems }),
            Err(mut rejection) => {
                rejection.problems.extend(problems);
                Err(rejection)
            }
        }
    }

    fn read_cell(&self, meaning: Meaning, cell: &Cell<'_>, command: &mut ResetCommand) -> Result<(), Vec<Problem>> {
        use ResetItem as R;
        let one = |problem| vec![problem];
        match meaning {
            Meaning::Core(item) => command.core.extend(cell.switch().map_err(one)?.then_some(item)),
            Meaning::Option(item) => command.options.push((item, cell.switch().map_err(one)?)),
            Meaning::Feedback(id) => {
                let (on, column) = (cell.switch().map_err(one)?, cell.column.name.clone());
                command.feedbacks.push(FeedbackChoice { id, on, column });
            }
            Meaning::Logs => self.read_logs(cell, command).map_err(one)?,
            Meaning::Nothing => {
                if cell.switch().map_err(one)? {
                    let message = format!("Column {} has no effect; {}", cell.column.name, cell.column.spec.help);
                    command.remarks.push(Problem::warning(Reason::Unsupported, message).at(&cell.column.name));
                }
            }
            Meaning::Kinds(kinds) => command.options.extend(cell.kinds(kinds).map_err(one)?),
            Meaning::Grades => {
                let (items, with_assignments) = match &*cell.word(&["all", "items", "grades"]).map_err(one)? {
                    "all" => (Some(R::GradeItems), true),
                    "items" => (Some(R::GradeItems), false),
                    "grades" => (Some(R::Grades), true),
                    _ => (None, false),
                };
                command.core.extend(items);
                command.assign_grades = with_assignments;
            }
            Meaning::LocalRoles => match &*cell.word(&["all", "roles", "overrides"]).map_err(one)? {
                "all" => command.core.extend([R::LocalRoles, R::Overrides]),
                "roles" => command.core.extend([R::LocalRoles]),
                "overrides" => command.core.extend([R::Overrides]),
                _ => {}
            },
            Meaning::Groups => match &*cell.word(&["all", "groups", "members"]).map_err(one)? {
                "all" | "groups" => command.core.extend([R::GroupMembers, R::Groups]),
                "members" => command.core.extend([R::GroupMembers]),
                _ => {}
            },
            Meaning::Groupings => match &*cell.word(&["all", "groupings", "groups", "members"]).map_err(one)? {
                "all" | "groupings" | "groups" => command.core.extend([R::GroupingMembers, R::Groupings]),
                "members" => command.core.extend([R::GroupingMembers]),
                _ => {}
            },
            Meaning::Roles => command.holders = self.read_roles(cell)?,
            Meaning::Modules => command.modules = self.read_modules(cell)?,
            Meaning::Start => command.start = cell.day()?.filter(|day| *day > 0),
            Meaning::End => command.end = cell.day()?,
        }
        let needs_day = meaning == Meaning::Start && command.start.is_none();
        if needs_day {
            Err(vec![invalid(cell.column, "a course always begins on some day; write a date")])
        } else {
            Ok(())
        }
    }

    fn read_logs(&self, cell: &Cell<'_>, command: &mut ResetCommand) -> Result<(), Problem> {
        match (cell.switch()?, self.settings.logs) {
            (true, Logs::Deleted) => command.core.extend([ResetItem::Logs]),
            (true, Logs::Kept) => {
                let message = "Log entries are kept, as Moodle's own reset does; the option delete_logs deletes them.";
                command.remarks.push(Problem::warning(Reason::Unsupported, message).at(&cell.column.name));
            }
            (false, _) => {}
        }
        Ok(())
    }

    fn read_roles(&self, cell: &Cell<'_>) -> Result<Vec<Holders>, Vec<Problem>> {
        let mut holders = Vec::new();
        let mut problems = Vec::new();
        for word in cell.words() {
            match &*word.to_lowercase() {
                "no" | "none" => {}
                "all" => holders.extend(self.facts.roles.iter().map(|role| Holders::Of(role.id))),
                "norole" => holders.push(Holders::OfNone),
                _ => match identify::role(self.facts, word, &cell.column.name) {
                    Ok(role) => holders.push(Holders::Of(role)),
                    Err(problem) => problems.push(problem),
                },
            }
        }
        let mut seen = BTreeSet::new();
        holders.retain(|holders| seen.insert(*holders));
        if problems.is_empty() { Ok(holders) } else { Err(problems) }
    }

    /// A single name with a minus makes all others meaningless.
    fn read_modules(&self, cell: &Cell<'_>) -> Result<Modules, Vec<Problem>> {
        let words: Vec<String> = cell.words().map(str::to_lowercase).collect();
        if words.iter().any(|word| word == "all") {
            return Ok(Modules::All);
        }
        let excluded: BTreeSet<String> =
            words.iter().filter_map(|word| word.strip_prefix('-')).map(str::to_owned).collect();
        let named: BTreeSet<String> =
            words.iter().filter(|word| !matches!(&***word, "no" | "none") && !word.starts_with('-')).cloned().collect();
        let unknown: Vec<&str> =
            named.iter().chain(&excluded).map(String::as_str).filter(|name| !self.knows(name)).collect();
        if !unknown.is_empty() {
            let sentence = format!(
                "there is no kind of activity called {}; write names like forum quiz, or all",
                unknown.join(", ")
            );
            return Err(vec![invalid(cell.column, sentence)]);
        }
        let foreign: Vec<&str> =
            named.iter().map(String::as_str).filter(|name| !STANDARD_ACTIVITIES.contains(name)).collect();
        match (excluded.is_empty(), named.is_empty()) {
            (false, _) => Ok(Modules::AllBut(excluded)),
            (true, true) => Ok(Modules::None),
            (true, false) if foreign.is_empty() => Ok(Modules::Only(named)),
            (true, false) => {
                let message = format!("Only Moodle itself can reset {}; take it out of the list.", foreign.join(", "));
                Err(vec![Problem::error(Reason::ActivityForeign, message).at(&cell.column.name)])
            }
        }
    }

    fn knows(&self, module: &str) -> bool {
        STANDARD_ACTIVITIES.contains(&module) || self.facts.modules.contains_key(module)
    }
}

/// A filled cell.
struct Cell<'c> {
    column: &'c BoundColumn,
    line: &'c Line,
    zone: Tz,
}

impl Cell<'_> {
    fn text(&self) -> &str {
        self.column.value(self.line).unwrap_or("").trim()
    }

    /// Words with something between them.
    fn words(&self) -> impl Iterator<Item = &str> {
        self.text().split([' ', ',', '|']).filter(|word| !word.is_empty())
    }

    fn switch(&self) -> Result<bool, Problem> {
        match &*self.text().to_lowercase() {
            "oui" => Ok(true),
            "non" => Ok(false),
            text => parse_switch(text).map_err(|sentence| invalid(self.column, sentence)),
        }
    }

    /// One of these words, or `no`.
    fn word(&self, words: &[&str]) -> Result<String, Problem> {
        let text = self.text().to_lowercase();
        if words.contains(&&*text) {
            return Ok(text);
        }
        if matches!(self.switch(), Ok(false)) || text == "none" {
            return Ok("no".to_owned());
        }
        let message = format!("Column {}: {:?} is none of {}, no.", self.column.name, self.text(), words.join(", "));
        Err(Problem::error(Reason::CmdInvalid, message).at(&self.column.name))
    }

    fn kinds(&self, kinds: &[(&'static str, ResetItem)]) -> Result<Vec<(ResetItem, bool)>, Problem> {
        let item = |word: &str| {
            let found = kinds.iter().find(|(own, _)| own.eq_ignore_ascii_case(word)).map(|(_, item)| (*item, true));
            found.ok_or_else(|| {
                let known: Vec<&str> = kinds.iter().map(|(own, _)| *own).collect();
                invalid(self.column, format!("{word:?} is none of {}", known.join(", ")))
            })
        };
        let asked = self.words().filter(|word| !matches!(*word, "no" | "none"));
        asked.map(item).collect()
    }

    fn day(&self) -> Result<Option<i64>, Vec<Problem>> {
        let mut problems = Vec::new();
        let day = time_cell(Some(self.column), self.line, self.zone, &mut problems);
        if problems.is_empty() { Ok(day) } else { Err(problems) }
    }
}
