//! Command files made up of bytes: every byte is a choice, and 0 is the plainest one, so that a file that fails can be made
//! simpler.

use super::cells::{self, Cells, Presence};
use super::subjects::{Subject, Subjects, Thing};
use crate::app::golden::stage::CommandFile;
use crate::model::{CellKind, ColumnPattern, ColumnSpec, Layout, OptionKind, ToolDescriptor};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Choices for a file.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    options: Vec<u8>,
    columns: Vec<u8>,
    lines: Vec<Vec<u8>>,
}

/// Choices for a line besides its cells: which thing of each kind it is about.
const THINGS: [Thing; 7] =
    [Thing::User, Thing::Course, Thing::Cohort, Thing::Group, Thing::Grouping, Thing::Category, Thing::Role];

/// Files with so many lines of a tool.
pub(super) fn drafts(descriptor: &ToolDescriptor, lines: std::ops::RangeInclusive<usize>) -> BoxedStrategy<Draft> {
    let columns = columns_of(descriptor).len();
    let options = vec(any::<u8>(), descriptor.options.len());
    let cells = vec(any::<u8>(), columns + THINGS.len());
    (options, vec(any::<u8>(), columns), vec(cells, lines))
        .prop_map(|(options, columns, lines)| Draft { options, columns, lines })
        .boxed()
}

/// A column by the name that it has in a header.
struct Named {
    spec: &'static ColumnSpec,
    name: String,
}

/// All columns, numbered ones twice.
fn columns_of(descriptor: &ToolDescriptor) -> Vec<Named> {
    let named = |spec: &'static ColumnSpec| {
        let names = match spec.pattern {
            ColumnPattern::Exact => vec![spec.name.to_owned()],
            ColumnPattern::Numbered { from, suffix, .. } => {
                [from, from + 1].map(|number| format!("{}{number}{suffix}", spec.name)).into()
            }
            ColumnPattern::Prefixed => vec![format!("{}badge", spec.name)],
        };
        names.into_iter().map(move |name| Named { spec, name })
    };
    descriptor.columns.iter().filter(|spec| !spec.ignored).flat_map(named).collect()
}

/// Choices from here on are for what is refused.
const RARE: u8 = 251;

/// An index below `length`, the first ones more often.
fn skewed(choice: u8, length: usize) -> usize {
    (usize::from(choice).pow(3) * length) >> 24
}

fn pick<T>(from: &[T], choice: u8) -> &T {
    &from[usize::from(choice) % from.len()]
}

impl Draft {
    pub(super) fn lines(&self) -> usize {
        self.lines.len()
    }

    /// The file that comes of it.
    pub(super) fn file(&self, descriptor: &ToolDescriptor, subjects: &Subjects) -> CommandFile {
        let options = self.options(descriptor);
        let columns = columns_of(descriptor);
        let identifies = |name: &str| {
            let named =
                |(option, value): (&String, &String)| option.ends_with("identifier") && name.ends_with(&**value);
            options.iter().any(named)
        };
        let is_present = |at: &usize| {
            let Named { spec, name } = &columns[*at];
            let likely = if matches!(spec.cells, CellKind::Words(_)) { 230 } else { 105 };
            match cells::presence(descriptor.kind, spec) {
                _ if identifies(name) || descriptor.layout != Layout::Header => true,
                Presence::Always => true,
                Presence::AsIdentifier => false,
                Presence::AtTimes => 255 - self.columns[*at] < likely,
            }
        };
        let present: Vec<usize> = (0..columns.len()).filter(is_present).collect();
        let mut content = String::new();
        if descriptor.layout == Layout::Header {
            let names: Vec<&str> = present.iter().map(|at| &*columns[*at].name).collect();
            content += &format!("{}\n", names.join(";"));
        }
        for line in &self.lines {
            let about = About { subjects, options: &options, things: &line[columns.len()..] };
            let cell = |at: &usize| about.cell(descriptor, &columns[*at], line[*at]);
            content += &format!("{}\n", present.iter().map(cell).collect::<Vec<_>>().join(";"));
        }
        CommandFile::of(descriptor.kind, content, options)
    }

    fn options(&self, descriptor: &ToolDescriptor) -> BTreeMap<String, String> {
        let specs = descriptor.options.iter().zip(&self.options);
        let value = |(spec, choice): (&crate::model::OptionSpec, &u8)| {
            let value = match spec.kind {
                // No Moodle runs behind the site.
                OptionKind::Choice(words) if *choice > 150 && !words.contains(&"webservice") => {
                    pick(words, *choice).to_string()
                }
                OptionKind::Flag if *choice > 0 => (choice % 2 == 0).to_string(),
                _ => spec.default.to_owned(),
            };
            (spec.name.to_owned(), value)
        };
        specs.map(value).collect()
    }
}

/// What a line is about.
struct About<'d> {
    subjects: &'d Subjects,
    options: &'d BTreeMap<String, String>,
    things: &'d [u8],
}

impl About<'_> {
    fn cell(&self, descriptor: &ToolDescriptor, column: &Named, choice: u8) -> String {
        let text = match (cells::of(descriptor.kind, column.spec), column.spec.cells) {
            (_, CellKind::Words(known)) => match choice {
                RARE.. => "drop".to_owned(),
                235.. => String::new(),
                _ => pick(known, choice).word.to_owned(),
            },
            (Cells::Words(_, refused), _) if choice >= RARE && !refused.is_empty() => {
                (*pick(refused, choice)).to_owned()
            }
            (Cells::Words(words, _), _) => (*pick(words, choice)).to_owned(),
            (Cells::Of(thing), _) => self.thing(thing, self.identifier(thing), choice),
            (Cells::OfAnother(thing), _) => {
                let others = self.subjects.all(thing).iter().filter(|other| *other != self.own(thing));
                let names: Vec<&String> = others.map(|other| &other[self.identifier(thing)]).collect();
                names[skewed(choice, names.len())].clone()
            }
            (Cells::By(thing, identifier), _) => self.thing(thing, identifier, choice),
        };
        if text.contains(['"', ';']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    }

    /// The identifier by which an option says that such things are named.
    fn identifier(&self, thing: Thing) -> &'static str {
        let known = Subjects::identifiers(thing);
        let own = format!("{thing:?}_identifier").to_lowercase();
        let value = self.options.get(&own).or_else(|| self.options.get("identifier"));
        known.iter().copied().find(|identifier| value.is_some_and(|value| value == identifier)).unwrap_or(known[0])
    }

    /// Mostly what the line is about; else another one, or nothing.
    fn thing(&self, thing: Thing, identifier: &str, choice: u8) -> String {
        let all = self.subjects.all(thing);
        let subject = match choice {
            0..=225 => self.own(thing),
            226..=250 => pick(all, choice),
            _ => return String::new(),
        };
        subject[identifier].clone()
    }

    fn own(&self, thing: Thing) -> &Subject {
        let choice_for = |thing| THINGS.iter().position(|own| *own == thing).map_or(0, |at| self.things[at]);
        let all = self.subjects.all(thing);
        let any = &all[skewed(choice_for(thing), all.len())];
        if !matches!(thing, Thing::Group | Thing::Grouping) || choice_for(thing) > 225 {
            return any;
        }
        // One of the course that the line is about, where it has some.
        let courses = self.subjects.all(Thing::Course);
        let course = &courses[skewed(choice_for(Thing::Course), courses.len())]["id"];
        let inside: Vec<&Subject> = all.iter().filter(|subject| &subject["courseid"] == course).collect();
        if inside.is_empty() { any } else { inside[usize::from(choice_for(thing)) % inside.len()] }
    }
}
