//! Enrolment methods that follow a source: a cohort, another course. Found, created, disabled, restored, deleted. What
//! that means for people follows when the changes are applied.

use super::Planner;
use crate::model::{CourseId, EnrolId, Outcome, Problem, Reason, RoleId};
use crate::site::world::EnrolInstance;
use crate::site::{Change, EnrolStatus, MethodTerms, NewInstance, Source, World};

/// Methods of one course that follow one source.
#[derive(Debug, Clone)]
pub struct Link<'c> {
    /// The course that takes participants over.
    pub course: CourseId,
    /// The plug-in: `cohort`, `meta`.
    pub method: &'c str,
    /// Where they come from.
    pub source: Source,
    /// The role they get; none where the method gives none of its own, or any will do.
    pub role: Option<RoleId>,
}

impl Link<'_> {
    /// The methods that are this link, in Moodle's order.
    pub fn find(&self, world: &World) -> Vec<EnrolInstance> {
        let own = |known: &&EnrolInstance| {
            known.method == self.method
                && known.source == Some(self.source)
                && (self.role.is_none() || known.role == self.role)
        };
        world.courses.instances(self.course).iter().filter(own).cloned().collect()
    }

    /// Creates the method where it is missing, restores it where it is disabled, and gives it these terms.
    pub fn establish(&self, terms: impl Fn(MethodTerms) -> MethodTerms, plan: &mut Planner<'_>) -> (Outcome, EnrolId) {
        let known = self.find(plan.world);
        let enabled = known.iter().find(|known| known.status == EnrolStatus::Active);
        let Some(method) = enabled.or(known.first()) else {
            let id = EnrolId(plan.world.plan_id());
            plan.apply(Change::CreateInstance(self.new_method(id, terms(MethodTerms::default()))));
            return (Outcome::Created, id);
        };
        let (instance, course) = (method.id, self.course);
        let (before, after) = (method.terms, terms(method.terms));
        let mut outcome = Outcome::Unchanged;
        if before != after {
            plan.apply(Change::UpdateInstance { instance, course, before, after });
            outcome = Outcome::Updated;
        }
        if method.status == EnrolStatus::Suspended {
            plan.apply(Change::SetInstanceStatus { instance, course, status: EnrolStatus::Active });
            outcome = Outcome::Restored;
        }
        (outcome, instance)
    }

    fn new_method(&self, id: EnrolId, terms: MethodTerms) -> NewInstance {
        NewInstance {
            id,
            course: self.course,
            method: self.method.to_owned(),
            status: EnrolStatus::Active,
            role: self.role,
            enrol_period: 0,
            expiry_notify: 0,
            expiry_threshold: 0,
            password: None,
            custom_ints: [None; 6],
            source: Some(self.source),
            terms,
        }
    }

    /// Enables or disables all methods that are this link. None: there is no such method.
    pub fn set_status(&self, status: EnrolStatus, plan: &mut Planner<'_>) -> Option<Outcome> {
        let known = self.find(plan.world);
        if known.is_empty() {
            return None;
        }
        for method in known.into_iter().filter(|method| method.status != status) {
            plan.apply(Change::SetInstanceStatus { instance: method.id, course: self.course, status });
        }
        Some(match (plan.has_changes(), status) {
            (false, _) => Outcome::Unchanged,
            (true, EnrolStatus::Active) => Outcome::Restored,
            (true, EnrolStatus::Suspended) => Outcome::Suspended,
        })
    }

    /// Deletes all methods that are this link. None: there is no such method.
    pub fn remove(&self, plan: &mut Planner<'_>) -> Option<Outcome> {
        let known = self.find(plan.world);
        for method in &known {
            plan.apply(Change::DeleteInstance { instance: method.id, course: self.course });
        }
        (!known.is_empty()).then_some(Outcome::Deleted)
    }
}

/// Says that the site's front page takes nobody over, and hands nobody on.
pub fn refuse_front_page(world: &World, course: CourseId, column: &str) -> Result<(), Problem> {
    if world.facts.site_course == Some(course) {
        let message = "Nobody is enrolled in the front page course; name another course.";
        return Err(Problem::error(Reason::SiteCourse, message).at(column));
    }
    Ok(())
}
