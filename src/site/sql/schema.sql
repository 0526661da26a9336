-- The tables of Moodle 4.1 that the tools read and write, for the embedded site: names, columns, nullability and defaults
-- are Moodle's, and so are the unique indexes.
--
-- Of Moodle's other indexes only those stand here that look-ups and deletions use (keys of users and courses, the rows of
-- a user, a course, a group, a context): every further index is written with every row and slows bulk loads down.
-- Two things differ on purpose: `email` compares without regard to case, which is how addresses are looked up, and
-- profile values have an index (fieldid, data), by which values that must be unique are looked up.

-- Users

create table mdl_user (
    id integer primary key autoincrement, auth text not null default 'manual', confirmed integer not null default 0,
    policyagreed integer not null default 0, deleted integer not null default 0,
    suspended integer not null default 0, mnethostid integer not null default 0, username text not null default '',
    password text not null default '', idnumber text not null default '', firstname text not null default '',
    lastname text not null default '', email text collate nocase not null default '',
    emailstop integer not null default 0, phone1 text not null default '', phone2 text not null default '',
    institution text not null default '', department text not null default '', address text not null default '',
    city text not null default '', country text not null default '', lang text not null default 'en',
    calendartype text not null default 'gregorian', theme text not null default '',
    timezone text not null default '99', firstaccess integer not null default 0,
    lastaccess integer not null default 0, lastlogin integer not null default 0,
    currentlogin integer not null default 0, lastip text not null default '', secret text not null default '',
    picture integer not null default 0, description text, descriptionformat integer not null default 1,
    mailformat integer not null default 1, maildigest integer not null default 0,
    maildisplay integer not null default 2, autosubscribe integer not null default 1,
    trackforums integer not null default 0, timecreated integer not null default 0,
    timemodified integer not null default 0, trustbitmask integer not null default 0, imagealt text,
    lastnamephonetic text, firstnamephonetic text, middlename text, alternatename text, moodlenetprofile text
);
create unique index mdl_user_mneuse_uix on mdl_user (mnethostid, username);
create index mdl_user_ema_ix on mdl_user (email);
create index mdl_user_idn_ix on mdl_user (idnumber);

create table mdl_user_preferences (
    id integer primary key autoincrement, userid integer not null default 0, name text not null default '',
    value text not null default ''
);
create unique index mdl_userpref_usenam_uix on mdl_user_preferences (userid, name);

create table mdl_user_info_category (
    id integer primary key autoincrement, name text not null default '', sortorder integer not null default 0
);

create table mdl_user_info_field (
    id integer primary key autoincrement, shortname text not null default 'shortname', name text not null,
    datatype text not null default '', description text, descriptionformat integer not null default 0,
    categoryid integer not null default 0, sortorder integer not null default 0, required integer not null default 0,
    locked integer not null default 0, visible integer not null default 0, forceunique integer not null default 0,
    signup integer not null default 0, defaultdata text, defaultdataformat integer not null default 0, param1 text,
    param2 text, param3 text, param4 text, param5 text
);

create table mdl_user_info_data (
    id integer primary key autoincrement, userid integer not null default 0, fieldid integer not null default 0,
    data text not null, dataformat integer not null default 0
);
create unique index mdl_userinfodata_usefie_uix on mdl_user_info_data (userid, fieldid);
create index toolsync_user_info_data_fieldid_ix on mdl_user_info_data (fieldid, data);

create table mdl_user_lastaccess (
    id integer primary key autoincrement, userid integer not null default 0, courseid integer not null default 0,
    timeaccess integer not null default 0
);
create unique index mdl_userlast_usecou_uix on mdl_user_lastaccess (userid, courseid);
create index mdl_userlast_cou_ix on mdl_user_lastaccess (courseid);

create table mdl_user_password_history (
    id integer primary key autoincrement, userid integer not null, hash text not null default '',
    timecreated integer not null
);
create index mdl_userpasshist_use_ix on mdl_user_password_history (userid);

create table mdl_user_private_key (
    id integer primary key autoincrement, script text not null default '', value text not null default '',
    userid integer not null, instance integer, iprestriction text, validuntil integer, timecreated integer
);
create index mdl_userprivkey_use_ix on mdl_user_private_key (userid);

