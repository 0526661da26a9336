//! A Moodle that answers as it is told, and remembers what it was asked.

use crate::model::CourseId;
use crate::site::{CallError, Import, MoodleCall, MoodleCalls};
use async_trait::async_trait;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

type Answers = dyn Fn(MoodleCall) -> Result<(), CallError> + Send + Sync;

#[derive(Clone)]
pub(super) struct FakeMoodle(Arc<Inner>);

struct Inner {
    answers: Box<Answers>,
    calls: Mutex<Vec<MoodleCall>>,
    asked: watch::Sender<usize>,
    /// The call that gets no answer until it speaks.
    silent_at: usize,
    speaks: watch::Sender<bool>,
}

impl FakeMoodle {
    fn new(silent_at: usize, answers: impl Fn(MoodleCall) -> Result<(), CallError> + Send + Sync + 'static) -> Self {
        let (asked, speaks) = (watch::Sender::new(0), watch::Sender::new(false));
        Self(Arc::new(Inner { answers: Box::new(answers), calls: Mutex::default(), asked, silent_at, speaks }))
    }

    /// Does what it is asked.
    pub(super) fn obliging() -> Self {
        Self::new(0, |_| Ok(()))
    }

    pub(super) fn answering(answers: impl Fn(MoodleCall) -> Result<(), CallError> + Send + Sync + 'static) -> Self {
        Self::new(0, answers)
    }

    /// Does not answer the call of this number, counted from 1, before it is made to speak.
    pub(super) fn silent_at(call: usize) -> Self {
        Self::new(call, |_| Ok(()))
    }

    pub(super) fn speak(&self) {
        self.0.speaks.send_replace(true);
    }

    /// Returns once so many calls were made.
    pub(super) async fn asked(&self, calls: usize) {
        self.0.asked.subscribe().wait_for(|asked| *asked >= calls).await.unwrap();
    }

    pub(super) fn calls(&self) -> Vec<MoodleCall> {
        self.0.calls.lock().unwrap().clone()
    }
}

#[async_trait]
impl MoodleCalls for FakeMoodle {
    async fn make(&self, call: MoodleCall) -> Result<(), CallError> {
        self.0.calls.lock().unwrap().push(call);
        let number = self.calls().len();
        self.0.asked.send_replace(number);
        if number == self.0.silent_at {
            self.0.speaks.subscribe().wait_for(|speaks| *speaks).await.unwrap();
        }
        (self.0.answers)(call)
    }
}

pub(super) fn delete(course: i64) -> MoodleCall {
    MoodleCall::DeleteCourse { course: CourseId(course) }
}

pub(super) fn add(from: i64, to: i64) -> MoodleCall {
    MoodleCall::ImportCourse { from: CourseId(from), to: CourseId(to), import: Import::Add }
}

pub(super) fn replace(from: i64, to: i64) -> MoodleCall {
    MoodleCall::ImportCourse { from: CourseId(from), to: CourseId(to), import: Import::Replace }
}
