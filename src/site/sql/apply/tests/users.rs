//! Accounts.

use super::*;
use crate::model::ProfileFieldId;
use crate::site::password::{md5_hex, verify};
use secrecy::SecretString;

async fn a_new_user_has_a_row_and_a_context(engine: Engine) {
    let fixture = Fixture::new(engine).await;
    let mut suspended = create_user(-2, "zoe");
    if let Change::CreateUser { fields, .. } = &mut suspended {
        fields.set(UserField::Suspended, "1");
    }
    let ids = fixture.apply(T, &[create_user(-1, "ann"), suspended]).await;
    assert_eq!(ids.subjects[&crate::site::Subject::User(UserId(-1))], 3);
    assert_eq!(ids.subjects[&crate::site::Subject::User(UserId(-2))], 4);
    fixture
        .expect(&[
            (
                "select id, auth, confirmed, deleted, suspended, mnethostid, username, password, idnumber, firstname, \
                 email, lang, calendartype, picture, description, timecreated, timemodified \
                 from {user} where id > 2 order by id",
                &[
                    "3|manual|1|0|0|1|ann|to be generated||First|ann@example.com|en|gregorian|0|~|1700000000|1700000000",
                    "4|manual|1|0|1|1|zoe|to be generated||First|zoe@example.com|en|gregorian|0|~|1700000000|1700000000",
                ],
            ),
            (
                "select id, contextlevel, instanceid, path, depth, locked from {context} where id > 5",
                &["6|30|3|/1/6|2|0", "7|30|4|/1/7|2|0"],
            ),
            ("select count(*) from {user_preferences}", &["0"]),
            ("select count(*) from {cache_flags}", &["0"]),
        ])
        .await;
}

async fn clear_passwords_are_hashed(engine: Engine) {
    let fixture = Fixture::new(engine).await;
    let clear = |text: &str| NewPassword::Clear(SecretString::from(text.to_owned()));
    let mut ann = create_user(-1, "ann");
    if let Change::CreateUser { password, .. } = &mut ann {
        *password = clear("One-1");
    }
    let changes = [
        ann,
        create_user(-2, "bob"),
        Change::SetPassword { id: UserId(-2), password: clear("Two-2") },
        Change::SetPassword { id: UserId(2), password: NewPassword::Constant("not cached") },
    ];
    fixture.apply(T, &changes).await;
    let hashes = fixture.rows("select password from {user} where id > 1 order by id").await;
    assert_eq!(hashes[0], "not cached");
    assert!(verify(&hashes[1], "One-1") && verify(&hashes[2], "Two-2"));
    assert!(hashes[1].starts_with("$2y$10$"));
}

async fn an_update_writes_the_columns_and_suspending_ends_sessions(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    fixture
        .prepare(&[
            "insert into {sessions} (sid, userid, timecreated, timemodified) values ('a', 3, 0, 0), ('b', 4, 0, 0)",
        ])
        .await;
    let changes = [
        update_user(3, UserField::City, "", "Paris"),
        update_user(4, UserField::Suspended, "0", "1"),
        update_user(3, UserField::City, "Paris", "Lyon"),
    ];
    fixture.apply(T + 5, &changes).await;
    fixture
        .expect(&[
            (
                "select city, suspended, timecreated, timemodified from {user} where id in (3, 4)",
                &["Lyon|0|1700000000|1700000005", "|1|1700000000|1700000005"],
            ),
            ("select userid from {sessions}", &["3"]),
        ])
        .await;
}

async fn user_names_can_change_hands_within_a_chunk(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let changes = [
        update_user(3, UserField::Username, "ann", "anna"),
        update_user(4, UserField::Username, "bob", "ann"),
        create_user(-1, "bob"),
        Change::DeleteUser { id: UserId(-1) },
        create_user(-2, "bob"),
    ];
    fixture.apply(T, &changes).await;
    fixture
        .expect(&[("select id, username from {user} where id > 2 and deleted = 0", &["3|anna", "4|ann", "6|bob"])])
        .await;
}

