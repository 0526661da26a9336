update mdl_course_categories set idnumber = 'SCI' where name = 'Sciences';
