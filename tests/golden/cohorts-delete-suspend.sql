-- Whoever leaves is suspended and loses the role.
insert into mdl_config_plugins (plugin, name, value)
select 'enrol_cohort', 'unenrolaction', '3' from mdl_role where shortname = 'student' and not exists
    (select 1 from mdl_config_plugins where plugin = 'enrol_cohort' and name = 'unenrolaction');
update mdl_config_plugins set value = '3' where plugin = 'enrol_cohort' and name = 'unenrolaction';