async fn preferences_and_profile_fields_are_set_changed_and_removed(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    fixture
        .prepare(&[
            "insert into {user_info_field} (id, name) values (1, 'F')",
            "insert into {user_preferences} (userid, name, value) values (3, 'create_password', '1'), (4, 'keep', '0')",
        ])
        .await;
    let preference = |user, name, value: Option<&str>| Change::SetPreference {
        user: UserId(user),
        name,
        value: value.map(str::to_owned),
    };
    let field = |before: Option<&str>, after: &str, format| Change::SetProfileField {
        user: UserId(3),
        field: ProfileFieldId(1),
        before: before.map(str::to_owned),
        after: after.to_owned(),
        format,
    };
    let changes = [
        preference(3, "create_password", None),
        preference(4, "keep", Some("1")),
        preference(4, "new", Some("x")),
        preference(4, "new", Some("y")),
        field(None, "one", 0),
        field(Some("one"), "two", 1),
    ];
    fixture.apply(T, &changes).await;
    fixture
        .expect(&[
            ("select userid, name, value from {user_preferences} order by id", &["4|keep|1", "4|new|y"]),
            ("select userid, fieldid, data, dataformat from {user_info_data}", &["3|1|two|1"]),
            (
                "select flagtype, name, value, timemodified, expiry from {cache_flags} order by id",
                &[
                    "userpreferenceschanged|3|1|1700000000|1700028800",
                    "userpreferenceschanged|4|1|1700000000|1700028800",
                ],
            ),
        ])
        .await;
}

/// Something of the user 3 in every table that a deletion empties, and something of the user 4 that stays.
const BELONGINGS: &[&str] = &[
    "insert into {grade_items} (id, courseid) values (1, 2)",
    "insert into {grade_grades} (itemid, userid, finalgrade) values (1, 3, 5), (1, 4, 6)",
    "insert into {user_lastaccess} (userid, courseid) values (3, 2)",
    "insert into {user_password_history} (userid, timecreated) values (3, 0)",
    "insert into {external_tokens} (tokentype, userid, externalserviceid, contextid, timecreated) values (0, 3, 1, 1, 0)",
    "insert into {user_private_key} (userid) values (3)",
    "insert into {my_pages} (userid, name, private) values (3, 'p', 1), (3, 'q', 0)",
    "insert into {event_subscriptions} (id, userid) values (1, 3)",
    "insert into {event} (name, description, userid, subscriptionid) values ('s', '', 3, 1), ('kept', '', 3, null)",
    "insert into {tag} (id, userid, tagcollid, name) values (1, 3, 1, 'gone'), (2, 3, 1, 'shared')",
    "insert into {tag_instance} (tagid, component, itemtype, itemid) values (1, 'core', 'user', 3), (2, 'core', 'user', 3), (2, 'core', 'course', 2)",
    "insert into {sessions} (sid, userid, timecreated, timemodified) values ('a', 3, 0, 0)",
    "insert into {files} (contextid, itemid, filesize, timecreated, timemodified) values (8, 0, 0, 0, 0)",
    "insert into {block_instances} (id, parentcontextid, showinsubcontexts, defaultweight, timecreated, timemodified) values (1, 8, 0, 0, 0, 0)",
    "insert into {context} (id, contextlevel, instanceid, path, depth) values (90, 80, 1, '/1/8/90', 3)",
    "insert into {forum} (id, course, intro) values (1, 2, '')",
    "insert into {forum_subscriptions} (userid, forum) values (3, 1), (4, 1)",
    "insert into {user_preferences} (userid, name, value) values (3, 'p', '1')",
];

