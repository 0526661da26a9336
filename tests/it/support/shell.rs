//! The program at work in a folder of its own.

use serde_json::Value;
use std::path::PathBuf;
use tempfile::TempDir;

/// A folder to work in, with its own data folder.
pub(crate) struct Shell {
    pub(crate) folder: TempDir,
    pub(crate) server: Option<String>,
    /// Settings of the environment.
    environment: Vec<(String, String)>,
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Shell {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), server: None, environment: Vec::new() }
    }

    /// Sets a variable of the environment for the commands that follow.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn site_database(&self) -> PathBuf {
        toolsync::app::embedded_site_folder(&self.data()).join("site.db")
    }

    /// Writes a file into the working folder.
    pub(crate) fn file(&self, name: &str, content: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn run(&self, args: &[&str]) -> Said {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_toolsync"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TOOLSYNC_")) {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().cloned()).current_dir(self.folder.path());
        if !args.contains(&"--data") {
            command.args(["--data", "data"]);
        }
        if let Some(server) = &self.server {
            command.args(["--server", server]);
        }
        let output = command.args(args).output().unwrap();
        Said {
            code: output.status.code().expect("no signal ends it"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that goes well and gives its data.
    pub(crate) fn fine(&self, args: &[&str]) -> String {
        let said = self.run(args);
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
        said.stdout
    }

    /// Runs a command that gives JSON and goes well.
    pub(crate) fn json(&self, args: &[&str]) -> Vec<Value> {
        objects(&self.fine(&[&["--json"], args].concat()))
    }

    /// Runs a command that cannot do its work, and checks that it says all `words` on stderr and nothing on stdout.
    pub(crate) fn refused(&self, args: &[&str], words: &[&str]) {
        let said = self.run(args);
        assert_eq!(said.code, 2, "{args:?}: {said:?}");
        assert_eq!(said.stdout, "", "{args:?}: stdout is for data");
        assert!(said.stderr.contains("error: "), "{args:?}: {}", said.stderr);
        for word in words {
            assert!(said.stderr.contains(word), "{args:?} does not say {word:?}: {}", said.stderr);
        }
    }
}

/// One JSON object a line.
pub(crate) fn objects(text: &str) -> Vec<Value> {
    let object = |line: &str| match serde_json::from_str(line) {
        Ok(object @ Value::Object(_)) => object,
        other => panic!("{line:?} is no object: {other:?}"),
    };
    text.lines().map(object).collect()
}
