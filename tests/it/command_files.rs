//! `docs/command-files.md` says what the tools say about themselves.

use crate::support::Shell;
use std::path::Path;

const REFRESH: &str = "cargo run -- tools --markdown > docs/command-files.md";

#[test]
fn the_page_of_the_tools_is_up_to_date() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/command-files.md");
    let kept = std::fs::read_to_string(page).unwrap_or_default();
    let fresh = Shell::new().fine(&["tools", "--markdown"]);
    let stale = fresh.lines().find(|line| !kept.lines().any(|own| own == *line));
    assert!(fresh == kept, "docs/command-files.md is stale, refresh it: {REFRESH}\nthe first new line: {stale:?}");
}
