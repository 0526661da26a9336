//! Archives made by hand, good and bad.

use super::*;
use crate::model::{Line, LineNumber, Reason};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An archive of these entries.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        match name.strip_suffix('/') {
            Some(folder) => writer.add_directory(folder, SimpleFileOptions::default()).unwrap(),
            None => {
                let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
                writer.start_file(*name, options).unwrap();
                writer.write_all(content).unwrap();
            }
        }
    }
    writer.finish().unwrap().into_inner()
}

/// The stem of the last part, in lower case.
fn subject(name: &str) -> Option<String> {
    let last = name.rsplit('/').next()?;
    last.rsplit_once('.').map(|(stem, _)| stem.to_lowercase())
}

fn lines(archive: &[u8]) -> Vec<Line> {
    lines_within(Bounds::default(), archive)
}

fn lines_within(bounds: Bounds, archive: &[u8]) -> Vec<Line> {
    let mut entries = open(Cursor::new(archive), bounds, subject).unwrap_or_else(|error| panic!("{error}"));
    std::iter::from_fn(|| entries.next_line(Contents::Read).unwrap()).collect()
}

fn refusal(archive: &[u8]) -> Reason {
    match open(Cursor::new(archive), Bounds::default(), subject).err() {
        Some(OpenError::Refused(problem)) => problem.reason,
        other => panic!("{other:?}"),
    }
}

/// Number, name and content (or reason) of each line.
fn told(lines: &[Line]) -> Vec<String> {
    let content = |line: &Line| match &line.attachment.as_ref().unwrap().content {
        Ok(content) => String::from_utf8_lossy(content).into_owned(),
        Err(problem) => format!("!{}", problem.reason.name()),
    };
    lines.iter().map(|line| format!("{} {} {}", line.number, line.cell(0).unwrap().text, content(line))).collect()
}

#[test]
fn entries_are_lines_by_their_place_in_the_archive() {
    let archive = zip(&[
        ("a.jpg", b"A"),
        ("class/", b""),
        ("class/b.png", b"BB"),
        ("__MACOSX/._a.jpg", b"x"),
        ("../up.jpg", b"x"),
        ("é.gif", b""),
    ]);
    let expected = ["1 a.jpg A", "3 class/b.png BB", "5 ../up.jpg !ENTRY_NAME_INVALID", "6 é.gif "];
    assert_eq!(told(&lines(&archive)), expected);
    let mut entries = open(Cursor::new(&archive), Bounds::default(), subject).unwrap();
    entries.go_on_behind(LineNumber(3));
    assert_eq!(entries.next_line(Contents::Skipped).unwrap().unwrap().number, LineNumber(5));
    assert!(entries.position() > 0 && entries.position() < archive.len() as u64);
}

#[test]
fn the_last_entry_about_the_same_counts() {
    let lines = lines(&zip(&[("a.jpg", b"1"), ("b.jpg", b"2"), ("x/A.png", b"3"), ("y/a.gif", b"4"), ("a", b"5")]));
    let later: Vec<_> = lines.iter().map(|line| line.attachment.as_ref().unwrap().superseded_by.as_deref()).collect();
    assert_eq!(later, [Some("y/a.gif"), None, Some("y/a.gif"), None, None]);
}

#[test]
fn what_is_no_archive_is_refused() {
    assert_eq!(refusal(b""), Reason::FileEmpty);
    assert_eq!(refusal(b"username;firstname\n"), Reason::ArchiveUnreadable);
    let archive = zip(&[("a.jpg", b"A"), ("b.jpg", b"B")]);
    assert_eq!(refusal(&archive[..archive.len() - 10]), Reason::ArchiveUnreadable);
    assert_eq!(refusal(&archive[20..]), Reason::ArchiveUnreadable);
    assert_eq!(refusal(&encrypted(zip(&[("a.jpg", b"A")]))), Reason::ArchiveEncrypted);
}

#[test]
fn entries_of_one_name_are_refused() {
    let mut archive = zip(&[("a.jpg", b"A"), ("b.jpg", b"B")]);
    replace(&mut archive, b"b.jpg", b"a.jpg");
    assert_eq!(refusal(&archive), Reason::ArchiveUnreadable);
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let places: Vec<usize> = (0..=bytes.len() - from.len()).filter(|at| &bytes[*at..at + from.len()] == from).collect();
    assert!(!places.is_empty());
    places.into_iter().for_each(|at| bytes[at..at + to.len()].copy_from_slice(to));
}

/// Sets the bit for encryption in both headers of the only entry.
fn encrypted(mut archive: Vec<u8>) -> Vec<u8> {
    let central = archive.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    archive[6] |= 1;
    archive[central + 8] |= 1;
    archive
}

