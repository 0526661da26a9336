//! placeholder
use super::*;
/// The tool.
pub struct EnrolmentsTool;
impl Tool for EnrolmentsTool {
    fn descriptor(&self) -> &'static ToolDescriptor { todo!() }
    fn configure(&self, _: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> { todo!() }
}
