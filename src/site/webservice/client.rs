//! The client: one call, its timeout, its retries, and what its answer means.

use super::error::WebServiceError;
use super::function::Function;
use crate::site::Repeat;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::error::Error as _;
use std::fmt;
use std::time::Duration;

const ENDPOINT: &str = "/webservice/rest/server.php";
/// Answers are lists of a few rows.
const LARGEST_ANSWER: usize = 16 << 20;
/// How much of a strange answer is shown.
const SHOWN_CHARS: usize = 160;

/// Where the web services of a Moodle are, and who calls.
#[derive(Clone)]
pub struct WebServiceAddress {
    /// What the addresses of Moodle's pages begin with: `https://moodle.example.org`.
    pub url: String,
    /// The token. It is sent in the body of requests, and nowhere else.
    pub token: SecretString,
    /// How long a call may take.
    pub timeout: Duration,
    /// How long Moodle may work on the content of a course.
    pub content_timeout: Duration,
}

/// How often a call is made, and how long to wait in between.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) attempts: u32,
    /// Before the second attempt; doubles with every further one.
    pub(super) first_wait: Duration,
}

const PATIENCE: Patience = Patience { attempts: 3, first_wait: Duration::from_millis(500) };

/// Names and values of a call, as Moodle's REST protocol has them: `groupings[0][name]`.
pub(super) type Parameters = Vec<(String, String)>;

/// A call: what is called, with what, for how long, and whether again.
pub(super) struct Request {
    pub(super) function: Function,
    pub(super) parameters: Parameters,
    pub(super) timeout: Duration,
    pub(super) repeat: Repeat,
}

/// Moodle's web services.
pub struct WebService {
    http: Client,
    address: WebServiceAddress,
    patience: Patience,
}

impl fmt::Debug for WebService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WebService").field(&self.address.url).finish()
    }
}

impl WebService {
    /// A client. Nothing is sent yet.
    pub fn new(address: WebServiceAddress) -> Result<Self, WebServiceError> {
        Self::patient(address, PATIENCE)
    }

    pub(super) fn patient(address: WebServiceAddress, patience: Patience) -> Result<Self, WebServiceError> {
        // reqwest takes the provider of the process. Whoever was here before has installed the same one.
        _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(address.timeout)
            // Elsewhere the token is nobody's business.
            .redirect(Policy::none())
            .user_agent(concat!("toolsync/", env!("CARGO_PKG_VERSION")));
        let broken = |error: reqwest::Error| WebServiceError::Client { problem: words(&error) };
        Ok(Self { http: client.build().map_err(broken)?, address, patience })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.address.url
    }

    /// How long Moodle may work on the content of a course.
    pub(super) fn content_timeout(&self) -> Duration {
        self.address.content_timeout
    }

