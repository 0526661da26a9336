//! What belongs to users besides their profiles: roles above courses, interests.

use super::{LIST, Site};
use crate::model::{CategoryId, RoleId, UserId};
use crate::site::world::RoleAssignment;
use crate::site::{Owner, RolePlace, SiteError, World};
use std::collections::BTreeMap;

/// Reads the roles that these users have on the whole site and in categories. A user has few roles.
pub(super) async fn roles_above(site: &mut Site<'_>, users: &[i64], world: &mut World) -> Result<(), SiteError> {
    for part in users.chunks(LIST) {
        let columns = "r.userid, x.contextlevel, x.instanceid, r.roleid, r.component, r.itemid";
        let query =
            site.select(columns).push(" from {role_assignments r by userid} join {context} x on x.id = r.contextid");
        let query = query.push(" where r.userid").one_of(part.iter().copied());
        for mut row in site.fetch("read roles above courses", query.push(" and +x.contextlevel in (10, 40)")).await? {
            let place = if row.int(1) == RolePlace::SITE_LEVEL {
                RolePlace::Site
            } else {
                RolePlace::Category(CategoryId(row.int(2)))
            };
            let owner = Owner { component: row.text(4), item: row.int(5) };
            let assignment = RoleAssignment { role: RoleId(row.int(3)), owner };
            world.roles_above.load(UserId(row.int(0)), place, |roles| {
                if !roles.contains(&assignment) {
                    roles.push(assignment);
                }
            });
        }
    }
    Ok(())
}

/// Reads the interests of these users, in their order.
pub(super) async fn interests(site: &mut Site<'_>, users: &[i64], world: &mut World) -> Result<(), SiteError> {
    for part in users.chunks(LIST) {
        let query = site.select("i.itemid, i.ordering, i.id, t.rawname").push(
            " from {tag_instance i by itemid, component, itemtype} join {tag} t on t.id = i.tagid \
             where i.component = 'core' and i.itemtype = 'user' and i.itemid",
        );
        let mut found: BTreeMap<i64, Vec<(i64, i64, String)>> = BTreeMap::new();
        for mut row in site.fetch("read interests", query.one_of(part.iter().copied())).await? {
            found.entry(row.int(0)).or_default().push((row.int(1), row.int(2), row.text(3)));
        }
        for (user, mut tags) in found {
            tags.sort_unstable();
            let names: Vec<String> = tags.into_iter().map(|(_, _, name)| name).collect();
            world.interests.load(UserId(user), (), |interests| *interests = names);
        }
    }
    Ok(())
}
