delete from mdl_course_modules where course = (select id from mdl_course where shortname = 'ART');
delete from mdl_forum where course = (select id from mdl_course where shortname = 'ART');
update mdl_course_sections set sequence = '' where course = (select id from mdl_course where shortname = 'ART');
update mdl_course set newsitems = 0 where shortname = 'ART';
