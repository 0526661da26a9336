//! What a reset takes from what people collect together: databases, glossaries, wikis.

use super::super::belongings::{Belongings, Deed};
use super::contents::{comments_on, files_without, grades_of, in_activities, in_some_activities, of_component};

const fn of(table: &'static str, key: &'static str) -> Belongings {
    Belongings::of(table, key)
}

const fn with(table: &'static str, key: &'static str, parts: &'static [Belongings]) -> Belongings {
    Belongings::with(table, key, parts)
}

const fn of_all(module: &'static str, parts: &'static [Belongings]) -> Belongings {
    Belongings::through(module, "course", parts)
}

const RECORDS: Belongings = with("data_records", "dataid", &[of("data_content", "recordid")]);

pub(super) const DATA: &[Belongings] = &[
    of_all("data", &[RECORDS]),
    in_activities!(
        "data",
        files_without!("data", "'content'", "data_content"),
        comments_on!("database_entry"),
        of_component!("rating", "data"),
        of_component!("tag_instance", "data"),
    ),
    grades_of!("data"),
];

/// Comments, ratings and tags of entries go once these are gone.
pub(super) const DATA_NOT_ENROLLED: &[Belongings] = &[
    of_all(
        "data",
        &[RECORDS.only(
            "not exists (select 1 from {user_enrolments} u join {enrol} e on e.id = u.enrolid \
             join {data} d on d.course = e.courseid where d.id = t.dataid and u.userid = t.userid)",
        )],
    ),
    in_activities!(
        "data",
        files_without!("data", "'content'", "data_content"),
        of("comments", "contextid").only(
            "t.commentarea = 'database_entry' and not exists (select 1 from {data_records} r where r.id = t.itemid)"
        ),
        of("rating", "contextid")
            .only("t.component = 'mod_data' and not exists (select 1 from {data_records} r where r.id = t.itemid)"),
        of("tag_instance", "contextid")
            .only("t.component = 'mod_data' and not exists (select 1 from {data_records} r where r.id = t.itemid)"),
    ),
];

pub(super) const DATA_RATINGS: &[Belongings] =
    &[in_activities!("data", of_component!("rating", "data")), grades_of!("data")];
pub(super) const DATA_COMMENTS: &[Belongings] = &[in_activities!("data", comments_on!("database_entry"))];
pub(super) const DATA_TAGS: &[Belongings] = &[in_activities!("data", of_component!("tag_instance", "data"))];

const ENTRIES: Belongings = with(
    "glossary_entries",
    "glossaryid",
    &[of("glossary_alias", "entryid"), of("glossary_entries_categories", "entryid")],
);

pub(super) const GLOSSARY: &[Belongings] = &[
    of_all("glossary", &[ENTRIES]),
    in_activities!(
        "glossary",
        files_without!("glossary", "'attachment', 'entry'", "glossary_entries"),
        comments_on!("glossary_entry"),
        of_component!("rating", "glossary"),
        of_component!("tag_instance", "glossary"),
    ),
    grades_of!("glossary"),
];

macro_rules! of_kind {
    ($which:literal) => {
        in_some_activities!(
            "glossary",
            $which,
            files_without!("glossary", "'attachment', 'entry'", "glossary_entries"),
            comments_on!("glossary_entry"),
            of_component!("rating", "glossary"),
            of_component!("tag_instance", "glossary"),
        )
    };
}

pub(super) const MAIN_GLOSSARY: &[Belongings] =
    &[of_all("glossary", &[ENTRIES]).only("t.mainglossary = 1"), of_kind!("t.mainglossary = 1")];
/// Entries that main glossaries took over forget where they came from.
pub(super) const SECONDARY_GLOSSARY: &[Belongings] = &[
    of_all("glossary", &[ENTRIES]).only("t.mainglossary = 0"),
    of_kind!("t.mainglossary = 0"),
    of_all(
        "glossary",
        &[of("glossary_entries", "glossaryid").only("t.sourceglossaryid <> 0").but(Deed::Set("sourceglossaryid = 0"))],
    )
    .only("t.mainglossary = 1"),
];

/// Comments, ratings and tags of entries go once these are gone.
pub(super) const GLOSSARY_NOT_ENROLLED: &[Belongings] = &[
    of_all(
        "glossary",
        &[ENTRIES.only(
            "not exists (select 1 from {user_enrolments} u join {enrol} e on e.id = u.enrolid \
             join {glossary} g on g.course = e.courseid where g.id = t.glossaryid and u.userid = t.userid)",
        )],
    ),
    in_activities!(
        "glossary",
        files_without!("glossary", "'attachment', 'entry'", "glossary_entries"),
        of("comments", "contextid").only(
            "t.commentarea = 'glossary_entry' and not exists \
             (select 1 from {glossary_entries} g where g.id = t.itemid)"
        ),
        of("rating", "contextid").only(
            "t.component = 'mod_glossary' and not exists (select 1 from {glossary_entries} g where g.id = t.itemid)"
        ),
        of("tag_instance", "contextid").only(
            "t.component = 'mod_glossary' and not exists (select 1 from {glossary_entries} g where g.id = t.itemid)"
        ),
    ),
];

pub(super) const GLOSSARY_RATINGS: &[Belongings] =
    &[in_activities!("glossary", of_component!("rating", "glossary")), grades_of!("glossary")];
pub(super) const GLOSSARY_COMMENTS: &[Belongings] = &[in_activities!("glossary", comments_on!("glossary_entry"))];
pub(super) const GLOSSARY_TAGS: &[Belongings] =
    &[in_activities!("glossary", of_component!("tag_instance", "glossary"))];

pub(super) const WIKI: &[Belongings] = &[
    of_all(
        "wiki",
        &[with(
            "wiki_subwikis",
            "wikiid",
            &[
                with("wiki_pages", "subwikiid", &[of("wiki_locks", "pageid"), of("wiki_versions", "pageid")]),
                of("wiki_links", "subwikiid"),
                of("wiki_synonyms", "subwikiid"),
            ],
        )],
    ),
    in_activities!(
        "wiki",
        of("files", "contextid").only("t.component = 'mod_wiki' and t.filearea = 'attachments'"),
        comments_on!("wiki_page"),
        of_component!("tag_instance", "wiki"),
    ),
];
pub(super) const WIKI_TAGS: &[Belongings] = &[in_activities!("wiki", of_component!("tag_instance", "wiki"))];
pub(super) const WIKI_COMMENTS: &[Belongings] = &[in_activities!("wiki", comments_on!("wiki_page"))];
