-- What Moodle and its people have left in the site before every case, besides what the tool writes itself.

-- Roles that may be subscribed to forums, as a fresh Moodle has them.
insert into mdl_role_capabilities (contextid, roleid, capability, permission)
select x.id, r.id, 'mod/forum:allowforcesubscribe', 1 from mdl_role r join mdl_context x on x.contextlevel = 10
where r.shortname in ('student', 'teacher', 'editingteacher') and not exists
    (select 1 from mdl_role_capabilities c where c.roleid = r.id and c.capability = 'mod/forum:allowforcesubscribe');

-- A forum that subscribes everybody at first.
insert into mdl_forum (course, type, name, intro, forcesubscribe)
select id, 'general', 'Talk', '', 2 from mdl_course where shortname = 'CHEM';

-- What Dora has, here and there.
insert into mdl_sessions (sid, userid, timecreated, timemodified)
select username, id, 0, 0 from mdl_user where username in ('ada', 'dora');
insert into mdl_user_preferences (userid, name, value)
select id, 'htmleditor', 'atto' from mdl_user where username in ('ben', 'dora');
insert into mdl_user_lastaccess (userid, courseid, timeaccess)
select u.id, c.id, 5 from mdl_user u join mdl_course c on c.shortname in ('BIO', 'CHEM') where u.username in ('ada', 'dora');
insert into mdl_forum_subscriptions (userid, forum)
select u.id, f.id from mdl_user u join mdl_course c on c.shortname = 'BIO' join mdl_forum f on f.course = c.id
where u.username in ('ada', 'dora');
insert into mdl_forum_digests (userid, forum, maildigest)
select u.id, f.id, 1 from mdl_user u join mdl_course c on c.shortname = 'BIO' join mdl_forum f on f.course = c.id
where u.username = 'dora';
insert into mdl_forum_track_prefs (userid, forumid)
select u.id, f.id from mdl_user u join mdl_course c on c.shortname = 'BIO' join mdl_forum f on f.course = c.id
where u.username = 'dora';
insert into mdl_forum_read (userid, forumid, discussionid, postid)
select u.id, f.id, 1, 1 from mdl_user u join mdl_course c on c.shortname = 'BIO' join mdl_forum f on f.course = c.id
where u.username = 'dora';
insert into mdl_grade_items (courseid, itemname, itemtype) select id, 'Exam', 'manual' from mdl_course where shortname = 'BIO';
insert into mdl_grade_grades (itemid, userid, rawgrade, finalgrade, feedback, usermodified)
select i.id, u.id, 70.5, 71, 'Good', t.id from mdl_grade_items i join mdl_user u on u.username in ('ada', 'dora')
join mdl_user t on t.username = 'tess' where i.itemname = 'Exam';
-- Her parent, so to speak.
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.id, x.id, t.id, '', 0, 5, 2, 0 from mdl_role r join mdl_user u on u.username = 'dora'
join mdl_user t on t.username = 'tess' join mdl_context x on x.contextlevel = 30 and x.instanceid = u.id where r.shortname = 'teacher';
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.id, x.id, u.id, '', 0, 5, 2, 0 from mdl_role r join mdl_user u on u.username = 'dora'
join mdl_context x on x.contextlevel = 10 where r.shortname = 'coursecreator';
insert into mdl_files (contenthash, pathnamehash, contextid, component, filearea, itemid, filepath, filename, filesize, timecreated, timemodified)
select 'h', 'p', x.id, 'user', 'icon', 0, '/', 'f1.png', 3, 5, 5 from mdl_user u
join mdl_context x on x.contextlevel = 30 and x.instanceid = u.id where u.username = 'dora';
insert into mdl_my_pages (userid, name, private) select id, '__default', 1 from mdl_user where username = 'dora';
insert into mdl_tag (userid, tagcollid, name, rawname, isstandard) select id, 1, 'chess', 'Chess', 0 from mdl_user where username = 'dora';
insert into mdl_tag_instance (tagid, component, itemtype, itemid, contextid, ordering, timecreated, timemodified)
select t.id, 'core', 'user', u.id, x.id, 0, 5, 5 from mdl_tag t join mdl_user u on u.username = 'dora'
join mdl_context x on x.contextlevel = 30 and x.instanceid = u.id where t.name = 'chess';

