-- A meeting, and a date that an activity has brought; what somebody may not do; comments on the page; a grouping.
insert into mdl_event (name, description, courseid, eventtype, modulename, instance, timestart, timesort)
select 'Meeting', '', c.id, 'course', '', 0, 1790000000, 1790000000 from mdl_course c where c.shortname = 'BIO';
insert into mdl_event (name, description, courseid, eventtype, modulename, instance, timestart, timesort)
select 'Posts are due', '', f.course, 'due', 'forum', f.id, 1790000000, 1790000000 from mdl_forum f
join mdl_course c on c.id = f.course where c.shortname = 'BIO';
insert into mdl_role_capabilities (contextid, roleid, capability, permission, timemodified, modifierid)
select x.id, r.id, 'mod/forum:replypost', -1, 5, 2 from mdl_context x join mdl_course c on c.id = x.instanceid
join mdl_role r on r.shortname = 'student' where x.contextlevel = 50 and c.shortname = 'BIO';
insert into mdl_comments (contextid, component, commentarea, itemid, content, format, userid, timecreated)
select x.id, 'block_comments', 'page_comments', 0, 'Hello', 0, u.id, 5 from mdl_context x
join mdl_course c on c.id = x.instanceid join mdl_user u on u.username = 'ada' where x.contextlevel = 50 and c.shortname = 'BIO';
insert into mdl_groupings (courseid, name, idnumber, descriptionformat, timecreated, timemodified)
select id, 'Labs', '', 1, 5, 5 from mdl_course where shortname = 'BIO';
insert into mdl_groupings_groups (groupingid, groupid, timeadded)
select s.id, g.id, 5 from mdl_groupings s join mdl_groups g on g.courseid = s.courseid where g.name = 'Red';
update mdl_course set defaultgroupingid = (select id from mdl_groupings where name = 'Labs') where shortname = 'BIO';
insert into mdl_grade_items (courseid, itemtype, gradetype) select id, 'course', 1 from mdl_course where shortname = 'BIO';