create table mdl_external_tokens (
    id integer primary key autoincrement, token text not null default '', privatetoken text,
    tokentype integer not null, userid integer not null, externalserviceid integer not null, sid text,
    contextid integer not null, creatorid integer not null default 1, iprestriction text, validuntil integer,
    timecreated integer not null, lastaccess integer
);
create index mdl_extetoke_use_ix on mdl_external_tokens (userid);

create table mdl_external_services_users (
    id integer primary key autoincrement, externalserviceid integer not null, userid integer not null,
    iprestriction text, validuntil integer, timecreated integer
);
create index mdl_exteservuser_use_ix on mdl_external_services_users (userid);

create table mdl_my_pages (
    id integer primary key autoincrement, userid integer default 0, name text not null default '',
    private integer not null default 1, sortorder integer not null default 0
);
create index mdl_mypage_usepri_ix on mdl_my_pages (userid, private);

create table mdl_oauth2_refresh_token (
    id integer primary key autoincrement, timecreated integer not null, timemodified integer not null,
    userid integer not null, issuerid integer not null, token text not null, scopehash text not null default ''
);
create unique index mdl_oautrefrtoke_useisssco_uix on mdl_oauth2_refresh_token (userid, issuerid, scopehash);

create table mdl_sessions (
    id integer primary key autoincrement, state integer not null default 0, sid text not null default '',
    userid integer not null, sessdata text, timecreated integer not null, timemodified integer not null,
    firstip text, lastip text
);
create unique index mdl_sess_sid_uix on mdl_sessions (sid);
create index mdl_sess_use_ix on mdl_sessions (userid);

create table mdl_tool_dataprivacy_request (
    id integer primary key autoincrement, type integer not null default 0, comments text,
    commentsformat integer not null default 0, userid integer not null default 0,
    requestedby integer not null default 0, status integer not null default 0, dpo integer default 0,
    dpocomment text, dpocommentformat integer not null default 0, systemapproved integer not null default 0,
    usermodified integer not null default 0, timecreated integer not null default 0,
    timemodified integer not null default 0, creationmethod integer not null default 0
);
create index mdl_tooldatarequ_use_ix on mdl_tool_dataprivacy_request (userid);

-- Contexts, roles, flags

create table mdl_context (
    id integer primary key autoincrement, contextlevel integer not null default 0,
    instanceid integer not null default 0, path text, depth integer not null default 0,
    locked integer not null default 0
);
create unique index mdl_cont_conins_uix on mdl_context (contextlevel, instanceid);
create index mdl_cont_pat_ix on mdl_context (path);

create table mdl_role (
    id integer primary key autoincrement, name text not null default '', shortname text not null default '',
    description text not null, sortorder integer not null default 0, archetype text not null default ''
);
create unique index mdl_role_sho_uix on mdl_role (shortname);
create unique index mdl_role_sor_uix on mdl_role (sortorder);

create table mdl_role_context_levels (
    id integer primary key autoincrement, roleid integer not null, contextlevel integer not null
);
create unique index mdl_rolecontleve_conrol_uix on mdl_role_context_levels (contextlevel, roleid);

create table mdl_role_assignments (
    id integer primary key autoincrement, roleid integer not null default 0, contextid integer not null default 0,
    userid integer not null default 0, timemodified integer not null default 0,
    modifierid integer not null default 0, component text not null default '', itemid integer not null default 0,
    sortorder integer not null default 0
);
create index mdl_roleassi_con_ix on mdl_role_assignments (contextid);
create index mdl_roleassi_comiteuse_ix on mdl_role_assignments (component, itemid, userid);
create index mdl_roleassi_useconrol_ix on mdl_role_assignments (userid, contextid, roleid);

create table mdl_role_capabilities (
    id integer primary key autoincrement, contextid integer not null default 0, roleid integer not null default 0,
    capability text not null default '', permission integer not null default 0,
    timemodified integer not null default 0, modifierid integer not null default 0
);
create unique index mdl_rolecapa_rolconcap_uix on mdl_role_capabilities (roleid, contextid, capability);
create index mdl_rolecapa_con_ix on mdl_role_capabilities (contextid);

create table mdl_role_names (
    id integer primary key autoincrement, roleid integer not null default 0, contextid integer not null default 0,
    name text not null default ''
);
create unique index mdl_rolename_rolcon_uix on mdl_role_names (roleid, contextid);
create index mdl_rolename_con_ix on mdl_role_names (contextid);

