//! Closed sets of words: each word is the same in the database, in the API and in the web application's texts.

/// A closed set of words.
pub trait WordSet: Copy + Sized + 'static {
    /// Name of the set in the API's description.
    const NAME: &'static str;
    /// Every word of the set.
    const ALL: &'static [Self];

    /// The word.
    fn as_str(self) -> &'static str;

    /// The member of the set with this word.
    #[must_use]
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.as_str() == text)
    }
}

/// Defines an enum whose variants have one stable word each.
macro_rules! words {
    (@name $name:ident) => { stringify!($name) };
    (@name $name:ident $title:literal) => { $title };
    ($(#[$meta:meta])* $name:ident $(as $title:literal)? { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// The word as stored and sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl $crate::words::WordSet for $name {
            const NAME: &'static str = words!(@name $name $($title)?);
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn as_str(self) -> &'static str {
                self.as_str()
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::WordSet;
    use crate::mail::{class::MailClass, note::Code};

    #[test]
    fn words_are_read_back_and_are_the_ones_that_serde_writes() {
        fn check<T: WordSet + serde::Serialize + PartialEq + std::fmt::Debug>() {
            for word in T::ALL {
                assert_eq!(T::parse(word.as_str()), Some(*word));
                assert_eq!(serde_json::to_value(word).unwrap(), word.as_str());
            }
            let distinct: std::collections::HashSet<_> = T::ALL.iter().map(|word| word.as_str()).collect();
            assert_eq!(distinct.len(), T::ALL.len());
        }
        check::<MailClass>();
        check::<Code>();
        assert_eq!(MailClass::parse("no such class"), None);
    }
}
