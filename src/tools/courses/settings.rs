//! The options of a run as the courses tool uses them. Knows no line and no site.

use crate::site::CourseKey;
use crate::tools::options::{OptionError, ToolOptions};

/// How the column `category` is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CategoryKey {
    /// A path of names, or an id.
    Path,
    /// The idnumber of an existing category.
    Idnumber,
}

/// What happens to courses that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Existing {
    /// They are noted and left alone.
    Skip,
    /// They are updated.
    Update,
}

/// Whether a stored value follows the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follow {
    /// It does.
    File,
    /// It stays.
    Stored,
}

/// What a template does to an existing course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TemplateMode {
    /// Nothing.
    Nothing,
    /// Its content is added.
    Add,
    /// Its content replaces what is there.
    Replace,
}

/// The options of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct CourseSettings {
    pub(super) identifier: CourseKey,
    pub(super) category_key: CategoryKey,
    /// `visible` that new categories ask for: 1 or 0.
    pub(super) new_category_visible: i64,
    pub(super) existing: Existing,
    pub(super) category: Follow,
    pub(super) format: Follow,
    pub(super) template: TemplateMode,
}

impl CourseSettings {
    /// Reads the options of a run.
    pub(super) fn read(options: &ToolOptions) -> Result<Self, Vec<OptionError>> {
        let word = options.text("identifier");
        let Some(identifier) = CourseKey::from_name(word) else {
            let problem = format!("{word:?} is not one of {}", CourseKey::WORDS.join(", "));
            return Err(vec![OptionError { name: "identifier".to_owned(), problem }]);
        };
        let idnumber = options.text("category_identifier") == "idnumber";
        Ok(Self {
            identifier,
            category_key: if idnumber { CategoryKey::Idnumber } else { CategoryKey::Path },
            new_category_visible: i64::from(options.flag("new_categories_visible")),
            existing: if options.flag("force_update") { Existing::Update } else { Existing::Skip },
            category: if options.flag("protect_category") { Follow::Stored } else { Follow::File },
            format: if options.flag("update_format") { Follow::File } else { Follow::Stored },
            template: match options.text("template_mode") {
                "add" => TemplateMode::Add,
                "replace" => TemplateMode::Replace,
                _ => TemplateMode::Nothing,
            },
        })
    }
}
