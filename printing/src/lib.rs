//! Sets documents on pages and writes them as PDF: text is shaped and put into its order here, the fonts are embedded with the glyphs
//! that are used and nothing else, and nothing is read from a file or a network. The same document makes the same bytes.

mod face;
mod layout;
mod pdf;
mod set;

use domain::paper::Paper;

/// Pages of one document; entries that begin after them are left out, which the document says.
pub const PAGES: usize = 200;

/// A printed document.
#[derive(Debug, Clone)]
pub struct Printed {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// Pages.
    pub pages: usize,
    /// Entries that are not in it.
    pub left_out: u64,
}

/// A document that could not be printed: always a fault of the program, since fonts are part of it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A font of the program cannot be read.
    #[error("a font cannot be used: {0}")]
    Font(String),
    /// Text could not be shaped.
    #[error("text could not be shaped: {0}")]
    Shape(String),
    /// The file could not be written.
    #[error("the document could not be written: {0}")]
    Write(String),
}

/// Prints a document of at most `pages` pages and the last entry that begins on them. Work for a processor: not for a thread that answers
/// others.
///
/// # Errors
/// [`Error`].
pub fn print(paper: &Paper, pages: usize) -> Result<Printed, Error> {
    let fonts = face::Fonts::new()?;
    let mut setter = set::Setter::new(&fonts);
    let laid = layout::lay(paper, &mut setter, pages)?;
    let used = setter.into_used();
    Ok(Printed {
        bytes: pdf::write(paper, &laid.pages, &used)?,
        pages: laid.pages.len(),
        left_out: laid.left_out,
    })
}