-- A cohort that is enrolled in a course, into a group with a conversation.
insert into mdl_cohort (contextid, name, idnumber, description, descriptionformat, timecreated, timemodified)
select id, 'Staff', 'ST', '', 1, 5, 5 from mdl_context where contextlevel = 10;
insert into mdl_cohort_members (cohortid, userid, timeadded)
select c.id, u.id, 5 from mdl_cohort c join mdl_user u on u.username = 'dora' where c.name = 'Staff';
insert into mdl_enrol (enrol, status, courseid, sortorder, roleid, customint1, customint2, timecreated, timemodified)
select 'cohort', 0, c.id, 3, r.id, k.id, g.id, 5, 5 from mdl_course c join mdl_role r on r.shortname = 'student'
join mdl_cohort k on k.name = 'Staff' join mdl_groups g on g.courseid = c.id and g.name = 'Gold' where c.shortname = 'CHEM';
insert into mdl_user_enrolments (status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified)
select 0, e.id, u.id, 0, 0, 2, 5, 5 from mdl_enrol e join mdl_user u on u.username = 'dora' where e.enrol = 'cohort';
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.id, x.id, u.id, 'enrol_cohort', e.id, 5, 2, 0 from mdl_enrol e join mdl_user u on u.username = 'dora'
join mdl_role r on r.id = e.roleid join mdl_context x on x.contextlevel = 50 and x.instanceid = e.courseid where e.enrol = 'cohort';
insert into mdl_groups_members (groupid, userid, timeadded, component, itemid)
select e.customint2, u.id, 5, 'enrol_cohort', e.id from mdl_enrol e join mdl_user u on u.username = 'dora' where e.enrol = 'cohort';
insert into mdl_message_conversations (type, name, component, itemtype, itemid, contextid, enabled, timecreated, timemodified)
select 2, 'Gold', 'core_group', 'groups', g.id, x.id, 1, 5, 5 from mdl_groups g
join mdl_context x on x.contextlevel = 50 and x.instanceid = g.courseid where g.name = 'Gold';
insert into mdl_message_conversation_members (conversationid, userid, timecreated)
select c.id, u.id, 5 from mdl_message_conversations c join mdl_user u on u.username = 'dora' where c.name = 'Gold';

-- A custom profile field.
insert into mdl_user_info_field (shortname, name, datatype, descriptionformat, categoryid, sortorder, required, locked, visible, forceunique, signup, defaultdataformat, param1, param2)
select 'badge', 'Badge', 'text', 1, 1, 1, 0, 0, 2, 0, 0, 0, '30', '2048' from mdl_role where shortname = 'student';
insert into mdl_user_info_data (userid, fieldid, data, dataformat)
select u.id, f.id, 'gold', 0 from mdl_user u join mdl_user_info_field f on f.shortname = 'badge' where u.username in ('ada', 'dora');

-- An activity whose context somebody has needed, with a role of its own.
insert into mdl_context (contextlevel, instanceid, path, depth)
select 70, m.id, '', 0 from mdl_course_modules m join mdl_course c on c.id = m.course where c.shortname = 'BIO';
update mdl_context set depth = 4, path = (select p.path from (select distinct * from mdl_context) p join mdl_course c on p.instanceid = c.id
    where p.contextlevel = 50 and c.shortname = 'BIO') || '/' || id where contextlevel = 70 and depth = 0;
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.id, x.id, u.id, '', 0, 5, 2, 0 from mdl_role r join mdl_user u on u.username = 'dora'
join mdl_context x on x.contextlevel = 70 where r.shortname = 'teacher'
and x.instanceid in (select m.id from mdl_course_modules m join mdl_course c on c.id = m.course where c.shortname = 'BIO');

-- Metacourses are in use, which a fresh Moodle leaves off.
update mdl_config set value = 'manual,guest,self,cohort,meta' where name = 'enrol_plugins_enabled';
