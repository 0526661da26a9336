//! placeholder
use super::*;
/// The tool.
pub struct CoursesTool;
impl Tool for CoursesTool {
    fn descriptor(&self) -> &'static ToolDescriptor { todo!() }
    fn configure(&self, _: &ToolOptions) -> Result<Box<dyn ConfiguredTool>, Vec<OptionError>> { todo!() }
}
