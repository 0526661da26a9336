//! What a run of a series knows of the runs before it.

use crate::model::Run;
use crate::site::Rehearsal;

/// What the steps of a series that came before a run planned in a dry run.
pub(super) enum Before {
    /// There were none.
    Nothing,
    /// This.
    Planned(Box<Rehearsal>),
    /// It is not known any more.
    Lost,
}

impl Before {
    /// What is known before the first run of a turn. One from the middle of its series was interrupted.
    pub(super) fn first_of_turn(run: &Run) -> Self {
        if run.step.is_some_and(|step| step.number > 1) { Self::Lost } else { Self::Nothing }
    }
}
