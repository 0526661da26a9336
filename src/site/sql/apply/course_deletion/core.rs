//! What belongs to a course and to its contexts besides activities: tables of Moodle's core.

use super::super::belongings::Belongings;

const fn with(table: &'static str, key: &'static str, parts: &'static [Belongings]) -> Belongings {
    Belongings::with(table, key, parts)
}

const fn of(table: &'static str, key: &'static str) -> Belongings {
    Belongings::of(table, key)
}

const ENROL: &[Belongings] = &[
    of("user_enrolments", "enrolid"),
    with(
        "enrol_lti_tools",
        "enrolid",
        &[
            with("enrol_lti_users", "toolid", &[of("enrol_lti_user_resource_link", "ltiuserid")]),
            of("enrol_lti_tool_consumer_map", "toolid"),
        ],
    ),
];

const GRADE_ITEMS: &[Belongings] = &[
    of("grade_grades", "itemid"),
    of("grade_import_values", "itemid"),
    of("ltiservice_gradebookservices", "gradeitemid"),
];

const COURSE_MODULES: &[Belongings] = &[
    of("course_modules_completion", "coursemoduleid"),
    of("course_modules_viewed", "coursemoduleid"),
    of("competency_modulecomp", "cmid"),
    of("block_recent_activity", "cmid"),
    of("block_recentlyaccesseditems", "cmid"),
    of("tool_monitor_subscriptions", "cmid"),
];

const BRICKFIELD_AREAS: &[Belongings] =
    &[with("tool_brickfield_content", "areaid", &[of("tool_brickfield_results", "contentid")])];

/// By the id of the course.
pub(super) const OF_COURSE: &[Belongings] = &[
    with("course_modules", "course", COURSE_MODULES),
    of("course_sections", "course"),
    of("course_format_options", "courseid"),
    with("enrol", "courseid", ENROL),
    of("enrol_flatfile", "courseid"),
    with("groups", "courseid", &[of("groups_members", "groupid"), of("groupings_groups", "groupid")]),
    with("groupings", "courseid", &[of("groupings_groups", "groupingid")]),
    of("event", "courseid"),
    of("event_subscriptions", "courseid"),
    of("user_lastaccess", "courseid"),
    of("course_completion_aggr_methd", "course"),
    of("course_completion_crit_compl", "course"),
    of("course_completion_criteria", "course"),
    of("course_completion_defaults", "course"),
    of("course_completions", "course"),
    of("post", "courseid").only("t.module = 'notes'"),
    of("competency_usercompcourse", "courseid"),
    of("competency_coursecomp", "courseid"),
    of("competency_coursecompsetting", "courseid"),
    with("grade_items", "courseid", GRADE_ITEMS),
    of("grade_categories", "courseid"),
    of("grade_settings", "courseid"),
    of("grade_outcomes_courses", "courseid"),
    of("grade_outcomes", "courseid"),
    of("scale", "courseid"),
    of("backup_courses", "courseid"),
    of("tool_recyclebin_course", "courseid"),
    of("block_recent_activity", "courseid"),
    of("block_recentlyaccesseditems", "courseid"),
    with("tool_monitor_rules", "courseid", &[of("tool_monitor_subscriptions", "ruleid")]),
    of("tool_monitor_subscriptions", "courseid"),
    with("tool_brickfield_areas", "courseid", BRICKFIELD_AREAS),
    of("tool_brickfield_cache_acts", "courseid"),
    of("tool_brickfield_cache_check", "courseid"),
    of("tool_brickfield_process", "courseid"),
    of("tool_brickfield_summary", "courseid"),
    of("tool_brickfield_schedule", "instanceid").only("t.contextlevel = 50"),
    of("favourite", "itemid").only("t.component = 'core_course' and t.itemtype = 'courses'"),
    of("tag_instance", "itemid").only("t.component = 'core' and t.itemtype = 'course'"),
    of("customfield_data", "instanceid").only(
        "t.fieldid in (select f.id from {customfield_field} f join {customfield_category} c on c.id = f.categoryid \
         where c.component = 'core_course' and c.area = 'course')",
    ),
];

