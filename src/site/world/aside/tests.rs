use super::ids::IdSet;
use super::*;
use crate::model::{CohortId, ProfileFieldId};
use crate::site::facts::ProfileField;
use crate::site::fields::{Fields, UserField};
use crate::site::lookups::UserKey;
use crate::site::world::cohorts::{PlannedMember, Standing};
use crate::site::world::{Password, User};
use secrecy::SecretString;
use std::io::{Read, Seek, SeekFrom};

const BADGE: ProfileFieldId = ProfileFieldId(6);

fn facts() -> Arc<SiteFacts> {
    let badge = ProfileField {
        id: BADGE,
        shortname: "badge".to_owned(),
        datatype: "text".to_owned(),
        force_unique: true,
        param1: String::new(),
        param2: String::new(),
        param3: String::new(),
    };
    Arc::new(SiteFacts { profile_fields: vec![badge], ..SiteFacts::default() })
}

fn user(id: i64, username: &str, password: Password) -> User {
    let mut fields = Fields::default();
    fields.set(UserField::Username, username);
    fields.set(UserField::Email, format!("{username}@X.test"));
    User { id: UserId(id), deleted: false, fields, password, time_modified: 7 }
}

fn record(user: User) -> (UserId, Record) {
    (user.id, Record { account: Some(user), ..Record::default() })
}

fn by(handle: Handle) -> Wanted {
    Wanted { handles: BTreeSet::from([handle]), ..Wanted::default() }
}

fn username(text: &str) -> Handle {
    Handle::Key(UserKey::Username, text.to_owned())
}

fn ids(found: &[(UserId, Record)]) -> Vec<i64> {
    found.iter().map(|(user, _)| user.0).collect()
}

#[test]
fn users_are_found_by_what_they_have_now() {
    let mut aside = Aside::open(tempfile::tempfile().unwrap(), facts()).unwrap();
    let (ann, mut ann_record) = record(user(5, "ann", Password::Unknown));
    ann_record.belongings.profile.push((BADGE, "B1".to_owned()));
    ann_record.belongings.profile.push((ProfileFieldId(1), "Rome".to_owned()));
    let staff = (CohortId(3), PlannedMember { standing: Standing::In, emptied: 0 });
    ann_record.belongings.cohorts.push(staff);
    let bob = record(user(-1, "bob", Password::Unknown));
    aside.put(BTreeMap::from([(ann, ann_record), bob])).unwrap();

    let cases = [
        (username("ann"), vec![5]),
        (username("an"), vec![]),
        (username("bob"), vec![-1]),
        (Handle::Key(UserKey::Idnumber, "ann".to_owned()), vec![]),
        (Handle::Key(UserKey::Email, "ann@x.test".to_owned()), vec![5]),
        (Handle::UniqueValue(BADGE, "B1".to_owned()), vec![5]),
        (Handle::UniqueValue(ProfileFieldId(1), "Rome".to_owned()), vec![]),
    ];
    for (handle, expected) in cases {
        let found = aside.fetch(&by(handle.clone())).unwrap();
        assert_eq!(ids(&found), expected, "{handle:?}");
        aside.back.clear();
    }
    let searched = aside.fetch(&Wanted { searches: vec!["BOB@x".to_owned()], ..Wanted::default() }).unwrap();
    assert_eq!(ids(&searched), [-1]);

    let found = aside.fetch(&by(username("ann"))).unwrap();
    assert_eq!(found[0].1.belongings.cohorts, [staff]);
    assert!(aside.fetch(&by(username("ann"))).unwrap().is_empty(), "nobody comes back twice");
    let mut renamed = found.into_iter().next().unwrap().1;
    renamed.account.as_mut().unwrap().fields.set(UserField::Username, "anna");
    aside.put(BTreeMap::from([(ann, renamed), record(user(-1, "bob", Password::Unknown))])).unwrap();
    assert!(aside.fetch(&by(username("ann"))).unwrap().is_empty(), "the former name leads nowhere");
    assert_eq!(ids(&aside.fetch(&by(username("anna"))).unwrap()), [5]);
}

#[test]
fn deleted_accounts_are_found_by_the_digest_of_their_name_alone() {
    let mut aside = Aside::open(tempfile::tempfile().unwrap(), facts()).unwrap();
    let mut gone = user(5, "ann", Password::Unknown);
    gone.deleted = true;
    gone.fields.set(UserField::Email, "7e0d7f8a5d96c24ffcc840f31bce72b2");
    aside.put(BTreeMap::from([record(gone)])).unwrap();
    assert!(aside.fetch(&by(username("ann"))).unwrap().is_empty());
    let md5 = Handle::DeletedMd5("7e0d7f8a5d96c24ffcc840f31bce72b2".to_owned());
    let found = aside.fetch(&by(md5)).unwrap();
    assert!(found[0].1.account.as_ref().unwrap().deleted);
}

#[test]
fn passwords_in_clear_are_recognised_and_never_on_disk() {
    let file = tempfile::tempfile().unwrap();
    let mut copy = file.try_clone().unwrap();
    let mut aside = Aside::open(file, facts()).unwrap();
    let clear = |text: &str| Password::Planned(SecretString::from(text));
    aside.put(BTreeMap::from([record(user(-1, "visible-name", clear("Hidden-word-1")))])).unwrap();
    for _ in 0..2 {
        let found = aside.fetch(&by(username("visible-name"))).unwrap();
        let account = found[0].1.account.as_ref().unwrap();
        assert_eq!(account.has_password("Hidden-word-1"), Some(true));
        assert_eq!(account.has_password("Hidden-word-2"), Some(false));
        assert!(!format!("{account:?}").contains("Hidden"));
        aside.put(found.into_iter().collect()).unwrap();
    }
    drop(aside);
    let mut bytes = Vec::new();
    copy.seek(SeekFrom::Start(0)).unwrap();
    copy.read_to_end(&mut bytes).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("visible-name"));
    assert!(!holds("Hidden-word"));
}

#[test]
fn a_set_of_ids_keeps_apart_what_shares_a_word() {
    let mut set = IdSet::default();
    for id in [0, 1, 63, 64, 1 << 40] {
        set.insert(UserId(id));
    }
    set.remove(UserId(1));
    let kept: Vec<i64> =
        [-1, 0, 1, 2, 63, 64, 65, 1 << 40].into_iter().filter(|id| set.contains(UserId(*id))).collect();
    assert_eq!(kept, [0, 63, 64, 1 << 40]);
}

#[test]
fn the_filter_knows_every_key_and_few_others() {
    let mut filter = Filter::default();
    assert!(!filter.may_contain(b"k0"));
    for n in 0..200_000 {
        filter.insert(format!("k{n}").as_bytes());
    }
    assert!((0..200_000).all(|n| filter.may_contain(format!("k{n}").as_bytes())));
    let others = (0..100_000).filter(|n| filter.may_contain(format!("other{n}").as_bytes())).count();
    assert!(others < 3_000, "{others} of 100,000");
}
