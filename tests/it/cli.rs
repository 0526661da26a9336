//! The command line: what scripts and people get from it.

use crate::support::site::snapshot;
use crate::support::{ServerProcess, Shell, objects};
use serde_json::Value;
use std::path::Path;
use toolsync::model::ToolKind;

fn campus() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/campus").display().to_string()
}

fn summaries(objects: &[Value]) -> Vec<&Value> {
    objects.iter().filter(|object| object["event"] == "summary").collect()
}

/// The tools of the campus, in the order in which its files are applied.
const CAMPUS_TOOLS: [&str; 9] = [
    "courses",
    "users",
    "cohorts",
    "groups",
    "cohort_bindings",
    "enrolments",
    "metacourses",
    "group_members",
    "user_pictures",
];

const GOOD: &str = "username;firstname;lastname;email;idnumber\nawa;Awa;Koné;awa@example.org;E1\n";
const MIXED: &str = "username;firstname;lastname;email;idnumber\nawa;Awa;Koné;awa@example.org;E1\n\
                     nobody;;Kent;nobody@example.org;E2\n";

#[tokio::test]
async fn the_campus_is_applied_and_applied_again_without_a_change() {
    let shell = Shell::new();
    let first = shell.json(&["apply", &campus()]);
    let told = summaries(&first);
    assert_eq!(told.iter().map(|run| &run["tool"]).collect::<Vec<_>>(), CAMPUS_TOOLS);
    for run in &told {
        assert_eq!(run["state"], "SUCCEEDED", "{run}");
        let count = |outcome: &str| run["counters"][outcome].as_u64().unwrap();
        assert_eq!(count("created") + count("updated"), count("lines"), "{run}");
    }
    for run in &told {
        let of_run = || first.iter().filter(|object| object["run_id"] == run["run_id"]);
        let lines = of_run().filter(|object| object["event"] == "line").count();
        assert_eq!(run["counters"]["lines"], lines, "every line is told");
        let events: Vec<_> = of_run().map(|object| object["event"].as_str().unwrap()).collect();
        assert_eq!((events[0], &events[events.len() - 2..]), ("started", &["finished", "summary"][..]));
    }
    let before = snapshot(&shell.site_database()).await;

    let said = shell.run(&["apply", &campus()]);
    assert_eq!(said.code, 0, "{said:?}");
    for words in ["42 lines: 42 skipped", "669 lines: 669 unchanged", "2,477 lines: 2,477 unchanged"] {
        assert!(said.stdout.contains(words), "{words}: {}", said.stdout);
    }
    assert!(said.stderr.contains("courses.csv: courses"), "{}", said.stderr);
    let table: Vec<&str> = said.stdout.lines().rev().take(CAMPUS_TOOLS.len() + 1).collect();
    assert!(table.last().unwrap().starts_with("FILE") && table[0].starts_with("userpictures.zip"), "{}", said.stdout);
    assert!(snapshot(&shell.site_database()).await == before, "the second time changed the site");
    let forced = shell.fine(&["apply", &campus(), "-o", "force_update=true"]);
    assert!(forced.contains("42 lines: 42 unchanged"), "{forced}");
    assert!(snapshot(&shell.site_database()).await == before, "the forced time changed the site");
    assert_eq!(shell.json(&["runs", "ls", "--limit", "100"]).len(), 3 * CAMPUS_TOOLS.len());
}

#[test]
fn the_exit_code_tells_how_it_went() {
    let shell = Shell::new();
    shell.file("good.csv", GOOD);
    shell.file("mixed.csv", MIXED);
    shell.file("partial.csv", "username;firstname;lastname;email;course1\nzoe;Z;Z;zoe@example.org;NOPE\n");
    shell.file("wrong.csv", "username;firstname;lastnam\na;b;c\n");
    let cases: [(&[&str], i32); 9] = [
        (&["run", "users", "good.csv"], 0),
        (&["run", "users", "good.csv", "--dry-run"], 0),
        (&["run", "users", "mixed.csv"], 1),
        (&["run", "users", "partial.csv"], 1),
        (&["run", "users", "mixed.csv", "--max-errors", "1"], 1),
        (&["run", "users", "wrong.csv"], 2),
        (&["run", "users", "missing.csv"], 2),
        (&["run"], 2),
        (&["--version"], 0),
    ];
    for (args, code) in cases {
        let said = shell.run(args);
        assert_eq!(said.code, code, "{args:?}: {said:?}");
    }
}

