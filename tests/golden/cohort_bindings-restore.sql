-- The method was disabled; since then Ada has joined and Finn has left.
update mdl_enrol set status = 1 where enrol = 'cohort';
delete from mdl_role_assignments where component = 'enrol_cohort';
insert into mdl_cohort_members (cohortid, userid, timeadded)
select c.id, u.id, 5 from mdl_cohort c join mdl_user u on u.username = 'ada' where c.name = 'Staff';
insert into mdl_user_enrolments (status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified)
select 0, e.id, u.id, 0, 0, 2, 5, 5 from mdl_enrol e join mdl_user u on u.username = 'finn' where e.enrol = 'cohort';
