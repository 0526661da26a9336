//! Lines whose changes are committed and whose calls of a running Moodle are not all answered. The journal carries them,
//! so that none is lost with the process.

use crate::model::{Completeness, LineNumber, LineResult, Outcome, Problem, Reason};
use crate::site::{AppliedIds, CallError, MoodleCall, Repeat};
use crate::tools::LinePlan;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Lines that wait, in the order of the file: no result is told before those of the lines before it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// What becomes of each line when its call is carried out.
    pub(super) results: VecDeque<LineResult>,
    /// The calls by line; a line without one waits for its turn only.
    pub(super) calls: BTreeMap<LineNumber, LineCall>,
    /// The line whose call is being made, where to make it twice would be harmful.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) begun: Option<LineNumber>,
}

impl Waiting {
    /// Whether no line waits.
    pub(super) fn is_empty(&self) -> bool {
        self.results.is_empty()
    }
}

/// Whether something of a line was applied before its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Before {
    Changes,
    Nothing,
}

/// The call of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LineCall {
    pub(super) call: MoodleCall,
    column: String,
    /// How things stand, and what to do, where it is not carried out.
    otherwise: String,
    before: Before,
}

/// What became of a call.
#[derive(Debug)]
pub(super) enum Answer {
    /// Moodle answered, or did not.
    Of(Result<(), CallError>),
    /// The process ended while the call was being made.
    LostInAKill,
    /// It was not made any more.
    Dropped(&'static str),
}

impl LineCall {
    /// The call that a plan asks for, with the ids that the site gave.
    pub(super) fn of(plan: &LinePlan, ids: &AppliedIds) -> Option<Self> {
        let planned = plan.call.as_ref()?;
        Some(Self {
            call: planned.call.applied(ids)?,
            column: planned.column.to_owned(),
            otherwise: planned.otherwise.clone(),
            before: if plan.changes.is_empty() { Before::Nothing } else { Before::Changes },
        })
    }

    /// The final result of its line.
    pub(super) fn settle(&self, mut result: LineResult, answer: Answer) -> LineResult {
        let failed = |reason, message: String| (Outcome::Failed, Problem::error(reason, message));
        let (outcome, problem) = match answer {
            Answer::Of(Ok(())) => return result,
            Answer::Of(Err(CallError::Refused(words))) => {
                failed(Reason::MoodleRefused, format!("Moodle did not do it: {words}. {}", self.otherwise))
            }
            Answer::Of(Err(CallError::NotMade(words))) => {
                failed(Reason::MoodleNotAsked, format!("Moodle could not be asked: {words}. {}", self.otherwise))
            }
            Answer::Of(Err(CallError::Unanswered(words))) => self.unanswered(&result, &words),
            Answer::LostInAKill => self.unanswered(&result, "the service was stopped while it waited for the answer"),
            Answer::Dropped(why) => {
                let message = format!("Moodle was not asked any more: {why}. {}", self.otherwise);
                let outcome = match self.before {
                    Before::Changes => Outcome::Failed,
                    Before::Nothing => Outcome::NotProcessed,
                };
                (outcome, Problem::error(Reason::MoodleNotAsked, message))
            }
        };
        result.outcome = outcome;
        if matches!(outcome, Outcome::Failed | Outcome::NotProcessed) {
            result.completeness = Completeness::Complete;
        }
        result.problems.push(problem.at(&self.column));
        result
    }

    /// A call that may have been carried out. The line is not put among those to try again where that would do it twice.
    fn unanswered(&self, result: &LineResult, words: &str) -> (Outcome, Problem) {
        match self.call.repeat() {
            Repeat::Harmful => {
                let message = format!(
                    "Moodle was asked and did not answer: {words}. It may have done it, may still be at work, or may not \
                     have begun. It is not asked again, because that would do it twice. Look at the course. If nothing \
                     was done: {}",
                    self.otherwise
                );
                (result.outcome, Problem::warning(Reason::MoodleUnanswered, message))
            }
            Repeat::Later | Repeat::Harmless => {
                let message = format!(
                    "Moodle was asked and did not answer: {words}. It may have done it, or may still be at work; wait for \
                     it before you run the line again. {}",
                    self.otherwise
                );
                (Outcome::Failed, Problem::error(Reason::MoodleUnanswered, message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ByteSpan, CourseId, Entity, Operation};
    use crate::site::Import;

    fn result() -> LineResult {
        LineResult {
            line: LineNumber(3),
            span: ByteSpan::default(),
            entity: Entity::Course,
            key: "BIO".to_owned(),
            operation: Operation::Create,
            outcome: Outcome::Created,
            completeness: Completeness::Complete,
            moodle_id: Some(9),
            changes: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn import(import: Import, before: Before) -> LineCall {
        let call = MoodleCall::ImportCourse { from: CourseId(7), to: CourseId(9), import };
        LineCall { call, column: "template".to_owned(), otherwise: "The course is empty.".to_owned(), before }
    }

    #[test]
    fn what_becomes_of_a_line_follows_from_the_answer_and_from_whether_it_may_be_asked_again() {
        let lost = || Answer::Of(Err(CallError::Unanswered("no answer".to_owned())));
        let refused = || Answer::Of(Err(CallError::Refused("nopermissions".to_owned())));
        let not_made = || Answer::Of(Err(CallError::NotMade("connection refused".to_owned())));
        let cancelled = || Answer::Dropped("the run was cancelled");
        let (add, replace) = (import(Import::Add, Before::Changes), import(Import::Replace, Before::Changes));
        let alone = import(Import::Replace, Before::Nothing);
        let cases = [
            (&add, Answer::Of(Ok(())), Outcome::Created, None),
            (&add, refused(), Outcome::Failed, Some(Reason::MoodleRefused)),
            (&add, not_made(), Outcome::Failed, Some(Reason::MoodleNotAsked)),
            (&add, lost(), Outcome::Created, Some(Reason::MoodleUnanswered)),
            (&add, Answer::LostInAKill, Outcome::Created, Some(Reason::MoodleUnanswered)),
            (&add, cancelled(), Outcome::Failed, Some(Reason::MoodleNotAsked)),
            (&replace, lost(), Outcome::Failed, Some(Reason::MoodleUnanswered)),
            (&replace, refused(), Outcome::Failed, Some(Reason::MoodleRefused)),
            (&alone, cancelled(), Outcome::NotProcessed, Some(Reason::MoodleNotAsked)),
        ];
        for (call, answer, outcome, reason) in cases {
            let context = format!("{call:?} {answer:?}");
            let settled = call.settle(result(), answer);
            assert_eq!((settled.outcome, settled.problems.first().map(|p| p.reason)), (outcome, reason), "{context}");
            let again = matches!(outcome, Outcome::Failed | Outcome::NotProcessed);
            assert_eq!(settled.needs_retry(), again, "{context}");
            for problem in settled.problems {
                assert_eq!(problem.column.as_deref(), Some("template"), "{context}");
                assert!(problem.message.contains("The course is empty."), "{context}: {}", problem.message);
            }
        }
    }
}