#[test]
fn a_summary_tells_the_warnings_of_the_run_and_what_was_passed_over() {
    let shell = Shell::new();
    let header = "username;firstname;lastname;email;profile_field_nope";
    shell.file("users.csv", format!("# people\n{header}\n\nawa;Awa;Koné;awa@example.org;x\n# end\n").as_str());
    let said = shell.fine(&["run", "users", "users.csv"]);
    for words in ["1 line: 1 created", "2 comments and 1 blank line passed over", "warning  PROFILE_FIELD_UNKNOWN: "] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let told = shell.json(&["run", "users", "store:/users.csv"]);
    let [summary] = &summaries(&told)[..] else { panic!("{told:?}") };
    assert_eq!((&summary["counters"]["comments"], &summary["counters"]["blanks"]), (&2.into(), &1.into()));
    assert_eq!(
        (&summary["warnings"][0]["reason"], &summary["warnings"][0]["count"]),
        (&"PROFILE_FIELD_UNKNOWN".into(), &1.into())
    );
    let report = shell.fine(&["report", summary["run_id"].as_str().unwrap()]);
    for words in ["passed over besides: 2 comments, 1 blank lines", "archive        switched off (option archive)"] {
        assert!(report.contains(words), "{words}: {report}");
    }
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_and_does_nothing() {
    let shell = Shell::new();
    shell.file("in/users.csv", MIXED);
    shell.fine(&["tools"]);
    let before = snapshot(&shell.site_database()).await;
    let said = shell.run(&["run", "users", "in/users.csv", "--dry-run", "--verbose"]);
    assert_eq!(said.code, 1);
    for words in
        ["line 2  CREATED  awa", "line 3  FAILED  nobody  VALUE_MISSING", "2 lines: 1 created, 1 failed", "dry run"]
    {
        assert!(said.stdout.contains(words), "{words}: {}", said.stdout);
    }
    assert!(snapshot(&shell.site_database()).await == before, "a dry run changed the site");
}

#[test]
fn files_go_in_and_out() {
    let shell = Shell::new();
    shell.file("users.csv", GOOD);
    assert_eq!(shell.fine(&["files", "put", "users.csv"]), "");
    assert_eq!(shell.fine(&["files", "mkdir", "/erp/in"]), "");
    assert_eq!(shell.fine(&["files", "put", "users.csv", "/erp/in/"]), "");
    assert_eq!(shell.fine(&["files", "get", "/erp/in/users.csv", "-"]), GOOD);
    assert_eq!(shell.fine(&["files", "mv", "/erp/in/users.csv", "/erp/people.csv"]), "");
    let listed = shell.json(&["files", "ls", "-r"]);
    let paths: Vec<_> = listed.iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["/archives", "/erp", "/erp/in", "/erp/people.csv", "/reports", "/users.csv"]);
    assert!(shell.fine(&["files", "ls"]).contains("command"));
    shell.fine(&["files", "get", "/erp/people.csv"]);
    assert_eq!(std::fs::read_to_string(shell.folder.path().join("people.csv")).unwrap(), GOOD);
    shell.refused(&["files", "get", "/erp/people.csv"], &["people.csv is there already", "hint: pass --overwrite"]);
    shell.file("users.csv", MIXED);
    shell.refused(&["files", "put", "users.csv"], &["/users.csv exists already", "hint: pass --overwrite"]);
    shell.fine(&["files", "put", "users.csv", "--overwrite"]);
    assert_eq!(shell.fine(&["files", "get", "/users.csv", "-"]), MIXED);
    shell.refused(&["files", "rm", "/erp"], &["/erp is not empty", "delete what is in it first"]);
    shell.fine(&["files", "rm", "/erp/people.csv", "/erp/in", "/erp", "/users.csv"]);
    assert_eq!(shell.json(&["files", "ls", "-r", "--kind", "command"]).len(), 0);
    shell.refused(&["files", "get", "/users.csv", "-"], &["cannot fetch /users.csv", "does not exist"]);
    shell.refused(&["files", "put", "users.csv", "/reports/mine.csv"], &["belong", "/reports"]);
    shell.refused(&["files", "put", "nowhere.csv"], &["cannot read nowhere.csv"]);
    shell.refused(&["files", "put", "data"], &["cannot read data"]);
}

