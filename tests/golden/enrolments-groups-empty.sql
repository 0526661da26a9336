insert into mdl_event (name, description, courseid, groupid)
select 'Meeting', '', g.courseid, g.id from mdl_groups g where g.name = 'Blue';
insert into mdl_quiz_overrides (quiz, groupid) select 1, id from mdl_groups where name = 'Blue';
