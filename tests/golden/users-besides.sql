update mdl_course_categories set idnumber = 'SCI' where name = 'Sciences';
insert into mdl_tag (userid, tagcollid, name, rawname, isstandard, timemodified) values (2, 1, 'tea', 'Tea', 1, 5);
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.id, x.id, u.id, '', 0, 5, 2, 0 from mdl_role r join mdl_user u on u.username = 'ben'
join mdl_context x on x.contextlevel = 40 join mdl_course_categories c on c.id = x.instanceid and c.name = 'Sciences'
where r.shortname = 'manager';
