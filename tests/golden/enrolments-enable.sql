update mdl_user_enrolments set status = 1 where enrolid in
    (select id from mdl_enrol where enrol = 'manual') and userid in (select id from mdl_user where username in ('ada', 'dora'));
