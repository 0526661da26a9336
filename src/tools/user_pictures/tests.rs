//! Entries over a small site made by hand. Contents are a few bytes: what scaling them gave is put into the world.

use super::*;
use crate::model::{Attachment, ByteSpan, LineNumber};
use crate::site::picture::PictureFormat;
use crate::site::world::{Password, User};
use crate::site::{PooledContent, Portrait, UserField};
use std::collections::BTreeMap;

/// The guest, ann with a picture of the bytes "old", bob with one of nobody knows what, zoe without, two of one idnumber,
/// and eve, who is deleted.
fn site() -> World {
    let facts = SiteFacts { guest: Some(UserId(1)), ..SiteFacts::default() };
    let mut world = World::new(Arc::new(facts), 1000);
    let people = [
        (1, "guest", "G"),
        (21, "ann", "U21"),
        (22, "bob", "U22"),
        (23, "zoe@ex.test", "U23"),
        (24, "twin.a", "TT"),
        (25, "twin.b", "TT"),
        (26, "eve", "U26"),
    ];
    for (id, username, idnumber) in people {
        let fields = [(UserField::Username, username), (UserField::Idnumber, idnumber)];
        let fields = fields.map(|(field, text)| (field, text.to_owned())).into_iter().collect();
        let deleted = username == "eve";
        world.users.load(User { id: UserId(id), deleted, fields, password: Password::Unknown, time_modified: 0 });
        world.pictures.load(UserId(id), UserPicture::default());
    }
    let hash = PictureHash::of(b"old").as_str().to_owned();
    world.pictures.load(UserId(21), UserPicture { shown: 7, is_stored: true, hash, f1: None });
    world.pictures.load(UserId(22), UserPicture { shown: 1, is_stored: true, ..UserPicture::default() });
    world
}

fn bound(options: &[(&str, &str)], facts: &Arc<SiteFacts>) -> BoundTool {
    let given: BTreeMap<_, _> = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = ToolOptions::check(DESCRIPTOR.options, &given).unwrap();
    let configured = UserPicturesTool.configure(&options).unwrap_or_else(|_| panic!("options"));
    configured.bind(BoundHeader::of_list(DESCRIPTOR.columns), Arc::clone(facts)).unwrap_or_else(|p| panic!("{p:?}"))
}

fn line(name: &str, attachment: Attachment) -> Line {
    Line::of_entry(LineNumber(1), ByteSpan::default(), name, attachment)
}

fn content(content: &[u8]) -> Attachment {
    Attachment { content: Ok(content.into()), superseded_by: None }
}

/// Plans an entry after scaling what the tool asks for; "text" is no picture, "huge" has too many pixels.
fn plan(world: &mut World, options: &[(&str, &str)], line: Line) -> (LinePlan, usize) {
    let parsed = bound(options, &world.facts).job.parse(vec![line]);
    let asked = parsed.pictures(world);
    for (hash, content) in &asked {
        let file = || PooledContent::of(content.to_vec());
        let scaled = match &**content {
            b"text" => Err(PictureError::NoPicture),
            b"huge" => Err(PictureError::TooManyPixels { width: 9000, height: 9000, limit: 80_000_000 }),
            _ => Ok(Arc::new(Portrait { format: PictureFormat::Png, f1: file(), f2: file(), f3: file() })),
        };
        world.pictures.note_scaled(hash.clone(), scaled);
    }
    (parsed.plan(0, world), asked.len())
}

/// Options, name and content of an entry; its outcome and the reason told, and how many pictures are scaled for it.
type Case<'c> = (&'c [(&'c str, &'c str)], &'c str, &'c [u8], Outcome, &'c str, usize);

