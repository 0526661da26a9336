-- BIO is bound to the cohort by teachers, in its group, where Dora is by that.
insert into mdl_groups (courseid, name, timecreated, timemodified) select id, 'Staff cohort', 5, 5 from mdl_course where shortname = 'BIO';
insert into mdl_enrol (enrol, name, status, courseid, sortorder, roleid, customint1, customint2, timecreated, timemodified)
select 'cohort', 'Former', 0, c.id, 3, r.id, k.id, g.id, 5, 5 from mdl_course c join mdl_role r on r.shortname = 'teacher'
join mdl_cohort k on k.name = 'Staff' join mdl_groups g on g.courseid = c.id and g.name = 'Staff cohort' where c.shortname = 'BIO';
insert into mdl_user_enrolments (status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified)
select 0, e.id, u.id, 0, 0, 2, 5, 5 from mdl_enrol e join mdl_user u on u.username = 'dora' where e.name = 'Former';
insert into mdl_groups_members (groupid, userid, timeadded, component, itemid)
select e.customint2, u.id, 5, 'enrol_cohort', e.id from mdl_enrol e join mdl_user u on u.username = 'dora' where e.name = 'Former';
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.id, x.id, u.id, 'enrol_cohort', e.id, 5, 2, 0 from mdl_enrol e join mdl_user u on u.username = 'dora'
join mdl_role r on r.id = e.roleid join mdl_context x on x.contextlevel = 50 and x.instanceid = e.courseid where e.name = 'Former';
