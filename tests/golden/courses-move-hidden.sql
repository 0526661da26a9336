update mdl_course_categories set visible = 0, visibleold = 0 where name = 'Culture';
update mdl_course_categories set visible = 0 where name = 'Modern';
update mdl_course set visible = 0 where shortname = 'ART';
