//! Who leaves a course at a reset: participants by their roles, as far as their enrolment methods let them go.

use super::super::following::Gone;
use super::super::roles::{self, Assignment};
use super::super::rows::Rows;
use super::super::{Apply, unenrol};
use super::Demand;
use crate::site::{Holders, SiteError, SiteFacts};
use std::collections::{BTreeMap, BTreeSet};

/// Methods that let participants go at any time.
const OPEN: [&str; 8] = ["fee", "flatfile", "imsenterprise", "lti", "manual", "mnet", "paypal", "self"];
/// Methods that let participants go who are suspended: others are brought back by what they follow.
const FOLLOWING: [&str; 5] = ["category", "cohort", "database", "ldap", "meta"];

/// The condition that the participant `u` may leave by the method `e`. None where no method lets anybody go.
pub(in crate::site::sql) fn may_leave(facts: &SiteFacts) -> Option<String> {
    let enabled: BTreeSet<&str> = facts.enrol_plugins().collect();
    let among = |names: &[&'static str]| {
        let names: Vec<String> =
            names.iter().filter(|name| enabled.contains(**name)).map(|name| format!("'{name}'")).collect();
        (!names.is_empty()).then(|| format!("e.enrol in ({})", names.join(", ")))
    };
    let open = among(&OPEN);
    let following = among(&FOLLOWING).map(|names| format!("u.status = 1 and {names}"));
    let either: Vec<String> = open.into_iter().chain(following).collect();
    (!either.is_empty()).then(|| format!("e.status = 0 and ({})", either.join(" or ")))
}

/// What somebody has in a course.
#[derive(Debug, Default)]
struct Participant {
    /// Enrolments that may end: plug-in, method, status.
    enrolments: Vec<(String, i64, i64)>,
    /// Roles in the course, and whether they were given by hand.
    roles: BTreeMap<i64, bool>,
}

/// Participants by course and user.
type Participants = BTreeMap<(i64, i64), Participant>;

/// Lets participants go.
pub(super) async fn let_go(apply: &mut Apply<'_, '_>, demands: &[Demand<'_>]) -> Result<(), SiteError> {
    let asked: BTreeMap<i64, Vec<Holders>> = demands
        .iter()
        .filter(|demand| !demand.reset.holders.is_empty())
        .map(|demand| (demand.course, demand.reset.holders.iter().map(|(holders, _)| *holders).collect()))
        .collect();
    let Some(condition) = may_leave(apply.facts).filter(|_| !asked.is_empty()) else { return Ok(()) };
    let participants = participants(apply, &asked, &condition).await?;
    let mut gone: BTreeMap<String, Vec<Gone>> = BTreeMap::new();
    let mut unassigned = Vec::new();
    for ((course, user), participant) in participants {
        let Participant { enrolments, roles } = participant;
        let (leaves, lost) = fate(roles, &asked[&course]);
        for role in lost {
            unassigned.push(Assignment { role, course, user, component: String::new(), item: 0 });
        }
        for (plugin, method, status) in enrolments.into_iter().filter(|_| leaves) {
            gone.entry(plugin).or_default().push(Gone { method, user, course, status });
        }
    }
    apply.state.meta.participants.extend(unassigned.iter().map(|role| (role.course, role.user)));
    roles::remove(apply, &unassigned).await?;
    for (plugin, gone) in gone {
        unenrol::end_gone(apply, gone, &format!("enrol_{plugin}")).await?;
    }
    Ok(())
}

/// Whether a participant leaves, and which roles are lost otherwise. Whoever still has another role loses only the one
/// that is asked for; one that a plug-in has given stays.
fn fate(mut roles: BTreeMap<i64, bool>, asked: &[Holders]) -> (bool, Vec<i64>) {
    let mut lost = Vec::new();
    let has_none = roles.is_empty();
    for holders in asked {
        match holders {
            Holders::OfNone if has_none => return (true, lost),
            Holders::OfNone => {}
            Holders::Of(role) => match roles.remove(&role.0) {
                None => {}
                Some(_) if roles.is_empty() => return (true, lost),
                Some(by_hand) => lost.extend(by_hand.then_some(role.0)),
            },
        }
    }
    (false, lost)
}

async fn participants(
    apply: &mut Apply<'_, '_>,
    asked: &BTreeMap<i64, Vec<Holders>>,
    condition: &str,
) -> Result<Participants, SiteError> {
    let courses = Rows::of_ids(asked.keys().copied());
    let mut participants = Participants::new();
    let sql = format!(
        "select distinct e.courseid, u.userid, e.enrol, e.id, u.status from v {{then enrol e on e.courseid = v.id}} \
         join {{user_enrolments}} u on u.enrolid = e.id where {condition}"
    );
    for mut row in apply.fetch_with("read participants of courses", &courses, &sql).await? {
        let participant = participants.entry((row.int(0), row.int(1))).or_default();
        participant.enrolments.push((row.text(2), row.int(3), row.int(4)));
    }
    let sql = "select distinct v.id, r.userid, r.roleid, r.component from v \
               {then context x on x.contextlevel = 50 and x.instanceid = v.id} \
               join {role_assignments} r on r.contextid = x.id";
    for mut row in apply.fetch_with("read roles in courses", &courses, sql).await? {
        if let Some(participant) = participants.get_mut(&(row.int(0), row.int(1))) {
            *participant.roles.entry(row.int(2)).or_default() |= row.text(3).is_empty();
        }
    }
    Ok(participants)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RoleId;

    #[test]
    fn who_leaves_and_who_only_loses_a_role() {
        let of = |role| Holders::Of(RoleId(role));
        type Roles = &'static [(i64, bool)];
        type Fate = (bool, Vec<i64>);
        let cases: [(Roles, Vec<Holders>, Fate); 8] = [
            (&[(5, true)], vec![of(5)], (true, vec![])),
            (&[(5, true)], vec![of(3)], (false, vec![])),
            (&[(5, true), (3, true)], vec![of(5)], (false, vec![5])),
            (&[(5, false), (3, true)], vec![of(5)], (false, vec![])),
            (&[(5, true), (3, true)], vec![of(3), of(5)], (true, vec![3])),
            (&[(5, false)], vec![of(5)], (true, vec![])),
            (&[], vec![of(5), Holders::OfNone], (true, vec![])),
            (&[(5, true)], vec![Holders::OfNone], (false, vec![])),
        ];
        for (roles, asked, expected) in cases {
            assert_eq!(fate(roles.iter().copied().collect(), &asked), expected, "{roles:?} {asked:?}");
        }
    }

    #[test]
    fn only_enabled_methods_let_people_go() {
        let with = |plugins: &str| {
            let config = [("enrol_plugins_enabled".to_owned(), plugins.to_owned())].into();
            may_leave(&SiteFacts { config, ..SiteFacts::default() })
        };
        assert_eq!(with("guest"), None);
        assert_eq!(with("manual,guest").as_deref(), Some("e.status = 0 and (e.enrol in ('manual'))"));
        let both = "e.status = 0 and (e.enrol in ('manual') or u.status = 1 and e.enrol in ('cohort'))";
        assert_eq!(with("manual,cohort").as_deref(), Some(both));
    }
}
