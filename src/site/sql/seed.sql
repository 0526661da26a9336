-- What a freshly installed Moodle 4.1 holds in these tables, as far as the tools read it. Times are 0: nothing depends on
-- when the embedded site was made, and the same file always gives the same site.

insert into mdl_context (id, contextlevel, instanceid, path, depth) values
    (1, 10, 0, '/1', 1), (2, 50, 1, '/1/2', 2), (3, 40, 1, '/1/3', 2), (4, 30, 1, '/1/4', 2), (5, 30, 2, '/1/5', 2);

-- Nobody can log in to an embedded site: the passwords are constants that match none.
insert into mdl_user (id, confirmed, mnethostid, username, password, firstname, lastname, email, maildisplay, description)
values
    (1, 1, 1, 'guest', 'not cached', 'Guest user', ' ', 'root@localhost', 2,
        'This user is a special user that allows read-only access to some courses.'),
    (2, 1, 1, 'admin', 'not cached', 'Admin', 'User', 'admin@example.com', 1, null);

insert into mdl_course_categories (id, name, descriptionformat, sortorder, depth, path) values
    (1, 'Category 1', 1, 10000, 1, '/1');

insert into mdl_course (id, category, sortorder, fullname, shortname, summary, format, newsitems) values
    (1, 0, 1, 'Embedded site', 'embedded', '', 'site', 3);
insert into mdl_course_format_options (courseid, format, sectionid, name, value) values (1, 'site', 0, 'numsections', '1');

insert into mdl_role (id, name, shortname, description, sortorder, archetype) values
    (1, '', 'manager', '', 1, 'manager'), (2, '', 'coursecreator', '', 2, 'coursecreator'),
    (3, '', 'editingteacher', '', 3, 'editingteacher'), (4, '', 'teacher', '', 4, 'teacher'),
    (5, '', 'student', '', 5, 'student'), (6, '', 'guest', '', 6, 'guest'), (7, '', 'user', '', 7, 'user'),
    (8, '', 'frontpage', '', 8, 'frontpage');
insert into mdl_role_context_levels (roleid, contextlevel) values
    (1, 10), (1, 40), (1, 50), (2, 10), (2, 40), (3, 50), (3, 70), (4, 50), (4, 70), (5, 50), (5, 70);

insert into mdl_tag_coll (id, isdefault, searchable) values (1, 1, 1);

insert into mdl_my_pages (id, userid, name, private) values
    (1, null, '__default', 0), (2, null, '__default', 1), (3, null, '__courses', 0);

insert into mdl_modules (id, name, cron, visible) values
    (1, 'assign', 0, 1), (2, 'assignment', 60, 0), (3, 'bigbluebuttonbn', 0, 0), (4, 'book', 0, 1),
    (5, 'chat', 0, 1), (6, 'choice', 0, 1), (7, 'data', 0, 1), (8, 'feedback', 0, 1), (9, 'folder', 0, 1),
    (10, 'forum', 0, 1), (11, 'glossary', 0, 1), (12, 'h5pactivity', 0, 1), (13, 'imscp', 0, 1), (14, 'label', 0, 1),
    (15, 'lesson', 0, 1), (16, 'lti', 0, 1), (17, 'page', 0, 1), (18, 'quiz', 0, 1), (19, 'resource', 0, 1),
    (20, 'scorm', 0, 1), (21, 'survey', 0, 1), (22, 'url', 0, 1), (23, 'wiki', 0, 1), (24, 'workshop', 0, 1);

