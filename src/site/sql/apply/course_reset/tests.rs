//! A course of a real Moodle with all standard activities, and something in each of their tables, is reset: rows that Moodle's
//! own reset removes go, all others stay, and its twin stays whole.

use super::contents::content;
use crate::model::{CourseId, RoleId};
use crate::site::sql::apply::course_deletion::tests::{Filler, Made};
use crate::site::sql::apply::tests::{Fixture, checkpoint};
use crate::site::{Change, CourseReset, Holders, Lookups, ResetItem, World};
use std::sync::Arc;

/// Tables whose rows go whole when everything is asked for, as Moodle 4.1 does it.
const GONE: &[&str] = &[
    "assign_grades",
    "assign_overrides",
    "assign_submission",
    "assign_user_flags",
    "assignfeedback_comments",
    "assignfeedback_editpdf_annot",
    "assignfeedback_editpdf_cmnt",
    "assignfeedback_editpdf_rot",
    "assignfeedback_file",
    "assignsubmission_file",
    "assignsubmission_onlinetext",
    "bigbluebuttonbn_logs",
    "bigbluebuttonbn_recordings",
    "chat_messages",
    "chat_messages_current",
    "chat_users",
    "choice_answers",
    "competency_usercompcourse",
    "course_completion_crit_compl",
    "course_completions",
    "course_modules_completion",
    "data_records",
    "feedback_completed",
    "forum_digests",
    "forum_discussion_subs",
    "forum_discussions",
    "forum_posts",
    "forum_queue",
    "forum_subscriptions",
    "forum_track_prefs",
    "glossary_alias",
    "glossary_entries",
    "grade_outcomes",
    "grade_outcomes_courses",
    "grade_settings",
    "groupings",
    "groupings_groups",
    "groups",
    "groups_members",
    "h5pactivity_attempts",
    "h5pactivity_attempts_results",
    "lesson_attempts",
    "lesson_branch",
    "lesson_grades",
    "lesson_overrides",
    "lesson_timer",
    "post",
    "quiz_attempts",
    "quiz_grades",
    "quiz_overrides",
    "role_capabilities",
    "scale",
    "scorm_scoes_track",
    "survey_analysis",
    "survey_answers",
    "user_enrolments",
    "user_lastaccess",
    "wiki_links",
    "wiki_locks",
    "wiki_pages",
    "wiki_subwikis",
    "wiki_synonyms",
    "wiki_versions",
    "workshop_aggregations",
    "workshop_assessments",
    "workshop_grades",
    "workshop_submissions",
];

/// Tables of which some rows go and others stay: those are looked at one by one.
const SOME: &[&str] = &[
    "blog_association",
    "comments",
    "data_content",
    "event",
    "feedback_value",
    "files",
    "forum_read",
    "glossary_entries_categories",
    "grade_categories",
    "grade_grades",
    "grade_items",
    "logstore_standard_log",
    "question_attempt_step_data",
    "question_attempt_steps",
    "question_attempts",
    "question_usages",
    "quiz_overview_regrades",
    "rating",
    "role_assignments",
    "tag_instance",
];

/// What people do in the activities of a module, by its context: component, area of files, rows that carry it.
const IN_ACTIVITIES: &[(&str, &str, &str)] = &[
    ("forum", "mod_forum", "post"),
    ("glossary", "mod_glossary", "attachment"),
    ("data", "mod_data", "content"),
    ("wiki", "mod_wiki", "attachments"),
    ("assign", "assignsubmission_file", "submission_files"),
    ("lesson", "mod_lesson", "essay_responses"),
    ("workshop", "mod_workshop", "submission_attachment"),
    ("quiz", "question", "response_answer"),
];

/// Component and area of comments by module.
const COMMENTED: &[(&str, &str, &str)] = &[
    ("glossary", "mod_glossary", "glossary_entry"),
    ("data", "mod_data", "database_entry"),
    ("wiki", "mod_wiki", "wiki_page"),
    ("assign", "assignsubmission_comments", "submission_comments"),
];

fn id_of(made: &[Made], table: &str) -> i64 {
    made.iter().find(|(own, _)| own == table).unwrap_or_else(|| panic!("no {table}")).1
}

/// Rows beside those of a full course: what goes and what stays.
#[derive(Default)]
struct Extra {
    gone: Vec<Made>,
    kept: Vec<Made>,
}

/// What becomes of a row.
#[derive(Clone, Copy)]
enum Fate {
    Goes,
    Stays,
}

use Fate::{Goes, Stays};

impl Extra {
    fn add(&mut self, fate: Fate, table: &str, id: i64) {
        let rows = match fate {
            Goes => &mut self.gone,
            Stays => &mut self.kept,
        };
        rows.push((table.to_owned(), id));
    }
}

/// The contexts of activities by their module.
type Contexts = Vec<(String, String)>;

fn context(contexts: &Contexts, module: &str) -> String {
    contexts.iter().find(|(name, _)| name == module).unwrap_or_else(|| panic!("no {module}")).1.clone()
}

