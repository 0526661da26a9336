-- Whoever leaves is suspended and loses the role. Eve is in the cohort, too, and ART takes over the participants of CHEM.
insert into mdl_config_plugins (plugin, name, value)
select 'enrol_cohort', 'unenrolaction', '3' from mdl_role where shortname = 'student' and not exists
    (select 1 from mdl_config_plugins where plugin = 'enrol_cohort' and name = 'unenrolaction');
update mdl_config_plugins set value = '3' where plugin = 'enrol_cohort' and name = 'unenrolaction';
insert into mdl_cohort_members (cohortid, userid, timeadded)
select c.id, u.id, 5 from mdl_cohort c join mdl_user u on u.username = 'eve' where c.name = 'Staff';
insert into mdl_user_enrolments (status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified)
select 0, e.id, u.id, 0, 0, 2, 5, 5 from mdl_enrol e join mdl_user u on u.username = 'eve' where e.enrol = 'cohort';
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.roleid, r.contextid, u.id, 'enrol_cohort', r.itemid, 5, 2, 0 from mdl_role_assignments r
join mdl_user d on d.id = r.userid and d.username = 'dora' join mdl_user u on u.username = 'eve' where r.component = 'enrol_cohort';
insert into mdl_enrol (enrol, status, courseid, sortorder, roleid, customint1, timecreated, timemodified)
select 'meta', 0, a.id, 4, 0, b.id, 5, 5 from mdl_course a join mdl_course b on b.shortname = 'CHEM' where a.shortname = 'ART';
insert into mdl_user_enrolments (status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified)
select 0, e.id, u.id, 0, 0, 2, 5, 5 from mdl_enrol e join mdl_user u on u.username in ('dora', 'eve') where e.enrol = 'meta';
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.id, x.id, u.id, 'enrol_meta', e.id, 5, 2, 0 from mdl_enrol e join mdl_role r on r.shortname = 'student'
join mdl_context x on x.contextlevel = 50 and x.instanceid = e.courseid join mdl_user u on u.username in ('dora', 'eve')
where e.enrol = 'meta';
