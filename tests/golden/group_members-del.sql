-- Ben is in Blue by the tool.
insert into mdl_groups_members (groupid, userid, timeadded, component, itemid)
select g.id, u.id, 5, 'tool_sync', 0 from mdl_groups g join mdl_user u on u.username = 'ben' where g.name = 'Blue';
