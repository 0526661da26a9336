//! What is measured, as the environment says.

use crate::sites::{Database, Filling, Tables};

pub(crate) struct Settings {
    /// Lines of a file.
    pub(crate) sizes: Vec<usize>,
    pub(crate) databases: Vec<Database>,
    pub(crate) tables: Tables,
    /// What a site holds before; nothing where it is fresh.
    pub(crate) filling: Option<Filling>,
}

/// A site of some size.
const LARGE: Filling = Filling { users: 100_000, courses: 5_000 };

fn words(name: &str, usual: &str) -> Vec<String> {
    let value = std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    value.split(',').map(|word| word.trim().to_owned()).collect()
}

impl Settings {
    /// `TOOLSYNC_BENCH_SIZES=10000,100000`, `TOOLSYNC_BENCH_ENGINES=sqlite,postgres,mariadb`,
    /// `TOOLSYNC_BENCH_SITE=fresh` or `large`, `TOOLSYNC_BENCH_TABLES=own` or `moodle`.
    pub(crate) fn read() -> Self {
        let size = |word: &String| word.parse().unwrap_or_else(|_| panic!("{word:?} is no number of lines"));
        let database = |word: &String| {
            let known = Database::ALL.iter().find(|(name, _)| name == word);
            known.unwrap_or_else(|| panic!("{word:?} is no engine: sqlite, postgres, mariadb")).1
        };
        let filling = match words("TOOLSYNC_BENCH_SITE", "fresh")[0].as_str() {
            "fresh" => None,
            "large" => Some(LARGE),
            other => panic!("{other:?} is no size of a site: fresh, large"),
        };
        let tables = match words("TOOLSYNC_BENCH_TABLES", "own")[0].as_str() {
            "own" => Tables::Own,
            "moodle" => Tables::Moodle,
            other => panic!("{other:?} are no tables: own, moodle"),
        };
        Self {
            sizes: words("TOOLSYNC_BENCH_SIZES", "10000").iter().map(size).collect(),
            databases: words("TOOLSYNC_BENCH_ENGINES", "sqlite,postgres,mariadb").iter().map(database).collect(),
            tables,
            filling,
        }
    }
}
