//! What goes wrong with Moodle's web services. No message holds the token.

use super::function::Function;
use crate::site::Repeat;
use std::time::Duration;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebServiceError {
    /// The client cannot be made.
    #[error("no client for web services: {problem}")]
    Client {
        /// What is wrong.
        problem: String,
    },
    /// Nothing was sent: the server cannot be reached.
    #[error("{}: the server cannot be reached: {problem}", .function.name())]
    Connect {
        /// What was called.
        function: Function,
        /// In the words of the network.
        problem: String,
    },
    /// No answer in time.
    #[error("{}: no answer within {} s", .function.name(), .limit.as_secs_f64())]
    Timeout {
        /// What was called.
        function: Function,
        /// The time it had.
        limit: Duration,
    },
    /// The connection broke before the answer was there.
    #[error("{}: the connection broke: {problem}", .function.name())]
    Broken {
        /// What was called.
        function: Function,
        /// In the words of the network.
        problem: String,
    },
    /// An answer with another status than 200.
    #[error("{}: the server answers with HTTP status {status}{hint}", .function.name())]
    Status {
        /// What was called.
        function: Function,
        /// The status.
        status: u16,
        /// What it means and what to do, with a comma or semicolon before it.
        hint: String,
    },
    /// An answer that is not the one of a web service.
    #[error("{}: the answer is not that of a web service: {problem}", .function.name())]
    Unreadable {
        /// What was called.
        function: Function,
        /// What is wrong with it, and how it begins.
        problem: String,
    },
    /// Moodle refused.
    #[error("{}: Moodle refuses with {code}: {message}{}", .function.name(), advice(.code))]
    Refused {
        /// What was called.
        function: Function,
        /// Moodle's own error code: `invalidtoken`, `accessexception`, `nopermissions`.
        code: String,
        /// Moodle's own words.
        message: String,
    },
}

impl WebServiceError {
    /// Whether another attempt may succeed and does no harm.
    pub(super) fn may_be_repeated(&self, repeat: Repeat) -> bool {
        match self {
            // Nothing was sent.
            Self::Connect { .. } => true,
            Self::Timeout { .. } | Self::Broken { .. } => repeat == Repeat::Harmless,
            Self::Status { status, .. } => match repeat {
                Repeat::Harmless => matches!(status, 429 | 500 | 502 | 503 | 504),
                // Behind a gateway that gave up waiting, Moodle goes on.
                Repeat::Later => matches!(status, 429 | 500 | 502 | 503),
                Repeat::Harmful => false,
            },
            Self::Client { .. } | Self::Unreadable { .. } | Self::Refused { .. } => false,
        }
    }
}

/// What to do about an error code of Moodle.
fn advice(code: &str) -> &'static str {
    match code {
        "invalidtoken" | "invalidtimedtoken" => {
            "; make a token at Site administration > Server > Web services > Manage tokens"
        }
        "invalidiptoken" => "; the token is bound to other IP addresses, see Manage tokens",
        "accessexception" => {
            "; add the function at Site administration > Server > Web services > External services, and see that the \
             token belongs to that service"
        }
        "nopermissions" | "nopermissiontoaccesspage" => "; give the account a role that has this capability",
        "requireloginerror" | "errorcoursecontextnotvalid" | "notavailableincourse" => {
            "; give the account moodle/course:view and moodle/course:viewhiddencourses"
        }
        "servicenotavailable" => "; enable the service at Site administration > Server > Web services",
        _ => "",
    }
}
