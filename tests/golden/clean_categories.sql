-- Empty categories: Void, and Nest with Egg in it; a cohort and a role in Void.
insert into mdl_course_categories (name, description, descriptionformat, parent, sortorder, coursecount, visible, visibleold,
    timemodified, depth, path) values ('Void', '', 0, 0, 50000, 0, 1, 1, 5, 1, ''), ('Nest', '', 0, 0, 60000, 0, 1, 1, 5, 1, '');
update mdl_course_categories set path = '/' || id where path = '';
insert into mdl_course_categories (name, description, descriptionformat, parent, sortorder, coursecount, visible, visibleold,
    timemodified, depth, path) select 'Egg', '', 0, id, 70000, 0, 1, 1, 5, 2, '' from mdl_course_categories where name = 'Nest';
update mdl_course_categories set path = '/' || parent || '/' || id where path = '';
insert into mdl_context (contextlevel, instanceid, path, depth)
select 40, id, '', depth + 1 from mdl_course_categories where name in ('Void', 'Nest', 'Egg') order by id;
update mdl_context set path = (select p.path from (select distinct * from mdl_context) p where p.contextlevel = 10) || '/' || id
where contextlevel = 40 and depth = 2 and path = '';
update mdl_context set path = (select p.path from (select x.path from mdl_context x
    join mdl_course_categories c on c.id = x.instanceid where x.contextlevel = 40 and c.name = 'Nest') p) || '/' || id
where contextlevel = 40 and path = '';
insert into mdl_cohort (contextid, name, idnumber, description, descriptionformat, timecreated, timemodified)
select x.id, 'Guild', 'GU', '', 1, 5, 5 from mdl_context x join mdl_course_categories c on c.id = x.instanceid
where x.contextlevel = 40 and c.name = 'Void';
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.id, x.id, u.id, '', 0, 5, 2, 0 from mdl_role r join mdl_user u on u.username = 'tess'
join mdl_context x on x.contextlevel = 40 join mdl_course_categories c on c.id = x.instanceid and c.name = 'Void'
where r.shortname = 'coursecreator';
