//! The arrows between modules, read off the `use crate::` lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which modules a module may use besides itself. The adapters behind the site port stand for themselves.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("clock", &[]),
    ("config", &[]),
    ("csv", &["model"]),
    ("archive", &["model"]),
    ("site", &["model"]),
    ("site::sql", &["site", "model"]),
    ("site::after_run", &["site", "model"]),
    ("site::webservice", &["site", "model"]),
    ("site::local_pool", &["site", "model"]),
    ("tools", &["site", "model"]),
    ("store", &["model", "clock"]),
    ("engine", &["tools", "csv", "archive", "site", "store", "model", "clock"]),
    ("scheduler", &["engine", "store", "model", "clock"]),
    ("rpc", &["engine", "scheduler", "store", "tools", "site", "model", "clock"]),
    (
        "app",
        &[
            "rpc",
            "scheduler",
            "engine",
            "store",
            "site",
            "site::sql",
            "site::after_run",
            "site::webservice",
            "site::local_pool",
            "config",
            "model",
            "clock",
            // Its tests go over all of them.
            "tools",
        ],
    ),
    ("cli", &["app", "rpc", "config", "model"]),
];

/// Folders and files below `site` that are adapters.
const SITE_ADAPTERS: [&str; 4] = ["sql", "after_run", "webservice", "local_pool"];

/// Crates that only some modules may name.
const RESERVED_CRATES: &[(&str, &[&str])] = &[
    ("tonic", &["rpc", "cli"]),
    ("prost", &["rpc", "cli"]),
    ("sqlx", &["store", "site::sql"]),
    ("object_store", &["store"]),
    ("reqwest", &["site::webservice"]),
    ("clap", &["cli", "main"]),
    ("image", &["site"]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

fn module_of(path: &Path, root: &Path) -> String {
    let parts: Vec<_> = path.strip_prefix(root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
    match parts[..] {
        ["site", adapter, ..] if SITE_ADAPTERS.contains(&adapter) => format!("site::{adapter}"),
        [first, ..] => first.trim_end_matches(".rs").to_owned(),
        [] => unreachable!("a source file has a name"),
    }
}

/// The modules that a text names behind `crate::`.
fn used(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let names = code.match_indices("crate::").map(|(at, found)| &code[at + found.len()..]);
    names
        .map(|rest| {
            let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
            let first = word(rest);
            let second = rest[first.len()..].strip_prefix("::").map(word).unwrap_or_default();
            match SITE_ADAPTERS.contains(&second.as_str()) && first == "site" {
                true => format!("site::{second}"),
                false => first,
            }
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn modules_use_only_what_the_map_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let allowed: BTreeMap<_, _> = ALLOWED.iter().copied().collect();
    let mut wrong = Vec::new();
    for path in sources(&root) {
        let module = module_of(&path, &root);
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let Some(may_use) = allowed.get(module.as_str()) else {
            wrong.push(format!("{module}: a module that is not on the map ({})", path.display()));
            continue;
        };
        for other in used(&std::fs::read_to_string(&path).unwrap()) {
            if other != module && allowed.contains_key(other.as_str()) && !may_use.contains(&other.as_str()) {
                wrong.push(format!("{module} -> {other} ({})", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "forbidden arrows:\n{}", wrong.join("\n"));
}

#[test]
fn crates_stay_in_their_rooms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for path in sources(&root) {
        let module = module_of(&path, &root);
        let text = std::fs::read_to_string(&path).unwrap();
        for (name, rooms) in RESERVED_CRATES {
            let named =
                text.lines().any(|line| line.contains(&format!("{name}::")) && !line.trim_start().starts_with("//"));
            if named && !rooms.contains(&module.as_str()) {
                wrong.push(format!("{name} in {}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "crates outside of their rooms:\n{}", wrong.join("\n"));
}

#[test]
fn the_wall_clock_is_read_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let reads = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        ["Utc::now()", "SystemTime::now()", "Local::now()"].iter().any(|call| text.contains(call))
    };
    let wrong: Vec<_> =
        sources(&root).into_iter().filter(|path| module_of(path, &root) != "clock").filter(reads).collect();
    assert!(wrong.is_empty(), "the clock is read in {wrong:?}");
}
