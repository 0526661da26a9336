use super::*;
use crate::model::{CategoryId, CourseId, RunId, SiteKey};
use crate::site::StaleCaches;
use std::path::Path;

fn order() -> RefreshOrder {
    let courses = |ids: &[i64]| ids.iter().copied().map(CourseId).collect();
    let stale = StaleCaches {
        categories: [CategoryId(30)].into(),
        groups: courses(&[9, 4]),
        members: courses(&[4, 11]),
        ..StaleCaches::default()
    };
    RefreshOrder { site: SiteKey("campus".to_owned()), run: RunId::generate(), stale }
}

fn shell(script: &str, timeout: Duration) -> AfterRun {
    AfterRun { program: "/bin/sh".to_owned(), arguments: vec!["-c".to_owned(), script.to_owned()], timeout }
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_command_reads_what_is_stale_as_one_json_object() {
    let folder = tempfile::tempdir().unwrap();
    let got = folder.path().join("got");
    let order = order();
    shell(&format!("cat > '{}'", got.display()), LONG).refresh(&order).await.unwrap();
    let expected = serde_json::json!({
        "site": "campus",
        "run": order.run.to_string(),
        "categories": [30],
        "courses_with_groups": [4, 9, 11],
        "caches": ["core/coursecattree", "core/groupdata", "core/user_group_groupings"],
    });
    let text = std::fs::read_to_string(got).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), expected);
    assert_eq!(text.lines().count(), 1);
}

#[tokio::test]
async fn a_command_that_reads_nothing_is_fine_however_much_there_is() {
    let mut order = order();
    order.stale.groups = (1..200_000).map(CourseId).collect();
    shell("exit 0", LONG).refresh(&order).await.unwrap();
}

#[tokio::test]
async fn failures_are_told_with_the_first_lines_of_standard_error() {
    let noise = "i=0; while [ $i -lt 3000 ]; do echo 'the same line again and again' >&2; i=$((i+1)); done; exit 4";
    let cases = [
        ("echo 'no such host' >&2; echo 'give up' >&2; exit 3", "exit status: 3, saying: no such host / give up"),
        ("exit 1", "the command /bin/sh ended with exit status: 1"),
        ("kill -9 $$", "signal: 9"),
        (noise, "saying: the same line again and again / the same"),
        // What stays behind in the background holds standard error open.
        ("sleep 100 & echo oops >&2; exit 5", "exit status: 5, saying: oops"),
    ];
    for (script, expected) in cases {
        let error = shell(script, LONG).refresh(&order()).await.unwrap_err().to_string();
        assert!(error.contains(expected) && error.len() < 1000, "{script}: {error}");
    }
    let nowhere = AfterRun { program: "/no/such/program".to_owned(), arguments: Vec::new(), timeout: LONG };
    let error = nowhere.refresh(&order()).await.unwrap_err().to_string();
    assert!(error.contains("/no/such/program could not be started"), "{error}");
}

/// Whether a process is at work, and not only waiting to be taken off the list.
fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_killed_with_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let child = folder.path().join("child");
    let script = format!("echo started >&2; sleep 1000 & echo $! > '{}'; wait", child.display());
    let error = shell(&script, Duration::from_secs(1)).refresh(&order()).await.unwrap_err().to_string();
    assert!(error.contains("did not end within 1 s and was killed, saying: started"), "{error}");
    let pid = std::fs::read_to_string(child).unwrap();
    for _ in 0..1_000 {
        if !lives(pid.trim()) {
            return;
        }
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    panic!("the child of the command lives on");
}
