-- Ada is a teacher as well.
insert into mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified, modifierid, sortorder)
select r.id, x.id, u.id, '', 0, 5, 2, 0 from mdl_role r join mdl_user u on u.username = 'ada'
join mdl_context x on x.contextlevel = 50 join mdl_course c on c.id = x.instanceid and c.shortname = 'BIO'
where r.shortname = 'teacher';
