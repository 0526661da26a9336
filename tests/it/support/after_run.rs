//! Commands after a run, as settings of a site.

use serde_json::Value;
use std::path::PathBuf;
use tempfile::TempDir;
use toolsync::config::{AfterRunConfig, SiteConfig};

/// A site whose command after a run is this shell script.
pub(crate) fn site_with_script(script: &str) -> SiteConfig {
    let command = AfterRunConfig { program: "/bin/sh".to_owned(), arguments: vec!["-c".to_owned(), script.to_owned()] };
    SiteConfig { after_run: Some(command), ..SiteConfig::default() }
}

/// Keeps what the command after a run was told.
pub(crate) struct Orders {
    _folder: TempDir,
    file: PathBuf,
}

impl Orders {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { file: folder.path().join("orders"), _folder: folder }
    }

    /// Settings that keep every order.
    pub(crate) fn site(&self) -> SiteConfig {
        site_with_script(&format!("cat >> '{}'", self.file.display()))
    }

    /// The orders since the last look.
    pub(crate) fn take(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        std::fs::write(&self.file, "").unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
