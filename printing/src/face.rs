//! The faces that everything is set in: DejaVu Sans, which has Latin, Greek, Cyrillic and Arabic letters alike.

use harfrust::Font;

use crate::Error;

/// A face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Face {
    /// For text.
    Regular,
    /// For headings and names.
    Bold,
}

impl Face {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Regular, Self::Bold];

    /// Its file.
    pub(crate) const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../fonts/DejaVuSans.ttf"),
            Self::Bold => include_bytes!("../fonts/DejaVuSans-Bold.ttf"),
        }
    }

    /// Its PostScript name, with the mark of a face that has not all of its glyphs (ISO 32000-1, 9.6.4).
    pub(crate) const fn subset_name(self) -> &'static str {
        match self {
            Self::Regular => "CMSANS+DejaVuSans",
            Self::Bold => "CMBOLD+DejaVuSans-Bold",
        }
    }
}

/// The faces, ready to shape.
pub(crate) struct Fonts {
    pub(crate) regular: Font,
    pub(crate) bold: Font,
}

impl Fonts {
    pub(crate) fn new() -> Result<Self, Error> {
        let font = |face: Face| Font::new(face.bytes(), 0).ok_or_else(|| Error::Font(face.subset_name().to_owned()));
        Ok(Self {
            regular: font(Face::Regular)?,
            bold: font(Face::Bold)?,
        })
    }
}
