//! Archives for the tools that take them, written as lists: one entry a line.

use crate::site::picture::PictureFormat;
use crate::site::picture::tests::drawn;
use std::collections::HashSet;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The format of a picture by the name of its entry; PNG where the name says nothing.
fn format_of(name: &str) -> PictureFormat {
    if name.ends_with(".jpg") { PictureFormat::Jpeg } else { PictureFormat::Png }
}

/// Names of entries end so.
const EXTENSIONS: [&str; 2] = [".png", ".jpg"];

/// The archive of a list. A line is the name of an entry that holds a picture, `.png` unless it ends otherwise; behind a
/// semicolon stands what the entry holds in place of one. A name that comes again stands in a folder of its own.
pub(super) fn packed(list: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut names = HashSet::new();
    for (number, line) in list.lines().filter(|line| !line.starts_with('#')).enumerate() {
        let (mut name, content) = match line.split_once(';') {
            Some((name, words)) => (name.to_owned(), words.as_bytes().to_vec()),
            None if EXTENSIONS.iter().any(|known| line.ends_with(known)) => {
                (line.to_owned(), drawn(format_of(line), line))
            }
            None => (format!("{line}.png"), drawn(format_of(line), line)),
        };
        if !names.insert(name.clone()) {
            name = format!("{number}/{name}");
        }
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(&content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
