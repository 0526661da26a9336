//! Lines that ask a running Moodle for something: answers, refusals, cancels, and kills while the answer is awaited.

mod moodle;
mod process;

use crate::model::{Outcome, Reason, RunMode, RunState, ToolKind};
use crate::site::CallError;
use moodle::{FakeMoodle, add, delete, replace};
use process::{Data, Told};

const DELETE: [(&str, &str); 1] = [("through", "webservice")];

/// A site with the courses `c1`, `c2`, … Their ids follow that of the front page.
fn courses(count: usize) -> Data {
    let data = Data::new();
    let lines: String = (1..=count).map(|n| format!("c{n};Course {n}\n")).collect();
    let file = format!("shortname;fullname\n{lines}");
    let told = data.process(None, async |process| process.run(ToolKind::Courses, &file, &[]).await);
    assert_eq!(told.run.counters.get(Outcome::Created), count as u64, "{told:?}");
    data
}

fn list(numbers: std::ops::RangeInclusive<usize>) -> String {
    numbers.map(|n| format!("c{n}\n")).collect()
}

fn deleted(ids: std::ops::RangeInclusive<i64>) -> Vec<crate::site::MoodleCall> {
    ids.map(|n| delete(n + 1)).collect()
}

#[test]
fn moodle_deletes_course_by_course_and_the_service_deletes_nothing() {
    let data = courses(12);
    let moodle = FakeMoodle::obliging();
    let told =
        data.process(Some(&moodle), async |process| process.run(ToolKind::DeleteCourses, &list(1..=12), &DELETE).await);
    assert_eq!((told.run.state, told.outcomes()), (RunState::Succeeded, vec![Outcome::Deleted; 12]), "{told:?}");
    assert_eq!(moodle.calls(), deleted(1..=12));
    let way = told.report.problems.iter().find(|group| group.reason == Reason::DeletionWay).unwrap();
    assert!(way.sample_message.contains("Moodle deletes"), "{}", way.sample_message);
    assert_eq!(data.count("course"), 13, "the fake Moodle has no hands");
}

#[test]
fn a_dry_run_asks_for_nothing_and_a_run_without_web_services_is_refused() {
    let data = courses(2);
    let moodle = FakeMoodle::obliging();
    let told = data.process(Some(&moodle), async |process| {
        process.run_as(RunMode::DryRun, ToolKind::DeleteCourses, &list(1..=2), &DELETE, 0).await
    });
    assert_eq!((told.run.state, told.outcomes()), (RunState::Succeeded, vec![Outcome::Deleted; 2]));
    assert_eq!(moodle.calls(), []);
    let refused = data.process(None, async |process| {
        process.try_start(RunMode::Apply, ToolKind::DeleteCourses, "c1\n", &DELETE, 0).await.unwrap_err()
    });
    assert!(
        refused.to_string().contains("option \"through\"") && refused.to_string().contains("[site.webservice]"),
        "{refused}"
    );
    assert_eq!(data.count("course"), 3);
}

#[test]
fn what_moodle_does_not_do_fails_alone_and_goes_to_the_tryback() {
    let data = courses(4);
    let moodle = FakeMoodle::answering(|call| match call {
        call if call == delete(3) => Err(CallError::Refused("Moodle refuses with nopermissions".to_owned())),
        call if call == delete(4) => Err(CallError::Unanswered("no answer within 600 s".to_owned())),
        _ => Ok(()),
    });
    let told = data.process(Some(&moodle), async |process| {
        process.run(ToolKind::DeleteCourses, "c1\nnever\nc2\nc3\nc4\n", &DELETE).await
    });
    let expected = [
        (Outcome::Deleted, None),
        (Outcome::NotFound, Some(Reason::CourseUnknown)),
        (Outcome::Failed, Some(Reason::MoodleRefused)),
        (Outcome::Failed, Some(Reason::MoodleUnanswered)),
        (Outcome::Deleted, None),
    ];
    assert_eq!((told.run.state, told.short()), (RunState::Succeeded, expected.to_vec()));
    assert_eq!((told.run.counters.lines(), told.run.counters.get(Outcome::Failed)), (5, 2));
    assert_eq!(told.tryback.as_deref(), Some("never\nc2\nc3\n"));
}

