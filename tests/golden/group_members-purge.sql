insert into mdl_groupings (courseid, name, idnumber, timecreated, timemodified)
select g.courseid, 'Colours', 'COL', 1799000000, 1799000000 from mdl_groups g where g.name = 'Blue';
insert into mdl_groupings_groups (groupingid, groupid, timeadded)
select l.id, g.id, 1799000000 from mdl_groupings l join mdl_groups g on g.courseid = l.courseid
where l.name = 'Colours' and g.name = 'Blue';
