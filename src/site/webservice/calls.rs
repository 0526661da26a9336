//! What a running Moodle is asked to do behind the changes of a line: to import content, and to delete courses.

use super::client::{Parameters, Request, WebService};
use super::error::WebServiceError;
use super::function::Function;
use crate::model::CourseId;
use crate::site::{CallError, Import, MoodleCall, MoodleCalls, Repeat};
use async_trait::async_trait;
use serde::Deserialize;

/// What Moodle says of a course that is not there, which after a repeated deletion is as it should be.
const GONE: &str = "unknowncourseidnumber";

/// What `core_course_delete_courses` answers with: one warning for each course that was not deleted.
#[derive(Deserialize)]
struct Deleted {
    #[serde(default)]
    warnings: Vec<Warning>,
}

#[derive(Deserialize)]
struct Warning {
    warningcode: String,
    message: String,
}

#[async_trait]
impl MoodleCalls for WebService {
    async fn make(&self, call: MoodleCall) -> Result<(), CallError> {
        let made = match call {
            MoodleCall::ImportCourse { from, to, import } => self.import(from, to, import, call.repeat()).await,
            MoodleCall::DeleteCourse { course } => self.delete(course, call.repeat()).await,
        };
        made.map_err(told)
    }
}

impl WebService {
    /// What is imported besides activities, blocks and filters is for Moodle's own settings of imports to say.
    async fn import(
        &self,
        from: CourseId,
        to: CourseId,
        import: Import,
        repeat: Repeat,
    ) -> Result<(), WebServiceError> {
        let delete = match import {
            Import::Add => "0",
            Import::Replace => "1",
        };
        let parameters = vec![
            ("importfrom".to_owned(), from.0.to_string()),
            ("importto".to_owned(), to.0.to_string()),
            ("deletecontent".to_owned(), delete.to_owned()),
        ];
        self.work::<serde_json::Value>(Function::ImportCourse, parameters, repeat).await.map(drop)
    }

    async fn delete(&self, course: CourseId, repeat: Repeat) -> Result<(), WebServiceError> {
        let parameters = vec![("courseids[0]".to_owned(), course.0.to_string())];
        let deleted: Deleted = self.work(Function::DeleteCourses, parameters, repeat).await?;
        match deleted.warnings.into_iter().find(|warning| warning.warningcode != GONE) {
            None => Ok(()),
            Some(Warning { warningcode: code, message }) => {
                Err(WebServiceError::Refused { function: Function::DeleteCourses, code, message })
            }
        }
    }

    async fn work<T: serde::de::DeserializeOwned>(
        &self,
        function: Function,
        parameters: Parameters,
        repeat: Repeat,
    ) -> Result<T, WebServiceError> {
        self.send(&Request { function, parameters, timeout: self.content_timeout(), repeat }).await
    }
}

/// What an error says about whether the call was carried out.
fn told(error: WebServiceError) -> CallError {
    let text = error.to_string();
    match error {
        WebServiceError::Refused { .. } => CallError::Refused(text),
        WebServiceError::Client { .. } | WebServiceError::Connect { .. } => CallError::NotMade(text),
        // Turned away before Moodle had the call.
        WebServiceError::Status { status: 300..=499, .. } => CallError::NotMade(text),
        WebServiceError::Timeout { .. }
        | WebServiceError::Broken { .. }
        | WebServiceError::Status { .. }
        | WebServiceError::Unreadable { .. } => CallError::Unanswered(text),
    }
}
