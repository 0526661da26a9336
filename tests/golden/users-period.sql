update mdl_enrol set enrolperiod = 864000 where enrol = 'manual' and courseid in (select id from mdl_course where shortname = 'BIO');
