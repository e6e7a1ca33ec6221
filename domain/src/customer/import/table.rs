//! A spreadsheet saved as text: its encoding and delimiter are found out, its cells are taken as they are.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{MAX_COLUMNS, MAX_ROWS};

/// Rows that are looked at to find the delimiter.
const PROBE: usize = 50;
/// What may stand between two cells; the first one wins a draw, being the rarest in a text.
const DELIMITERS: [u8; 3] = *b"\t;,";

/// How a file's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 that says so with a mark.
    Utf8Bom,
    /// UTF-16 with a mark, as spreadsheets save "Unicode text".
    Utf16,
    /// What spreadsheets in French write by default.
    Windows1252,
}

impl Encoding {
    /// Name used in the database and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf8Bom => "utf-8-bom",
            Self::Utf16 => "utf-16",
            Self::Windows1252 => "windows-1252",
        }
    }
}

/// A file that cannot be read as a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// A workbook, a picture, a program.
    #[error("this is no CSV file; open it in the spreadsheet program and save it as CSV")]
    NotCsv,
    /// A header and nothing below.
    #[error("the file has a header and no rows")]
    NoRows,
    /// Too many rows.
    #[error("the file has more than {MAX_ROWS} rows; split it")]
    TooManyRows,
    /// Too many columns.
    #[error("the file has more than {MAX_COLUMNS} columns")]
    TooManyColumns,
    /// A quotation mark that is never closed.
    #[error("a quotation mark opened on line {0} is never closed")]
    OpenQuote(u64),
}

impl Fault {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotCsv => "not_csv",
            Self::NoRows => "import_no_rows",
            Self::TooManyRows => "import_too_many_rows",
            Self::TooManyColumns => "import_too_many_columns",
            Self::OpenQuote(_) => "import_open_quote",
        }
    }
}

/// A row with the line of the file that it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Line of the file, the first being 1.
    pub number: u32,
    /// Cells.
    pub cells: Vec<String>,
}

/// A file as read.
#[derive(Debug, Clone)]
pub struct Table {
    /// How its text was written.
    pub encoding: Encoding,
    /// What stands between two cells.
    pub delimiter: u8,
    /// The first row; as many names as there are columns.
    pub header: Vec<String>,
    /// The rows below it that are not blank.
    pub lines: Vec<Line>,
}

/// Beginnings of files that are no text: workbooks and archives, old workbooks, PDF, gzip, RTF.
const BINARY: [&[u8]; 5] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"{\\rtf"];

fn decode(bytes: &[u8]) -> Result<(Encoding, Cow<'_, str>), Fault> {
    if BINARY.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(Fault::NotCsv);
    }
    let wide = match bytes {
        [0xff, 0xfe, rest @ ..] => Some((UTF_16LE, rest)),
        [0xfe, 0xff, rest @ ..] => Some((UTF_16BE, rest)),
        _ => None,
    };
    let (encoding, text) = if let Some((encoding, rest)) = wide {
        let (text, wrong) = encoding.decode_without_bom_handling(rest);
        if wrong {
            return Err(Fault::NotCsv);
        }
        (Encoding::Utf16, text)
    } else if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        let text = std::str::from_utf8(rest).map_err(|_| Fault::NotCsv)?;
        (Encoding::Utf8Bom, Cow::Borrowed(text))
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        (Encoding::Utf8, Cow::Borrowed(text))
    } else {
        (Encoding::Windows1252, WINDOWS_1252.decode_without_bom_handling(bytes).0)
    };
    // C0 and C1 controls are in no text that a person typed; the latter are what Windows-1252 leaves undefined.
    let odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}');
    if text.contains('\0') || text.chars().filter(|c| odd(*c)).take(9).count() > 8 {
        return Err(Fault::NotCsv);
    }
    Ok((encoding, text))
}

