//! Pictures that a mail names on servers of others: which are fetched once a reader wants to see them, and which are kept.

use crate::words::words;

/// Most pictures of one message that are fetched.
pub const MOST: usize = 50;
/// Largest picture, in bytes.
pub const MAX_BYTES: usize = 5 << 20;
/// Most bytes of all pictures of one message.
pub const MAX_TOTAL: usize = 20 << 20;
/// Redirects that are followed for one picture.
pub const REDIRECTS: usize = 5;
/// A picture of so many points in each direction shows nothing: it is there to be fetched.
const TINY: f32 = 2.0;

words! {
    /// What became of a picture.
    PictureState {
        /// It is here and is shown.
        Fetched = "fetched",
        /// The rules do not let it in.
        Refused = "refused",
        /// Its server did not hand it over.
        Failed = "failed",
    }
}

words! {
    /// Why a picture is not here.
    PictureFault {
        /// Its address leads to no public host, or is none of the web.
        Address = "address",
        /// It is moved on too often.
        Redirects = "redirects",
        /// It is no PNG, JPEG, GIF or WebP by its content.
        Kind = "kind",
        /// It is larger than a picture may be.
        Size = "size",
        /// The pictures of the message are too large together.
        Total = "total",
        /// A virus scanner speaks against it, or would not say a word on it.
        Infected = "infected",
        /// Its server answers that there is none.
        Missing = "missing",
        /// Its server is not reached, or breaks off.
        Unreachable = "unreachable",
        /// It takes too long.
        TimedOut = "timed_out",
    }
}

impl PictureFault {
    /// Whether the rules keep it out, or its server does.
    #[must_use]
    pub const fn state(self) -> PictureState {
        match self {
            Self::Address | Self::Redirects | Self::Kind | Self::Size | Self::Total | Self::Infected => {
                PictureState::Refused
            }
            Self::Missing | Self::Unreachable | Self::TimedOut => PictureState::Failed,
        }
    }
}

/// The type of a picture made of points, by its first bytes. What may hold more than points (SVG, PDF) is none.
#[must_use]
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some("image/gif")
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP".as_slice()) {
        Some("image/webp")
    } else {
        None
    }
}

/// Whether a picture of this width, height and style is there to be fetched and not to be seen. Attributes as they are written.
#[must_use]
pub fn is_pixel(width: Option<&str>, height: Option<&str>, style: Option<&str>) -> bool {
    let (mut wide, mut high) = (width.and_then(points), height.and_then(points));
    for declaration in style.unwrap_or_default().split(';') {
        let Some((name, value)) = declaration.split_once(':') else {
            continue;
        };
        let value = value.trim().to_ascii_lowercase();
        let value = value.strip_suffix("!important").unwrap_or(&value).trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "display" if value == "none" => return true,
            "visibility" if value == "hidden" => return true,
            "width" | "max-width" => wide = points(value).or(wide),
            "height" | "max-height" => high = points(value).or(high),
            _ => {}
        }
    }
    let tiny = |size: Option<f32>| size.is_none_or(|points| points <= TINY);
    (wide.is_some() || high.is_some()) && tiny(wide) && tiny(high)
}

/// A length in points; shares of something else are none.
fn points(text: &str) -> Option<f32> {
    let text = text.trim();
    text.strip_suffix("px").unwrap_or(text).trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_content() {
        let all: [(&[u8], Option<&str>); 11] = [
            (b"\x89PNG\r\n\x1a\nrest", Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"GIF89a..", Some("image/gif")),
            (b"GIF87a..", Some("image/gif")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"<html>", None),
            (b"%PDF-1.7", None),
            (b"BM", None),
            (b"", None),
        ];
        for (bytes, found) in all {
            assert_eq!(kind(bytes), found, "{bytes:?}");
        }
    }

    #[test]
    fn pictures_that_nobody_sees_are_there_to_be_fetched() {
        for (width, height, style) in [
            (Some("1"), Some("1"), None),
            (Some(" 1px "), Some("0"), None),
            (Some("2"), Some("2"), None),
            (Some("1"), None, None),
            (None, Some("0"), None),
            (None, None, Some("width:1px;height:1px")),
            (None, None, Some("DISPLAY: none !important")),
            (Some("600"), Some("400"), Some("visibility:hidden")),
            (Some("600"), None, Some("color:red; max-width: 0px; max-height:0")),
        ] {
            assert!(is_pixel(width, height, style), "{width:?} {height:?} {style:?}");
        }
        for (width, height, style) in [
            (None, None, None),
            (Some("600"), Some("1"), None),
            (Some("1"), Some("40"), None),
            (Some("100%"), None, None),
            (Some("3"), Some("3"), None),
            (Some("1"), Some("1"), Some("width:300px;height:200px")),
            (None, None, Some("max-width:100%;border:0")),
            (Some("x"), Some("y"), Some("width")),
        ] {
            assert!(!is_pixel(width, height, style), "{width:?} {height:?} {style:?}");
        }
    }

    #[test]
    fn a_fault_is_the_rules_or_its_servers() {
        assert_eq!(PictureFault::Kind.state(), PictureState::Refused);
        assert_eq!(PictureFault::TimedOut.state(), PictureState::Failed);
    }
}