create table mdl_cache_flags (
    id integer primary key autoincrement, flagtype text not null default '', name text not null default '',
    timemodified integer not null default 0, value text not null, expiry integer not null
);
create index mdl_cachflag_nam_ix on mdl_cache_flags (name);

-- Categories and courses

create table mdl_course_categories (
    id integer primary key autoincrement, name text not null default '', idnumber text, description text,
    descriptionformat integer not null default 0, parent integer not null default 0,
    sortorder integer not null default 0, coursecount integer not null default 0, visible integer not null default 1,
    visibleold integer not null default 1, timemodified integer not null default 0, depth integer not null default 0,
    path text not null default '', theme text
);

create table mdl_course (
    id integer primary key autoincrement, category integer not null default 0, sortorder integer not null default 0,
    fullname text not null default '', shortname text not null default '', idnumber text not null default '',
    summary text, summaryformat integer not null default 0, format text not null default 'topics',
    showgrades integer not null default 1, newsitems integer not null default 1,
    startdate integer not null default 0, enddate integer not null default 0,
    relativedatesmode integer not null default 0, marker integer not null default 0,
    maxbytes integer not null default 0, legacyfiles integer not null default 0,
    showreports integer not null default 0, visible integer not null default 1,
    visibleold integer not null default 1, downloadcontent integer, groupmode integer not null default 0,
    groupmodeforce integer not null default 0, defaultgroupingid integer not null default 0,
    lang text not null default '', calendartype text not null default '', theme text not null default '',
    timecreated integer not null default 0, timemodified integer not null default 0,
    requested integer not null default 0, enablecompletion integer not null default 0,
    completionnotify integer not null default 0, cacherev integer not null default 0, originalcourseid integer,
    showactivitydates integer not null default 0, showcompletionconditions integer
);
create index mdl_cour_cat_ix on mdl_course (category);
create index mdl_cour_idn_ix on mdl_course (idnumber);
create index mdl_cour_sho_ix on mdl_course (shortname);

create table mdl_course_sections (
    id integer primary key autoincrement, course integer not null default 0, section integer not null default 0,
    name text, summary text, summaryformat integer not null default 0, "sequence" text,
    visible integer not null default 1, availability text, timemodified integer not null default 0
);
create unique index mdl_coursect_cousec_uix on mdl_course_sections (course, section);

create table mdl_course_format_options (
    id integer primary key autoincrement, courseid integer not null, format text not null default '',
    sectionid integer not null default 0, name text not null default '', value text
);
create unique index mdl_courformopti_couforsec_uix on mdl_course_format_options (courseid, format, sectionid, name);

create table mdl_course_modules (
    id integer primary key autoincrement, course integer not null default 0, module integer not null default 0,
    instance integer not null default 0, section integer not null default 0, idnumber text,
    added integer not null default 0, score integer not null default 0, indent integer not null default 0,
    visible integer not null default 1, visibleoncoursepage integer not null default 1,
    visibleold integer not null default 1, groupmode integer not null default 0,
    groupingid integer not null default 0, completion integer not null default 0, completiongradeitemnumber integer,
    completionview integer not null default 0, completionexpected integer not null default 0,
    completionpassgrade integer not null default 0, showdescription integer not null default 0, availability text,
    deletioninprogress integer not null default 0, downloadcontent integer default 1, lang text
);
create index mdl_courmodu_cou_ix on mdl_course_modules (course);

create table mdl_modules (
    id integer primary key autoincrement, name text not null default '', cron integer not null default 0,
    lastcron integer not null default 0, search text not null default '', visible integer not null default 1
);

create table mdl_block_instances (
    id integer primary key autoincrement, blockname text not null default '', parentcontextid integer not null,
    showinsubcontexts integer not null, requiredbytheme integer not null default 0,
    pagetypepattern text not null default '', subpagepattern text, defaultregion text not null default '',
    defaultweight integer not null, configdata text, timecreated integer not null, timemodified integer not null
);
create index mdl_blocinst_parshopagsub_ix on mdl_block_instances (parentcontextid, showinsubcontexts, pagetypepattern, subpagepattern);

