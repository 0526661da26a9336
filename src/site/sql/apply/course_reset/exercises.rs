//! What a reset takes from activities that are worked on and graded: assignments, quizzes, lessons, packages, workshops.

use super::super::belongings::{Belongings, Deed};
use super::contents::{files_without, grades_of, in_activities};

const fn of(table: &'static str, key: &'static str) -> Belongings {
    Belongings::of(table, key)
}

const fn with(table: &'static str, key: &'static str, parts: &'static [Belongings]) -> Belongings {
    Belongings::with(table, key, parts)
}

const fn of_all(module: &'static str, parts: &'static [Belongings]) -> Belongings {
    Belongings::through(module, "course", parts)
}

/// Dates of their own, with the events that tell of them.
macro_rules! overrides {
    ($module:literal, $table:literal, $key:literal, $whose:literal) => {
        &[of_all(
            $module,
            &[
                of($table, $key).only(concat!("t.", $whose, " is not null")),
                of("event", "instance").only(concat!(
                    "t.modulename = '",
                    $module,
                    "' and t.priority is not null and t.",
                    $whose,
                    " <> 0"
                )),
            ],
        )]
    };
}

/// Without the grades of assignments: those go only with the grades of the course.
pub(super) const ASSIGN: &[Belongings] = &[
    of_all(
        "assign",
        &[
            of("assign_submission", "assignment"),
            of("assign_user_flags", "assignment"),
            of("assignsubmission_file", "assignment"),
            of("assignsubmission_onlinetext", "assignment"),
            of("assignfeedback_comments", "assignment"),
            of("assignfeedback_file", "assignment"),
            Belongings::through(
                "assign_grades",
                "assignment",
                &[
                    of("assignfeedback_editpdf_annot", "gradeid"),
                    of("assignfeedback_editpdf_cmnt", "gradeid"),
                    of("assignfeedback_editpdf_rot", "gradeid"),
                ],
            ),
        ],
    ),
    of("assign", "course")
        .only("t.blindmarking <> 0 and t.revealidentities <> 0")
        .but(Deed::Set("revealidentities = 0")),
    in_activities!(
        "assign",
        of("files", "contextid").only(
            "t.component in ('assignsubmission_file', 'assignsubmission_onlinetext', 'assignfeedback_file', \
             'assignfeedback_comments', 'assignfeedback_editpdf')"
        ),
        of("comments", "contextid").only("t.component = 'assignsubmission_comments'"),
    ),
];
pub(super) const ASSIGN_GRADES: &[Belongings] =
    &[of_all("assign", &[of("assign_grades", "assignment")]), grades_of!("assign")];
pub(super) const ASSIGN_USER_OVERRIDES: &[Belongings] = overrides!("assign", "assign_overrides", "assignid", "userid");
pub(super) const ASSIGN_GROUP_OVERRIDES: &[Belongings] =
    overrides!("assign", "assign_overrides", "assignid", "groupid");

pub(super) const H5P: &[Belongings] = &[
    of_all(
        "h5pactivity",
        &[with("h5pactivity_attempts", "h5pactivityid", &[of("h5pactivity_attempts_results", "attemptid")])],
    ),
    in_activities!("h5pactivity", of("xapi_states", "itemid").only("t.component = 'mod_h5pactivity'")),
    grades_of!("h5pactivity"),
];

pub(super) const LESSON: &[Belongings] = &[
    of_all(
        "lesson",
        &[
            of("lesson_attempts", "lessonid"),
            of("lesson_grades", "lessonid"),
            of("lesson_timer", "lessonid"),
            of("lesson_branch", "lessonid"),
        ],
    ),
    in_activities!(
        "lesson",
        of("files", "contextid")
            .only("t.component = 'mod_lesson' and t.filearea in ('essay_answers', 'essay_responses')"),
    ),
    grades_of!("lesson"),
];
pub(super) const LESSON_USER_OVERRIDES: &[Belongings] = overrides!("lesson", "lesson_overrides", "lessonid", "userid");
pub(super) const LESSON_GROUP_OVERRIDES: &[Belongings] =
    overrides!("lesson", "lesson_overrides", "lessonid", "groupid");

const USAGES: Belongings = with(
    "question_usages",
    "id",
    &[
        with(
            "question_attempts",
            "questionusageid",
            &[with(
                "question_attempt_steps",
                "questionattemptid",
                &[of("question_attempt_step_data", "attemptstepid")],
            )],
        ),
        of("quiz_overview_regrades", "questionusageid"),
    ],
);

pub(super) const QUIZ: &[Belongings] = &[
    of_all("quiz", &[with("quiz_attempts", "quiz", &[USAGES.by("uniqueid")]), of("quiz_grades", "quiz")]),
    in_activities!("quiz", of("files", "contextid").only("t.component = 'question' and t.filearea like 'response%'"),),
    grades_of!("quiz"),
];
pub(super) const QUIZ_USER_OVERRIDES: &[Belongings] = overrides!("quiz", "quiz_overrides", "quiz", "userid");
pub(super) const QUIZ_GROUP_OVERRIDES: &[Belongings] = overrides!("quiz", "quiz_overrides", "quiz", "groupid");

pub(super) const SCORM: &[Belongings] = &[
    of_all(
        "scorm",
        &[
            of("scorm_scoes_track", "scormid"),
            with("scorm_attempt", "scormid", &[of("scorm_scoes_value", "attemptid")]),
        ],
    ),
    grades_of!("scorm"),
];

const ASSESSMENTS: Belongings = with("workshop_assessments", "submissionid", &[of("workshop_grades", "assessmentid")]);

/// Examples stay, and with them what teachers say of them: assessments that have a weight.
pub(super) const WORKSHOP_ASSESSMENTS: &[Belongings] = &[
    of_all(
        "workshop",
        &[
            Belongings::through("workshop_submissions", "workshopid", &[ASSESSMENTS]).only("t.example = 0"),
            Belongings::through("workshop_submissions", "workshopid", &[ASSESSMENTS.only("t.weight = 0")])
                .only("t.example <> 0"),
            of("workshop_aggregations", "workshopid"),
        ],
    ),
    in_activities!(
        "workshop",
        files_without!("workshop", "'overallfeedback_content', 'overallfeedback_attachment'", "workshop_assessments"),
    ),
];
pub(super) const WORKSHOP: &[Belongings] = &[
    of_all("workshop", &[with("workshop_submissions", "workshopid", &[ASSESSMENTS]).only("t.example = 0")]),
    in_activities!(
        "workshop",
        files_without!("workshop", "'submission_content', 'submission_attachment'", "workshop_submissions"),
    ),
];
/// 10 is the phase in which a workshop is set up.
pub(super) const WORKSHOP_PHASE: &[Belongings] =
    &[of("workshop", "course").only("t.phase <> 10").but(Deed::Set("phase = 10"))];
