update mdl_course set enddate = 1800000000 where shortname = 'BIO';
update mdl_course_modules set completionexpected = 1790000000, availability =
    '{"op":"&","c":[{"type":"date","d":">=","t":1790000000}],"showc":[true]}'
where course = (select id from mdl_course where shortname = 'BIO');
update mdl_forum set assesstimestart = 1790000000
where course = (select id from mdl_course where shortname = 'BIO');
insert into mdl_event (name, description, courseid, eventtype, modulename, instance, timestart, timesort)
select 'Meeting', '', c.id, 'course', '', 0, 1790000000, 1790000000 from mdl_course c where c.shortname = 'BIO';
