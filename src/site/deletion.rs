//! What becomes of the name of a deleted account: Moodle puts its address there, so that both are free for others.

use super::SiteFacts;
use crate::model::UserId;

/// Longest user name.
const NAME_LENGTH: usize = 100;

/// The user name of an account that is deleted at `now`, but for `.` and the number at its end.
pub(in crate::site) fn freed_name(facts: &SiteFacts, id: UserId, username: &str, email: &str, now: i64) -> String {
    let address = if email.is_empty() { format!("{username}.{id}@unknownemail.invalid") } else { email.to_owned() };
    let extended = facts.config("extendedusernamechars") == "1";
    let allowed = |c: &char| match c {
        ' ' => false,
        '-' | '.' | '@' | '_' | 'a'..='z' | '0'..='9' => true,
        _ => extended,
    };
    let room = NAME_LENGTH - now.to_string().len() - 1;
    address.to_lowercase().chars().filter(allowed).take(room).collect()
}
