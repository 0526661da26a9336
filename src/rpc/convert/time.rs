//! Times and durations.

use chrono::{DateTime, Utc};
use prost_types::{Duration, Timestamp};

pub(super) fn timestamp(time: DateTime<Utc>) -> Timestamp {
    // Leap seconds carry more than 999,999,999 nanoseconds; a timestamp must not.
    let nanos = time.timestamp_subsec_nanos().min(999_999_999);
    Timestamp { seconds: time.timestamp(), nanos: nanos as i32 }
}

pub(super) fn duration(duration: std::time::Duration) -> Duration {
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    Duration { seconds, nanos: duration.subsec_nanos() as i32 }
}
