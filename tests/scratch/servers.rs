//! Scratch database servers: in a temporary folder, reached by a socket in it. They end and their folder goes when the
//! process ends, however it ends.

use super::Kind;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use tokio::sync::OnceCell;

/// Set to 1 where the servers are not to be had: their tests then say so and pass.
const SKIP: &str = "TOOLSYNC_TEST_SKIP_SERVERS";

/// Whether tests of this kind of database are to be passed over.
pub(crate) fn is_skipped(kind: Kind, test: &str) -> bool {
    let skipped = std::env::var(SKIP).is_ok_and(|value| value == "1");
    if skipped {
        // Past the test harness, which keeps what is printed by tests that pass.
        _ = writeln!(std::io::stderr(), "SKIPPED {test} on {kind:?}: {SKIP} is set");
    }
    skipped
}

/// What is left of a server's data when the machine loses its power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Everything that was committed: the settings that a server has by itself.
    Full,
    /// Nothing that could be relied upon: tests do not wait for disks.
    None,
}

/// What is done to a PostgreSQL server in the middle of a test.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PostgresAction {
    Stop,
    Start,
}

/// A server at work.
pub(crate) struct Server {
    kind: Kind,
    folder: PathBuf,
    /// Whether the database that fresh sites are copied from has been made.
    pub(super) template: OnceCell<()>,
    /// Stops the server when its standard input is closed.
    _keeper: Child,
}

static POSTGRES: LazyLock<Server> = LazyLock::new(|| Server::start(Kind::Postgres, Durability::None));
static MARIADB: LazyLock<Server> = LazyLock::new(|| Server::start(Kind::MariaDb, Durability::None));

/// What both keepers begin with: neither server runs as root, so root hands the folder to an account without rights.
const AS_NOBODY: &str = r#"
set -e
trap '' INT TERM HUP
cd "$1"
as=
if [ "$(id -u)" = 0 ]; then
    chown nobody "$1"
    as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
fi
"#;

/// Where its programs are, and how it is started.
const POSTGRES_SETUP: &str = r#"
PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
options="-k $1 -c listen_addresses= -c max_connections=300"
[ "$2" = full ] || options="$options -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
"#;

const POSTGRES_KEEPER: &str = r#"
command -v initdb >/dev/null && command -v pg_ctl >/dev/null || { echo missing; exit 1; }
$as initdb -D "$1/data" -A trust -U toolsync -E UTF8 --locale=C.UTF-8 --no-sync >"$1/log" 2>&1 || { cat "$1/log"; exit 1; }
# One account has a password, so that wrong ones can be told.
echo "local all guarded scram-sha-256" | cat - "$1/data/pg_hba.conf" >"$1/log" && cat "$1/log" >"$1/data/pg_hba.conf"
$as pg_ctl -D "$1/data" -l "$1/data/log" -w -o "$options" start >>"$1/log" 2>&1 || { cat "$1/data/log"; exit 1; }
echo ready
cat >/dev/null || true
$as pg_ctl -D "$1/data" -m immediate stop >/dev/null 2>&1 || true
cd /
rm -rf "$1"
"#;

const MARIADB_KEEPER: &str = r#"
PATH=$PATH:/usr/sbin
command -v mariadbd >/dev/null && command -v mariadb-install-db >/dev/null || { echo missing; exit 1; }
# One that starts deletes the temporary tables of all that have the same folder for them.
$as mkdir "$1/tmp"
export TMPDIR="$1/tmp"
$as mariadb-install-db --no-defaults --datadir="$1/data" --auth-root-authentication-method=normal --skip-test-db \
    >"$1/log" 2>&1 || { cat "$1/log"; exit 1; }
loose=
[ "$2" = full ] || loose="--innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-flush-method=nosync --sync-frm=0 --innodb-file-per-table=0"
$as mariadbd --no-defaults --datadir="$1/data" --socket="$1/socket" --pid-file="$1/data/pid" --skip-networking \
    $loose --max-connections=300 --max-allowed-packet=64M --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci >"$1/data/log" 2>&1 </dev/null &
server=$!
mariadb-admin --no-defaults -uroot --socket="$1/socket" --wait=60 ping >"$1/log" 2>&1 || { cat "$1/data/log"; exit 1; }
echo ready
cat >/dev/null || true
mariadb-admin --no-defaults -uroot --socket="$1/socket" shutdown >/dev/null 2>&1 || kill "$server"
wait "$server" || true
cd /
rm -rf "$1"
"#;

impl Server {
    /// The server that the tests of this process share; started when it is asked for first.
    pub(crate) fn of(kind: Kind) -> &'static Self {
        match kind {
            Kind::Postgres => &POSTGRES,
            Kind::MariaDb => &MARIADB,
        }
    }

    /// A server of one's own.
    pub(crate) fn start(kind: Kind, durability: Durability) -> Self {
        let (programs, keeper) = match kind {
            Kind::Postgres => ("initdb and pg_ctl (package postgresql)", POSTGRES_KEEPER),
            Kind::MariaDb => ("mariadbd (package mariadb-server)", MARIADB_KEEPER),
        };
        let durability = if durability == Durability::Full { "full" } else { "none" };
        let folder = tempfile::Builder::new().prefix("toolsync-").tempdir().unwrap().keep();
        let mut child = Command::new("sh")
            .args(["-c", &format!("{AS_NOBODY}{POSTGRES_SETUP}{keeper}"), "keeper"])
            .arg(&folder)
            .arg(durability)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while lines.read_line(&mut said).unwrap() > 0 && !said.ends_with("ready\n") {}
        if !said.ends_with("ready\n") {
            _ = std::fs::remove_dir_all(&folder);
            panic!("these tests need {programs}: install them, or set {SKIP}=1 to pass over these tests. {said}");
        }
        Self { kind, folder, template: OnceCell::new(), _keeper: child }
    }

    /// Ends a PostgreSQL server that promises nothing under whoever is connected, or starts it again.
    pub(crate) fn control_postgres(&self, action: PostgresAction) {
        let action = match action {
            // What was committed stays, though the server of a test writes it late.
            PostgresAction::Stop => "-m fast stop",
            PostgresAction::Start => r#"-l "$1/data/log" -w -o "$options" start"#,
        };
        let script = format!("{AS_NOBODY}{POSTGRES_SETUP}$as pg_ctl -D \"$1/data\" {action} >/dev/null");
        let done = Command::new("sh").args(["-c", &script, "control"]).arg(&self.folder).arg("none").status().unwrap();
        assert!(done.success(), "{script}");
    }

    /// What it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The folder with its socket.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The address of a database of the server.
    pub(crate) fn url(&self, database: &str) -> String {
        let account = match self.kind {
            Kind::Postgres => "toolsync",
            Kind::MariaDb => "root",
        };
        self.url_as(account, database)
    }

    /// The same for another account: `name` or `name:password`.
    pub(crate) fn url_as(&self, account: &str, database: &str) -> String {
        let folder = self.folder.display();
        match self.kind {
            Kind::Postgres => format!("postgres://{account}@localhost/{database}?host={folder}"),
            Kind::MariaDb => format!("mysql://{account}@localhost/{database}?socket={folder}/socket"),
        }
    }
}
