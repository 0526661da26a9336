//! Every kind of change one after the other, whatever ids the site gives, with a look at the whole site after each step.

use super::*;
use crate::model::GroupingId;
use crate::site::Subject;
use secrecy::SecretString;

impl Fixture {
    async fn number(&self, sql: &str) -> i64 {
        self.rows(sql).await[0].parse().unwrap()
    }

    /// Goes through the life of users, courses and all between them.
    pub(in crate::site::sql) async fn go_through_everything(&self) {
        let mut ann = create_user(-1, "ann-x");
        if let Change::CreateUser { password, .. } = &mut ann {
            *password = NewPassword::Clear(SecretString::from("Ann-1"));
        }
        let made = self
            .apply(
                T,
                &[
                    ann,
                    create_user(-2, "bob-x"),
                    create_category(-1, 0),
                    create_category(-2, -1),
                    create_course(-1, -2, "X1"),
                    create_course(-2, -1, "X2"),
                    Change::CreateInstance(method(-1, -1, "manual")),
                    Change::CreateInstance(method(-2, -1, "self")),
                    create_group(-1, -1, "Red"),
                    create_cohort(-1, 0, "Staff", ""),
                ],
            )
            .await;
        let [ann, bob] = [-1, -2].map(|id| made.subjects[&Subject::User(UserId(id))]);
        let [x1, x2] = [-1, -2].map(|id| made.subjects[&Subject::Course(CourseId(id))]);
        let manual = self.number(&format!("select id from {{enrol}} where enrol = 'manual' and courseid = {x1}")).await;
        let by_self = self.number(&format!("select id from {{enrol}} where enrol = 'self' and courseid = {x1}")).await;
        let group = self.number(&format!("select id from {{groups}} where courseid = {x1}")).await;
        let cohort = self.number("select id from {cohort} where name = 'Staff'").await;
        let category = self.number("select id from {course_categories} where name = 'Category -1'").await;
        self.fill_the_course(x1).await;

        let mut bound = method(-5, x1, "cohort");
        bound.custom_ints = [Some(cohort), Some(group), None, None, None, None];
        self.apply(T + 1, &[Change::CreateInstance(bound)]).await;
        let owner = || Owner { component: "enrol_self".to_owned(), item: by_self };
        let changes = [
            enrol(manual, x1, ann),
            assign(5, x1, ann, Owner::manual()),
            join(group, x1, ann, Owner::manual()),
            enrol(by_self, x1, bob),
            assign(5, x1, bob, owner()),
            add_to_cohort(cohort, bob),
            update_user(ann, UserField::City, "", "Zürich \"\\\n😀"),
            pictures::set(ann, crate::site::picture::PictureFormat::Jpeg, "ann"),
            pictures::note(bob, "bob"),
            Change::SetInterests { user: UserId(ann), before: Vec::new(), after: vec!["Été 😀".to_owned()] },
            Change::AssignRoleAbove { role: RoleId(1), place: crate::site::RolePlace::Site, user: UserId(ann) },
            Change::SetPreference { user: UserId(ann), name: "create_password", value: Some("1".to_owned()) },
            Change::SetInstanceStatus {
                instance: EnrolId(by_self),
                course: CourseId(x1),
                status: EnrolStatus::Suspended,
            },
        ];
        self.apply(T + 2, &changes).await;
        let city = format!("select city from {{user}} where id = {ann}");
        assert_eq!(self.rows(&city).await, ["Zürich \"\\\n😀"]);
        let enrolled = format!("select count(*) from {{user_enrolments}} where userid in ({ann}, {bob})");
        assert_eq!(self.number(&enrolled).await, 3);

        let staff = CohortId(cohort);
        let renamed = Change::UpdateCohort { id: staff, fields: vec![update(CohortField::Name, "Staff", "Crew")] };
        let moved = Change::MoveCohort { id: staff, from: CategoryId(0), to: CategoryId(category) };
        let leave = Change::RemoveCohortMember { cohort: staff, user: UserId(bob) };
        self.apply(T + 2, &[renamed, moved, leave]).await;
        assert_eq!(self.number(&enrolled).await, 2);
        self.apply(T + 2, &[add_to_cohort(cohort, bob), add_to_cohort(cohort, ann)]).await;
        self.apply(T + 2, &[Change::EmptyCohort { id: staff }, add_to_cohort(cohort, bob)]).await;
        assert_eq!(self.number(&enrolled).await, 3);
        let meta = NewInstance {
            source: Some(crate::site::Source::Course(CourseId(x1))),
            role: None,
            ..method(-6, x2, "meta")
        };
        self.apply(T + 2, &[Change::CreateInstance(meta)]).await;
        let meta = self.number(&format!("select id from {{enrol}} where enrol = 'meta' and courseid = {x2}")).await;
        self.apply(T + 2, &[Change::DeleteInstance { instance: EnrolId(meta), course: CourseId(x2) }]).await;
        self.apply(T + 2, &[Change::DeleteCohort { id: staff }]).await;
        assert_eq!(self.number(&enrolled).await, 2);

        let mut copy = crate::site::TemplateCopy::new(CourseId(x1), CourseId(x2));
        copy.sections = [0, 1].into();
        copy.methods = vec![(EnrolId(by_self), EnrolId(-7))];
        copy.groups = vec![(GroupId(group), GroupId(-7))];
        copy.blocks = ["social_activities".to_owned()].into();
        self.apply(T + 2, &[Change::CopyTemplate(Box::new(copy))]).await;

        let go = |id, to| Change::MoveCourse { id: CourseId(id), from: CategoryId(0), to: CategoryId(to) };
        self.apply(T + 3, &[go(x1, category), go(x2, 1)]).await;
        let place = crate::site::RolePlace::Site;
        let below = Change::UnassignRoleAbove { role: RoleId(1), place, user: UserId(ann) };
        self.apply(T + 4, &[unenrol(manual, "manual", x1, ann, Remaining::None), below]).await;
        let roles = format!("select count(*) from {{role_assignments}} where userid = {ann}");
        assert_eq!(self.number(&roles).await, 0);
        let delete = |id| Change::DeleteUser { id: UserId(id) };
        self.apply(T + 5, &[delete(ann), delete(bob)]).await;
        assert_eq!(self.number(&enrolled).await, 0);
        let revive = Change::ReviveUser { id: UserId(ann), fields: vec![update(UserField::Username, "", "ann-y")] };
        let course = CourseId(x1);
        let fields = create_group(-1, x1, "Colours");
        let Change::CreateGroup { fields, .. } = fields else { panic!("a group") };
        let link = Change::AssignGrouping { grouping: GroupingId(-1), group: GroupId(group), course };
        self.apply(T + 6, &[Change::CreateGrouping { id: GroupingId(-1), course, fields }, link]).await;
        let grouping = self.number(&format!("select id from {{groupings}} where courseid = {x1}")).await;
        let ungroup = Change::DeleteGrouping { grouping: GroupingId(grouping), course };
        self.apply(T + 6, &[revive, Change::DeleteGroup { group: GroupId(group), course }, ungroup]).await;
        for table in ["groups", "groupings"] {
            assert_eq!(self.number(&format!("select count(*) from {{{table}}} where courseid = {x1}")).await, 0);
        }
    }

    pub(super) async fn fill_the_course(&self, course: i64) {
        let course = CourseId(course);
        let section = |number| Change::CreateSection { course, number, name: None, summary: String::new() };
        let options = vec![("hiddensections".to_owned(), "1".to_owned()), ("coursedisplay".to_owned(), "0".to_owned())];
        let changes = [
            section(0),
            section(1),
            Change::SetFormatOptions { course, format: "topics".to_owned(), options },
            Change::CreateNewsForum { course },
            Change::CreateSocialBlock { course },
            Change::UpdateCourse { id: course, fields: vec![update(CourseField::Summary, "", "S")] },
        ];
        self.apply(T, &changes).await;
    }
}

async fn all_changes_follow_each_other(engine: Engine) {
    Fixture::new(engine).await.go_through_everything().await;
}

on_every_engine! {
    all_changes_follow_each_other,
}
