//! How a command file is written: its separator, its charset, its comments.

use crate::model::Layout;
use std::fmt;
use std::str::FromStr;

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Separator {
    /// `;`, the separator of the original.
    #[default]
    Semicolon,
    /// `,`
    Comma,
    /// A tab.
    Tab,
    /// Nothing: a line is one cell. For lists; no file asks for it.
    Nothing,
}

impl Separator {
    /// Every separator that a file may ask for.
    pub const ALL: [Separator; 3] = [Self::Semicolon, Self::Comma, Self::Tab];

    /// The byte in the file; the same in every charset.
    pub fn byte(self) -> u8 {
        match self {
            Self::Semicolon => b';',
            Self::Comma => b',',
            Self::Tab => b'\t',
            // The control character that was made to separate units, which no text holds.
            Self::Nothing => 0x1f,
        }
    }

    /// The word for it in options and messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Semicolon => "semicolon",
            Self::Comma => "comma",
            Self::Tab => "tab",
            Self::Nothing => "nothing",
        }
    }
}

impl fmt::Display for Separator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Separator {
    type Err = DialectError;

    fn from_str(word: &str) -> Result<Self, DialectError> {
        Self::ALL
            .into_iter()
            .find(|separator| {
                word.as_bytes() == [separator.byte()] || word.trim().eq_ignore_ascii_case(separator.word())
            })
            .ok_or_else(|| DialectError::Separator(word.to_owned()))
    }
}

/// How bytes become characters. All of these agree with ASCII, so that a file is split before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Charset {
    /// UTF-8, checked strictly.
    #[default]
    Utf8,
    /// ISO-8859-1 proper: the bytes 0x80 to 0x9F are control characters.
    Iso8859_1,
    /// Windows-1252: the bytes 0x80 to 0x9F are the euro sign, typographic quotes and the like.
    Windows1252,
}

impl Charset {
    /// Every charset.
    pub const ALL: [Charset; 3] = [Self::Utf8, Self::Iso8859_1, Self::Windows1252];

    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Iso8859_1 => "ISO-8859-1",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Charset {
    type Err = DialectError;

    fn from_str(word: &str) -> Result<Self, DialectError> {
        Self::ALL
            .into_iter()
            .find(|charset| word.trim().eq_ignore_ascii_case(charset.name()))
            .ok_or_else(|| DialectError::Charset(word.to_owned()))
    }
}

/// Which lines are comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CommentStyle {
    /// Lines that begin with `#`, blanks before it aside.
    #[default]
    Hash,
    /// Also lines that begin with `/`, `(`, `[`, `-`, or with a space. Hides data such as the category path `/A/B`.
    Legacy,
}

impl CommentStyle {
    /// Whether a line is a comment, by its first byte and its first byte that is no blank.
    /// A quoted first cell is never a comment.
    pub(super) fn is_comment(self, first: u8, first_visible: u8) -> bool {
        match self {
            Self::Hash => first_visible == b'#',
            Self::Legacy => {
                first_visible != b'"' && (first == b' ' || matches!(first_visible, b'#' | b'/' | b'(' | b'[' | b'-'))
            }
        }
    }
}

/// How a command file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Dialect {
    /// What stands between two cells.
    pub separator: Separator,
    /// How bytes become characters.
    pub charset: Charset,
    /// Which lines are comments.
    pub comments: CommentStyle,
}

impl Dialect {
    /// The same for files of a tool that are laid out so.
    pub fn laid_out(self, layout: Layout) -> Self {
        match layout {
            Layout::Header | Layout::Positional | Layout::Archive => self,
            Layout::WholeLine => Self { separator: Separator::Nothing, ..self },
        }
    }
}

/// A word that names no dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialectError {
    /// Not a separator.
    #[error("separator {0:?} is not known: use \";\" (or semicolon), \",\" (or comma) or tab")]
    Separator(String),
    /// Not a charset.
    #[error("charset {0:?} is not known: use UTF-8, ISO-8859-1 or Windows-1252")]
    Charset(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_named_by_sign_or_word() {
        let cases = [
            (";", Separator::Semicolon),
            ("semicolon", Separator::Semicolon),
            (",", Separator::Comma),
            ("Comma", Separator::Comma),
            ("\t", Separator::Tab),
            (" TAB ", Separator::Tab),
        ];
        for (word, expected) in cases {
            assert_eq!(word.parse(), Ok(expected), "{word:?}");
        }
        for word in ["", ":", ";;", "colon"] {
            assert_eq!(word.parse::<Separator>(), Err(DialectError::Separator(word.to_owned())));
        }
    }

    #[test]
    fn charsets_are_named_without_regard_to_case() {
        for (word, expected) in [
            ("utf-8", Charset::Utf8),
            ("UTF-8", Charset::Utf8),
            ("iso-8859-1", Charset::Iso8859_1),
            ("WINDOWS-1252", Charset::Windows1252),
        ] {
            assert_eq!(word.parse(), Ok(expected), "{word:?}");
        }
        assert_eq!("UTF-16".parse::<Charset>(), Err(DialectError::Charset("UTF-16".to_owned())));
    }

    #[test]
    fn what_is_displayed_can_be_parsed() {
        for separator in Separator::ALL {
            assert_eq!(separator.to_string().parse(), Ok(separator));
        }
        for charset in Charset::ALL {
            assert_eq!(charset.to_string().parse(), Ok(charset));
        }
    }

    #[test]
    fn a_quoted_first_cell_is_never_a_comment() {
        assert!(!CommentStyle::Legacy.is_comment(b' ', b'"'));
        assert!(CommentStyle::Legacy.is_comment(b' ', b'x'));
        assert!(CommentStyle::Legacy.is_comment(b'/', b'/'));
        assert!(!CommentStyle::Hash.is_comment(b'/', b'/'));
        assert!(CommentStyle::Hash.is_comment(b' ', b'#'));
    }
}