    /// Calls a function, again and again where that does no harm.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        function: Function,
        parameters: Parameters,
    ) -> Result<T, WebServiceError> {
        let (timeout, repeat) = (self.address.timeout, function.repeat());
        self.send(&Request { function, parameters, timeout, repeat }).await
    }

    /// The same for a call with terms of its own.
    pub(super) async fn send<T: DeserializeOwned>(&self, request: &Request) -> Result<T, WebServiceError> {
        let mut wait = self.patience.first_wait;
        for _ in 1..self.patience.attempts {
            match self.attempt(request).await {
                Err(error) if error.may_be_repeated(request.repeat) => {
                    tracing::info!(%error, "a call of Moodle's web services is tried again");
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                }
                done => return done,
            }
        }
        self.attempt(request).await
    }

    async fn attempt<T: DeserializeOwned>(&self, call: &Request) -> Result<T, WebServiceError> {
        let mut form = vec![
            ("wstoken", self.address.token.expose_secret()),
            ("wsfunction", call.function.name()),
            ("moodlewsrestformat", "json"),
        ];
        form.extend(call.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let request = self.http.post(format!("{}{ENDPOINT}", self.address.url)).timeout(call.timeout).form(&form);
        let response = request.send().await.map_err(|error| lost(call, &error))?;
        if response.status() != StatusCode::OK {
            return Err(refused_by_server(call.function, &response));
        }
        let body = body(call, response).await?;
        self.understand(call.function, &body)
    }

    /// Moodle answers with HTTP status 200 also where it refuses.
    fn understand<T: DeserializeOwned>(&self, function: Function, body: &[u8]) -> Result<T, WebServiceError> {
        let unreadable = |problem: String| WebServiceError::Unreadable { function, problem };
        let value: Value = serde_json::from_slice(body)
            .map_err(|error| unreadable(format!("{error}; it begins with {}", self.beginning(body))))?;
        if value.get("exception").is_some() {
            let refusal: Refusal = serde_json::from_value(value).map_err(|error| unreadable(error.to_string()))?;
            return Err(WebServiceError::Refused {
                function,
                message: self.without_token(&refusal.words()),
                code: refusal.errorcode,
            });
        }
        serde_json::from_value(value).map_err(|error| unreadable(error.to_string()))
    }

    fn beginning(&self, body: &[u8]) -> String {
        let text: String = String::from_utf8_lossy(body).split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return "nothing: it is empty".to_owned();
        }
        format!("{:?}", self.without_token(&text).chars().take(SHOWN_CHARS).collect::<String>())
    }

    /// What a server says may repeat what it was told.
    fn without_token(&self, text: &str) -> String {
        text.replace(self.address.token.expose_secret(), "…")
    }
}

fn lost(call: &Request, error: &reqwest::Error) -> WebServiceError {
    let (function, problem) = (call.function, words(error));
    if error.is_timeout() && !error.is_connect() {
        WebServiceError::Timeout { function, limit: call.timeout }
    } else if error.is_connect() {
        WebServiceError::Connect { function, problem }
    } else {
        WebServiceError::Broken { function, problem }
    }
}

async fn body(call: &Request, mut response: Response) -> Result<Vec<u8>, WebServiceError> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| lost(call, &error))? {
        body.extend_from_slice(&part);
        if body.len() > LARGEST_ANSWER {
            let problem = format!("it is larger than {} MiB", LARGEST_ANSWER >> 20);
            return Err(WebServiceError::Unreadable { function: call.function, problem });
        }
    }
    Ok(body)
}

/// How Moodle refuses.
#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    errorcode: String,
    #[serde(default)]
    message: String,
    /// Only where the site shows what developers want to know.
    #[serde(default)]
    debuginfo: String,
}

impl Refusal {
    fn words(&self) -> String {
        let debug: String = self.debuginfo.lines().next().unwrap_or_default().chars().take(SHOWN_CHARS).collect();
        if debug.is_empty() { self.message.clone() } else { format!("{} ({debug})", self.message) }
    }
}

fn refused_by_server(function: Function, response: &Response) -> WebServiceError {
    let status = response.status();
    let location = response.headers().get(reqwest::header::LOCATION).and_then(|value| value.to_str().ok());
    let hint = match (status, location) {
        (status, Some(location)) if status.is_redirection() => {
            format!(", a redirect to {}; write the final address in site.webservice.url", place(location))
        }
        (StatusCode::FORBIDDEN, _) => "; see that Moodle's web services and the REST protocol are enabled".to_owned(),
        (StatusCode::NOT_FOUND, _) => format!("; see that a Moodle with {ENDPOINT} is at site.webservice.url"),
        _ => String::new(),
    };
    WebServiceError::Status { function, status: status.as_u16(), hint }
}

/// An address without its query.
fn place(location: &str) -> &str {
    location.split(['?', '#']).next().unwrap_or_default().trim_end_matches(ENDPOINT)
}

/// An error with its causes, and without the address.
fn words(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    if text.is_empty() { error.to_string() } else { text }
}
