-- What Tool Sync left of a former picture of Tess.
insert into mdl_files (contenthash, pathnamehash, contextid, component, filearea, itemid, filepath, filename, filesize,
    mimetype, timecreated, timemodified)
select 'former', 'former', x.id, 'user', 'icon', 0, '/', 'f1.jpg', 9, 'image/jpeg', 5, 5
from mdl_context x join mdl_user u on u.id = x.instanceid where x.contextlevel = 30 and u.username = 'tess';
update mdl_user set picture = (select id from mdl_files where contenthash = 'former') where username = 'tess';
