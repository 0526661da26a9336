//! Lists that the server gives page by page.

use super::CliError;
use super::output::{Format, Output};
use super::table::Table;

/// The most that the server gives in one answer.
pub(super) const LARGEST_PAGE: u32 = 1000;

/// A part of a list.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) entries: Vec<T>,
    /// Asks for the next part; empty behind the last one.
    pub(super) next_token: String,
}

/// Asks for page after page, and shows the entries as they come. `page` gets the token of the page that it asks for.
pub(super) async fn through_pages<T>(
    mut page: impl AsyncFnMut(String) -> Result<Page<T>, CliError>,
    mut show: impl FnMut(&T) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let mut token = String::new();
    loop {
        let answer = page(token).await?;
        answer.entries.iter().try_for_each(&mut show)?;
        token = answer.next_token;
        if token.is_empty() {
            return Ok(());
        }
    }
}

/// Lists what the pages hold: as rows of `table` for people, else by `json`.
pub(super) async fn list_pages<T, const N: usize>(
    mut table: Table,
    output: &Output,
    page: impl AsyncFnMut(String) -> Result<Page<T>, CliError>,
    row: impl Fn(&T) -> [String; N],
    json: impl Fn(&T) -> Result<(), CliError>,
) -> Result<(), CliError> {
    match output.format() {
        Format::Json => through_pages(page, json).await,
        Format::Human => {
            let add = |entry: &T| {
                table.row(row(entry));
                Ok(())
            };
            through_pages(page, add).await?;
            output.table(&table)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pages_are_asked_for_until_there_is_no_token() {
        let (mut asked, mut seen) = (Vec::new(), Vec::new());
        let page = async |token: String| {
            asked.push(token);
            let next_token = if asked.len() < 3 { asked.len().to_string() } else { String::new() };
            Ok(Page { entries: vec![asked.len()], next_token })
        };
        let show = |entry: &usize| {
            seen.push(*entry);
            Ok(())
        };
        through_pages(page, show).await.unwrap();
        assert_eq!((asked, seen), (["", "1", "2"].map(str::to_owned).to_vec(), vec![1, 2, 3]));
    }
}