/// The line on which a quotation mark opens a cell that is never closed.
fn open_quote(text: &str, delimiter: u8) -> Option<u64> {
    let (mut line, mut opened, mut at_start) = (1, None, true);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'\n' {
            line += 1;
        }
        if opened.is_some() {
            if byte == b'"' && bytes.next_if_eq(&b'"').is_none() {
                opened = None;
            }
            continue;
        }
        if byte == b'"' && at_start {
            opened = Some(line);
        }
        at_start = byte == delimiter || byte == b'\n' || byte == b'\r';
    }
    opened
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// The line that a record begins on: the reader counts the blank ones before it as its own.
fn first_line(text: &str, at: &csv::Position) -> u64 {
    let from = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let blank = text.as_bytes().get(from..).unwrap_or_default().iter();
    let skipped = blank
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|byte| **byte == b'\n');
    at.line() + u64::try_from(skipped.count()).unwrap_or(0)
}

/// How well a delimiter explains the beginning of a text: rows as wide as the first one, then how wide that is.
fn score(text: &str, delimiter: u8) -> (bool, usize, usize) {
    let mut rows = reader(text, delimiter)
        .into_records()
        .take(PROBE)
        .filter_map(Result::ok);
    let width = rows.next().map_or(0, |row| row.len());
    let alike = rows.filter(|row| row.len() == width).count();
    (width > 1, alike, width)
}

/// The delimiter that a first line `sep=;` names, with the text behind it and the lines it took.
fn announced(text: &str) -> Option<(u8, &str)> {
    let (first, rest) = text.split_once('\n')?;
    match first.trim_end_matches('\r').as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', one] if DELIMITERS.contains(one) => Some((*one, rest)),
        _ => None,
    }
}

