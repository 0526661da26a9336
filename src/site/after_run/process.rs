//! A process that gets some input and a while to end in. What it prints on standard error is kept, to tell why it
//! failed.

use std::fmt;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, Command};
use tokio::task::JoinHandle;

/// How much of standard error is kept.
const KEPT_BYTES: usize = 16 << 10;
const KEPT_LINES: usize = 5;
const KEPT_LINE_CHARS: usize = 200;
/// How long to wait for standard error after the end: what was left in the background may hold it open.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// The environment may hold passwords and tokens of this service; they are nobody else's business.
const OWN_VARIABLES: &str = "TOOLSYNC_";

/// Why a process is no success. Reads on after its name.
#[derive(Debug)]
pub(super) enum Failure {
    /// It cannot be started.
    Start(io::Error),
    /// Its end cannot be awaited.
    Lost(io::Error),
    /// It took too long.
    Timeout(Duration, Words),
    /// It said so.
    Status(ExitStatus, Words),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => write!(f, "could not be started: {error}"),
            Self::Lost(error) => write!(f, "was lost: {error}"),
            Self::Timeout(limit, words) => {
                write!(f, "did not end within {} s and was killed{words}", limit.as_secs_f64())
            }
            Self::Status(status, words) => write!(f, "ended with {status}{words}"),
        }
    }
}

/// What a process said on standard error, the first lines of it.
#[derive(Debug, Default)]
pub(super) struct Words(String);

impl Words {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(KEPT_LINES);
        let shown = |line: &str| line.chars().filter(|c| !c.is_control()).take(KEPT_LINE_CHARS).collect::<String>();
        Self(lines.map(shown).collect::<Vec<_>>().join(" / "))
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, ", saying: {}", self.0) }
    }
}

/// A process that has begun. Dropping it kills it, with everything it has started.
pub(super) struct Process {
    child: Child,
    group: Group,
    errors: Errors,
}

impl Process {
    pub(super) fn start(program: &str, arguments: &[String]) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with(OWN_VARIABLES) {
                command.env_remove(name);
            }
        }
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(Failure::Start)?;
        let group = Group::of(&child);
        let errors = Errors::read(child.stderr.take());
        Ok(Self { child, group, errors })
    }

    /// Hands it the input and waits for its end.
    pub(super) async fn run(mut self, input: Vec<u8>, limit: Duration) -> Result<(), Failure> {
        let stdin = self.child.stdin.take();
        let feed = async {
            if let Some(mut stdin) = stdin {
                // Who does not read it does not want it.
                _ = stdin.write_all(&input).await;
            }
        };
        let ended = tokio::time::timeout(limit, async { tokio::join!(self.child.wait(), feed).0 }).await;
        let Ok(ended) = ended else {
            self.group.kill();
            return Err(Failure::Timeout(limit, self.errors.words().await));
        };
        self.group.forget();
        let status = ended.map_err(Failure::Lost)?;
        if status.success() { Ok(()) } else { Err(Failure::Status(status, self.errors.words().await)) }
    }
}

/// Standard error as it comes in.
struct Errors {
    kept: Arc<Mutex<Vec<u8>>>,
    reading: Option<JoinHandle<()>>,
}

impl Errors {
    fn read(stderr: Option<ChildStderr>) -> Self {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let reading = stderr.map(|mut stderr| {
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                // Read to its end, kept or not: a full pipe would stop the process.
                while let Ok(count @ 1..) = stderr.read(&mut buffer).await {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    let room = KEPT_BYTES - kept.len();
                    kept.extend_from_slice(&buffer[..count.min(room)]);
                }
            })
        });
        Self { kept, reading }
    }

    async fn words(&mut self) -> Words {
        if let Some(reading) = &mut self.reading {
            _ = tokio::time::timeout(LAST_WORDS, reading).await;
        }
        Words::of(&self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        if let Some(reading) = &self.reading {
            reading.abort();
        }
    }
}

/// The processes that a command and its children are, as long as the command has not ended.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

#[cfg(unix)]
impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self { leader: id.and_then(rustix::process::Pid::from_raw) }
    }

    fn kill(&mut self) {
        if let Some(leader) = self.leader.take() {
            // It may have ended by itself just now.
            _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }

    /// The number may belong to another process from now on.
    fn forget(&mut self) {
        self.leader = None;
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Elsewhere the command alone is killed, by being dropped.
#[cfg(not(unix))]
impl Group {
    fn of(_child: &Child) -> Self {
        Self {}
    }

    fn kill(&mut self) {}

    fn forget(&mut self) {}
}
