//! The column `category`.

use super::*;

const HEADER: &str = "shortname;fullname;category";

fn path_of(bench: &Bench) -> String {
    bench.world.courses.category_path(bench.course("NEW").category)
}

#[test]
fn paths_and_ids() {
    let cases = [
        ("7", "Life sciences", 0),
        (" 7 ", "Life sciences", 0),
        ("/2024/", "2024", 1),
        ("Life sciences", "Life sciences", 0),
        ("Life sciences/Cells", "Life sciences/Cells", 1),
        (" A / B /C", "A/B/C", 3),
        ("A\\B", "A/B", 2),
        ("/A/B/", "A/B", 2),
        ("", "Miscellaneous", 0),
    ];
    for (cell, path, created) in cases {
        let mut bench = Bench::new("", HEADER);
        let plan = bench.line(&format!("NEW;New;{cell}"));
        assert_eq!(plan.outcome, Outcome::Created, "{cell}: {:?}", plan.problems);
        assert_eq!(path_of(&bench), path, "{cell}");
        assert_eq!(reasons(&plan), vec![Reason::CategoryCreated; created], "{cell}");
    }
}

#[test]
fn escaped_slashes_only_in_quotes() {
    let mut bench = Bench::new("", HEADER);
    assert_eq!(bench.quoted("NEW;New;Art \\/ Music/Opera").outcome, Outcome::Created);
    let opera = bench.world.courses.category(bench.course("NEW").category).unwrap();
    assert_eq!(opera.name, "Opera");
    assert_eq!(bench.world.courses.category(opera.parent).unwrap().name, "Art / Music");
    let plan = Bench::new("", HEADER).line("NEW;New;Art \\/ Music");
    assert_refused(&plan, Reason::CategoryPathInvalid, "unquoted escape");
}

#[test]
fn refused() {
    let long = format!("A/{}", "x".repeat(256));
    let cases = [
        ("", "A//B", Reason::CategoryPathInvalid),
        ("", "//A", Reason::CategoryPathInvalid),
        ("", "A/ /B", Reason::CategoryPathInvalid),
        ("", "/", Reason::CategoryPathInvalid),
        ("", &long, Reason::CategoryPathInvalid),
        ("", "0", Reason::CategoryUnknown),
        ("", "999999", Reason::CategoryUnknown),
        ("", "99999999999999999999999", Reason::CategoryUnknown),
        ("category_identifier=idnumber", "NOPE", Reason::CategoryUnknown),
        ("category_identifier=idnumber", "Life sciences", Reason::CategoryUnknown),
        ("category_identifier=idnumber", "D", Reason::CategoryAmbiguous),
    ];
    for (options, cell, reason) in cases {
        let plan = Bench::new(options, HEADER).line(&format!("NEW;New;{cell}"));
        assert_refused(&plan, reason, cell);
        assert_eq!(plan.problems[0].column.as_deref(), Some("category"));
    }
    let mut bench = Bench::new("", HEADER);
    bench.world.courses = World::new(Arc::new(facts()), NOW).courses;
    assert_refused(&bench.line("NEW;New;"), Reason::CategoryUnknown, "a site without categories");
}

#[test]
fn by_idnumber() {
    for (cell, path) in [("LIFE", "Life sciences"), ("", "Miscellaneous")] {
        let mut bench = Bench::new("category_identifier=idnumber", HEADER);
        assert_eq!(bench.line(&format!("NEW;New;{cell}")).outcome, Outcome::Created);
        assert_eq!(path_of(&bench), path);
    }
}

#[test]
fn same_names_side_by_side() {
    let mut bench = Bench::new("", HEADER);
    let plan = bench.line("NEW;New;Double");
    assert_eq!(bench.course("NEW").category, CategoryId(9));
    assert_eq!(plan.problems[0].severity, Severity::Warning);
    assert_eq!(reasons(&plan), [Reason::CategoryAmbiguous]);
}

#[test]
fn visibility_of_new_categories() {
    let cases = [("", "X", (1, 1)), ("new_categories_visible=false", "X", (0, 0)), ("", "Attic/X", (0, 1))];
    for (options, cell, expected) in cases {
        let plan = Bench::new(options, HEADER).line(&format!("NEW;New;{cell}"));
        let Change::CreateCategory { visible, visible_old, .. } = &plan.changes[0] else { panic!("{cell}") };
        assert_eq!((*visible, *visible_old), expected, "{options} {cell}");
    }
}

#[test]
fn later_lines_know_earlier_categories() {
    let mut bench = Bench::new("", HEADER);
    assert_eq!(bench.line("A;A;X/Y").problems.len(), 2);
    assert_eq!(bench.line("B;B;X/Z").problems.len(), 1);
    assert!(bench.line("C;C;X/Y").problems.is_empty());
    assert_eq!(bench.course("A").category, bench.course("C").category);
}