async fn a_deleted_user_keeps_a_row_under_another_name_and_little_else(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let setup = [enrol(1, 2, 3), assign(5, 2, 3, Owner::manual()), join(1, 2, 3, Owner::manual())];
    fixture.apply(T, &setup).await;
    fixture.prepare(BELONGINGS).await;
    fixture.apply(T + 9, &[Change::DeleteUser { id: UserId(3) }]).await;
    let row = "select deleted, username, email, idnumber, picture, firstname, password, timemodified from {user} where id = 3";
    let expected = format!("1|ann@example.com.1700000009|{}||0|First|to be generated|1700000009", md5_hex("ann"));
    fixture.expect(&[(row, &[expected.as_str()])]).await;
    let emptied = [
        "user_enrolments",
        "role_assignments",
        "groups_members",
        "user_preferences",
        "user_lastaccess",
        "user_password_history",
        "external_tokens",
        "user_private_key",
        "event_subscriptions",
        "sessions",
        "files",
        "block_instances",
    ];
    for table in emptied {
        assert_eq!(fixture.rows(&format!("select count(*) from {{{table}}}")).await, ["0"], "{table}");
    }
    fixture
        .expect(&[
            ("select userid from {grade_grades}", &["4"]),
            (
                "select action, oldid, source, timemodified, loggeduser, itemid, userid, \
                 case when finalgrade = 5 then 5 else 0 end from {grade_grades_history}",
                &["3|1|userdelete|1700000009|2|1|3|5"],
            ),
            ("select name from {event}", &["kept"]),
            ("select name from {my_pages} where userid = 3", &["q"]),
            ("select name from {tag}", &["shared"]),
            ("select itemtype from {tag_instance}", &["course"]),
            ("select userid from {forum_subscriptions}", &["4"]),
            ("select id from {context} where contextlevel = 80 or instanceid = 3", &["8"]),
            ("select timemodified from {groups}", &["1700000009"]),
            ("select name from {cache_flags}", &["3"]),
            (
                "select type, comments, commentsformat, userid, requestedby, status, dpo, dpocomment, dpocommentformat, \
                 systemapproved, usermodified, timecreated, timemodified, creationmethod from {tool_dataprivacy_request}",
                &["2|Automatically created upon user deletion.|2|3|2|2|0||2|0|2|1700000009|1700000009|1"],
            ),
        ])
        .await;
}

async fn names_of_deleted_users_are_unique(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    let long = format!("{}@Exämple.com", "X Y".repeat(60));
    let mail = |id, email: &str| update_user(id, UserField::Email, "", email);
    let changes = [
        create_user(-1, "taken@example.com.1700000000"),
        mail(3, "taken@example.com"),
        mail(4, "taken@example.com"),
        create_user(-2, "long"),
        mail(-2, &long),
        create_user(-3, "none"),
        mail(-3, ""),
    ];
    fixture.apply(T, &changes).await;
    fixture.apply(T, &[3, 4, 6, 7].map(|id| Change::DeleteUser { id: UserId(id) })).await;
    let long = format!("{}.1700000000", "xy".repeat(60).get(..89).unwrap());
    fixture
        .expect(&[(
            "select username from {user} where deleted = 1 order by id",
            &[
                "taken@example.com.1700000002",
                "taken@example.com.1700000001",
                &long,
                "none.7@unknownemail.invalid.1700000000",
            ],
        )])
        .await;
}

async fn a_revived_user_gets_a_context_and_no_erasure(engine: Engine) {
    let fixture = Fixture::campus(engine).await;
    fixture.apply(T, &[Change::DeleteUser { id: UserId(3) }, Change::DeleteUser { id: UserId(4) }]).await;
    fixture.prepare(&["delete from {context} where contextlevel = 30 and instanceid = 3"]).await;
    let revive = |id, name: &str| Change::ReviveUser {
        id: UserId(id),
        fields: vec![update(UserField::Username, "", name), update(UserField::Email, "", "new@example.com")],
    };
    fixture.apply(T + 1, &[revive(3, "ann"), revive(4, "bob")]).await;
    fixture
        .expect(&[
            (
                "select username, email, deleted, confirmed, picture, timemodified from {user} where id in (3, 4)",
                &["ann|new@example.com|0|1|0|1700000001", "bob|new@example.com|0|1|0|1700000001"],
            ),
            ("select count(*) from {tool_dataprivacy_request}", &["0"]),
            ("select count(*) from {context} where contextlevel = 30 and instanceid in (3, 4)", &["2"]),
        ])
        .await;
}

on_every_engine! {
    a_new_user_has_a_row_and_a_context,
    clear_passwords_are_hashed,
    an_update_writes_the_columns_and_suspending_ends_sessions,
    user_names_can_change_hands_within_a_chunk,
    preferences_and_profile_fields_are_set_changed_and_removed,
    a_deleted_user_keeps_a_row_under_another_name_and_little_else,
    names_of_deleted_users_are_unique,
    a_revived_user_gets_a_context_and_no_erasure,
}
