-- ART takes over the participants of BIO.
insert into mdl_enrol (enrol, status, courseid, sortorder, roleid, customint1, timecreated, timemodified)
select 'meta', 0, a.id, 4, 0, b.id, 5, 5 from mdl_course a join mdl_course b on b.shortname = 'BIO' where a.shortname = 'ART';
insert into mdl_user_enrolments (status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified)
select 0, e.id, p.userid, p.timestart, p.timeend, 2, 5, 5 from mdl_enrol e join mdl_enrol m on m.enrol = 'manual'
and m.courseid = e.customint1 join mdl_user_enrolments p on p.enrolid = m.id where e.enrol = 'meta';
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.roleid, x.id, r.userid, 'enrol_meta', e.id, 5, 2, 0 from mdl_enrol e
join mdl_context x on x.contextlevel = 50 and x.instanceid = e.courseid
join mdl_context y on y.contextlevel = 50 and y.instanceid = e.customint1
join mdl_role_assignments r on r.contextid = y.id and r.component = '' where e.enrol = 'meta';
