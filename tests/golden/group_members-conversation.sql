-- Ada is a student of CHEM.
insert into mdl_user_enrolments (status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified)
select 0, e.id, u.id, 5, 0, 2, 5, 5 from mdl_enrol e join mdl_course c on c.id = e.courseid and c.shortname = 'CHEM'
join mdl_user u on u.username = 'ada' where e.enrol = 'manual';
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.id, x.id, u.id, '', 0, 5, 2, 0 from mdl_role r join mdl_user u on u.username = 'ada'
join mdl_course c on c.shortname = 'CHEM' join mdl_context x on x.contextlevel = 50 and x.instanceid = c.id
where r.shortname = 'student';
