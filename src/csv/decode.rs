//! From the bytes of a record to the text of its cells: charset, doubled quotes, entities.

use super::Charset;
use super::frame::RawCell;
use crate::model::Line;
use memchr::{memchr, memmem};
use std::borrow::Cow;

/// The UTF-8 form of the byte order mark. It is dropped at the start of a file in any charset.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Bytes of a record that are not text, by their position in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoText {
    /// A byte that is not valid in the charset.
    Invalid { at: usize },
    /// A zero byte, which no database field can hold.
    Nul { at: usize },
}

impl NoText {
    /// Where the first such byte stands in the record.
    pub(super) fn at(self) -> usize {
        match self {
            Self::Invalid { at } | Self::Nul { at } => at,
        }
    }
}

/// A record whose cells can be taken as text.
enum Text<'a> {
    /// Valid UTF-8 throughout.
    Whole(&'a str),
    /// Bytes of a charset that has one byte a character, decoded cell by cell.
    SingleByte(&'a [u8], Charset),
}

impl<'a> Text<'a> {
    fn of(record: &'a [u8], charset: Charset) -> Result<Self, NoText> {
        if let Some(at) = memchr(0, record) {
            return Err(NoText::Nul { at });
        }
        match std::str::from_utf8(record) {
            Ok(text) if charset == Charset::Utf8 || text.is_ascii() => Ok(Self::Whole(text)),
            Err(error) if charset == Charset::Utf8 => Err(NoText::Invalid { at: error.valid_up_to() }),
            _ => Ok(Self::SingleByte(record, charset)),
        }
    }

    fn cell(&self, cell: &RawCell) -> Cow<'a, str> {
        match self {
            Self::Whole(text) => Cow::Borrowed(&text[cell.start..cell.end]),
            Self::SingleByte(bytes, charset) => single_byte(&bytes[cell.start..cell.end], *charset),
        }
    }
}

fn single_byte(bytes: &[u8], charset: Charset) -> Cow<'_, str> {
    match charset {
        // encoding_rs reads the label ISO-8859-1 as Windows-1252, as browsers do; its `mem` module does not.
        Charset::Iso8859_1 => encoding_rs::mem::decode_latin1(bytes),
        Charset::Windows1252 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
        Charset::Utf8 => String::from_utf8_lossy(bytes),
    }
}

/// Adds the cells of `record` to `line`: decoded, trimmed unless quoted, doubled quotes and entities replaced.
pub(super) fn push_cells(line: &mut Line, record: &[u8], cells: &[RawCell], charset: Charset) -> Result<(), NoText> {
    let text = Text::of(record, charset)?;
    for cell in cells {
        let raw = text.cell(cell);
        let value = if cell.quoted { &raw } else { raw.trim() };
        if memchr(b'"', value.as_bytes()).is_none() && memchr(b'&', value.as_bytes()).is_none() {
            line.push(value, cell.quoted);
        } else {
            line.push(&unescaped(value, cell.quoted), cell.quoted);
        }
    }
    Ok(())
}

fn unescaped(value: &str, quoted: bool) -> Cow<'_, str> {
    let single = if quoted { Cow::Owned(value.replace("\"\"", "\"")) } else { Cow::Borrowed(value) };
    if memmem::find(single.as_bytes(), b"&#").is_some() { Cow::Owned(without_entities(&single)) } else { single }
}

/// Replaces `&#44` and `&#59` by comma and semicolon. A semicolon that ends the entity goes with it; where it is the
/// separator of the file, it has ended the cell before this is called.
fn without_entities(value: &str) -> String {
    let mut result = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = memmem::find(rest.as_bytes(), b"&#") {
        let (before, entity) = rest.split_at(at);
        result.push_str(before);
        let (sign, after) = match entity.as_bytes().get(2..4) {
            Some(b"44") => (',', &entity[4..]),
            Some(b"59") => (';', &entity[4..]),
            _ => ('&', &entity[1..]),
        };
        result.push(sign);
        rest = if sign == '&' { after } else { after.strip_prefix(';').unwrap_or(after) };
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_of_the_separators_are_replaced_and_no_others() {
        let cases = [
            ("a&#44;b", "a,b"),
            ("a&#44b", "a,b"),
            ("a&#59;b&#59", "a;b;"),
            ("&#44;&#44;;", ",,;"),
            ("&#38;#44;", "&#38;#44;"),
            ("R&D &#4 &#", "R&D &#4 &#"),
            ("&&#44", "&,"),
            ("&#é44", "&#é44"),
        ];
        for (raw, expected) in cases {
            assert_eq!(without_entities(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn latin_1_has_control_characters_where_windows_has_signs() {
        for byte in 0x80..=0x9F_u8 {
            assert_eq!(single_byte(&[byte], Charset::Iso8859_1), char::from(byte).to_string());
        }
        assert_eq!(single_byte(b"\x80\xE9", Charset::Windows1252), "€é");
        assert_eq!(single_byte(b"\xE9", Charset::Iso8859_1), "é");
    }
}
