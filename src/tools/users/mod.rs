//! placeholder
use super::*;
/// The tool.
pub struct UsersTool;
impl Tool for UsersTool {
    fn descriptor(&self) -> &'static ToolDescriptor { todo!() }
    fn configure(&self, _: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> { todo!() }
}