#[test]
fn after_the_most_failures_moodle_is_asked_no_more() {
    let data = courses(12);
    let moodle = FakeMoodle::answering(|call| match call {
        call if call == delete(3) => Err(CallError::Refused("no".to_owned())),
        _ => Ok(()),
    });
    let told = data.process(Some(&moodle), async |process| {
        process.run_as(RunMode::Apply, ToolKind::DeleteCourses, &list(1..=12), &DELETE, 1).await
    });
    assert_eq!((told.run.state, moodle.calls()), (RunState::Cancelled, deleted(1..=2)));
    let counters = &told.run.counters;
    let counted = [Outcome::Deleted, Outcome::Failed, Outcome::NotProcessed].map(|outcome| counters.get(outcome));
    assert_eq!((counted, counters.lines()), ([1, 1, 10], 12));
    assert_eq!(told.tryback.unwrap(), list(2..=12));
}

#[test]
fn a_cancelled_run_waits_for_the_answer_that_is_under_way_and_asks_no_more() {
    let data = courses(12);
    let moodle = FakeMoodle::silent_at(2);
    let told = data.process(Some(&moodle), async |process| {
        let run = process.start(RunMode::Apply, ToolKind::DeleteCourses, &list(1..=12), &DELETE, 0).await;
        moodle.asked(2).await;
        process.cancel(&run).await;
        moodle.speak();
        process.end_of(&run).await
    });
    assert_eq!((told.run.state, moodle.calls()), (RunState::Cancelled, deleted(1..=2)));
    let mut expected = vec![Outcome::Deleted; 2];
    expected.resize(10, Outcome::NotProcessed);
    assert_eq!((told.outcomes(), told.run.counters.lines()), (expected, 12));
    assert_eq!(told.tryback.unwrap(), list(3..=12));
}

#[test]
fn a_run_that_is_taken_up_without_web_services_loses_no_line() {
    let data = courses(12);
    let before = FakeMoodle::silent_at(2);
    let run = data.process_until(process::End::Kill, &before, async |process| {
        let run = process.start(RunMode::Apply, ToolKind::DeleteCourses, &list(1..=12), &DELETE, 0).await;
        before.asked(2).await;
        run
    });
    let told = data.process(None, async |process| process.end_of(&run).await);
    assert_eq!(told.run.state, RunState::Succeeded, "{}", told.run.message);
    let mut expected = vec![(Outcome::Failed, Some(Reason::MoodleNotAsked)); 12];
    expected[0] = (Outcome::Deleted, None);
    assert_eq!((told.short(), told.tryback), (expected, Some(list(2..=12))));
}

/// Starts a run, ends the process like `end` while the call of its second line is under way, and finishes the run in
/// another process.
fn interrupted(end: process::End) -> (Told, FakeMoodle, FakeMoodle) {
    let data = courses(3);
    let (before, after) = (FakeMoodle::silent_at(2), FakeMoodle::obliging());
    let run = data.process_until(end, &before, async |process| {
        let run = process.start(RunMode::Apply, ToolKind::DeleteCourses, &list(1..=3), &DELETE, 0).await;
        before.asked(2).await;
        run
    });
    let told = data.process(Some(&after), async |process| process.end_of(&run).await);
    (told, before, after)
}

#[test]
fn a_deletion_without_an_answer_is_asked_for_again_after_a_kill_and_after_a_stop() {
    for end in [process::End::Kill, process::End::Stop] {
        let (told, before, after) = interrupted(end);
        assert_eq!((told.run.state, told.outcomes()), (RunState::Succeeded, vec![Outcome::Deleted; 3]), "{end:?}");
        assert_eq!((before.calls(), after.calls()), (deleted(1..=2), deleted(2..=3)), "{end:?}");
        assert_eq!(told.run.counters.lines(), 3, "{end:?}");
    }
}

