//! The service as a process of its own, to be killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tonic::transport::Channel;

/// `toolsync serve` on a free port.
pub(crate) struct ServerProcess {
    child: Child,
    pub(crate) address: String,
}

impl ServerProcess {
    /// Starts the service over a data folder and waits until it listens.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_on(data, None)
    }

    /// The same with the Moodle at an address.
    pub(crate) fn start_on(data: &Path, site: Option<&str>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_toolsync"))
            .envs(site.map(|url| ("TOOLSYNC_SITE__URL", url)))
            .args(["--data", data.to_str().unwrap(), "serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .env("TOOLSYNC_LOG__LEVEL", "error")
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        assert!(address.starts_with("http://"), "the service said {line:?}");
        Self { child, address }
    }

    pub(crate) async fn connect(&self) -> Channel {
        Channel::from_shared(self.address.clone()).unwrap().connect().await.unwrap()
    }

    /// kill -9.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