impl Table {
    /// Reads a file.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let (encoding, text) = decode(bytes)?;
        if text.trim().is_empty() {
            return Err(Fault::Empty);
        }
        // Lines that end as those of old Macintoshes did: the reader would count all of them as the first.
        let text = if text.contains('\n') {
            text
        } else {
            text.replace('\r', "\n").into()
        };
        let (delimiter, body, skipped) = match announced(&text) {
            Some((delimiter, rest)) => (delimiter, rest, 1),
            None => {
                let best = DELIMITERS.into_iter().rev().max_by_key(|d| score(&text, *d));
                (best.unwrap_or(b','), &*text, 0)
            }
        };
        if let Some(line) = open_quote(body, delimiter) {
            return Err(Fault::OpenQuote(line + skipped));
        }
        let mut header = Vec::new();
        let mut lines = Vec::new();
        let mut reader = reader(body, delimiter);
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|_| Fault::NotCsv)? {
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            // Each row alone: the file of rows to be mended is as wide as the widest.
            if record.len() > MAX_COLUMNS {
                return Err(Fault::TooManyColumns);
            }
            let cells = record.iter().map(str::to_owned).collect::<Vec<_>>();
            if header.is_empty() {
                header = cells.iter().map(|name| super::super::profile::line(name)).collect();
                continue;
            }
            if lines.len() >= MAX_ROWS {
                return Err(Fault::TooManyRows);
            }
            let number = record.position().map_or(0, |at| first_line(body, at)) + skipped;
            lines.push(Line {
                number: u32::try_from(number).unwrap_or(u32::MAX),
                cells,
            });
        }
        if lines.is_empty() {
            return Err(if header.is_empty() { Fault::Empty } else { Fault::NoRows });
        }
        Ok(Self {
            encoding,
            delimiter,
            header,
            lines,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(bytes: &[u8]) -> Fault {
        Table::read(bytes).unwrap_err()
    }

    #[test]
    fn lines_may_end_in_a_carriage_return_alone_and_no_row_is_wider_than_a_header_may_be() {
        let mac = Table::read(b"nom,ville\rA,B\rC,D\r").unwrap();
        assert_eq!(mac.lines.iter().map(|line| line.number).collect::<Vec<_>>(), [2, 3]);
        let wide = format!("a,b\n{}\n", vec!["x"; MAX_COLUMNS + 1].join(","));
        assert_eq!(fault(wide.as_bytes()), Fault::TooManyColumns);
    }

    #[test]
    fn encodings_and_delimiters_are_found_out() {
        let utf8 = Table::read("nom,ville\r\nÉtoile,\"Alger, centre\"\r\n".as_bytes()).unwrap();
        assert_eq!((utf8.encoding, utf8.delimiter), (Encoding::Utf8, b','));
        assert_eq!(utf8.lines[0].cells, ["Étoile", "Alger, centre"]);
        let marked = Table::read("\u{feff}nom;ville\nشركة;الجزائر\n".as_bytes()).unwrap();
        assert_eq!((marked.encoding, marked.delimiter), (Encoding::Utf8Bom, b';'));
        assert_eq!(
            (marked.header[0].as_str(), marked.lines[0].cells[0].as_str()),
            ("nom", "شركة")
        );
        let excel = Table::read(b"soci\xe9t\xe9;t\xe9l\xe9phone\nL'\x8cil;+213 550 12 34 56\n").unwrap();
        assert_eq!(
            (excel.encoding, excel.header[0].as_str()),
            (Encoding::Windows1252, "société")
        );
        assert_eq!(excel.lines[0].cells[0], "L'Œil");
        let tabs = Table::read(b"a\tb, c\n1\t2, 3\n").unwrap();
        assert_eq!(tabs.delimiter, b'\t');
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("a\té\n1\t2\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(Table::read(&wide).unwrap().header, ["a", "é"]);
        let said = Table::read(b"sep=;\na,b;c\n1,5;2\n").unwrap();
        assert_eq!((said.header.len(), said.lines[0].number), (2, 3));
    }

    #[test]
    fn a_decimal_comma_does_not_pass_for_a_delimiter() {
        let table = Table::read(b"nom;remise\nA;1,5\nB;2,5\n").unwrap();
        assert_eq!((table.delimiter, table.lines.len()), (b';', 2));
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_reason() {
        assert_eq!(fault(b""), Fault::Empty);
        assert_eq!(fault(b" \r\n\n"), Fault::Empty);
        assert_eq!(fault(b"nom;email\n"), Fault::NoRows);
        assert_eq!(fault(b"nom;email\n;\n\n"), Fault::NoRows);
        assert_eq!(fault(b"PK\x03\x04rest of a workbook"), Fault::NotCsv);
        assert_eq!(fault(b"nom;email\nA\0;b\n"), Fault::NotCsv);
        assert_eq!(fault(&(0..=255).collect::<Vec<u8>>()), Fault::NotCsv);
        assert_eq!(fault(b"nom;email\nA;b\n\"C;d\nE;f\n"), Fault::OpenQuote(3));
        assert_eq!(
            fault(format!("{}\n1\n", "a,".repeat(10_000)).as_bytes()),
            Fault::TooManyColumns
        );
        let long = format!("a\n{}", "1\n".repeat(MAX_ROWS + 1));
        assert_eq!(fault(long.as_bytes()), Fault::TooManyRows);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let table = Table::read(b"a,b\n\n\"1\n2\",x\n3,\"say \"\"y\"\"\"\n").unwrap();
        let numbers: Vec<u32> = table.lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [3, 5]);
        assert_eq!(table.lines[1].cells[1], "say \"y\"");
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _ = Table::read(&bytes);
        }

        #[test]
        fn quotes_are_judged_as_the_reader_does(text in "[a\",;\n]{0,40}") {
            // Behind an open quotation mark everything is one cell: another row adds none.
            let count = |text: &str| reader(text, b',').into_records().count();
            let swallowed = count(&format!("{text}\nx,y\n")) == count(&text);
            proptest::prop_assert_eq!(open_quote(&text, b',').is_some(), swallowed);
        }
    }
}
