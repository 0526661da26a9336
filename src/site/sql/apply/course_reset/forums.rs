//! What a reset takes from forums. Posts of a kind of forum go with their files, ratings and tags.

use super::super::belongings::Belongings;
use super::contents::{files_without, grades_of, in_activities, in_some_activities, of_component};

const fn of(table: &'static str, key: &'static str) -> Belongings {
    Belongings::of(table, key)
}

const fn of_forums(parts: &'static [Belongings]) -> Belongings {
    Belongings::through("forum", "course", parts)
}

/// Discussions with all that is said in them.
const DISCUSSIONS: &[Belongings] = &[
    Belongings::with(
        "forum_discussions",
        "forum",
        &[
            of("forum_posts", "discussion"),
            of("forum_queue", "discussionid"),
            of("forum_discussion_subs", "discussion"),
        ],
    ),
    of("forum_read", "forumid"),
    of("forum_track_prefs", "forumid"),
];

/// The one discussion of a forum stays with its first post.
const REPLIES: &[Belongings] = &[
    Belongings::through(
        "forum_discussions",
        "forum",
        &[of("forum_posts", "discussion").only("t.parent <> 0"), of("forum_queue", "discussionid")],
    ),
    of("forum_read", "forumid"),
    of("forum_track_prefs", "forumid"),
];

pub(super) const ALL: &[Belongings] = &[
    of_forums(DISCUSSIONS).only("t.type <> 'single'"),
    of_forums(REPLIES).only("t.type = 'single'"),
    in_activities!(
        "forum",
        files_without!("forum", "'attachment', 'post'", "forum_posts"),
        of_component!("rating", "forum"),
        of_component!("tag_instance", "forum"),
    ),
    grades_of!("forum"),
];

macro_rules! of_type {
    ($which:literal, $posts:expr) => {
        &[
            of_forums($posts).only($which),
            in_some_activities!(
                "forum",
                $which,
                files_without!("forum", "'attachment', 'post'", "forum_posts"),
                of_component!("rating", "forum"),
                of_component!("tag_instance", "forum"),
            ),
        ]
    };
}

pub(super) const GENERAL: &[Belongings] = of_type!("t.type = 'general'", DISCUSSIONS);
pub(super) const SINGLE: &[Belongings] = of_type!("t.type = 'single'", REPLIES);
pub(super) const EACH_USER: &[Belongings] = of_type!("t.type = 'eachuser'", DISCUSSIONS);
pub(super) const QANDA: &[Belongings] = of_type!("t.type = 'qanda'", DISCUSSIONS);
pub(super) const BLOG: &[Belongings] = of_type!("t.type = 'blog'", DISCUSSIONS);
pub(super) const NEWS: &[Belongings] = of_type!("t.type = 'news'", DISCUSSIONS);

pub(super) const DIGESTS: &[Belongings] = &[of_forums(&[of("forum_digests", "forum")])];
pub(super) const SUBSCRIPTIONS: &[Belongings] =
    &[of_forums(&[of("forum_subscriptions", "forum"), of("forum_discussion_subs", "forum")])];
pub(super) const TRACK_PREFS: &[Belongings] = &[of_forums(&[of("forum_track_prefs", "forumid")])];
pub(super) const RATINGS: &[Belongings] =
    &[in_activities!("forum", of_component!("rating", "forum")), grades_of!("forum")];
pub(super) const TAGS: &[Belongings] = &[in_activities!("forum", of_component!("tag_instance", "forum"))];