/// A site with the course TPL, and one in `OLD`.
fn with_template() -> Data {
    let data = Data::new();
    let file = "shortname;fullname;topic1\nTPL;Template;Rome\nOLD;Old;Old\n";
    let told = data.process(None, async |process| process.run(ToolKind::Courses, file, &[]).await);
    assert_eq!(told.run.counters.get(Outcome::Created), 2, "{told:?}");
    data
}

const FROM_TEMPLATE: &str =
    "shortname;fullname;template;self\nN1;New 1;TPL;1\nN2;New 2;TPL;\nN3;New 3;NOPE;\nN4;New 4;;\n";
const MODE_ADD: [(&str, &str); 2] = [("force_update", "true"), ("template_mode", "add")];
const MODE_REPLACE: [(&str, &str); 2] = [("force_update", "true"), ("template_mode", "replace")];

fn shortnames(data: &Data) -> Vec<String> {
    data.texts("select shortname from mdl_course where category > 0 order by id")
}

#[test]
fn moodle_imports_the_content_behind_the_transaction_that_makes_the_courses() {
    let data = with_template();
    let moodle = FakeMoodle::obliging();
    let dry = data.process(Some(&moodle), async |process| {
        process.run_as(RunMode::DryRun, ToolKind::Courses, FROM_TEMPLATE, &[], 0).await
    });
    assert_eq!(moodle.calls(), []);
    let told = data.process(Some(&moodle), async |process| process.run(ToolKind::Courses, FROM_TEMPLATE, &[]).await);
    let expected = [
        (Outcome::Created, None),
        (Outcome::Created, None),
        (Outcome::Failed, Some(Reason::TemplateUnknown)),
        (Outcome::Created, None),
    ];
    assert_eq!((told.short(), dry.short()), (expected.to_vec(), expected.to_vec()));
    assert_eq!(moodle.calls(), [add(2, 4), add(2, 5)]);
    let methods = "select c.shortname || ':' || count(e.id) from mdl_course c left join mdl_enrol e on e.courseid = c.id \
                   where c.category > 0 group by c.shortname order by c.shortname";
    assert_eq!(data.texts(methods), ["N1:3", "N2:3", "N4:3", "OLD:3", "TPL:3"]);
}

#[test]
fn a_failed_import_leaves_the_course_and_the_tryback_imports_into_it() {
    let data = with_template();
    let refusing = FakeMoodle::answering(|call| match call {
        call if call == add(2, 4) => Err(CallError::Refused("Moodle refuses with nopermissions".to_owned())),
        _ => Ok(()),
    });
    let told = data.process(Some(&refusing), async |process| process.run(ToolKind::Courses, FROM_TEMPLATE, &[]).await);
    let problem = told.lines[0].problems.last().unwrap();
    assert_eq!((told.lines[0].outcome, problem.reason), (Outcome::Failed, Reason::MoodleRefused));
    assert_eq!((problem.column.as_deref(), told.lines[0].moodle_id), (Some("template"), Some(4)));
    for words in ["nopermissions", "The course exists", "force_update=true and template_mode=add"] {
        assert!(problem.message.contains(words), "{}", problem.message);
    }
    let counted = [Outcome::Created, Outcome::Failed].map(|outcome| told.run.counters.get(outcome));
    assert_eq!((counted, shortnames(&data)), ([2, 2], ["TPL", "OLD", "N1", "N2", "N4"].map(str::to_owned).to_vec()));
    let tryback = told.tryback.unwrap();
    assert_eq!(tryback, "shortname;fullname;template;self\nN1;New 1;TPL;1\nN3;New 3;NOPE;\n");
    let moodle = FakeMoodle::obliging();
    let again = data.process(Some(&moodle), async |process| process.run(ToolKind::Courses, &tryback, &MODE_ADD).await);
    assert_eq!((again.lines[0].outcome, moodle.calls()), (Outcome::Updated, vec![add(2, 4)]));
}

