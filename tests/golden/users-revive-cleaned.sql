delete from mdl_context where contextlevel = 30 and instanceid in (select id from mdl_user where firstname = 'Gus');
-- Somebody approved the request: it is past calling back.
update mdl_tool_dataprivacy_request set status = 3;
