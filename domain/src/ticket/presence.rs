//! What somebody does at a ticket while its page is open.

use crate::words::words;

words! {
    /// What somebody does at a ticket; of all that he does there on several pages, the greatest counts.
    Doing {
        /// He looks at it.
        Viewing = "viewing",
        /// He types a note.
        Noting = "noting",
        /// He types a reply.
        Replying = "replying",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_that_is_typed_on_one_page_outweighs_the_others() {
        let pages = [Doing::Viewing, Doing::Replying, Doing::Noting];
        assert_eq!(pages.into_iter().max(), Some(Doing::Replying));
    }
}