fn quoted(text: &str) -> String {
    format!("'{text}'")
}

impl Filler<'_> {
    /// Gives the rows of a full course the meaning that a reset looks for, and adds what hangs on its activities.
    async fn furnish(&mut self, fixture: &Fixture, course: i64, made: &[Made]) -> Extra {
        let sql = format!(
            "select m.name, x.id from {{course_modules}} c join {{modules}} m on m.id = c.module \
             join {{context}} x on x.contextlevel = 70 and x.instanceid = c.id where c.course = {course}"
        );
        let row = |row: &String| {
            let (name, id) = row.split_once('|').unwrap();
            (name.to_owned(), id.to_owned())
        };
        let contexts: Contexts = fixture.rows(&sql).await.iter().map(row).collect();
        let mut extra = Extra::default();
        self.hang_on_activities(&contexts, &mut extra);
        self.add_events_and_posts(course, &mut extra);
        self.add_an_example(id_of(made, "workshop"), &mut extra);
        self.add_grades(course, &mut extra);
        self.write().await;
        // Of some tables there are several rows, each with another owner.
        let first = [
            "blog_association",
            "data_content",
            "feedback_value",
            "glossary_entries_categories",
            "question_usages",
            "question_attempts",
            "question_attempt_steps",
            "question_attempt_step_data",
        ];
        extra.gone.extend(first.map(|table| (table.to_owned(), id_of(made, table))));
        extra.gone.extend(made.iter().rfind(|(table, _)| table == "forum_read").cloned());
        fixture.give_meaning(course, made).await;
        extra
    }

    /// Files, comments, ratings and tags.
    fn hang_on_activities(&mut self, contexts: &Contexts, extra: &mut Extra) {
        for (module, component, area) in IN_ACTIVITIES {
            let of_module = format!("mod_{module}");
            for (fate, component, area) in [(Goes, *component, *area), (Stays, &*of_module, "intro")] {
                let given = [
                    ("contextid", context(contexts, module)),
                    ("component", quoted(component)),
                    ("filearea", quoted(area)),
                ];
                extra.add(fate, "files", self.insert("files", &given, &[])["id"]);
            }
        }
        for (module, component, area) in COMMENTED {
            let given = [
                ("contextid", context(contexts, module)),
                ("component", quoted(component)),
                ("commentarea", quoted(area)),
            ];
            extra.add(Goes, "comments", self.insert("comments", &given, &[])["id"]);
        }
        let rated = ["forum", "glossary", "data"].map(|module| ("rating", module));
        let tagged = ["forum", "glossary", "data", "wiki", "book", "bigbluebuttonbn"];
        for (table, module) in rated.into_iter().chain(tagged.map(|module| ("tag_instance", module))) {
            let given = [("contextid", context(contexts, module)), ("component", quoted(&format!("mod_{module}")))];
            extra.add(Goes, table, self.insert(table, &given, &[])["id"]);
        }
    }

    /// Events of people and of activities; a forum with a single discussion.
    fn add_events_and_posts(&mut self, course: i64, extra: &mut Extra) {
        for (module, fate) in [("", Goes), ("bigbluebuttonbn", Goes), ("quiz", Stays)] {
            let given = [("courseid", course.to_string()), ("modulename", quoted(module))];
            extra.add(fate, "event", self.insert("event", &given, &[])["id"]);
        }
        let given = [("course", course.to_string()), ("type", quoted("single"))];
        let forum = self.insert("forum", &given, &[])["id"];
        let discussion = self.insert("forum_discussions", &[("forum", forum.to_string())], &[])["id"];
        extra.add(Stays, "forum", forum);
        extra.add(Stays, "forum_discussions", discussion);
        for (parent, fate) in [("0", Stays), ("7", Goes)] {
            let given = [("discussion", discussion.to_string()), ("parent", parent.to_owned())];
            extra.add(fate, "forum_posts", self.insert("forum_posts", &given, &[])["id"]);
        }
    }

    /// An example in a workshop, what a teacher and what a student say of it.
    fn add_an_example(&mut self, workshop: i64, extra: &mut Extra) {
        let given = [("workshopid", workshop.to_string()), ("example", "1".to_owned())];
        let example = self.insert("workshop_submissions", &given, &[])["id"];
        extra.add(Stays, "workshop_submissions", example);
        for (weight, fate) in [("1", Stays), ("0", Goes)] {
            let given = [("submissionid", example.to_string()), ("weight", weight.to_owned())];
            extra.add(fate, "workshop_assessments", self.insert("workshop_assessments", &given, &[])["id"]);
        }
    }

    /// Items by hand and of activities, each with a grade.
    fn add_grades(&mut self, course: i64, extra: &mut Extra) {
        let cases = [
            ("manual", "", Goes, Goes),
            ("mod", "quiz", Stays, Goes),
            ("mod", "lti", Stays, Goes),
            ("mod", "survey", Stays, Stays),
        ];
        for (kind, module, fate_of_item, fate_of_grade) in cases {
            let given = [("courseid", course.to_string()), ("itemtype", quoted(kind)), ("itemmodule", quoted(module))];
            let item = self.insert("grade_items", &given, &[])["id"];
            let given = [("itemid", item.to_string()), ("rawgrade", "5".to_owned())];
            extra.add(fate_of_item, "grade_items", item);
            extra.add(fate_of_grade, "grade_grades", self.insert("grade_grades", &given, &[])["id"]);
        }
    }
}

