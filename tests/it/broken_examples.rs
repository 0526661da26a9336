//! The examples of refused files: what each of them shows is what the service says.

use crate::runs::apply_campus;
use crate::support::site::snapshot;
use crate::support::{RunRequest, RunResult, TestServer, example, sum};
use std::collections::{BTreeMap, BTreeSet};
use toolsync::model::Reason;
use toolsync::rpc::pb;

/// What a file is to show, by `expectations.csv`.
#[derive(Debug, Default)]
struct Expected {
    tool: String,
    options: String,
    /// Reasons of the whole file.
    file: BTreeSet<String>,
    /// Reasons by line.
    lines: BTreeMap<u64, BTreeSet<String>>,
}

fn expectations() -> BTreeMap<String, Expected> {
    let text = String::from_utf8(example("broken/expectations.csv")).unwrap();
    let mut files: BTreeMap<String, Expected> = BTreeMap::new();
    for row in text.lines().skip(1) {
        let [file, tool, options, line, reason] = row.split(';').collect::<Vec<_>>()[..] else {
            panic!("{row}: five cells are expected")
        };
        let expected = files.entry(file.to_owned()).or_default();
        if expected.tool.is_empty() {
            (expected.tool, expected.options) = (tool.to_owned(), options.to_owned());
        }
        assert_eq!((&*expected.tool, &*expected.options), (tool, options), "{file}: all rows of a file are one run");
        let reasons = match line {
            "file" => &mut expected.file,
            line => expected.lines.entry(line.parse().unwrap()).or_default(),
        };
        assert!(reasons.insert(reason.to_owned()), "{row}: stands twice");
    }
    files
}

impl Expected {
    fn request(&self, path: &str) -> RunRequest {
        let tool = pb::Tool::from_str_name(&format!("TOOL_{}", self.tool.to_uppercase()));
        let tool = tool.unwrap_or_else(|| panic!("there is no tool {}", self.tool));
        let pairs: Vec<_> = self.options.split_whitespace().map(|pair| pair.split_once('=').unwrap()).collect();
        RunRequest::stored(tool, path).options(&pairs).dry()
    }
}

/// A service whose site has the campus of the examples.
async fn campus() -> TestServer {
    let server = TestServer::start().await;
    for result in apply_campus(&server).await {
        let counters = result.counters();
        assert_eq!(
            counters.created + counters.updated,
            counters.lines,
            "{:?}: {counters:?}",
            result.finished().message
        );
    }
    server
}

/// How a line fares that shows its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nothing of it is applied.
    Fails,
    /// A part of it is not applied.
    AppliedInPart,
    /// It is applied, and something is told about it.
    Passes,
}

/// How much the reason weighs that a file shows, and how its line fares.
fn weight(file: &str) -> (pb::Severity, Fate) {
    match file {
        "users-surplus-cells.csv" | "users-remote-unsupported.csv" | "cohort_bindings-binding-not-found.csv" => {
            (pb::Severity::Warning, Fate::Passes)
        }
        "enrolments-membership-protected.csv" | "group_members-membership-protected.csv" => {
            (pb::Severity::Notice, Fate::Passes)
        }
        "cohorts-user-unknown.csv"
        | "groups-grouping-unknown.csv"
        | "enrolments-group-no-role.csv"
        | "enrolments-group-not-enrolled.csv"
        | "enrolments-group-unknown.csv"
        | "users-course-unknown.csv"
        | "users-enrol-method-unavailable.csv"
        | "users-group-not-enrolled.csv"
        | "users-role-above.csv"
        | "users-site-course.csv"
        | "users-role-unknown.csv" => (pb::Severity::Error, Fate::AppliedInPart),
        _ => (pb::Severity::Error, Fate::Fails),
    }
}

fn fate(line: &pb::LineResult) -> Fate {
    match (line.outcome(), line.completeness()) {
        (pb::Outcome::Failed, _) => Fate::Fails,
        (_, pb::Completeness::Partial) => Fate::AppliedInPart,
        _ => Fate::Passes,
    }
}

fn errors(line: &pb::LineResult) -> Vec<&pb::Problem> {
    line.problems.iter().filter(|problem| problem.severity() == pb::Severity::Error).collect()
}