insert into mdl_config (name, value) values
    ('auth', 'email'), ('enrol_plugins_enabled', 'manual,guest,self,cohort,meta'), ('theme', 'boost'),
    ('sessiontimeout', '28800'), ('mnet_localhost_id', '1'), ('mnet_all_hosts_id', '2'),
    ('mnet_dispatcher_mode', 'off'), ('siteguest', '1'), ('siteadmins', '2'), ('version', '2022112802.06'),
    ('release', '4.1.2+ (Build: 20230401)'), ('branch', '401'), ('enableoutcomes', '0'), ('usetags', '1'),
    ('usecomments', '1'), ('enablenotes', '1'), ('enableblogs', '1'), ('enablecompletion', '1'),
    ('completiondefault', '1'), ('enableavailability', '1'), ('messaging', '1'),
    ('defaultpreference_maildisplay', '2'), ('defaultpreference_mailformat', '1'),
    ('defaultpreference_maildigest', '0'), ('defaultpreference_autosubscribe', '1'),
    ('defaultpreference_trackforums', '0'), ('enroladminnewcourse', '1'), ('fullnamedisplay', 'language'),
    ('alternativefullnameformat', 'language'), ('recovergradesdefault', '0'), ('timezone', 'Europe/London'),
    ('forcetimezone', '99'), ('country', '0'), ('defaultcity', ''), ('allcountrycodes', ''), ('lang', 'en'),
    ('langlist', ''), ('calendartype', 'gregorian'), ('allowaccountssameemail', '0'), ('authloginviaemail', '0'),
    ('allowemailaddresses', ''), ('denyemailaddresses', ''), ('verifychangedemail', '1'),
    ('extendedusernamechars', '0'), ('maxbytes', '0'), ('legacyfilesinnewcourses', '0'), ('passwordpolicy', '1'),
    ('minpasswordlength', '8'), ('minpassworddigits', '1'), ('minpasswordlower', '1'), ('minpasswordupper', '1'),
    ('minpasswordnonalphanum', '1'), ('maxconsecutiveidentchars', '0'), ('passwordreuselimit', '0'),
    ('pwresettime', '1800'), ('passwordchangelogout', '0'), ('passwordchangetokendeletion', '0'),
    ('allowuserthemes', '0'), ('allowcoursethemes', '0'), ('allowcategorythemes', '0'), ('allowcohortthemes', '0'),
    ('disablegradehistory', '0'), ('deleteunconfirmed', '168'), ('contextlocking', '0'), ('coursecontact', '3'),
    ('profileroles', '5,4,3'), ('maxcategorydepth', '2'), ('notloggedinroleid', '6'), ('guestroleid', '6'),
    ('defaultuserroleid', '7'), ('defaultfrontpageroleid', '8'), ('creatornewroleid', '3'),
    ('restorernewroleid', '3'), ('defaultrequestcategory', '1'), ('maxusersperpage', '100'),
    ('filescleanupperiod', '86400'), ('keeptagnamecase', '1'), ('rolesactive', '1');