create table mdl_block_positions (
    id integer primary key autoincrement, blockinstanceid integer not null, contextid integer not null,
    pagetype text not null default '', subpage text not null default '', visible integer not null,
    region text not null default '', weight integer not null
);
create unique index mdl_blocposi_bloconpagsub_uix on mdl_block_positions (blockinstanceid, contextid, pagetype, subpage);
create index mdl_blocposi_blo_ix on mdl_block_positions (blockinstanceid);

create table mdl_tag_coll (
    id integer primary key autoincrement, name text, isdefault integer not null default 0, component text,
    sortorder integer not null default 0, searchable integer not null default 1, customurl text
);

create table mdl_tag (
    id integer primary key autoincrement, userid integer not null, tagcollid integer not null,
    name text not null default '', rawname text not null default '', isstandard integer not null default 0,
    description text, descriptionformat integer not null default 0, flag integer default 0, timemodified integer
);
create unique index mdl_tag_tagnam_uix on mdl_tag (tagcollid, name);

create table mdl_tag_instance (
    id integer primary key autoincrement, tagid integer not null, component text not null default '',
    itemtype text not null default '', itemid integer not null, contextid integer,
    tiuserid integer not null default 0, ordering integer, timecreated integer not null default 0,
    timemodified integer not null default 0
);
create unique index mdl_taginst_comiteiteconti_uix on mdl_tag_instance (component, itemtype, itemid, contextid, tiuserid, tagid);
create index mdl_taginst_tag_ix on mdl_tag_instance (tagid);

create table mdl_favourite (
    id integer primary key autoincrement, component text not null default '', itemtype text not null default '',
    itemid integer not null, contextid integer not null, userid integer not null, ordering integer,
    timecreated integer not null, timemodified integer not null
);
create unique index mdl_favo_comiteiteconuse_uix on mdl_favourite (component, itemtype, itemid, contextid, userid);

-- Enrolment

create table mdl_enrol (
    id integer primary key autoincrement, enrol text not null default '', status integer not null default 0,
    courseid integer not null, sortorder integer not null default 0, name text, enrolperiod integer default 0,
    enrolstartdate integer default 0, enrolenddate integer default 0, expirynotify integer default 0,
    expirythreshold integer default 0, notifyall integer default 0, password text, cost text, currency text,
    roleid integer default 0, customint1 integer, customint2 integer, customint3 integer, customint4 integer,
    customint5 integer, customint6 integer, customint7 integer, customint8 integer, customchar1 text,
    customchar2 text, customchar3 text, customdec1 numeric, customdec2 numeric, customtext1 text, customtext2 text,
    customtext3 text, customtext4 text, timecreated integer not null default 0,
    timemodified integer not null default 0
);
create index mdl_enro_cou_ix on mdl_enrol (courseid);
create index mdl_enro_enr_ix on mdl_enrol (enrol);

create table mdl_user_enrolments (
    id integer primary key autoincrement, status integer not null default 0, enrolid integer not null,
    userid integer not null, timestart integer not null default 0, timeend integer not null default 2147483647,
    modifierid integer not null default 0, timecreated integer not null default 0,
    timemodified integer not null default 0
);
create unique index mdl_userenro_enruse_uix on mdl_user_enrolments (enrolid, userid);
create index mdl_userenro_use_ix on mdl_user_enrolments (userid);

-- Groups

create table mdl_groups (
    id integer primary key autoincrement, courseid integer not null, idnumber text not null default '',
    name text not null default '', description text, descriptionformat integer not null default 0, enrolmentkey text,
    picture integer not null default 0, timecreated integer not null default 0,
    timemodified integer not null default 0
);
create index mdl_grou_cou_ix on mdl_groups (courseid);

create table mdl_groups_members (
    id integer primary key autoincrement, groupid integer not null default 0, userid integer not null default 0,
    timeadded integer not null default 0, component text not null default '', itemid integer not null default 0
);
create unique index mdl_groumemb_usegro_uix on mdl_groups_members (userid, groupid);
create index mdl_groumemb_gro_ix on mdl_groups_members (groupid);

create table mdl_groupings (
    id integer primary key autoincrement, courseid integer not null default 0, name text not null default '',
    idnumber text not null default '', description text, descriptionformat integer not null default 0,
    configdata text, timecreated integer not null default 0, timemodified integer not null default 0
);
create index mdl_grou_cou2_ix on mdl_groupings (courseid);

