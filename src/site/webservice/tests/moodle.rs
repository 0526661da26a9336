//! As much of a Moodle as refreshing caches sees of it.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// A call that it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    GetCategories,
    UpdateCategories,
    /// So many groupings.
    Create(usize),
    /// So many groupings.
    Delete(usize),
    Find,
}

type Parameters = Vec<(String, String)>;

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    parameters: BTreeMap<String, Parameters>,
    /// Course and name by id.
    groupings: BTreeMap<i64, (i64, String)>,
    next: i64,
    refused: Vec<i64>,
}

#[derive(Clone, Default)]
struct Answers(Arc<Mutex<State>>);

pub(super) struct Moodle {
    server: MockServer,
    answers: Answers,
}

impl Moodle {
    pub(super) async fn start() -> Self {
        Self::refusing(&[]).await
    }

    /// One in which the account may do nothing in these courses.
    pub(super) async fn refusing(courses: &[i64]) -> Self {
        let server = MockServer::start().await;
        let answers = Answers::default();
        answers.0.lock().unwrap().refused = courses.to_vec();
        let mock = Mock::given(method("POST")).and(path("/webservice/rest/server.php"));
        mock.respond_with(answers.clone()).mount(&server).await;
        Self { server, answers }
    }

    pub(super) fn url(&self) -> String {
        self.server.uri()
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.answers.0.lock().unwrap().calls.clone()
    }

    /// Parameters of the last call of a function.
    pub(super) fn parameters(&self, function: &str) -> Parameters {
        self.answers.0.lock().unwrap().parameters[function].clone()
    }

    pub(super) fn groupings(&self) -> usize {
        self.answers.0.lock().unwrap().groupings.len()
    }

    pub(super) fn put_grouping(&self, course: i64, name: &str) {
        self.answers.0.lock().unwrap().add(course, name);
    }
}

impl State {
    fn add(&mut self, course: i64, name: &str) -> i64 {
        self.next += 1;
        self.groupings.insert(self.next, (course, name.to_owned()));
        self.next
    }

    fn create(&mut self, parameters: &Parameters) -> Value {
        let values = |end: &str| {
            let ending = parameters.iter().filter(|(name, _)| name.ends_with(end));
            ending.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let wanted: Vec<(i64, String)> =
            values("[courseid]").into_iter().map(|id| id.parse().unwrap()).zip(values("[name]")).collect();
        self.calls.push(Call::Create(wanted.len()));
        if wanted.iter().any(|(course, _)| self.refused.contains(course)) {
            return exception("nopermissions");
        }
        if wanted.iter().any(|grouping| self.groupings.values().any(|there| there == grouping)) {
            return exception("invalidparameter");
        }
        let created = wanted.into_iter().map(
            |(course, name)| json!({"id": self.add(course, &name), "courseid": course, "name": name, "idnumber": ""}),
        );
        created.collect()
    }

    fn delete(&mut self, parameters: &Parameters) -> Value {
        self.calls.push(Call::Delete(parameters.len()));
        for (_, id) in parameters {
            self.groupings.remove(&id.parse().unwrap());
        }
        Value::Null
    }

    fn find(&mut self, parameters: &Parameters) -> Value {
        self.calls.push(Call::Find);
        let course: i64 = parameters[0].1.parse().unwrap();
        if self.refused.contains(&course) {
            return exception("nopermissions");
        }
        let there = self.groupings.iter().filter(|(_, (of, _))| *of == course);
        there.map(|(id, (_, name))| json!({"id": id, "name": name})).collect()
    }

    fn categories(&mut self, parameters: &Parameters) -> Value {
        self.calls.push(Call::GetCategories);
        let there = [(30, "Arts & Crafts", 2), (31, "Sciences", 0)];
        let wanted: Vec<i64> = parameters[1].1.split(',').map(|id| id.parse().unwrap()).collect();
        let all_at_the_top = parameters[0].1 == "parent";
        let found = there.into_iter().filter(|(id, _, _)| all_at_the_top || wanted.contains(id));
        found.map(|(id, name, format)| json!({"id": id, "name": name, "descriptionformat": format})).collect()
    }
}

fn exception(code: &str) -> Value {
    json!({"exception": "moodle_exception", "errorcode": code, "message": "No."})
}

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let query = std::str::from_utf8(&request.body).unwrap();
        let form = reqwest::Url::parse(&format!("http://moodle/?{query}")).unwrap();
        let mut parameters: Parameters = form.query_pairs().map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
        let function = parameters.iter().find(|(name, _)| name == "wsfunction").unwrap().1.clone();
        parameters.retain(|(name, _)| !name.starts_with("ws") && name != "moodlewsrestformat");
        let mut state = self.0.lock().unwrap();
        state.parameters.insert(function.clone(), parameters.clone());
        let answer = match function.as_str() {
            "core_course_get_categories" => state.categories(&parameters),
            "core_course_update_categories" => {
                state.calls.push(Call::UpdateCategories);
                Value::Null
            }
            "core_group_create_groupings" => state.create(&parameters),
            "core_group_delete_groupings" => state.delete(&parameters),
            "core_group_get_course_groupings" => state.find(&parameters),
            other => panic!("{other} was called"),
        };
        ResponseTemplate::new(200).set_body_json(answer)
    }
}
