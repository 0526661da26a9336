//! The tables of the activities that come with Moodle, by their course. Also holds tables that Moodle itself forgets.

use super::super::belongings::Belongings;

const fn with(table: &'static str, key: &'static str, parts: &'static [Belongings]) -> Belongings {
    Belongings::with(table, key, parts)
}

const fn of(table: &'static str, key: &'static str) -> Belongings {
    Belongings::of(table, key)
}

const ASSIGN: &[Belongings] = &[
    with(
        "assign_grades",
        "assignment",
        &[
            of("assignfeedback_editpdf_annot", "gradeid"),
            of("assignfeedback_editpdf_cmnt", "gradeid"),
            of("assignfeedback_editpdf_rot", "gradeid"),
        ],
    ),
    of("assign_overrides", "assignid"),
    of("assign_plugin_config", "assignment"),
    of("assign_submission", "assignment"),
    of("assign_user_flags", "assignment"),
    of("assign_user_mapping", "assignment"),
    of("assignfeedback_comments", "assignment"),
    of("assignfeedback_file", "assignment"),
    of("assignsubmission_file", "assignment"),
    of("assignsubmission_onlinetext", "assignment"),
];

const CHAT: &[Belongings] =
    &[of("chat_messages", "chatid"), of("chat_messages_current", "chatid"), of("chat_users", "chatid")];

const DATA: &[Belongings] = &[
    with("data_records", "dataid", &[of("data_content", "recordid")]),
    with("data_fields", "dataid", &[of("data_content", "fieldid")]),
];

const FEEDBACK: &[Belongings] = &[
    with("feedback_completed", "feedback", &[of("feedback_value", "completed")]),
    with("feedback_completedtmp", "feedback", &[of("feedback_valuetmp", "completed")]),
    with("feedback_item", "feedback", &[of("feedback_value", "item"), of("feedback_valuetmp", "item")]),
    of("feedback_sitecourse_map", "feedbackid"),
];

const FORUM: &[Belongings] = &[
    with(
        "forum_discussions",
        "forum",
        &[
            of("forum_posts", "discussion"),
            of("forum_queue", "discussionid"),
            of("forum_read", "discussionid"),
            of("forum_discussion_subs", "discussion"),
        ],
    ),
    of("forum_digests", "forum"),
    of("forum_discussion_subs", "forum"),
    of("forum_grades", "forum"),
    of("forum_read", "forumid"),
    of("forum_subscriptions", "forum"),
    of("forum_track_prefs", "forumid"),
];

const GLOSSARY: &[Belongings] = &[
    with(
        "glossary_entries",
        "glossaryid",
        &[of("glossary_alias", "entryid"), of("glossary_entries_categories", "entryid")],
    ),
    with("glossary_categories", "glossaryid", &[of("glossary_entries_categories", "categoryid")]),
];

const H5P: &[Belongings] =
    &[with("h5pactivity_attempts", "h5pactivityid", &[of("h5pactivity_attempts_results", "attemptid")])];

const LESSON: &[Belongings] = &[
    of("lesson_answers", "lessonid"),
    of("lesson_attempts", "lessonid"),
    of("lesson_branch", "lessonid"),
    of("lesson_grades", "lessonid"),
    of("lesson_overrides", "lessonid"),
    of("lesson_pages", "lessonid"),
    of("lesson_timer", "lessonid"),
];

const QUIZ: &[Belongings] = &[
    of("quiz_attempts", "quiz"),
    of("quiz_feedback", "quizid"),
    of("quiz_grade_items", "quizid"),
    of("quiz_grades", "quiz"),
    of("quiz_overrides", "quiz"),
    of("quiz_sections", "quizid"),
    of("quiz_slots", "quizid"),
    of("quizaccess_seb_quizsettings", "quizid"),
];

const SCORM: &[Belongings] = &[
    of("scorm_aicc_session", "scormid"),
    with("scorm_attempt", "scormid", &[of("scorm_scoes_value", "attemptid")]),
    with(
        "scorm_scoes",
        "scorm",
        &[
            of("scorm_scoes_data", "scoid"),
            of("scorm_scoes_value", "scoid"),
            of("scorm_seq_mapinfo", "scoid"),
            of("scorm_seq_objective", "scoid"),
            of("scorm_seq_rolluprule", "scoid"),
            of("scorm_seq_rolluprulecond", "scoid"),
            of("scorm_seq_rulecond", "scoid"),
            of("scorm_seq_ruleconds", "scoid"),
        ],
    ),
    of("scorm_scoes_track", "scormid"),
];

const WIKI: &[Belongings] = &[with(
    "wiki_subwikis",
    "wikiid",
    &[
        with("wiki_pages", "subwikiid", &[of("wiki_locks", "pageid"), of("wiki_versions", "pageid")]),
        of("wiki_links", "subwikiid"),
        of("wiki_synonyms", "subwikiid"),
    ],
)];

const WORKSHOP: &[Belongings] = &[
    with(
        "workshop_submissions",
        "workshopid",
        &[with("workshop_assessments", "submissionid", &[of("workshop_grades", "assessmentid")])],
    ),
    of("workshop_aggregations", "workshopid"),
    of("workshopallocation_scheduled", "workshopid"),
    of("workshopeval_best_settings", "workshopid"),
    of("workshopform_accumulative", "workshopid"),
    of("workshopform_comments", "workshopid"),
    of("workshopform_numerrors", "workshopid"),
    of("workshopform_numerrors_map", "workshopid"),
    with("workshopform_rubric", "workshopid", &[of("workshopform_rubric_levels", "dimensionid")]),
    of("workshopform_rubric_config", "workshopid"),
];

/// The activities by their course. `bigbluebuttonbn_logs` and `…_recordings` stay: Moodle keeps them for recordings that
/// are still on the conference server.
pub(super) const OF_COURSE: &[Belongings] = &[
    with("assign", "course", ASSIGN),
    with("assignment", "course", &[of("assignment_submissions", "assignment")]),
    of("bigbluebuttonbn", "course"),
    with("book", "course", &[of("book_chapters", "bookid")]),
    with("chat", "course", CHAT),
    with("choice", "course", &[of("choice_answers", "choiceid"), of("choice_options", "choiceid")]),
    with("data", "course", DATA),
    with("feedback", "course", FEEDBACK),
    of("folder", "course"),
    with("forum", "course", FORUM),
    with("glossary", "course", GLOSSARY),
    with("h5pactivity", "course", H5P),
    of("imscp", "course"),
    of("label", "course"),
    with("lesson", "course", LESSON),
    with("lti", "course", &[of("lti_submission", "ltiid")]),
    of("page", "course"),
    of("qbank", "course"),
    with("quiz", "course", QUIZ),
    of("resource", "course"),
    with("scorm", "course", SCORM),
    of("subsection", "course"),
    with("survey", "course", &[of("survey_analysis", "survey"), of("survey_answers", "survey")]),
    of("url", "course"),
    with("wiki", "course", WIKI),
    with("workshop", "course", WORKSHOP),
    // Not activities themselves, but kept by them for the whole course.
    with("feedback_template", "course", &[of("feedback_item", "template")]),
    of("feedback_sitecourse_map", "courseid"),
    with("lti_types", "course", &[of("lti_types_config", "typeid")]),
    of("lti_tool_settings", "course"),
    of("resource_old", "course"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::STANDARD_ACTIVITIES;

    #[test]
    fn every_standard_activity_is_known() {
        for name in STANDARD_ACTIVITIES {
            assert!(OF_COURSE.iter().any(|root| root.table == name && root.key == "course"), "{name}");
        }
    }
}