create table mdl_groupings_groups (
    id integer primary key autoincrement, groupingid integer not null default 0, groupid integer not null default 0,
    timeadded integer not null default 0
);
create index mdl_grougrou_gro2_ix on mdl_groupings_groups (groupid);

create table mdl_message_conversations (
    id integer primary key autoincrement, type integer not null default 1, name text, convhash text, component text,
    itemtype text, itemid integer, contextid integer, enabled integer not null default 0,
    timecreated integer not null, timemodified integer
);
create index mdl_messconv_comiteitecon_ix on mdl_message_conversations (component, itemtype, itemid, contextid);

create table mdl_message_conversation_members (
    id integer primary key autoincrement, conversationid integer not null, userid integer not null,
    timecreated integer not null
);
create index mdl_messconvmemb_con_ix on mdl_message_conversation_members (conversationid);
create index mdl_messconvmemb_use_ix on mdl_message_conversation_members (userid);

create table mdl_assign_overrides (
    id integer primary key autoincrement, assignid integer not null default 0, groupid integer, userid integer,
    sortorder integer, allowsubmissionsfromdate integer, duedate integer, cutoffdate integer, timelimit integer
);
create index mdl_assiover_gro_ix on mdl_assign_overrides (groupid);

create table mdl_quiz_overrides (
    id integer primary key autoincrement, quiz integer not null default 0, groupid integer, userid integer,
    timeopen integer, timeclose integer, timelimit integer, attempts integer, password text
);
create index mdl_quizover_gro_ix on mdl_quiz_overrides (groupid);

create table mdl_lesson_overrides (
    id integer primary key autoincrement, lessonid integer not null default 0, groupid integer, userid integer,
    available integer, deadline integer, timelimit integer, review integer, maxattempts integer, retake integer,
    password text
);
create index mdl_lessover_gro_ix on mdl_lesson_overrides (groupid);

-- Cohorts

create table mdl_cohort (
    id integer primary key autoincrement, contextid integer not null, name text not null default '', idnumber text,
    description text, descriptionformat integer not null, visible integer not null default 1,
    component text not null default '', timecreated integer not null, timemodified integer not null, theme text
);

create table mdl_cohort_members (
    id integer primary key autoincrement, cohortid integer not null default 0, userid integer not null default 0,
    timeadded integer not null default 0
);
create unique index mdl_cohomemb_cohuse_uix on mdl_cohort_members (cohortid, userid);
create index mdl_cohomemb_use_ix on mdl_cohort_members (userid);

-- Files

create table mdl_files (
    id integer primary key autoincrement, contenthash text not null default '',
    pathnamehash text not null default '', contextid integer not null, component text not null default '',
    filearea text not null default '', itemid integer not null, filepath text not null default '',
    filename text not null default '', userid integer, filesize integer not null, mimetype text,
    status integer not null default 0, source text, author text, license text, timecreated integer not null,
    timemodified integer not null, sortorder integer not null default 0, referencefileid integer
);
create unique index mdl_file_pat_uix on mdl_files (pathnamehash);
create index mdl_file_comfilconite_ix on mdl_files (component, filearea, contextid, itemid);
create index mdl_file_con2_ix on mdl_files (contextid);

-- Grades, calendar, comments, competencies

create table mdl_grade_items (
    id integer primary key autoincrement, courseid integer, categoryid integer, itemname text,
    itemtype text not null default '', itemmodule text, iteminstance integer, itemnumber integer, iteminfo text,
    idnumber text, calculation text, gradetype integer not null default 1, grademax numeric not null default 100,
    grademin numeric not null default 0, scaleid integer, outcomeid integer, gradepass numeric not null default 0,
    multfactor numeric not null default 1.0, plusfactor numeric not null default 0,
    aggregationcoef numeric not null default 0, aggregationcoef2 numeric not null default 0,
    sortorder integer not null default 0, display integer not null default 0, decimals integer,
    hidden integer not null default 0, locked integer not null default 0, locktime integer not null default 0,
    needsupdate integer not null default 0, weightoverride integer not null default 0, timecreated integer,
    timemodified integer
);
create index mdl_graditem_cou_ix on mdl_grade_items (courseid);

