//! Cleaning over a small tree made by hand.

use super::*;
use crate::site::world::Category;
use std::collections::BTreeMap;

/// 1 holds a course, 2 holds 3 and 4, 4 holds 5; 6 has cohorts; 7 takes requests.
fn site() -> World {
    let config = [("defaultrequestcategory".to_owned(), "7".to_owned())].into();
    let mut world = World::new(Arc::new(SiteFacts { config, ..SiteFacts::default() }), 1000);
    for (id, parent) in [(1, 0), (2, 0), (3, 2), (4, 2), (5, 4), (6, 0), (7, 0)] {
        let (id, parent) = (CategoryId(id), CategoryId(parent));
        world.courses.load_category(Category { id, parent, name: format!("K{id}"), idnumber: None, visible: true });
    }
    world.courses.load_contents(CategoryId(1), |contents| contents.courses = 2);
    world.courses.load_contents(CategoryId(6), |contents| _ = contents.others.insert("cohorts"));
    world
}

fn configured(given: &[(&str, &str)]) -> Box<dyn ConfiguredTool> {
    let given: BTreeMap<_, _> = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = ToolOptions::check(DESCRIPTOR.options, &given).unwrap();
    CleanCategoriesTool.configure(&options).unwrap_or_else(|_| panic!("options"))
}

fn list(world: &World, given: &[(&str, &str)]) -> Result<String, OptionError> {
    (configured(given).own_list().unwrap().write)(world)
}

fn run(world: &mut World, given: &[(&str, &str)], ids: &[&str]) -> Vec<LinePlan> {
    let header = BoundHeader::of_list(DESCRIPTOR.columns);
    let facts = Arc::clone(&world.facts);
    let bound = configured(given).bind(header, facts).unwrap_or_else(|problems| panic!("{problems:?}"));
    let parsed = bound.job.parse((1..).zip(ids).map(|(number, id)| Line::of(number, &[id])).collect());
    (0..parsed.len()).map(|index| parsed.plan(index, world)).collect()
}

fn told(plans: &[LinePlan]) -> Vec<(Outcome, Option<Reason>)> {
    plans.iter().map(|plan| (plan.outcome, plan.problems.first().map(|problem| problem.reason))).collect()
}

#[test]
fn the_tool_lists_empty_categories_the_deepest_first() {
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[], "5;\"K2/K4/K5\"\n3;\"K2/K3\"\n6;\"K6\"\n7;\"K7\"\n"),
        (
            &[("ignore_empty_subcategories", "1")],
            "5;\"K2/K4/K5\"\n3;\"K2/K3\"\n4;\"K2/K4\"\n2;\"K2\"\n6;\"K6\"\n7;\"K7\"\n",
        ),
        (&[("start", "4"), ("ignore_empty_subcategories", "1")], "5;\"K2/K4/K5\"\n4;\"K2/K4\"\n"),
        (&[("start", "4")], "5;\"K2/K4/K5\"\n"),
        (&[("start", "1")], ""),
    ];
    for (options, expected) in cases {
        assert_eq!(list(&site(), options).unwrap(), expected, "{options:?}");
    }
    let error = list(&site(), &[("start", "99")]).unwrap_err();
    assert!(error.to_string().contains("no category has the id 99"), "{error}");
    let given = [("start".to_owned(), "top".to_owned())].into();
    let options = ToolOptions::check(DESCRIPTOR.options, &given).unwrap();
    assert!(CleanCategoriesTool.configure(&options).is_err());
}

#[test]
fn empty_categories_are_deleted_and_others_kept() {
    use Outcome::{Deleted, NotFound, Skipped};
    use Reason::{CategoryInUse, CategoryNeeded, CategoryNotEmpty, CategoryUnknown};
    let mut world = site();
    let plans = run(&mut world, &[], &["1", "2", "5", "4", "3", "2", "6", "7", "99", "5"]);
    let expected = [
        (Skipped, Some(CategoryNotEmpty)),
        (Skipped, Some(CategoryNotEmpty)),
        (Deleted, None),
        (Deleted, None),
        (Deleted, None),
        (Deleted, None),
        (Skipped, Some(CategoryInUse)),
        (Skipped, Some(CategoryNeeded)),
        (NotFound, Some(CategoryUnknown)),
        (NotFound, Some(CategoryUnknown)),
    ];
    assert_eq!(told(&plans), expected);
    assert_eq!(plans[2].fields[0].before, "K2/K4/K5");
    let all = [("force", "1"), ("allow_request_category", "1")];
    assert_eq!(told(&run(&mut world, &all, &["6", "7"])), [(Deleted, None), (Deleted, None)]);
}

#[test]
fn the_last_category_is_kept() {
    let mut world = site();
    world.courses.load_contents(CategoryId(1), |contents| contents.courses = 0);
    let all = [("force", "1"), ("allow_request_category", "1")];
    let plans = run(&mut world, &all, &["5", "4", "3", "2", "6", "7", "1"]);
    assert_eq!(told(&plans)[6], (Outcome::Skipped, Some(Reason::CategoryNeeded)), "{:?}", told(&plans));
}

#[test]
fn ids_that_cannot_be_read() {
    for (id, reason) in [("", Reason::ValueMissing), ("x", Reason::ValueInvalid), ("0", Reason::ValueInvalid)] {
        assert_eq!(told(&run(&mut site(), &[], &[id])), [(Outcome::Failed, Some(reason))]);
    }
}