insert into mdl_config_plugins (plugin, name, value) values
    ('auth_cas', 'version', '2022112800'), ('auth_db', 'version', '2022112800'),
    ('auth_email', 'version', '2022112800'), ('auth_ldap', 'version', '2022112800'),
    ('auth_lti', 'version', '2022112800'), ('auth_manual', 'version', '2022112800'),
    ('auth_mnet', 'version', '2022112800'), ('auth_nologin', 'version', '2022112800'),
    ('auth_none', 'version', '2022112800'), ('auth_oauth2', 'version', '2022112800'),
    ('auth_shibboleth', 'version', '2022112800'), ('auth_webservice', 'version', '2022112800'),
    ('enrol_cohort', 'version', '2022112800'), ('enrol_cohort', 'roleid', '5'),
    ('enrol_cohort', 'unenrolaction', '0'), ('enrol_guest', 'version', '2022112800'),
    ('enrol_guest', 'requirepassword', '0'), ('enrol_guest', 'usepasswordpolicy', '0'),
    ('enrol_guest', 'showhint', '0'), ('enrol_guest', 'defaultenrol', '1'), ('enrol_guest', 'status', '1'),
    ('enrol_guest', 'status_adv', ''), ('enrol_manual', 'version', '2022112800'),
    ('enrol_manual', 'expiredaction', '1'), ('enrol_manual', 'expirynotifyhour', '6'),
    ('enrol_manual', 'defaultenrol', '1'), ('enrol_manual', 'status', '0'), ('enrol_manual', 'roleid', '5'),
    ('enrol_manual', 'enrolstart', '4'), ('enrol_manual', 'enrolperiod', '0'), ('enrol_manual', 'expirynotify', '0'),
    ('enrol_manual', 'expirythreshold', '86400'), ('enrol_meta', 'version', '2022112800'),
    ('enrol_meta', 'nosyncroleids', ''), ('enrol_meta', 'syncall', '1'), ('enrol_meta', 'unenrolaction', '3'),
    ('enrol_meta', 'coursesort', 'sortorder'), ('enrol_self', 'version', '2022112800'),
    ('enrol_self', 'requirepassword', '0'), ('enrol_self', 'usepasswordpolicy', '0'),
    ('enrol_self', 'showhint', '0'), ('enrol_self', 'expiredaction', '1'), ('enrol_self', 'expirynotifyhour', '6'),
    ('enrol_self', 'defaultenrol', '1'), ('enrol_self', 'status', '1'), ('enrol_self', 'newenrols', '1'),
    ('enrol_self', 'groupkey', '0'), ('enrol_self', 'roleid', '5'), ('enrol_self', 'enrolperiod', '0'),
    ('enrol_self', 'expirynotify', '0'), ('enrol_self', 'expirythreshold', '86400'),
    ('enrol_self', 'longtimenosee', '0'), ('enrol_self', 'maxenrolled', '0'),
    ('enrol_self', 'sendcoursewelcomemessage', '1'), ('format_singleactivity', 'version', '2022112800'),
    ('format_singleactivity', 'activitytype', 'forum'), ('format_social', 'version', '2022112800'),
    ('format_topics', 'version', '2022112800'), ('format_weeks', 'version', '2022112800'),
    ('moodlecourse', 'visible', '1'), ('moodlecourse', 'downloadcontentsitedefault', '0'),
    ('moodlecourse', 'participantsperpage', '20'), ('moodlecourse', 'format', 'topics'),
    ('moodlecourse', 'maxsections', '52'), ('moodlecourse', 'numsections', '4'),
    ('moodlecourse', 'hiddensections', '1'), ('moodlecourse', 'coursedisplay', '0'),
    ('moodlecourse', 'courseenddateenabled', '1'), ('moodlecourse', 'courseduration', '31536000'),
    ('moodlecourse', 'lang', ''), ('moodlecourse', 'newsitems', '5'), ('moodlecourse', 'showgrades', '1'),
    ('moodlecourse', 'showreports', '0'), ('moodlecourse', 'showactivitydates', '1'),
    ('moodlecourse', 'maxbytes', '0'), ('moodlecourse', 'enablecompletion', '1'),
    ('moodlecourse', 'showcompletionconditions', '1'), ('moodlecourse', 'groupmode', '0'),
    ('moodlecourse', 'groupmodeforce', '0'), ('tool_dataprivacy', 'version', '2022112800'),
    ('tool_dataprivacy', 'contactdataprotectionofficer', '0'),
    ('tool_dataprivacy', 'automaticdataexportapproval', '0'),
    ('tool_dataprivacy', 'automaticdatadeletionapproval', '0'),
    ('tool_dataprivacy', 'automaticdeletionrequests', '1'), ('tool_dataprivacy', 'privacyrequestexpiry', '604800'),
    ('tool_dataprivacy', 'requireallenddatesforuserdeletion', '1'),
    ('tool_dataprivacy', 'showdataretentionsummary', '1'), ('tool_recyclebin', 'version', '2022112800'),
    ('tool_recyclebin', 'coursebinenable', '1'), ('tool_recyclebin', 'coursebinexpiry', '604800'),
    ('tool_recyclebin', 'categorybinenable', '1'), ('tool_recyclebin', 'categorybinexpiry', '604800'),
    ('tool_recyclebin', 'autohide', '1');
