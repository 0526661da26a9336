-- ART took over the participants of BIO until the link was disabled; Ben was suspended in BIO since then.
insert into mdl_enrol (enrol, status, courseid, sortorder, roleid, customint1, timecreated, timemodified)
select 'meta', 1, a.id, 4, 0, b.id, 5, 5 from mdl_course a join mdl_course b on b.shortname = 'BIO' where a.shortname = 'ART';
insert into mdl_user_enrolments (status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified)
select 0, e.id, p.userid, p.timestart, p.timeend, 2, 5, 5 from mdl_enrol e join mdl_enrol m on m.enrol = 'manual'
and m.courseid = e.customint1 join mdl_user_enrolments p on p.enrolid = m.id where e.enrol = 'meta';
update mdl_user_enrolments set status = 1 where userid = (select id from mdl_user where username = 'ben')
and enrolid = (select e.id from mdl_enrol e join mdl_course c on c.id = e.courseid where c.shortname = 'BIO' and e.enrol = 'manual');