const GRADING: &[Belongings] = &[with(
    "grading_definitions",
    "areaid",
    &[
        with(
            "grading_instances",
            "definitionid",
            &[of("gradingform_guide_fillings", "instanceid"), of("gradingform_rubric_fillings", "instanceid")],
        ),
        of("gradingform_guide_comments", "definitionid"),
        of("gradingform_guide_criteria", "definitionid"),
        with("gradingform_rubric_criteria", "definitionid", &[of("gradingform_rubric_levels", "criterionid")]),
    ],
)];

/// What each kind of question keeps of a question. Kinds that do not come with Moodle keep more.
const QUESTION: &[Belongings] = &[
    with(
        "question_datasets",
        "question",
        &[with("question_dataset_definitions", "id", &[of("question_dataset_items", "definition")])
            .by("datasetdefinition")],
    ),
    of("question_answers", "question"),
    of("question_hints", "questionid"),
    of("question_calculated", "question"),
    of("question_calculated_options", "question"),
    of("question_ddwtos", "questionid"),
    of("question_gapselect", "questionid"),
    of("question_multianswer", "question"),
    of("question_numerical", "question"),
    of("question_numerical_options", "question"),
    of("question_numerical_units", "question"),
    of("question_statistics", "questionid"),
    with("question_response_analysis", "questionid", &[of("question_response_count", "analysisid")]),
    of("question_truefalse", "question"),
    of("qtype_ddimageortext", "questionid"),
    of("qtype_ddimageortext_drags", "questionid"),
    of("qtype_ddimageortext_drops", "questionid"),
    of("qtype_ddmarker", "questionid"),
    of("qtype_ddmarker_drags", "questionid"),
    of("qtype_ddmarker_drops", "questionid"),
    of("qtype_essay_options", "questionid"),
    of("qtype_match_options", "questionid"),
    of("qtype_match_subquestions", "questionid"),
    of("qtype_multichoice_options", "questionid"),
    of("qtype_ordering_options", "questionid"),
    of("qtype_randomsamatch_options", "questionid"),
    of("qtype_shortanswer_options", "questionid"),
];

const QUESTION_CATEGORIES: &[Belongings] = &[
    with(
        "question_bank_entries",
        "questioncategoryid",
        &[with("question_versions", "questionbankentryid", &[with("question", "id", QUESTION).by("questionid")])],
    ),
    with("question_dataset_definitions", "category", &[of("question_dataset_items", "definition")]),
];

const QUESTION_USAGES: &[Belongings] = &[
    with(
        "question_attempts",
        "questionusageid",
        &[with("question_attempt_steps", "questionattemptid", &[of("question_attempt_step_data", "attemptstepid")])],
    ),
    of("quiz_overview_regrades", "questionusageid"),
];

/// By the id of a context: that of the course, of an activity, of a block.
pub(super) const OF_CONTEXT: &[Belongings] = &[
    of("files", "contextid"),
    of("role_assignments", "contextid"),
    of("role_capabilities", "contextid"),
    of("role_names", "contextid"),
    of("comments", "contextid"),
    of("rating", "contextid"),
    of("favourite", "contextid"),
    of("filter_active", "contextid"),
    of("filter_config", "contextid"),
    of("tag_instance", "contextid"),
    of("grade_letters", "contextid"),
    of("contentbank_content", "contextid"),
    of("blog_association", "contextid"),
    of("editor_atto_autosave", "contextid"),
    of("tiny_autosave", "contextid"),
    of("tool_dataprivacy_ctxexpired", "contextid"),
    of("tool_dataprivacy_ctxinstance", "contextid"),
    of("tool_brickfield_areas", "contextid"),
    with("repository_instances", "contextid", &[of("repository_instance_config", "instanceid")]),
    with("grading_areas", "contextid", GRADING),
    of("question_references", "usingcontextid"),
    of("question_set_references", "usingcontextid"),
    with("question_usages", "contextid", QUESTION_USAGES),
    with("question_categories", "contextid", QUESTION_CATEGORIES),
    of("block_positions", "contextid"),
    with("block_instances", "parentcontextid", &[of("block_positions", "blockinstanceid")]),
];

/// By the id of a category.
pub(super) const OF_CATEGORY: &[Belongings] =
    &[of("event", "categoryid"), of("event_subscriptions", "categoryid"), of("tool_recyclebin_category", "categoryid")];