/// Errors that are about a line as a whole; all others name their column.
const ABOUT_THE_LINE: [&str; 4] = ["CELL_COUNT", "INVALID_ENCODING", "UNTERMINATED_QUOTE", "BAD_QUOTE"];

/// What differs between a run and what was expected of it.
async fn differences(server: &TestServer, file: &str, expected: &Expected, result: &RunResult) -> Vec<String> {
    let mut found = Vec::new();
    let mut differs = |what: String| found.push(format!("{file}: {what}"));
    let report = server.report(&result.run_id()).await;
    if expected.file.is_empty() {
        if result.state() != pb::RunState::Succeeded {
            differs(format!("the run is {:?}: {}", result.state(), result.finished().message));
        }
        for (number, reasons) in &expected.lines {
            let Some(line) = result.lines().into_iter().find(|line| line.line == *number) else {
                differs(format!("there is no line {number}"));
                continue;
            };
            let told: BTreeSet<String> = line.problems.iter().map(|problem| problem.reason.clone()).collect();
            if !reasons.is_subset(&told) {
                differs(format!("line {number} tells {told:?} and not {reasons:?}: {:?}", line.problems));
            }
            let lost = errors(line).into_iter().filter(|problem| {
                problem.column.as_deref().unwrap_or("").is_empty() && !ABOUT_THE_LINE.contains(&&*problem.reason)
            });
            lost.for_each(|problem| differs(format!("line {number} has an error and no column: {problem:?}")));
            let (severity, expected_fate) = weight(file);
            let as_heavy = |problem: &&pb::Problem| reasons.contains(&problem.reason) && problem.severity() == severity;
            if fate(line) != expected_fate || !line.problems.iter().any(|problem| as_heavy(&problem)) {
                differs(format!("line {number} {:?} and not {expected_fate:?}: {:?}", fate(line), line.problems));
            }
        }
    } else {
        let told: BTreeSet<String> = report.problem_groups.iter().map(|group| group.reason.clone()).collect();
        if result.state() != pb::RunState::Failed || !expected.file.is_subset(&told) {
            differs(format!("the run is {:?} for {told:?}: {}", result.state(), result.finished().message));
        }
        if !result.lines().is_empty() {
            differs("a refused file has lines".to_owned());
        }
    }
    for line in result.lines() {
        let may_fail = expected.lines.contains_key(&line.line);
        if !may_fail && (!errors(line).is_empty() || line.outcome() == pb::Outcome::Failed) {
            differs(format!("line {} has problems that are not expected: {:?}", line.line, line.problems));
        }
        if let Some(mute) = line.problems.iter().find(|problem| problem.message.len() < 20) {
            differs(format!("line {}: {:?} helps nobody", line.line, mute.message));
        }
    }
    let counters = result.counters();
    if counters.lines != result.lines().len() as u64 || counters.lines != sum(&counters) {
        differs(format!("{counters:?} do not add up to {} lines", result.lines().len()));
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_is_as_the_expectations_say() {
    let server = campus().await;
    let before = snapshot(&server.site_database()).await;
    let mut differing = Vec::new();
    for (file, expected) in expectations() {
        let path = format!("/broken/{file}");
        server.put(&path, example(&format!("broken/{file}"))).await;
        let result = expected.request(&path).send(&server).await;
        differing.extend(differences(&server, &file, &expected, &result).await);
    }
    assert!(differing.is_empty(), "\n{}", differing.join("\n"));
    let after = snapshot(&server.site_database()).await;
    assert!(before == after, "dry runs changed the site");
}

#[test]
fn every_example_is_expected_to_show_something() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/broken");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> =
        names.filter(|name| (name.ends_with(".csv") && name != "expectations.csv") || name.ends_with(".zip")).collect();
    assert_eq!(files, expectations().into_keys().collect());
}

/// Files that can hold no comment.
const WITHOUT_COMMENTS: [&str; 3] = ["file-empty.csv", "not-text-random.csv", "not-text-utf16.csv"];

#[test]
fn the_comments_of_a_file_say_the_same_as_the_expectations() {
    for (file, expected) in expectations() {
        let content = example(&format!("broken/{file}"));
        let text = String::from_utf8_lossy(&content);
        let mut said = BTreeSet::new();
        for comment in text.lines().filter_map(|line| line.strip_prefix("# expect: ")) {
            let (line, reason) = comment.split_once(' ').unwrap();
            said.insert((line.to_owned(), reason.to_owned()));
        }
        let options = text.lines().find_map(|line| line.strip_prefix("# options: ")).unwrap_or_default();
        if WITHOUT_COMMENTS.contains(&&*file) || file.ends_with(".zip") {
            assert!(said.is_empty(), "{file}");
            continue;
        }
        let of_file = expected.file.iter().map(|reason| ("file".to_owned(), reason.clone()));
        let of_line = |(line, reasons): (&u64, &BTreeSet<String>)| {
            let line = line.to_string();
            reasons.iter().map(|reason| (line.clone(), reason.clone())).collect::<Vec<_>>()
        };
        let expected_to_say: BTreeSet<_> = of_file.chain(expected.lines.iter().flat_map(of_line)).collect();
        assert_eq!((said, options), (expected_to_say, &*expected.options), "{file}");
    }
}

/// Reasons that refuse something and that no small file can show on the site of the examples.
const NEED_MORE_THAN_A_FILE: [Reason; 20] = [
    Reason::ActivityForeign,
    Reason::ArchiveTooLarge,
    Reason::LineTooLong,
    Reason::NotReached,
    Reason::SiteRefused,
    Reason::SiteConflict,
    Reason::MoodleRefused,
    Reason::TemplateAmbiguous,
    Reason::MoodleNotAsked,
    Reason::MoodleUnanswered,
    Reason::UserAmbiguous,
    Reason::CourseAmbiguous,
    Reason::CategoryAmbiguous,
    Reason::CohortAmbiguous,
    Reason::CohortManaged,
    Reason::GroupAmbiguous,
    Reason::GroupingAmbiguous,
    Reason::ProfileBadOption,
    Reason::ProfileNotUnique,
    Reason::PictureMissing,
];

/// Reasons that never refuse anything.
const NOTICES_AND_WARNINGS: [Reason; 33] = [
    Reason::CategoryNotEmpty,
    Reason::CategoryInUse,
    Reason::CategoryNeeded,
    Reason::NoRecycleBin,
    Reason::DeletionWay,
    Reason::TemplateRepeated,
    Reason::ContentNotCopied,
    Reason::ColumnIgnored,
    Reason::ValueAdjusted,
    Reason::Unsupported,
    Reason::EmailProtected,
    Reason::AlreadyRenamed,
    Reason::DeleteMissing,
    Reason::PasswordPolicy,
    Reason::ProfileFieldUnknown,
    Reason::CourseExists,
    Reason::CategoryCreated,
    Reason::RoleAlreadyAssigned,
    Reason::AlreadyMember,
    Reason::CreatedInstead,
    Reason::GroupingWithoutIdnumber,
    Reason::NotMember,
    Reason::NothingToDo,
    Reason::EmptyGroupDeleted,
    Reason::EmptyGroupInUse,
    Reason::EntryIgnored,
    Reason::EntrySuperseded,
    Reason::PictureExists,
    Reason::CachesStale,
    Reason::CachesNotRefreshed,
    Reason::EmptyGroupingDeleted,
    Reason::EmptyGroupingInUse,
    Reason::EmptiedCohortDeleted,
];

#[test]
fn every_reason_to_refuse_has_an_example() {
    let files = expectations();
    let lines = |expected: &'_ Expected| expected.lines.values().flatten().cloned().collect::<Vec<_>>();
    let shown: BTreeSet<String> =
        files.values().flat_map(|expected| expected.file.iter().cloned().chain(lines(expected))).collect();
    let exempt: Vec<Reason> = NEED_MORE_THAN_A_FILE.into_iter().chain(NOTICES_AND_WARNINGS).collect();
    for reason in Reason::ALL {
        let exempt = exempt.contains(reason);
        assert_ne!(shown.contains(reason.name()), exempt, "{}: shown or exempt, and not both", reason.name());
    }
    let known = |reason: &String| Reason::ALL.iter().any(|known| known.name() == reason);
    assert!(shown.iter().all(known), "{shown:?}");
}
