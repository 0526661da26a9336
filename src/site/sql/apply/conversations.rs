//! Conversations of groups, where a site has group messaging on: members come and go with the groups'.

use super::members::Pairs;
use super::rows::Rows;
use super::{Apply, Deletion};
use crate::site::SiteError;

/// Joins `v` with the conversations of its groups.
const OF_GROUPS: &str = "join {message_conversations} c \
                         on c.component = 'core_group' and c.itemtype = 'groups' and c.itemid = v.";

pub(super) async fn join(apply: &mut Apply<'_, '_>, pairs: &Pairs) -> Result<(), SiteError> {
    if apply.facts.config("messaging") != "1" {
        return Ok(());
    }
    let now = apply.now;
    let build = |with: super::Statement| {
        with.push("select distinct c.id, v.userid, ").bind(now).push(" from v ").push(OF_GROUPS).push(
            "groupid and c.enabled = 1 where not exists (select 1 from {message_conversation_members} m \
             where m.conversationid = c.id and m.userid = v.userid)",
        )
    };
    let head = "insert into {message_conversation_members} (conversationid, userid, timecreated) ";
    apply.insert_with("join conversations of groups", head, &pairs.rows, build).await
}

pub(super) async fn leave(apply: &mut Apply<'_, '_>, pairs: &Pairs) -> Result<(), SiteError> {
    let selection = format!("select v.userid, c.id from v {OF_GROUPS}groupid");
    let members = Deletion::of("message_conversation_members", &["userid", "conversationid"], &selection);
    apply.delete("leave conversations of groups", &pairs.rows, members).await
}

/// Deletes the conversations of groups with everything said in them.
pub(super) async fn delete(apply: &mut Apply<'_, '_>, groups: &Rows) -> Result<(), SiteError> {
    let sql = format!("select distinct c.id from v {OF_GROUPS}id");
    let found = apply.fetch_with("read conversations of groups", groups, &sql).await?;
    let conversations = Rows::of_ids(found.iter().map(|row| row.int(0)));
    let messages = "select m.id from v join {messages} m on m.conversationid = v.id";
    let parts = [
        ("message_user_actions", "messageid", messages),
        ("messages", "conversationid", "select id from v"),
        ("message_conversation_actions", "conversationid", "select id from v"),
        ("message_conversation_members", "conversationid", "select id from v"),
        ("message_conversations", "id", "select id from v"),
    ];
    for (table, key, selection) in parts {
        if apply.has_table(table) {
            let keys = [key];
            let deletion = Deletion::of(table, &keys, selection);
            apply.delete("delete conversations of groups", &conversations, deletion).await?;
        }
    }
    Ok(())
}
