-- A field for hashes as Tool Sync makes it, with a hash of Ben's picture.
insert into mdl_user_info_field (shortname, name, datatype, categoryid, sortorder, locked, visible)
select 'userpicturehash', 'User picture hash', 'textarea', 0, 999, 1, 0 from mdl_role where shortname = 'student';
insert into mdl_user_info_data (userid, fieldid, data, dataformat)
select u.id, f.id, 'former', 0 from mdl_user u join mdl_user_info_field f on f.shortname = 'userpicturehash'
where u.username = 'ben';
-- Cleo's picture has no file, and the content of Tess's is in no pool.
update mdl_user set picture = 1 where username in ('cleo', 'tess');
insert into mdl_files (contenthash, pathnamehash, contextid, component, filearea, itemid, filepath, filename, filesize,
    mimetype, timecreated, timemodified)
select '0123456789012345678901234567890123456789', 'tess', x.id, 'user', 'icon', 0, '/', 'f1.jpg', 9, 'image/jpeg', 5, 5
from mdl_context x join mdl_user u on u.id = x.instanceid where x.contextlevel = 30 and u.username = 'tess';