#[test]
fn runs_and_reports_can_be_looked_at_later() {
    let shell = Shell::new();
    shell.file("users.csv", MIXED);
    assert_eq!(shell.run(&["run", "users", "users.csv", "-o", "archive=true"]).code, 1);
    let runs = shell.json(&["runs", "ls", "--tool", "users", "--state", "succeeded"]);
    let [run] = &runs[..] else { panic!("one run is expected: {runs:?}") };
    let id = run["id"].as_str().unwrap();
    assert_eq!((&run["source"], &run["counters"]["failed"]), (&"/users.csv".into(), &1.into()));
    assert!(shell.fine(&["runs", "ls"]).contains(id));
    let shown = shell.fine(&["runs", "show", id]);
    for words in ["/archives/", "_tryback_", "archive=true", "2 lines: 1 created, 1 failed"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let report = shell.fine(&["report", id]);
    let path = run["files"]["report_path"].as_str().unwrap();
    assert!(report.starts_with("toolsync report") && report.contains("VALUE_MISSING"), "{report}");
    assert!(report.contains(path), "the report in short names the one with every line: {report}");
    let stored = shell.fine(&["files", "get", path, "-"]);
    assert!(stored.contains("line 3  FAILED  nobody") && stored.ends_with("End of report\n"), "{stored}");
    let problems = shell.fine(&["report", id, "--problems"]);
    assert!(
        problems.starts_with("line 3  FAILED  nobody  VALUE_MISSING") && problems.lines().count() == 1,
        "{problems}"
    );
    let watched = shell.run(&["--json", "runs", "watch", id]);
    assert_eq!(summaries(&objects(&watched.stdout)).len(), 1, "{watched:?}");
    assert_eq!(shell.json(&["runs", "ls", "--state", "failed"]).len(), 0);
    let other = "01980000-0000-7000-8000-000000000000";
    shell.refused(&["runs", "show", other], &[other, "cannot read the run"]);
    shell.refused(&["report", "latest"], &["\"latest\"", "UUID"]);
    shell.refused(&["runs", "ls", "--state", "done"], &["queued, running, succeeded"]);
}

#[test]
fn a_request_is_not_done_twice() {
    let shell = Shell::new();
    shell.file("users.csv", GOOD);
    let ids: Vec<Value> = (0..2)
        .map(|_| shell.json(&["run", "users", "users.csv", "--request-id", "r1"]).pop().unwrap()["run_id"].clone())
        .collect();
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn tools_tell_what_they_take() {
    let shell = Shell::new();
    let tools = shell.json(&["tools"]);
    let names: Vec<_> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert_eq!(names, ToolKind::ALL.map(ToolKind::name));
    for tool in &tools {
        let name = tool["name"].as_str().unwrap();
        let destroys = ["delete_", "clean_", "reset_"].iter().any(|verb| name.starts_with(verb));
        assert_eq!(tool["impact"] == "DESTROYS", destroys, "{tool}");
        let makes_lists = ["clean_categories", "picture_hashes"].contains(&name);
        assert_eq!(tool["file_optional"].as_bool(), Some(makes_lists), "{tool}");
    }
    let users = shell.fine(&["tools", "users"]);
    for words in ["username", "allow_rename", "separator", "required", "profile_field_<...>"] {
        assert!(users.contains(words), "{words}");
    }
    for name in CAMPUS_TOOLS {
        let sample = shell.fine(&["tools", name, "--sample"]);
        shell.file(&format!("samples/{name}.csv"), &sample);
    }
    // The samples belong together: what one creates, the next one needs.
    let applied = shell.run(&["--json", "apply", "samples"]);
    for run in summaries(&objects(&applied.stdout)) {
        assert_eq!(run["state"], "SUCCEEDED", "{run}");
    }
    shell.refused(&["run", "users"], &["users needs a command file", "hint: `toolsync tools users --sample`"]);
    for tool in ["clean_categories", "picture_hashes"] {
        let listed = shell.run(&["run", tool, "--dry-run"]);
        assert_eq!(listed.code, 0, "{listed:?}");
    }
    shell.refused(&["tools", "user"], &["there is no tool \"user\"", "hint: did you mean users?"]);
}

#[test]
fn schedules_are_kept_by_a_server() {
    let mut shell = Shell::new();
    let server = ServerProcess::start(&shell.data());
    shell.server = Some(server.address.clone());
    shell.file("users.csv", GOOD);
    shell.fine(&["files", "put", "users.csv", "/users.csv"]);
    let set = ["schedule", "set", "nightly", "users", "/users.csv", "--cron", "0 2 * * *", "--zone", "Europe/Paris"];
    let told = shell.fine(&set);
    for words in ["nightly", "active", "0 2 * * *", "Europe/Paris", "/users.csv"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let listed = shell.json(&["schedule", "ls"]);
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0]["name"], &listed[0]["state"]), (&"nightly".into(), &"ACTIVE".into()), "{}", listed[0]);
    assert!(shell.fine(&["schedule", "pause", "nightly"]).contains("paused"));
    assert!(shell.fine(&["schedule", "resume", "nightly"]).contains("active"));
    let triggered = shell.json(&["schedule", "trigger", "nightly"]);
    assert_eq!(triggered.last().unwrap()["counters"]["created"], 1, "{triggered:?}");
    let wrong = ["schedule", "set", "odd", "users", "/users.csv", "--cron", "every night"];
    shell.refused(&wrong, &["cron", "every night"]);
    let nowhere = ["schedule", "set", "odd", "users", "/users.csv", "--cron", "0 2 * * *", "--zone", "Mars/Base"];
    shell.refused(&nowhere, &["zone", "Mars/Base"]);
    assert_eq!(shell.fine(&["schedule", "rm", "nightly"]), "");
    assert_eq!(shell.json(&["schedule", "ls"]).len(), 0);
    shell.refused(&["schedule", "rm", "nightly"], &["nightly", "does not exist"]);

    // The folder has one master; whoever comes second is told whom to talk to.
    shell.server = None;
    shell.refused(&["runs", "ls"], &["in use by another toolsync", "hint: ", "--server"]);
}

