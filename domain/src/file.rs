//! Files that people and mails bring.

use crate::words::words;

words! {
    /// What is known of a file.
    FileState {
        /// A virus scanner has not seen it yet; it is served to nobody.
        Checking = "checking",
        /// Served.
        Clean = "clean",
        /// Kept, but served to nobody: a kind that is not taken, or infected.
        Refused = "refused",
    }
}

/// What a virus scanner says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It knows of nothing bad.
    Clean,
    /// The name of what it found.
    Infected(String),
    /// It says nothing of this file, however often it is asked.
    None,
}

/// What starts the reason of a file that is refused for what a scanner found in it; the finding's name follows.
pub const INFECTED: &str = "infected: ";

/// The reason of a file that is refused because no scanner would say a word on it.
pub const UNJUDGED: &str = "not checked";

/// A scanner's answer to a stream of bytes, as clamd's protocol writes it: `stream: OK`, or `stream: NAME FOUND`.
///
/// # Errors
/// The answer itself when it is neither: the file was not judged.
pub fn clamd_verdict(answer: &str) -> Result<Verdict, String> {
    let answer = answer.trim_matches(['\0', '\n', '\r', ' ']);
    let said = answer.strip_prefix("stream: ").unwrap_or(answer);
    if said == "OK" {
        return Ok(Verdict::Clean);
    }
    match said.strip_suffix(" FOUND") {
        Some(name) => Ok(Verdict::Infected(name.to_owned())),
        None => Err(answer.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_word_frees_a_file() {
        assert_eq!(clamd_verdict("stream: OK\0"), Ok(Verdict::Clean));
        assert_eq!(
            clamd_verdict("stream: Win.Test.EICAR_HDB-1 FOUND\0"),
            Ok(Verdict::Infected("Win.Test.EICAR_HDB-1".to_owned()))
        );
        for unclear in [
            "INSTREAM size limit exceeded. ERROR\0",
            "",
            "stream: NOT OK",
            "UNKNOWN COMMAND",
        ] {
            assert!(clamd_verdict(unclear).is_err(), "{unclear}");
        }
    }
}
