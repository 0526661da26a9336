//! Bringing deleted accounts back by a list: the users tool with that one order, which never creates an account.

use super::columns::Columns;
use super::command::UserCommand;
use super::options::{DeletedAccount, MissingPassword, Options, Renaming, Settings, StoredEmail};
use super::{UsersJob, plan};
use crate::model::{
    BoundHeader, ColumnSpec, Entity, FileNeed, Impact, Layout, Line, Operation, Problem, ToolDescriptor, ToolKind,
};
use crate::site::{CourseKey, Lookups, SiteFacts, UserKey, World};
use crate::tools::options::{OptionError, ToolOptions};
use crate::tools::{BoundTool, ConfiguredTool, Job, LinePlan, Rejection, Tool};
use std::sync::Arc;

/// The tool that brings deleted accounts back.
#[derive(Debug)]
pub struct ReviveUsersTool;

pub(super) static DESCRIPTOR: ToolDescriptor = ToolDescriptor {
    kind: ToolKind::ReviveUsers,
    summary: "Brings the deleted accounts of a list back, with their names and passwords. What deletion removed \
              besides, such as enrolments, stays removed.",
    impact: Impact::Changes,
    file: FileNeed::Required,
    layout: Layout::Header,
    case_insensitive_header: true,
    exact_cell_count: false,
    columns: &[
        ColumnSpec::exact("username", "User name that the account had.").required(),
        ColumnSpec::exact("idnumber", "Idnumber that the account gets; deletion removed the former one."),
        ColumnSpec::exact("email", "E-mail address; blank for the former one, as far as Moodle kept it."),
        ColumnSpec::exact("firstname", "First name; blank keeps the stored one."),
        ColumnSpec::exact("lastname", "Last name; blank keeps the stored one."),
    ],
    options: &[],
    default_file_names: &["userrevive.csv"],
    sample: "username;idnumber;email\na.kone;E100;a.kone@example.org\n",
};

impl Tool for ReviveUsersTool {
    fn descriptor(&self) -> &'static ToolDescriptor {
        &DESCRIPTOR
    }

    fn configure(&self, _options: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> {
        Ok(Box::new(ConfiguredRevival))
    }
}

struct ConfiguredRevival;

impl ConfiguredTool for ConfiguredRevival {
    fn bind(&self, header: BoundHeader, facts: Arc<SiteFacts>) -> Result<BoundTool, Vec<Problem>> {
        let options = Options {
            identifier: UserKey::Username,
            course_identifier: CourseKey::Shortname,
            renaming: Renaming::Refused,
            stored_email: StoredEmail::Protected,
            missing_password: MissingPassword::Unusable,
            deleted_account: DeletedAccount::Revived,
            default_method: None,
        };
        let settings = Settings::new(options, facts);
        let (columns, notices) = Columns::bind(&header, &settings).map_err(|problem| vec![problem])?;
        let columns = columns.keeping_where_blank();
        Ok(BoundTool::new(RevivalJob(UsersJob { columns, settings }), notices))
    }
}

struct RevivalJob(UsersJob);

impl Job for RevivalJob {
    type Command = UserCommand;

    const ENTITY: Entity = Entity::User;

    fn parse(&self, line: &Line) -> Result<UserCommand, Rejection> {
        self.0.parse(line).map_err(|rejection| Rejection { operation: Operation::Restore, ..rejection })
    }

    fn look_up(&self, command: &UserCommand, lookups: &mut Lookups) {
        self.0.look_up(command, lookups);
    }

    fn plan(&self, command: &UserCommand, world: &mut World) -> LinePlan {
        plan::revive_only(command, &self.0.settings, world)
    }
}
