-- What a course may have that is taken over: a hidden section, a key, a grouping, a block with its place, restrictions.
update mdl_course_sections set visible = 0, availability = '{"op":"&","c":[],"showc":[]}' where section = 2
    and course = (select id from mdl_course where shortname = 'BIO');
update mdl_course set summary = 'Life', summaryformat = 4, lang = 'fr', idnumber = 'C1'
    where shortname = 'BIO';
update mdl_enrol set password = 'key', customint3 = 30, customtext1 = 'Welcome' where enrol = 'self'
    and courseid = (select id from mdl_course where shortname = 'BIO');
insert into mdl_groupings (courseid, name, idnumber, descriptionformat, timecreated, timemodified)
    select id, 'Colours', '', 0, 5, 5 from mdl_course where shortname = 'BIO';
insert into mdl_groupings_groups (groupingid, groupid, timeadded)
    select p.id, g.id, 5 from mdl_groupings p join mdl_groups g on g.courseid = p.courseid where g.name = 'Red';
insert into mdl_block_instances (blockname, parentcontextid, showinsubcontexts, requiredbytheme, pagetypepattern,
    defaultregion, defaultweight, configdata, timecreated, timemodified)
    select 'calendar_month', x.id, 0, 0, 'course-view-*', 'side-pre', 2, '', 5, 5 from mdl_context x
    join mdl_course c on c.id = x.instanceid where x.contextlevel = 50 and c.shortname = 'BIO';
insert into mdl_context (contextlevel, instanceid, path, depth)
    select 80, b.id, '', 0 from mdl_block_instances b join mdl_context x on x.id = b.parentcontextid
    join mdl_course c on c.id = x.instanceid where x.contextlevel = 50 and c.shortname = 'BIO';
update mdl_context set depth = 4, path = (select p.path from (select distinct * from mdl_context) p join mdl_course c on p.instanceid = c.id
    where p.contextlevel = 50 and c.shortname = 'BIO') || '/' || id where contextlevel = 80 and depth = 0;