/// A run of two lines whose process is killed while the first import is under way, and goes on in another process.
fn killed(options: &[(&str, &str)], file: &str) -> (Told, FakeMoodle, FakeMoodle) {
    let data = with_template();
    let (before, after) = (FakeMoodle::silent_at(1), FakeMoodle::obliging());
    let run = data.process_until(process::End::Kill, &before, async |process| {
        let run = process.start(RunMode::Apply, ToolKind::Courses, file, options, 0).await;
        before.asked(1).await;
        run
    });
    let told = data.process(Some(&after), async |process| process.end_of(&run).await);
    assert_eq!(told.run.state, RunState::Succeeded, "{}", told.run.message);
    assert_eq!(told.run.counters.lines(), told.lines.len() as u64);
    (told, before, after)
}

#[test]
fn an_import_that_adds_is_never_made_twice() {
    let (told, before, after) = killed(&[], FROM_TEMPLATE);
    assert_eq!((before.calls(), after.calls()), (vec![add(2, 4)], vec![add(2, 5)]));
    let first = &told.lines[0];
    assert_eq!((first.outcome, first.needs_retry()), (Outcome::Created, false));
    let problem = first.problems.last().unwrap();
    assert_eq!(problem.reason, Reason::MoodleUnanswered);
    for words in ["Look at the course", "not asked again", "service was stopped"] {
        assert!(problem.message.contains(words), "{}", problem.message);
    }
    assert_eq!(told.outcomes()[1..], [Outcome::Created, Outcome::Failed, Outcome::Created]);

    let (told, before, after) = killed(&MODE_ADD, "shortname;fullname;template\nOLD;Old;TPL\n");
    assert_eq!((before.calls(), after.calls()), (vec![add(2, 3)], vec![]));
    let reasons = [Reason::TemplateRepeated, Reason::MoodleUnanswered].to_vec();
    assert_eq!(told.lines[0].problems.iter().map(|problem| problem.reason).collect::<Vec<_>>(), reasons);
}

#[test]
fn an_import_that_replaces_is_made_again_after_a_kill() {
    let (told, before, after) = killed(&MODE_REPLACE, "shortname;fullname;template\nOLD;Old;TPL\n");
    assert_eq!((before.calls(), after.calls()), (vec![replace(2, 3)], vec![replace(2, 3)]));
    assert_eq!(told.short(), [(Outcome::Updated, Some(Reason::TemplateRepeated))]);
}

#[test]
fn the_end_of_the_service_waits_for_an_import_that_adds() {
    let data = with_template();
    let (before, after) = (FakeMoodle::silent_at(1), FakeMoodle::obliging());
    let run = data.process(Some(&before), async |process| {
        let run = process.start(RunMode::Apply, ToolKind::Courses, FROM_TEMPLATE, &[], 0).await;
        before.asked(1).await;
        tokio::join!(process.stop(), async { before.speak() });
        run
    });
    let told = data.process(Some(&after), async |process| process.end_of(&run).await);
    assert_eq!((before.calls(), after.calls()), (vec![add(2, 4)], vec![add(2, 5)]));
    assert_eq!(told.outcomes(), [Outcome::Created, Outcome::Created, Outcome::Failed, Outcome::Created]);
    assert_eq!(told.lines[0].problems, []);
}

#[test]
fn without_a_running_moodle_the_database_is_copied() {
    let data = with_template();
    let told = data.process(None, async |process| process.run(ToolKind::Courses, FROM_TEMPLATE, &[]).await);
    assert_eq!(told.outcomes(), [Outcome::Created, Outcome::Created, Outcome::Failed, Outcome::Created]);
    let named = "select c.shortname from mdl_course_sections s join mdl_course c on c.id = s.course \
                 where s.name = 'Rome' order by c.id";
    assert_eq!(data.texts(named), ["TPL", "N1", "N2"]);
    for expected in [Outcome::Updated, Outcome::Unchanged] {
        let file = "shortname;fullname;template\nOLD;Old;TPL\nN2;New 2;TPL\n";
        let told = data.process(None, async |process| process.run(ToolKind::Courses, file, &MODE_REPLACE).await);
        assert_eq!(told.outcomes(), [expected, Outcome::Unchanged]);
    }
}
