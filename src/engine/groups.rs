//! Which groups and groupings are empty at the end of a run, in the courses that it touched. Of a dry run they are those
//! that would be empty if its lines had been applied; only what follows from cohorts and courses, and whom a reset lets go,
//! cannot be foreseen.

use super::cleanup::{Cleanup, Scene};
use super::error::EngineError;
use crate::model::{CourseId, GroupId, Reason};
use crate::site::world::Grouping;
use crate::site::{Change, GroupCard, GroupField, GroupingCard, Lookups, World};
use crate::tools::leftovers::GroupPurge;
use std::collections::{BTreeMap, BTreeSet};

/// Plans what becomes of empty groups, and of groupings in which no group is left then.
pub(super) async fn plan(scene: &Scene<'_>, cleanup: &mut Cleanup) -> Result<(), EngineError> {
    if scene.orders.groups == GroupPurge::None || scene.touched.courses.is_empty() {
        return Ok(());
    }
    let mut gone = BTreeSet::new();
    for group in empty_groups(scene).await? {
        let what = format!("Group {:?} of course {:?} has no members", group.name, group.course_shortname);
        if let Some(user) = &group.used_by {
            cleanup.keep(scene, Reason::EmptyGroupInUse, &what, &format!("{user} uses it"));
            continue;
        }
        gone.insert(group.id);
        let change = Change::DeleteGroup { group: group.id, course: group.course };
        cleanup.delete(scene, change, Reason::EmptyGroupDeleted, &what);
    }
    if scene.orders.groups == GroupPurge::Groups {
        return Ok(());
    }
    for grouping in groupings_left(scene, &gone).await? {
        let what = format!("Grouping {:?} of course {:?} holds no group", grouping.name, grouping.course_shortname);
        if let Some(user) = &grouping.used_by {
            cleanup.keep(scene, Reason::EmptyGroupingInUse, &what, &format!("{user} uses it"));
            continue;
        }
        let change = Change::DeleteGrouping { grouping: grouping.id, course: grouping.course };
        cleanup.delete(scene, change, Reason::EmptyGroupingDeleted, &what);
    }
    Ok(())
}

/// Groups in which nobody is behind the last line, by course and name.
async fn empty_groups(scene: &Scene<'_>) -> Result<Vec<GroupCard>, EngineError> {
    let courses = &scene.touched.courses;
    let mut groups = match scene.rehearsed {
        None => scene.reader.empty_groups(courses, &BTreeSet::new()).await?,
        Some(world) => foreseen_groups(scene, world).await?,
    };
    groups.retain(|group| !scene.touched.created.groups.contains(&group.id));
    groups.sort_by(|a, b| (&a.course_shortname, &a.name).cmp(&(&b.course_shortname, &b.name)));
    Ok(groups)
}

/// Groups that a dry run would leave empty: of the site, and those that it would create.
async fn foreseen_groups(scene: &Scene<'_>, world: &World) -> Result<Vec<GroupCard>, EngineError> {
    let participants = &world.participants;
    let changed = participants.member_changes().map(|(group, _)| group).collect();
    let mut groups = scene.reader.empty_groups(&scene.touched.courses, &changed).await?;
    groups.retain(|group| {
        let members = group.members.saturating_add_signed(participants.member_change(group.id));
        members == 0 && !participants.is_deleted(group.id)
    });
    for group in &mut groups {
        if let Some(known) = participants.group(group.course, group.id) {
            group.name = known.name().to_owned();
        }
    }
    // Whom a cohort brings into its group is not known.
    let of_method = |course, group| world.courses.instances(course).iter().any(|own| own.terms.group == Some(group));
    let new: Vec<_> = participants
        .new_groups()
        .filter(|group| scene.touched.courses.contains(&group.course))
        .filter(|group| participants.member_change(group.id) <= 0 && !of_method(group.course, group.id))
        .collect();
    let names = shortnames(scene, world, new.iter().map(|group| group.course)).await?;
    groups.extend(new.into_iter().map(|group| GroupCard {
        id: group.id,
        course: group.course,
        name: group.name().to_owned(),
        course_shortname: names.get(&group.course).cloned().unwrap_or_default(),
        members: 0,
        used_by: None,
    }));
    Ok(groups)
}

/// Groupings without a group once those `gone` are gone, by course and name.
async fn groupings_left(scene: &Scene<'_>, gone: &BTreeSet<GroupId>) -> Result<Vec<GroupingCard>, EngineError> {
    let mut groupings = match scene.rehearsed {
        None => scene.reader.groupings_left(&scene.touched.courses, gone).await?,
        Some(world) => foreseen_groupings(scene, world, gone).await?,
    };
    groupings.retain(|grouping| !scene.touched.created.groupings.contains(&grouping.id));
    groupings.sort_by(|a, b| (&a.course_shortname, &a.name).cmp(&(&b.course_shortname, &b.name)));
    Ok(groupings)
}

/// Groupings that a dry run would leave without a group: of the site, and those that it would create.
async fn foreseen_groupings(
    scene: &Scene<'_>,
    world: &World,
    gone: &BTreeSet<GroupId>,
) -> Result<Vec<GroupingCard>, EngineError> {
    let gone: BTreeSet<GroupId> = gone.iter().copied().chain(world.participants.deleted_groups()).collect();
    let mut groupings = scene.reader.groupings_left(&scene.touched.courses, &gone).await?;
    groupings.retain(|grouping| !world.groupings.is_deleted(grouping.id));
    for grouping in &mut groupings {
        if let Some(known) = world.groupings.get(grouping.id) {
            grouping.name = known.fields.text(GroupField::Name).to_owned();
        }
    }
    let touched = |grouping: &&Grouping| scene.touched.courses.contains(&grouping.course);
    let new: Vec<_> = world.groupings.new_groupings().filter(touched).collect();
    let names = shortnames(scene, world, new.iter().map(|grouping| grouping.course)).await?;
    groupings.extend(new.into_iter().map(|grouping| GroupingCard {
        id: grouping.id,
        course: grouping.course,
        name: grouping.fields.text(GroupField::Name).to_owned(),
        course_shortname: names.get(&grouping.course).cloned().unwrap_or_default(),
        used_by: None,
    }));
    let links = world.groupings.new_links().filter(|(_, group)| !gone.contains(group));
    let filled: BTreeSet<_> = links.map(|(grouping, _)| grouping).collect();
    groupings.retain(|grouping| !filled.contains(&grouping.id));
    Ok(groupings)
}

/// The short names of courses, for messages. The world of a dry run has forgotten those that it only read.
async fn shortnames(
    scene: &Scene<'_>,
    world: &World,
    courses: impl Iterator<Item = CourseId>,
) -> Result<BTreeMap<CourseId, String>, EngineError> {
    let courses: BTreeSet<CourseId> = courses.collect();
    let mut lookups = Lookups::default();
    lookups.courses.ids = courses.iter().filter(|course| !course.is_planned()).map(|course| course.0).collect();
    let mut found = World::new(world.facts.clone(), world.now);
    scene.reader.resolve(&lookups, &mut found).await?;
    let name = |id: CourseId| {
        let course = world.courses.get(id).or_else(|| found.courses.get(id))?;
        Some((id, course.shortname().to_owned()))
    };
    Ok(courses.into_iter().filter_map(name).collect())
}
