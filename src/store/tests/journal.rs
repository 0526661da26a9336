//! Journal segments and recovery.

use super::*;
use crate::model::{ByteSpan, Completeness, Entity, LineNumber, LineResult, Operation, Outcome};

/// Counters of so many lines.
fn counters(lines: u64) -> Counters {
    let result = LineResult {
        line: LineNumber(1),
        span: ByteSpan { offset: 0, length: 0 },
        entity: Entity::User,
        key: String::new(),
        operation: Operation::Create,
        outcome: Outcome::Created,
        completeness: Completeness::default(),
        moodle_id: None,
        changes: Vec::new(),
        problems: Vec::new(),
    };
    let mut counters = Counters::default();
    (0..lines).for_each(|_| counters.add(&result));
    counters
}

/// A segment of ten events; the first event of a run has no line.
pub(super) fn segment(index: u64) -> SegmentRow {
    let head = SegmentHead {
        index,
        first_sequence: 2 + 10 * index,
        last_sequence: 11 + 10 * index,
        digest: format!("digest {index}"),
        resume_offset: 100 * (index + 1),
        resume_line: 10 * (index + 1),
        site_effect: if index.is_multiple_of(2) { SiteEffect::Writes } else { SiteEffect::Reads },
        counters: counters(10 * (index + 1)),
        touched: format!("[{index}]"),
    };
    SegmentRow { head, payload: vec![0, 0xff, index as u8] }
}

async fn with_segments(count: u64) -> (Opened, RunId) {
    let opened = opened().await;
    let run = opened.accepted("/users.csv", "users").await.id;
    for index in 0..count {
        opened.store.append_segment(run, &segment(index)).await.unwrap();
    }
    (opened, run)
}

#[tokio::test]
async fn segments_come_back_after_any_sequence_number() {
    let (opened, run) = with_segments(4).await;
    for (after, limit, expected) in
        [(0, 9, 0..4), (10, 9, 0..4), (11, 9, 1..4), (31, 9, 3..4), (41, 9, 4..4), (0, 2, 0..2)]
    {
        let expected: Vec<_> = expected.map(segment).collect();
        assert_eq!(opened.store.segments(run, after, limit).await.unwrap(), expected, "after {after}");
    }
    for (index, limit, expected) in [(0, 9, 0..4), (3, 9, 3..4), (4, 9, 4..4), (1, 2, 1..3)] {
        let expected: Vec<_> = expected.map(segment).collect();
        assert_eq!(opened.store.segments_from(run, index, limit).await.unwrap(), expected, "from {index}");
    }
    let heads: Vec<_> = (0..4).map(|index| segment(index).head).collect();
    assert_eq!(opened.store.segment_heads(run).await.unwrap(), heads);
}

#[tokio::test]
async fn a_segment_takes_the_run_with_it() {
    let (opened, run) = with_segments(3).await;
    let run = opened.store.run(&opened.site, run).await.unwrap();
    assert_eq!((run.counters.lines(), run.last_sequence), (30, 31));
}

#[tokio::test]
async fn segments_follow_each_other() {
    let (opened, run) = with_segments(2).await;
    for index in [0, 1, 3] {
        let refused = opened.store.append_segment(run, &segment(index)).await;
        assert!(matches!(refused, Err(StoreError::SegmentOutOfOrder { expected: 2, got, .. }) if got == index));
    }
    let nobody = opened.store.append_segment(RunId::generate(), &segment(0)).await;
    assert!(matches!(nobody, Err(StoreError::NotFound { what: "run", .. })));
    let ended = opened.store.run(&opened.site, run).await.unwrap();
    opened.store.finish_run(&opened.end(&ended, SourceFate::Keep)).await.unwrap();
    let late = opened.store.append_segment(run, &segment(2)).await;
    assert!(matches!(late, Err(StoreError::RunEnded { .. })));
}

#[tokio::test]
async fn recovery_drops_what_never_reached_the_site() {
    for (from, lines, last_sequence) in [(3, 30, 31), (2, 20, 21), (1, 10, 11), (0, 0, 1)] {
        let (opened, run) = with_segments(3).await;
        opened.store.drop_segments_from(run, from).await.unwrap();
        let stored = opened.store.run(&opened.site, run).await.unwrap();
        assert_eq!((stored.counters.lines(), stored.last_sequence), (lines, last_sequence), "from {from}");
        assert_eq!(opened.store.segment_heads(run).await.unwrap().len() as u64, from);
        opened.store.append_segment(run, &segment(from)).await.unwrap();
    }
}