impl Fixture {
    /// A student who takes part, exceptions for somebody, an attempt with its answers.
    async fn give_meaning(&self, course: i64, made: &[Made]) {
        let set =
            |table: &str, values: &str| format!("update {{{table}}} set {values} where id = {}", id_of(made, table));
        let student = format!("userid = 33{course}");
        let usage = format!("uniqueid = {}", id_of(made, "question_usages"));
        let role = format!(
            "insert into {{role_assignments}} (roleid, contextid, userid, component, itemid) \
             select 5, id, 33{course}, '', 0 from {{context}} where contextlevel = 50 and instanceid = {course}"
        );
        let statements = [
            set("assign_overrides", "userid = 3"),
            set("quiz_overrides", "groupid = 3"),
            set("lesson_overrides", "userid = 3"),
            set("quiz_attempts", &usage),
            set("enrol", "enrol = 'manual', status = 0"),
            set("user_lastaccess", &student),
            set("user_enrolments", &student),
            set("assign", "blindmarking = 1, revealidentities = 1"),
            set("grade_categories", "parent = 1"),
            role,
        ];
        self.prepare(&statements.each_ref().map(String::as_str)).await;
    }
}

impl Fixture {
    /// How much there is to take from a course.
    async fn left_to_take(&self, course: i64) -> Vec<(&'static str, i64)> {
        let mut lookups = Lookups::default();
        lookups.courses.ids.insert(course);
        lookups.resets.items.extend(ResetItem::ALL);
        let mut world = World::new(Arc::clone(&self.facts), 1);
        self.site.reader().resolve(&lookups, &mut world).await.unwrap();
        let counted = ResetItem::ALL.iter().map(|item| (item.name(), world.resets.item(CourseId(course), *item)));
        counted.filter(|(_, rows)| *rows > 0).collect()
    }

    /// Resets one of two full courses.
    pub(in crate::site::sql) async fn reset_full_courses(&self) {
        let [first, second] = self.create_courses().await;
        let mut filler = Filler::new(self).await;
        let (of_first, of_second) = (filler.fill(first).await, filler.fill(second).await);
        let extra = filler.furnish(self, first, &of_first).await;
        let twins = filler.furnish(self, second, &of_second).await;
        let there = self.left_to_take(first).await;
        let kinds = there.len();
        assert!(kinds > 45, "{kinds} items have something: {there:?}");
        let items = ResetItem::ALL.iter().filter(|item| **item != ResetItem::Logs).map(|item| (*item, 1)).collect();
        let holders = vec![(Holders::Of(RoleId(5)), 1)];
        let reset = CourseReset { items, holders, ..CourseReset::default() };
        let change = Change::ResetCourse { id: CourseId(first), reset };
        let mut transaction = self.site.writer().begin().await.unwrap();
        transaction.apply(&[&change], &self.facts, 1_700_000_100).await.unwrap();
        transaction.commit(&checkpoint()).await.unwrap();

        assert_eq!(self.left_to_take(first).await, []);
        self.assert_there(&extra.gone, 0).await;
        self.assert_there(&extra.kept, 1).await;
        let (went, rest): (Vec<Made>, Vec<Made>) = of_first
            .into_iter()
            .filter(|(table, _)| !SOME.contains(&&**table))
            .partition(|(table, _)| GONE.contains(&&**table));
        self.assert_there(&went, 0).await;
        self.assert_there(&rest, 1).await;
        self.assert_there(&twins.gone, 1).await;
        self.assert_there(&twins.kept, 1).await;
        self.assert_there(&of_second, 1).await;
        let cases = [
            (format!("select phase from {{workshop}} where course = {first}"), "10"),
            (format!("select revealidentities from {{assign}} where course = {first}"), "0"),
            (format!("select count(*) from {{role_assignments}} where userid = 33{first}"), "0"),
            (format!("select count(*) from {{role_assignments}} where userid = 33{second}"), "1"),
            (format!("select count(*) from {{grade_categories}} where courseid = {first}"), "0"),
        ];
        for (sql, expected) in cases {
            assert_eq!(self.rows(&sql).await, [expected], "{sql}");
        }
    }
}

#[test]
fn every_item_lies_somewhere() {
    for item in ResetItem::ALL {
        let steps = &content(*item).steps;
        assert!(steps.iter().any(|step| step.is_counted()), "{item:?}");
    }
}
