//! Colours of tags: a fixed palette whose pairs of text and ground are readable in light and dark.

use crate::words::words;

words! {
    /// A colour.
    Colour as "TagColour" {
        /// The one of a tag that nobody coloured.
        Grey = "grey",
        /// Red.
        Red = "red",
        /// Orange.
        Orange = "orange",
        /// Yellow.
        Yellow = "yellow",
        /// Green.
        Green = "green",
        /// Between green and blue.
        Teal = "teal",
        /// Blue.
        Blue = "blue",
        /// Purple.
        Purple = "purple",
        /// Pink.
        Pink = "pink",
    }
}
