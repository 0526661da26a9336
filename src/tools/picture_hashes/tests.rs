//! Lists over a small site made by hand. What reading stored pictures gave is put into the world.

use super::*;
use crate::model::LineNumber;
use crate::site::UserField;
use crate::site::world::{Password, User, UserPicture};
use std::collections::BTreeMap;

fn picture(shown: i64, hash: &str, f1: Option<&str>) -> UserPicture {
    UserPicture { shown, is_stored: true, hash: hash.to_owned(), f1: f1.map(str::to_owned) }
}

/// The guest; ann with a picture and no hash; bob with both; zoe with nothing; ivy whose picture has no file; a twin with the
/// picture of ann and one without any; eve, who is deleted; dan whose picture went and left its hash; and pictures that
/// cannot be read.
fn site() -> World {
    let facts = SiteFacts { guest: Some(UserId(1)), ..SiteFacts::default() };
    let mut world = World::new(Arc::new(facts), 1000);
    let people = [
        (1, "guest", "G", picture(4, "", Some("aa"))),
        (21, "ann", "U21", picture(7, "", Some("aa"))),
        (22, "bob", "U22", picture(1, "former", Some("aa"))),
        (23, "zoe@ex.test", "U23", UserPicture::default()),
        (24, "twin.a", "TT", picture(8, "", Some("aa"))),
        (25, "twin.b", "TT", UserPicture::default()),
        (26, "eve", "U26", picture(9, "", Some("aa"))),
        (27, "ivy", "U27", picture(1, "", None)),
        (28, "dan", "U28", picture(0, "former", None)),
        (29, "lost", "U29", picture(5, "", Some("lost"))),
        (30, "huge", "U30", picture(5, "", Some("huge"))),
        (31, "worn", "U31", picture(5, "", Some("worn"))),
        (32, "shut", "U32", picture(5, "", Some("shut"))),
    ];
    for (id, username, idnumber, picture) in people {
        let email = format!("{id}@Ex.test");
        let fields = [(UserField::Username, username), (UserField::Idnumber, idnumber), (UserField::Email, &email)];
        let fields = fields.map(|(field, text)| (field, text.to_owned())).into_iter().collect();
        let deleted = username == "eve";
        world.users.load(User { id: UserId(id), deleted, fields, password: Password::Unknown, time_modified: 0 });
        world.pictures.load(UserId(id), picture);
    }
    world
}

fn configured(given: &[(&str, &str)]) -> Box<dyn ConfiguredTool> {
    let given: BTreeMap<_, _> = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = ToolOptions::check(DESCRIPTOR.options, &given).unwrap();
    PictureHashesTool.configure(&options).unwrap_or_else(|_| panic!("options"))
}

/// Plans a line after reading what the tool asks for. Also answers with how many contents that were.
fn plan(world: &mut World, key: &str, value: &str) -> (LinePlan, usize) {
    let header = BoundHeader::of_list(DESCRIPTOR.columns);
    let bound = configured(&[("identifier", key)]).bind(header, Arc::clone(&world.facts));
    let parsed = bound.unwrap_or_else(|p| panic!("{p:?}")).job.parse(vec![Line::of(LineNumber(1).0, &[value])]);
    let asked = parsed.stored_pictures(world);
    let count = asked.len();
    for sha1 in asked {
        let hashed = match &*sha1 {
            "lost" => Err(ContentError::Absent),
            "huge" => Err(ContentError::TooLarge { most: 9 }),
            "worn" => Err(ContentError::Damaged),
            "shut" => Err(ContentError::Unreadable { problem: "permission denied".to_owned() }),
            content => Ok(PictureHash::of(content.as_bytes())),
        };
        world.pictures.note_hashed(sha1, hashed);
    }
    (parsed.plan(0, world), count)
}

#[test]
fn what_becomes_of_a_line() {
    use Outcome::{Failed, Skipped, Unchanged, Updated};
    let cases = [
        ("username", "ann", Updated, "", 1),
        ("username", " ANN ", Updated, "", 1),
        ("id", "21", Updated, "", 1),
        ("id", "021", Updated, "", 1),
        ("idnumber", "U21", Updated, "", 1),
        ("email", "21@EX.test", Updated, "", 1),
        ("username", "twin.a", Updated, "", 1),
        ("username", "bob", Unchanged, "", 0),
        ("username", "dan", Unchanged, "", 0),
        ("username", "zoe@ex.test", Skipped, "NOTHING_TO_DO", 0),
        ("username", "ivy", Failed, "PICTURE_MISSING", 0),
        ("username", "lost", Failed, "PICTURE_MISSING", 1),
        ("username", "huge", Failed, "PICTURE_TOO_LARGE", 1),
        ("username", "worn", Failed, "PICTURE_UNREADABLE", 1),
        ("username", "shut", Failed, "PICTURE_UNREADABLE", 1),
        ("username", "guest", Failed, "ACCOUNT_PROTECTED", 0),
        ("username", "eve", Failed, "USER_UNKNOWN", 0),
        ("id", "99", Failed, "USER_UNKNOWN", 0),
        ("idnumber", "TT", Failed, "USER_AMBIGUOUS", 0),
        ("idnumber", "u21", Failed, "USER_UNKNOWN", 0),
        ("id", "ann", Failed, "VALUE_INVALID", 0),
        ("id", "0", Failed, "VALUE_INVALID", 0),
        ("username", "", Failed, "USER_ID_EMPTY", 0),
    ];
    for (key, value, outcome, reason, read) in cases {
        let (plan, asked) = plan(&mut site(), key, value);
        let told: Vec<_> = plan.problems.iter().map(|problem| problem.reason.name()).collect();
        assert_eq!((plan.outcome, &*told.concat(), asked), (outcome, reason, read), "{key} {value}: {plan:?}");
        assert!(plan.problems.iter().all(|problem| problem.column.as_deref() == Some(IDENTIFIER)), "{plan:?}");
        assert_eq!(plan.changes.len(), usize::from(outcome == Updated), "{plan:?}");
    }
}

#[test]
fn a_hash_is_noted_once() {
    let mut world = site();
    let (first, _) = plan(&mut world, "username", "ann");
    let Change::SetPictureHash { user, hash } = &first.changes[0] else { panic!("{first:?}") };
    assert_eq!((*user, hash), (UserId(21), &PictureHash::of(b"aa")));
    assert_eq!(
        (&*first.fields[0].field, &*first.fields[0].after),
        ("profile_field_userpicturehash", PictureHash::of(b"aa").as_str())
    );
    let (again, asked) = plan(&mut world, "id", "21");
    assert_eq!((again.outcome, asked), (Outcome::Unchanged, 0), "nothing is read a second time");
    world.forget_unplanned();
    assert_eq!(world.pictures.of(UserId(21)).unwrap().hash, PictureHash::of(b"aa").as_str());
    assert!(world.pictures.of(UserId(24)).is_none() && world.pictures.hashed("aa").is_none());
}

#[test]
fn the_tool_lists_who_has_no_hash() {
    let mut world = site();
    world.pictures.load_unhashed(vec![(UserId(21), "ann".to_owned()), (UserId(29), "lo\"st".to_owned())]);
    let list = |key| (configured(&[("identifier", key)]).own_list().unwrap().write)(&world);
    assert_eq!(list("username").unwrap(), "\"ann\"\n\"lo\"\"st\"\n");
    assert_eq!(list("id").unwrap(), "21;\"ann\"\n29;\"lo\"\"st\"\n");
    for key in ["idnumber", "email"] {
        assert!(list(key).unwrap_err().to_string().contains("without a file it is username or id"));
    }
}