#[test]
fn what_becomes_of_an_entry() {
    use Outcome::{Failed, Skipped, Unchanged, Updated};
    let keep = &[("overwrite", "false")][..];
    let by = |key| [("identifier", key)];
    let (id, idnumber, hosted) = (by("id"), by("idnumber"), by("hostedusername"));
    let cases: [Case<'_>; 25] = [
        (&[], "ann.jpg", b"new", Updated, "", 1),
        (&[], "class 1/b/ANN.JPEG", b"new", Updated, "", 1),
        (&[], "ann.jpg", b"old", Unchanged, "", 0),
        (&[], "bob.gif", b"old", Updated, "", 1),
        (&[], "zoe@ex.test.webp", b"new", Updated, "", 1),
        (&id, "21.png", b"new", Updated, "", 1),
        (&id, "021.png", b"new", Updated, "", 1),
        (&idnumber, "U22.png", b"new", Updated, "", 1),
        (&hosted, "ann@1.png", b"new", Updated, "", 1),
        (&hosted, "zoe@ex.test@1.png", b"new", Updated, "", 1),
        (keep, "ann.jpg", b"new", Skipped, "PICTURE_EXISTS", 0),
        (keep, "ann.jpg", b"old", Unchanged, "", 0),
        (keep, "zoe@ex.test.png", b"new", Updated, "", 1),
        (&[], "notes.txt", b"new", Skipped, "ENTRY_IGNORED", 0),
        (&[], "ann", b"new", Skipped, "ENTRY_IGNORED", 0),
        (&[], "ghost.jpg", b"new", Failed, "USER_UNKNOWN", 0),
        (&[], "eve.jpg", b"new", Failed, "USER_UNKNOWN", 0),
        (&[], "guest.jpg", b"new", Failed, "ACCOUNT_PROTECTED", 0),
        (&[], "ann.jpg", b"text", Failed, "PICTURE_UNREADABLE", 1),
        (&[], "ann.jpg", b"huge", Failed, "PICTURE_TOO_LARGE", 1),
        (&[], "folder/ .jpg", b"new", Failed, "USER_ID_EMPTY", 0),
        (&idnumber, "TT.jpg", b"new", Failed, "USER_AMBIGUOUS", 0),
        (&id, "ann.jpg", b"new", Failed, "VALUE_INVALID", 0),
        (&hosted, "ann@2.jpg", b"new", Failed, "REMOTE_UNSUPPORTED", 0),
        (&hosted, "ann.jpg", b"new", Failed, "VALUE_INVALID", 0),
    ];
    for (options, name, bytes, outcome, reason, scaled) in cases {
        let (plan, asked) = plan(&mut site(), options, line(name, content(bytes)));
        let told: Vec<_> = plan.problems.iter().map(|problem| problem.reason.name()).collect();
        assert_eq!((plan.outcome, &*told.concat(), asked), (outcome, reason, scaled), "{options:?} {name}: {plan:?}");
        assert!(plan.problems.iter().all(|problem| problem.message.contains(name)), "{plan:?}");
        assert_eq!(plan.changes.len(), usize::from(outcome == Updated), "{plan:?}");
        assert_eq!(plan.key, name);
    }
}

#[test]
fn a_picture_is_given_once() {
    let mut world = site();
    let first = plan(&mut world, &[], line("ann.jpg", content(b"new"))).0;
    let Change::SetPicture { user, before, hash, .. } = &first.changes[0] else { panic!("{first:?}") };
    assert_eq!(
        (*user, before.as_str(), hash),
        (UserId(21), PictureHash::of(b"old").as_str(), &PictureHash::of(b"new"))
    );
    assert_eq!(first.fields[0].field, "picture");
    let again = plan(&mut world, &[], line("x/ann.png", content(b"new")));
    assert_eq!((again.0.outcome, again.1), (Outcome::Unchanged, 0), "nothing is scaled a second time");
    world.forget_unplanned();
    assert!(world.pictures.of(UserId(21)).is_some_and(|known| known.is(&PictureHash::of(b"new"))));
    assert!(world.pictures.of(UserId(22)).is_none());
}

#[test]
fn a_picture_without_its_files_is_stored_again() {
    for lost in [UserPicture { shown: 0, ..known() }, UserPicture { is_stored: false, ..known() }] {
        let mut world = site();
        world.pictures.load(UserId(21), lost);
        assert_eq!(plan(&mut world, &[], line("ann.jpg", content(b"old"))).0.outcome, Outcome::Updated);
    }
}

fn known() -> UserPicture {
    UserPicture { shown: 7, is_stored: true, hash: PictureHash::of(b"old").as_str().to_owned(), f1: None }
}

#[test]
fn what_the_archive_says_of_an_entry_is_told() {
    let broken = Problem::error(Reason::EntryUnreadable, "The entry \"ann.jpg\" cannot be unpacked.");
    let broken = Attachment { content: Err(broken), superseded_by: None };
    let plan_of = |attachment| plan(&mut site(), &[], line("ann.jpg", attachment)).0;
    let refused = plan_of(broken.clone());
    assert_eq!((refused.outcome, refused.problems[0].reason), (Outcome::Failed, Reason::EntryUnreadable));
    let superseded = plan_of(Attachment { superseded_by: Some("b/ANN.png".to_owned()), ..broken });
    assert_eq!((superseded.outcome, superseded.problems[0].reason), (Outcome::Skipped, Reason::EntrySuperseded));
    assert!(superseded.problems[0].message.contains("b/ANN.png"));
}

#[test]
fn entries_about_the_same_user_are_known_by_their_names() {
    let facts = Arc::new(SiteFacts::default());
    let job = bound(&[], &facts).job;
    assert_eq!(job.entry_subject("a/Ann.jpg"), job.entry_subject("ann.PNG"));
    assert_ne!(job.entry_subject("ann.jpg"), job.entry_subject("bob.jpg"));
    assert_eq!(job.entry_subject("ann.txt"), None);
    let by_id = bound(&[("identifier", "id")], &facts).job;
    assert_eq!(by_id.entry_subject("007.jpg"), by_id.entry_subject("7.gif"));
    let by_idnumber = bound(&[("identifier", "idnumber")], &facts).job;
    assert_ne!(by_idnumber.entry_subject("E1.jpg"), by_idnumber.entry_subject("e1.jpg"));
}