create table mdl_grade_grades (
    id integer primary key autoincrement, itemid integer not null, userid integer not null, rawgrade numeric,
    rawgrademax numeric not null default 100, rawgrademin numeric not null default 0, rawscaleid integer,
    usermodified integer, finalgrade numeric, hidden integer not null default 0, locked integer not null default 0,
    locktime integer not null default 0, exported integer not null default 0, overridden integer not null default 0,
    excluded integer not null default 0, feedback text, feedbackformat integer not null default 0, information text,
    informationformat integer not null default 0, timecreated integer, timemodified integer,
    aggregationstatus text not null default 'unknown', aggregationweight numeric
);
create unique index mdl_gradgrad_useite_uix on mdl_grade_grades (userid, itemid);

create table mdl_grade_grades_history (
    id integer primary key autoincrement, action integer not null default 0, oldid integer not null, source text,
    timemodified integer, loggeduser integer, itemid integer not null, userid integer not null, rawgrade numeric,
    rawgrademax numeric not null default 100, rawgrademin numeric not null default 0, rawscaleid integer,
    usermodified integer, finalgrade numeric, hidden integer not null default 0, locked integer not null default 0,
    locktime integer not null default 0, exported integer not null default 0, overridden integer not null default 0,
    excluded integer not null default 0, feedback text, feedbackformat integer not null default 0, information text,
    informationformat integer not null default 0
);

create table mdl_event (
    id integer primary key autoincrement, name text not null, description text not null,
    format integer not null default 0, categoryid integer not null default 0, courseid integer not null default 0,
    groupid integer not null default 0, userid integer not null default 0, repeatid integer not null default 0,
    component text, modulename text not null default '', instance integer not null default 0,
    type integer not null default 0, eventtype text not null default '', timestart integer not null default 0,
    timeduration integer not null default 0, timesort integer, visible integer not null default 1,
    uuid text not null default '', "sequence" integer not null default 1, timemodified integer not null default 0,
    subscriptionid integer, priority integer, location text
);
create index mdl_even_grocoucatvisuse_ix on mdl_event (groupid, courseid, categoryid, visible, userid);
create index mdl_even_sub_ix on mdl_event (subscriptionid);

create table mdl_event_subscriptions (
    id integer primary key autoincrement, url text not null default '', categoryid integer not null default 0,
    courseid integer not null default 0, groupid integer not null default 0, userid integer not null default 0,
    eventtype text not null default '', pollinterval integer not null default 0, lastupdated integer,
    name text not null default ''
);
create index mdl_evensubs_use_ix on mdl_event_subscriptions (userid);

create table mdl_comments (
    id integer primary key autoincrement, contextid integer not null, component text,
    commentarea text not null default '', itemid integer not null, content text not null,
    format integer not null default 0, userid integer not null, timecreated integer not null
);
create index mdl_comm_concomite_ix on mdl_comments (contextid, commentarea, itemid);

create table mdl_rating (
    id integer primary key autoincrement, contextid integer not null, component text not null default '',
    ratingarea text not null default '', itemid integer not null, scaleid integer not null, rating integer not null,
    userid integer not null, timecreated integer not null, timemodified integer not null
);
create index mdl_rati_con_ix on mdl_rating (contextid);

create table mdl_competency_usercompcourse (
    id integer primary key autoincrement, userid integer not null, courseid integer not null,
    competencyid integer not null, proficiency integer, grade integer, timecreated integer not null,
    timemodified integer, usermodified integer not null
);
create unique index mdl_compuser_usecoucom_uix on mdl_competency_usercompcourse (userid, courseid, competencyid);

create table mdl_competency_usercomp (
    id integer primary key autoincrement, userid integer not null, competencyid integer not null,
    status integer not null default 0, reviewerid integer, proficiency integer, grade integer,
    timecreated integer not null, timemodified integer, usermodified integer not null
);
create unique index mdl_compuser_usecom_uix on mdl_competency_usercomp (userid, competencyid);

create table mdl_competency_usercompplan (
    id integer primary key autoincrement, userid integer not null, competencyid integer not null,
    planid integer not null, proficiency integer, grade integer, sortorder integer, timecreated integer not null,
    timemodified integer, usermodified integer not null
);
create unique index mdl_compuser_usecompla_uix on mdl_competency_usercompplan (userid, competencyid, planid);

