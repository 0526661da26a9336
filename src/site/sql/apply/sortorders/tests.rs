use super::*;

fn category(id: i64, parent: i64, sortorder: i64) -> Category {
    Category { id, parent, sortorder, coursecount: 0, depth: 0, path: String::new() }
}

fn course(id: i64, category: i64, sortorder: i64) -> Course {
    Course { id, category, sortorder }
}

#[test]
fn categories_are_walked_depth_first_and_lost_ones_come_last() {
    let mut categories = vec![
        category(1, 0, 200),
        category(2, 0, 100),
        category(3, 2, 0),
        category(4, 2, 5),
        category(5, 99, 1),
        category(6, 0, 0),
    ];
    order_categories(&mut categories, 100);
    let order: Vec<_> = categories.iter().map(|c| (c.id, c.sortorder, c.depth, c.path.as_str(), c.parent)).collect();
    assert_eq!(
        order,
        [
            (2, 100, 1, "/2", 0),
            (4, 200, 2, "/2/4", 2),
            (3, 300, 2, "/2/3", 2),
            (1, 400, 1, "/1", 0),
            (6, 500, 1, "/6", 0),
            (5, 600, 1, "/5", 0)
        ]
    );
}

/// Name, courses, those of them that moved, expected sort orders by course.
type Case<'c> = (&'c str, &'c [Course], &'c [i64], &'c [(i64, i64)]);

#[test]
fn courses_are_numbered_behind_their_category() {
    let categories = [category(1, 0, 100), category(2, 0, 200)];
    let cases: [Case; 5] = [
        (
            "new ones first, the latest before",
            &[course(1, 0, 0), course(2, 1, 101), course(3, 1, 0), course(4, 1, 0)],
            &[],
            &[(4, 101), (3, 102), (2, 103), (1, 1)],
        ),
        (
            "moved ones last, in their order",
            &[course(1, 0, 1), course(2, 1, 205), course(3, 1, 101), course(4, 1, 102)],
            &[4, 2],
            &[(3, 101), (4, 102), (2, 103), (1, 1)],
        ),
        (
            "from another range",
            &[course(1, 0, 1), course(2, 1, 203), course(3, 1, 102)],
            &[],
            &[(3, 101), (2, 102), (1, 1)],
        ),
        (
            "gaps are closed",
            &[course(1, 0, 1), course(2, 2, 201), course(3, 2, 207)],
            &[],
            &[(2, 201), (3, 202), (1, 1)],
        ),
        ("a second site course", &[course(1, 0, 1), course(2, 0, 5)], &[], &[(2, 101), (1, 1)]),
    ];
    for (name, courses, moved, expected) in cases {
        let mut courses = courses.to_vec();
        order_courses(&mut courses, &categories, moved, 100);
        for (id, sortorder) in expected {
            let found = courses.iter().find(|course| course.id == *id).unwrap();
            assert_eq!(found.sortorder, *sortorder, "{name}: course {id}");
        }
    }
}
