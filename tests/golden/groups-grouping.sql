insert into mdl_groupings (courseid, name, idnumber, descriptionformat, timecreated, timemodified)
select id, 'Labs', 'LAB', 0, 5, 5 from mdl_course where shortname = 'BIO';