#[test]
fn what_cannot_be_unpacked_is_a_problem_of_its_entry() {
    let large: Vec<u8> = (0..3_001u32).map(|n| (n * n % 241) as u8).collect();
    let bounds = Bounds { entry_bytes: 3_000, ..Bounds::default() };
    let noise: Vec<u8> = (0..400u32).map(|n| (n * n % 251) as u8).collect();
    let mut damaged = zip(&[("a.jpg", &noise)]);
    damaged[60] ^= 0xff;
    let mut lying = zip(&[("a.jpg", &large)]);
    // A small size in both headers.
    replace(&mut lying, &(large.len() as u32).to_le_bytes(), &10u32.to_le_bytes());
    // A method of other packers.
    let mut bzip2 = zip(&[("a.jpg", b"A")]);
    let central = bzip2.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    (bzip2[8], bzip2[central + 10]) = (12, 12);
    let cases = [
        (bzip2, "1 a.jpg !ENTRY_UNREADABLE"),
        (damaged, "1 a.jpg !ENTRY_UNREADABLE"),
        (zip(&[("a.jpg", &large)]), "1 a.jpg !ENTRY_TOO_LARGE"),
        (lying, "1 a.jpg !ENTRY_UNREADABLE"),
    ];
    for (archive, expected) in cases {
        assert_eq!(told(&lines_within(bounds, &archive)), [expected]);
    }
}

/// What is told of an archive, or of its first entry.
fn told_of_bounds(bounds: Bounds, archive: &[u8]) -> Option<(Reason, String)> {
    let problem = match open(Cursor::new(archive), bounds, subject) {
        Ok(mut entries) => entries.next_line(Contents::Read).unwrap().unwrap().attachment.unwrap().content.err()?,
        Err(OpenError::Refused(problem)) => *problem,
        Err(error) => panic!("{error}"),
    };
    Some((problem.reason, problem.message))
}

#[test]
fn a_refusal_names_the_setting_its_value_and_what_was_found() {
    let dense = vec![0; 2 << 20];
    let archive = zip(&[("a.jpg", &dense), ("b.jpg", b"B")]);
    let loose = Bounds { entries: 2, entry_bytes: 2 << 20, total_bytes: (2 << 20) + 1, ratio: 2_000 };
    assert_eq!(told_of_bounds(loose, &archive), None);
    let cases = [
        (
            Bounds { entries: 1, ..loose },
            Reason::ArchiveTooLarge,
            "2 entries; at most 1 are taken (setting pictures.max_entries)",
        ),
        (
            Bounds { total_bytes: 9, ..loose },
            Reason::ArchiveTooLarge,
            "to 2097153 bytes; at most 9 are taken (setting pictures.max_total_bytes)",
        ),
        (
            Bounds { entry_bytes: 2_097_151, ..loose },
            Reason::EntryTooLarge,
            "has 2097152 bytes; at most 2097151 bytes are taken (setting pictures.max_entry_bytes)",
        ),
        (
            Bounds { ratio: 100, ..loose },
            Reason::EntryTooLarge,
            "to 2097152 bytes; at most 100 times as many are taken (setting pictures.max_ratio)",
        ),
    ];
    for (bounds, reason, words) in cases {
        let (found, message) = told_of_bounds(bounds, &archive).unwrap();
        assert!(found == reason && message.contains(words), "{found:?} {message}");
    }
}

#[test]
fn entries_are_copied_byte_for_byte() {
    let archive = zip(&[("a.jpg", b"A"), ("d/", b""), ("d/b.jpg", b"BBBBBBBBBB"), (".c", b"C"), ("e.jpg", b"E")]);
    let copied = |kept: &Kept| copy_entries(Cursor::new(&archive), kept, Cursor::new(Vec::new())).unwrap().into_inner();
    let some = Kept { lines: [LineNumber(3)].into(), from: None };
    assert_eq!(told(&lines(&copied(&some))), ["1 d/b.jpg BBBBBBBBBB"]);
    let rest = Kept { lines: [LineNumber(1)].into(), from: Some(LineNumber(4)) };
    assert_eq!(told(&lines(&copied(&rest))), ["1 a.jpg A", "2 e.jpg E"]);
    let all = Kept { lines: Default::default(), from: Some(LineNumber(1)) };
    let packed = |bytes: &[u8]| {
        let mut entries = zip::ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap();
        let mut packed = Vec::new();
        std::io::Read::read_to_end(
            &mut entries.by_index_raw(entries.index_for_name("d/b.jpg").unwrap()).unwrap(),
            &mut packed,
        )
        .unwrap();
        packed
    };
    assert_eq!(packed(&copied(&all)), packed(&archive));
}
