//! What a reset takes from activities where people answer or talk at once: chats, choices, feedback, surveys, conferences;
//! and the tags of books.

use super::super::belongings::Belongings;
use super::contents::{in_activities, of_component};

const fn of(table: &'static str, key: &'static str) -> Belongings {
    Belongings::of(table, key)
}

const fn of_all(module: &'static str, parts: &'static [Belongings]) -> Belongings {
    Belongings::through(module, "course", parts)
}

pub(super) const CHAT: &[Belongings] = &[of_all(
    "chat",
    &[of("chat_messages", "chatid"), of("chat_messages_current", "chatid"), of("chat_users", "chatid")],
)];

pub(super) const CHOICE: &[Belongings] = &[of_all("choice", &[of("choice_answers", "choiceid")])];

/// Answers that nobody has sent yet stay, as in Moodle.
pub(super) const FEEDBACK: &[Belongings] = &[of_all("feedback", RESPONSES)];
/// What goes from single feedback activities.
pub(super) const RESPONSES: &[Belongings] =
    &[Belongings::with("feedback_completed", "feedback", &[of("feedback_value", "completed")])];

pub(super) const SURVEY: &[Belongings] =
    &[of_all("survey", &[of("survey_answers", "survey"), of("survey_analysis", "survey")])];
pub(super) const SURVEY_ANALYSIS: &[Belongings] = &[of_all("survey", &[of("survey_analysis", "survey")])];

pub(super) const CONFERENCE_LOGS: &[Belongings] = &[of("bigbluebuttonbn_logs", "courseid")];
pub(super) const RECORDINGS: &[Belongings] = &[of("bigbluebuttonbn_recordings", "courseid")];
pub(super) const CONFERENCE_TAGS: &[Belongings] =
    &[in_activities!("bigbluebuttonbn", of_component!("tag_instance", "bigbluebuttonbn"))];

pub(super) const BOOK_TAGS: &[Belongings] = &[in_activities!("book", of_component!("tag_instance", "book"))];
