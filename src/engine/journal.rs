//! The journal of a run: one segment a chunk, compressed, with a digest that ties it to the site's checkpoint.

use super::error::EngineError;
use super::waiting::Waiting;
use crate::model::{LineResult, Problem, RunId};
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};

/// What happened in one chunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Segment {
    /// When.
    pub(super) time: DateTime<Utc>,
    /// The lines.
    pub(super) results: Vec<LineResult>,
    /// Problems of the file as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) problems: Vec<Problem>,
    /// Lines that are applied and have no result yet.
    #[serde(default, skip_serializing_if = "Waiting::is_empty")]
    pub(super) waiting: Waiting,
}

/// Encodes a segment; answers with its bytes and their digest.
pub(super) fn encode(segment: &Segment) -> Result<(Vec<u8>, String), String> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(64 << 10), Compression::fast());
    serde_json::to_writer(std::io::BufWriter::with_capacity(64 << 10, &mut encoder), segment)
        .map_err(|error| error.to_string())?;
    let bytes = encoder.flush().and_then(|()| encoder.finish()).map_err(|error| error.to_string())?;
    let digest = digest(&bytes);
    Ok((bytes, digest))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Decodes a stored segment.
pub(super) fn decode(run: RunId, index: u64, bytes: &[u8]) -> Result<Segment, EngineError> {
    let damaged = |problem: String| EngineError::Journal { run, segment: index, problem };
    let mut json = Vec::with_capacity(bytes.len() * 6);
    DeflateDecoder::new(bytes).read_to_end(&mut json).map_err(|error| damaged(error.to_string()))?;
    serde_json::from_slice(&json).map_err(|error| damaged(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_survives_its_encoding_and_damage_is_noticed() {
        let segment = Segment {
            time: DateTime::UNIX_EPOCH,
            results: Vec::new(),
            problems: vec![Problem::notice(crate::model::Reason::ColumnIgnored, "Column hidden has no effect.")],
            waiting: Waiting::default(),
        };
        let (bytes, digest) = encode(&segment).unwrap();
        assert_eq!(digest.len(), 64);
        let run = RunId::generate();
        assert_eq!(decode(run, 0, &bytes).unwrap(), segment);
        assert!(matches!(decode(run, 3, &bytes[..bytes.len() / 2]), Err(EngineError::Journal { segment: 3, .. })));
    }
}