#[test]
fn the_service_is_not_offered_to_other_machines() {
    let shell = Shell::new();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:50051"] {
        shell.refused(&["serve", "--listen", address], &["will not listen on", "hint: ", "127.0.0.1", "SSH tunnel"]);
    }
    shell.refused(&["serve", "--listen", "localhost"], &["\"localhost\"", "127.0.0.1:50051"]);
    assert!(!shell.site_database().exists(), "a refused service made a site");
}

#[test]
fn errors_come_with_what_to_do() {
    let shell = Shell::new();
    shell.file("users.csv", GOOD);
    let run = |rest: &[&'static str]| [&["run", "users", "users.csv"], rest].concat();
    shell.refused(
        &run(&["--option", "seperator=,"]),
        &["\"seperator\"", "did you mean \"separator\"?", "hint: `toolsync tools users`"],
    );
    shell.refused(&run(&["--option", "separator"]), &["NAME=VALUE"]);
    shell.refused(&run(&["-o", "report=1", "-o", "report=0"]), &["report is given twice", "hint: give it once"]);
    shell.refused(&run(&["-o", "report=maybe"]), &["report", "\"maybe\"", "hint: `toolsync tools users`"]);
    assert_eq!(shell.json(&["files", "ls", "--kind", "command"]).len(), 0, "a refused command stored its file");
    shell.refused(&run(&["--dryrun"]), &["--dryrun", "--dry-run"]);
    shell.refused(&["apply", "users.csv", "-o", "force_updat=1"], &["force_updat", "hint: did you mean force_update?"]);
    shell.refused(&["run", "user", "users.csv"], &["there is no tool \"user\"", "hint: did you mean users?"]);
    shell.refused(&["run", "users", "store:/none.csv"], &["no file /none.csv", "upload it first", "files ls -r"]);
    shell.refused(&["run", "users", "store:none.csv"], &["hint: did you mean store:/none.csv?"]);
    shell.refused(&["run", "users", "-"], &["stdin is not read", "hint: save it to a file"]);
    shell.refused(&["run", "users", "none.csv"], &["none.csv", "hint: check the path", "store:/PATH"]);
    shell.refused(&["runs", "show", "last"], &["\"last\"", "hint: `toolsync runs ls`"]);
    shell.refused(&["runs", "ls", "--limit", "0"], &["--limit", "1 or more"]);
    shell.refused(&["schedule", "show", "nightly"], &["nightly", "hint: `toolsync schedule ls`"]);
    let occupied = ["--data", "users.csv"];
    shell
        .refused(&[&["runs", "ls"], &occupied[..]].concat(), &["users.csv as the data folder: it is a file", "--data"]);
    shell.refused(&["serve", "--server", "127.0.0.1:9"], &["is a server itself", "hint: leave out --server"]);
    shell.refused(&["runs", "ls", "--server", "127.0.0.1:9"], &["cannot reach", "hint: ", "toolsync serve"]);
    shell.refused(&["runs", "ls", "--server", "https://127.0.0.1:9"], &["TLS is not offered", "hint: "]);
    shell.file("odd.toml", "listn = \"127.0.0.1:0\"\n[store]\nmax_file_bytes = \"lots\"\n");
    let words = ["2 settings are wrong", "listn (", "odd.toml", "listen", "store.max_file_bytes", "\"lots\""];
    shell.refused(&["runs", "ls", "--config", "odd.toml"], &words);
    shell.refused(&["runs", "ls", "--config", "none.toml"], &["cannot read the configuration none.toml"]);
}

#[test]
fn a_file_that_no_tool_recognises_keeps_the_others_from_being_applied() {
    let shell = Shell::new();
    shell.file("in/users.csv", GOOD);
    shell.file("in/pets.csv", "name;species\nRex;dog\n");
    shell.file("in/notes.txt", "no command file\n");
    shell.refused(&["apply", "in"], &["pets.csv", "fits no tool", "hint: ", "toolsync run"]);
    assert_eq!(shell.json(&["runs", "ls"]).len(), 0);
    assert_eq!(shell.json(&["files", "ls", "-r", "--kind", "command"]).len(), 0);
    std::fs::remove_file(shell.folder.path().join("in/pets.csv")).unwrap();
    shell.fine(&["apply", "in"]);
    shell.refused(&["apply", "nowhere"], &["cannot read nowhere"]);
    std::fs::create_dir(shell.folder.path().join("none")).unwrap();
    shell.refused(&["apply", "none"], &["no command file", "hint: "]);
}

#[test]
fn a_refused_file_is_told_on_stderr_and_its_run_on_stdout() {
    let shell = Shell::new();
    shell.file("users.csv", "username;firstname;lastnam\na;b;c\n");
    let said = shell.run(&["run", "users", "users.csv"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("error: /users.csv was not run") && said.stderr.contains("\"lastname\""), "{said:?}");
    let said = shell.run(&["--json", "--quiet", "run", "users", "users.csv"]);
    assert_eq!((said.code, summaries(&objects(&said.stdout))[0]["state"].clone()), (2, "FAILED".into()));
    shell.file("courses.csv", "shortname;fullname;category\nA;B;1\n");
    let said = shell.run(&["run", "users", "courses.csv"]);
    assert!(said.stderr.contains("hint: the columns fit the tool courses"), "{said:?}");
}

#[test]
fn a_reader_that_leaves_does_not_end_a_run() {
    let shell = Shell::new();
    shell.file("in/users.csv", MIXED);
    shell.file("in/enrolments.csv", "cmd;rolename;uid;cid\nadd;student;E1;NOPE\n");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_toolsync"));
    command.current_dir(shell.folder.path()).args(["--data", "data", "--json", "apply", "in"]);
    command.env_remove("TOOLSYNC_SERVER").stderr(std::process::Stdio::null());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = command.stdout(writer).status().unwrap();
    assert_eq!(status.code(), Some(1), "the verdict is that of the runs");
    let states: Vec<_> = shell.json(&["runs", "ls"]).iter().map(|run| run["state"].clone()).collect();
    assert_eq!(states, ["SUCCEEDED", "SUCCEEDED"]);
}

#[test]
fn what_failed_can_be_followed_up() {
    let shell = Shell::new();
    let lines: String =
        (0..60).map(|number| format!("nobody{number};;Kent;n{number}@example.org;N{number}\n")).collect();
    shell.file("in/users.csv", &format!("{GOOD}{lines}"));
    let said = shell.run(&["apply", "in"]);
    assert_eq!(said.stdout.lines().filter(|line| line.starts_with("line ")).count(), 50, "{said:?}");
    let run = shell.json(&["runs", "ls"]).remove(0);
    let id = run["id"].as_str().unwrap();
    assert!(said.stdout.contains(&format!("… 10 more; `toolsync report {id} --problems`")), "{said:?}");
    assert!(said.stderr.contains("hint: `toolsync files get /users_tryback_"), "{said:?}");
    let again = shell.run(&["runs", "cancel", id]);
    assert!(again.code == 0 && again.stderr.contains("had ended already"), "{again:?}");
    shell.file("new/users.csv", "username;firstname;lastname;email\nnew;N;N;new@example.org\n");
    shell.file("new/enrolments.csv", "cmd;rolename;uid;cid\nadd;student;new;NOPE\n");
    let tried = shell.run(&["apply", "new", "--dry-run"]);
    assert!(tried.stdout.contains("COURSE_UNKNOWN"), "{tried:?}");
    assert!(!tried.stdout.contains("USER_UNKNOWN"), "whom the first file creates the second one knows: {tried:?}");
}

#[tokio::test]
async fn all_operations_on_courses_are_one_command() {
    let shell = Shell::new();
    shell.file("courses.csv", "shortname;fullname\nA-1;One\nA-2;Two\n");
    shell.file("list.csv", "A-1\nA-3\n");
    shell.file("links.csv", "master;meta\nA-1;A-2\n");
    let files = ["--metacourses", "links.csv", "--create", "courses.csv", "--check", "list.csv"];
    let with =
        |more: &[&'static str]| ["course-operations"].iter().chain(&files).chain(more).copied().collect::<Vec<_>>();
    shell.fine(&["runs", "ls"]);
    let before = snapshot(&shell.site_database()).await;
    let tried = shell.json(&with(&["--dry-run"]));
    assert!(snapshot(&shell.site_database()).await == before, "a dry run writes nothing");
    let done = shell.json(&with(&[]));
    for told in [&tried, &done] {
        let told = summaries(told);
        assert_eq!(
            told.iter().map(|run| &run["tool"]).collect::<Vec<_>>(),
            ["check_courses", "courses", "metacourses"]
        );
        let created: Vec<_> = told.iter().map(|run| run["counters"]["created"].as_u64().unwrap()).collect();
        assert_eq!(created, [0, 2, 1]);
    }
    let said = shell.run(&with(&["-o", "force_update=true"]));
    assert!(said.stdout.contains("2 lines: 2 unchanged"), "{said:?}");
    let wrong = shell.run(&with(&["-o", "force_update=perhaps"]));
    assert!(wrong.code == 2 && wrong.stderr.contains("the option force_update"), "{wrong:?}");
    assert!(shell.run(&["course-operations"]).stderr.contains("at least one operation"));
}

#[tokio::test]
async fn the_site_itself_can_be_looked_at() {
    let shell = Shell::new();
    assert_eq!(shell.run(&["apply", &campus()]).code, 0);
    let check = shell.json(&["site", "check"]);
    assert_eq!(check[0]["version"].as_str().map(|version| &version[..10]), Some("2022112802"), "{check:?}");
    assert!(check[0]["roles"].as_array().unwrap().contains(&"editingteacher".into()), "{check:?}");
    let said = shell.run(&["site", "verify"]);
    assert_eq!((said.code, said.stdout.as_str()), (0, ""), "{said:?}");

    execute(&shell.site_database(), "update mdl_context set depth = 9 where id = 10").await;
    let said = shell.run(&["site", "verify"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stdout.contains("id 10"), "{said:?}");
}

/// Changes the site behind the back of the service.
async fn execute(database: &Path, sql: &'static str) {
    use sqlx::ConnectOptions;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    sqlx::query(sql).execute(&mut options.connect().await.unwrap()).await.unwrap();
}
