//! Words that tickets are marked with.

use serde::{Deserialize, Deserializer};

use super::input::Invalid;

/// Longest tag, in characters.
pub const LENGTH_MAX: usize = 40;
/// Most tags of one ticket.
pub const COUNT_MAX: usize = 30;

/// A tag as it is kept: small letters, one blank between words, no commas, which separate tags.
///
/// # Errors
/// When nothing is left or more than [`LENGTH_MAX`] characters are.
pub fn tag(text: &str) -> Result<String, Invalid> {
    let text = text.to_lowercase().replace([',', '\0'], " ");
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.chars().filter(|c| !c.is_control()).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    let tag = words.join(" ");
    match tag.chars().count() {
        0 => Err(Invalid::Empty),
        n if n > LENGTH_MAX => Err(Invalid::TooLong),
        _ => Ok(tag),
    }
}

/// Whether this is a tag in the form it is kept in.
#[must_use]
pub fn is_kept(text: &str) -> bool {
    tag(text).is_ok_and(|kept| kept == text)
}

/// Reads a tag in the form it is kept in; what is none stays as it is, for the check that follows.
///
/// # Errors
/// When it is no text.
pub fn read<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    Ok(tag(&text).unwrap_or(text))
}

/// Tags after some were added and others taken away; those that stay keep their order.
///
/// # Errors
/// [`Invalid::TooMany`] when there would be more than [`COUNT_MAX`].
pub fn with(present: &[String], add: &[String], remove: &[String]) -> Result<Vec<String>, Invalid> {
    let mut tags: Vec<String> = present.iter().filter(|tag| !remove.contains(tag)).cloned().collect();
    for tag in add {
        if !tags.contains(tag) && !remove.contains(tag) {
            tags.push(tag.clone());
        }
    }
    let grows = tags.len() > present.len();
    if grows && tags.len() > COUNT_MAX {
        return Err(Invalid::TooMany);
    }
    Ok(tags)
}

/// The tags of a ticket that takes over those of another one, as many as there is room for.
#[must_use]
pub fn joined(present: &[String], more: &[String]) -> Vec<String> {
    let room = COUNT_MAX.saturating_sub(present.len());
    let new = more.iter().filter(|tag| !present.contains(tag)).take(room);
    present.iter().chain(new).cloned().collect()
}

/// Tags of a ticket of which one became another: at the same place, and never twice.
#[must_use]
pub fn moved(present: &[String], from: &str, to: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::with_capacity(present.len());
    for tag in present {
        let tag = if tag == from { to } else { tag };
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn tags_are_small_letters_without_commas() {
        assert_eq!(tag("  Panne,\u{7}  Réseau ").unwrap(), "panne réseau");
        assert_eq!(tag(" , "), Err(Invalid::Empty));
        assert_eq!(tag(&"ع".repeat(LENGTH_MAX)).unwrap().chars().count(), LENGTH_MAX);
        assert_eq!(tag(&"ع".repeat(LENGTH_MAX + 1)), Err(Invalid::TooLong));
    }

    #[test]
    fn adding_twice_adds_once_and_taking_away_wins() {
        assert_eq!(with(&words("a b"), &words("b c"), &words("a")).unwrap(), words("b c"));
        assert_eq!(with(&words("a"), &words("b"), &words("b")).unwrap(), words("a"));
    }

    #[test]
    fn a_ticket_takes_over_tags_while_there_is_room() {
        assert_eq!(joined(&words("a b"), &words("b c")), words("a b c"));
        let many: Vec<String> = (0..COUNT_MAX).map(|n| n.to_string()).collect();
        assert_eq!(joined(&many[1..], &words("x y")).len(), COUNT_MAX);
        assert_eq!(joined(&many, &words("x")), many);
    }

    #[test]
    fn a_ticket_that_has_too_many_can_still_lose_some() {
        let many: Vec<String> = (0..COUNT_MAX + 3).map(|n| n.to_string()).collect();
        assert_eq!(with(&many, &words("new"), &[]), Err(Invalid::TooMany));
        assert_eq!(with(&many, &[], &words("0")).unwrap().len(), COUNT_MAX + 2);
    }

    #[test]
    fn a_tag_that_became_another_one_is_there_once() {
        assert_eq!(moved(&words("a b c"), "b", "x"), words("a x c"));
        assert_eq!(moved(&words("a b c"), "c", "a"), words("a b"));
        assert_eq!(moved(&words("a b c"), "a", "c"), words("c b"));
        assert_eq!(moved(&words("a b"), "z", "c"), words("a b"));
    }
}