create table mdl_competency_userevidence (
    id integer primary key autoincrement, userid integer not null, name text not null default '',
    description text not null, descriptionformat integer not null, url text not null, timecreated integer not null,
    timemodified integer not null, usermodified integer not null
);
create index mdl_compuser_use4_ix on mdl_competency_userevidence (userid);

create table mdl_competency_userevidencecomp (
    id integer primary key autoincrement, userevidenceid integer not null, competencyid integer not null,
    timecreated integer not null, timemodified integer not null, usermodified integer not null
);
create unique index mdl_compuser_usecom2_uix on mdl_competency_userevidencecomp (userevidenceid, competencyid);

create table mdl_competency_plan (
    id integer primary key autoincrement, name text not null default '', description text,
    descriptionformat integer not null default 0, userid integer not null, templateid integer,
    origtemplateid integer, status integer not null, duedate integer default 0, reviewerid integer,
    timecreated integer not null, timemodified integer not null default 0, usermodified integer not null
);
create index mdl_compplan_usesta_ix on mdl_competency_plan (userid, status);

create table mdl_competency_plancomp (
    id integer primary key autoincrement, planid integer not null, competencyid integer not null, sortorder integer,
    timecreated integer not null, timemodified integer, usermodified integer not null
);
create unique index mdl_compplan_placom_uix on mdl_competency_plancomp (planid, competencyid);

create table mdl_competency_templatecohort (
    id integer primary key autoincrement, templateid integer not null, cohortid integer not null,
    timecreated integer not null, timemodified integer not null, usermodified integer not null
);

create table mdl_competency_evidence (
    id integer primary key autoincrement, usercompetencyid integer not null, contextid integer not null,
    action integer not null, actionuserid integer, descidentifier text not null default '',
    desccomponent text not null default '', desca text, url text, grade integer, note text,
    timecreated integer not null, timemodified integer not null, usermodified integer not null
);

-- Forums

create table mdl_forum (
    id integer primary key autoincrement, course integer not null default 0, type text not null default 'general',
    name text not null default '', intro text not null, introformat integer not null default 0,
    duedate integer not null default 0, cutoffdate integer not null default 0, assessed integer not null default 0,
    assesstimestart integer not null default 0, assesstimefinish integer not null default 0,
    scale integer not null default 0, grade_forum integer not null default 0,
    grade_forum_notify integer not null default 0, maxbytes integer not null default 0,
    maxattachments integer not null default 1, forcesubscribe integer not null default 0,
    trackingtype integer not null default 1, rsstype integer not null default 0,
    rssarticles integer not null default 0, timemodified integer not null default 0,
    warnafter integer not null default 0, blockafter integer not null default 0,
    blockperiod integer not null default 0, completiondiscussions integer not null default 0,
    completionreplies integer not null default 0, completionposts integer not null default 0,
    displaywordcount integer not null default 0, lockdiscussionafter integer not null default 0
);
create index mdl_foru_cou_ix on mdl_forum (course);

create table mdl_forum_subscriptions (
    id integer primary key autoincrement, userid integer not null default 0, forum integer not null default 0
);
create unique index mdl_forusubs_usefor_uix on mdl_forum_subscriptions (userid, forum);
create index mdl_forusubs_use_ix on mdl_forum_subscriptions (userid);

create table mdl_forum_digests (
    id integer primary key autoincrement, userid integer not null, forum integer not null,
    maildigest integer not null default -1
);
create unique index mdl_forudige_forusemai_uix on mdl_forum_digests (forum, userid, maildigest);

create table mdl_forum_track_prefs (
    id integer primary key autoincrement, userid integer not null default 0, forumid integer not null default 0
);
create index mdl_forutracpref_usefor_ix on mdl_forum_track_prefs (userid, forumid);

create table mdl_forum_read (
    id integer primary key autoincrement, userid integer not null default 0, forumid integer not null default 0,
    discussionid integer not null default 0, postid integer not null default 0, firstread integer not null default 0,
    lastread integer not null default 0
);
create index mdl_foruread_use_ix on mdl_forum_read (userid);

-- Configuration

create table mdl_config (
    id integer primary key autoincrement, name text not null default '', value text not null
);
create unique index mdl_conf_nam_uix on mdl_config (name);

create table mdl_config_plugins (
    id integer primary key autoincrement, plugin text not null default 'core', name text not null default '',
    value text not null
);
create unique index mdl_confplug_plunam_uix on mdl_config_plugins (plugin, name);
